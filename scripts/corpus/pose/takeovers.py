"""Find out that the skeleton of a body without a face has moved on to somebody else.

When two people cross whose faces are hidden, the skeleton of one of them may slide on to the other
without a jump. The torso then has other colours than before (`corpus.pose.torso_colours`). This is
compared a second before and after each frame, so that the result does not depend on where the
extraction began.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus.pose.bodies import SHOULDERS, torso_size
from corpus.pose.keypoints import FrameKeypoints, Keypoints
from corpus.pose.torso_colours import (
    NO_LIGHT,
    colour_difference,
    picture_colours,
    torso_colours,
)
from corpus.video.reader import Frame

OFFSETS_S = np.array([0.25, 0.4, 0.55, 0.7, 0.85, 1.0])
"""Times before and after a change at which a torso is compared, seconds. Around the change, the
pixels of both people are mixed. Most passers-by cover somebody for a shorter time than the others
span."""
MAX_DEVIATION_S = 0.13
"""A frame stands for a time from which it is not further away, seconds."""
MIN_SIGHTINGS = 3
"""Times on either side at which the torso must have been seen."""
MIN_FRAMES = 8
"""Frames on either side in which it must have been seen, about between the first and the last of
these times. With fewer frames per second, a passer-by may be in front in too many of them."""
MAX_AGREEING = 0.2
"""Largest fraction of the comparisons that may show a smaller difference than `MIN_CHANGE`."""
MIN_CHANGE = 2.7
"""Difference of two people, in stops, by which the torso changes more than the picture
(docs/keypoints.md, "Bodies that are taken over")."""
MIN_TURNED = 0.25
"""Somebody faces the camera, or turns the back to it, if the shoulders are apart by more, in torso
sizes. Who turns round may look different from behind."""


@dataclass(frozen=True, eq=False)
class Sighting:
    """How a body looks in a frame."""

    frame: int
    time_s: float
    torso: np.ndarray
    """(3, 10) colours."""
    picture: np.ndarray
    """(3, 10) colours of the whole picture, which show a change of light."""
    facing: float
    """How far the left shoulder is to the right of the right one in the picture, in torso sizes:
    negative for somebody who is seen from behind."""


def sightings(frame: Frame, bodies: Mapping[int, Keypoints]) -> dict[int, Sighting]:
    """How bodies look in a frame, by number."""
    if not bodies:
        return {}
    picture = picture_colours(frame.pixels)
    seen: dict[int, Sighting] = {}
    for number, body in bodies.items():
        torso = torso_colours(frame.pixels, body)
        if torso is not None:
            left, right = body.points[SHOULDERS, 0]
            facing = float(left - right) / torso_size(body)
            seen[number] = Sighting(frame.number, frame.time_s, torso, picture, facing)
    return seen


def takeover_frames(seen: Sequence[Sighting]) -> list[int]:
    """Numbers of the frames from which on the sightings of one body are of somebody else."""
    found: list[int] = []
    known_until_s = -np.inf
    for position in np.flatnonzero(torso_changes(seen) >= MIN_CHANGE).tolist():
        time_s = seen[position].time_s
        # The torso differs from that of a second before in several successive frames.
        if time_s > known_until_s:
            found.append(seen[_first_after_change(seen, position)].frame)
            known_until_s = time_s + OFFSETS_S[-1]
    return found


def _first_after_change(seen: Sequence[Sighting], position: int) -> int:
    """Position of the first sighting that is more like those after a change than before it."""
    times = np.array([sighting.time_s for sighting in seen])
    torsos = np.stack([sighting.torso for sighting in seen])
    elapsed_s = times - times[position]
    order = np.arange(len(seen)) - position
    is_before = (order < 0) & (elapsed_s < -OFFSETS_S[0]) & (elapsed_s > -OFFSETS_S[-1])
    is_after = (order > 0) & (elapsed_s > OFFSETS_S[2]) & (elapsed_s < OFFSETS_S[-1])
    if not is_before.any() or not is_after.any():
        return position
    to_before, to_after = (
        colour_difference(torsos[is_near].mean(axis=0), torsos) for is_near in (is_before, is_after)
    )
    is_other = (order >= 0) & (to_after < to_before)
    return int(is_other.argmax()) if is_other.any() else position


def torso_changes(seen: Sequence[Sighting]) -> np.ndarray:
    """(n,) change of the torso at each of n sightings of a body, in stops.

    Almost all torsos before and after it differ by as much, beyond the change of the picture. It is
    0 if the body was not seen for long enough, or turned round.
    """
    if not seen:
        return np.zeros(0)
    times = np.array([sighting.time_s for sighting in seen])
    before, was_seen = _sightings_at(times, -OFFSETS_S)
    after, is_seen = _sightings_at(times, OFFSETS_S)
    torsos, pictures = (
        np.stack([getattr(sighting, name) for sighting in seen]) for name in ("torso", "picture")
    )
    facing = np.array([sighting.facing for sighting in seen])
    differences = colour_difference(torsos[before][:, :, None], torsos[after][:, None])
    is_pair = was_seen[:, :, None] & is_seen[:, None]
    differences = np.sort(np.where(is_pair, differences, np.inf).reshape(len(seen), -1), axis=1)
    rank = (MAX_AGREEING * (is_pair.sum(axis=(1, 2)) - 1)).astype(int).clip(0)
    changes = differences[np.arange(len(seen)), rank] - colour_difference(
        _mean(pictures[before], was_seen), _mean(pictures[after], is_seen), NO_LIGHT
    )
    faced, faces = _mean(facing[before], was_seen), _mean(facing[after], is_seen)
    turned = (faced * faces < 0) & (np.minimum(np.abs(faced), np.abs(faces)) > MIN_TURNED)
    n_seen = np.minimum(was_seen.sum(axis=1), is_seen.sum(axis=1))
    is_known = (n_seen >= MIN_SIGHTINGS) & (_n_frames_near(times) >= MIN_FRAMES)
    return np.where(is_known & ~turned, changes, 0.0)


def _sightings_at(times: np.ndarray, offsets_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The sightings nearest to some times before or after each one.

    Returns their positions (n, offsets), and whether each is near enough.
    """
    # Times of a damaged file may jump back.
    ordered = np.maximum.accumulate(times)
    wanted = times[:, None] + offsets_s
    later = np.searchsorted(ordered, wanted).clip(1, max(len(times) - 1, 1))
    is_nearer = wanted - ordered[later - 1] < ordered[later.clip(max=len(times) - 1)] - wanted
    positions = np.where(is_nearer, later - 1, later).clip(max=len(times) - 1)
    return positions, np.abs(times[positions] - wanted) <= MAX_DEVIATION_S


