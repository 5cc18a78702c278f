"""Compare the results of two runs, which must be equal byte by byte."""

import json
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import pyarrow.parquet as pq

from corpus.report.verification.result_files import classify, list_files

MEASURED = ("report/efficiency.html", "report/efficiency.svg", "report/efficiency.tsv")
"""Outputs about the time and memory of a run, which differ from run to run."""
COMPARED = ("table", "output", "record", "checksum")
"""Kinds of files that must be equal. Videos may be links; their checksums are in the records."""


def compared_files(results: Path) -> list[str]:
    """Names of all files that must be equal in every run of the same corpus."""
    measured = {*MEASURED, *(f"report/.{Path(name).name}.checksum" for name in MEASURED)}
    files = map(classify, list_files(results))
    return [file.name for file in files if file.kind in COMPARED and file.name not in measured]


def differences(one: Path, two: Path) -> Iterator[str]:
    """Yield a sentence about each file that two results folders do not have in common."""
    names, others = compared_files(one), set(compared_files(two))
    for name in names:
        if name not in others:
            yield f"{name}: only in {one}"
        elif (one / name).read_bytes() != (two / name).read_bytes():
            yield f"{name}: {describe(one / name, two / name)}"
    for name in sorted(others.difference(names)):
        yield f"{name}: only in {two}"


def describe(one: Path, two: Path) -> str:
    """The first difference between two files of one kind."""
    if one.suffix == ".parquet":
        return _table_difference(one, two)
    if one.suffix in (".zip", ".pose", ".mp4"):
        return _byte_difference(one.read_bytes(), two.read_bytes())
    texts = [path.read_text(encoding="utf-8").split("\n") for path in (one, two)]
    for number, lines in enumerate(zip_longest(*texts), start=1):
        if lines[0] != lines[1]:
            return f"line {number} is {_short(lines[0])} and {_short(lines[1])}"
    return "other line ends"


def _table_difference(one: Path, two: Path) -> str:
    """The first difference in columns, then in rows, then in the metadata of two tables."""
    tables = [pq.read_table(path) for path in (one, two)]
    names = [table.schema.names for table in tables]
    if names[0] != names[1]:
        return f"columns are {', '.join(names[0])} and {', '.join(names[1])}"
    if tables[0].num_rows != tables[1].num_rows:
        return f"{tables[0].num_rows} and {tables[1].num_rows} rows"
    for name in names[0]:
        columns = [table[name].to_pylist() for table in tables]
        for row, values in enumerate(zip(*columns, strict=True)):
            if repr(values[0]) != repr(values[1]):
                return f"column {name}, row {row}: {_short(values[0])} and {_short(values[1])}"
    return _metadata_difference(one, two)


def _metadata_difference(one: Path, two: Path) -> str:
    metadata = [pq.read_metadata(path).metadata or {} for path in (one, two)]
    # The provenance comes first: the checksum of the file differs with it.
    for key in sorted(set(metadata[0]) | set(metadata[1]), reverse=True):
        values = [entries.get(key, b"").decode("utf-8", "replace") for entries in metadata]
        if values[0] != values[1] and key != b"ARROW:schema":
            if all(value.startswith("{") for value in values):
                return f"metadata {key.decode()}: {_json_difference(*map(json.loads, values))}"
            return f"metadata {key.decode()}"
    return _byte_difference(one.read_bytes(), two.read_bytes())


def _json_difference(one: dict, two: dict) -> str:
    """The first key with two values."""
    for key in sorted({*one, *two}):
        first, second = one.get(key), two.get(key)
        if first != second:
            if isinstance(first, dict) and isinstance(second, dict):
                return f"{key}, {_json_difference(first, second)}"
            return f"{key} is {_short(first)} and {_short(second)}"
    return "another order"


def _byte_difference(one: bytes, two: bytes) -> str:
    pairs = zip(one, two, strict=False)
    first = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(two)))
    return f"byte {first} of {len(one)} and {len(two)}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
