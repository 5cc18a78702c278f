"""The data of a video's gestures for the page: poses for thumbnails, and similar gestures.

The bytes are: the length of the JSON text as an unsigned integer of 32 bits, lowest byte first; the
JSON text; then the coordinates of all poses, one signed byte each. `assets/poses.js` of the page
reads them.
"""

import json
from collections.abc import Mapping, Sequence

import numpy as np

STEPS = 40
"""Steps of a coordinate per shoulder width. A byte reaches 3.2 shoulder widths: an outstretched arm
reaches less than 3."""
MISSING = -128
LIMIT = 127


def encode_poses(poses: np.ndarray) -> bytes:
    """Return poses (n, k, 2) in shoulder widths as signed bytes, pose by pose.

    Each byte is the difference from the pose before, modulo 256. These differences are small, which
    makes the file small after compression. NaN becomes MISSING before differences are taken.
    """
    steps = np.nan_to_num(np.rint(poses * STEPS).clip(-LIMIT, LIMIT), nan=MISSING)
    rows = steps.astype(np.int8).view(np.uint8).reshape(len(poses), -1)
    first = np.zeros_like(rows[:1])
    return np.diff(rows, axis=0, prepend=first).tobytes()


def encode_gestures(
    numbers: Sequence[int],
    durations_ms: Sequence[int],
    poses: Mapping[int, np.ndarray],
    similar: Sequence[Sequence[tuple[str, int, float, bool]]],
) -> bytes:
    """Return the data of a video's gestures, which are given in the order of their `numbers`.

    `similar` has for each gesture the video, number, distance and whether it is mirrored of each
    similar gesture, the most similar first. In the JSON text, `similar` lists for each gesture the
    index in `videos`, number, distance in thousandths and mirrored (0 or 1), one after another.
    """
    videos = sorted({video for others in similar for video, *_ in others})
    index_of = {video: index for index, video in enumerate(videos)}
    head = {
        "gesture": [int(number) for number in numbers],
        "ms": [int(duration) for duration in durations_ms],
        "poses": [len(poses[number]) if number in poses else 0 for number in numbers],
        "videos": videos,
        "similar": [
            [
                number
                for video, gesture, distance, mirrored in others
                for number in (
                    index_of[video],
                    int(gesture),
                    round(distance * 1000),
                    int(mirrored),
                )
            ]
            for others in similar
        ],
    }
    text = json.dumps(head, separators=(",", ":"), allow_nan=False).encode()
    parts = [encode_poses(poses[number]) for number in numbers if number in poses]
    return len(text).to_bytes(4, "little") + text + b"".join(parts)
