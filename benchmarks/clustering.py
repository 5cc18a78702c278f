"""Compare the time, memory and labels of the workflow's exact HDBSCAN and other implementations.

python benchmarks/clustering.py --work /tmp/clustering
python benchmarks/clustering.py --work /tmp/clustering --device cuda --page docs/clustering.md

All methods cluster the same synthetic faces; synthetic_faces.py describes them. README.md in this
folder describes the measurements.
"""

import argparse
import importlib.metadata
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import synthetic_faces
from clustering_methods import METHODS, missing_modules
from clustering_plot import draw
from corpus.core.atomic_files import write_text
from corpus.core.errors import InputError, run

OURS, REFERENCE = "exact", "hdbscan"
COLUMNS = {
    "method": "",
    "n": ",",
    "d": "",
    "seconds": ".3g",
    "peak_mb": ",.0f",
    "ari_truth": ".4f",
    "ari_hdbscan": ".4f",
    "clusters": ",.0f",
    "times": ",.2f",
    "why": "",
}
"""Columns of the table and the format of their values."""
TITLES = {
    "seconds": "s",
    "peak_mb": "peak MB",
    "ari_truth": "ARI, truth",
    "ari_hdbscan": "ARI, hdbscan",
    "times": "times exact's s",
    "why": "",
}
"""Titles of columns in Markdown, where they differ from the name of the column."""
THREAD_VARIABLES = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB")
"""Prefixes of the environment variables *_NUM_THREADS that limit the threads of a library."""
BEGIN, END = "<!-- clustering: begin -->", "<!-- clustering: end -->"

Measurement = dict[str, object]
"""Result of one method for one set of embeddings, by column."""


