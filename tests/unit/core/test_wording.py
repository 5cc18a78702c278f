"""Numbers, durations and lists in words."""

import pytest

from corpus.core import wording


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (119.9, "120 s"),
        (120, "2.0 min"),
        (7199, "120 min"),
        (7200, "2.0 h"),
        (4e5, "111 h"),
        (7.2e6, "2,000 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert wording.format_duration(seconds) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.001, "less than 1%"), (0.5, "50%"), (0.999, "more than 99%"), (1, "100%")],
)
def test_shares_are_not_rounded_to_none_or_all(share: float, text: str) -> None:
    assert wording.format_percent(share) == text


def test_counts_lists_and_long_texts() -> None:
    assert wording.count_noun(1, "person", "people") == "1 person"
    assert wording.count_noun(12345, "video") == "12,345 videos"
    assert wording.join_words(["a", "b", "c"]) == "a, b and c"
    assert wording.shorten("Ada Lovelace", 6) == "Ada L…"
