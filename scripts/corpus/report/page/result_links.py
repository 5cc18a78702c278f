"""Which files of the results the page links to: ELAN files, tables, exports and reports.

The side file `files` lists those that exist. The rule of the page writes it, and each later run
writes it again, so that the page links to exports that were made after it. It is not an output of
the rule, because Snakemake would then make the page again.
"""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from corpus.core import side_files
from corpus.report.page import annotation_list, outdated_exports

NAME = "files"
"""Name of the side file."""
VIDEO_FILES = (
    "elan/{video}.eaf",
    "exports/textgrid/{video}.TextGrid",
    "exports/overlay/{video}.mp4",
    "exports/skeleton/{video}.mp4",
    "exports/blurred/{video}.mp4",
    "exports/playable/{video}.mp4",
    "exports/openpose/{video}.zip",
    "exports/pose/{video}.pose",
)
"""Paths of files about one video in the results. The page names each."""
CSV_FOLDER = "exports/csv"
CORPUS_FILES = (
    "people.tsv",
    "report/agreement.html",
    "report/corpus.tsv",
    "report/coverage.svg",
    "report/efficiency.html",
    "report/funnel.svg",
    "report/methods.html",
    "report/methods.md",
    "report/people.svg",
    "report/references.bib",
    "report/workflow.html",
    "report/workflow.zip",
)
"""Paths of files about the corpus in the results. The last two are Snakemake's report."""


def describe_files(results: Path, video_ids: Sequence[str]) -> dict:
    """List the existing files that the page links to, with one look into each folder.

    `video` maps a path with `{video}` to the ids of the videos that have this file, in the order of
    `video_ids`, or to true if all have it. `corpus` lists paths. `outdated` lists those made before
    tables changed, if there are any. All paths are relative to `results`, and sorted.
    """
    tables = sorted(_names_in(results / CSV_FOLDER))
    folders = [f"{CSV_FOLDER}/{table}/{{video}}.csv" for table in tables if "." not in table]
    videos: dict[str, list[str] | bool] = {}
    for pattern in (*VIDEO_FILES, *folders):
        folder, _, name = pattern.rpartition("/")
        existing = _names_in(results / folder)
        found = [video for video in video_ids if name.format(video=video) in existing]
        if found:
            videos[pattern] = True if len(found) == len(video_ids) else found
    files = [file for file in CORPUS_FILES if (results / file).exists()]
    files += [f"{CSV_FOLDER}/{table}" for table in tables if table.endswith(".csv")]
    described = {"video": videos, "corpus": sorted(files)}
    on_request = [
        pattern.format(video=video)
        for pattern, found in videos.items()
        if pattern.startswith("exports/")
        for video in (found if isinstance(found, list) else video_ids)
    ]
    on_request += [file for file in files if file.startswith((CSV_FOLDER, "report/agreement"))]
    if outdated := outdated_exports.find(results, on_request):
        described["outdated"] = sorted(outdated)
    return described


def write_files(
    results: Path,
    video_ids: Sequence[str],
    page: Path | None = None,
    annotations_folder: str | None = None,
    run_options: Sequence[str] = (),
) -> None:
    """Write the side file of a page, by default `report/index.html` of the results.

    `annotations_folder` is where people unpack saved marks. An absolute path is left out, as it may
    contain the name of a user. `run_options` are options of Snakemake for commands on the page, see
    `corpus.planning.run_options`.

    Its entry `annotations` says whether there is also a side file with annotations, which is
    brought up to date.
    """
    page = page or results / "report" / "index.html"
    folder = page.parent / side_files.FOLDER
    files = describe_files(results, video_ids)
    files["annotations"] = annotation_list.update(results, folder)
    if annotations_folder and not os.path.isabs(annotations_folder):
        files["annotations_folder"] = annotations_folder
    if run_options:
        files["run_options"] = shlex.join(run_options)
    side_files.write_json_side_file(folder, NAME, files)


def _names_in(folder: Path) -> set[str]:
    """Names of the files and folders in a folder; empty if it does not exist."""
    try:
        return set(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        return set()
