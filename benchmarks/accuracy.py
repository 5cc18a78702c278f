"""Measure the accuracy of the workflow on a folder of clips, from the download to the people.

python benchmarks/accuracy.py CLIPS
python benchmarks/accuracy.py CLIPS --labels people.csv --work /tmp/accuracy --cores 4

The clips are served on 127.0.0.1 and downloaded from there, so that all stages of the workflow are
run. README.md in this folder explains the measures.
"""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import quote

import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import labelled_results
import people_report
from accuracy_measures import (
    FACE_TABLES,
    VIDEO_TABLES,
    ClipResult,
    count_people_rows,
    measure_clip,
    measure_keypoints,
    table_faults,
)
from accuracy_report import (
    hand_lines,
    identity_lines,
    markdown_table,
    people_count_lines,
    table_lines,
    time_lines,
    total,
)
from corpus.core.errors import CorpusError, InputError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.inputs import manifest, settings
from corpus.tables import parquet
from film_truth import Appearance
from identity_measures import main_people
from labelled_clips import (
    Label,
    expected_people,
    find_clips,
    read_appearances,
    read_labels,
    video_ids,
)

ROOT = Path(__file__).resolve().parents[1]
DEFAULTS = {"device": "cpu", "faces": {"embedder": "dlib"}, "fetch": {"subtitles": []}}
"""Settings that need no GPU and no network; those of --configfile take precedence."""


# Inputs of the workflow --------------------------------------------------------------------------


def configuration(user_settings: dict, options: dict, work: Path) -> dict:
    """The configuration of the run.

    Settings from command line options take precedence over those of the user's file, which take
    precedence over `DEFAULTS`.
    """
    paths = {name: str(work / f"{name}.tsv") for name in ("videos", "people")}
    config = paths | {"results": str(work / "results")}
    for layer in (options, user_settings, DEFAULTS):
        settings.add_missing_keys(config, layer)
    return config


def manifest_text(ids: dict[str, str], port: int) -> str:
    """The manifest, in which the source of each clip is an address on this machine.

    `ids` are the video ids by clip.
    """
    rows = [f"{video_id}\thttp://127.0.0.1:{port}/{quote(clip)}" for clip, video_id in ids.items()]
    return "\n".join(["video_id\tsource", *rows]) + "\n"


def manifest_port(text: str) -> int:
    """The port of the addresses in a manifest; 0, which means any port, if there is none."""
    match = re.search(r"http://127\.0\.0\.1:(\d+)/", text)
    return int(match[1]) if match else 0


def write_inputs(work: Path, ids: dict[str, str], port: int, config: dict) -> Path:
    """Write the manifest and the configuration to `work`; returns the path of the latter."""
    videos = work / "videos.tsv"
    text = manifest_text(ids, port)
    # Do not replace an equal file: a newer file would make rules run again.
    if not videos.exists() or videos.read_text(encoding="utf-8") != text:
        videos.write_text(text, encoding="utf-8")
    config_file = work / "config.yaml"
    config_file.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return config_file


# The run -----------------------------------------------------------------------------------------


class ClipRequestHandler(SimpleHTTPRequestHandler):
    """Serves the files of a folder with the media type of their suffix.

    Python's own media types depend on the machine, and take .ts for text.
    """

    extensions_map = {f".{suffix}": f"video/{suffix}" for suffix in manifest.VIDEO_SUFFIXES}

    def log_message(self, *arguments: object) -> None:
        """Log nothing, so that the progress of the workflow stays legible."""


@contextmanager
def serve(folder: Path, port: int) -> Iterator[int]:
    """Serve a folder on 127.0.0.1, at `port` if it is free; yields the port."""
    handler = partial(ClipRequestHandler, directory=str(folder))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def work_folder(path: Path | None) -> Iterator[Path]:
    """The folder `path`, created if needed; without a path, a folder that is deleted afterwards."""
    if path:
        path.mkdir(parents=True, exist_ok=True)
        yield path.resolve()
    else:
        with TemporaryDirectory(prefix="accuracy-") as temporary:
            yield Path(temporary).resolve()


def run_workflow(config_file: Path, cores: str, workflow: Path, target: str) -> None:
    """Run the workflow in the folder `workflow` up to a target.

    Raises CorpusError if a job fails; Snakemake then names the job.
    """
    command = [sys.executable, "-m", "snakemake", "--snakefile", workflow / "Snakefile"]
    command += ["--directory", workflow, "--profile", workflow / "profiles" / "laptop"]
    command += ["--configfile", config_file, "--cores", cores, "--", target]
    # The rules call `python`: it must be this Python.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if subprocess.run(command, env=os.environ | {"PATH": path}).returncode:
        raise CorpusError(
            "the workflow did not finish; with --work, call this program again to continue"
        )


# The report --------------------------------------------------------------------------------------


