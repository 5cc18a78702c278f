"""Helpers that every stage uses: errors, atomic files, progress, wording, intervals, devices."""
