"""Helpers that every stage uses: errors, atomic files, side files, progress, intervals, devices."""
