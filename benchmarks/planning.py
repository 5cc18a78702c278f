"""Measure how long and how much memory Snakemake takes to plan a corpus of a given size.

python benchmarks/planning.py --videos 1000 10000
python benchmarks/planning.py --videos 1000 10000 100000 --per-job 100 --table docs/planning.tsv

The manifests contain invented web addresses; nothing is downloaded, and no job runs. docs/scale.md
has the results.
"""

import argparse
import csv
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from multiprocessing import Process, Queue
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.planning.video_groups import cut_into_groups
from reproducible_plots import reproducible_pyplot

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("videos", "what", "wall_s", "cpu_s", "peak_mb")
PLAN = ("--dry-run", "--quiet", "rules", "progress")
"""Options of a dry run that only plans; without --quiet it would also print each job."""
ON_A_NODE = ("--mode", "remote", "--nolock", "--no-hooks")
"""Options with which a SLURM job on a node starts Snakemake before its command runs."""
MOST_SINGLE = 20_000
"""Largest corpus that is planned with jobs for single videos: a larger plan takes many minutes."""

Row = dict[str, object]


def write_manifest(folder: Path, n_videos: int) -> None:
    """Write a manifest of `n_videos` addresses at the path of the default configuration."""
    lines = [f"{video_id(number)}\thttps://example.org/{number}" for number in range(n_videos)]
    path = folder / "config" / "videos.tsv"
    path.parent.mkdir(parents=True)
    path.write_text("\n".join(["video_id\tsource", *lines]) + "\n", encoding="utf-8")


def video_id(number: int) -> str:
    """Return the id of a video, as long as those of YouTube."""
    return f"video{number:06d}"


def command(folder: Path, *options: str, per_job: int = 1) -> list[str]:
    """Return the command that plans the corpus in `folder` with the laptop profile.

    `per_job` is the value of the config key `videos_per_job`.
    """
    paths = ("--snakefile", ROOT / "Snakefile", "--directory", folder)
    profile = ("--profile", ROOT / "profiles" / "laptop", "--config", "device=cpu")
    profile += (f"videos_per_job={per_job}",)
    return [sys.executable, "-m", "snakemake", *map(str, (*options, *paths, *PLAN, *profile))]


def plans(
    n_videos: int, batches: int, per_jobs: Iterable[int]
) -> Iterable[tuple[str, tuple[str, ...], int]]:
    """Yield a description of each plan to measure, Snakemake's options, and videos per job."""
    if n_videos <= MOST_SINGLE:
        yield "everything", ("all",), 1
    if batches:
        yield f"movement, batch 1/{batches}", ("movement", "--batch", f"movement=1/{batches}"), 1
        yield f"people, batch 1/{batches}", ("people", "--batch", f"cluster_faces=1/{batches}"), 1
    ids = [video_id(number) for number in range(n_videos)]
    yield "one job on a node", job_on_a_node("extract_keypoints", f"video={ids[-1]}"), 1
    for per_job in per_jobs:
        jobs = f"{per_job} videos per job"
        yield f"everything, {jobs}", ("all",), per_job
        group = next(iter(cut_into_groups(ids, per_job)))
        node = job_on_a_node("analyse_movement", f"group={group}")
        yield f"one job on a node, {jobs}", node, per_job


def job_on_a_node(rule: str, wildcard: str) -> tuple[str, ...]:
    """Return the options with which a job on a node starts Snakemake."""
    return ("--target-jobs", f"{rule}:{wildcard}", "--allowed-rules", rule, *ON_A_NODE)


def measure(arguments: list[str]) -> dict[str, float]:
    """Measure wall time, CPU time and peak memory of a command on one core.

    Raises SystemExit if the command fails.
    """
    queue: Queue = Queue()
    process = Process(target=_measure, args=(arguments, queue))
    process.start()
    measured = queue.get()
    process.join()
    if measured.pop("failed"):
        raise SystemExit(f"failed: {' '.join(arguments)}\n{measured['printed']}")
    del measured["printed"]
    return measured


def _measure(arguments: list[str], queue: Queue) -> None:
    """Run the command as the only child of this process, and put the measurements in the queue."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    start = time.monotonic()
    done = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    wall = time.monotonic() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    # The unit is kilobytes, but bytes on macOS.
    peak = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    queue.put(
        {
            "failed": done.returncode != 0,
            "printed": done.stdout[-2000:],
            "wall_s": round(wall, 1),
            "cpu_s": round(used.ru_utime + used.ru_stime, 1),
            "peak_mb": round(peak / 1e6),
        }
    )


def rows_of(n_videos: int, batches: int, per_jobs: Iterable[int]) -> Iterable[Row]:
    """Measure all plans for one corpus size and yield their rows."""
    with TemporaryDirectory(prefix="planning-") as folder:
        write_manifest(Path(folder), n_videos)
        for what, options, per_job in plans(n_videos, batches, per_jobs):
            measured = measure(command(Path(folder), *options, per_job=per_job))
            yield {"videos": n_videos, "what": what} | measured


def draw(rows: list[Row], path: Path) -> None:
    """Plot CPU time and peak memory over the number of videos, one line per kind of plan."""
    pyplot = reproducible_pyplot("planning")
    figure, axes = pyplot.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    for axis, column, label in zip(
        axes, ("cpu_s", "peak_mb"), ("CPU seconds", "peak memory, MB"), strict=True
    ):
        for what in dict.fromkeys(row["what"] for row in rows):
            points = sorted(
                (int(row["videos"]), row[column]) for row in rows if row["what"] == what
            )
            axis.plot(*zip(*points, strict=True), marker="o", label=what)
        axis.set(xscale="log", yscale="log", xlabel="videos", ylabel=label)
        axis.grid(alpha=0.3)
    axes[0].legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure all sizes, print the rows, and write the table and the plot."""
    options = parse_arguments()
    rows: list[Row] = []
    print("\t".join(COLUMNS), flush=True)
    for n_videos in options.videos:
        for row in rows_of(n_videos, options.batches, options.per_job):
            rows.append(row)
            print("\t".join(str(row[column]) for column in COLUMNS), flush=True)
    if options.table:
        with options.table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    if options.plot:
        draw(rows, options.plot)


def parse_arguments() -> argparse.Namespace:
    """Read the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--videos", type=int, nargs="+", default=[1000, 10000], help="corpus sizes to measure"
    )
    parser.add_argument(
        "--batches", type=int, default=0, help="also measure the first of this many batches"
    )
    parser.add_argument(
        "--per-job",
        type=int,
        nargs="*",
        default=[],
        help="also measure plans with N videos per job",
    )
    parser.add_argument("--table", type=Path, help="write the rows to this tab-separated file")
    parser.add_argument("--plot", type=Path, help="write the plot to this .svg or .png file")
    return parser.parse_args()


if __name__ == "__main__":
    main()
