"""Measures of the detection of cuts and gradual transitions."""

from collections.abc import Sequence

from film_truth import Change

TOLERANCE_S = 0.1
"""Largest time between a found cut and the true cut, or the true transition, seconds."""
Counts = dict[str, int]


def match_cuts(
    found: Sequence[float], changes: Sequence[Change], tolerance_s: float = TOLERANCE_S
) -> list[bool]:
    """Whether each change was found; a found cut counts for one change only.

    `found` are the times of cuts in seconds. The number of matches is the largest possible one:
    changes take, in order of their ends, the first cut in reach (Glover 1967, maximum matching in a
    convex bipartite graph).
    """
    free = sorted(found)
    is_found = [False] * len(changes)
    for index in sorted(range(len(changes)), key=lambda index: changes[index].end_s):
        start, end = changes[index].start_s - tolerance_s, changes[index].end_s + tolerance_s
        in_reach = [time for time in free if start - 1e-6 <= time <= end + 1e-6]
        if in_reach:
            free.remove(in_reach[0])
            is_found[index] = True
    return is_found


def count_cuts(found: Sequence[float], changes: Sequence[Change]) -> Counts:
    """Counts of one film, which can be added: cuts and gradual transitions, and how many found.

    `detected` is the number of found cuts, and `false` of those that match no change.
    """
    is_found = match_cuts(found, changes)
    is_cut = [change.start_s == change.end_s for change in changes]
    return {
        "cuts": sum(is_cut),
        "cuts_found": sum(cut and hit for cut, hit in zip(is_cut, is_found, strict=True)),
        "transitions": len(changes) - sum(is_cut),
        "transitions_found": sum(
            hit and not cut for cut, hit in zip(is_cut, is_found, strict=True)
        ),
        "detected": len(found),
        "false": len(found) - sum(is_found),
    }


def cut_scores(counts: Counts) -> dict[str, float]:
    """Precision and recall of all changes; NaN for 0 / 0."""
    n_true = counts["cuts"] + counts["transitions"]
    n_found = counts["cuts_found"] + counts["transitions_found"]
    nan = float("nan")
    return {
        "precision": n_found / counts["detected"] if counts["detected"] else nan,
        "recall": n_found / n_true if n_true else nan,
    }
