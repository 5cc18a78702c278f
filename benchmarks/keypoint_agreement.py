"""Compare the workflow's keypoints of single bodies and hands with those of MediaPipe.

python benchmarks/keypoint_agreement.py CLIPS --every 10

CLIPS are videos of one person, or folders of them. Both search each picture on its own: whole
frames for the body, and upright squares around its wrists for hands. Hands are compared twice: as
the workflow finds them, and with the rotation of MediaPipe's graph (`requests.PALM_DIRECTION`).
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import run
from corpus.pose import requests
from corpus.pose.keypoints import Keypoints, clip_box
from corpus.pose.pose_networks import Networks, open_networks
from corpus.pose.regions import Region
from corpus.video.reader import Reader
from reference_landmarkers import CONFIDENCE, Reference, reference_bodies, reference_hands

ROOT = Path(__file__).resolve().parents[1]
ARMS = ((15, 13), (16, 14))
"""Indices of wrist and elbow of each arm."""
HALF_SIDE = 0.8
"""Half the side of the square around a wrist, in shoulder widths."""
SHOULDERS = (11, 12)
MEDIAPIPE_DIRECTION = 90.0
"""What MediaPipe's graph sets for `requests.PALM_DIRECTION`, radians."""
REPEATS = 20


def frames(videos: list[Path], every: int) -> Iterator[np.ndarray]:
    """Every n-th frame of each video, RGB."""
    for video in videos:
        for frame in Reader(video):
            if frame.number % every == 0:
                yield frame.pixels


def find_body(networks: Networks, image: np.ndarray) -> Keypoints | None:
    """The body in a picture, or None."""
    height, width = image.shape[:2]
    (found,) = requests.answer(networks, [requests.FindBodies(image, (0, 0, width, height), 1)])
    if not found:
        return None
    (body,) = requests.answer(networks, [requests.TrackBody(image, found[0].region)])
    return body.keypoints if body.presence > CONFIDENCE else None


def find_hand(networks: Networks, image: np.ndarray) -> Keypoints | None:
    """The hand in a picture, or None."""
    (found,) = requests.answer(networks, [requests.FindPalms(image, _square(image), 1)])
    if not found:
        return None
    (hand,) = requests.answer(networks, [requests.TrackHand(image, found[0].region)])
    return hand.keypoints if hand.presence > CONFIDENCE else None


def _square(image: np.ndarray) -> Region:
    height, width = image.shape[:2]
    return Region(np.array([width, height]) / 2, float(max(width, height)), 0.0)


def hand_pictures(image: np.ndarray, body: Keypoints) -> list[np.ndarray]:
    """The parts of a frame around the ends of both forearms."""
    points = body.points[:, :2]
    half_side = HALF_SIDE * float(np.linalg.norm(np.subtract(*points[list(SHOULDERS)])))
    centres = [points[wrist] + 0.35 * (points[wrist] - points[elbow]) for wrist, elbow in ARMS]
    boxes = [clip_box(*(centre - half_side), *(centre + half_side), image) for centre in centres]
    return [image[y1:y2, x1:x2] for x1, y1, x2, y2 in filter(None, boxes)]


def report_row(name: str, own: list[Keypoints | None], references: list[list[Reference]]) -> str:
    """A row of the table: how many are found, and distances of keypoints that both found."""
    pairs = [(a, b[0]) for a, b in zip(own, references, strict=True) if a is not None and b]
    distances = [np.linalg.norm((a.points - b.points)[:, :2], axis=1) for a, b in pairs]
    median, p99, most = np.percentile(np.concatenate(distances), [50, 99, 100])
    only_own = sum(a is not None for a in own) - len(pairs)
    only_reference = sum(bool(b) for b in references) - len(pairs)
    counts = f"{len(own)} | {len(pairs)} | {only_own} | {only_reference}"
    return f"| {name} | {counts} | {median:.3f} | {p99:.3f} | {most:.2f} |"


def agreement(
    images: list[np.ndarray], bodies: list[Keypoints | None], hands: "Hands", pose: Path, hand: Path
) -> list[str]:
    """The lines of the table of agreement."""
    references = reference_hands(hands.pictures, hand)
    return [
        "| | pictures | both | only workflow | only MediaPipe | median px | p99 px | most px |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
        report_row("bodies", bodies, reference_bodies(images, pose)),
        report_row("hands, with MediaPipe's rotation", hands.turned, references),
        report_row("hands", hands.upright, references),
    ]


