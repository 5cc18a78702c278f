"""Video files: download them, read their frames, times and shots, and write new ones."""
