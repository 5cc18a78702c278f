"""The demo, run as a user runs it: its truth is known to the pixel."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from corpus.tables import parquet, schemas
from workflow_runs import DEMO

pytestmark = pytest.mark.workflow

CLIPS = ("collins", "hopper", "both")
PER_VIDEO = (
    *("frames", "shots", "status", "faces", "embeddings", "keypoints"),
    *("kinematics", "phases", "gestures"),
)
PER_CORPUS = ("clusters", "tracks", "people", "corpus", "pictures")


@pytest.fixture(scope="module")
def truth(demo_clips: Path) -> dict:
    return json.loads((demo_clips / "truth.json").read_text())


def all_tables(results: Path) -> dict[str, Path]:
    """Every Parquet file of a run, by its path within the results."""
    return {str(p.relative_to(results)): p for p in sorted(results.rglob("*.parquet"))}


def test_every_table_is_there_and_keeps_its_contract(demo: Path) -> None:
    expected = {f"{table}/{clip}.parquet" for table in PER_VIDEO for clip in CLIPS}
    expected |= {f"{table}.parquet" for table in PER_CORPUS}
    found = all_tables(demo)
    assert set(found) == expected
    for name, path in found.items():
        table = name.split("/")[0].removesuffix(".parquet")
        schema = pq.read_schema(path)
        assert schema.names[: len(schemas.SCHEMAS[table].names)] == schemas.SCHEMAS[table].names
        for field in schemas.schema(table, vector=128 if table == "embeddings" else None):
            assert schema.field(field.name).type == field.type, (name, field.name)


def test_every_table_says_what_made_it(demo: Path) -> None:
    for name, path in all_tables(demo).items():
        made_by = parquet.read_provenance(path)
        assert made_by["workflow"]["commit"] not in ("", "unknown"), name
        assert made_by["tools"]["pyarrow"], name
        assert str(demo) not in json.dumps(made_by), name
    keypoints = parquet.read_provenance(demo / "keypoints" / "both.parquet")
    assert keypoints["parameters"]["device"] == "cpu"
    assert len(keypoints["models"]) == 2
    assert all(len(digest) == 64 for digest in keypoints["models"].values())


@pytest.mark.parametrize("clip", CLIPS)
def test_cuts_are_on_the_right_frame(demo: Path, truth: dict, clip: str) -> None:
    shots = parquet.read(demo / "shots" / f"{clip}.parquet")
    known = truth["clips"][clip]
    assert shots["start_frame"].tolist() == [0, *known["cuts"]]
    assert shots["end_frame"].tolist() == [*known["cuts"], known["n_frames"]]


def test_two_people_each_in_the_right_clips(demo: Path, truth: dict) -> None:
    people = parquet.read(demo / "people.parquet")
    assert len(people) == 2
    tracks = parquet.read(demo / "tracks.parquet")
    found = tracks.groupby("video_id")["person"].agg(set)
    assert found["collins"] != found["hopper"]
    assert found["both"] == found["collins"] | found["hopper"]
    both = tracks[tracks["video_id"] == "both"].merge(
        parquet.read(demo / "shots" / "both.parquet")[["shot", "start_frame"]], on="shot"
    )
    for frame, group in both.groupby("start_frame"):
        assert (
            group["person"].nunique() == len(group) == len(truth["clips"]["both"]["frames"][frame])
        )


def test_corpus_table_counts_what_the_others_hold(demo: Path) -> None:
    corpus = parquet.read(demo / "corpus.parquet").set_index("video_id")
    assert corpus.index.tolist() == list(CLIPS)
    assert set(corpus["status"]) == {"ok"}
    for clip in CLIPS:
        assert corpus.loc[clip, "n_frames"] == len(parquet.read(demo / f"frames/{clip}.parquet"))
        assert corpus.loc[clip, "n_shots"] == len(parquet.read(demo / f"shots/{clip}.parquet"))
    assert corpus["n_people"].to_dict() == {"collins": 1, "hopper": 1, "both": 2}


def motion_errors(keypoints: pd.DataFrame, clip: dict, person: str, portrait: dict) -> np.ndarray:
    """How far each keypoint is from where the picture's own motion takes it, in person heights.

    Keypoints of one shot are mapped back into the still portrait, where a person does not move;
    the distance to each keypoint's median place there is the error. Keypoints whose place is beyond
    the portrait's edges, such as most wrists, are not in the picture and left out.
    """
    size = np.array([portrait["width"], portrait["height"]])
    errors = []
    cuts = [0, *clip["cuts"], clip["n_frames"]]
    for start, end in zip(cuts, cuts[1:], strict=False):
        shot = keypoints[(keypoints["frame"] >= start) & (keypoints["frame"] < end)]
        if person not in clip["frames"][start] or shot.empty:
            continue
        shot = shot[shot["visibility"] > 0.5]
        to_frame = np.array([np.vstack([f[person], [0, 0, 1]]) for f in clip["frames"][start:end]])
        back = np.linalg.inv(to_frame)[shot["frame"] - start]
        points = np.column_stack([shot[["x", "y"]], np.ones(len(shot))])
        still = pd.DataFrame((back @ points[..., None])[:, :2, 0], index=shot["keypoint"])
        place = still.groupby(level=0, observed=True).transform("median")
        pictured = ((place >= 0) & (place < size)).all(axis=1)
        errors.append(np.linalg.norm((still - place)[pictured], axis=1) / portrait["height"])
    return np.concatenate(errors)


@pytest.mark.parametrize("clip", CLIPS)
def test_keypoints_follow_the_pictures_motion(demo: Path, truth: dict, clip: str) -> None:
    keypoints = parquet.read(demo / "keypoints" / f"{clip}.parquet")
    pose = keypoints[keypoints["part"] == "pose"].assign(video_id=clip)
    pose = pose.merge(parquet.read(demo / "tracks.parquet")[["video_id", "track", "person"]])
    alone = parquet.read(demo / "tracks.parquet").groupby("video_id")["person"].first()
    for person in truth["portraits"]:
        if clip != "both" and person not in truth["clips"][clip]["frames"][0]:
            continue
        solo = next(c for c in ("collins", "hopper") if person in truth["clips"][c]["frames"][0])
        own = pose[pose["person"] == alone[solo]]
        errors = motion_errors(own, truth["clips"][clip], person, truth["portraits"][person])
        assert len(errors) > 500
        assert np.median(errors) < 0.01


@pytest.mark.parametrize("clip", CLIPS)
def test_everybody_has_a_skeleton_in_every_frame(demo: Path, truth: dict, clip: str) -> None:
    keypoints = parquet.read(demo / "keypoints" / f"{clip}.parquet")
    pose = keypoints[(keypoints["part"] == "pose") & (keypoints["track"] >= 0)]
    found = pose.groupby("frame")["track"].nunique()
    known = pd.Series([len(people) for people in truth["clips"][clip]["frames"]])
    assert (found.reindex(known.index, fill_value=0) >= known).mean() > 0.97


def test_times_are_the_frames_times_everywhere(demo: Path) -> None:
    for clip in CLIPS:
        times = parquet.read(demo / f"frames/{clip}.parquet").set_index("frame")["time_s"]
        for table in ("faces", "embeddings", "keypoints"):
            rows = parquet.read(demo / f"{table}/{clip}.parquet")
            assert (rows["time_s"] == times.loc[rows["frame"]].to_numpy()).all()


def test_a_second_run_has_nothing_to_do(demo: Path, snakemake) -> None:
    done = snakemake(*DEMO, "--dry-run", "--config", f"results={demo}")
    assert "Nothing to be done" in done.stdout


def test_one_core_gives_the_same_bytes_as_two(demo: Path, snakemake, tmp_path: Path) -> None:
    again = tmp_path / "elsewhere"
    snakemake(*DEMO, "--cores", 1, "--config", f"results={again}")
    first, second = all_tables(demo), all_tables(again)
    assert set(first) == set(second)
    different = [name for name in first if first[name].read_bytes() != second[name].read_bytes()]
    assert different == []
    elan = [f"elan/{clip}.eaf" for clip in CLIPS]
    for text in ("people.tsv", "report/index.html", "report/methods.md", *elan):
        assert (demo / text).read_bytes() == (again / text).read_bytes()


def test_naming_repeats_only_what_shows_people(demo: Path, snakemake, tmp_path: Path) -> None:
    names = tmp_path / "names.tsv"
    template = (demo / "people.tsv").read_text().splitlines()
    cells = [line.split("\t") for line in template]
    cells[1][1], cells[2][1] = "Grace Hopper", "Eileen Collins"
    names.write_text("\n".join("\t".join(row) for row in cells) + "\n")
    before = (demo / "people.parquet").read_bytes()
    done = snakemake(*DEMO, "--config", f"results={demo}", f"people={names}")
    ran = {
        line.split("rule ")[1].rstrip(":")
        for line in done.stdout.splitlines()
        if "rule " in line and line.endswith(":")
    }
    shows_names = {
        "gestures",
        "plot_funnel",
        "plot_people",
        "write_methods",
        "write_elan",
        "write_page",
    }
    assert ran == {"people", *shows_names, "efficiency", "all"}
    people = parquet.read(demo / "people.parquet").set_index("person")["name"]
    tracks = parquet.read(demo / "tracks.parquet")
    who = tracks[tracks["video_id"] == "hopper"]["person"].iloc[0]
    assert people[who] == "Grace Hopper"
    snakemake(*DEMO, "--config", f"results={demo}")
    assert (demo / "people.parquet").read_bytes() == before
