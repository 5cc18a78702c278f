"""Face tracks of a corpus: their best faces, and tracks in the same frame."""

import pandas as pd

from corpus.identity.corpus_tracks import best_faces, tracks_in_same_frame


def test_the_best_face_is_the_earliest_of_the_highest_quality():
    faces = pd.DataFrame({"track": [3, 3, 3], "frame": [9, 5, 1], "time_s": [9.0, 5.0, 1.0]})
    faces = faces.assign(quality=[0.8, 0.8, 0.2], x1=[1, 2, 3], y1=0, x2=5, y2=5)
    best = best_faces(faces).loc[3]
    assert (best["best_time_s"], best["best_box"].tolist()) == (5.0, [2, 0, 5, 5])


def test_each_pair_of_tracks_in_the_same_frame_is_listed_once():
    faces = pd.DataFrame({"frame": [0, 0, 1, 1, 2, 3, 3, 3], "track": [1, 0, 0, 1, 4, 2, 4, 0]})
    assert tracks_in_same_frame(faces) == [(0, 1), (0, 2), (0, 4), (2, 4)]
