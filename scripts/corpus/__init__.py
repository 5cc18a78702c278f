"""What the scripts share: table contracts, decoding, models, provenance.

Nothing here knows about Snakemake; every module can be imported in a notebook.
"""
