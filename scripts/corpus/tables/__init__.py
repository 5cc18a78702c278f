"""The tables: schemas, reading and writing Parquet files, provenance, and their reference page."""
