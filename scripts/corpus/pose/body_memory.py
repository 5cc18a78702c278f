"""Remember bodies that were lost, and things that were taken for people, for a short time."""

from collections.abc import Collection
from typing import TypeVar

from corpus.pose.bodies import same_body
from corpus.pose.body_state import FollowedBody
from corpus.pose.regions import Region

REMEMBERED_S = 1.0
"""How long they are remembered, seconds."""

Event = TypeVar("Event")


class Memory:
    """The bodies and things of the last second.

    A body without a face that is found again where it was lost keeps its number. A thing that was
    taken for a person is not looked at again at once, nor is a part of a body that is followed.
    """

    def __init__(self) -> None:
        self._time_s = 0.0
        self._lost: list[tuple[float, FollowedBody]] = []
        self._rejected: list[tuple[float, Region]] = []
        self._parts: list[Region] = []

    def start_frame(self, time_s: float) -> None:
        """Forget what is too long ago at this time, seconds."""
        # Parts are forgotten at fixed times: when they are looked at does not depend on the start.
        if time_s // REMEMBERED_S != self._time_s // REMEMBERED_S:
            self._parts = []
        self._time_s = time_s
        self._lost, self._rejected = _recent(self._lost, time_s), _recent(self._rejected, time_s)

    def lose(self, body: FollowedBody) -> None:
        """Remember a body that is not followed any more, if it is known to be a person."""
        if body.evidence.is_confirmed:
            self._lost.append((self._time_s, body))
            # What was taken for a part of another body may have been this one.
            self._parts = []

    def reject(self, region: Region) -> None:
        """Remember the region of a thing."""
        self._rejected.append((self._time_s, region))

    def exclude(self, region: Region) -> None:
        """Remember a region in which a part of a body was detected that is followed already."""
        self._parts.append(region)

    @property
    def excluded(self) -> list[Region]:
        """The regions of things, and of parts of bodies."""
        return [region for _, region in self._rejected] + self._parts

    @property
    def has_lost_now(self) -> bool:
        """Whether a body was lost in this frame."""
        return any(time_s == self._time_s for time_s, _ in self._lost)

    @property
    def has_lost(self) -> bool:
        """Whether a body was lost in the last second."""
        return bool(self._lost)

    def find(self, body: FollowedBody, used: Collection[int]) -> FollowedBody | None:
        """The body that was last lost at the place of this one, with a number not in `used`."""
        for _, lost in reversed(self._lost):
            if lost.number not in used and same_body(lost.keypoints, body.keypoints):
                return lost
        return None


def _recent(events: list[tuple[float, Event]], now_s: float) -> list[tuple[float, Event]]:
    # The absolute difference: the times of a damaged file may jump back.
    return [event for event in events if abs(now_s - event[0]) < REMEMBERED_S]
