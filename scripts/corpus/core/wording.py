"""Numbers, lists and durations as readable text."""

from collections.abc import Iterable


def shorten(text: str, length: int) -> str:
    """Text cut to at most `length` characters, with an ellipsis if something was cut."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def shorten_middle(text: str, length: int) -> str:
    """Text cut in its middle to at most `length` characters, so that its begin and end stay."""
    if len(text) <= length:
        return text
    n_end = (length - 3) // 2
    return f"{text[: length - 3 - n_end].rstrip()} … {text[-n_end:].lstrip()}"


def count_noun(number: int, singular: str, plural: str | None = None) -> str:
    """A number with its noun: 1 video, 2 videos, 12,345 videos."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def none_some_or_all(number: int, total: int) -> str:
    """How many of `total` there are, as a word or number: none, 3, both, or all."""
    if number == 0:
        return "none"
    return f"{number:,}" if number < total else "both" if total == 2 else "all"


def join_words(words: Iterable[str]) -> str:
    """Join words as in a sentence: one; one and two; one, two and three."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def format_duration(seconds: float) -> str:
    """A duration in a suitable unit: 16.0 s, 12.3 min, 104 h."""
    # Minutes are used from two minutes on, hours from two hours on.
    for limit, unit, size in ((120, "s", 1), (7200, "min", 60), (float("inf"), "h", 3600)):
        if seconds < limit:
            value = seconds / size
            return f"{value:.1f} {unit}" if value < 100 else f"{value:,.0f} {unit}"
    raise ValueError(f"not a duration: {seconds}")


def format_percent(share: float) -> str:
    """A share (0 to 1) as a percentage.

    Avoids rounding to 0% or 100%: returns "less than 1%" or "more than 99%" instead.
    """
    if 0 < share < 0.005 or 0.995 < share < 1:
        return "less than 1%" if share < 0.5 else "more than 99%"
    return f"{share:.0%}"
