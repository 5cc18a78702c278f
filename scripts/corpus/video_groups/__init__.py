"""One job for many videos: run the stages of each, and only what is missing or outdated."""
