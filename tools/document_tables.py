"""Write docs/tables.md from the table contracts in corpus.tables.

python tools/document_tables.py
"""

import sys
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.tables.schemas import ORIGINS, PARTS, PHASES, SCHEMAS, STATUSES

PAGE = Path(__file__).parents[1] / "docs" / "tables.md"

ROWS = {
    "corpus": ("corpus.parquet", "a video of the manifest"),
    "people": ("people.parquet", "a person of the corpus"),
    "tracks": ("tracks.parquet", "a face track of the corpus, and who it is"),
    "clusters": ("clusters.parquet", "a face track of the corpus, before people are named"),
    "frames": ("frames/{video}.parquet", "a decoded frame, whether or not anything was found"),
    "shots": ("shots/{video}.parquet", "a shot: the frames between two cuts"),
    "status": ("status/{video}.parquet", "the video; there is only one"),
    "faces": ("faces/{video}.parquet", "a detected face in a sampled frame"),
    "embeddings": ("embeddings/{video}.parquet", "one of the best faces of a track"),
    "keypoints": ("keypoints/{video}.parquet", "one keypoint of one person in one frame"),
    "kinematics": ("kinematics/{video}.parquet", "one point of one person's arm in one frame"),
    "phases": ("phases/{video}.parquet", "a stretch in which one hand moves, is held or rests"),
    "gestures": ("gestures/{video}.parquet", "a gesture: a stretch of hand movement of one person"),
    "covers": (
        "covers/{video}.parquet",
        "a head of somebody who was forgotten, in a frame in which it was known",
    ),
    "pictures": ("pictures.parquet", "a picture of a face, where the configuration asks for them"),
    "annotations": ("annotations.parquet", "an annotation from an ELAN file that people edited"),
}
"""File, below the folder of the results, and what a row is."""

NOTES = {
    "corpus": "The manifest's own columns follow, as text.",
    "covers": "Only of videos in which somebody was [forgotten](forgetting.md).",
    "embeddings": "Distances between embeddings are Euclidean.",
    "keypoints": "A frame in which nobody was found has no row; `frames` has them all.",
}

HEAD = """\
# Tables

Made by `tools/document_tables.py` from `scripts/corpus/tables/schemas.py`; do not edit it by hand.

Times are seconds on the container's clock. Positions are pixels of the upright frame, origin top
left. Intervals are half-open: the end is not part of it. Frames, shots and tracks count from 0
in each video. A value that is not known is null (`NA` in R, `NaN` or `None` in pandas).
Every file carries what made it in its metadata, under the key `provenance`.
"""


def type_name(dtype: pa.DataType) -> str:
    """The type in words that users of pandas and R know."""
    if pa.types.is_fixed_size_list(dtype):
        return f"{dtype.list_size} x {type_name(dtype.value_type)}"
    if pa.types.is_list(dtype):
        return f"list of {type_name(dtype.value_type)}"
    if pa.types.is_dictionary(dtype):
        return "text, categorical"
    names = {"string": "text", "float": "float32", "double": "float64", "bool": "true or false"}
    return names.get(str(dtype), str(dtype))


def section(table: str) -> list[str]:
    """Lines about one table."""
    file, row = ROWS[table]
    lines = ["", f"## {table}", "", f"`{file}`. A row is {row}.", ""]
    lines += ["| column | type | what it holds |", "|---|---|---|"]
    for field in SCHEMAS[table]:
        lines.append(
            f"| `{field.name}` | {type_name(field.type)} | {field.metadata[b'doc'].decode()} |"
        )
    return lines + (["", NOTES[table]] if table in NOTES else [])


def page() -> str:
    """The whole text."""
    if set(ROWS) != set(SCHEMAS):
        raise ValueError(f"ROWS and SCHEMAS differ in {sorted(set(ROWS) ^ set(SCHEMAS))}")
    lines = HEAD.splitlines()
    for table in ROWS:
        lines += section(table)
    lines += ["", "## Statuses", "", "| status | meaning |", "|---|---|"]
    lines += [f"| `{status}` | {meaning} |" for status, meaning in STATUSES.items()]
    lines += ["", "## Phases", "", "| phase | meaning |", "|---|---|"]
    lines += [f"| `{phase}` | {meaning} |" for phase, meaning in PHASES.items()]
    lines += ["", "## Origins", "", "| origin of an annotation | meaning |", "|---|---|"]
    lines += [f"| `{origin}` | {meaning} |" for origin, meaning in ORIGINS.items()]
    lines += [
        "",
        "## Keypoints",
        "",
        "In this order, in every frame; left and right are the person's own.",
        "",
    ]
    for part, names in PARTS.items():
        lines.append(f"- `{part}`: {', '.join(names)}")
    return "\n".join(lines) + "\n"


def main() -> None:
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
