"""Draw a timeline below the image: the time, the shots, who is on screen, and what their hands do.

The timeline shows one page of the video's time, and turns the page when the time passes its end. If
there are several pages, a thin overview below shows the whole video.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from corpus.core.intervals import Span
from corpus.overlay.colour import BACKGROUND, WHITE, Colour, blend
from corpus.overlay.text import paste, render_label, shorten_to_width
from corpus.overlay.timeline_rows import TimelineRow

PAGE_S = 30.0
"""Time on one page, seconds: long enough for context, short enough that gestures are visible."""
MAX_ROWS = 6
"""Most people with a row, so that the timeline stays small beside the image."""
LINE_COLOUR: Colour = (92, 96, 104)
SHOT_COLOURS: tuple[Colour, Colour] = ((52, 55, 61), (72, 76, 83))
"""Shots have these colours in turn."""
TEXT_COLOUR: Colour = (240, 240, 240)
SCALE_TEXT_COLOUR: Colour = (160, 164, 172)
TICKS_S = (1, 2, 5, 10, 15, 30)
"""Possible distances between two ticks of the time scale, seconds."""
PRESENCE_FADING, HOLD_FADING = 0.75, 0.45
"""Share of the background in a person's colour: for presence without a movement, and for holds."""


class Timeline:
    """Draws the timeline for images of one width. All times are seconds on the player's clock."""

    def __init__(
        self, width: int, font_size: int, shots: list[Span], rows: Sequence[TimelineRow]
    ) -> None:
        """Lay out the timeline.

        Parameters
        ----------
        width, font_size
            Width of the images and size of the text, pixels.
        shots
            Start and end of each shot.
        rows
            One row per person, the most important first. The first `MAX_ROWS` are shown.
        """
        self.width, self.font_size, self.shots = width, font_size, shots
        self.rows, self.n_hidden_rows = rows[:MAX_ROWS], len(rows) - MAX_ROWS
        self.end_s = max((end for _, end in shots), default=1.0)
        self.page_s = PAGE_S if self.end_s > 1.5 * PAGE_S else max(self.end_s, 1e-3)
        self.has_pages = self.page_s < self.end_s
        self.margin = max(2, font_size // 4)
        self.row_height = font_size + 2 * self.margin
        self.small_font_size = max(8, round(0.8 * font_size))
        has_overview = self.n_hidden_rows > 0 or self.has_pages
        self.overview_height = self.small_font_size + self.margin if has_overview else 0
        self.names_width = min(int(0.26 * width), self._widest_text() + 3 * self.margin)
        self.rows_end = (1 + len(self.rows)) * self.row_height
        self.height = self.rows_end + self.overview_height + self.margin
        self.scale_width = self.width - self.names_width - self.margin
        self._page: tuple[int, np.ndarray] | None = None

    def _widest_text(self) -> int:
        texts = [row.name for row in self.rows] + ["0:00:00.000"]
        return max(render_label(text, self.font_size, TEXT_COLOUR).shape[1] for text in texts)

    def draw(self, time_s: float) -> np.ndarray:
        """(height, width, 3) uint8 RGB: the timeline with a mark at a time."""
        page_number = int(max(time_s, 0) // self.page_s) if self.has_pages else 0
        if self._page is None or self._page[0] != page_number:
            self._page = page_number, self._draw_page(page_number)
        image = self._page[1].copy()
        line_width = max(1, self.font_size // 8)
        x = self._x(time_s, page_number * self.page_s)
        cv2.line(image, (x, self.margin), (x, self.rows_end), WHITE, line_width)
        if self.overview_height:
            x = self._overview_x(float(np.clip(time_s / self.end_s, 0, 1)))
            top, bottom = self.rows_end + self.margin, self.height - self.margin
            cv2.line(image, (x, top), (x, bottom), WHITE, line_width)
        # The time code differs in each frame, so it would only fill the cache.
        time_code = format_time(time_s, self.end_s)
        label = render_label.__wrapped__(time_code, self.font_size, TEXT_COLOUR)
        paste(image, label, self.margin, self.margin)
        return image

    def _x(self, time_s: float, page_start_s: float) -> int:
        """Horizontal position of a time on a page, pixels."""
        share = np.clip((time_s - page_start_s) / self.page_s, 0, 1)
        return self.names_width + round(float(share) * (self.scale_width - 1))

    def _overview_x(self, share: float) -> int:
        """Horizontal position in the overview, pixels, of a share of the video's time."""
        return self.names_width + round(share * (self.scale_width - 1))

    def _draw_page(self, page_number: int) -> np.ndarray:
        page = np.full((self.height, self.width, 3), BACKGROUND, np.uint8)
        page_start_s = page_number * self.page_s
        self._draw_shots(page, page_start_s)
        self._draw_scale(page, page_start_s)
        self._draw_cuts(page, page_start_s)
        for number, row in enumerate(self.rows, start=1):
            self._draw_row(page, row, page_start_s, number * self.row_height)
        if self.overview_height:
            self._draw_overview(page, page_start_s)
        return page

    def _draw_shots(self, page: np.ndarray, page_start_s: float) -> None:
        """Draw the shots as bars in alternating colours, in the topmost row."""
        for shot, span in enumerate(self.shots):
            self._fill(page, page_start_s, span, self._shots_extent, SHOT_COLOURS[shot % 2])

    @property
    def _shots_extent(self) -> tuple[int, int]:
        """Top and bottom of the bars of shots, pixels."""
        return self.margin, self.row_height - self.margin // 2

    def _draw_scale(self, page: np.ndarray, page_start_s: float) -> None:
        """Draw ticks and times onto the bars of shots."""
        top, bottom = self._shots_extent
        distances = (s for s in TICKS_S if self._x(s, 0) - self.names_width > 5 * self.font_size)
        step = next(distances, 60)
        first_tick = np.ceil(page_start_s / step) * step
        for time_s in np.arange(first_tick, page_start_s + self.page_s, step):
            x = self._x(time_s, page_start_s)
            cv2.line(page, (x, top), (x, bottom - 1), LINE_COLOUR, 1)
            text = format_time(time_s, self.end_s, milliseconds=False)
            label = render_label(text, self.small_font_size, SCALE_TEXT_COLOUR)
            if x + label.shape[1] + 2 < self.width:
                paste(page, label, x + 2, top)

    def _draw_cuts(self, page: np.ndarray, page_start_s: float) -> None:
        """Draw a vertical line at the start of each shot but the first."""
        bottom = self.height - self.overview_height - 2 * self.margin
        for start, _ in self.shots[1:]:
            if page_start_s <= start < page_start_s + self.page_s:
                x = self._x(start, page_start_s)
                cv2.line(page, (x, self.margin), (x, bottom), LINE_COLOUR, 1)

    def _draw_row(
        self, page: np.ndarray, row: TimelineRow, page_start_s: float, row_top: int
    ) -> None:
        """Draw a person's row: the left hand in the upper half, the right hand in the lower."""
        top, bottom = row_top + self.margin // 2, row_top + self.row_height - self.margin // 2
        middle = (top + bottom) // 2
        name = shorten_to_width(row.name, self.font_size, self.names_width - 2 * self.margin)
        paste(page, render_label(name, self.font_size, row.colour), self.margin, top)
        faded = blend(row.colour, BACKGROUND, PRESENCE_FADING)
        for span in row.presence:
            self._fill(page, page_start_s, span, (top, bottom), faded)
        for hand, extent in {"left": (top, middle), "right": (middle + 1, bottom)}.items():
            for start, end, phase in row.hands.get(hand, []):
                fading = HOLD_FADING if phase == "hold" else 0
                colour = blend(row.colour, BACKGROUND, fading)
                self._fill(page, page_start_s, (start, end), extent, colour)

    def _draw_overview(self, page: np.ndarray, page_start_s: float) -> None:
        """Draw all shots and the position of the page, and the number of people without a row."""
        top, bottom = self.rows_end + self.margin, self.height - self.margin
        middle = (top + bottom) // 2
        shot_extent = middle - self.margin, middle + self.margin
        bars = [(span, shot_extent, SHOT_COLOURS[shot % 2]) for shot, span in enumerate(self.shots)]
        if self.has_pages:
            page_span = page_start_s, min(page_start_s + self.page_s, self.end_s)
            bars.append((page_span, (top, bottom), LINE_COLOUR))
        for span, (bar_top, bar_bottom), colour in bars:
            left, right = (self._overview_x(time / self.end_s) for time in span)
            page[bar_top:bar_bottom, max(left, self.names_width) : right + 1] = colour
        if self.n_hidden_rows > 0:
            text = f"+ {self.n_hidden_rows}"
            label = render_label(text, self.small_font_size, SCALE_TEXT_COLOUR)
            paste(page, label, self.margin, middle - label.shape[0] / 2)

    def _fill(
        self,
        page: np.ndarray,
        page_start_s: float,
        span: Span,
        extent: tuple[int, int],
        colour: Colour,
    ) -> None:
        """Fill a span of time between the heights `extent`, if it is on the page."""
        start, end = span
        if end > page_start_s and start < page_start_s + self.page_s:
            left, right = self._x(start, page_start_s), self._x(end, page_start_s)
            # At least one pixel wide, so that short intervals are visible.
            page[extent[0] : extent[1], left : max(right, left + 1)] = colour


def format_time(time_s: float, end_s: float, milliseconds: bool = True) -> str:
    """Format a time as players do, such as 1:02.345.

    Parameters
    ----------
    time_s
        Time in seconds; negative times are shown as 0.
    end_s
        End of the video. Hours are shown if it lasts an hour or longer.
    milliseconds
        Whether milliseconds are shown.
    """
    total_minutes, rest = divmod(max(0, round(time_s * 1000)), 60_000)
    hours, minutes = divmod(total_minutes, 60)
    text = f"{hours}:{minutes:02d}" if end_s >= 3600 else f"{minutes}"
    return f"{text}:{rest // 1000:02d}" + (f".{rest % 1000:03d}" if milliseconds else "")
