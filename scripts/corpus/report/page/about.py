"""What made the tables and the page, for its view About."""

from pathlib import Path

import pandas as pd

from corpus.report import lineage
from corpus.report.corpus_table import videos_with_frames
from corpus.tables import provenance


def tell(results: Path, corpus: pd.DataFrame, used: dict) -> dict:
    """What made the tables of each step, where videos differ in it, and what made this page.

    `corpus` is the table of this name, `used` are the page's own parameters.
    """
    pictured = videos_with_frames(corpus)["video_id"].tolist()
    made = lineage.read_steps(results, pictured)
    steps = [
        {
            "step": step,
            "states": lineage.workflow_versions([facts]),
            "parameters": facts.parameters,
            "models": facts.models,
            "tools": facts.tools,
        }
        for step, facts in made.items()
    ]
    return {
        "made": steps,
        "differences": lineage.describe_differences(made),
        "advice": lineage.suggest_reruns(made),
        "page": provenance.describe("write_page", used, ("pandas", "av")),
    }
