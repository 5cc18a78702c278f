"""Results of the demo agree with its ground truth, which is known for every pixel."""

import json
import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import check_repeat
from corpus.report.verification.comparison import describe
from corpus.tables import parquet, schemas
from corpus.tables.schemas import POSE_KEYPOINTS
from workflow_runs import DEMO

CLIPS = ("collins", "hopper", "both", "hands")
HEAD_AND_SHOULDERS = (*POSE_KEYPOINTS[:11], "left_shoulder", "right_shoulder")
"""Keypoints that the figure of the clip `hands` does not move."""
PER_VIDEO = (
    "frames",
    "shots",
    "status",
    "faces",
    "embeddings",
    "keypoints",
    "kinematics",
    "phases",
    "gesture_measures",
    "movement_quality",
    "gestures",
    "skeletons",
)
PER_CORPUS = ("clusters", "tracks", "people", "corpus", "pictures", "gestures", "gesture_units")
PER_CORPUS += ("hand_use", "gesture_neighbours", "gesture_map")


@pytest.fixture(scope="module")
def truth(demo_clips: Path) -> dict:
    return json.loads((demo_clips / "truth.json").read_text())


def all_tables(results: Path) -> dict[str, Path]:
    """Return every Parquet file of a run, by its path within the results folder."""
    return {str(path.relative_to(results)): path for path in sorted(results.rglob("*.parquet"))}


def table_of_file(name: str) -> str:
    """Return the name of the table in a file, by its path within the results folder."""
    folder, _, video = name.removesuffix(".parquet").partition("/")
    files = {table.file: table.name for table in schemas.all_tables().values()}
    return files[f"{folder}/{{video}}.parquet" if video else name]


def test_every_table_exists_with_its_schema(demo: Path) -> None:
    added = [name for name, table in schemas.read_added_tables().items() if table.per_video]
    # Written only with the config key movement.gesture_score.
    added.remove("gesture_scores")
    expected = {f"{table}/{clip}.parquet" for table in (*PER_VIDEO, *added) for clip in CLIPS}
    expected |= {f"{table}.parquet" for table in PER_CORPUS}
    tables = all_tables(demo)
    assert set(tables) == expected
    for name, path in tables.items():
        table = table_of_file(name)
        schema = pq.read_schema(path)
        assert schema.names[: len(schemas.SCHEMAS[table].names)] == schemas.SCHEMAS[table].names
        for field in schemas.schema(table, vector=128 if table == "embeddings" else None):
            assert schema.field(field.name).type == field.type, (name, field.name)


def test_every_table_has_provenance(demo: Path) -> None:
    for name, path in all_tables(demo).items():
        provenance = parquet.read_provenance(path)
        assert provenance["workflow"]["commit"] not in ("", "unknown"), name
        assert provenance["tools"]["pyarrow"], name
        assert str(demo) not in json.dumps(provenance), name
    keypoints = parquet.read_provenance(demo / "keypoints" / "both.parquet")
    assert keypoints["parameters"]["device"] == "cpu"
    assert len(keypoints["models"]) == 2
    assert all(len(digest) == 64 for digest in keypoints["models"].values())


@pytest.mark.parametrize("clip", CLIPS)
def test_cuts_are_on_the_right_frames(demo: Path, truth: dict, clip: str) -> None:
    shots = parquet.read(demo / "shots" / f"{clip}.parquet")
    expected = truth["clips"][clip]
    assert shots["start_frame"].tolist() == [0, *expected["cuts"]]
    assert shots["end_frame"].tolist() == [*expected["cuts"], expected["n_frames"]]


