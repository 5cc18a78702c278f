"""The tables agreement and agreement_overlaps: all measures for all pairs of coders."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from corpus.agreement.coding_table import WORKFLOW
from corpus.agreement.event_agreement import THRESHOLDS, boundary_differences, detection
from corpus.agreement.events import Event, Section, intersect, total_s
from corpus.agreement.linked_annotations import agreement_table, table_agreement
from corpus.agreement.organization import degree_of_organization
from corpus.agreement.streams import LEVELS, Stream, both_hands
from corpus.agreement.time_agreement import (
    annotated,
    cohen_kappa,
    raw_agreement,
    shared_seconds,
    temporal_overlap,
    time_alpha,
)
from corpus.core.intervals import Span
from corpus.core.progress import with_progress

ALL_CODERS = "all coders"
TIMES = ("all", "seen")
HandKey = tuple[str, str, str]
"""Video, person and hand."""
Seen = Mapping[HandKey, Sequence[Span]]
"""Spans in which the workflow saw a hand."""


@dataclass(frozen=True)
class Item:
    """One hand of one person in one video, as several coders annotated it."""

    video: str
    person: str
    hand: str
    coders: tuple[tuple[Event, ...], ...]
    compared: tuple[Span, ...]
    n_annotations: tuple[int, ...]
    n_prefilled: tuple[int, ...]

    def section(self) -> Section:
        """The annotations of the first two coders."""
        return Section(self.coders[0], self.coders[1], self.compared)


def compare(streams: Sequence[Stream], seen: Seen) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The tables agreement and agreement_overlaps of all streams, coders' and workflow's.

    Rows are sorted by level, pair of coders and part of the corpus. Coders come before the
    workflow, which is compared with each of them.
    """
    coders = sorted({each.coder for each in streams} - {WORKFLOW})
    pairs = list(combinations(coders, 2))
    if any(each.coder == WORKFLOW for each in streams):
        pairs += [(coder, WORKFLOW) for coder in coders]
    groups = [(level, pair) for level in LEVELS for pair in pairs]
    if len(coders) > 2:
        groups += [(level, tuple(coders)) for level in LEVELS]
    by_coder: dict[str, dict[tuple[str, str], dict[str, Stream]]] = {}
    for each in streams:
        hands = by_coder.setdefault(each.coder, {}).setdefault((each.video, each.person), {})
        hands[each.hand] = each
    rows, overlaps = [], []
    for level, names in with_progress(groups, "agreement", len(groups), "comparisons"):
        items = list(_items(level, [by_coder[name] for name in names]))
        for scope, keys, part in _parts(items):
            for time in TIMES:
                key: dict[str, Any] = {"scope": scope, "level": level, "time": time, **keys}
                is_pair = len(names) == 2
                key |= {"coder_a": names[0] if is_pair else ALL_CODERS}
                key |= {"coder_b": names[1] if is_pair else None}
                restricted = _restricted(part, seen if time == "seen" else None)
                if not is_pair:
                    rows.append(key | _row_of_all(restricted, part))
                    continue
                rows.append(key | _row_of_pair(restricted, part))
                overlaps += [key | row for row in _overlap_rows(restricted)]
    return pd.DataFrame(rows), pd.DataFrame(overlaps)


def _items(
    level: str, coders: Sequence[Mapping[tuple[str, str], Mapping[str, Stream]]]
) -> Iterator[Item]:
    """What all of the coders annotated on this level, sorted by video, person and hand."""
    common = set.intersection(*(set(coder) for coder in coders))
    for video, person in sorted(common):
        hands = [coder[video, person] for coder in coders]
        for hand in comparable_hands(hands):
            streams = [_stream_of(each, hand) for each in hands]
            if any(level not in each.levels for each in streams):
                continue
            compared: Sequence[Span] = streams[0].coded
            for each in streams[1:]:
                compared = intersect(compared, each.coded)
            yield Item(
                video,
                person,
                hand,
                tuple(each.levels[level] for each in streams),
                tuple(compared),
                tuple(each.n_annotations for each in streams),
                tuple(each.n_prefilled for each in streams),
            )


def comparable_hands(coders: Iterable[Mapping[str, Stream]]) -> list[str]:
    """Hands that all coders annotated: left and right, or else both together."""
    names = [set(hands) for hands in coders]
    single = set.intersection({"left", "right"}, *names)
    if single:
        return sorted(single)
    has_both = all("both" in hands or {"left", "right"} <= hands for hands in names)
    return ["both"] if has_both else []


def _stream_of(hands: Mapping[str, Stream], hand: str) -> Stream:
    return hands[hand] if hand in hands else both_hands(hands["left"], hands["right"])


