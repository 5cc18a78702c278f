"""Detect shots: the cuts of a video, and the first frames of the shots between them."""

from collections import deque
from collections.abc import Iterator
from itertools import chain, islice

import numpy as np
from scenedetect.common import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from corpus.video.timestamps import ROUNDING_S

MAX_SIDE = 256
"""Longer side of the images in which cuts are searched, pixels; PySceneDetect's default."""
NEIGHBOURS = 2
"""Number of frames on either side with which the change at a cut is compared."""
ADAPTIVE_RATIO = 2.2
"""How many times the mean change of its neighbours the change at a cut must be. The first frame of
a sudden pan has a ratio of 2, a cut through one black frame a ratio of 2.4."""


def find_cuts(images: Iterator[np.ndarray], threshold: float) -> list[int]:
    """Return the numbers of the frames that start a new shot, in one pass, with PySceneDetect.

    `images` are (height, width, 3) uint8 RGB, one per frame. The change at a cut exceeds
    `threshold` (mean change of hue, saturation and brightness, 0 to 255) and is large compared with
    the changes around it: a pan or a zoom may change the image as much, but does so in every frame.

    PySceneDetect's minimum shot length is not used, because it counts frames or assumes a constant
    frame rate. `shot_starts` applies the minimum length.
    """
    detector = AdaptiveDetector(
        ADAPTIVE_RATIO, min_scene_len=0, window_width=NEIGHBOURS, min_content_val=threshold
    )
    head = list(islice(images, NEIGHBOURS + 1))
    n_mirrored, number, detections = len(head) - 1, -1, []
    for number, image in enumerate(_mirror_ends(head, images)):
        # PySceneDetect expects BGR. The frame rate is arbitrary: only frame numbers are read back.
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        detections += detector.process_frame(FrameTimecode(number, 25.0), bgr)
    n_frames = number + 1 - 2 * n_mirrored
    cuts = (detection.frame_num - n_mirrored for detection in detections)
    return [cut for cut in cuts if 0 < cut < n_frames]


def _mirror_ends(head: list[np.ndarray], rest: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Yield all images, preceded by the first ones and followed by the last ones in reverse order.

    With this padding, a change near either end has as many neighbours as any other change, and a
    pan there is still recognised as a pan.
    """
    yield from reversed(head[1:])
    tail = deque(maxlen=max(1, len(head)))
    for image in chain(head, rest):
        tail.append(image)
        yield image
    yield from list(tail)[-2::-1]


def shot_starts(times: np.ndarray, cuts: list[int], min_length_s: float) -> np.ndarray:
    """Return the first frame of each shot, int64.

    These are frame 0 and all cuts that are at least `min_length_s` after the previous start.
    `times` are the times of all frames, seconds. Without frames there are no shots.
    """
    starts = [0] if len(times) else []
    # A length that is half a millisecond too short is a rounding error.
    min_gap_s = min_length_s - ROUNDING_S / 2
    for cut in cuts:
        if times[cut] - times[starts[-1]] >= min_gap_s:
            starts.append(cut)
    return np.array(starts, np.int64)
