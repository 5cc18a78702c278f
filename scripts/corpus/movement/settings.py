"""Settings of the movement stage: the section `movement` of the configuration."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from corpus.core.errors import InputError


@dataclass(frozen=True)
class MovementSettings:
    """Thresholds of observation, smoothing and phases, named as in the configuration.

    Lengths are in shoulder widths, times in seconds, speeds in shoulder widths per second.
    docs/gestures.md explains each setting and where its default comes from.
    """

    min_visibility: float
    seen_window_s: float
    seen_share: float
    max_jitter: float
    max_gap_s: float
    cutoff_hz: float
    phase_cutoff_hz: float
    still_camera: bool
    onset_speed: float
    offset_speed: float
    min_movement_s: float
    min_extent: float
    min_still_s: float
    max_hold_s: float
    rest_height: float
    rest_radius: float

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> "MovementSettings":
        """Take the settings from a mapping, which may hold other keys too."""
        return cls(**{field.name: values[field.name] for field in fields(cls)})

    def check(self) -> None:
        """Raise InputError if the two speed thresholds contradict each other."""
        if self.offset_speed > self.onset_speed:
            raise InputError(
                f"movement.offset_speed: {self.offset_speed:g}; it must be at most "
                f"movement.onset_speed, which is {self.onset_speed:g}"
            )
