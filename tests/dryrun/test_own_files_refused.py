"""Snakemake stops before it deletes a file of the user that is an output."""

from pathlib import Path

import pytest

from repository import ROOT
from workflow_runs import run_snakemake

CONTENT = b"person\tname\np0001\tAda\n"
"""Of each file of the user: names that can be read, since other checks come first."""
MODULE = """
module corpus:
    snakefile:
        "{root}/Snakefile"
    config:
        {{"videos": "config/mine.tsv", "people": "elsewhere/people.tsv"}}
    pathvars:
        results="elsewhere",


use rule * from corpus as corpus_*
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a configuration in which files of the user are outputs."""
    own_files = {
        "results/mine/videos/talk.mp4", "results/mine/videos/swapped.mp4",
        "results/mine/people.tsv", "results/mine/elan/talk.eaf",
        "elsewhere/people.tsv", "elsewhere/videos/talk.mp4",
    }  # fmt: skip
    for name in own_files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(CONTENT)
    (tmp_path / "linked").symlink_to("results")
    (tmp_path / "names.tsv").symlink_to("results/mine/people.tsv")
    (tmp_path / "config").mkdir()
    rows = [
        "swapped\t../results/mine/videos/talk.mp4", "talk\t../linked/mine/videos/swapped.mp4",
        f"absolute\t{tmp_path}/results/mine/videos/talk.mp4", "other\t../elsewhere/videos/talk.mp4",
    ]  # fmt: skip
    (tmp_path / "config/mine.tsv").write_text("\n".join(["video_id\tsource", *rows]) + "\n")
    (tmp_path / "config/mine.yaml").write_text(
        "videos: config/mine.tsv\nresults: results/mine\n"
        "people: names.tsv\nannotations: results/mine/elan\n"
    )
    return tmp_path


def faults_of(project: Path, *options: str | Path) -> list[str]:
    """The places of the faults that a run reports; it must leave all files as they are."""
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    run = run_snakemake("--directory", project, "--cores", 1, *options, check=False)
    assert run.returncode != 0 and "Traceback" not in run.stdout
    assert {path: path.read_bytes() for path in before} == before
    lines = [line for line in run.stdout.splitlines() if "would delete or overwrite" in line]
    return [line.split(": ")[0] for line in lines]


@pytest.mark.fault(
    "inputs",
    "videos, names and ELAN files of the user are outputs, also through links",
    "a run refuses all of them at once; no file is deleted",
)
def test_a_run_reports_all_files_of_the_user_that_are_outputs(project: Path) -> None:
    assert faults_of(project, "--configfile", project / "config" / "mine.yaml") == [
        "config/mine.yaml, line 3, people",
        "config/mine.yaml, line 4, annotations",
        "config/mine.tsv, line 2, source",
        "config/mine.tsv, line 3, source",
        "config/mine.tsv, line 4, source",
    ]


@pytest.mark.fault(
    "inputs",
    "a module gets its folder of results as a pathvar, and a file of the user is in it",
    "refused before any job; no file is deleted",
)
def test_the_folder_of_a_module_is_known_from_its_pathvars(project: Path) -> None:
    (project / "Snakefile").write_text(MODULE.format(root=ROOT))
    assert faults_of(project, "--snakefile", project / "Snakefile", "corpus_all") == [
        "config, people",
        "config/mine.tsv, line 5, source",
    ]
