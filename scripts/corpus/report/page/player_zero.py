"""The time that players show as 0:00, as the page and its ELAN files use it."""

from math import floor
from pathlib import Path

from corpus.core.errors import VideoError
from corpus.video.stream_info import player_zero


def player_zero_or_none(file: Path) -> float | None:
    """The time (s) that most players show as 0:00, or None if the file is missing or unreadable."""
    if not file.exists() or file.stat().st_size == 0:
        return None
    try:
        return player_zero(file)
    except VideoError:
        return None


def whole_zero(zero_s: float) -> int:
    """The zero of a player in whole ms, for the page's player.

    Rounded down, as times are rounded up: an earlier frame could be in the shot before.
    """
    return floor(zero_s * 1000 + 1e-6)
