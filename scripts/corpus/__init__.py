"""What the scripts and the rules share: tables, decoding, models, stages, reports.

Every module can be imported in a notebook. Only the modules `corpus.planning.slurm*`
import parts of Snakemake.
"""
