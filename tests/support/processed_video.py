"""A small video and the tables that the workflow makes from it, for the tests of exports."""

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from corpus.pose.keypoint_rows import keypoint_rows
from corpus.pose.keypoints import FrameKeypoints
from corpus.tables import parquet, schemas
from fake_bodies import face_box, fake_body, fake_hand
from synthetic_videos import from_pictures

NAMES = {"p0001": 'Zoë "Z", née Łoś', "p0002": None}
SIZE = 160, 120
"""Width and height of the frames, pixels."""
EDGES = ("x1", "y1", "x2", "y2")


class ProcessedVideo:
    """The tables of a video `v` with frames at `times` (seconds), and two shots.

    The second shot begins with frame `cut`. Two people are in both shots, with the tracks 0 and 1,
    then 2 and 3. p0001 begins at x = 40 and moves one pixel per frame to the right. p0002 stays at
    x = 110 and has no hands. A body without a detected face (-1) is in the first shot from frame 2
    on. Faces are detected in every fifth frame.
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
        """Path of a table of the video, or of the corpus."""
        if table in ("corpus", "people", "tracks"):
            return self.folder / f"{table}.parquet"
        return self.folder / table / "v.parquet"

    def write(self, table: str, columns: dict) -> None:
        """Write a table, also to replace one."""
        parquet.write(self.path(table), table, columns, {"step": "test"})

    def empty(self, *tables: str) -> None:
        """Replace tables by tables without rows."""
        for table in tables:
            self.write(table, {name: [] for name in schemas.SCHEMAS[table].names})

    def write_index(self) -> None:
        """Write the tables frames, shots, status and corpus."""
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
        """The keypoints of a frame as extract_keypoints yields them, by track and part."""
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
        """Write the tables tracks and people."""
        end_of_shot_0 = self.end if len(self.times) <= self.cut else self.times[self.cut]
        starts, ends = {0: 0, 1: self.cut}, {0: end_of_shot_0, 1: self.end}
        # (track, shot, index of the person)
        tracks = [(n, n // 2, n % 2) for n in range(2 * len(set(self.shot_of)))]
        self.write(
            "tracks",
            {
                "video_id": ["v"] * len(tracks), "track": [track for track, _, _ in tracks],
                "shot": [shot for _, shot, _ in tracks], "n_faces": [2] * len(tracks),
                "start_s": [self.times[starts[shot]] for _, shot, _ in tracks],
                "end_s": [ends[shot] for _, shot, _ in tracks],
                "person": [f"p000{person + 1}" for _, _, person in tracks],
                "probability": [0.9] * len(tracks),
            },
        )  # fmt: skip
        people = list(NAMES) if tracks else []
        self.write(
            "people",
            {
                "person": people, "name": [NAMES[p] for p in people], "n_videos": [1] * len(people),
                "best_box": [[1.5, 2, 3, 4]] * len(people), "seconds": [1.5] * len(people),
            },
        )  # fmt: skip

    def write_bodies(self) -> None:
        """Write the tables keypoints and faces."""
        with parquet.Writer(self.path("keypoints"), "keypoints", {}) as table:
            for n, time in enumerate(self.times):
                frame = FrameKeypoints(n, time, self.shot_of[n], self.people_in(n))
                table.append(keypoint_rows(frame))
        faces = [
            (n, track, face_box(parts["pose"]))
            for n in range(0, len(self.times), 5)
            for track, parts in self.people_in(n).items()
            if track >= 0
        ]
        faces.sort(key=lambda face: face[:2])
        frames, tracks, boxes = zip(*faces, strict=True) if faces else ((), (), ())
        corners = {edge: [box[k] for box in boxes] for k, edge in enumerate(EDGES)}
        self.write(
            "faces",
            {
                "frame": frames, "time_s": [self.times[n] for n in frames],
                "shot": [self.shot_of[n] for n in frames], "track": tracks, **corners,
                "score": [0.99] * len(faces), "quality": [0.1] * len(faces),
                "landmarks": [np.arange(10).reshape(5, 2) / 3 for _ in faces],
            },
        )  # fmt: skip

    def write_phases(self) -> None:
        """Write the tables phases, gestures, kinematics and movement_quality."""
        # (track, hand, phase, first frame, end frame)
        phases = [(0, "left", "movement", 0, 3), (0, "left", "hold", 3, 5),
                  (0, "left", "movement", 5, 8), (0, "right", "rest", 0, 8),
                  (-1, "right", "movement", 3, 6)] if len(self.times) > 8 else []  # fmt: skip
        self.write(
            "phases",
            {
                "shot": [0] * len(phases), "track": [phase[0] for phase in phases],
                "hand": [phase[1] for phase in phases], "phase": [phase[2] for phase in phases],
                "start_s": [self.times[phase[3]] for phase in phases],
                "end_s": [self.times[phase[4]] for phase in phases],
                "gesture": [None if phase[2] == "rest" else 0 for phase in phases],
            },
        )  # fmt: skip
        gestures = {"gesture": [0], "person": ["p0001"], "track": [0], "hand": ["left"]}
        self.write("gestures", gestures if phases else {name: [] for name in gestures})
        kinematics = {"frame": [0], "track": [0], "speed": [0.1]} if self.times else {"frame": []}
        self.write("kinematics", kinematics)
        quality = {"track": [-1, 0], "hand": ["right", "left"], "visible_s": [0.3, 0.8]}
        self.write("movement_quality", quality if phases else {"track": []})

    def video(self, suffix: str = "mp4") -> Path:
        """Write the media file: a grey image that gets lighter, with times in milliseconds."""
        path = self.folder / f"v.{suffix}"
        if not self.times:
            path.touch()
            return path
        width, height = SIZE
        images = [np.full((height, width, 3), 40 + 5 * n, np.uint8) for n in range(len(self.times))]
        return from_pictures(path, images, [Fraction(round(1000 * time)) for time in self.times])


@pytest.fixture
def processed(tmp_path: Path) -> ProcessedVideo:
    """A video of twenty frames, 25 per second."""
    return ProcessedVideo(tmp_path, [0.04 * n for n in range(20)])


@pytest.fixture
def unavailable(tmp_path: Path) -> ProcessedVideo:
    """A video that could not be downloaded."""
    return ProcessedVideo(tmp_path, [])


def table_options(video: ProcessedVideo, *tables: str) -> list[object]:
    """Options with the paths of tables: --shots shots.parquet ..."""
    return [word for table in tables for word in (f"--{table}", video.path(table))]
