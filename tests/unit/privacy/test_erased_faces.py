"""A new search of a video finds nobody who was erased, and loses nobody else."""

import numpy as np
import pandas as pd
import pytest

from corpus.core.checksums import sha256
from corpus.core.errors import InputError
from corpus.faces.track_matching import matched_tracks
from corpus.inputs import erased_folder
from corpus.pose.body_following import BodyFollower
from corpus.privacy import erased_heads
from corpus.privacy.erased_faces import drop_erased_tracks
from corpus.privacy.erased_heads import ErasedHeads
from corpus.privacy.head_regions import FACE_SCALE
from corpus.tables import parquet
from corpus.video.reader import Frame
from face_tables import FPS, faces_table, frames_table, track_boxes
from fake_bodies import face_box, fake_body, white_image
from fake_body_networks import FakeBodyNetworks

N_FRAMES = 250
SIZE = 40.0
FIRST, LAST = 50, 100
"""Frames between which the erased head was located."""
frames = frames_table([n / FPS for n in range(N_FRAMES)], [0] * 200 + [1] * 50)


def box_at(x: float, y: float = 100.0, size: float = SIZE) -> np.ndarray:
    return np.array([x - size / 2, y - size / 2, x + size / 2, y + size / 2])


def erased_x(frame: float) -> float:
    """Where the erased person is: at rest, then walking half a face per second."""
    return 200 + max(0.0, frame - 75) * 0.8


def covers() -> pd.DataFrame:
    """The table covers of a person who was located from `FIRST` to `LAST`."""
    rows = []
    for frame in range(FIRST, LAST + 1):
        edges = box_at(erased_x(frame), size=SIZE * FACE_SCALE)
        rows.append((frame, frame / FPS, 0, 0, "face", *edges))
    columns = ["frame", "time_s", "shot", "cover", "known_by", "x1", "y1", "x2", "y2"]
    return pd.DataFrame(rows, columns=columns)


def track(number: int, at_frames, x, y: float = 100.0, size: float = SIZE) -> list[tuple]:
    """Rows of a face track; `x` is a number or a function of the frame."""
    position = x if callable(x) else lambda _: x
    return [
        (n, n / FPS, int(frames["shot"][n]), number, box_at(position(n), y, size))
        for n in at_frames
    ]


def remaining(*tracks: list[tuple], others: frozenset[int] = frozenset()) -> set[int]:
    """Tracks that remain of a new search."""
    faces = faces_table(*(row for rows in tracks for row in rows))
    left = drop_erased_tracks(faces, ErasedHeads(covers(), frames), set(others))
    return set(left["track"].tolist())


@pytest.mark.fault(
    "privacy", "a new search, with other frames and other box sizes", "finds no erased person"
)
@pytest.mark.parametrize(
    "found",
    [
        track(0, range(50, 101, 5), erased_x),
        track(0, range(52, 100, 7), erased_x),
        track(0, range(53, 100, 31), lambda n: erased_x(n) + 14, size=50),
        track(0, range(0, 190, 5), erased_x),
        track(0, [60], erased_x),
        # Not in the frames in which the head was located:
        track(0, range(30, 49, 3), 205),
        track(0, [103], 225, 108),
        track(0, range(110, 190, 4), 245, size=30),
    ],
    ids=["same", "other_frames", "other_boxes", "longer", "once", "before", "after", "long_after"],
)
def test_the_track_of_an_erased_person_is_dropped(found: list[tuple]) -> None:
    other = track(1, range(0, 190, 5), 400)
    assert remaining(found, other) == {1}


@pytest.mark.fault("privacy", "two detections on an erased head", "both are dropped")
def test_a_second_detection_of_the_same_face_is_dropped() -> None:
    doubled = track(1, range(50, 100, 5), lambda n: erased_x(n) + 6)
    assert remaining(track(0, range(50, 100, 5), erased_x), doubled) == set()


@pytest.mark.fault("privacy", "somebody beside, or later in the place of, an erased person", "stay")
@pytest.mark.parametrize(
    "other",
    [
        track(1, range(0, 200, 5), lambda n: erased_x(n) + 0.9 * SIZE),
        track(1, range(0, 200, 5), lambda n: erased_x(n), y=100 + SIZE),
        # Walks past, through the place of the head:
        track(1, range(50, 101, 2), lambda n: 100 + 4 * (n - 50)),
        # Comes to the place after it was beside:
        track(1, range(55, 200, 5), lambda n: 320 - 0.8 * (n - 55)),
        # In the next shot at the same place:
        track(1, range(200, 240, 5), 200),
        # Much smaller, in the background:
        track(1, range(120, 190, 5), 230, size=8),
    ],
    ids=["beside", "below", "passing", "coming", "next_shot", "background"],
)
def test_other_people_stay(other: list[tuple]) -> None:
    assert remaining(track(0, range(50, 101, 5), erased_x), other) == {1}


@pytest.mark.fault(
    "privacy", "a known person where an erased one was shortly before", "the person stays"
)
def test_a_person_who_was_found_before_stays_in_an_estimated_region() -> None:
    later = track(1, range(120, 190, 5), 230)
    assert remaining(later) == set(), "nobody is known to be there"
    best = pd.DataFrame({"best_time_s": [150 / FPS], "best_box": [box_at(232)]})
    others = matched_tracks(faces_table(*later), best)
    assert others == {1}
    assert remaining(later, others=frozenset(others)) == {1}
    assert remaining(track(1, range(50, 101, 5), erased_x), others=frozenset({1})) == set()


def test_a_video_without_faces_or_masks_is_unchanged() -> None:
    assert remaining() == set()
    rows = faces_table(*track(0, range(50, 101, 5), erased_x))
    left = drop_erased_tracks(rows, ErasedHeads(covers().iloc[:0], frames), set())
    assert left.equals(rows)


@pytest.mark.fault("privacy", "bodies without a face, full_frame", "no erased body is returned")
def test_the_body_of_an_erased_person_gets_no_keypoints() -> None:
    erased, neighbour, other = fake_body(200, 100), fake_body(235, 100), fake_body(320, 100)
    heads = ErasedHeads(covers().assign(x1=183.0, x2=217.0, y1=83.0, y2=117.0), frames)
    for frame, faces in ((60, [neighbour]), (110, [])):
        rows = [(n, n / FPS, 0, 0, face_box(b)) for b in faces for n in range(0, 200, 5)]
        boxes = track_boxes(faces_table(*rows), 99.0)
        networks = FakeBodyNetworks(erased, neighbour, other)
        picture = Frame(frame, frame / FPS, white_image())
        found = networks.run(BodyFollower(boxes, 0.5, True, heads).follow(picture, 0))
        noses = sorted(body.points[0, 0] for body in found.values())
        assert noses == [235, 320], frame


@pytest.mark.fault("privacy", "the video is replaced by another file", "refused, with advice")
def test_masks_belong_to_the_file_of_the_video(tmp_path) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(b"first")
    path = erased_folder.masks_path(tmp_path, "v")
    made_by = {"parameters": {"video_sha256": sha256(video)}}
    parquet.write(path, "covers", covers(), made_by)
    status = tmp_path / "status.parquet"
    parquet.write(status, "status", {"video_id": ["v"]}, {})
    assert erased_heads.read(path, video, frames, status).at(60)
    video.write_bytes(b"second")
    with pytest.raises(InputError, match="erased from another file of this video"):
        erased_heads.read(path, video, frames, status)