class Hands(NamedTuple):
    """Pictures of hands, and the hands that the workflow finds with both rotations."""

    pictures: list[np.ndarray]
    upright: list[Keypoints | None]
    turned: list[Keypoints | None]


def find_hands(networks: Networks, pictures: list[np.ndarray]) -> Hands:
    """Find the hand in each picture, as the workflow does and with MediaPipe's rotation."""
    upright = [find_hand(networks, picture) for picture in pictures]
    direction, requests.PALM_DIRECTION = requests.PALM_DIRECTION, MEDIAPIPE_DIRECTION
    try:
        turned = [find_hand(networks, picture) for picture in pictures]
    finally:
        requests.PALM_DIRECTION = direction
    return Hands(pictures, upright, turned)


def mirror_report(hands: Hands, mirrored: Hands) -> list[str]:
    """How much keypoints differ from those of mirrored pictures; for a perfect network, by 0."""
    lines = [
        "| hands | found | median difference to mirrored pictures, px | p90 |",
        "|---|---:|---:|---:|",
    ]
    for name, own, others in (
        ("MediaPipe's rotation", hands.turned, mirrored.turned),
        ("workflow", hands.upright, mirrored.upright),
    ):
        differences = [
            np.linalg.norm(a.points[:, :2] - _mirror(b.points[:, :2], picture), axis=1).mean()
            for a, b, picture in zip(own, others, hands.pictures, strict=True)
            if a is not None and b is not None
        ]
        median, p90 = np.percentile(differences, [50, 90])
        found = sum(a is not None for a in own)
        lines.append(f"| {name} | {found} of {len(own)} | {median:.2f} | {p90:.2f} |")
    return lines


def _mirror(points: np.ndarray, picture: np.ndarray) -> np.ndarray:
    return points * [-1, 1] + [picture.shape[1] - 1, 0]


class RecordedNetwork:
    """A network that returns its first result at once, so that what is around it can be timed."""

    def __init__(self, network) -> None:
        self.side, self._network, self._result = network.side, network, None

    def __call__(self, images: np.ndarray) -> dict[str, np.ndarray]:
        if self._result is None:
            self._result = self._network(images)
        return self._result


def request_times(image: np.ndarray, networks: Networks) -> list[str]:
    """CPU time of each kind of request without its network, a line each."""
    recorded = networks._replace(
        **{name: RecordedNetwork(getattr(networks, name)) for name in networks._fields[:4]}
    )
    height, width = image.shape[:2]
    square = Region(np.array([width, height]) / 2, 0.8 * height, 0.2)
    lines = ["| request | CPU ms without its network |", "|---|---:|"]
    for request in (
        requests.FindBodies(image, (0, 0, width, height), 1),
        requests.TrackBody(image, square),
        requests.FindPalms(image, square, 1),
        requests.TrackHand(image, square),
    ):
        requests.answer(recorded, [request])
        times = []
        for _ in range(REPEATS):
            start = time.process_time()
            for _ in range(REPEATS):
                requests.answer(recorded, [request])
            times.append((time.process_time() - start) * 1000 / REPEATS)
        lines.append(f"| {type(request).__name__} | {np.median(times):.2f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=10, help="compare every n-th frame")
    parser.add_argument("--models", type=Path, default=ROOT / "resources/models")
    args = parser.parse_args()
    videos = [
        video
        for clip in args.clips
        for video in (sorted(clip.iterdir()) if clip.is_dir() else [clip])
    ]
    pose, hand = (args.models / f"{part}_landmarker_bundled.task" for part in ("pose", "hand"))
    networks = open_networks(pose, hand, "cpu")
    images = list(frames(videos, args.every))
    bodies = [find_body(networks, image) for image in images]
    pictures = [
        picture
        for image, body in zip(images, bodies, strict=True)
        if body is not None
        for picture in hand_pictures(image, body)
    ]
    hands = find_hands(networks, pictures)
    mirrored = find_hands(networks, [np.ascontiguousarray(p[:, ::-1]) for p in pictures])
    tables = (
        agreement(images, bodies, hands, pose, hand),
        mirror_report(hands, mirrored),
        request_times(images[0], networks),
    )
    print("\n\n".join("\n".join(lines) for lines in tables))


if __name__ == "__main__":
    run(main)
