"""One track per person in films in one shot, as where a cut or a transition was not detected."""

import cv2
import numpy as np
import pytest

import detect_faces
import synthetic_videos
from corpus.faces.track_extents import track_extents
from corpus.faces.tracking import Tracker
from corpus.tables import parquet
from face_detection_runs import command
from face_tables import frames_table, shots_table, status_table
from portraits import FACE_BOXES, portraits

SIZE = (320, 200)
LEFT, RIGHT = 100, 210
FACE_WIDTH = 70


def picture(**centres: int) -> np.ndarray:
    """A picture of people by name, each with the face of one size around this x."""
    image = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
    for person, centre in centres.items():
        x1, y1, x2, y2 = FACE_BOXES[person]
        scale = FACE_WIDTH / (x2 - x1)
        shift = (centre - scale * (x1 + x2) / 2, SIZE[1] / 2 - scale * (y1 + y2) / 2)
        matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
        warped = cv2.warpAffine(portraits()[person], matrix, SIZE, flags=cv2.INTER_AREA)
        half = (centre - 55, centre + 55)
        image[:, half[0] : half[1]] = warped[:, half[0] : half[1]]
    return image


def mixture(share: float) -> np.ndarray:
    """A dissolve from one person to the other, of which this share is over."""
    before, after = picture(collins=LEFT), picture(hopper=LEFT)
    return cv2.addWeighted(before, 1 - share, after, share, 0)


BEFORE, AFTER = picture(collins=LEFT), picture(hopper=LEFT)
FILMS = {
    "cut": [BEFORE] * 4 + [AFTER] * 4,
    "dissolve": [BEFORE] * 3 + [mixture(n / 6) for n in range(1, 6)] + [AFTER] * 3,
    "hidden": [BEFORE] * 3 + [np.full_like(BEFORE, 90)] * 3 + [AFTER] * 3,
}
TWO_PEOPLE = [picture(collins=LEFT, hopper=RIGHT), picture(collins=RIGHT, hopper=LEFT)]


def find_tracks(folder, monkeypatch, pictures, times=None, end_s=None):
    """The faces table of a film in one shot, and the extents of its tracks.

    `times` are those of the pictures in seconds; without them there are five pictures per second.
    """
    times = np.arange(len(pictures)) / 5 if times is None else times
    film = folder / "film.mkv"
    synthetic_videos.from_pictures(film, pictures, [round(1000 * time) for time in times])
    shots = shots_table(end_s or times[-1] + 0.2)
    tables = {"status": status_table(*SIZE), "frames": frames_table(times), "shots": shots}
    for name, table in tables.items():
        parquet.write(folder / f"{name}.parquet", name, table, {})
    monkeypatch.setattr("sys.argv", command(folder, film.name, folder / "faces"))
    detect_faces.main()
    faces = parquet.read(folder / "faces")
    return faces, track_extents(faces, shots, 5)


def tracks_by_place(faces) -> set[int]:
    """The tracks that the faces would have without their appearance."""
    tracker, tracks = Tracker(max_gap_s=1.0), set()
    for time_s, in_frame in faces.groupby("time_s"):
        boxes = in_frame[["x1", "y1", "x2", "y2"]].to_numpy(float)
        tracks |= set(tracker.update(0, time_s, boxes))
    return tracks


@pytest.mark.fault("media", "a cut or a dissolve is not detected", "a track for each person")
@pytest.mark.parametrize("film", FILMS)
def test_a_person_who_replaces_another_has_a_track_of_their_own(film, tmp_path, monkeypatch):
    faces, extents = find_tracks(tmp_path, monkeypatch, FILMS[film])
    assert len(extents) == 2 and tracks_by_place(faces) == {0}
    assert extents["end_s"][0] <= extents["start_s"][1] + 1e-6
    # The clear pictures of each person are in one track.
    assert extents["start_s"][0] == 0 and extents["end_s"][0] >= 0.6 - 1e-6
    assert extents["start_s"][1] <= faces["time_s"].max() - 0.4 + 1e-6


def test_people_who_change_places_are_never_in_one_track(tmp_path, monkeypatch):
    faces, extents = find_tracks(tmp_path, monkeypatch, [TWO_PEOPLE[0]] * 4 + [TWO_PEOPLE[1]] * 4)
    assert len(faces) == 16 and len(tracks_by_place(faces)) == 2
    sides = faces.assign(is_left=faces["x1"] < SIZE[0] / 2 - 35, is_later=faces["frame"] >= 4)
    person = sides["is_left"] ^ sides["is_later"]
    assert (person.groupby(sides["track"]).nunique() == 1).all()
    assert set(extents.index) == set(sides["track"])


@pytest.mark.fault(
    "media",
    "the recording stands still, or has less than one frame per second",
    "the face is one track over the whole time",
)
@pytest.mark.parametrize(
    ("times", "end_s"),
    [([0.0, 2.0, 4.0, 6.0], 8.0), ([0.0, 0.2, 0.24, 6.24, 6.44], 6.64)],
    ids=["half a frame per second", "standing still"],
)
def test_a_picture_that_stays_on_screen_is_in_a_track(times, end_s, tmp_path, monkeypatch):
    pictures = [picture(collins=LEFT + 20 * n) for n in range(len(times))]
    faces, extents = find_tracks(tmp_path, monkeypatch, pictures, times, end_s)
    assert len(faces) == len(times)
    assert extents[["start_s", "end_s"]].values.tolist() == [[0, end_s]]
