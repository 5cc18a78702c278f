"""A folder of annotations with one coder's file of video a, and the table coders.tsv."""

from pathlib import Path

from corpus.elan.document import Annotation, Tier
from corpus.elan.eaf_writer import format_document


def write_coding(folder: Path, text: str = "gesture") -> None:
    """Write the two files; `text` is that of the only annotation."""
    folder.mkdir(parents=True, exist_ok=True)
    tier = Tier("gestures", "default-lt", (Annotation(500, 1500, text),))
    (folder / "a.eaf").write_text(format_document([tier], None, {}, {}), "utf-8")
    (folder / "coders.tsv").write_text("coder\tfile\ttier\nme\t{video}.eaf\tgestures\n")
