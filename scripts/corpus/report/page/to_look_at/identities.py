"""Entries about identities: people who may be several or one, and doubtful tracks."""

from collections.abc import Iterator

from corpus.report.identity_checks import find_mixed, find_strangers
from corpus.report.page.identity_notes import CompareFaces
from corpus.report.page.tables import CorpusTables
from corpus.report.page.to_look_at.entries import Entry
from corpus.report.page.values import milliseconds

TWICE = 0.95
"""Probability that the tracks of a person who is on screen twice show two people. Of 22 warnings in
labelled films in which each two people were given one name, 21 were right; the other person had
been split before (benchmarks/warning_precision.py)."""
MIXED_FACES = 6
"""Number of the least probable tracks of a person that are shown beside the person's best face."""


def identity_entries(tables: CorpusTables) -> Iterator[Entry]:
    """Yield the entries about identities in the whole corpus."""
    faces = CompareFaces(tables)
    seconds = dict(zip(tables.people["person"], tables.people["seconds"].tolist(), strict=True))
    index = {person: number for number, person in enumerate(tables.people["person"])}
    for number, overlap in enumerate(tables.overlaps):
        yield Entry(
            kind="twice",
            chance=TWICE,
            # All numbers of this person are those of two people.
            seconds=seconds[overlap.person],
            video=faces.video_index[overlap.video_id],
            time=milliseconds(overlap.start_s) or 0,
            person=index[overlap.person],
            number=number,
        )
    for number, doubt in enumerate(tables.doubts):
        video, _, time, _ = faces.of_track(doubt.tracks[0])
        yield Entry(
            kind="same",
            chance=doubt.chance,
            # If they are one, the numbers of the shorter one are missing from the other.
            seconds=min(seconds[doubt.person], seconds[doubt.other]),
            video=video,
            time=time,
            person=index[doubt.person],
            number=number,
            percent=round(100 * doubt.chance),
        )
    for mixed in find_mixed(tables.tracks):
        shown = [faces.of_track(track) for track in mixed.tracks[:MIXED_FACES]]
        video, _, time, _ = shown[0]
        yield Entry(
            kind="mixed",
            chance=mixed.chance,
            # All numbers of this person are those of several people.
            seconds=seconds[mixed.person],
            video=video,
            time=time,
            person=index[mixed.person],
            number=len(mixed.tracks),
            faces=[*shown, faces.of_person(mixed.person)],
        )
    for row in find_strangers(tables.tracks).itertuples():
        video, _, time, _ = face = faces.of_track(row.Index)
        yield Entry(
            kind="another",
            chance=float(row.other_probability),
            seconds=float(row.end_s - row.start_s),
            video=video,
            time=time,
            person=index[row.person],
            percent=round(100 * float(row.other_probability)),
            faces=[face, faces.of_person(row.person), faces.of_person(row.other_person)],
        )
