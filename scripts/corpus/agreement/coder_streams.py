"""Events of coders, from the table annotations."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from corpus.agreement.coding_table import LEAVE_OUT, CodedTier
from corpus.agreement.events import Event, intersect, joined, without_overlaps
from corpus.agreement.streams import JOIN_GAP_S, UNIT, UNKNOWN, Stream, in_one_stream
from corpus.core.errors import InputError
from corpus.core.intervals import Span, union_of_spans

NO_TEXT = "(no text)"
UNKNOWN_BODY = "unknown body "
"""Start of the names of tiers of such a body, as the workflow writes them."""


class People:
    """The people of each video, to find out who a tier is about."""

    def __init__(self, tracks: pd.DataFrame, people: pd.DataFrame) -> None:
        """`tracks` and `people` are the tables of these names."""
        named = people.dropna(subset=["name"])
        self._ids = {person: person for person in people["person"]} | dict(
            zip(named["name"], named["person"], strict=True)
        )
        living = tracks[~tracks["kind"].isin(["picture", "copy"])]
        self._of_video = {
            str(video): sorted(set(rows["person"])) for video, rows in living.groupby("video_id")
        }

    def find(self, coded: CodedTier, tier: str, participant: str | None) -> str:
        """Id of the person of a tier: from its row, its participant, or the only one in the video.

        Raises InputError if none of them says it.
        """
        if coded.person == UNKNOWN:
            return UNKNOWN
        if coded.person:
            if coded.person not in self._ids:
                raise InputError(
                    f"coders.tsv, line {coded.line}: no person {coded.person!r} in the corpus; "
                    "write an id or a name of people.tsv"
                )
            return self._ids[coded.person]
        if participant in self._ids:
            return self._ids[participant]
        if tier.startswith(UNKNOWN_BODY):
            return UNKNOWN
        people = self._of_video.get(coded.video, [])
        if len(people) > 1:
            raise InputError(
                f"{coded.path.name}: whose is the tier {tier!r}? {coded.video} shows "
                f"{', '.join(people[:10])}; write one into the column person of coders.tsv"
            )
        return people[0] if people else UNKNOWN


def coder_streams(
    annotations: pd.DataFrame,
    coded_tiers: Iterable[CodedTier],
    people: People,
    video_spans: Mapping[str, Span],
) -> list[Stream]:
    """What the coders annotated, sorted by coder, video, person and hand.

    Parameters
    ----------
    annotations
        The table annotations.
    coded_tiers
        What coders.tsv says.
    people
        The people of each video.
    video_spans
        Start and end of each video, seconds.

    Raises InputError with one line per fault: unknown people, and unknown texts of phases.
    """
    parts: list[_Part] = []
    faults: list[str] = []
    of_file = dict(tuple(annotations.groupby("file")))
    for coded in coded_tiers:
        rows = of_file.get(coded.path.name, annotations.iloc[:0])
        rows = rows[[coded.has_tier(name) for name in rows["tier"]]]
        span = _coded_span(coded, video_spans[coded.video])
        # A tier without annotations has no rows in the table: nothing was found in the coded time.
        tiers = list(rows.groupby("tier")) or [(coded.tier, rows)]
        for tier, tier_rows in tiers:
            participants = tier_rows["participant"].dropna().tolist()
            try:
                person = people.find(coded, str(tier), participants[0] if participants else None)
                events = _coded_events(coded, str(tier), tier_rows)
            except InputError as error:
                faults.append(str(error))
                continue
            n_prefilled = int((tier_rows["origin"] == "workflow").sum())
            parts.append(_Part(coded, person, events, span, len(tier_rows), n_prefilled))
    parts.sort(key=_Part.key)
    groups = [list(group) for _, group in groupby(parts, key=_Part.key)]
    faults += [fault for group in groups for fault in _several_files(group)]
    if faults:
        raise InputError("\n".join(dict.fromkeys(faults)))
    return [_join_parts(group) for group in groups]


@dataclass(frozen=True)
class _Part:
    """The events of one tier."""

    coded: CodedTier
    person: str
    events: list[tuple[Event, str]]
    """Events with their texts, and the category of each."""
    span: Span
    n_annotations: int
    n_prefilled: int

    def key(self) -> tuple[str, str, str, str]:
        """Coder, video, person and hand."""
        return self.coded.coder, self.coded.video, self.person, self.coded.hand


def _several_files(parts: Iterable[_Part]) -> Iterator[str]:
    """Yield a fault for each hand that a coder seems to have coded twice, in two files.

    Tiers of one file are joined: a coder may use one for each category.
    """
    first: dict[str, CodedTier] = {}
    for part in parts:
        one, two = first.setdefault(part.coded.content, part.coded), part.coded
        if one.path != two.path:
            yield (
                f"coders.tsv, lines {one.line} and {two.line}: {one.path.name} and "
                f"{two.path.name} both have {two.content} of {two.coder} for {part.person}, hand "
                f"{two.hand}, in {two.video}; keep one of them, or name two coders"
            )


def _coded_span(coded: CodedTier, video: Span) -> Span:
    start_s = video[0] if coded.start_s is None else coded.start_s
    return start_s, video[1] if coded.end_s is None else coded.end_s


def _coded_events(coded: CodedTier, tier: str, rows: pd.DataFrame) -> list[tuple[Event, str]]:
    """Events of a tier with their texts and categories; without those that are left out."""
    events, unknown = [], set()
    for row in rows.itertuples():
        text = str(row.value).strip()
        category = coded.category(text)
        if category is None:
            unknown.add(text)
        elif category != LEAVE_OUT:
            label = text if coded.content == "phases" else category
            events.append((Event(row.start_s, row.end_s, label or NO_TEXT), category))
    if unknown:
        texts = ", ".join(repr(text) for text in sorted(unknown)[:10])
        example = f"{sorted(unknown)[0] or 'text'}=movement"
        raise InputError(
            f"{coded.path.name}, tier {tier!r}: no phase of the workflow is known for {texts}; add "
            f"{example} (or =hold, =none) to the column labels in line {coded.line} of coders.tsv, "
            "or write gestures into the column content"
        )
    return events


def _join_parts(parts: list[_Part]) -> Stream:
    """One stream of all tiers of a coder about one hand."""
    coder, video, person, hand = parts[0].key()
    events = {
        content: [pair for part in parts if part.coded.content == content for pair in part.events]
        for content in {part.coded.content for part in parts}
    }
    levels: dict[str, tuple[Event, ...]] = {}
    if "phases" in events:
        phases = [event._replace(label=category) for event, category in events["phases"]]
        levels["phases"] = in_one_stream(phases)
        levels["phase labels"] = without_overlaps(event for event, _ in events["phases"])
        levels["units"] = joined(phases, JOIN_GAP_S, UNIT)
    if "gestures" in events:
        gestures = [event for event, _ in events["gestures"]]
        levels["gesture labels"] = without_overlaps(gestures)
        levels["units"] = joined(gestures, JOIN_GAP_S, UNIT)
    coded: tuple[Span, ...] = tuple(union_of_spans([parts[0].span]))
    for part in parts[1:]:
        coded = tuple(intersect(coded, [part.span]))
    return Stream(
        coder,
        video,
        person,
        hand,
        levels,
        coded,
        sum(part.n_annotations for part in parts),
        sum(part.n_prefilled for part in parts),
    )
