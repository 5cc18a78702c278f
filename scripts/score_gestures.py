"""Score how much each gesture unit of a video looks like a gesture, and not like other movement.

python scripts/score_gestures.py --max-gap-s 0.2 --keypoints keypoints.parquet \
    --frames frames.parquet --phases phases.parquet --model lightgbm_default.pkl --sha256 SHA256 \
    --output gesture_scores.parquet
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.movement.gesture_score.classifier import load_classifier
from corpus.movement.gesture_score.scores import score_gestures
from corpus.pose.keypoint_stream import people_by_frame
from corpus.tables import parquet, provenance
from corpus.tables.added.gesture_scores import TABLE


def main(argv: list[str] | None = None) -> None:
    """Read the options, the tables and the model; write the scores."""
    options = parse_arguments(argv)
    frames = parquet.read(options.frames, ["frame", "time_s", "shot"])
    rows = score_gestures(
        people_by_frame(options.keypoints),
        frames,
        parquet.read(options.phases),
        load_classifier(options.model, options.sha256),
        options.max_gap_s,
    )
    parameters = provenance.parameters(options, leave_out=("sha256",))
    models = {options.model.name: options.sha256}
    made_by = provenance.describe("score_gestures", parameters, ("pandas",), models)
    columns = {name: [row[name] for row in rows] for name in TABLE.columns}
    parquet.write(options.output, TABLE.name, columns, made_by)


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--keypoints", required=True, type=Path, help="keypoints table of the video")
    add("--frames", required=True, type=Path, help="frames table of the video")
    add("--phases", required=True, type=Path, help="phases table of the video")
    add("--model", required=True, type=Path, help="file of the gesture classifier")
    add("--sha256", required=True, help="checksum of the model")
    add("--max-gap-s", required=True, type=float, help="longest gap that is interpolated, seconds")
    add("--output", required=True, type=Path, help="gesture_scores table to write")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
