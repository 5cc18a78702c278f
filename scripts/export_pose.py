"""Write keypoints as a .pose file, for the tools of sign language processing.

python scripts/export_pose.py --status status.parquet --frames frames.parquet \
    --keypoints keypoints.parquet --tracks tracks.parquet --people people.parquet --output v.pose

Format 0.2 by the library pose-format, components and points as it names those of MediaPipe
Holistic, without the face. The format has one rate for all frames: a frame of a video of constant
rate is a frame of the file; of one whose rate varies, what is shown at even steps of time is taken.
It has no place for what made the file. All of it is held in memory, 5 kB a frame and person.
"""

import argparse
import logging
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from pose_format import Pose
from pose_format.numpy import NumPyPoseBody
from pose_format.pose_header import PoseHeader, PoseHeaderComponent, PoseHeaderDimensions

from corpus.core.atomic_files import atomic_path
from corpus.core.errors import run
from corpus.identity import track_people
from corpus.pose.keypoint_stream import SCORE, VISIBILITY, WORLD, FramePeople, X, Z, people_by_frame
from corpus.pose.skeleton_topology import HAND_CONNECTIONS, POSE_CONNECTIONS
from corpus.tables import parquet
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from corpus.video.timestamps import NOMINAL_RATE

VERSION = 0.2
N_POSE, N_HAND = len(POSE_KEYPOINTS), len(HAND_KEYPOINTS)
PIXELS = slice(X, Z + 1)
PLACES = {
    "pose": slice(0, N_POSE),
    "left_hand": slice(N_POSE, N_POSE + N_HAND),
    "right_hand": slice(N_POSE + N_HAND, N_POSE + 2 * N_HAND),
}
"""Where a part's points stand among a person's; world points of the pose come after them."""
IN_SPACE = slice(N_POSE + 2 * N_HAND, 2 * N_POSE + 2 * N_HAND)


def components() -> list[PoseHeaderComponent]:
    """Components as the library's own readers of MediaPipe Holistic make them."""

    def component(name: str, points: list[str], lines: list) -> PoseHeaderComponent:
        named = [point.upper() for point in points]
        return PoseHeaderComponent(name, named, lines, [(255, 0, 0)], "XYZC")

    return [
        component("POSE_LANDMARKS", POSE_KEYPOINTS, POSE_CONNECTIONS),
        component("LEFT_HAND_LANDMARKS", HAND_KEYPOINTS, HAND_CONNECTIONS),
        component("RIGHT_HAND_LANDMARKS", HAND_KEYPOINTS, HAND_CONNECTIONS),
        component("POSE_WORLD_LANDMARKS", POSE_KEYPOINTS, POSE_CONNECTIONS),
    ]


def rate(times: np.ndarray, is_vfr: bool) -> float:
    """Frames a second: the mean, or of a video whose rate varies the most usual one."""
    if len(times) < 2 or times[-1] <= times[0]:
        return float(NOMINAL_RATE)
    gap = np.median(np.diff(times)) if is_vfr else (times[-1] - times[0]) / (len(times) - 1)
    return round(float(1 / gap), 6)


def steps(times: np.ndarray, fps: float, is_vfr: bool) -> np.ndarray:
    """Number of the frame that is shown at each step of the file."""
    if not is_vfr or len(times) < 2:
        return np.arange(len(times))
    last = round((times[-1] - times[0]) * fps)
    # Half a millisecond: container clocks round.
    at = times[0] + np.arange(last + 1) / fps + 5e-4
    return np.maximum(np.searchsorted(np.maximum.accumulate(times), at, side="right") - 1, 0)


