"""A strip below a picture: the time, the shots, who is on screen, and what their hands do.

The bar shows a page of the video's time and turns it when the time runs over its end. Where there
are more pages, a thin line below is the whole video.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from corpus.overlay.palette import Colour, blend
from corpus.overlay.text import paste, render_label, shorten_to_width
from corpus.overlay.timeline_rows import PhaseInterval

PAGE_S = 30.0
"""Time on a page: long enough for what came before, short enough for a gesture to be seen."""
MOST_ROWS = 6
"""People with a row of their own, the longest on screen; the bar must leave room to the picture."""
GROUND, LINE = (24, 26, 30), (92, 96, 104)
SHOTS = ((52, 55, 61), (72, 76, 83))
WHITE, BRIGHT, DIM = (255, 255, 255), (240, 240, 240), (160, 164, 172)
TICKS_S = (1, 2, 5, 10, 15, 30)
ABSENT, HELD = 0.75, 0.45
"""How much of the ground is in a person's colour: present without a gesture, and during a hold."""


@dataclass(frozen=True)
class TimelineRow:
    """One person's row: the upper half is the left hand, the lower the right."""

    name: str
    colour: Colour
    present: list[tuple[float, float]]
    hands: dict[str, list[PhaseInterval]]
    """Hand: (start, end, phase)."""


