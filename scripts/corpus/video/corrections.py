"""What the reason in the status table says about a file that is whole, but unusual."""

from collections.abc import Sequence

JUMPS = "the clock of the file jumps"
SIZES = "the size of the picture changes"
MAX_SHOWN = 3
"""Number of jumps of a clock that the reason names; the others are counted."""


def describe_jumps(jumps: Sequence[tuple[float, float]]) -> str | None:
    """Say that the clock of a file jumps, and what was done about it; None if it does not.

    `jumps` are the times before and after each jump, seconds as the file has them.
    """
    if not jumps:
        return None
    shown = [f"from {before:.1f} s to {after:.1f} s" for before, after in jumps[:MAX_SHOWN]]
    times = ", ".join(shown) + (f" and {len(jumps) - MAX_SHOWN} more" * (len(jumps) > MAX_SHOWN))
    return f"{JUMPS} {times}, and its parts follow one another without a gap"


def describe_sizes(sizes: Sequence[str], reference: str) -> str | None:
    """Say that a picture changes its size, and to which it was scaled; None if it does not."""
    if len(sizes) < 2:
        return None
    return f"{SIZES} ({', '.join(sizes)}), scaled to {reference}"


def is_damage(reason: str | None) -> bool:
    """Whether a reason names anything besides these corrections, such as damaged data."""
    parts = [part for part in (reason or "").split("; ") if part]
    return any(not part.startswith((JUMPS, SIZES)) for part in parts)
