"""What made the tables and the page, for its view About."""

from pathlib import Path

import pandas as pd

from corpus import made_by, provenance
from corpus.methods_facts import PICTURED


def tell(results: Path, corpus: pd.DataFrame, used: dict) -> dict:
    """What made the tables of each step, where videos differ in it, and what made this page.

    `corpus` is the table of this name, `used` are the page's own parameters.
    """
    pictured = corpus.loc[corpus["status"].isin(PICTURED), "video_id"].tolist()
    made = made_by.read(results, pictured)
    steps = [
        {
            "step": step,
            "states": made_by.states([facts]),
            "parameters": facts.parameters,
            "models": facts.models,
            "tools": facts.tools,
        }
        for step, facts in made.items()
    ]
    return {
        "made": steps,
        "differences": made_by.differences(made),
        "advice": made_by.advice(made),
        "page": provenance.describe("write_page", used, ("pandas", "av")),
    }
