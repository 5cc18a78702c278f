"""Keypoints of bodies and hands, for each face track in every frame it is on screen.

python scripts/extract_keypoints.py --video v.mp4 --frames frames.parquet --shots shots.parquet \
    --faces faces.parquet --samples-per-second 5 --pose-model pose.task --hand-model hand.task \
    --sha256 POSE HAND --output keypoints.parquet
"""

import argparse
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from corpus.core.devices import DEVICES
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.faces.tracking import Tracker
from corpus.inputs.model_catalogue import verify
from corpus.pose.bodies import (
    bodies_without_face,
    drop_duplicate_bodies,
    face_size,
    find_body,
    torso_box,
    torso_size,
)
from corpus.pose.hands import find_hands
from corpus.pose.landmarkers import Keypoints, Landmarkers, PersonLandmarkers
from corpus.tables import parquet, provenance, schemas
from corpus.video.frame_sampling import sample_frames
from corpus.video.reader import Frame, Reader

CONFIRMED_S = 0.4
"""A body without a face counts once it was seen for so long: single finds are furniture."""
LOOKS_PER_SECOND = 5.0
"""How often the whole frame is searched for such bodies while none is known."""

People = dict[int, dict[str, Keypoints]]
"""Track: part: keypoints. Face tracks are numbered from 0, bodies without a face from -1 down."""


class Extractor:
    """Frame after frame: the bodies of the face tracks, bodies without a face, and their hands."""

    def __init__(self, landmarkers: Landmarkers, faces: TrackBoxes, full_frame: bool) -> None:
        self.landmarkers, self.faces, self.full_frame = landmarkers, faces, full_frame
        self.followers: dict[int, PersonLandmarkers] = {}
        self.bodies = Tracker(max_gap_s=CONFIRMED_S)
        self.looked_s = self.previous_s = -np.inf
        self.seen_alone = False

    def __call__(self, frame: Frame, shot: int) -> People:
        """The people of one frame."""
        boxes = self.faces.at(frame.time_s, shot)
        bodies = {}
        for number, face in boxes.items():
            others = [box for other, box in boxes.items() if other != number]
            followers = self._followers(number)
            body = find_body(face, others, frame.image, frame.time_s, followers, self.landmarkers)
            if body is not None:
                bodies[number] = body
        bodies = drop_duplicate_bodies(bodies, boxes)
        bodies |= self._without_face(frame, shot, list(boxes.values()), list(bodies.values()))
        # The shoulders are about twice as wide as a face box.
        sized = {
            number: (body, face_size(boxes[number]) if number in boxes else torso_size(body) / 2)
            for number, body in bodies.items()
        }
        followers = {number: self._followers(number) for number in bodies}
        hands = find_hands(sized, frame.image, frame.time_s, followers, self.landmarkers)
        self._forget([*boxes, *bodies])
        return {number: {"pose": body} | hands[number] for number, body in bodies.items()}

    def close(self) -> None:
        self._forget({})
        self.landmarkers.close()

    def _followers(self, number: int) -> PersonLandmarkers:
        if number not in self.followers:
            self.followers[number] = self.landmarkers.follow()
        return self.followers[number]

    def _forget(self, on_screen: Iterable[int]) -> None:
        for number in set(self.followers) - set(on_screen):
            self.followers.pop(number).close()

    def _without_face(
        self, frame: Frame, shot: int, faces: list[np.ndarray], known: list[Keypoints]
    ) -> dict[int, Keypoints]:
        """Bodies found in the whole frame, which is searched now and then, and in every frame
        as long as there is one."""
        # Frames far apart follow each other, too.
        self.bodies.max_gap_s = max(CONFIRMED_S, frame.time_s - self.previous_s)
        self.previous_s = frame.time_s
        # Half a millisecond: container clocks round. A clock that jumps back is no reason to wait.
        due = abs(frame.time_s - self.looked_s) >= 1 / LOOKS_PER_SECOND - 5e-4
        if not self.full_frame or not (self.seen_alone or due):
            return {}
        self.looked_s = frame.time_s
        found = bodies_without_face(frame.image, faces, known, self.landmarkers)
        self.seen_alone = bool(found)
        found.sort(key=lambda body: body.points[0, 0])
        boxes = np.array([torso_box(body) for body in found]).reshape(-1, 4)
        numbers = self.bodies.update(shot, frame.time_s, boxes)
        return {-1 - number: body for number, body in zip(numbers, found, strict=True)}


