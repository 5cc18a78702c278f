"""The table agreement_overlaps: precision and recall of events, by the required overlap."""

from corpus.tables.added.agreement import KEYS
from corpus.tables.table import Table

TABLE = Table(
    name="agreement_overlaps",
    row="row of agreement and required overlap",
    columns={
        **KEYS,
        "min_overlap": ("float64", "required intersection over union (IoU), 0.1 to 0.9"),
        "n_a": ("int32", "events of coder_a"),
        "n_b": ("int32", "events of coder_b"),
        "n_matched": ("int32", "events with a partner; each has one at most"),
        "precision": ("float64", "share of the events of coder_b that match, 0 to 1"),
        "recall": ("float64", "share of the events of coder_a that match, 0 to 1"),
        "f": ("float64", "harmonic mean of precision and recall"),
    },
    about="people",
    per_video=False,
    csv=False,
)