def _n_frames_near(times: np.ndarray) -> np.ndarray:
    """(n,) number of sightings between the offsets before or after each one, the smaller one."""
    ordered = np.maximum.accumulate(times)
    near, far = OFFSETS_S[0] - MAX_DEVIATION_S, OFFSETS_S[-1] + MAX_DEVIATION_S
    edges = [ordered + offset for offset in (-far, -near, near, far)]
    ends = [np.searchsorted(ordered, edge, "right") for edge in edges]
    return np.minimum(ends[1] - ends[0], ends[3] - ends[2])


def _mean(values: np.ndarray, is_valid: np.ndarray) -> np.ndarray:
    """Mean over the second axis of the valid values; 0 if there are none."""
    weights = is_valid.reshape(is_valid.shape + (1,) * (values.ndim - 2))
    return (values * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)


def split_numbers(
    frames: Iterable[FrameKeypoints], takeovers: Mapping[int, Sequence[int]]
) -> tuple[list[FrameKeypoints], list[int]]:
    """Give each person a number of their own whose number was taken over.

    `takeovers` are the frames, ascending, from which on a number belongs to somebody else. The
    first of these people keeps the number of a face track: the face was theirs. The last one keeps
    any other number: a face that is seen later is theirs. Returns the frames, and the additional
    numbers.
    """
    frames = list(frames)
    lowest = min((number for frame in frames for number in frame.people), default=0)
    additional: list[int] = []
    pieces: dict[int, list[tuple[float, int]]] = {}
    for number in sorted(takeovers, reverse=True):
        if not takeovers[number]:
            continue
        new = [min(lowest, 0) - len(additional) - 1 - n for n in range(len(takeovers[number]))]
        additional += new
        numbers = [number, *new] if number >= 0 else [*new, number]
        pieces[number] = [*zip([*takeovers[number], np.inf], numbers, strict=True)]
    return [_split(frame, pieces) for frame in frames], additional


def _split(
    frame: FrameKeypoints, pieces: Mapping[int, Sequence[tuple[float, int]]]
) -> FrameKeypoints:
    """A frame with the numbers of the pieces, each of which ends before a frame."""
    people = {
        next((new for end, new in pieces.get(number, ()) if frame.number < end), number): parts
        for number, parts in frame.people.items()
    }
    return replace(frame, people=people)
