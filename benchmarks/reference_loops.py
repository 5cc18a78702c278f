"""CPU time of decoding alone and of MediaPipe alone, printed as JSON.

python benchmarks/reference_loops.py film.mp4 --keypoints film.parquet --models resources/models

MediaPipe gets the part of each frame that shows a person, as its own examples use it: landmarkers
in mode VIDEO, one pair per person. It is measured in the same process as decoding.
"""

import argparse
import json
import sys
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import av
import numpy as np
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

MARGIN = 0.25
"""Margin around the keypoints of a person / longer side of their box."""
MAX_FRAMES = 100
"""Number of frames that MediaPipe searches."""

Boxes = dict[int, dict[int, np.ndarray]]
"""x1, y1, x2, y2 in pixels by frame and track."""


def person_boxes(table: Path) -> Boxes:
    """Boxes around the bodies in a table of keypoints, with a margin."""
    rows = pq.read_table(table, columns=["frame", "track", "part", "x", "y"]).to_pandas()
    bodies = rows[rows["part"] == "pose"].groupby(["frame", "track"])[["x", "y"]]
    low, high = bodies.min().to_numpy(), bodies.max().to_numpy()
    margin = MARGIN * (high - low).max(axis=1, initial=0, keepdims=True)
    boxes: Boxes = {}
    for (frame, track), box in zip(
        bodies.groups, np.hstack([low - margin, high + margin]), strict=True
    ):
        boxes.setdefault(int(frame), {})[int(track)] = box
    return boxes


def decode_seconds(film: Path) -> tuple[int, float, float]:
    """Number of frames, and CPU seconds for decoding them without and with conversion to RGB."""
    seconds = []
    n_frames = 0
    for to_rgb in (False, True):
        start = time.process_time()
        with av.open(film) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            n_frames = 0
            for frame in container.decode(stream):
                if to_rgb:
                    frame.to_ndarray(format="rgb24")
                n_frames += 1
        seconds.append(time.process_time() - start)
    return n_frames, *seconds


def mediapipe_seconds(film: Path, boxes: Boxes, models: Path) -> tuple[int, float]:
    """Number of people in all searched frames, and CPU seconds in MediaPipe's landmarkers."""
    from plain_mediapipe import mp, open_landmarkers, vision

    video, seconds, n_people = vision.RunningMode.VIDEO, 0.0, 0
    landmarkers: dict[int, tuple] = {}
    with ExitStack() as opened, av.open(film) as container:
        for number, frame in enumerate(islice(container.decode(video=0), MAX_FRAMES)):
            image = frame.to_ndarray(format="rgb24")
            height, width = image.shape[:2]
            for track, box in boxes.get(number, {}).items():
                x1, y1, x2, y2 = np.clip(box, 0, [width, height, width, height]).astype(int)
                if track not in landmarkers:
                    landmarkers[track] = open_landmarkers(models, 1, video)
                    for landmarker in landmarkers[track]:
                        opened.enter_context(landmarker)
                crop = np.ascontiguousarray(image[y1:y2, x1:x2])
                picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=crop)
                start = time.process_time()
                for landmarker in landmarkers[track]:
                    landmarker.detect_for_video(picture, round(1000 * frame.time))
                seconds += time.process_time() - start
                n_people += 1
    return n_people, seconds


def main() -> None:
    """Measure both and print them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("film", type=Path)
    parser.add_argument("--keypoints", type=Path, required=True, help="table of keypoints")
    parser.add_argument("--models", type=Path, required=True, help="folder of model files")
    options = parser.parse_args()
    n_frames, decode_s, rgb_s = decode_seconds(options.film)
    boxes = person_boxes(options.keypoints)
    n_people, mediapipe_s = mediapipe_seconds(options.film, boxes, options.models)
    measured = {"frames": n_frames, "decode_s": decode_s, "rgb_s": rgb_s}
    print(json.dumps(measured | {"people": n_people, "mediapipe_s": mediapipe_s}))


if __name__ == "__main__":
    main()