def test_two_people_are_identified_in_the_right_clips(demo: Path, truth: dict) -> None:
    people = parquet.read(demo / "people.parquet")
    assert len(people) == 2
    tracks = parquet.read(demo / "tracks.parquet")
    people_in = tracks.groupby("video_id")["person"].agg(set)
    assert people_in["collins"] != people_in["hopper"]
    assert people_in["both"] == people_in["collins"] | people_in["hopper"]
    assert people_in["hands"] == people_in["hopper"]
    tracks_of_both = tracks[tracks["video_id"] == "both"].merge(
        parquet.read(demo / "shots" / "both.parquet")[["shot", "start_frame"]], on="shot"
    )
    for frame, group in tracks_of_both.groupby("start_frame"):
        n_people = len(truth["clips"]["both"]["frames"][frame])
        assert group["person"].nunique() == len(group) == n_people


def test_corpus_table_agrees_with_the_other_tables(demo: Path) -> None:
    corpus = parquet.read(demo / "corpus.parquet").set_index("video_id")
    assert corpus.index.tolist() == list(CLIPS)
    assert set(corpus["status"]) == {"ok"}
    for clip in CLIPS:
        assert corpus.loc[clip, "n_frames"] == len(parquet.read(demo / f"frames/{clip}.parquet"))
        assert corpus.loc[clip, "n_shots"] == len(parquet.read(demo / f"shots/{clip}.parquet"))
    assert corpus["n_people"].to_dict() == {"collins": 1, "hopper": 1, "both": 2, "hands": 1}


def motion_errors(keypoints: pd.DataFrame, clip: dict, person: str, portrait: dict) -> np.ndarray:
    """Return the deviation of each keypoint from the portrait's motion, in portrait heights.

    Keypoints of one shot are mapped back into the still portrait, where a person does not move. The
    error is the distance to the keypoint's median position there. Keypoints with a median position
    outside the portrait, such as most wrists, are not visible and left out.
    """
    size = np.array([portrait["width"], portrait["height"]])
    errors = []
    cuts = [0, *clip["cuts"], clip["n_frames"]]
    for start, end in zip(cuts, cuts[1:], strict=False):
        shot = keypoints[(keypoints["frame"] >= start) & (keypoints["frame"] < end)]
        if person not in clip["frames"][start] or shot.empty:
            continue
        shot = shot[shot["visibility"] > 0.5]
        to_frame = np.array(
            [np.vstack([frame[person], [0, 0, 1]]) for frame in clip["frames"][start:end]]
        )
        to_portrait = np.linalg.inv(to_frame)[shot["frame"] - start]
        points = np.column_stack([shot[["x", "y"]], np.ones(len(shot))])
        still = pd.DataFrame((to_portrait @ points[..., None])[:, :2, 0], index=shot["keypoint"])
        median = still.groupby(level=0, observed=True).transform("median")
        is_visible = ((median >= 0) & (median < size)).all(axis=1)
        errors.append(np.linalg.norm((still - median)[is_visible], axis=1) / portrait["height"])
    return np.concatenate(errors)


@pytest.mark.parametrize("clip", CLIPS)
def test_keypoints_follow_the_motion_of_the_portraits(demo: Path, truth: dict, clip: str) -> None:
    keypoints = parquet.read(demo / "keypoints" / f"{clip}.parquet")
    pose = keypoints[keypoints["part"] == "pose"].assign(video_id=clip)
    if clip == "hands":
        pose = pose[pose["keypoint"].isin(HEAD_AND_SHOULDERS)]
    pose = pose.merge(parquet.read(demo / "tracks.parquet")[["video_id", "track", "person"]])
    person_in = parquet.read(demo / "tracks.parquet").groupby("video_id")["person"].first()
    for person in truth["portraits"]:
        if clip != "both" and person not in truth["clips"][clip]["frames"][0]:
            continue
        solo = next(c for c in ("collins", "hopper") if person in truth["clips"][c]["frames"][0])
        pose_of_person = pose[pose["person"] == person_in[solo]]
        errors = motion_errors(
            pose_of_person, truth["clips"][clip], person, truth["portraits"][person]
        )
        assert len(errors) > 500
        assert np.median(errors) < 0.01


