"""Measure how the extraction of keypoints scales with cores, and how much memory it takes.

python benchmarks/chunks.py --work /tmp/chunks
python benchmarks/chunks.py --clips A.mp4 B.mp4 --work /tmp/chunks --page docs/throughput.md

CPU seconds of the parts of a job are measured on a film of two hours. From them follows when the
chunks end on 1, 2, 4 and 8 cores, with the schedule that the job uses: a machine with eight free
cores is not needed. Memory is measured on films of two minutes and more.
"""

import argparse
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import chunk_costs
import render_demo
import throughput_films
from chunk_costs import Costs, PlaceholderExtraction
from clustering import replace_section
from corpus.core.errors import run
from corpus.core.processes import _Schedule
from corpus.pose.chunks import CHUNK_S, Chunk, cut_into_chunks
from corpus.pose.extraction import extract_keypoints
from stage_runs import ROOT, run_workflow
from throughput_films import Film

SHORT = Film(480, 2, 20.0)
LONG_S = 7200.0
PROCESSES = (1, 2, 4, 8)
MEMORY_FILMS_S = (120.0, LONG_S)
MEMORY_PROCESSES = (1, 4)
SAMPLES, SAMPLE_FRAMES = 3, 25
"""Chunks that are measured, and frames of each after its warm-up."""
BEGIN, END = "<!-- chunks: begin -->", "<!-- chunks: end -->"


def end_times(costs: Costs, chunks: Sequence[Chunk], n: int, shares: Sequence[float]) -> float:
    """Seconds from the start of a job to its end on `n` cores.

    It is the time at which the last process ends if each has a core of its own, but not less than
    the sum of their CPU seconds divided by `n`: the main process needs time as well.
    `shares` multiply the cost of a frame, by chunk. One process reads the film in one pass; several
    of them seek, and the main process writes what they find, chunk after chunk.
    """
    kept = [len(chunk.kept_frames) for chunk in chunks]
    work = [
        len(chunk.frames) * costs.frame_s * share
        for chunk, share in zip(chunks, shares, strict=True)
    ]
    if n == 1:
        return costs.start_s + sum(work) + sum(kept) * costs.direct_write_s
    schedule = _Schedule(len(chunks), 2 * n, avoid_successive=True)
    # The main process starts the others; each of them starts at the same time.
    free_at = [2 * costs.start_s] * n
    last: list[int | None] = [None] * n
    done: dict[int, float] = {}
    written_s, position = costs.start_s, 0
    while position < len(chunks):
        idle = sorted(range(n), key=lambda worker: free_at[worker])
        worker = idle[0]
        task = schedule.next_task(last[worker], position)
        if task is not None:
            done[task] = free_at[worker] + costs.seek_s + work[task]
            free_at[worker], last[worker] = done[task], task
            continue
        # It waits until the main process has written the next chunk.
        written_s = max(written_s, done[position]) + kept[position] * costs.write_s
        position += 1
        free_at[worker] = max(free_at[worker], written_s)
    main_s = costs.start_s + sum(kept) * costs.write_s
    total_s = main_s + n * costs.start_s + len(chunks) * costs.seek_s + sum(work)
    return max(written_s, total_s / n)


