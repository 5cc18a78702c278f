"""Measure how each person's wrists and hands move: positions, speeds, phases and gesture units.

python scripts/measure_movement.py --keypoints keypoints.parquet --frames frames.parquet \
    --shots shots.parquet --status status.parquet --kinematics kinematics.parquet \
    --phases phases.parquet --gesture-measures gesture_measures.parquet \
    --movement-quality movement_quality.parquet
"""

import argparse
import logging
from pathlib import Path

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.movement.measurement import VideoMovement, phase_columns
from corpus.movement.settings import MovementSettings
from corpus.tables import parquet, provenance


def main(argv: list[str] | None = None) -> None:
    """Read the options and tables, measure block by block, write the tables."""
    options = parse_arguments(argv)
    settings = MovementSettings.from_mapping(vars(options))
    settings.check()
    frames, shots = parquet.read(options.frames), parquet.read(options.shots)
    status = parquet.read_row(options.status, ["width", "height"])
    image_size = status["width"] or 0, status["height"] or 0
    movement = VideoMovement(options.keypoints, frames, shots, image_size, settings)
    made_by = provenance.describe("measure_movement", provenance.parameters(options, ()))
    with parquet.Writer(options.kinematics, "kinematics", made_by) as writer:
        for rows in with_progress(movement.kinematics(), "measure_movement", unit="blocks"):
            writer.append(rows)
    parquet.write(options.phases, "phases", phase_columns(movement.phases()), made_by)
    for limit in movement.quality.limits():
        logging.warning("%s: %s", options.keypoints.stem, limit)
    quality = movement.quality.columns()
    parquet.write(options.movement_quality, "movement_quality", quality, made_by)
    measures = movement.gesture_measures(options.kinematics)
    parquet.write(options.gesture_measures, "gesture_measures", measures, made_by)


def parse_arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--keypoints", required=True, type=Path, help="keypoints table of the video")
    add("--frames", required=True, type=Path, help="frames table of the video")
    add("--shots", required=True, type=Path, help="shots table of the video")
    add("--status", required=True, type=Path, help="status table of the video, for the image size")
    add(
        "--kinematics", required=True, type=Path, help="table to write, one row per point and frame"
    )
    add("--phases", required=True, type=Path, help="table to write, one row per phase")
    add("--gesture-measures", required=True, type=Path, help="table to write, one row per gesture")
    add("--movement-quality", required=True, type=Path, help="table to write, one row per hand")

    units = (
        "Lengths are in shoulder widths, times in seconds, speeds in shoulder widths per second."
    )
    add = parser.add_argument_group("when a keypoint counts as observed", units).add_argument
    add("--min-visibility", required=True, type=float, help="lowest visibility of a pose keypoint")
    add("--seen-window-s", required=True, type=float, help="window before or after a frame")
    add("--seen-share", required=True, type=float, help="share of a window with the point visible")
    add(
        "--max-jitter",
        required=True,
        type=float,
        help="largest scatter of a point that jumps back and forth",
    )
    add("--max-gap-s", required=True, type=float, help="longest gap that is interpolated")
    add("--cutoff-hz", required=True, type=float, help="cutoff frequency of the smoothing, Hz")
    still = "take the camera to stand still where its movement is unknown"
    add("--still-camera", required=True, action=argparse.BooleanOptionalAction, help=still)

    add = parser.add_argument_group("movement, hold and rest", units).add_argument
    add("--phase-cutoff-hz", required=True, type=float, help="cutoff of the speed for phases, Hz")
    add("--onset-speed", required=True, type=float, help="speed that every movement reaches")
    add(
        "--offset-speed",
        required=True,
        type=float,
        help="speed at which a movement starts and ends",
    )
    add("--min-movement-s", required=True, type=float, help="shortest movement")
    add("--min-extent", required=True, type=float, help="smallest movement")
    add("--min-still-s", required=True, type=float, help="shortest stop between two movements")
    add("--max-hold-s", required=True, type=float, help="longest hold; a longer one is rest")
    add("--rest-height", required=True, type=float, help="a still hand below this height rests")
    add("--rest-radius", required=True, type=float, help="distance from a rest position")
    return parser.parse_args(argv)


if __name__ == "__main__":
    run(main)
