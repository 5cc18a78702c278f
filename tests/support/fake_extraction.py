"""An extraction without networks: what is found depends on the pictures and on the frames before.

Other processes can import it.
"""

from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus.core.errors import ModelError
from corpus.pose.chunk_extraction import Extractor
from corpus.pose.extraction import Extraction
from corpus.video.pictures import PictureFormat
from face_tables import faces_table, track_boxes
from fake_bodies import fake_body, fake_hand
from synthetic_videos import reader_times

REMEMBERED_FRAMES = 4
"""Frames that a fake follower remembers; a longer warm-up gives the same keypoints."""


@dataclass(frozen=True)
class Brightness:
    """A request for the mean value of an image; `offset` is added."""

    image: np.ndarray
    offset: float = 0.0


def answer_fakes(requests) -> list[float]:
    """Answer requests for brightness."""
    return [float(request.image.mean()) + request.offset for request in requests]


class FakeBodies:
    """Follows a body with a face, and one without that is placed by the last frames."""

    def __init__(self, extraction: "FakeExtraction") -> None:
        self._faulty_frame, self._erased = extraction.faulty_frame, extraction.erased
        self._people_from = extraction.people_from
        self._last_values = deque[float](maxlen=REMEMBERED_FRAMES)

    def follow(self, frame, shot):
        if frame.number == self._faulty_frame:
            raise ModelError(f"frame {frame.number} does not please the model")
        (value,) = yield [Brightness(frame.pixels)]
        self._last_values.append(value)
        if frame.number < self._people_from:
            return {}
        if frame.number % 3:  # more rounds of requests in some frames than in others
            value, _ = yield [Brightness(frame.pixels, 1.0), Brightness(frame.pixels)]
        faceless = fake_body(200 + sum(self._last_values) / 100, 60)
        bodies = {0: fake_body(100 + value / 100, 60), -1: faceless}
        if self._erased and self._erased.contain(frame.number, faceless.points[0, :2]):
            del bodies[-1]
        return bodies

    def numbers(self):
        return {-1: -1}


class FakeHands:
    """Finds a left hand of the first body."""

    def follow(self, frame, bodies, face_sizes):
        (value,) = yield [Brightness(frame.pixels[:16])]
        if 0 not in bodies:
            return {}
        return {0: {"left_hand": fake_hand(value, face_sizes[0], True)}}


@dataclass(frozen=True, eq=False)
class FakeExtraction(Extraction):
    """An extraction whose followers are fakes.

    `faulty_frame` is the number of a frame that raises ModelError, `lanes` the number of chunks
    that one process extracts at a time. Nobody is found before the frame `people_from`.
    """

    faulty_frame: int | None = None
    lanes: int = 1
    people_from: int = 0

    @property
    def n_lanes(self) -> int:
        return self.lanes

    def open_answer(self):
        return answer_fakes

    def new_extractor(self) -> Extractor:
        return Extractor(FakeBodies(self), FakeHands(), self.track_boxes)


def fake_extraction(video: Path, size: tuple[int, int], **options) -> FakeExtraction:
    """An extraction of a video whose images have this size; `options` are attributes."""
    settings = {
        "times": np.array(reader_times(video)),
        "picture": PictureFormat(size),
        "may_seek": True,
        "models": (Path("pose.task"), Path("hand.task")),
        "device": "cpu",
        "confidence": 0.5,
        "full_frame": True,
        "track_boxes": track_boxes(faces_table(), 99.0),
    }
    return FakeExtraction(video=video, **(settings | options))
