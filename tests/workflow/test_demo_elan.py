"""ELAN files of the demo: what they contain, and that edits survive runs and can be imported."""

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import draw_tiers
from corpus.elan import eaf_reader
from corpus.tables import parquet
from eaf_validator import find_violations, spans_by_tier
from workflow_runs import DEMO


@pytest.fixture(scope="module")
def demo_copy(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the demo's results that tests may change."""
    copy = tmp_path_factory.mktemp("elan") / "results"
    shutil.copytree(demo, copy)
    return copy


def test_tiers_agree_with_the_tables(demo: Path) -> None:
    tracks = parquet.read(demo / "tracks.parquet")
    for clip in ("both", "collins", "hopper", "hands"):
        path = demo / f"elan/{clip}.eaf"
        assert find_violations(path) == []
        spans = spans_by_tier(ElementTree.parse(path).getroot())
        shots = parquet.read(demo / f"shots/{clip}.parquet")
        annotated_shots = pd.DataFrame(spans["shots"], columns=["start_s", "end_s"]) / 1000
        assert annotated_shots.equals(shots[["start_s", "end_s"]].round(3))
        people = tracks[tracks["video_id"] == clip]["person"]
        assert {name for name in spans if re.fullmatch(r"p\d+", name)} == set(people)


def test_hand_tiers_of_the_figure_are_its_movements_and_holds(demo: Path) -> None:
    phases = parquet.read(demo / "phases/hands.parquet")
    [person] = set(parquet.read(demo / "tracks.parquet").query("video_id == 'hands'")["person"])
    tiers = {tier.name: tier for tier in eaf_reader.read(demo / "elan/hands.eaf").tiers}
    for hand in ("left", "right"):
        annotations = tiers[f"{person} {hand} hand"].annotations
        rows = phases[(phases["hand"] == hand) & (phases["phase"] != "rest")]
        assert [each.value for each in annotations] == rows["phase"].tolist()
        assert len(annotations) == 10
        times = np.array([(each.start, each.end) for each in annotations]) / 1000
        assert times == pytest.approx(rows[["start_s", "end_s"]].to_numpy(), abs=5e-4)


EDITS = {
    "elan/both.eaf": ("<ANNOTATION_VALUE>0<", "<ANNOTATION_VALUE>opening<"),
    "people.tsv": ("p0001\t", "p0001\tAda"),
    "report/methods.md": ("[Add:", "The basis is consent. [Add:"),
    "report/references.bib": ("% provenance", "@book{own}\n% provenance"),
}
"""Files of the results that people edit, each with a text and what they write in its place."""


@pytest.mark.fault(
    "changes",
    "names, methods text, references and ELAN files are edited in the results, then made again",
    "copies are kept beside the manifest and named on the console, also if a job fails",
)
def test_edits_survive_runs_that_write_the_file_again_and_runs_that_fail(
    demo_copy: Path, snakemake, tmp_path: Path
) -> None:
    kept, written, edited = tmp_path / "annotations", {}, {}
    for name, (before, after) in EDITS.items():
        written[name] = (demo_copy / name).read_text()
        edited[name] = written[name].replace(before, after, 1)
        assert edited[name] != written[name]
        (demo_copy / name).write_text(edited[name])

    def present() -> dict[str, str]:
        return {name: (demo_copy / name).read_text() for name in EDITS}

    settings = ("--config", f"results={demo_copy}", f"annotations={kept}")
    rules = ("write_elan", "publish_people_file", "publish_methods")
    write_again = (*rules, *DEMO, *settings, "--keep-going", "--forcerun", *rules)
    planned = snakemake("--dry-run", *write_again)
    assert present() == edited and not kept.exists()
    assert f"{demo_copy}/people.tsv was edited, but it is not read" in planned.stdout
    kept.symlink_to(kept)  # Leads nowhere, so that copying fails.
    assert snakemake(*write_again, check=False).returncode == 1
    assert present() == edited
    kept.unlink()
    planned = snakemake("--dry-run", *rules, *DEMO, *settings)
    for rule in rules:
        assert re.search(rf"^{rule} +1$", planned.stdout, re.MULTILINE), rule
    run = snakemake(*write_again)
    assert {name: (kept / Path(name).name).read_text() for name in EDITS} == edited
    assert present() == written
    assert "Edited ELAN files in" in run.stdout and ": 1. Copies are kept" in run.stdout
    for name in ("people.tsv", "methods.md", "references.bib"):
        assert f"It is kept as {kept}/{name}." in run.stdout


def test_edited_files_are_imported(demo: Path, snakemake, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    text = (demo / "elan/both.eaf").read_text()
    edited = text.replace("<ANNOTATION_VALUE>0<", "<ANNOTATION_VALUE>a<")
    (folder / "both.eaf").write_text(edited)
    snakemake("annotations", *DEMO, "--config", f"results={demo}", f"annotations={folder}")
    rows = parquet.read(demo / "annotations.parquet")
    (demo / "annotations.parquet").unlink()
    assert rows["origin"].value_counts()["changed"] == 1
    presence = rows[rows["kind"] == "presence"].sort_values(["value", "start_s"])
    tracks = parquet.read(demo / "tracks.parquet").query("video_id == 'both'")
    tracks = tracks.sort_values(["person", "start_s"])
    assert presence["value"].tolist() == tracks["person"].tolist()
    assert presence["start_s"].tolist() == pytest.approx(tracks["start_s"].tolist(), abs=5e-4)


def test_the_picture_in_the_docs_shows_the_demos_file(demo: Path, root: Path) -> None:
    tiers = eaf_reader.read(demo / "elan" / "hands.eaf").tiers
    assert draw_tiers.draw(tiers) == (root / "docs/elan.svg").read_text()