def _parts(items: Sequence[Item]) -> Iterator[tuple[str, dict[str, str | None], list[Item]]]:
    """Yield the parts of the corpus: scope, key columns, and their items."""
    if not items:
        return
    scopes: dict[str, Callable[[Item], tuple[str | None, str | None, str | None]]] = {
        "hand": lambda item: (item.video, item.person, item.hand),
        "video": lambda item: (item.video, None, None),
        "person": lambda item: (None, item.person, None),
        "corpus": lambda item: (None, None, None),
    }
    for scope, key_of in scopes.items():
        groups: dict[tuple, list[Item]] = defaultdict(list)
        for item in items:
            groups[key_of(item)].append(item)
        for key, part in groups.items():
            yield scope, dict(zip(("video_id", "person", "hand"), key, strict=True)), part


def _restricted(items: Iterable[Item], seen: Seen | None) -> list[tuple[Item, tuple[Span, ...]]]:
    """The items with their compared time, or the part of it in which the hand was seen."""
    return [
        (item, item.compared)
        if seen is None
        else (
            item,
            tuple(intersect(item.compared, seen.get((item.video, item.person, item.hand), ()))),
        )
        for item in items
    ]


def _counts(
    restricted: Sequence[tuple[Item, tuple[Span, ...]]], items: Sequence[Item]
) -> dict[str, float]:
    """Numbers of videos and hands, and the compared time."""
    compared_s = sum(total_s(compared) for _, compared in restricted)
    return {
        "n_videos": len({item.video for item in items}),
        "n_sections": len(items),
        "compared_s": compared_s,
        "left_out_s": sum(total_s(item.compared) for item in items) - compared_s,
    }


def _row_of_all(
    restricted: Sequence[tuple[Item, tuple[Span, ...]]], items: Sequence[Item]
) -> dict[str, float]:
    """Columns of a row about three coders or more."""
    alpha = time_alpha([(item.coders, compared) for item, compared in restricted])
    return {**_counts(restricted, items), "alpha": alpha}


def _sections(restricted: Iterable[tuple[Item, tuple[Span, ...]]]) -> list[Section]:
    return [Section(item.coders[0], item.coders[1], compared) for item, compared in restricted]


def _row_of_pair(
    restricted: Sequence[tuple[Item, tuple[Span, ...]]], items: Sequence[Item]
) -> dict[str, float]:
    """Columns of a row about two coders."""
    sections = _sections(restricted)
    whole = [section.with_compared_events() for section in sections]
    n_a, n_b = (sum(len(events) for events in column) for column in _events(whole))
    all_a, all_b = (sum(len(events) for events in column) for column in _events(sections))
    _, seconds = shared_seconds(sections)
    linked = table_agreement(agreement_table(whole))
    a_s, b_s = (sum(total_s(annotated(section, coder)) for section in sections) for coder in (0, 1))
    return {
        **_counts(restricted, items),
        "n_a": n_a,
        "n_b": n_b,
        "n_left_out_a": all_a - n_a,
        "n_left_out_b": all_b - n_b,
        "a_s": a_s,
        "b_s": b_s,
        "overlap": temporal_overlap(sections),
        "time_agreement": raw_agreement(seconds),
        "time_kappa": cohen_kappa(seconds),
        "alpha": time_alpha([((each.first, each.second), each.compared) for each in sections]),
        **_boundaries(whole),
        "f_50": detection(whole, 0.5).f_score,
        "n_linked": linked.n_linked,
        "linked_agreement": linked.raw,
        "kappa": linked.kappa,
        "kappa_max": linked.kappa_max,
        "kappa_linked": linked.kappa_linked,
        "organization": degree_of_organization(whole),
        "prefilled_a": _prefilled(items, 0),
        "prefilled_b": _prefilled(items, 1),
    }


def _events(sections: Iterable[Section]) -> tuple[list, list]:
    sections = list(sections)
    return [each.first for each in sections], [each.second for each in sections]


def _boundaries(sections: Sequence[Section]) -> dict[str, float]:
    """Median and quartiles of the differences between onsets, and between ends."""
    columns: dict[str, float] = {}
    onsets, offsets = boundary_differences(sections)
    columns["n_matched"] = len(onsets)
    for name, values in (("onset", onsets), ("offset", offsets)):
        quartiles = np.quantile(values, (0.5, 0.25, 0.75)) if len(values) else [np.nan] * 3
        for part, value in zip(("median", "q1", "q3"), quartiles, strict=True):
            columns[f"{name}_{part}_s"] = float(value)
    return columns


def _prefilled(items: Sequence[Item], coder: int) -> float:
    """Share of a coder's annotations that the workflow wrote; NaN without annotations."""
    total = sum(item.n_annotations[coder] for item in items)
    return sum(item.n_prefilled[coder] for item in items) / total if total else np.nan


def _overlap_rows(
    restricted: Sequence[tuple[Item, tuple[Span, ...]]],
) -> Iterator[dict[str, float]]:
    """Columns of agreement_overlaps, one row for each threshold."""
    whole = [section.with_compared_events() for section in _sections(restricted)]
    for threshold in THRESHOLDS:
        found = detection(whole, threshold)
        yield {
            "min_overlap": threshold,
            "n_a": found.n_first,
            "n_b": found.n_second,
            "n_matched": found.n_matched,
            "precision": found.precision,
            "recall": found.recall,
            "f": found.f_score,
        }
