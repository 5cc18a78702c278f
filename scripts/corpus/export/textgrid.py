"""Convert a video's tiers to a Praat TextGrid.

The format has no place for provenance.
"""

from collections.abc import Sequence

from pympi.Praat import TextGrid

from corpus.core.safe_text import xml_text
from corpus.elan.document import Annotation, Tier

EMPTY_MS = 1000
"""Length of the TextGrid of a video without frames. Praat cannot read a length of 0."""


def text_grid(tiers: Sequence[Tier], status: str) -> TextGrid:
    """Convert tiers to a TextGrid, in which gaps are empty intervals.

    Control characters are replaced as in the ELAN file: Praat stops reading at some of them.

    Parameters
    ----------
    tiers
        The tiers of the video's ELAN file.
    status
        Status of the video. If the video has no shots, it is the text of the only tier.
    """
    length_ms = max((note.end for tier in tiers for note in tier.annotations), default=0)
    if not length_ms:
        tiers = [Tier("status", "shots", (Annotation(0, EMPTY_MS, status),))]
        length_ms = EMPTY_MS
    grid = TextGrid(xmin=0, xmax=length_ms / 1000)
    for tier in tiers:
        # Praat requires quotes to be doubled. pympi does so in texts, but not in names of tiers.
        intervals = grid.add_tier(xml_text(tier.name).replace('"', '""'))
        for note in tier.annotations:
            intervals.add_interval(
                note.start / 1000, note.end / 1000, xml_text(note.value), check=False
            )
    return grid
