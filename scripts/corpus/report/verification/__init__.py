"""Check a folder of results: which files are damaged, altered, outdated, missing or foreign."""