def slots(extents: dict[int, tuple[int, int]], who: track_people.TrackPeople) -> dict[int, int]:
    """Place of each track on the axis of people.

    People come first, by their number, each at one place all through the video. Bodies whose face
    was not found share the places after them, as few as there are such bodies at once.
    """
    place = {person: number for number, person in enumerate(who.people)}
    taken = {track: place[person] for track, person in who.person_of.items()}
    busy_until: list[int] = []
    for track, (first, last) in sorted(extents.items(), key=lambda item: (item[1], item[0])):
        if track in taken:
            continue
        free = [n for n, end in enumerate(busy_until) if end < first]
        if not free:
            free = [len(busy_until)]
            busy_until.append(last)
        busy_until[free[0]] = last
        taken[track] = len(place) + free[0]
    return taken


def extents(keypoints: Path) -> dict[int, tuple[int, int]]:
    """First and last frame of every track."""
    found: dict[int, tuple[int, int]] = {}
    with pq.ParquetFile(keypoints) as file:
        for batch in file.iter_batches(columns=["frame", "track"]):
            for track, rows in batch.to_pandas().groupby("track")["frame"]:
                first, last = found.get(track, (rows.min(), rows.max()))
                found[int(track)] = int(min(first, rows.min())), int(max(last, rows.max()))
    return found


def fill(
    data: np.ndarray, confidence: np.ndarray, people: FramePeople, place: dict[int, int]
) -> None:
    """Put the people of one frame into `data` (slots, points, 3) and `confidence` (slots, points).

    Of two tracks of one person at a time, which only a mistaken name makes, the first counts.
    """
    for track in sorted(people, reverse=True):
        slot = place[track]
        data[slot], confidence[slot] = 0, 0
        for part, points in people[track].items():
            sure = points[:, VISIBILITY if part == "pose" else SCORE]
            _put(data[slot, PLACES[part]], confidence[slot, PLACES[part]], points[:, PIXELS], sure)
            if part == "pose":
                _put(data[slot, IN_SPACE], confidence[slot, IN_SPACE], points[:, WORLD], sure)


def _put(data: np.ndarray, confidence: np.ndarray, points: np.ndarray, sure: np.ndarray) -> None:
    known = np.isfinite(points).all(axis=1) & np.isfinite(sure)
    data[known], confidence[known] = points[known], sure[known]


def body(
    keypoints: Path, times: np.ndarray, is_vfr: bool, who: track_people.TrackPeople
) -> NumPyPoseBody:
    """All frames: (frames, people, points, x y z), with confidence 0 for what was not found."""
    fps = rate(times, is_vfr)
    shown = steps(times, fps, is_vfr)
    place = slots(extents(keypoints), who)
    shape = (len(shown), max(place.values(), default=0) + 1, IN_SPACE.stop)
    data, confidence = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for frame, people in people_by_frame(keypoints):
        first, end = np.searchsorted(shown, [frame, frame + 1])
        if first < end:
            fill(data[first], confidence[first], people, place)
            data[first + 1 : end], confidence[first + 1 : end] = data[first], confidence[first]
    return NumPyPoseBody(fps, data, confidence)


def main() -> None:
    """Read the options and tables, write the .pose file."""
    options = parse_arguments()
    [status] = pq.read_table(options.status).to_pylist()
    who = track_people.read(options.tracks, options.people, status["video_id"])
    times = parquet.read(options.frames, ["time_s"])["time_s"].to_numpy()
    width, height = status["width"] or 0, status["height"] or 0
    header = PoseHeader(VERSION, PoseHeaderDimensions(width, height, width), components())
    is_vfr = bool(status["is_vfr"])
    pose = Pose(header, body(options.keypoints, times, is_vfr, who))
    if is_vfr:
        logging.warning("the rate varies; taken at %.3f frames a second", pose.body.fps)
    with atomic_path(options.output) as partial, partial.open("wb") as file:
        pose.write(file)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--status", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--frames", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--keypoints", required=True, type=Path, help="table of extract_keypoints")
    parser.add_argument("--tracks", required=True, type=Path, help="table of people")
    parser.add_argument("--people", required=True, type=Path, help="table of people")
    parser.add_argument("--output", required=True, type=Path, help=".pose file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
