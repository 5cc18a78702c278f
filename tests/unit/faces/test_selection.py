"""Up to K good faces of each track are selected, spread over its duration."""

import numpy as np
import pandas as pd

from corpus.faces.selection import best_embeddings, select_faces


def track_faces(quality, track=0, times=None) -> pd.DataFrame:
    """The faces of one track with these qualities, five frames apart at 25 frames per second."""
    frames = range(0, 5 * len(quality), 5)
    times = np.array(frames) / 25 if times is None else times
    return pd.DataFrame({"track": track, "frame": frames, "time_s": times, "quality": quality})


def test_faces_are_spread_over_the_track():
    # The best faces are all at the start.
    quality = [0.9] * 6 + [0.5, 0.6, 0.5] * 6
    selected = select_faces(track_faces(quality), 4)
    assert len(selected) == 4
    assert selected["frame"].is_monotonic_increasing
    quarters = (selected["time_s"] / (23 / 5) * 4).astype(int)
    assert list(quarters) == [0, 1, 2, 3]
    assert list(selected["quality"]) == [0.9, 0.6, 0.6, 0.6]


def test_all_faces_of_short_tracks_are_selected_and_each_track_counts():
    faces = pd.concat([track_faces([0.1] * 3), track_faces(list(np.linspace(0, 1, 20)), 1)])
    selected = select_faces(faces, 6)
    assert list(selected["track"]) == [0] * 3 + [1] * 6
    assert list(selected) == ["track", "frame", "time_s", "quality"]


def test_the_best_remaining_faces_replace_those_of_a_part_without_faces():
    # No face between 1 and 9 seconds.
    times = [0, 0.2, 0.4, 0.6, 0.8, 9.2, 9.4, 9.6, 9.8, 10]
    quality = [0.5, 0.9, 0.8, 0.1, 0.2, 0.3, 0.4, 0.7, 0.1, 0.1]
    selected = select_faces(track_faces(quality, times=times), 4)
    assert list(selected["quality"]) == [0.5, 0.9, 0.8, 0.7]


def test_the_selection_among_equal_faces_is_repeatable():
    faces = track_faces([0.5] * 10)
    shuffled = faces.sample(frac=1, random_state=1).sort_values("time_s")
    assert list(select_faces(faces, 1)["frame"]) == [0]
    assert list(select_faces(shuffled, 3)["frame"]) == list(select_faces(faces, 3)["frame"])


def test_equal_times_in_a_track_raise_no_error():
    selected = select_faces(track_faces([0.1, 0.9, 0.5], times=[2.0] * 3), 2)
    assert list(selected["quality"]) == [0.9, 0.5]


def test_embeddings_are_those_of_the_selected_faces():
    faces = pd.concat([track_faces([0.1, 0.9, 0.5], track=1), track_faces([0.2])])
    # Tracks were dropped, so the rows of the table are not all of the faces.
    faces.index = pd.Index([4, 0, 2, 5])
    vectors = np.arange(12, dtype=np.float32).reshape(6, 2)
    best = best_embeddings(faces, vectors, 2)
    assert best[["track", "frame"]].to_numpy().tolist() == [[0, 0], [1, 0], [1, 5]]
    assert np.array_equal(np.stack(best["embedding"]), vectors[[5, 4, 0]])
    assert list(best) == ["track", "frame", "time_s", "embedding"]
    assert len(best_embeddings(faces[:0], vectors[:0], 2)) == 0


def test_qualities_are_compared_as_they_are_written():
    faces = track_faces([0.5, 0.5 + 1e-12])
    assert list(best_embeddings(faces, np.zeros((2, 1), np.float32), 1)["frame"]) == [0]