@pytest.mark.parametrize("clip", CLIPS)
def test_every_person_has_a_skeleton_in_most_frames(demo: Path, truth: dict, clip: str) -> None:
    keypoints = parquet.read(demo / "keypoints" / f"{clip}.parquet")
    pose = keypoints[(keypoints["part"] == "pose") & (keypoints["track"] >= 0)]
    n_skeletons = pose.groupby("frame")["track"].nunique()
    n_people = pd.Series([len(people) for people in truth["clips"][clip]["frames"]])
    assert (n_skeletons.reindex(n_people.index, fill_value=0) >= n_people).mean() > 0.97


def test_all_tables_have_the_times_of_the_frames_table(demo: Path) -> None:
    for clip in CLIPS:
        times = parquet.read(demo / f"frames/{clip}.parquet").set_index("frame")["time_s"]
        for table in ("faces", "embeddings", "keypoints"):
            rows = parquet.read(demo / f"{table}/{clip}.parquet")
            assert (rows["time_s"] == times.loc[rows["frame"]].to_numpy()).all()


def test_second_run_has_nothing_to_do(demo: Path, snakemake) -> None:
    dry_run = snakemake(*DEMO, "--dry-run", "--config", f"results={demo}")
    assert "Nothing to be done" in dry_run.stdout


@pytest.mark.fault("environment", "TMPDIR is no folder", "the same bytes")
@pytest.mark.fault("environment", "Python runs with -O, without assertions", "the same bytes")
@pytest.mark.fault("environment", "a time zone a day ahead of the other run", "the same bytes")
@pytest.mark.fault("environment", "a Turkish locale, through all stages", "the same bytes")
@pytest.mark.fault(
    "environment", "a read-only copy of the workflow in a path with quotes", "the same bytes"
)
def test_tables_depend_neither_on_cores_nor_on_other_videos(demo: Path, tmp_path: Path) -> None:
    """The demo ran on two cores; one of its videos runs once more, alone and on one core."""
    variables = {"PYTHONOPTIMIZE": "1", "TMPDIR": str(tmp_path / "gone")}
    place, sentences = check_repeat.second_place(tmp_path, **variables)
    if os.environ.get("CI"):
        assert sentences[0].startswith("locale tr_TR.UTF-8")
        assert "NOT CHECKED" not in sentences[1]
    tables = ("frames", "shots", "faces", "embeddings", "keypoints", "kinematics", "phases")
    tables += ("gesture_measures", "movement_quality")
    files = [f"{table}/collins.parquet" for table in tables]
    targets = [f"{place.results.name}/{file}" for file in files]
    check_repeat.run_demo(place, 1, "alone, on one core", targets)
    different = [
        f"{file}: {describe(demo / file, place.results / file)}"
        for file in files
        if (demo / file).read_bytes() != (place.results / file).read_bytes()
    ]
    assert different == []


def test_naming_people_reruns_only_rules_with_names(demo: Path, snakemake, tmp_path: Path) -> None:
    names = tmp_path / "names.tsv"
    template = (demo / "people.tsv").read_text().splitlines()
    cells = [line.split("\t") for line in template]
    cells[1][1], cells[2][1] = "Grace Hopper", "Eileen Collins"
    names.write_text("\n".join("\t".join(row) for row in cells) + "\n")
    before = (demo / "people.parquet").read_bytes()
    run = snakemake(*DEMO, "--config", f"results={demo}", f"people={names}")
    rules = set(re.findall(r"\) done: (\w+)", run.stdout, re.MULTILINE))
    rules_with_names = {
        "segment_gestures",
        "plot_funnel",
        "plot_people",
        "write_methods",
        "write_elan",
        "write_page",
        "publish_people_file",
        "publish_methods",
    }
    assert rules == {"identify_people", *rules_with_names, "report_efficiency", "all"}
    people = parquet.read(demo / "people.parquet").set_index("person")["name"]
    tracks = parquet.read(demo / "tracks.parquet")
    person = tracks[tracks["video_id"] == "hopper"]["person"].iloc[0]
    assert people[person] == "Grace Hopper"
    snakemake(*DEMO, "--config", f"results={demo}")
    assert (demo / "people.parquet").read_bytes() == before
