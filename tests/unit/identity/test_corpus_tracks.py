"""Face tracks of a corpus: their best faces, and tracks in the same frame."""

import pandas as pd

from corpus.identity.corpus_tracks import best_faces, read_tracks, tracks_in_same_frame
from corpus.tables import parquet


def test_the_best_face_is_the_earliest_of_the_highest_quality():
    faces = pd.DataFrame({"track": [3, 3, 3], "frame": [9, 5, 1], "time_s": [9.0, 5.0, 1.0]})
    faces = faces.assign(quality=[0.8, 0.8, 0.2], x1=[1, 2, 3], y1=0, x2=5, y2=5)
    best = best_faces(faces).loc[3]
    assert (best["best_time_s"], best["best_box"].tolist()) == (5.0, [2, 0, 5, 5])


def test_each_pair_of_tracks_in_the_same_frame_is_listed_once():
    faces = pd.DataFrame({"frame": [0, 0, 1, 1, 2, 3, 3, 3], "track": [1, 0, 0, 1, 4, 2, 4, 0]})
    assert tracks_in_same_frame(faces) == [(0, 1), (0, 2), (0, 4), (2, 4)]


def test_pictures_and_copies_are_not_in_conflict_and_copies_name_their_track(tmp_path):
    kinds = {0: "person", 1: "person", 2: "picture", 3: "copy"}
    rows = [
        {"frame": 0, "time_s": 0.0, "shot": 0, "track": track, "quality": 0.5, "kind": kind}
        | {"copy_of": 1 if kind == "copy" else None}
        for track, kind in kinds.items()
    ]
    faces = {name: [row[name] for row in rows] for name in rows[0]}
    boxes = {edge: [1.0] * len(rows) for edge in ("x1", "y1", "x2", "y2")}
    for video in ("a", "b"):
        parquet.write(tmp_path / f"faces/{video}.parquet", "faces", faces | boxes, {})
        shots = {"shot": [0], "start_s": [0.0], "end_s": [1.0]}
        parquet.write(tmp_path / f"shots/{video}.parquet", "shots", shots, {})
    tracks = read_tracks(tmp_path, ["a", "b"], samples_per_second=5)
    assert tracks.rows["kind"].tolist() == list(kinds.values()) * 2
    assert tracks.conflicts == [(0, 1), (4, 5)]
    assert tracks.copies == [(3, 1), (7, 5)]
