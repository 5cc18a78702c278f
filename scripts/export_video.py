"""Write a video with skeletons and a time bar, one of skeletons alone, or one with covered faces.

python scripts/export_video.py --kind overlay --video v.mp4 --status status.parquet \
    --frames frames.parquet --shots shots.parquet --faces faces.parquet \
    --keypoints keypoints.parquet --phases phases.parquet --tracks tracks.parquet \
    --people people.parquet --samples-per-second 5 --sound --output overlay.mp4

One pass: frames are decoded, drawn and encoded one after another. A picture is shown when the
original's is. A video without frames gives an empty file, as it is itself in the results.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from corpus.core.atomic_files import atomic_path
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.identity import track_people
from corpus.overlay.palette import person_colours
from corpus.overlay.skeleton_drawing import (
    Sizes,
    colour_of,
    draw_face,
    draw_name,
    draw_person,
    head_box,
)
from corpus.overlay.text import can_write
from corpus.overlay.timeline import GROUND, Timeline, TimelineRow
from corpus.overlay.timeline_rows import hand_phases, presence
from corpus.pose.keypoint_stream import FramePeople, align_to_frames, people_by_frame
from corpus.privacy.head_regions import first_sightings
from corpus.privacy.kept_masks import KeptMasks
from corpus.privacy.masking import HeadMasks, mask_heads
from corpus.tables import parquet, provenance
from corpus.tables.schemas import HANDS
from corpus.video.reader import Frame, Reader
from corpus.video.stream_info import describe_stream
from corpus.video.writer import VideoWriter

Painter = Callable[[Frame, int, FramePeople], np.ndarray]
"""Picture of a frame, given its shot and its people."""


def time_bar_rows(
    options: argparse.Namespace, who: track_people.TrackPeople, zero_s: float
) -> list[TimelineRow]:
    """A row for each person, longest on screen first, times on the player's clock."""
    tints = person_colours(who.people)
    found = hand_phases(parquet.read(options.phases), who)
    rows = []
    for person, spans in presence(who).items():
        hands = {
            hand: [(a - zero_s, b - zero_s, text) for a, b, text in found.get((person, hand), [])]
            for hand in HANDS
        }
        present = [(a - zero_s, b - zero_s) for a, b in spans]
        rows.append(TimelineRow(written(who, person), tints[person], present, hands))
    return sorted(rows, key=lambda row: -sum(b - a for a, b in row.present))


def written(who: track_people.TrackPeople, person: str) -> str:
    """The person's name, or the id where there is none or the font lacks its letters."""
    name = who.label(person)
    return name if can_write(name) else person


class Skeletons:
    """Draws people and a time bar, over the picture or on plain ground."""

    def __init__(self, options: argparse.Namespace, over_picture: bool, zero_s: float) -> None:
        video = status_of(options)["video_id"]
        self.who = track_people.read(options.tracks, options.people, video)
        if not over_picture:
            # A name says who it is as surely as a face does.
            self.who = track_people.TrackPeople(self.who.tracks, {})
        self.over_picture, self.zero_s = over_picture, zero_s
        self.person_of, self.tints = self.who.person_of, person_colours(self.who.people)
        shots = parquet.read(options.shots)
        shown = track_extents(parquet.read(options.faces), shots, options.samples_per_second)
        self.faces = TrackBoxes(parquet.read(options.faces), shown)
        spans = (shots[["start_s", "end_s"]] - zero_s).itertuples(index=False, name=None)
        self.spans, self.rows = list(spans), time_bar_rows(options, self.who, zero_s)
        self.bar: Timeline | None = None

    def __call__(self, frame: Frame, shot: int, people: FramePeople) -> np.ndarray:
        image = frame.image.copy() if self.over_picture else np.full_like(frame.image, GROUND)
        sizes = Sizes.of(image)
        if self.bar is None:
            self.bar = Timeline(image.shape[1], sizes.letters, self.spans, self.rows)
        boxes = self.faces.at(frame.time_s, shot)
        for number in sorted(people):
            colour = colour_of(number, self.person_of, self.tints)
            draw_person(image, people[number], colour, sizes)
        for number, box in boxes.items():
            if self.over_picture:
                draw_face(image, box, colour_of(number, self.person_of, self.tints), sizes)
        for number in sorted({*boxes, *people} & set(self.person_of)):
            pose = people.get(number, {}).get("pose")
            box = boxes[number] if number in boxes else head_box(pose)
            if box is not None:
                text = written(self.who, self.person_of[number])
                draw_name(image, text, box, self.tints[self.person_of[number]], sizes)
        return np.vstack([image, self.bar.draw(frame.time_s - self.zero_s, shot)])


