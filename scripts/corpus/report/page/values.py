"""Conversion of table values to values of the page's JSON."""

from math import ceil
from typing import Any

import pandas as pd


def milliseconds(seconds: float | None) -> int | None:
    """Seconds as whole milliseconds, or None for a missing value.

    Rounded up, as in people.tsv: an earlier moment could be in the previous shot.
    """
    return None if seconds is None or pd.isna(seconds) else ceil(round(seconds * 1000, 3))


def value_or(value: Any, default: Any) -> Any:
    """The value, or `default` if the value is missing (None, NaN or NA)."""
    return default if pd.isna(value) else value
