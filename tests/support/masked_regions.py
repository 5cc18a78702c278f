"""The regions that a blurred video masks, frame by frame, from the tables of its results."""

from pathlib import Path

import numpy as np

from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.inputs import erased_folder
from corpus.pose.keypoint_stream import align_to_frames, people_by_frame
from corpus.privacy.head_regions import first_sightings
from corpus.privacy.kept_masks import KeptMasks
from corpus.privacy.masking import HeadMasks
from corpus.tables import parquet
from corpus.video.reader import Reader

FrameRegions = list[tuple[float, ...]]
"""Ellipses of one frame: x and y of the centre, half width and half height, pixels."""


def masked_regions(
    results: Path, video: str, media: Path, erased: Path | None = None
) -> list[FrameRegions]:
    """The ellipses that are masked in each frame of a video, in the order of their position.

    `erased` is the folder with the table covers; None for the folder of the results.
    """
    tables = {
        name: results / f"{name}/{video}.parquet"
        for name in ("frames", "shots", "faces", "keypoints")
    }
    tables["covers"] = erased_folder.masks_path(erased or results, video)
    faces, shots, frames = (parquet.read(tables[name]) for name in ("faces", "shots", "frames"))
    boxes = TrackBoxes(faces, track_extents(faces, shots, 5))
    times, shot_of = frames["time_s"], frames["shot"]
    timed_people = (
        (times[frame_number], shot_of[frame_number], people)
        for frame_number, people in people_by_frame(tables["keypoints"])
    )
    covers = parquet.read(tables["covers"]) if tables["covers"].exists() else None
    masks = HeadMasks(boxes, first_sightings(timed_people, boxes), KeptMasks(covers))
    people_of_frames = align_to_frames(range(len(frames)), people_by_frame(tables["keypoints"]))
    masked = []
    for frame, (frame_number, people) in zip(Reader(media), people_of_frames, strict=True):
        heads = masks.regions(frame, int(shot_of[frame_number]), people)
        ellipses = [
            (region.x, region.y, region.half_width, region.half_height)
            for regions in heads
            for region in regions
        ]
        masked.append(sorted(ellipses, key=lambda ellipse: np.round(ellipse, 1).tolist()))
    return masked


def are_equal(before: list[FrameRegions], after: list[FrameRegions]) -> bool:
    """Whether two results mask the same ellipses, to 0.05 pixels."""
    return [len(regions) for regions in before] == [len(regions) for regions in after] and all(
        np.allclose(a, b, atol=0.05) for a, b in zip(before, after, strict=True)
    )