def scaling_table(costs: Costs, chunks: Sequence[Chunk]) -> str:
    """Seconds and efficiency by number of processes, as Markdown."""
    random = np.random.default_rng(0)
    uneven = random.choice([0.1, 0.5, 1.0, 1.5, 2.0], len(chunks))
    lines = [
        "| cores | equal chunks, min | efficiency | uneven chunks, min | efficiency |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    columns = [
        [end_times(costs, chunks, n, shares) for n in PROCESSES]
        for shares in (np.ones(len(chunks)), uneven)
    ]
    for row, n in enumerate(PROCESSES):
        cells = [
            cell
            for times in columns
            for cell in (f"{times[row] / 60:.1f}", f"{times[0] / (n * times[row]):.2f}")
        ]
        lines.append(f"| {n} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def costs_table(costs: Costs, chunks: Sequence[Chunk]) -> str:
    """The measured parts of a job, as Markdown."""
    n_frames = sum(len(chunk.kept_frames) for chunk in chunks)
    n_discarded = sum(len(chunk.frames) for chunk in chunks) - n_frames
    rows = [
        ("start of a process", f"{costs.start_s:.2f} s"),
        ("opening the file and seeking, a chunk", f"{costs.seek_s * 1e3:.0f} ms"),
        ("decoding and keypoints, a frame", f"{costs.frame_s * 1e3:.1f} ms"),
        ("receiving, joining and writing, a frame", f"{costs.write_s * 1e3:.2f} ms"),
        ("chunks", f"{len(chunks)} of at most {CHUNK_S:g} s"),
        ("frames of warm-ups and run-outs", f"{n_discarded / n_frames:.1%}"),
    ]
    return "\n".join(
        ["| part | CPU time |", "| --- | ---: |", *(f"| {a} | {b} |" for a, b in rows)]
    )


def peak_mb(extraction: PlaceholderExtraction, chunks: list[Chunk], n: int, output: Path) -> float:
    """Peak resident memory in MB of an extraction in `n` processes, summed over all of them.

    The memory of this process at the start is subtracted.
    """
    process, ended = psutil.Process(), threading.Event()
    start, peak = process.memory_info().rss, 0

    def watch() -> None:
        nonlocal peak
        while not ended.wait(0.1):
            total = process.memory_info().rss
            for child in process.children(recursive=True):
                try:
                    total += child.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak = max(peak, total)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        chunk_costs.write(extract_keypoints(extraction, chunks, n, lambda _: None), output)
    finally:
        ended.set()
        watcher.join()
    return (peak - start) / 1e6


def memory_table(work: Path, short: Path, tables: Path) -> str:
    """Peak memory by length and number of processes, without networks, as Markdown."""
    lines = ["| film | " + " | ".join(f"{n} processes, MB" for n in MEMORY_PROCESSES) + " |"]
    lines.append("| --- |" + " ---: |" * len(MEMORY_PROCESSES))
    for seconds in MEMORY_FILMS_S:
        path = chunk_costs.repeat_film(short, seconds, work / f"film_{seconds:g}s.mp4")
        real, frames = chunk_costs.long_extraction(path, tables, SHORT.name, (path, path))
        extraction = PlaceholderExtraction(**{**vars(real), "n_people": SHORT.people})
        cells = [
            f"{peak_mb(extraction, cut_into_chunks(frames), n, work / 'k.parquet'):.0f}"
            for n in MEMORY_PROCESSES
        ]
        lines.append(f"| {seconds / 60:g} min | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    options = parse_arguments()
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    clips = options.clips
    if not clips:
        clips = sorted(render_clips(work).glob("[ch]o*.mp4"))
    short = throughput_films.write(SHORT, clips, work)
    run_workflow(ROOT, work / "run", {SHORT.name: short}, ["faces"])
    tables = work / "run" / "results"
    models = ROOT / "resources" / "models"
    names = ("pose_landmarker_bundled.task", "hand_landmarker_bundled.task")
    sections = []
    if "scaling" in options.parts:
        long = chunk_costs.repeat_film(short, LONG_S, work / "long.mp4")
        extraction, frames = chunk_costs.long_extraction(
            long, tables, SHORT.name, (models / names[0], models / names[1])
        )
        chunks = cut_into_chunks(frames)
        costs = chunk_costs.measure_costs(
            extraction, chunks, SAMPLES, SAMPLE_FRAMES, work / "k.parquet"
        )
        sections += [costs_table(costs, chunks), scaling_table(costs, chunks)]
    if "memory" in options.parts:
        sections.append(memory_table(work, short, tables))
    text = "\n\n".join(sections) + "\n"
    print(text, end="")
    if options.page:
        replace_section(options.page, BEGIN, END, text)


def render_clips(work: Path) -> Path:
    """The clips of the demo."""
    folder = work / "demo"
    if not folder.exists():
        render_demo.render_all(folder)
    return folder


def parse_arguments() -> argparse.Namespace:
    """Read the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--work", type=Path, required=True, help="folder for films and results")
    add("--clips", type=Path, nargs="+", help="clips of one person; default: those of the demo")
    add("--page", type=Path, help="page in which to replace the section")
    parts = ["scaling", "memory"]
    add("--parts", nargs="+", choices=parts, default=parts, help="what is measured")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
