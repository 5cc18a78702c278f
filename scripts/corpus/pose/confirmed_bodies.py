"""Keep the bodies without a face that are seen for some time.

Brief detections are mostly furniture.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from corpus.pose.keypoints import FrameKeypoints, PeopleKeypoints
from corpus.video.timestamps import TIME_TOLERANCE_S

CONFIRMED_S = 0.4
"""A body without a face counts once it has been seen over this time, seconds."""


def keep_confirmed_bodies(frames: Iterable[FrameKeypoints]) -> Iterator[FrameKeypoints]:
    """Drop the bodies without a face that are seen for less than `CONFIRMED_S`.

    The others are renumbered -1, -2, ... without gaps, in the order in which they are confirmed.
    A frame is held back until all its bodies can be decided, for less than a second.
    """
    waiting: deque[FrameKeypoints] = deque()
    first_seen_s: dict[int, float] = {}
    new_numbers: dict[int, int] = {}
    for frame in frames:
        waiting.append(frame)
        for number in sorted((track for track in frame.people if track < 0), reverse=True):
            seen_s = frame.time_s - first_seen_s.setdefault(number, frame.time_s)
            # Containers round the times of both frames.
            if number not in new_numbers and seen_s >= CONFIRMED_S - 2 * TIME_TOLERANCE_S:
                new_numbers[number] = -1 - len(new_numbers)
        while abs(frame.time_s - waiting[0].time_s) > 2 * CONFIRMED_S:
            yield renumber(waiting.popleft(), new_numbers)
    for frame in waiting:
        yield renumber(frame, new_numbers)


def renumber(frame: FrameKeypoints, numbers: Mapping[int, int]) -> FrameKeypoints:
    """Give new numbers to bodies without a face; those that have none are left out.

    Face tracks stay as they are, and a face track comes before a body that got its number.
    """
    people: PeopleKeypoints = {track: parts for track, parts in frame.people.items() if track >= 0}
    for track, parts in frame.people.items():
        if track < 0 and track in numbers:
            people.setdefault(numbers[track], parts)
    return replace(frame, people=people)
