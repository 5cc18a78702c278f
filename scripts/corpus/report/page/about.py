"""What made the tables and the page, for its view About."""

from pathlib import Path

import pandas as pd

from corpus.report import lineage
from corpus.report.methods.facts import PICTURED
from corpus.tables import provenance


def tell(results: Path, corpus: pd.DataFrame, used: dict) -> dict:
    """What made the tables of each step, where videos differ in it, and what made this page.

    `corpus` is the table of this name, `used` are the page's own parameters.
    """
    pictured = corpus.loc[corpus["status"].isin(PICTURED), "video_id"].tolist()
    made = lineage.read(results, pictured)
    steps = [
        {
            "step": step,
            "states": lineage.states([facts]),
            "parameters": facts.parameters,
            "models": facts.models,
            "tools": facts.tools,
        }
        for step, facts in made.items()
    ]
    return {
        "made": steps,
        "differences": lineage.differences(made),
        "advice": lineage.advice(made),
        "page": provenance.describe("write_page", used, ("pandas", "av")),
    }
