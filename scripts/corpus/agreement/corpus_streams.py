"""Read what coders and the workflow annotated, from the tables of a corpus."""

import logging
from collections.abc import Iterable
from pathlib import Path

from corpus.agreement.coder_streams import People, coder_streams
from corpus.agreement.coding_table import CODED_HANDS, CodedTier
from corpus.agreement.comparison import HandKey
from corpus.agreement.streams import Stream
from corpus.agreement.workflow_streams import person_phases, seen_spans, workflow_streams
from corpus.core.errors import InputError
from corpus.core.intervals import Span
from corpus.core.wording import count_noun
from corpus.tables import parquet

MAX_PREFILLED = 0.5
"""From this share of annotations on, a warning says that they are those of the workflow."""


def read_streams(
    results: Path, annotations: Path, coded_tiers: Iterable[CodedTier]
) -> tuple[list[Stream], dict[HandKey, list[Span]]]:
    """Streams of all coders and of the workflow, and the spans in which each hand was seen.

    Parameters
    ----------
    results
        Folder with the tables phases, shots, tracks and people.
    annotations
        The table annotations.
    coded_tiers
        What coders.tsv says.

    Raises InputError for tiers that cannot be assigned.
    """
    coded_tiers = list(coded_tiers)
    tracks = parquet.read(results / "tracks.parquet")
    people = People(tracks, parquet.read(results / "people.parquet"))
    videos = sorted({each.video for each in coded_tiers})
    spans = {video: video_span(results, video) for video in videos}
    coders = coder_streams(parquet.read(annotations), coded_tiers, people, spans)
    streams, seen = list(coders), {}
    for video in videos:
        phases = parquet.read(results / f"phases/{video}.parquet")
        video_tracks = tracks[tracks["video_id"] == video]
        for person in sorted({each.person for each in coders if each.video == video}):
            rows = person_phases(phases, video_tracks, person)
            if rows.empty:
                logging.warning(
                    "%s: %s is coded, but the workflow measured no hand of this person there. If "
                    "this is unexpected, check the column person of coders.tsv",
                    video,
                    person,
                )
            streams += workflow_streams(rows, video, person, spans[video]).values()
            for hand in CODED_HANDS:
                seen[video, person, hand] = seen_spans(rows, hand)
    warn_about_prefilled(coders)
    return streams, seen


def video_span(results: Path, video: str) -> Span:
    """Start of the first and end of the last shot, seconds. Raises InputError without frames."""
    shots = parquet.read(results / f"shots/{video}.parquet")
    if shots.empty:
        raise InputError(
            f"coders.tsv: the video {video} has no frames, so nothing can be compared; remove its "
            "row or file"
        )
    return float(shots["start_s"].min()), float(shots["end_s"].max())


def warn_about_prefilled(streams: Iterable[Stream]) -> None:
    """Log a warning for coders who left most annotations as the workflow wrote them."""
    for each in streams:
        if each.n_prefilled > MAX_PREFILLED * each.n_annotations:
            logging.warning(
                "%s, %s, %s hand: %s of %s are unchanged annotations of the workflow. Agreement of "
                "corrected tiers is higher than that of tiers that were coded from nothing",
                each.coder,
                each.video,
                each.hand,
                f"{each.n_prefilled:,}",
                count_noun(each.n_annotations, "annotation"),
            )
