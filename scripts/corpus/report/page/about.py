"""The data of the page's view About: how the tables and the page were made."""

from pathlib import Path

import pandas as pd

from corpus.report import lineage
from corpus.report.corpus_table import videos_with_frames
from corpus.tables import provenance


def describe_lineage(results: Path, corpus: pd.DataFrame, page_parameters: dict) -> dict:
    """Versions, parameters, models and tools of each step, and differences between videos.

    `corpus` is the table of this name, `page_parameters` are the parameters of the page itself.
    """
    steps = lineage.read_steps(results, videos_with_frames(corpus)["video_id"].tolist())
    return {
        "steps": [
            {
                "step": step,
                "workflow_versions": lineage.workflow_versions([lineage_of_step]),
                "parameters": lineage_of_step.parameters,
                "models": lineage_of_step.models,
                "tools": lineage_of_step.tools,
            }
            for step, lineage_of_step in steps.items()
        ],
        "differences": lineage.describe_differences(steps),
        "advice": lineage.suggest_reruns(steps),
        "page": provenance.describe("write_page", page_parameters, ("pandas", "av")),
    }
