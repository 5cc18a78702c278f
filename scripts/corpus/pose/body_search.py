"""Search the whole frame for bodies that are not followed yet.

The pose detector sees a picture of 224 x 224 pixels and often finds only the most prominent of
several people. Therefore overlapping parts of the frame are searched as well, and the heads of
people who are already known are painted over.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache

import numpy as np

from corpus.pose.bodies import paint_over_faces, torso_size
from corpus.pose.body_memory import Memory
from corpus.pose.body_state import FollowedBody, Scene
from corpus.pose.keypoints import Box, Keypoints
from corpus.pose.regions import Region
from corpus.pose.requests import FindBodies, FoundBody, Steps, TrackBody, TrackedBody
from corpus.pose.search_schedule import SEARCH_INTERVAL_S
from corpus.tables.schemas import POSE_KEYPOINTS

GRIDS = ((2, 0.6), (3, 0.45))
"""Grids of overlapping parts of the frame: parts along each side, and their size relative to it."""
MIN_PART_SIDE = 160
"""Smaller parts are not searched, pixels: there, people are too small for their keypoints."""
MIN_SCORE = 0.4
"""Lowest score of a detection. It is low because the evidence is weighed afterwards
(`corpus.pose.body_evidence`)."""
MAX_DETECTED = 8
"""Largest number of bodies that are detected in one part of the frame."""
SAME_OFFSET, SAME_SCALE = 0.2, 2.0
"""Detections within this distance, in sides of the larger region, and this factor are one body."""
HEAD = list(range(POSE_KEYPOINTS.index("left_shoulder")))
"""Indices of the keypoints of the head, from the nose to the mouth."""
HEAD_SIZE = 0.3
"""Half the side of the square that is painted over a head, in torso sizes."""


@cache
def frame_parts(width: int, height: int) -> tuple[Box, ...]:
    """The parts of a frame that are searched; the first is the whole frame."""
    parts = [(0, 0, width, height)]
    for count, share in GRIDS:
        part_width, part_height = round(share * width), round(share * height)
        if min(part_width, part_height) < MIN_PART_SIDE:
            continue
        parts += [
            (x, y, x + part_width, y + part_height)
            for y in np.linspace(0, height - part_height, count).astype(int).tolist()
            for x in np.linspace(0, width - part_width, count).astype(int).tolist()
        ]
    return tuple(parts)


def parts_to_search(scene: Scene) -> list[Box]:
    """The whole frame and one of its parts; in the first frame of a shot or chunk, all parts."""
    height, width = scene.image.shape[:2]
    whole, *parts = frame_parts(width, height)
    if scene.is_first or not parts:
        return [whole, *parts]
    # By time, so that the order does not depend on the first frame.
    return [whole, parts[round(scene.frame.time_s / SEARCH_INTERVAL_S) % len(parts)]]


def search_bodies(
    scene: Scene,
    bodies: Sequence[FollowedBody],
    memory: Memory,
    is_new: Callable[[TrackedBody], bool],
) -> Steps[list[TrackedBody]]:
    """Search for bodies other than `bodies`, and not in the regions that `memory` excludes.

    What is found may not be new (`is_new`), and not be people.
    """
    heads = [head_box(body.keypoints) for body in bodies if body.face is None]
    faces = [*scene.faces.values(), *scene.erased_faces]
    painted = paint_over_faces(scene.image, faces + heads, new_image=scene.canvases.new)
    answers = yield [
        FindBodies(painted, box, MAX_DETECTED, MIN_SCORE) for box in parts_to_search(scene)
    ]
    found = [body for answer in answers for body in answer]
    regions = distinct_regions(found, [*memory.excluded, *(body.region for body in bodies)])
    if not regions:
        return []
    rough = yield [TrackBody(scene.image, region) for region in regions]
    # Keypoints depend a little on the region, and the detector's is rougher.
    requests = []
    for region, body in zip(regions, rough, strict=True):
        if is_new(body):
            requests.append(TrackBody(scene.image, body.next_region))
        else:
            memory.exclude(region)
    return (yield requests) if requests else []


def head_box(body: Keypoints) -> np.ndarray:
    """(4,) square around the head of a body, pixels."""
    centre, half = body.points[HEAD, :2].mean(axis=0), HEAD_SIZE * torso_size(body)
    return np.concatenate([centre - half, centre + half])


def distinct_regions(found: Iterable[FoundBody], known: Sequence[Region]) -> list[Region]:
    """Regions of detected bodies that are not known; those with the highest scores first."""
    regions: list[Region] = []
    for body in sorted(found, key=lambda body: -body.score):
        if not any(_are_same(body.region, other) for other in [*known, *regions]):
            regions.append(body.region)
    return regions


def _are_same(a: Region, b: Region) -> bool:
    """Whether two regions are of one body."""
    offset = float(np.linalg.norm(a.centre - b.centre)) / max(a.side, b.side)
    return offset <= SAME_OFFSET and 1 / SAME_SCALE <= a.side / b.side <= SAME_SCALE
