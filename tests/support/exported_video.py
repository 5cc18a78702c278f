"""A small video with everything that was found in it, for the tests of exports."""

import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from corpus.pose.keypoint_rows import keypoint_rows
from corpus.pose.keypoints import FrameKeypoints
from corpus.tables import parquet
from fake_landmarkers import face_box, fake_body, fake_hand
from synthetic_videos import from_pictures

NAMES = {"p0001": 'Zoë "Z", née Łoś', "p0002": None}
SIZE = 160, 120


class Found:
    """Tables of a video `v` of `times` (seconds), cut into two shots after `cut` frames.

    Two people in both shots, a track for each (0 and 1, then 2 and 3): p0001 at x 40, who moves a
    pixel a frame to the right, and p0002 at 110, who has no hands. A body without a face (-1) is in
    the first shot from frame 2 on. Faces are found in every fifth frame.
    """

    def __init__(self, folder: Path, times: Sequence[float], cut: int = 10) -> None:
        self.folder, self.times, self.cut = folder, list(times), cut
        self.shot_of = [int(n >= cut) for n in range(len(self.times))]
        self.end = self.times[-1] + 0.04 if self.times else 0.0
        self.write_index()
        self.write_people()
        self.write_bodies()
        self.write_phases()

    def path(self, table: str) -> Path:
        folder = self.folder / f"{table}.parquet"
        return (
            folder
            if table in ("corpus", "people", "tracks")
            else folder.parent / table / "v.parquet"
        )

    def write(self, table: str, columns: dict) -> None:
        parquet.write(self.path(table), table, columns, {"step": "test"})

    def write_index(self) -> None:
        n = len(self.times)
        gaps = np.diff(self.times)
        self.write("frames", {"frame": range(n), "time_s": self.times, "shot": self.shot_of})
        starts = sorted({0, min(self.cut, n)} - {n}) if n else []
        ends = [*starts[1:], n] if n else []
        self.write(
            "shots",
            {
                "shot": range(len(starts)), "start_frame": starts, "end_frame": ends,
                "start_s": [self.times[k] for k in starts],
                "end_s": [self.times[k] if k < n else self.end for k in ends],
            },
        )  # fmt: skip
        status = {
            "video_id": ["v"], "source": ["v,1.mp4"], "status": ["ok" if n else "unavailable"],
            "reason": [None if n else "private"], "n_frames": [n], "n_shots": [len(starts)],
            "width": [SIZE[0] if n else None], "height": [SIZE[1] if n else None],
            "is_vfr": [bool(len(gaps) and np.ptp(gaps) > 0.002) if n else None],
        }  # fmt: skip
        self.write("status", status)
        self.write("corpus", status)

    def people_in(self, frame: int) -> dict:
        """The keypoints of a frame, as extract_keypoints has them."""
        base = 2 * self.shot_of[frame]
        first, second = fake_body(40 + frame, 30), fake_body(110, 30)
        people = {
            base: {
                "pose": first,
                "left_hand": fake_hand(64 + frame, 90, True),
                "right_hand": fake_hand(16 + frame, 90, False),
            },
            base + 1: {"pose": second},
        }
        if 2 <= frame < self.cut:
            people[-1] = {"pose": fake_body(75, 40, 10)}
        return people

    def write_people(self) -> None:
        found = [(n, n // 2, n % 2) for n in range(2 * len(set(self.shot_of)))]
        spans = {0: (0, self.cut), 1: (self.cut, len(self.times))}
        self.write(
            "tracks",
            {
                "video_id": ["v"] * len(found), "track": [t for t, _, _ in found],
                "shot": [s for _, s, _ in found], "n_faces": [2] * len(found),
                "start_s": [self.times[spans[s][0]] for _, s, _ in found],
                "end_s": [self.end if s or len(self.times) <= self.cut else self.times[self.cut]
                          for _, s, _ in found],
                "person": [f"p000{p + 1}" for _, _, p in found], "probability": [0.9] * len(found),
            },
        )  # fmt: skip
        people = list(NAMES) if found else []
        self.write(
            "people",
            {
                "person": people, "name": [NAMES[p] for p in people], "n_videos": [1] * len(people),
                "best_box": [[1.5, 2, 3, 4]] * len(people), "seconds": [1.5] * len(people),
            },
        )  # fmt: skip

    def write_bodies(self) -> None:
        with parquet.Writer(self.path("keypoints"), "keypoints", {}) as out:
            for n, time in enumerate(self.times):
                frame = FrameKeypoints(n, time, self.shot_of[n], self.people_in(n))
                out.append(keypoint_rows(frame))
        faces = [
            (n, t, face_box(parts["pose"]))
            for n in range(0, len(self.times), 5)
            for t, parts in self.people_in(n).items()
            if t >= 0
        ]
        faces.sort(key=lambda face: face[:2])
        self.write(
            "faces",
            {
                "frame": [n for n, _, _ in faces], "time_s": [self.times[n] for n, _, _ in faces],
                "shot": [self.shot_of[n] for n, _, _ in faces], "track": [t for _, t, _ in faces],
                **{e: [b[k] for _, _, b in faces] for k, e in enumerate(("x1", "y1", "x2", "y2"))},
                "score": [0.99] * len(faces), "quality": [0.1] * len(faces),
                "landmarks": [np.arange(10).reshape(5, 2) / 3 for _ in faces],
            },
        )  # fmt: skip

    def write_phases(self) -> None:
        at = self.times
        spans = [(0, "left", "movement", 0, 3), (0, "left", "hold", 3, 5),
                 (0, "left", "movement", 5, 8), (0, "right", "rest", 0, 8),
                 (-1, "right", "movement", 3, 6)] if len(at) > 8 else []  # fmt: skip
        columns = {
            "shot": [0] * len(spans), "track": [s[0] for s in spans], "hand": [s[1] for s in spans],
            "phase": [s[2] for s in spans], "start_s": [at[s[3]] for s in spans],
            "end_s": [at[s[4]] for s in spans],
            "gesture": [None if s[2] == "rest" else 0 for s in spans],
        }  # fmt: skip
        self.write("phases", columns)
        gestures = {"gesture": [0], "person": ["p0001"], "track": [0], "hand": ["left"]}
        self.write("gestures", gestures if spans else {name: [] for name in gestures})
        self.write(
            "kinematics", {"frame": [0], "track": [0], "speed": [0.1]} if at else {"frame": []}
        )

    def video(self, suffix: str = "mp4") -> Path:
        """The video itself: a grey picture that gets lighter, on a clock of milliseconds."""
        path = self.folder / f"v.{suffix}"
        if not self.times:
            path.touch()
            return path
        width, height = SIZE
        pictures = [
            np.full((height, width, 3), 40 + 5 * n, np.uint8) for n in range(len(self.times))
        ]
        return from_pictures(path, pictures, [Fraction(round(1000 * t)) for t in self.times])


@pytest.fixture
def found(tmp_path: Path) -> Found:
    """Twenty frames, 25 a second."""
    return Found(tmp_path, [0.04 * n for n in range(20)])


@pytest.fixture
def gone(tmp_path: Path) -> Found:
    """A video that could not be had."""
    return Found(tmp_path, [])


def call(monkeypatch: pytest.MonkeyPatch, script: object, *options: object) -> None:
    """Run a script's main with options."""
    monkeypatch.setattr(sys, "argv", [script.__name__, *map(str, options)])
    script.main()


def named(found: Found, *names: str) -> list[object]:
    """Options that name tables: --shots shots.parquet ..."""
    return [word for name in names for word in (f"--{name}", found.path(name))]
