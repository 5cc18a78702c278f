"""Measure the CPU time and memory of each stage, beside decoding, MediaPipe and an earlier version.

python benchmarks/throughput.py --work /tmp/throughput
python benchmarks/throughput.py --clips A.mp4 B.mp4 --before /tmp/earlier --work /tmp/throughput

README.md in this folder explains what is measured.
"""

import argparse
import json
import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import render_demo
import throughput_films
import throughput_plot
import throughput_report as report
from clustering import replace_section
from corpus.core.atomic_files import write_text
from corpus.core.errors import InputError, run
from stage_runs import ROOT, THREADS, Job, checked_workflow, commit, run_workflow
from throughput_films import Film
from throughput_report import NOW, Row

FILMS = ((480, 1), (480, 2), (1080, 1), (1080, 2))
"""Heights in pixels and numbers of people of the films."""
SECONDS = (2.0, 8.0)
"""Lengths of the films: the time that does not depend on the length is that for starting."""
TABLES = ("embeddings", "phases")
"""Tables that need all stages of a video."""
END_TO_END = (480, 2)
"""Height and people of the film that runs through the whole workflow."""
END_TO_END_CORES = 2
SPARSE = {"faces": {"samples_per_second": 1}, "keypoints": {"frames_per_second": 2}}
"""Settings for measurements of memory, where the time does not matter."""
SPARSE_HEIGHT = 480

Versions = Mapping[str, Path]
"""Copies of the workflow by name."""


class Store:
    """Measurements that are kept in a file, so that a second call continues.

    Parameters
    ----------
    path
        File of JSON lines, one per row.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        self.rows = [Row(**json.loads(line)) for line in lines]

    def has(self, version: str, code: str, film: str, repeat: int) -> bool:
        """Whether a film was measured with this commit of a version, in this repetition."""
        key = (version, code, film, repeat)
        return any((row.version, row.commit, row.film, row.repeat) == key for row in self.rows)

    def add(self, rows: list[Row], code: str = "") -> None:
        """Append rows, measured with a commit, to the file."""
        rows = [row._replace(commit=code) for row in rows]
        self.rows += rows
        with self.path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row._asdict()) + "\n" for row in rows)


def measure_stages(
    film: Film, path: Path, version: str, workflow: Path, work: Path, repeat: int
) -> list[Row]:
    """Run all stages of a video on one core; one row per job."""
    folder = new_folder(work / "runs" / f"{version}_{film.name}_{repeat}")
    jobs = run_workflow(workflow, folder, {film.name: path}, TABLES)
    return [
        Row(version, film.name, film.kind, film.seconds, film.people, repeat, job.stage,
            job.cpu_s, job.wall_s, job.peak_mb)
        for job in jobs
    ]  # fmt: skip


def new_folder(folder: Path) -> Path:
    """A folder that does not exist: a number is appended if needed."""
    candidates = (folder.with_name(f"{folder.name}.{number}") for number in range(1, 1000))
    return folder if not folder.exists() else next(path for path in candidates if not path.exists())


def measure_references(film: Film, path: Path, keypoints: Path, repeat: int) -> list[Row]:
    """Decoding alone and MediaPipe alone, measured in one process of their own.

    MediaPipe searches the first frames only; its time is scaled to the people in all frames.
    """
    command = [sys.executable, Path(__file__).with_name("reference_loops.py"), path]
    command += ["--keypoints", keypoints, "--models", ROOT / "resources" / "models"]
    variables = os.environ | dict.fromkeys(THREADS, "1")
    run = subprocess.run(command, check=True, env=variables, stdout=subprocess.PIPE)
    measured = json.loads(run.stdout.splitlines()[-1])
    per_person = measured["mediapipe_s"] / max(measured["people"], 1)
    seconds = {
        "decode": measured["decode_s"],
        "decode to RGB": measured["rgb_s"],
        "MediaPipe": per_person * film.n_frames * film.people,
    }
    return [
        Row(report.REFERENCE, film.name, film.kind, film.seconds, film.people, repeat, name,
            cpu_s, cpu_s, 0.0)
        for name, cpu_s in seconds.items()
    ]  # fmt: skip


def films(options: argparse.Namespace) -> list[Film]:
    """The films to measure: all kinds in all lengths."""
    shapes = [shape for shape in FILMS if not options.films or report.kind(*shape) in options.films]
    return [Film(*shape, seconds) for shape in shapes for seconds in options.seconds]


def measure(options: argparse.Namespace, versions: Versions, store: Store) -> None:
    """Measure what is missing in the store. The versions alternate, so they share conditions."""
    folder = options.work / "films"
    for repeat in range(options.repeats):
        for film in films(options):
            path = throughput_films.write(film, options.clips, folder)
            for version, workflow in versions.items():
                code = commit(workflow)
                if not store.has(version, code, film.name, repeat):
                    logging.info("%s, %s, run %d", version, film.name, repeat + 1)
                    rows = measure_stages(film, path, version, workflow, options.work, repeat)
                    store.add(rows, code)
            if not store.has(report.REFERENCE, "", film.name, repeat):
                store.add(measure_references(film, path, keypoints_of(film, options.work), repeat))


def keypoints_of(film: Film, work: Path) -> Path:
    """A table of keypoints of the film, of any run."""
    tables = sorted(work.glob(f"runs/*/results/keypoints/{film.name}.parquet"))
    return tables[-1]


def job_rows(common: tuple, jobs: Iterable[Job]) -> list[Row]:
    """Rows of measured jobs; `common` are the first columns of all of them."""
    return [Row(*common, job.stage, job.cpu_s, job.wall_s, job.peak_mb) for job in jobs]


def measure_end_to_end(options: argparse.Namespace, versions: Versions, store: Store) -> None:
    """Run the whole workflow on one film on two cores, with the time of Snakemake."""
    film = Film(*END_TO_END, options.end_to_end)
    name = f"{film.name}_all"
    path = throughput_films.write(film, options.clips, options.work / "films")
    for version, workflow in versions.items():
        code = commit(workflow)
        if store.has(version, code, name, 0):
            continue
        folder = new_folder(options.work / "runs" / f"{version}_{name}")
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        jobs = run_workflow(workflow, folder, {film.name: path}, (), cores=END_TO_END_CORES)
        wall_s = time.monotonic() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        common = (version, name, report.END_TO_END, film.seconds, film.people, 0)
        store.add([*job_rows(common, jobs), Row(*common, "total", cpu_s, wall_s, 0.0)], code)


def measure_memory(options: argparse.Namespace, versions: Versions, store: Store) -> None:
    """Peak memory of each stage by length of the video, with fewer frames analysed."""
    for minutes in options.memory:
        film = Film(SPARSE_HEIGHT, 2, 60 * minutes)
        name = f"{film.name}_sparse"
        path = throughput_films.write(film, options.clips, options.work / "films")
        for version, workflow in versions.items():
            code = commit(workflow)
            if store.has(version, code, name, 0):
                continue
            folder = new_folder(options.work / "runs" / f"{version}_{name}")
            jobs = run_workflow(workflow, folder, {film.name: path}, TABLES, SPARSE)
            common = (version, name, report.SPARSE, film.seconds, film.people, 0)
            store.add(job_rows(common, jobs), code)


def demo_clips(work: Path) -> list[Path]:
    """The demo's clip of a figure that moves its arms, and the clip of a portrait."""
    folder = work / "demo"
    render_demo.render_all(folder)
    return [folder / "hands.mp4", folder / "collins.mp4"]


