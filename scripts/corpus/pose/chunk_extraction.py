"""Extract the keypoints of all people in chunks of a video, frame by frame.

In each frame the bodies are found first, with and without a face, and then their hands.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.bodies import face_size, torso_size
from corpus.pose.chunks import Chunk
from corpus.pose.confirmed_bodies import renumber
from corpus.pose.keypoints import FrameKeypoints, Keypoints, PeopleKeypoints
from corpus.pose.requests import Steps
from corpus.pose.takeovers import (
    OFFSETS_S,
    Sighting,
    sightings,
    split_numbers,
    takeover_frames,
)
from corpus.video.reader import Frame


class FollowsBodies(Protocol):
    """Finds the bodies in successive frames (`corpus.pose.body_following`)."""

    def follow(self, frame: Frame, shot: int) -> Steps[dict[int, Keypoints]]:
        """The bodies of a frame by track: face tracks 0, 1, ..., without a face -1, -2, ..."""
        ...

    def numbers(self) -> Mapping[int, int]:
        """Final numbers of the bodies -1, -2, ... so far; those that are left out do not count."""
        ...


class FollowsHands(Protocol):
    """Finds the hands in successive frames (`corpus.pose.hand_following`)."""

    def follow(
        self, frame: Frame, bodies: dict[int, Keypoints], face_sizes: dict[int, float]
    ) -> Steps[dict[int, dict[str, Keypoints]]]:
        """The hands of bodies by track, then by part: left_hand, right_hand."""
        ...


class Extractor:
    """Finds the bodies and hands in the successive frames of one chunk."""

    def __init__(self, bodies: FollowsBodies, hands: FollowsHands, track_boxes: TrackBoxes) -> None:
        self._bodies, self._hands, self._track_boxes = bodies, hands, track_boxes
        self._sightings: dict[int, list[Sighting]] = {}
        self._last_faces: dict[int, int] = {}
        """The last frame in which a face track was on screen, by track."""

    def follow(self, frame: Frame, shot: int) -> Steps[PeopleKeypoints]:
        """Keypoints of the people in the next frame."""
        bodies = yield from self._bodies.follow(frame, shot)
        faces = self._track_boxes.at(frame.time_s, shot)
        self._look_at_torsos(frame, bodies, faces)
        sizes = face_sizes(bodies, faces)
        hands = yield from self._hands.follow(frame, bodies, sizes)
        return {track: {"pose": body} | hands.get(track, {}) for track, body in bodies.items()}

    def _look_at_torsos(
        self, frame: Frame, bodies: Mapping[int, Keypoints], faces: Mapping[int, np.ndarray]
    ) -> None:
        """Remember how bodies look whose face is not detected, or is detected last."""
        last_s = {track: self._track_boxes.boxes[track][0][-1] for track in faces}
        looked_at = {
            number: body
            for number, body in bodies.items()
            if number not in faces or last_s[number] < frame.time_s + OFFSETS_S[-1]
        }
        for number, sighting in sightings(frame, looked_at).items():
            self._sightings.setdefault(number, []).append(sighting)
            if number in faces:
                self._last_faces[number] = frame.number

    def with_final_numbers(self, frames: Iterable[FrameKeypoints]) -> list[FrameKeypoints]:
        """The keypoints of frames, when all frames have been followed."""
        numbers = dict(self._bodies.numbers())
        takeovers = {
            number: [f for f in takeover_frames(seen) if f > self._last_faces.get(number, -1)]
            for number, seen in self._sightings.items()
            if number in numbers or number >= 0
        }
        frames, additional = split_numbers(frames, takeovers)
        numbers |= {number: number for number in additional}
        return [renumber(frame, numbers) for frame in frames]


def face_sizes(
    bodies: Mapping[int, Keypoints], faces: Mapping[int, np.ndarray]
) -> dict[int, float]:
    """Size of the face of each body in pixels, by track; `faces` are boxes (4,) by track.

    Without a face it follows from the torso: the shoulders are about twice as wide as a face box.
    """
    return {
        track: face_size(faces[track]) if track in faces else torso_size(body) / 2
        for track, body in bodies.items()
    }


@dataclass(frozen=True, eq=False)
class ChunkKeypoints:
    """The keypoints of a chunk."""

    number: int
    shot: int
    warm_up: list[FrameKeypoints]
    """The frames of the warm-up, which show who is who in the chunk before."""
    frames: list[FrameKeypoints]
    """The frames whose keypoints are kept."""
    run_out: list[FrameKeypoints]
    """The frames after them, which show who is who in the next chunk."""


@dataclass
class _ChunkInProgress:
    """A chunk, and the keypoints of its frames so far."""

    chunk: Chunk
    extractor: Extractor
    frames: list[FrameKeypoints] = field(default_factory=list)

    def follow(self, frame: Frame) -> Steps[None]:
        """Add the keypoints of a frame."""
        people = yield from self.extractor.follow(frame, self.chunk.shot)
        self.frames.append(FrameKeypoints(frame.number, frame.time_s, self.chunk.shot, people))

    def result(self) -> ChunkKeypoints:
        """The keypoints of the chunk."""
        first, last = self.chunk.kept_frames[[0, -1]]
        frames = self.extractor.with_final_numbers(self.frames)
        return ChunkKeypoints(
            number=self.chunk.number,
            shot=self.chunk.shot,
            warm_up=[frame for frame in frames if frame.number < first],
            frames=[frame for frame in frames if first <= frame.number <= last],
            run_out=[frame for frame in frames if frame.number > last],
        )


def extract_chunks(
    frames: Iterable[Frame],
    chunks: Sequence[Chunk],
    new_extractor: Callable[[], Extractor],
    finish: Callable[[ChunkKeypoints], None],
) -> Steps[None]:
    """Extract the keypoints of successive chunks from one pass over their frames.

    Frames of warm-ups and run-outs belong to two chunks, each with an extractor of its own.

    Parameters
    ----------
    frames
        The frames of all chunks, in order.
    new_extractor
        Makes the extractor of each chunk.
    finish
        Called with each chunk when it is complete, in order.
    """
    waiting, active = deque(chunks), deque[_ChunkInProgress]()
    for frame in frames:
        while waiting and waiting[0].frames[0] <= frame.number:
            active.append(_ChunkInProgress(waiting.popleft(), new_extractor()))
        while active and active[0].chunk.frames[-1] < frame.number:
            finish(active.popleft().result())
        for chunk in active:
            yield from chunk.follow(frame)
    active.extend(_ChunkInProgress(chunk, new_extractor()) for chunk in waiting)
    for chunk in active:
        finish(chunk.result())