def available_cores() -> int:
    """Number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def noise_as_singletons(labels: np.ndarray) -> np.ndarray:
    """Copy the labels and give each noise face a separate cluster."""
    noise = labels < 0
    partition = labels.astype(np.int64)
    partition[noise] = partition.max(initial=-1) + 1 + np.arange(noise.sum())
    return partition


def adjusted_rand_index(labels: np.ndarray, reference: np.ndarray) -> float:
    """Adjusted Rand index of two labellings, in which each noise face is a separate cluster.

    It is 1 only if both are the same partition, including the noise.
    """
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(noise_as_singletons(reference), noise_as_singletons(labels)))


def run_method(method: str, embeddings: Path, options: argparse.Namespace) -> dict | str:
    """Run one method in a separate process.

    Returns the arrays of its answer, or the reason for the failure as text.
    """
    answer = options.work / "answer.npz"
    answer.unlink(missing_ok=True)
    command = [sys.executable, Path(__file__).with_name("clustering_methods.py"), method]
    command += [embeddings, answer, "--threads", options.threads, "--device", options.device]
    command += ["--limit-s", options.limit_s, "--min-samples", options.min_samples]
    command += ["--min-cluster-size", options.min_cluster_size]
    thread_limits = {f"{name}_NUM_THREADS": str(options.threads) for name in THREAD_VARIABLES}
    process = subprocess.run(
        [str(argument) for argument in command],
        env=os.environ | thread_limits,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        encoding="utf-8",
    )
    if process.returncode == -signal.SIGALRM:
        return f"more than {options.limit_s:g} s"
    if process.returncode:
        error_lines = process.stderr.strip().splitlines()
        return (error_lines or [f"ended with status {process.returncode}"])[-1][:200]
    try:
        with np.load(answer) as arrays:
            return {name: arrays[name] for name in arrays.files}
    finally:
        answer.unlink(missing_ok=True)


def sizes_for(method: str, options: argparse.Namespace) -> list[int]:
    """Numbers of faces that the method clusters, in ascending order."""
    return sorted({*options.sizes, *(options.own_sizes if method == OURS else ())})


def measure(options: argparse.Namespace) -> Iterator[Measurement]:
    """Yield each measurement, ordered by dimensions, then size, then method.

    A method that fails or exceeds the time limit is not run on larger sizes.
    """
    for d in options.dims:
        failures: dict[str, str] = {}
        for method in options.methods:
            if modules := missing_modules(method):
                failures[method] = f"not installed: {', '.join(modules)}"
        for n in sorted({n for method in options.methods for n in sizes_for(method, options)}):
            methods = [method for method in options.methods if n in sizes_for(method, options)]
            yield from measure_size(n, d, methods, failures, options)


def measure_size(
    n: int, d: int, methods: list[str], failures: dict[str, str], options: argparse.Namespace
) -> list[Measurement]:
    """Run the methods on `n` embeddings with `d` dimensions.

    Methods in `failures` are skipped, with the reason in the column `why`. A method that fails is
    added to `failures`.
    """
    embeddings, people = synthetic_faces.make_embeddings(n, d, options.seed)
    path = options.work / "embeddings.npy"
    np.save(path, embeddings)
    del embeddings
    rows, labels = [], {}
    for method in methods:
        answer = failures.get(method) or run_method(method, path, options)
        row: Measurement = dict.fromkeys(COLUMNS) | {"method": method, "n": n, "d": d, "why": ""}
        if isinstance(answer, str):
            row["why"] = failures[method] = answer
        else:
            labels[method] = answer.pop("labels")
            row |= {name: float(value) for name, value in answer.items()}
            row["clusters"] = int(labels[method].max(initial=-1)) + 1
            row["ari_truth"] = adjusted_rand_index(labels[method], people)
        rows.append(row)
        print(progress_line(row), file=sys.stderr, flush=True)
    path.unlink()
    our_seconds = next((row["seconds"] for row in rows if row["method"] == OURS), None)
    for row in rows:
        if row["method"] in labels and REFERENCE in labels:
            row["ari_hdbscan"] = adjusted_rand_index(labels[row["method"]], labels[REFERENCE])
        if our_seconds and row["seconds"]:
            row["times"] = row["seconds"] / our_seconds
    return rows


def progress_line(row: Measurement) -> str:
    """Summary of one measurement in one line."""
    result = row["why"] or f"{row['seconds']:.3g} s, {row['peak_mb']:.0f} MB"
    return f"{row['method']} {row['n']} x {row['d']}: {result}"


def format_cell(row: Measurement, column: str) -> str:
    """Format one value of the table; a dash stands for a missing value."""
    value = row[column]
    if column == "why":
        return str(value)
    if value is None:
        return "-"
    if column.startswith("ari") and value == 1:
        return "1"
    # Do not round an ARI below 1 up to 1.0000.
    value = min(value, 0.9999) if column.startswith("ari") else value
    return format(value, COLUMNS[column])


def format_table(rows: list[Measurement]) -> list[str]:
    """Format the measurements as lines of a Markdown table."""
    lines = ["| " + " | ".join(TITLES.get(name, name) for name in COLUMNS) + " |"]
    lines.append("|---|" + "---:|" * (len(COLUMNS) - 2) + "---|")
    for row in sorted(rows, key=lambda row: (-row["d"], row["n"])):
        lines.append("| " + " | ".join(format_cell(row, name) for name in COLUMNS) + " |")
    return lines


def report(rows: list[Measurement], product_speed: dict | str, options: argparse.Namespace) -> str:
    """Markdown: settings and versions, the table, and the speeds derived from it."""
    versions = [f"{name} {version}" for name in METHODS if (version := installed_version(name))]
    hardware = f"{options.threads} threads, {options.device}"
    if not isinstance(product_speed, str) and options.device.startswith("cuda"):
        hardware += f" ({product_speed['device']}) for `{OURS}`"
    lines = [
        f"`min_cluster_size` {options.min_cluster_size}, `min_samples` {options.min_samples}, "
        f"seed {options.seed}, {hardware}; {', '.join(versions)}.",
        "",
        *format_table(rows),
        "",
        *(f"- {line}" for line in [*speedup_lines(rows), *throughput_lines(rows, product_speed)]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def installed_version(package: str) -> str:
    """Version of an installed package, or an empty text."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ""


