"""Measurement error of gesture units, for the methods text and docs/movement_accuracy.md.

benchmarks/movement_invariance.py prints the figures: a movement is filmed again with a change that
should not matter (mirrored, at another size, zoomed, panned, compressed, after a still picture,
with repeated pictures), and its gesture units are compared with those of the clip. All settings are
the defaults.
"""

PEAK_SPEED_SD = 0.1
"""Standard deviation of the ratio of peak speeds."""
PEAK_SPEED_RANGE = (0.73, 1.23)
"""Smallest and largest ratio of peak speeds."""
ONSET_MEDIAN_MS, ONSET_P95_MS = 0, 67
"""Absolute difference of the start in milliseconds: median and 95th percentile."""
OFFSET_MEDIAN_MS, OFFSET_P95_MS = 33, 249
"""Absolute difference of the end in milliseconds: median and 95th percentile."""
SAME_UNITS = 0.94
"""Share of hands with as many gesture units as in the clip."""
