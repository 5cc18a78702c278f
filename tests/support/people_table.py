"""Made-up tables of people."""

import pandas as pd


def make_people(n: int, **columns: object) -> pd.DataFrame:
    """A table of `n` people, the longest on screen first. `columns` replace default values."""
    defaults = {
        "person": [f"p{k + 1:04d}" for k in range(n)],
        "name": [None] * n,
        "seconds": [1000.0 / (k + 1) for k in range(n)],
        "n_videos": [2 if k % 2 else 1 for k in range(n)],
    }
    return pd.DataFrame(defaults | columns)
