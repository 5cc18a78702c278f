"""Reports about a corpus: the page, the plots, the methods text and the efficiency report."""
