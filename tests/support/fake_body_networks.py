"""Fake answers to the requests for bodies: bodies are found where they are in the picture."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from corpus.pose.bodies import GREY, NOSE, torso_size
from corpus.pose.body_evidence import LOOK_SIDE
from corpus.pose.keypoints import Keypoints
from corpus.pose.regions import Region
from corpus.pose.requests import FindBodies, FoundBody, Steps, TrackBody, TrackedBody
from fake_bodies import face_box


class FakeBodyNetworks:
    """Answers requests for the bodies in `bodies`, and records them in `requests`.

    A body is found where its nose is in the part that is searched and not painted over. Small
    crops, which show whether a body is a person, show nobody.
    """

    def __init__(self, *bodies: Keypoints) -> None:
        self.bodies = list(bodies)
        self.requests: list[FindBodies | TrackBody] = []
        self.reaction = 0.0
        """Pixels by which a suggested region depends chaotically on the region before."""
        self.parts: list[Region] = []
        """Regions of parts of bodies that the detector takes for bodies."""

    def run(self, steps: Steps):
        """Run steps with fake answers; return their result."""
        try:
            requests = next(steps)
            while True:
                self.requests += requests
                requests = steps.send([self._answer(request) for request in requests])
        except StopIteration as stop:
            return stop.value

    def _answer(self, request: FindBodies | TrackBody) -> list[FoundBody] | TrackedBody:
        bodies = self._visible(request.image)
        if isinstance(request, FindBodies):
            x1, y1, x2, y2 = request.box
            if request.image.shape[:2] == (LOOK_SIDE, LOOK_SIDE):
                return []
            noses = [body.points[NOSE, :2] for body in bodies]
            found = [
                FoundBody(body_region(body), 0.9, face_box(body))
                for body, (x, y) in zip(bodies, noses, strict=True)
                if x1 <= x < x2 and y1 <= y < y2
            ]
            found += [FoundBody(part, 0.5, np.zeros(4)) for part in self.parts]
            return found[: request.limit]
        tracked = _track(bodies, request.region)
        if not self.reaction:
            return tracked
        suggested = tracked.next_region
        centre = suggested.centre + self.reaction * np.sin(50 * request.region.centre)
        return replace(tracked, next_region=replace(suggested, centre=centre))

    def _visible(self, image: np.ndarray) -> list[Keypoints]:
        """The bodies whose nose is not painted over."""
        height, width = image.shape[:2]
        visible = []
        for body in self.bodies:
            x, y = body.points[NOSE, :2].astype(int)
            if 0 <= x < width and 0 <= y < height and (image[y, x] != GREY).any():
                visible.append(body)
        return visible


def body_region(body: Keypoints) -> Region:
    """The region that the networks suggest for a body."""
    size = torso_size(body)
    return Region(body.points[NOSE, :2] + [0, size], 4 * size, 0.0)


def _track(bodies: Sequence[Keypoints], region: Region) -> TrackedBody:
    """The body whose region is nearest to this one, if its centre is in this one."""
    nearest = min(
        bodies,
        key=lambda body: float(np.linalg.norm(body_region(body).centre - region.centre)),
        default=None,
    )
    if nearest is None:
        nothing = np.zeros((33, 3))
        return TrackedBody(Keypoints(nothing, nothing, nothing[:, 0], nothing[:, 0]), 0.0, region)
    offset = np.linalg.norm(body_region(nearest).centre - region.centre)
    presence = 0.9 if offset < region.side / 2 else 0.1
    return TrackedBody(nearest, presence, body_region(nearest))