def measure_clips(
    folder: Path,
    ids: dict[str, str],
    labels: dict[str, Label],
    results: Path,
    with_keypoints: bool,
) -> list[ClipResult]:
    """Measure the results of all clips and add their labels."""
    columns = ["video_id", "status", "width", "height", "is_vfr", "start_s"]
    columns += ["n_shots", "n_face_tracks", "n_people"]
    corpus = parquet.read(results / "corpus.parquet", columns).set_index("video_id")
    tracks = parquet.read(results / "tracks.parquet", ["video_id", "start_s", "end_s", "person"])
    person_of_video = main_people(tracks)
    clips = []
    for clip, video in ids.items():
        label = labels.get(clip, {})
        person = {"person": label.get("person", ""), "found": person_of_video.get(video, "")}
        summary = corpus.loc[video]
        measures = measure_clip(results, video, summary, folder / clip)
        if with_keypoints:
            measures |= measure_keypoints(results, video, summary, measures["frames"])
        labelled = {"people_labelled": expected_people(label)}
        clips.append({"clip": clip} | person | measures | labelled)
    return clips


def report(
    clips: list[ClipResult], ids: dict[str, str], results: Path, with_keypoints: bool
) -> str:
    """The table of all clips and the summary, in Markdown."""
    tables = VIDEO_TABLES if with_keypoints else FACE_TABLES
    faults = {clip: table_faults(results, video, tables) for clip, video in ids.items()}
    n_rows = {clip: count_people_rows(results, video) for clip, video in ids.items()}
    n_people = len(parquet.read(results / "people.parquet", ["person"]))
    lines = identity_lines(clips) + people_count_lines(clips)
    lines += hand_lines(clips) if with_keypoints else []
    lines += time_lines(clips) + table_lines(clips, faults, n_rows)
    table = markdown_table([*clips, total(clips, n_people)])
    return "\n".join([table, "", *(f"- {line}" for line in lines)]) + "\n"


def read_truth(
    folder: Path, clip_paths: list[str], options: argparse.Namespace
) -> tuple[dict[str, Label], dict[str, list[Appearance]]]:
    """The labels and the appearances of the clips; those of a missing default file are empty."""
    files = {}
    for name in ("labels", "appearances"):
        default = folder / f"{name.upper()}.csv"
        files[name] = getattr(options, name) or (default if default.exists() else None)
    labels = read_labels(files["labels"], clip_paths) if files["labels"] else {}
    shown = read_appearances(files["appearances"], clip_paths) if files["appearances"] else {}
    return labels, shown


def main() -> None:
    """Run the workflow on the clips, and report its accuracy."""
    options = parse_arguments()
    folder = options.folder.resolve()
    clip_paths = find_clips(folder)
    if not clip_paths:
        raise InputError(f"{options.folder}: there are no videos in this folder")
    if options.work and options.work.resolve().is_relative_to(folder):
        raise InputError(
            f"--work {options.work}: choose a folder outside the clips, since its videos would "
            "be measured as clips"
        )
    labels, appearances = read_truth(folder, clip_paths, options)
    ids = video_ids(clip_paths)
    with_keypoints = options.only != "people"
    with work_folder(options.work) as work:
        run_on_clips(folder, ids, work, options)
        results = work / "results"
        clips = measure_clips(folder, ids, labels, results, with_keypoints)
        labelled = labelled_results.read_results(results, ids, labels, appearances)
        people_text, measures = people_report.report(results, labelled)
        text = report(clips, ids, results, with_keypoints) + people_text + "\n"
        for name, table in (("accuracy", pd.DataFrame(clips)), ("measures", measures)):
            table.to_csv(work / f"{name}.tsv", sep="\t", index=False, float_format="%.6g")
        (work / "accuracy.md").write_text(text, encoding="utf-8")
    print(text, end="")


def run_on_clips(
    folder: Path, ids: dict[str, str], work: Path, options: argparse.Namespace
) -> None:
    """Serve the clips and run the workflow on them."""
    config_file = options.configfile
    user_settings = (
        yaml.safe_load(config_file.read_text(encoding="utf-8")) or {} if config_file else {}
    )
    from_options = {"faces": {"embedder": options.embedder}} if options.embedder else {}
    config = configuration(user_settings, from_options, work)
    videos = work / "videos.tsv"
    # Use the port of the previous run: with other addresses all clips would be downloaded again.
    port = manifest_port(videos.read_text(encoding="utf-8")) if videos.exists() else 0
    with serve(folder, port) as port:
        config_file = write_inputs(work, ids, port, config)
        run_workflow(config_file, options.cores, options.workflow.resolve(), options.only or "all")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("folder", type=Path, help="folder of clips; its subfolders are included")
    add("--labels", type=Path, help="people in the clips; default: LABELS.csv")
    add("--appearances", type=Path, help="who is where at which time; default: APPEARANCES.csv")
    add("--embedder", choices=EMBEDDERS, help="default: dlib")
    add("--work", type=Path, help="folder that keeps all files, to continue later")
    add("--cores", default="all", help="cores for Snakemake; default: all")
    add("--configfile", type=Path, help="settings that differ, as in config/")
    add("--only", choices=["people"], help="identify people, and extract no keypoints")
    add("--workflow", type=Path, default=ROOT, help="another copy of the workflow to measure")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
