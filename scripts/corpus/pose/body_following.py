"""Follow the bodies of people through successive frames.

A body is looked for where it was in the frame before. Other searches are only for bodies that are
not followed yet: near the faces without a body (`corpus.pose.face_bodies`), and in the whole frame
(`corpus.pose.body_search`).

The body of a face track must keep its nose in the box of the face. When the face is no longer
detected, because it is turned away, hidden or masked, the body is followed on under the number of
the track. If another face track begins on it, it gets that number from then on.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.pose.bodies import has_face, is_jump, is_on_trunk, nose_offset, same_body
from corpus.pose.body_evidence import Evidence
from corpus.pose.body_looks import look_at_bodies
from corpus.pose.body_memory import Memory
from corpus.pose.body_search import search_bodies
from corpus.pose.body_state import (
    FRESH_INTERVAL_S,
    Canvases,
    ErasedPeople,
    FollowedBody,
    Scene,
)
from corpus.pose.face_bodies import find_bodies_of_faces
from corpus.pose.keypoints import Keypoints
from corpus.pose.requests import Steps, TrackBody, TrackedBody
from corpus.pose.search_schedule import SEARCH_INTERVAL_S, SearchSchedule
from corpus.video.reader import Frame

MAX_BODIES = 16
"""Largest number of bodies that are followed at once. Limits the time spent on crowds."""


class BodyFollower:
    """Finds the bodies in successive frames of a shot or chunk.

    Parameters
    ----------
    track_boxes
        The boxes of the face tracks of the video.
    confidence
        Lowest presence of a body, and lowest score of a detection around a face, 0 to 1.
    full_frame
        Whether to search the whole frame for bodies without a face.
    erased
        The people who were erased from the video: their bodies are not returned, and their faces
        are painted over when other bodies are searched.
    """

    def __init__(
        self,
        track_boxes: TrackBoxes,
        confidence: float,
        full_frame: bool,
        erased: ErasedPeople | None = None,
    ) -> None:
        self.track_boxes, self.confidence = track_boxes, confidence
        self.full_frame, self.erased = full_frame, erased
        self._bodies: list[FollowedBody] = []
        self._memory, self._canvases = Memory(), Canvases()
        self._schedule = SearchSchedule()
        self._searched_tracks: set[int] = set()
        self._numbers: dict[int, int] = {}
        self._n_numbers = 0
        self._shot: int | None = None
        self._time_s = 0.0

    def numbers(self) -> dict[int, int]:
        """The final numbers of bodies with negative numbers, as far as is known by now.

        A body whose face is detected later has the number of that face track. Bodies that have not
        turned out to be people are left out.
        """
        return dict(self._numbers)

    def follow(self, frame: Frame, shot: int) -> Steps[dict[int, Keypoints]]:
        """Find the bodies in the next frame.

        Returns their keypoints by number: face tracks 0, 1, ..., and -1, -2, ... for bodies whose
        face has not been seen. Some of these may not be people (see `numbers`).
        """
        scene = self._start_frame(frame, shot)
        yield from self._carry_on(scene)
        self._assign_faces(scene)
        yield from self._find_bodies_of_faces(scene)
        self._drop_duplicates()
        yield from self._look_at_bodies(scene)
        if self.full_frame:
            yield from self._search(scene)
        return {body.number: body.keypoints for body in sorted(self._bodies, key=_order)}

    def _start_frame(self, frame: Frame, shot: int) -> Scene:
        previous_time_s = self._time_s
        if shot != self._shot:
            self._bodies, self._memory, self._searched_tracks = [], Memory(), set()
            self._schedule, self._shot, previous_time_s = SearchSchedule(), shot, None
        self._memory.start_frame(frame.time_s)
        self._time_s = frame.time_s
        erased_faces = self.erased.face_boxes(frame.number) if self.erased else []
        faces = self.track_boxes.at(frame.time_s, shot)
        last_seen = {
            track for track in faces if frame.time_s > self.track_boxes.boxes[track][0][-1]
        }
        self._canvases.start_frame()
        return Scene(frame, faces, last_seen, erased_faces, previous_time_s, self._canvases)

    # Bodies that are followed --------------------------------------------------------------------

    def _carry_on(self, scene: Scene) -> Steps[None]:
        """Look for each body where it was in the frame before; drop those that are not there."""
        if not self._bodies:
            return
        answers = yield [
            TrackBody(scene.painted_in(body.region, self._own_faces(body, scene)), body.region)
            for body in self._bodies
        ]
        pairs = list(zip(self._bodies, answers, strict=True))
        self._bodies = []
        for body, tracked in pairs:
            if self._update(body, tracked, scene):
                self._bodies.append(body)
            else:
                self._memory.lose(body)

    def _own_faces(self, body: FollowedBody, scene: Scene) -> set[int]:
        """The face track of a body, or the tracks on which it lay in the frame before."""
        if body.number in scene.faces:
            return {body.number}
        return {track for track, face in scene.faces.items() if has_face(body.keypoints, face)}

    def _update(self, body: FollowedBody, tracked: TrackedBody, scene: Scene) -> bool:
        """Move a body to its place in this frame; False if it is lost."""
        face = scene.faces.get(body.number)
        if tracked.presence < self.confidence:
            return False
        if face is not None and not has_face(tracked.keypoints, face):
            if body.number not in scene.last_seen_faces:
                return False
            face = None
        if face is None and is_jump(body.keypoints, tracked.keypoints, scene.elapsed_s):
            # The skeleton is on somebody else now.
            self._memory.lose(replace(body))
            body.number, body.evidence = self._new_number(), Evidence()
        is_fresh = scene.is_due(FRESH_INTERVAL_S)
        body.move(tracked.keypoints, tracked.next_region, scene.elapsed_s, is_fresh=is_fresh)
        body.face = face
        return face is not None or not self._is_erased(body, scene)

    def _is_erased(self, body: FollowedBody, scene: Scene) -> bool:
        return self.erased is not None and self.erased.contain(scene.frame.number, body.nose)

    def _assign_faces(self, scene: Scene) -> None:
        """Give bodies without a face the number of the face track on which they lie."""
        known = {body.number for body in self._bodies}
        for body in self._bodies:
            if body.face is None:
                for track, face in scene.faces.items():
                    if track not in known and has_face(body.keypoints, face):
                        self._give_face(body, track, face)
                        known.add(track)
                        break

    def _give_face(self, body: FollowedBody, track: int, face: np.ndarray) -> None:
        if body.number < 0:
            self._numbers[body.number] = track
        body.number, body.face, body.evidence = track, face, Evidence.of_face()

    def _find_bodies_of_faces(self, scene: Scene) -> Steps[None]:
        """Find the bodies of faces that have none: at once, then in intervals."""
        known = {body.number for body in self._bodies}
        missing = [track for track in scene.faces if track not in known]
        is_due = scene.is_due(SEARCH_INTERVAL_S)
        tracks = [track for track in missing if is_due or track not in self._searched_tracks]
        found = yield from find_bodies_of_faces(scene, tracks, self.confidence)
        self._bodies += found
        self._searched_tracks = set(missing) - {body.number for body in found}

    def _drop_duplicates(self) -> None:
        """Keep one skeleton of each body: the one with a face, or the one that is known best."""
        kept: list[FollowedBody] = []
        for body in sorted(self._bodies, key=_rank):
            if any(same_body(body.keypoints, other.keypoints) for other in kept):
                self._memory.lose(body)
            else:
                kept.append(body)
        self._bodies = [body for body in kept if not _is_on_another(body, kept)]

    # Bodies without a face -----------------------------------------------------------------------

    def _look_at_bodies(self, scene: Scene) -> Steps[None]:
        """Gather evidence that bodies without a face are people; drop those that are not."""
        faceless = [body for body in self._bodies if body.face is None]
        yield from look_at_bodies(scene, faceless)
        for body in faceless:
            if body.evidence.is_rejected:
                self._memory.reject(body.region)
            elif body.evidence.is_confirmed and body.number < 0:
                self._numbers.setdefault(body.number, body.number)
        self._bodies = [body for body in self._bodies if not body.evidence.is_rejected]

    def _search(self, scene: Scene) -> Steps[None]:
        """Search the frame for bodies that are not followed, in intervals."""
        bodies = [body.keypoints for body in self._bodies]
        is_due = self._schedule.is_due(scene, bodies, self._memory)
        if not is_due or len(bodies) >= MAX_BODIES:
            return

        def is_new(tracked: TrackedBody) -> bool:
            return self._is_new(FollowedBody(0, tracked.keypoints, tracked.next_region), scene)

        found = yield from search_bodies(scene, self._bodies, self._memory, is_new)
        for tracked in found:
            if tracked.presence >= self.confidence and is_new(tracked):
                body = FollowedBody(0, tracked.keypoints, tracked.next_region)
                self._recognize(body, scene)
                self._bodies.append(body)

    def _recognize(self, body: FollowedBody, scene: Scene) -> None:
        """Give a body the number it had when it was lost at this place, or a new one."""
        used = {other.number for other in self._bodies} | set(scene.faces)
        lost = self._memory.find(body, used)
        if lost is None:
            body.number = self._new_number()
        else:
            body.number, body.evidence = lost.number, lost.evidence

    def _is_new(self, body: FollowedBody, scene: Scene) -> bool:
        """Whether a body is none that is followed, has no face and is not erased."""
        faces = [*scene.faces.values(), *scene.erased_faces]
        return not (
            len(self._bodies) >= MAX_BODIES
            or any(has_face(body.keypoints, face) for face in faces)
            or any(same_body(body.keypoints, other.keypoints) for other in self._bodies)
            or _is_on_another(body, self._bodies)
            or self._is_erased(body, scene)
        )

    def _new_number(self) -> int:
        self._n_numbers += 1
        return -self._n_numbers


def _order(body: FollowedBody) -> tuple[bool, int]:
    """Face tracks in order, then -1, -2, ..."""
    return body.number < 0, abs(body.number)


def _rank(body: FollowedBody) -> tuple:
    """Orders the skeletons of one body, the best first."""
    offset = np.inf if body.face is None else nose_offset(body.keypoints, body.face)
    return offset, not body.evidence.is_confirmed, body.surprise, _order(body)


def _is_on_another(body: FollowedBody, others: Iterable[FollowedBody]) -> bool:
    """Whether a body without a face is a part of another body that is known to be a person."""
    return body.face is None and any(
        other.evidence.is_confirmed and is_on_trunk(body.keypoints, other.keypoints)
        for other in others
    )
