"""What is asked of the networks of bodies and hands, and the answers.

Code that follows bodies or hands is written as a generator: it yields a list of requests, is sent
the list of their answers in the same order, and returns its result. So the same code runs with one
crop at a time on a CPU, and with the requests of many parts of a video in one batch on a GPU.

    def follow(image, region):
        (body,) = yield [TrackBody(image, region)]
        return body.keypoints if body.presence > 0.5 else None

    keypoints = run(networks, follow(image, region))

Images are (height, width, 3) RGB, uint8, of the whole frame. Answers are independent of the other
requests that are answered with them.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from corpus.pose.detections import (
    MAX_OVERLAP,
    PALM_STRIDES,
    POSE_STRIDES,
    Detections,
    anchors,
    decode_detections,
)
from corpus.pose.keypoints import Box, Keypoints
from corpus.pose.landmark_decoding import (
    BODY_CENTRE,
    BODY_TOP,
    body_keypoints,
    decode_bodies,
    hand_keypoints,
)
from corpus.pose.network_input import Part, network_input
from corpus.pose.regions import (
    Region,
    body_region,
    box_region,
    normalize_angle,
    points_to_frame,
    tracked_hand_region,
    upright_rotation,
)

if TYPE_CHECKING:
    from corpus.networks import Network
    from corpus.pose.pose_networks import Networks

PALM_SCALE = 2.6
"""Side of a hand's region as a multiple of the longer side of the box around its palm."""
PALM_SHIFT = 0.5
"""A hand's region is shifted from the palm to the fingers by this many heights of the box."""
PALM_WRIST, PALM_MIDDLE_MCP = 0, 2
"""Keypoints of a detected palm: the wrist, and the joint at which the middle finger begins."""
PALM_DIRECTION = np.pi / 2
"""Direction of the line between them in the region of the hand, radians: upwards. MediaPipe's
graph sets 90 in an option for radians, and thereby turns hands by 27 degrees: fewer are found."""


@dataclass(frozen=True)
class FindBodies:
    """Search a part of a frame for bodies with the pose detector."""

    image: np.ndarray
    box: Box
    """The part that is searched; the detector does not see the frame around it."""
    limit: int
    """Largest number of bodies that are returned."""
    min_score: float = 0.5
    """Lowest score of a detection. Overlapping detections of a lower score do not count in its
    position either."""


@dataclass(frozen=True)
class FoundBody:
    """A detected body."""

    region: Region
    """Where the landmark network should look."""
    score: float
    """0 to 1."""
    head: np.ndarray
    """(4,) box around the head, x1, y1, x2, y2 in pixels of the frame."""


@dataclass(frozen=True)
class TrackBody:
    """Find the keypoints of the body in a region with the pose landmark network."""

    image: np.ndarray
    region: Region


@dataclass(frozen=True)
class TrackedBody:
    """The keypoints of a body; they are meaningless if its presence is low."""

    keypoints: Keypoints
    presence: float
    """Whether there is a body in the region, 0 to 1."""
    next_region: Region
    """Where the body is looked for in the next frame."""


@dataclass(frozen=True)
class FindPalms:
    """Search a region of a frame for palms with the palm detector."""

    image: np.ndarray
    region: Region
    limit: int
    """Largest number of palms that are returned."""
    min_score: float = 0.3
    """Lowest score of a detection, as in `FindBodies`."""


@dataclass(frozen=True)
class FoundPalm:
    """A detected palm."""

    region: Region
    """Where the landmark network should look: the whole hand."""
    score: float
    """0 to 1."""


@dataclass(frozen=True)
class TrackHand:
    """Find the keypoints of the hand in a region with the hand landmark network."""

    image: np.ndarray
    region: Region


@dataclass(frozen=True)
class TrackedHand:
    """The keypoints of a hand; they are meaningless if its presence is low."""

    keypoints: Keypoints
    presence: float
    """Whether there is a hand in the region, 0 to 1."""
    next_region: Region
    """Where the hand is looked for in the next frame."""


Request = FindBodies | TrackBody | FindPalms | TrackHand
Answer = list[FoundBody] | TrackedBody | list[FoundPalm] | TrackedHand
"""What is found: the type of the answer to each type in `Request`, in the same order."""

Result = TypeVar("Result")
Steps = Generator[Sequence[Request], list, Result]
"""Yields requests, is sent their answers (list[Answer]), and returns a result."""


def run(networks: "Networks", steps: Steps[Result]) -> Result:
    """Run a generator of requests to its end, and return its result."""
    try:
        requests = next(steps)
        while True:
            requests = steps.send(answer(networks, requests))
    except StopIteration as stop:
        return stop.value


def answer(networks: "Networks", requests: Sequence[Request]) -> list:
    """Answer requests, those of one kind in one batch, and return the answers in their order."""
    answers: list = [None] * len(requests)
    for kind, answer_batch in _ANSWERS.items():
        positions = [n for n, request in enumerate(requests) if type(request) is kind]
        if positions:
            batch = answer_batch(networks, [requests[n] for n in positions])
            for position, result in zip(positions, batch, strict=True):
                answers[position] = result
    return answers


# Bodies ------------------------------------------------------------------------------------------