def speedup_lines(rows: list[Measurement]) -> Iterator[str]:
    """Yield our speed relative to the reference, at the largest size that both clustered."""
    for d in dict.fromkeys(row["d"] for row in rows):
        reference_rows = [row for row in rows if row["d"] == d and row["method"] == REFERENCE]
        compared = [row for row in reference_rows if row["times"]]
        if compared:
            largest = max(compared, key=lambda row: row["n"])
            yield (
                f"ours is {largest['times']:.3g} times faster than {REFERENCE} "
                f"at {largest['n']:,} x {d}"
            )


def throughput_lines(rows: list[Measurement], product_speed: dict | str) -> Iterator[str]:
    """Yield GPU memory, and our throughput relative to that of a plain matrix product.

    The throughput is reported only for measurements that count their products, and only if the
    speed of the matrix product could be measured.
    """
    for row in rows:
        if row.get("gpu_mb"):
            yield f"{row['n']:,} x {row['d']}: {row['gpu_mb']:,.0f} MB of GPU memory"
    if isinstance(product_speed, str):
        return
    peak = float(product_speed["products_per_s"])
    for row in rows:
        if row.get("products") and row["method"] == OURS:
            products_per_s = row["products"] / row["seconds"]
            # A multiply-add is two floating-point operations.
            yield (
                f"{row['n']:,} x {row['d']}: {2 * products_per_s / 1e9:,.0f} GFLOP/s, "
                f"{products_per_s / peak:.0%} of the {2 * peak / 1e9:,.0f} that a float32 "
                "matrix product reaches"
            )


def replace_section(page: Path, begin: str, end: str, text: str) -> None:
    """Replace the text between two marker lines of a page.

    Raises InputError if the page does not contain the markers exactly once and in this order.
    """
    old = page.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(begin) + r"\n.*?" + re.escape(end), re.DOTALL)
    new, count = pattern.subn(lambda _: f"{begin}\n{text}{end}", old)
    if count != 1:
        raise InputError(f"{page}: needs the lines {begin} and {end} once, in this order")
    write_text(page, new)


def main() -> None:
    """Measure all methods, write the results and print the report."""
    options = parse_arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    product_speed = run_method("product", options.work / "none", options)
    rows: list[Measurement] = []
    for row in measure(options):
        rows.append(row)
        save_results(rows, options.work)  # after each row: a long run may be interrupted
    text = report(rows, product_speed, options)
    print(text, end="")
    if options.page:
        save_results(rows, options.page.parent)
        picture = "![Seconds and peak memory over the number of faces](clustering.svg)"
        figures = "All figures are in [clustering.tsv](clustering.tsv)."
        replace_section(options.page, BEGIN, END, f"{text}\n{picture}\n\n{figures}\n")


def save_results(rows: list[Measurement], folder: Path) -> None:
    """Write the measurements as clustering.tsv and clustering.svg."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    write_text(folder / "clustering.tsv", frame.to_csv(sep="\t", index=False, lineterminator="\n"))
    draw(rows, folder / "clustering.svg", OURS)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    sizes, own_sizes = [2000, 5000, 10000, 20000], [50000, 100000]
    add("--work", required=True, type=Path, help="folder for clustering.tsv and clustering.svg")
    add("--sizes", type=int, nargs="*", default=sizes, help="numbers of faces for all methods")
    add(
        "--own-sizes",
        type=int,
        nargs="*",
        default=own_sizes,
        help="additional numbers of faces for the workflow's own method",
    )
    add("--dims", type=int, nargs="+", default=[512, 128], help="dimensions of the embeddings")
    add("--methods", choices=METHODS, nargs="+", default=list(METHODS), help="default: all")
    add("--seed", type=int, default=0, help="seed of the synthetic faces")
    add("--threads", type=int, default=available_cores(), help="default: all cores")
    add("--device", default="cpu", help="device of the workflow's own method, such as cuda")
    add(
        "--limit-s",
        type=float,
        default=600,
        help="time limit of a run in seconds; a method that exceeds it skips larger sizes",
    )
    add("--min-cluster-size", type=int, default=3)
    add("--min-samples", type=int, default=2)
    add(
        "--page",
        type=Path,
        help="page in which the table is replaced; the .tsv and .svg files are written next to it",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
