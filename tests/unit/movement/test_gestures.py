"""Gestures of people, merged from phases and face tracks."""

import logging
import sys
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

import segment_gestures
from corpus.movement.gestures import add_measures, merge_phases
from corpus.tables import parquet, schemas
from script_runs import run_script

PHASES = pd.DataFrame(
    [
        # shot, track, hand, phase, start_s, end_s, gesture, peak_speed, mean_speed,
        # path_length, world_path_length
        (0, 0, "right", "rest", 0.0, 1.0, None, 0.1, 0.05, 0.05, 0.02),
        (0, -1, "left", "movement", 0.5, 1.0, 0, 2.0, 1.0, 0.5, None),
        (0, 0, "right", "movement", 1.0, 1.5, 1, 5.0, 3.0, 1.5, 0.5),
        (0, 0, "right", "hold", 1.5, 2.25, 1, 0.3, 0.1, 0.075, 0.03),
        (0, 0, "right", "movement", 2.25, 3.0, 1, 6.0, 2.0, 1.5, None),
        (0, 0, "right", "rest", 3.0, 4.0, None, 0.1, 0.05, 0.05, 0.02),
        (1, 1, "left", "movement", 4.0, 5.0, 2, 4.0, 2.0, 2.0, 0.7),
    ],
    columns=schemas.SCHEMAS["phases"].names,
)


def measures_of(phases: pd.DataFrame) -> pd.DataFrame:
    """Return rows of the table gesture_measures: some measures of the gestures in `phases`."""
    rows = phases.dropna(subset="gesture").drop_duplicates("gesture")[["gesture", "track", "hand"]]
    rows["peak_time_s"] = phases.groupby("gesture")["start_s"].first().to_numpy()
    return rows.assign(extent=rows["gesture"] + 0.5, start_seen=True, region="center")


def write_corpus(folder: Path, videos: dict[str, pd.DataFrame], tracks: list[tuple]) -> list[str]:
    """Write phases by video and tracks (video, track, person); return the script's options."""
    for table in ("phases", "gesture_measures"):
        (folder / table).mkdir()
    for video, phases in videos.items():
        parquet.write(folder / "phases" / f"{video}.parquet", "phases", phases, {})
        measures = measures_of(phases)
        parquet.write(
            folder / "gesture_measures" / f"{video}.parquet", "gesture_measures", measures, {}
        )
    table = pd.DataFrame(tracks, columns=["video_id", "track", "person"])
    parquet.write(folder / "tracks.parquet", "tracks", table, {})
    lines = ["video_id\tsource", *(f"{video}\t{video}.mp4" for video in videos)]
    (folder / "videos.tsv").write_text("\n".join(lines) + "\n")
    paths = {
        "results": folder,
        "videos": folder / "videos.tsv",
        "tracks": folder / "tracks.parquet",
    }
    return [str(option) for name, path in paths.items() for option in (f"--{name}", path)]


def test_a_gesture_merges_movements_and_the_holds_between_them():
    gestures = merge_phases(PHASES, {0: "p0001", 1: "p0002"})
    assert gestures["gesture"].tolist() == [0, 1, 2]
    second = gestures.loc[1]
    assert second[["track", "hand", "shot"]].tolist() == [0, "right", 0]
    assert (second["start_s"], second["end_s"]) == (1.0, 3.0)
    assert (second["n_movements"], second["n_holds"], second["hold_s"]) == (2, 1, 0.75)
    assert second["peak_speed"] == 6.0
    assert second["path_length"] == pytest.approx(3.075)
    assert second["mean_speed"] == pytest.approx(3.075 / 2.0)
    assert second["world_path_length"] == pytest.approx(0.53)


def test_a_body_without_a_face_has_no_person():
    gestures = merge_phases(PHASES, {0: "p0001", 1: "p0002"})
    assert gestures["person"].fillna("").tolist() == ["", "p0001", "p0002"]
    assert gestures["world_path_length"].isna().tolist() == [True, False, False]


def test_gestures_get_their_measures_by_number():
    gestures = merge_phases(PHASES, {})
    measures = measures_of(PHASES).iloc[::-1]
    complete = add_measures(gestures, measures)
    assert complete["extent"].tolist() == [0.5, 1.5, 2.5]
    assert complete["peak_speed"].tolist() == gestures["peak_speed"].tolist()
    assert complete["track"].tolist() == gestures["track"].tolist()
    with pytest.raises(pd.errors.MergeError):
        add_measures(gestures, pd.concat([measures, measures]))


