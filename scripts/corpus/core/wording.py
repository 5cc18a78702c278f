"""Numbers and lengths of time as people read them."""

from collections.abc import Iterable


def shorten(text: str, most: int) -> str:
    """A text of at most so many letters, which ends in an ellipsis where it was longer."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def count_noun(number: int, one: str, many: str | None = None) -> str:
    """1 video, 2 videos, 12,345 videos."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def none_some_or_all(number: int, whole: int) -> str:
    """How many of several there are: none, 3, both, or all."""
    if number == 0:
        return "none"
    return f"{number:,}" if number < whole else "both" if whole == 2 else "all"


def join_words(parts: Iterable[str]) -> str:
    """One; one and two; one, two and three."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def format_duration(seconds: float) -> str:
    """A length of time in the unit that suits it: 16.0 s, 12.3 min, 104 h."""
    # From two minutes and two hours on, as people would say it.
    for limit, unit, size in ((120, "s", 1), (7200, "min", 60), (float("inf"), "h", 3600)):
        if seconds < limit:
            value = seconds / size
            return f"{value:.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"
    raise ValueError(f"no length of time: {seconds}")


def format_percent(share: float) -> str:
    """A share of one, in percent; nearly all is not called all, nor is nearly nothing nothing."""
    if 0 < share < 0.005 or 0.995 < share < 1:
        return "less than 1%" if share < 0.5 else "more than 99%"
    return f"{share:.0%}"