class Timeline:
    """Draws the bar for one size of pictures. All times are seconds on the player's clock."""

    def __init__(
        self,
        width: int,
        letters: int,
        shots: list[tuple[float, float]],
        rows: list[TimelineRow],
    ) -> None:
        """`letters` is the size of the text in pixels; `rows` come longest on screen first."""
        self.width, self.letters, self.shots = width, letters, shots
        self.rows, self.more = rows[:MOST_ROWS], len(rows) - MOST_ROWS
        self.end = max((end for _, end in shots), default=1.0)
        self.page_s = PAGE_S if self.end > 1.5 * PAGE_S else max(self.end, 1e-3)
        self.margin = max(2, letters // 4)
        self.row = letters + 2 * self.margin
        self.small = max(8, round(0.8 * letters))
        self.overview = self.small + self.margin if self.more > 0 or self.page_s < self.end else 0
        self.gutter = min(int(0.26 * width), self._widest() + 3 * self.margin)
        self.height = (1 + len(self.rows)) * self.row + self.overview + self.margin
        self._page: tuple[int, np.ndarray] | None = None

    def _widest(self) -> int:
        texts = [row.name for row in self.rows] + ["0:00:00.000"]
        return max(render_label(text, self.letters, BRIGHT).shape[1] for text in texts)

    def draw(self, time_s: float, shot: int) -> np.ndarray:
        """(height, width, 3) uint8 RGB: the bar at a time, within a shot."""
        number = int(max(time_s, 0) // self.page_s) if self.page_s < self.end else 0
        if self._page is None or self._page[0] != number:
            self._page = number, self._draw_page(number)
        bar = self._page[1].copy()
        start = number * self.page_s
        x = self._x(time_s, start)
        lines = max(1, self.letters // 8)
        foot = (1 + len(self.rows)) * self.row
        cv2.line(bar, (x, self.margin), (x, foot), WHITE, lines)
        if self.overview:
            room = self.width - self.gutter - self.margin
            at = self.gutter + round(float(np.clip(time_s / self.end, 0, 1)) * (room - 1))
            cv2.line(bar, (at, foot + self.margin), (at, self.height - self.margin), WHITE, lines)
        # The time code alone changes with every frame; it is not worth keeping.
        code = render_label.__wrapped__(clock(time_s, self.end), self.letters, BRIGHT)
        paste(bar, code, self.margin, self.margin)
        return bar

    def _x(self, time_s: float, start: float) -> int:
        """Where a time stands on the page that starts at `start`, pixels."""
        room = self.width - self.gutter - self.margin
        share = np.clip((time_s - start) / self.page_s, 0, 1)
        return self.gutter + round(float(share) * (room - 1))

    def _draw_page(self, number: int) -> np.ndarray:
        page = np.full((self.height, self.width, 3), GROUND, np.uint8)
        start = number * self.page_s
        self._draw_shots(page, start)
        for place, row in enumerate(self.rows):
            self._draw_row(page, row, start, (1 + place) * self.row)
        if self.overview:
            self._draw_overview(page, start)
        return page

    def _draw_shots(self, page: np.ndarray, start: float) -> None:
        top, foot = self.margin, self.row - self.margin // 2
        for number, (begin, end) in enumerate(self.shots):
            if self._on_page(begin, end, start):
                self._fill(page, begin, end, start, (top, foot), SHOTS[number % 2])
        step = next((t for t in TICKS_S if self._x(t, 0) - self.gutter > 5 * self.letters), 60)
        for time in np.arange(np.ceil(start / step) * step, start + self.page_s, step):
            x = self._x(time, start)
            cv2.line(page, (x, top), (x, foot - 1), LINE, 1)
            text = render_label(clock(time, self.end, whole=True), self.small, DIM)
            if x + text.shape[1] + 2 < self.width:
                paste(page, text, x + 2, top)
        for number, (begin, _) in enumerate(self.shots):
            if number and start <= begin < start + self.page_s:
                x = self._x(begin, start)
                cv2.line(
                    page, (x, top), (x, self.height - self.overview - 2 * self.margin), LINE, 1
                )

    def _draw_row(self, page: np.ndarray, row: TimelineRow, start: float, top: int) -> None:
        name = shorten_to_width(row.name, self.letters, self.gutter - 2 * self.margin)
        paste(
            page, render_label(name, self.letters, row.colour), self.margin, top + self.margin // 2
        )
        upper, lower = top + self.margin // 2, top + self.row - self.margin // 2
        middle = (upper + lower) // 2
        halves = {"left": (upper, middle), "right": (middle + 1, lower)}
        for begin, end in row.present:
            self._fill(page, begin, end, start, (upper, lower), blend(row.colour, GROUND, ABSENT))
        for hand, (above, below) in halves.items():
            for begin, end, phase in row.hands.get(hand, []):
                tint = blend(row.colour, GROUND, HELD if phase == "hold" else 0)
                self._fill(page, begin, end, start, (above, below), tint)

    def _draw_overview(self, page: np.ndarray, start: float) -> None:
        """The whole video with the page in it, and how many people have no row."""
        top = (1 + len(self.rows)) * self.row + self.margin
        foot = self.height - self.margin
        room = self.width - self.gutter - self.margin
        shown = [(*span, SHOTS[number % 2]) for number, span in enumerate(self.shots)]
        if self.page_s < self.end:
            shown.append((start, min(start + self.page_s, self.end), LINE))
        middle = (top + foot) // 2
        for begin, end, tint in shown:
            left, right = (
                self.gutter + round(time / self.end * (room - 1)) for time in (begin, end)
            )
            rows = (top, foot) if tint == LINE else (middle - self.margin, middle + self.margin)
            page[rows[0] : rows[1], max(left, self.gutter) : right + 1] = tint
        if self.more > 0:
            note = render_label(f"+ {self.more}", self.small, DIM)
            paste(page, note, self.margin, middle - note.shape[0] / 2)

    def _on_page(self, begin: float, end: float, start: float) -> bool:
        return end > start and begin < start + self.page_s

    def _fill(
        self,
        page: np.ndarray,
        begin: float,
        end: float,
        start: float,
        rows: tuple[int, int],
        colour: Colour,
    ) -> None:
        if self._on_page(begin, end, start):
            left, right = self._x(begin, start), self._x(end, start)
            # What is there is seen, however short.
            page[rows[0] : rows[1], left : max(right, left + 1)] = colour


def clock(time_s: float, end_s: float, whole: bool = False) -> str:
    """A time as players show it: hours if the video has some, milliseconds unless `whole`."""
    milliseconds = max(0, round(time_s * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    lead = f"{hours}:{minutes:02d}" if end_s >= 3600 else f"{minutes}"
    return f"{lead}:{rest // 1000:02d}" + ("" if whole else f".{rest % 1000:03d}")