def main(arguments: list[str] | None = None) -> None:
    """Measure, print the tables, and write them to the work folder and to the page."""
    options = parse_arguments(arguments)
    options.work = options.work.resolve()
    options.work.mkdir(parents=True, exist_ok=True)
    options.clips = options.clips or demo_clips(options.work)
    if missing := [str(clip) for clip in options.clips if not clip.exists()]:
        raise InputError(f"--clips: {', '.join(missing)}: no such file")
    versions = {"before": checked_workflow(options.before)} if options.before else {}
    versions |= {} if options.only_before else {NOW: ROOT}
    logging.info("versions: %s", {name: commit(folder) for name, folder in versions.items()})
    store = Store(options.work / "measurements.jsonl")
    measure(options, versions, store)
    if options.end_to_end:
        measure_end_to_end(options, versions, store)
    measure_memory(options, versions, store)
    codes = {commit(folder) for folder in versions.values()} | {""}
    publish([row for row in store.rows if row.commit in codes], options)


def publish(rows: list[Row], options: argparse.Namespace) -> None:
    """Write the table of medians, the text and the plot; print the text."""
    table = report.summarise(pd.DataFrame(rows))
    text = report.text(table)
    folder = options.page.parent if options.page else options.work
    write_text(folder / "throughput.tsv", report.as_tsv(table))
    if table["per_second"].notna().any():
        throughput_plot.draw(table, folder / "throughput.svg")
    write_text(options.work / "throughput.md", text)
    if options.page:
        replace_section(options.page, report.BEGIN, report.END, text)
    print(text)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    kinds = [report.kind(*shape) for shape in FILMS]
    add("--clips", type=Path, nargs="+", help="clips of one person each; default: the demo's")
    add("--before", type=Path, help="another copy of the workflow, measured beside this one")
    add("--only-before", action="store_true", help="measure only the copy given by --before")
    add("--films", nargs="*", choices=kinds, help="lines and people of the films; default: all")
    add("--seconds", type=float, nargs=2, default=SECONDS, help="two lengths of each film")
    add("--repeats", type=int, default=3, help="number of runs of each film; default: 3")
    add("--end-to-end", type=float, default=0, metavar="SECONDS", help="also a whole run")
    add("--memory", type=float, nargs="*", default=[], metavar="MINUTES", help="also peak memory")
    add("--page", type=Path, help="page to write the tables into, with TSV and plot beside it")
    add("--work", type=Path, required=True, help="folder that keeps films and measurements")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
