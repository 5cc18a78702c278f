"""How much of each hand is seen, in the columns of the table movement_quality."""

from collections import defaultdict
from dataclasses import dataclass, field

from corpus.tables import schemas
from corpus.tables.schemas import HANDS


@dataclass
class MovementQuality:
    """Seconds in which each track's body is on screen, and in which its hands are observed."""

    _on_screen_s: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    _visible_s: dict[tuple[int, str], float] = field(default_factory=lambda: defaultdict(float))

    def add_body(self, track: int, seconds: float) -> None:
        """Add time in which the keypoints of a body exist."""
        self._on_screen_s[track] += float(seconds)

    def add_hand(self, track: int, side: str, seconds: float) -> None:
        """Add time in which a hand is observed."""
        self._visible_s[track, side] += float(seconds)

    def columns(self) -> dict[str, list]:
        """Return the columns of the table: one row per track and hand, sorted by both."""
        rows = [
            {
                "track": track,
                "hand": side,
                "on_screen_s": self._on_screen_s[track],
                "visible_s": self._visible_s[track, side],
            }
            for track in sorted(self._on_screen_s)
            for side in HANDS
        ]
        names = schemas.SCHEMAS["movement_quality"].names
        return {name: [row[name] for row in rows] for name in names}
