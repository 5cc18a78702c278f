"""Render the image of each frame: skeletons and a timeline, masked faces, or no change.

A renderer is called for one frame after another, in order, so that a video of any length needs
little memory.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.identity.track_people import TrackPeople
from corpus.overlay.colour import BACKGROUND, Colour
from corpus.overlay.palette import FACELESS_COLOUR, person_colours
from corpus.overlay.skeleton_drawing import (
    DrawingSizes,
    draw_face,
    draw_name,
    draw_person,
    head_box,
)
from corpus.overlay.text import drawable
from corpus.overlay.timeline import Timeline
from corpus.overlay.timeline_rows import timeline_rows
from corpus.pose.keypoint_stream import FramePeople, align_to_frames, people_by_frame
from corpus.privacy.head_regions import first_sightings
from corpus.privacy.kept_masks import KeptMasks
from corpus.privacy.masking import HeadMasks, mask_heads
from corpus.video.reader import Frame

Renderer = Callable[[Frame, int, FramePeople], np.ndarray]
"""Makes the image (height, width, 3) uint8 RGB of a frame, given its shot and keypoints."""


@dataclass(frozen=True)
class VideoTables:
    """The tables of one video that renderers need."""

    frames: pd.DataFrame
    shots: pd.DataFrame
    faces: pd.DataFrame
    keypoints: Path
    """Path of the table keypoints; it is too large to be held in memory."""
    samples_per_second: float
    """Sampling rate of the face detection."""
    phases: pd.DataFrame | None = None
    """Phases of the hands. Not needed to mask faces."""
    people: TrackPeople | None = None
    """The people in the tracks. Not needed to mask faces."""
    covers: pd.DataFrame | None = None
    """Masks of erased people, if there are any. Only needed to mask faces."""

    @cached_property
    def track_boxes(self) -> TrackBoxes:
        """Face boxes of the video's tracks."""
        extents = track_extents(self.faces, self.shots, self.samples_per_second)
        return TrackBoxes(self.faces, extents)


def renderer_of(kind: str, tables: VideoTables, zero_s: float) -> Renderer:
    """The renderer for a kind of video.

    Parameters
    ----------
    kind
        `overlay`, `skeleton`, `blurred` or `playable`.
    tables
        The tables of the video.
    zero_s
        Container time that players show as 0:00, seconds.
    """
    if kind == "blurred":
        return FaceMasker(tables)
    if kind == "playable":
        return lambda frame, shot, people: frame.pixels
    return SkeletonRenderer(tables, zero_s, keep_image=kind == "overlay")


def render_frames(
    frames: Iterable[Frame], tables: VideoTables, render: Renderer
) -> Iterator[tuple[np.ndarray, float]]:
    """Yield the rendered image of each frame, and the time of the frame in seconds.

    `frames` are all frames of the video, in order.
    """
    shots = tables.frames["shot"].to_numpy()
    keypoints = align_to_frames(range(len(shots)), people_by_frame(tables.keypoints))
    for frame, (frame_number, people) in zip(frames, keypoints, strict=False):
        yield render(frame, int(shots[frame_number]), people), frame.time_s


class SkeletonRenderer:
    """Draws skeletons, names and a timeline, over the image or on a plain background.

    On a plain background no pixel of the original image remains. People are then labelled with
    their ids instead of their names, and no face boxes are drawn.
    """

    def __init__(self, tables: VideoTables, zero_s: float, keep_image: bool) -> None:
        """`zero_s` is the container time that players show as 0:00, seconds."""
        if tables.people is None:
            raise ValueError("the people in the tracks are needed to label skeletons")
        # A name identifies a person as surely as a face does.
        people = tables.people if keep_image else replace(tables.people, names={})
        self.keep_image, self.zero_s, self.track_boxes = keep_image, zero_s, tables.track_boxes
        self.person_of, self.colours = people.person_of, person_colours(people.people)
        self.names = {
            person: drawable(people.label(person), fallback=person) for person in people.people
        }
        spans = (tables.shots[["start_s", "end_s"]] - zero_s).itertuples(index=False, name=None)
        self.shot_spans = list(spans)
        self.timeline_rows = timeline_rows(tables.phases, people, zero_s)
        self.timeline: Timeline | None = None

    def __call__(self, frame: Frame, shot: int, people: FramePeople) -> np.ndarray:
        """Render one frame; the timeline is below the image."""
        image = frame.pixels.copy() if self.keep_image else np.full_like(frame.pixels, BACKGROUND)
        sizes = DrawingSizes.for_image(image)
        if self.timeline is None:
            width = image.shape[1]
            self.timeline = Timeline(width, sizes.font_size, self.shot_spans, self.timeline_rows)
        face_boxes = self.track_boxes.at(frame.time_s, shot)
        for track in sorted(people):
            draw_person(image, people[track], self._colour(track), sizes)
        if self.keep_image:
            for track, box in face_boxes.items():
                draw_face(image, box, self._colour(track), sizes)
        self._draw_names(image, face_boxes, people, sizes)
        return np.vstack([image, self.timeline.draw(frame.time_s - self.zero_s)])

    def _draw_names(
        self,
        image: np.ndarray,
        face_boxes: dict[int, np.ndarray],
        people: FramePeople,
        sizes: DrawingSizes,
    ) -> None:
        """Draw the name of each person above the face, or above the head of the skeleton."""
        for track in sorted({*face_boxes, *people} & set(self.person_of)):
            box = face_boxes.get(track)
            if box is None and "pose" in people[track]:
                box = head_box(people[track]["pose"])
            if box is not None:
                name = self.names[self.person_of[track]]
                draw_name(image, name, box, self._colour(track), sizes)

    def _colour(self, track: int) -> Colour:
        """Colour of the person in a track; grey for bodies without a detected face."""
        person = self.person_of.get(track)
        return FACELESS_COLOUR if person is None else self.colours[person]


class FaceMasker:
    """Masks faces and heads, including those of erased people."""

    def __init__(self, tables: VideoTables) -> None:
        """Find out when each head is first located, for which all keypoints are read once."""
        times, shots = tables.frames["time_s"].to_numpy(), tables.frames["shot"].to_numpy()
        people_in_frames = (
            (times[frame], int(shots[frame]), people)
            for frame, people in people_by_frame(tables.keypoints)
        )
        first = first_sightings(people_in_frames, tables.track_boxes)
        self.head_masks = HeadMasks(tables.track_boxes, first, KeptMasks(tables.covers))

    def __call__(self, frame: Frame, shot: int, people: FramePeople) -> np.ndarray:
        """Mask the heads in one frame."""
        return mask_heads(frame.pixels, self.head_masks.regions(frame, shot, people))