def _find_bodies(networks: "Networks", requests: list[FindBodies]) -> list[list[FoundBody]]:
    network = networks.pose_detector
    parts = [_box_region(request.box) for request in requests]
    # This network alone takes values from -1 to 1.
    images = network_input(
        [_cut_out(request) for request in requests],
        network.side,
        replicate=False,
        lowest=-1,
        on_gpu=networks.device == "cuda",
    )
    outputs = network(images)
    found = _detections(outputs, network, requests, POSE_STRIDES, MAX_OVERLAP["pose"])
    return [
        [
            FoundBody(body_region(points[0], points[1]), float(score), box.reshape(4))
            for box, points, score in zip(
                points_to_frame(detections.boxes.reshape(-1, 2, 2), part),
                points_to_frame(detections.points, part),
                detections.scores,
                strict=True,
            )
        ][: request.limit]
        for request, part, detections in zip(requests, parts, found, strict=True)
    ]


def _box_region(box: Box) -> Region:
    """The upright square around a box."""
    x1, y1, x2, y2 = box
    return Region(np.array([x1 + x2, y1 + y2]) / 2, float(max(x2 - x1, y2 - y1)), 0.0)


def _cut_out(request: FindBodies) -> Part:
    """The box of a request, cut out of its image, so that the detector sees nothing around it."""
    x1, y1, x2, y2 = request.box
    return Part(request.image[y1:y2, x1:x2], _box_region((0, 0, x2 - x1, y2 - y1)))


def _track_bodies(networks: "Networks", requests: list[TrackBody]) -> list[TrackedBody]:
    network = networks.pose_landmarks
    outputs = network(_regions(networks, network, requests, replicate=True))
    tracked = []
    for request, decoded, world, presence in zip(
        requests, decode_bodies(outputs), outputs["world"], outputs["presence"], strict=True
    ):
        region = request.region
        centre, top = points_to_frame(decoded[[BODY_CENTRE, BODY_TOP], :2], region)
        keypoints = body_keypoints(decoded, world, region)
        tracked.append(TrackedBody(keypoints, float(presence[0]), body_region(centre, top)))
    return tracked


# Hands -------------------------------------------------------------------------------------------


def _find_palms(networks: "Networks", requests: list[FindPalms]) -> list[list[FoundPalm]]:
    network = networks.palm_detector
    outputs = network(_regions(networks, network, requests, replicate=False))
    found = _detections(outputs, network, requests, PALM_STRIDES, MAX_OVERLAP["palm"])
    return [
        [
            FoundPalm(_hand_region(box, points, request.region), float(score))
            for box, points, score in zip(*detections, strict=True)
        ][: request.limit]
        for request, detections in zip(requests, found, strict=True)
    ]


def _hand_region(box: np.ndarray, points: np.ndarray, searched: Region) -> Region:
    """The region of a hand in the frame.

    `box` (4,) and `points` (7, 2) of its palm are in coordinates of the searched region, 0 to 1.
    """
    corners = box.reshape(2, 2).astype(np.float64)
    rotation = upright_rotation(points[PALM_WRIST], points[PALM_MIDDLE_MCP], PALM_DIRECTION)
    size = (corners[1] - corners[0]) * searched.side
    centre = points_to_frame(corners.mean(axis=0), searched)
    return box_region(
        centre,
        size,
        normalize_angle(rotation + searched.rotation),
        scale=PALM_SCALE,
        shift=PALM_SHIFT,
    )


def _track_hands(networks: "Networks", requests: list[TrackHand]) -> list[TrackedHand]:
    network = networks.hand_landmarks
    outputs = network(_regions(networks, network, requests, replicate=True))
    tracked = []
    for n, request in enumerate(requests):
        keypoints = hand_keypoints(
            outputs["landmarks"][n],
            float(outputs["handedness"][n, 0]),
            outputs["world"][n],
            request.region,
        )
        region = tracked_hand_region(keypoints.points[:, :2])
        tracked.append(TrackedHand(keypoints, float(outputs["presence"][n, 0]), region))
    return tracked


# Both --------------------------------------------------------------------------------------------


def _detections(
    outputs: dict[str, np.ndarray],
    network: "Network",
    requests: Sequence[FindBodies | FindPalms],
    strides: tuple[int, ...],
    max_overlap: float,
) -> list[Detections]:
    """Decode what a detector finds in the square of each request."""
    return [
        decode_detections(
            boxes,
            scores[:, 0],
            anchors(network.side, strides),
            network.side,
            min_score=request.min_score,
            max_overlap=max_overlap,
        )
        for request, boxes, scores in zip(
            requests, outputs["boxes"], outputs["scores"], strict=True
        )
    ]


def _regions(
    networks: "Networks",
    network: "Network",
    requests: Sequence[TrackBody | FindPalms | TrackHand],
    *,
    replicate: bool,
) -> np.ndarray:
    """The regions of requests as input of a network that takes values from 0 to 1."""
    parts = [Part(request.image, request.region) for request in requests]
    on_gpu = networks.device == "cuda"
    return network_input(parts, network.side, replicate=replicate, on_gpu=on_gpu)


_ANSWERS = {
    FindBodies: _find_bodies,
    TrackBody: _track_bodies,
    FindPalms: _find_palms,
    TrackHand: _track_hands,
}