class Blurred:
    """Masks faces and heads, including those of erased people."""

    def __init__(self, options: argparse.Namespace, frames: pd.DataFrame) -> None:
        faces, shots = parquet.read(options.faces), parquet.read(options.shots)
        boxes = TrackBoxes(faces, track_extents(faces, shots, options.samples_per_second))
        times, shot_of = frames["time_s"].to_numpy(), frames["shot"].to_numpy()
        found = (
            (times[n], int(shot_of[n]), people) for n, people in people_by_frame(options.keypoints)
        )
        masks = KeptMasks(parquet.read(options.covers)) if options.covers else KeptMasks()
        self.masks = HeadMasks(boxes, first_sightings(found, boxes), masks)

    def __call__(self, frame: Frame, shot: int, people: FramePeople) -> np.ndarray:
        return mask_heads(frame.image, self.masks.regions(frame, shot, people))


def status_of(options: argparse.Namespace) -> dict:
    """The video's row of the table status."""
    return pq.read_table(options.status).to_pylist()[0]


def painter(options: argparse.Namespace, frames: pd.DataFrame, zero_s: float) -> Painter:
    """What draws the kind of video that is asked for."""
    if options.kind == "blurred":
        return Blurred(options, frames)
    return Skeletons(options, options.kind == "overlay", zero_s)


def main() -> None:
    """Read the options and tables, write the video."""
    options = parse_arguments()
    cv2.setNumThreads(1)
    frames = parquet.read(options.frames)
    with atomic_path(options.output) as partial:
        if not len(frames):
            partial.touch()
            return
        stream = describe_stream(options.video)
        paint = painter(options, frames, stream.zero_s)
        used = provenance.parameters(options, ())
        made_by = provenance.describe("export_video", used, ("av", "opencv-python-headless"))
        shots = frames["shot"].to_numpy()
        reader = with_progress(Reader(options.video), f"export_video {options.kind}", len(frames))
        people = align_to_frames(range(len(frames)), people_by_frame(options.keypoints))
        with VideoWriter(partial, options.video, stream, options.sound, made_by) as film:
            for frame, (number, found) in zip(reader, people, strict=False):
                film.write(paint(frame, int(shots[number]), found), frame.time_s)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kind", required=True, choices=("overlay", "skeleton", "blurred"))
    parser.add_argument("--video", required=True, type=Path)
    parser.add_argument("--status", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--frames", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--shots", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--faces", required=True, type=Path, help="table of detect_faces")
    parser.add_argument("--keypoints", required=True, type=Path, help="table of extract_keypoints")
    parser.add_argument("--phases", type=Path, help="table of measure_movement, unless blurred")
    parser.add_argument("--tracks", type=Path, help="table of people, unless blurred")
    parser.add_argument("--people", type=Path, help="table of people, unless blurred")
    parser.add_argument("--covers", type=Path, help="masks of erased people, if there are any")
    parser.add_argument("--samples-per-second", type=float, default=5, help="of detect_faces")
    parser.add_argument(
        "--sound", action=argparse.BooleanOptionalAction, default=False, help="keep the sound"
    )
    parser.add_argument("--output", required=True, type=Path, help="MP4 file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
