"""The four networks that find bodies and hands: BlazePose GHUM and MediaPipe Hands.

Bodies: https://arxiv.org/abs/2006.10204; hands: https://arxiv.org/abs/2006.10214. The files are
MediaPipe's .task files. MediaPipe itself is not needed; what its graphs do between the networks is
done by other modules of this package.
"""

from pathlib import Path
from typing import NamedTuple

from corpus.core.devices import choose_device
from corpus.core.errors import ModelError
from corpus.core.loaded_once import loaded_once
from corpus.networks import Network, TfliteFile, open_network, read_task_file
from corpus.networks.graph import OutputShapes

# Shapes for one image, in the order of the files. Detectors: 4 numbers of a box and 2 of each of
# its keypoints, relative to an anchor; a score before the sigmoid.
POSE_DETECTOR = {"boxes": (2254, 12), "scores": (2254, 1)}
PALM_DETECTOR = {"boxes": (2016, 18), "scores": (2016, 1)}
# 39 points (33 keypoints, 6 auxiliary ones) of x, y, z, visibility, presence; heatmaps of their x
# and y; world coordinates in metres. The mask of the body, a fifth output, is not read.
POSE_LANDMARKS = {
    "landmarks": (195,),
    "presence": (1,),
    "heatmaps": (64, 64, 39),
    "world": (117,),
}
# 21 keypoints of x, y, z.
HAND_LANDMARKS = {"landmarks": (63,), "presence": (1,), "handedness": (1,), "world": (63,)}

DETECTOR_BATCH, LANDMARK_BATCH = 8, 32
"""Images in a batch on a GPU. Detectors run only where nothing is known from the frame before."""


class Member(NamedTuple):
    """A network in a .task file."""

    file: str
    outputs: OutputShapes
    batch_size: int


MEMBERS = {
    "pose_detector": Member("pose_detector.tflite", POSE_DETECTOR, DETECTOR_BATCH),
    "pose_landmarks": Member("pose_landmarks_detector.tflite", POSE_LANDMARKS, LANDMARK_BATCH),
    "palm_detector": Member("hand_detector.tflite", PALM_DETECTOR, DETECTOR_BATCH),
    "hand_landmarks": Member("hand_landmarks_detector.tflite", HAND_LANDMARKS, LANDMARK_BATCH),
}
"""The file of each network in `Networks`."""


class Networks(NamedTuple):
    """The networks of a process.

    Attributes
    ----------
    pose_detector
        Bodies in an upright square. Side 224, values from -1 to 1; outputs as in `POSE_DETECTOR`.
    pose_landmarks
        Keypoints of the body in a square. Side 256, values from 0 to 1; as in `POSE_LANDMARKS`.
    palm_detector
        Palms in a square. Side 192, values from 0 to 1; as in `PALM_DETECTOR`.
    hand_landmarks
        Keypoints of the hand in a square. Side 224, values from 0 to 1; as in `HAND_LANDMARKS`.
    device
        What they run on: "cpu" or "cuda".
    """

    pose_detector: Network
    pose_landmarks: Network
    palm_detector: Network
    hand_landmarks: Network
    device: str


@loaded_once
def open_networks(pose: Path, hand: Path, device: str) -> Networks:
    """Open the networks of two .task files; a second call in a process returns the same ones.

    Parameters
    ----------
    pose, hand
        Files of MediaPipe's pose landmarker (lite, full or heavy) and hand landmarker.
    device
        auto, cpu or cuda; see `corpus.core.devices.choose_device`.

    Raises
    ------
    InputError
        cuda is requested but does not work.
    ModelError
        A file is damaged, or is not such a file.
    """
    chosen = choose_device(device)
    files = read_members(pose, hand)
    opened = {
        name: open_network(files[name], member.outputs, chosen, member.batch_size)
        for name, member in MEMBERS.items()
    }
    return Networks(**opened, device=chosen)


def read_members(pose: Path, hand: Path) -> dict[str, TfliteFile]:
    """The networks in two .task files, by their names in `Networks`. Raises ModelError."""
    bundles = {pose: read_task_file(pose), hand: read_task_file(hand)}
    members = {}
    for name, member in MEMBERS.items():
        bundle = pose if name.startswith("pose") else hand
        if member.file not in bundles[bundle]:
            contents = ", ".join(bundles[bundle])
            raise ModelError(f"model {bundle} contains no {member.file}, but {contents}")
        members[name] = bundles[bundle][member.file]
    return members