def test_a_peak_without_a_time_is_not_known():
    measures = measures_of(PHASES)
    measures.loc[measures["gesture"] == 1, "peak_time_s"] = None
    complete = add_measures(merge_phases(PHASES, {}), measures)
    assert complete["peak_speed"].isna().tolist() == [False, True, False]


def test_people_come_from_the_tracks_of_the_same_video(tmp_path, monkeypatch):
    videos = {"b": PHASES, "a": PHASES, "none": PHASES[:0]}
    tracks = [("a", 0, "p0001"), ("a", 1, "p0002"), ("b", 0, "p0002"), ("b", 1, "p0001")]
    monkeypatch.setattr(
        sys, "argv", ["segment_gestures.py", *write_corpus(tmp_path, videos, tracks)]
    )
    segment_gestures.main()
    gestures = {video: parquet.read(tmp_path / "gestures" / f"{video}.parquet") for video in videos}
    people = {video: table["person"].fillna("").tolist() for video, table in gestures.items()}
    assert people == {"a": ["", "p0001", "p0002"], "b": ["", "p0002", "p0001"], "none": []}
    for table in gestures.values():
        assert table.columns.tolist() == schemas.SCHEMAS["gestures"].names
    corpus = parquet.read(tmp_path / "gestures.parquet")
    assert corpus["video_id"].tolist() == ["b"] * 3 + ["a"] * 3
    pd.testing.assert_frame_equal(
        corpus.drop(columns="video_id")[3:].reset_index(drop=True), gestures["a"]
    )


def test_pictures_and_copies_are_in_no_unit_and_have_no_hand_use(tmp_path, monkeypatch):
    options = write_corpus(tmp_path, {"a": PHASES}, [("a", 0, "p0001"), ("a", 1, "p0001")])
    tracks = parquet.read(tmp_path / "tracks.parquet")
    tracks = tracks.assign(kind=["person", "copy"], start_s=[0.0, 4.0], end_s=[4.0, 5.0])
    parquet.write(tmp_path / "tracks.parquet", "tracks", tracks, {})
    run_script(monkeypatch, segment_gestures, *options)
    gestures = parquet.read(tmp_path / "gestures.parquet")
    assert gestures["unit"].fillna(-1).tolist() == [0, 1, -1]
    units = parquet.read(tmp_path / "gesture_units.parquet")
    assert units["person"].fillna("").tolist() == ["", "p0001"]
    assert (units["video_id"] == "a").all()
    [use] = parquet.read(tmp_path / "hand_use.parquet").to_dict("records")
    assert (use["video_id"], use["person"], use["n_units"]) == ("a", "p0001", 1)
    assert (use["screen_s"], use["visible_s"]) == (4.0, 4.0)


def test_tables_of_videos_without_gestures_have_the_same_types(tmp_path, monkeypatch):
    """So that pyarrow, R and others can read the tables of all videos as one."""
    options = write_corpus(tmp_path, {"none": PHASES[:0], "b": PHASES}, [("b", 0, "p0001")])
    run_script(monkeypatch, segment_gestures, *options)
    paths = [tmp_path / "gestures" / f"{video}.parquet" for video in ("none", "b")]
    empty, full = (pq.read_schema(path) for path in paths)
    assert empty.equals(full)
    assert ds.dataset(paths).to_table().num_rows == 3


def test_a_corpus_without_people_has_no_gestures(tmp_path, monkeypatch, caplog):
    options = write_corpus(tmp_path, {"a": PHASES[:0]}, [])
    with caplog.at_level(logging.INFO):
        run_script(monkeypatch, segment_gestures, *options)
    assert "0 gestures in 1 videos" in caplog.text
    assert len(parquet.read(tmp_path / "gestures" / "a.parquet")) == 0
    for name in ("gestures", "gesture_units", "hand_use"):
        assert len(parquet.read(tmp_path / f"{name}.parquet")) == 0


def test_the_output_bytes_are_always_the_same(tmp_path, monkeypatch):
    options = write_corpus(tmp_path, {"a": PHASES}, [("a", 0, "p0001")])
    monkeypatch.setattr(sys, "argv", ["segment_gestures.py", *options])
    contents = []
    for _ in range(2):
        segment_gestures.main()
        contents.append((tmp_path / "gestures" / "a.parquet").read_bytes())
    assert contents[0] == contents[1]
    provenance = parquet.read_provenance(tmp_path / "gestures" / "a.parquet")
    assert provenance["step"] == "segment_gestures" and str(tmp_path) not in str(provenance)
