"""A video is removed from the results of the demo, as docs/privacy.md says."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from doc_blocks import BLOCK
from personal_traces import traces
from repository import ROOT
from workflow_runs import DEMO

REMOVED = "hopper"


def commands_of_the_docs(results: Path) -> str:
    """The commands of the page that delete the files of a video, for this video and folder."""
    text = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
    section = text.split("## Remove a video")[1]
    *lines, run = BLOCK.search(section)["text"].splitlines()
    assert run.startswith("snakemake ") and lines[0].startswith("find results/mine ")
    text = "\n".join(lines)
    return text.replace("results/mine", f"'{results}'").replace("talk", REMOVED)


@pytest.mark.fault("privacy", "a video removed from the corpus", "no result has a trace of it")
def test_nothing_is_left_of_a_removed_video(demo: Path, snakemake, tmp_path: Path) -> None:
    results, manifest = tmp_path / "results", tmp_path / "fewer.tsv"
    shutil.copytree(demo, results, symlinks=True)
    # A file of ELAN, and what a killed export left, whose names contain the id as well.
    for name in (f"elan/{REMOVED}.eaf.001", f"exports/blurred/.partial.1a2b3c.7.f.{REMOVED}.mp4"):
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).touch()
    # Files about several videos that a run does not make again by itself.
    several = ("benchmarks/measure_agreement.tsv", "logs/fetch_group/g1.log", "exports/csv/a.csv")
    for name in several:
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_text(f"collins {REMOVED} hands\n", encoding="utf-8")
    lines = (ROOT / "config/laptop.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = "".join(line for line in lines if not line.startswith(REMOVED))
    manifest.write_text(kept.replace("../", f"{ROOT}/"), encoding="utf-8")
    # Snakemake has no records about the copied files; --touch creates them.
    snakemake("--touch", *DEMO, "--config", f"results={results}")
    settings = ("--config", f"results={results}", f"videos={manifest}")
    subprocess.run(["bash", "-c", commands_of_the_docs(results)], check=True)
    snakemake(*DEMO, *settings)
    assert traces(results, [REMOVED], np.empty((0, 1)), max_distance=0) == []
