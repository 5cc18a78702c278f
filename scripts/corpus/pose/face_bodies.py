"""Find the bodies that belong to faces.

The box of an upright person's face says where the body is. If no body is found there, the detector
searches a crop around the face. BlazePose locates a body by its face, so where several people are
close together it would often return the body of a neighbour: all other faces are painted over.
"""

from collections.abc import Iterable

import numpy as np

from corpus.pose.bodies import NARROW, WIDE, CropShape, crop_box, face_size, has_face
from corpus.pose.body_evidence import Evidence
from corpus.pose.body_state import FollowedBody, Scene
from corpus.pose.regions import Region
from corpus.pose.requests import FindBodies, FoundBody, Steps, TrackBody

FACE_TO_HIPS = 3.3
"""Distance from the middle of a face down to the middle of the hips, in face sizes."""
FACE_TO_REGION = 10.8
"""Side of the region of a body, in face sizes."""
MAX_DETECTED = 4
"""Largest number of bodies that are detected in the crop around a face."""


def face_region(face: np.ndarray) -> Region:
    """A first guess of the region of an upright body from the box of its face (4,), pixels."""
    size = face_size(face)
    centre = (face[:2] + face[2:]) / 2 + np.array([0.0, FACE_TO_HIPS * size])
    return Region(centre, FACE_TO_REGION * size, 0.0)


def find_bodies_of_faces(
    scene: Scene, tracks: Iterable[int], confidence: float
) -> Steps[list[FollowedBody]]:
    """Find the bodies of face tracks; those that are not found are left out.

    Parameters
    ----------
    tracks
        Some of the face tracks on screen.
    confidence
        Lowest presence of a body, and lowest score of a detection.
    """
    regions = {track: face_region(scene.faces[track]) for track in tracks}
    images = {track: scene.painted_in(region, {track}) for track, region in regions.items()}
    bodies = yield from _track_from(scene, images, regions, confidence)
    for shape in (WIDE, NARROW):
        missing = {track: image for track, image in images.items() if track not in bodies}
        regions = yield from _detect_near_faces(scene, missing, shape, confidence)
        bodies |= yield from _track_from(scene, images, regions, confidence)
    return [bodies[track] for track in images if track in bodies]


def _track_from(
    scene: Scene, images: dict[int, np.ndarray], regions: dict[int, Region], confidence: float
) -> Steps[dict[int, FollowedBody]]:
    """The bodies with the right face that are found from regions in these images, by track."""
    if not regions:
        return {}
    first = yield [TrackBody(images[track], region) for track, region in regions.items()]
    # The first regions are rough, and keypoints depend a little on the region.
    second = yield [
        TrackBody(images[track], body.next_region)
        for track, body in zip(regions, first, strict=True)
    ]
    bodies = {}
    for track, rough, refined in zip(regions, first, second, strict=True):
        # The region may move on to a neighbour. Then it is better to stay where the body was found.
        for tracked, region in ((refined, refined.next_region), (rough, regions[track])):
            face = scene.faces[track]
            if tracked.presence >= confidence and has_face(tracked.keypoints, face):
                evidence = Evidence.of_face()
                bodies[track] = FollowedBody(track, tracked.keypoints, region, face, evidence)
                break
    return bodies


def _detect_near_faces(
    scene: Scene, images: dict[int, np.ndarray], shape: CropShape, confidence: float
) -> Steps[dict[int, Region]]:
    """Detect bodies in crops around the faces of tracks; the one with the nearest head counts."""
    boxes = {track: crop_box(scene.faces[track], shape, scene.image) for track in images}
    requests = {
        track: FindBodies(images[track], box, MAX_DETECTED, confidence)
        for track, box in boxes.items()
        if box
    }
    if not requests:
        return {}
    answers = yield list(requests.values())
    return {
        track: _nearest(found, scene.faces[track]).region
        for track, found in zip(requests, answers, strict=True)
        if found
    }


def _nearest(found: list[FoundBody], face: np.ndarray) -> FoundBody:
    """The body with its head nearest to a face (4,)."""

    def distance(body: FoundBody) -> float:
        return float(np.linalg.norm(body.head[:2] + body.head[2:] - face[:2] - face[2:]))

    return min(found, key=distance)
