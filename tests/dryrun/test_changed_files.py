"""What runs after a file of the user or of the results was replaced, moved or deleted."""

from pathlib import Path

import pytest

import finished_corpus
from finished_corpus import MANIFEST, Plan

REPLACED = {
    "a local video": ("clips/a.mp4", {"fetch_video"}),
    "people.tsv": ("config/people.tsv", {"identify_people", "write_page"}),
    "a column of the manifest": ("config/videos.tsv", {"identify_people"}),
    "clustering.known": ("known.parquet", {"cluster_faces"}),
    "an edited annotation": ("edited/a.eaf", {"import_elan"}),
    "a model": ("mine.pt", {"fetch_model"}),
}
"""Files of the user, and rules that must run again if one is replaced."""
TEXTS = {"config/videos.tsv": MANIFEST.replace("two", "TWO"), "config/people.tsv": "person\tname\n"}
CASES = {
    "unchanged": [],
    "copied": [("older", "clips/a.mp4", "video a"), ("write", "config/videos.tsv", MANIFEST)],
    **{name: [("older", path, TEXTS.get(path, "Video A"))] for name, (path, _) in REPLACED.items()},
    "moved video": [
        ("move", "clips/a.mp4", "elsewhere/a.mp4"),
        ("write", "config/videos.tsv", MANIFEST.replace("../clips/a.mp4", "../elsewhere/a.mp4")),
    ],
    "broken link": [("link", "results/videos/b.mp4", "../gone/b.mp4")],
}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_corpus.write(tmp_path_factory.mktemp("finished") / "corpus")


@pytest.fixture(scope="module")
def plans(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    copies = tmp_path_factory.mktemp("cases")
    planned = finished_corpus.plans_after(
        corpus, list(CASES.values()), copies, targets=("all", "annotations")
    )
    return dict(zip(CASES, planned, strict=True))


def test_nothing_runs_without_a_change(plans: dict[str, Plan]) -> None:
    assert plans["unchanged"] == Plan({}, "")


def test_a_copy_with_another_time_runs_nothing(plans: dict[str, Plan]) -> None:
    assert plans["copied"].jobs == {}


@pytest.mark.fault(
    "changes", "a file of the user is replaced by an older one", "what depends on it runs again"
)
@pytest.mark.parametrize("name", REPLACED)
def test_an_older_replacement_is_noticed(plans: dict[str, Plan], name: str) -> None:
    _, rules = REPLACED[name]
    assert rules <= plans[name].rules
    assert plans[name].jobs.get("fetch_video", []) == (["a"] if rules == {"fetch_video"} else [])
