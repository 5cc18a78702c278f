"""The efficiency report: what jobs requested and used, from Snakemake's benchmark files."""
