"""Which files a folder of results has: tables, other outputs of rules, and all others."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.core.atomic_files import PREFIX
from corpus.inputs.manifest import VIDEO_SUFFIXES
from corpus.tables.schemas import all_tables

VIDEO_FILES = (
    "elan/{video}.eaf",
    *(f"exports/csv/{table.name}/{{video}}.csv" for table in all_tables().values()),
    "exports/openpose/{video}.zip",
    "exports/pose/{video}.pose",
    "exports/textgrid/{video}.TextGrid",
    "exports/overlay/{video}.mp4",
    "exports/skeleton/{video}.mp4",
    "exports/blurred/{video}.mp4",
    "exports/playable/{video}.mp4",
    "report/page/{video}/gestures.js",
    "report/page/{video}/skeleton/index.js",
)
"""Outputs about one video that are not tables."""
CORPUS_FILES = (
    "people.tsv",
    *(f"exports/csv/{table.name}.csv" for table in all_tables().values()),
    "report/agreement.html",
    "report/agreement.svg",
    "report/agreement.tsv",
    "report/coverage.svg",
    "report/coverage.tsv",
    "report/corpus.tsv",
    "report/efficiency.html",
    "report/efficiency.svg",
    "report/efficiency.tsv",
    "report/funnel.svg",
    "report/index.html",
    "report/methods.html",
    "report/methods.md",
    "report/page/gesture_map.js",
    "report/page/gestures.js",
    "report/page/numbers.js",
    "report/people.svg",
    "report/people.tsv",
    "report/references.bib",
    "report/tuning.tsv",
    "report/tuning.yaml",
    "unedited/methods.html",
    "unedited/methods.md",
    "unedited/people.tsv",
    "unedited/references.bib",
)
"""Outputs about the corpus that are not tables."""
BY_PRODUCTS = ("logs", "benchmarks", "groups", "videos/.partial", ".snakemake")
"""Folders that are not checked: logs, measurements, notes of the jobs of groups, and transfers that
will be continued."""
ELAN_FILES = re.compile(r"elan/[^/]+\.(pfsx|eaf\.\d{3})")
"""Files that ELAN saves beside an .eaf: preferences and backup copies."""

_OUTPUTS = {
    re.compile(re.escape(pattern).replace(r"\{video\}", r"(?P<video>[A-Za-z0-9_-]+)"))
    for pattern in (*VIDEO_FILES, *CORPUS_FILES)
}
_TABLES = {
    re.compile(re.escape(table.file).replace(r"\{video\}", r"(?P<video>[A-Za-z0-9_-]+)")): name
    for name, table in all_tables().items()
}
_MEDIA = re.compile(rf"videos/(?P<video>[A-Za-z0-9_-]+)\.(?:{'|'.join(VIDEO_SUFFIXES)})")
_DOWNLOAD_RECORD = re.compile(_MEDIA.pattern + r"\.json")
_BESIDE_MEDIA = re.compile(r"videos/(?P<video>[A-Za-z0-9_-]+)\.(?:info\.json|[\w-]+\.\w+)")
_SKELETONS = re.compile(r"report/page/(?P<video>[A-Za-z0-9_-]+)/skeleton/\d+\.js")
UNRECORDED = re.compile(
    r"report/workflow\.(html|zip)|report/page/(files|annotations)\.js"
    r"|report/page/\.(files|annotations)\.js\.checksum"
)
"""Snakemake's own report, and what each run writes again for the page: which files it links to, how
the run was started, and the annotations. Their content has no record."""
_CHECKSUM = re.compile(r"(?:.*/)?\.[^/]+\.checksum")


@dataclass(frozen=True)
class ResultFile:
    """A file in the results. `name` is its path relative to the results folder."""

    name: str
    kind: str
    """table, output, media, record (of a download), beside (a video), checksum, elan, unrecorded,
    partial, or foreign."""
    video: str | None = None
    table: str | None = None


def list_files(results: Path) -> Iterator[str]:
    """Yield the names of all files in the results, except for by-products, in a fixed order."""
    for folder, folders, files in os.walk(results):
        inside = Path(folder).relative_to(results)
        folders[:] = sorted(f for f in folders if (inside / f).as_posix() not in BY_PRODUCTS)
        for file in sorted(files):
            yield (inside / file).as_posix()


def classify(name: str) -> ResultFile:
    """Tell which kind of file has a name."""
    for pattern, table in _TABLES.items():
        if match := pattern.fullmatch(name):
            return ResultFile(name, "table", match.groupdict().get("video"), table)
    kinds = [("output", pattern) for pattern in _OUTPUTS] + [("unrecorded", UNRECORDED)]
    kinds += [("media", _MEDIA), ("record", _DOWNLOAD_RECORD), ("checksum", _CHECKSUM)]
    kinds += [("beside", _BESIDE_MEDIA), ("elan", ELAN_FILES), ("output", _SKELETONS)]
    for kind, pattern in kinds:
        if match := pattern.fullmatch(name):
            return ResultFile(name, kind, match.groupdict().get("video"))
    is_partial = name.rpartition("/")[2].startswith(PREFIX)
    return ResultFile(name, "partial" if is_partial else "foreign")
