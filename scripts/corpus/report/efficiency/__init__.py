"""The efficiency report: the resources that jobs requested and used, from Snakemake's benchmarks."""
