"""Plan jobs before they run: code versions, memory and time requests, and checks for SLURM.

The rules import these modules in every job, so they import only the standard library at first.
"""
