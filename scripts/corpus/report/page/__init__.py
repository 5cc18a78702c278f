"""The page about the corpus: `data_blocks` collects its data, `render` inserts them into one HTML
file, `assets/` has its HTML, CSS and JavaScript."""
