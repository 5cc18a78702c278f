"""What runs after a file of the user or of the results was replaced, moved or deleted."""

from pathlib import Path

import pytest

import finished_corpus
from corpus.inputs import access
from finished_corpus import MANIFEST, Plan
from planned_jobs import plan_all

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
    "clustering.known": [("move", finished_corpus.OLDER_KNOWN, "known.parquet")],
    "moved video": [
        ("move", "clips/a.mp4", "elsewhere/a.mp4"),
        ("write", "config/videos.tsv", MANIFEST.replace("../clips/a.mp4", "../elsewhere/a.mp4")),
    ],
    "gone video": [
        ("delete", "clips/a.mp4"),
        ("write", "config/people.tsv", "person\tname\np0001\tBerta\n"),
    ],
    "lost record": [("delete", "results/videos/c.mp4.json")],
    "broken link": [("link", "results/videos/b.mp4", "../gone/b.mp4")],
    "another embedder": [("move", finished_corpus.OTHER_EMBEDDER, "results/clusters.parquet")],
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


@pytest.mark.fault(
    "changes",
    "a local video is moved, and its row in the manifest corrected",
    "it runs as if it were added; the other videos do not",
)
def test_a_moved_video_is_processed_again(plans: dict[str, Plan]) -> None:
    plan = plans["moved video"]
    assert plan.messages == "" and plan.jobs["fetch_video"] == plan.jobs["index_frames"] == ["a"]


@pytest.mark.fault(
    "changes",
    "a link in the results leads nowhere, since the results or the videos were moved",
    "it is repaired, and nothing runs again",
)
def test_a_broken_link_is_repaired(plans: dict[str, Plan]) -> None:
    assert plans["broken link"] == Plan({}, "")


@pytest.mark.fault(
    "changes",
    "a local video of a finished corpus is deleted",
    "a warning names it; a rename still updates tables and page",
)
def test_a_gone_video_does_not_block_a_rename(plans: dict[str, Plan]) -> None:
    plan = plans["gone video"]
    assert {"identify_people", "write_page", "write_elan", "segment_gestures"} <= plan.rules
    assert not plan.rules & {"fetch_video", "index_frames", "cluster_faces"}
    assert "clips/a.mp4" in plan.messages and "stopped" not in plan.messages


@pytest.mark.fault(
    "changes", "the record of a downloaded video is deleted", "no download; a warning names it"
)
def test_a_lost_record_of_a_download_is_reported(plans: dict[str, Plan]) -> None:
    plan = plans["lost record"]
    assert plan.jobs == {} and "results/videos/c.mp4.json" in plan.messages


def test_people_of_another_embedder_are_announced(plans: dict[str, Plan]) -> None:
    messages = plans["another embedder"].messages
    assert "found with the embedder facenet-vggface2, but faces.embedder is dlib" in messages
    assert "embedder" not in plans["unchanged"].messages


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


def is_deleted_in_a_case(file: str) -> bool:
    """Whether a case deletes this file of the results.

    One video stands for all, but not the first in the manifest. Of the CSV files, two kinds stand
    for all. Annotations are imported on request.
    """
    folder, name = file.split("/")[-2:]
    if "/page/" in file and "/page/b/" not in file:
        return name == "gestures.js" and folder == "page"
    if "/csv/" in file:
        return file.endswith(("phases/b.csv", "csv/tracks.csv"))
    is_marker = name == access.WARNED
    return name.split(".")[0] not in ("a", "c", "annotations") and folder != "csv" and not is_marker


@pytest.fixture(scope="module")
def plans_without_a_file(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    """The plan of the targets all and csv without each file of the results, by its name."""
    files = list(filter(is_deleted_in_a_case, finished_corpus.outputs(corpus)))
    cases = [[("delete", file)] for file in files]
    planned = finished_corpus.plans_after(
        corpus, cases, tmp_path_factory.mktemp("deleted"), targets=("all", "csv")
    )
    return dict(zip(files, planned, strict=True))


@pytest.mark.fault(
    "changes", "one file of a finished corpus is deleted, each in turn", "it is made again"
)
def test_each_deleted_file_is_made_again(plans_without_a_file: dict[str, Plan]) -> None:
    plans = plans_without_a_file
    assert len(plans) > 25
    assert [file for file, plan in plans.items() if not plan.jobs] == []
    for table, rule in {
        "shots/b": "index_frames",
        "faces/b": "detect_faces",
        "embeddings/b": "detect_faces",
        "phases/b": "measure_movement",
        "gestures/b": "segment_gestures",
        "clusters": "cluster_faces",
        "pictures": "crop_faces",
    }.items():
        assert rule in plans[f"results/{table}.parquet"].rules, table
    assert plans["results/elan/b.eaf"].rules == {"write_elan", "report_efficiency"}
    assert "compare_gestures" in plans["results/report/page/b/gestures.js"].rules
    assert plans["results/videos/b.mp4.json"].jobs["fetch_video"] == ["b"]
    assert set(plans["results/exports/csv/phases/b.csv"].jobs) == {"export_csv"}
    assert plans["results/exports/csv/phases/b.csv"].jobs["export_csv"] == ["b"]


def test_other_videos_are_not_processed_again(plans_without_a_file: dict[str, Plan]) -> None:
    for file, plan in plans_without_a_file.items():
        # CSV files contain the names of people.
        jobs = {rule: videos for rule, videos in plan.jobs.items() if rule != "export_csv"}
        assert {video for videos in jobs.values() for video in videos} <= {"b", ""}, file


@pytest.mark.fault(
    "changes",
    "a finished corpus of an earlier version is planned again",
    "videos from the web have no new param, so they are not downloaded again",
)
def test_a_download_has_only_the_params_of_earlier_versions(corpus: Path, root: Path) -> None:
    """Snakemake compares the set of all params."""
    config = {"fetch": {"format": "best", "subtitles": ["de", "en"]}}
    [jobs] = plan_all(corpus, ["results/videos/c.mp4"], [finished_corpus.CONFIG | config])
    [job] = jobs["fetch_video"]
    script, source = str(root / "scripts" / "fetch_video.py"), "https://example.org/c.mp4"
    assert set(job["params"]) == set(map(repr, (script, source, "best", "de,en")))