def confirmed(frames: Iterable[tuple[Frame, int, People]]) -> Iterator[tuple[Frame, int, People]]:
    """The same frames, without the faceless bodies that are not seen for CONFIRMED_S seconds, and
    with those that are numbered -1, -2, ... without gaps. Holds back less than a second."""
    waiting: deque[tuple[Frame, int, People]] = deque()
    first: dict[int, float] = {}
    numbers: dict[int, int] = {}

    def settle(entry: tuple[Frame, int, People]) -> tuple[Frame, int, People]:
        frame, shot, people = entry
        kept = {n: parts for n, parts in people.items() if n >= 0}
        kept |= {numbers[n]: parts for n, parts in people.items() if n in numbers}
        return frame, shot, kept

    for frame, shot, people in frames:
        # The picture is done with; holding it back would hold on to its memory.
        waiting.append((Frame(frame.number, frame.time_s, None), shot, people))
        for number in sorted((n for n in people if n < 0), reverse=True):
            since = first.setdefault(number, frame.time_s)
            # A millisecond less: container clocks round.
            if number not in numbers and frame.time_s - since >= CONFIRMED_S - 1e-3:
                numbers[number] = -1 - len(numbers)
        while abs(frame.time_s - waiting[0][0].time_s) > 2 * CONFIRMED_S:
            yield settle(waiting.popleft())
    yield from map(settle, waiting)


def rows(frame: Frame, shot: int, people: People) -> dict[str, list]:
    """Rows of the keypoints table. Rounded to a hundredth of a pixel and a tenth of a millimetre:
    what lies below is noise, which would only make files large and machines disagree."""
    columns: dict[str, list] = {name: [] for name in schemas.SCHEMAS["keypoints"].names}
    for number in sorted(people):
        for part, names in schemas.PARTS.items():
            if part not in people[number]:
                continue
            found, count = people[number][part], len(names)
            columns["frame"] += [frame.number] * count
            columns["time_s"] += [frame.time_s] * count
            columns["shot"] += [shot] * count
            columns["track"] += [number] * count
            columns["part"] += [part] * count
            columns["keypoint"] += names
            for axis, name in enumerate("xyz"):
                columns[name] += found.points[:, axis].round(2).tolist()
                columns[f"world_{name}"] += found.world[:, axis].round(4).tolist()
            visibility = [None] * count
            if found.visibility is not None:
                visibility = found.visibility.round(4).tolist()
            columns["visibility"] += visibility
            columns["score"] += found.score.round(4).tolist()
    return columns


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--video", required=True, type=Path)
    parser.add_argument("--frames", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--shots", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--faces", required=True, type=Path, help="table of detect_faces")
    parser.add_argument("--samples-per-second", required=True, type=float, help="of detect_faces")
    parser.add_argument("--pose-model", required=True, type=Path)
    parser.add_argument("--hand-model", required=True, type=Path)
    parser.add_argument("--sha256", required=True, nargs=2, help="of the two models")
    parser.add_argument("--output", required=True, type=Path, help="table of keypoints")
    parser.add_argument("--frames-per-second", type=float, help="default: every frame")
    parser.add_argument("--min-confidence", type=float, default=0.5)
    parser.add_argument("--full-frame", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    arguments = parser.parse_args()

    files = (arguments.pose_model, arguments.hand_model)
    checked = zip(files, arguments.sha256, strict=True)
    models = {file.name: verify(file, digest) for file, digest in checked}
    frames = parquet.read(arguments.frames)
    if arguments.frames_per_second:
        frames = sample_frames(frames, arguments.frames_per_second)
    shot_of = dict(zip(frames["frame"], frames["shot"], strict=True))
    faces = parquet.read(arguments.faces)
    shown = track_extents(faces, parquet.read(arguments.shots), arguments.samples_per_second)
    landmarkers = Landmarkers(*files, arguments.device, arguments.min_confidence)
    used = provenance.parameters(arguments, ("device", "sha256"))
    used["device"] = landmarkers.delegate
    made_by = provenance.describe("extract_keypoints", used, ("mediapipe", "av"), models)
    extractor = Extractor(landmarkers, TrackBoxes(faces, shown), arguments.full_frame)
    with closing(extractor), parquet.Writer(arguments.output, "keypoints", made_by) as out:
        if len(frames):
            reader = Reader(arguments.video, frozenset(shot_of))
            decoded = with_progress(reader, "extract_keypoints", max(shot_of) + 1)
            pictures = (frame for frame in decoded if frame.image is not None)
            found = ((f, shot_of[f.number], extractor(f, shot_of[f.number])) for f in pictures)
            for frame, shot, people in confirmed(found):
                # Pieces without rows would gather in memory until there are rows to write.
                if people:
                    out.append(rows(frame, shot, people))


if __name__ == "__main__":
    run(main)
