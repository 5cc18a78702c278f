"""The workflow's exact HDBSCAN and others', on the same faces in one run: time, memory, labels.

python benchmarks/clustering.py --work /tmp/clustering
python benchmarks/clustering.py --work /tmp/clustering --device cuda --page docs/clustering.md

README.md, beside this file, says what is measured; synthetic_faces.py what is clustered.
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
from clustering_methods import METHODS, missing
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
"""Columns of the table, and how their numbers are shown."""
TITLES = {
    "seconds": "s",
    "peak_mb": "peak MB",
    "ari_truth": "ARI, truth",
    "ari_hdbscan": "ARI, hdbscan",
    "times": "times exact's s",
    "why": "",
}
THREADS = ("OMP", "OPENBLAS", "MKL", "NUMBA", "VECLIB")
BEGIN, END = "<!-- clustering: begin -->", "<!-- clustering: end -->"

Row = dict[str, object]


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def partition(labels: np.ndarray) -> np.ndarray:
    """Labels in which each face of noise is a cluster of its own."""
    alone = labels < 0
    found = labels.astype(np.int64)
    found[alone] = found.max(initial=-1) + 1 + np.arange(alone.sum())
    return found


def ari(labels: np.ndarray, others: np.ndarray) -> float:
    """Adjusted Rand index; 1 only where both are the same partition, noise included."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(partition(others), partition(labels)))


def call(method: str, embeddings: Path, options: argparse.Namespace) -> dict | str:
    """What one method answers in a process of its own, or why it does not."""
    answer = options.work / "answer.npz"
    answer.unlink(missing_ok=True)
    command = [sys.executable, Path(__file__).with_name("clustering_methods.py"), method]
    command += [embeddings, answer, "--threads", options.threads, "--device", options.device]
    command += ["--limit-s", options.limit_s, "--min-samples", options.min_samples]
    command += ["--min-cluster-size", options.min_cluster_size]
    threads = {f"{name}_NUM_THREADS": str(options.threads) for name in THREADS}
    done = subprocess.run(
        [str(word) for word in command],
        env=os.environ | threads,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    if done.returncode == -signal.SIGALRM:
        return f"more than {options.limit_s:g} s"
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"]
        return said[-1][:200]
    try:
        with np.load(answer) as found:
            return {name: found[name] for name in found.files}
    finally:
        answer.unlink(missing_ok=True)


def sizes_of(method: str, options: argparse.Namespace) -> list[int]:
    """How many faces the method is given, from few to many."""
    return sorted({*options.sizes, *(options.own_sizes if method == OURS else ())})


def measure(options: argparse.Namespace) -> Iterator[Row]:
    """Rows, as they are measured: by dimensions, then size, then method."""
    for d in options.dims:
        stopped: dict[str, str] = {}
        for method in options.methods:
            if lacking := missing(method):
                stopped[method] = f"not installed: {', '.join(lacking)}"
        for n in sorted({n for method in options.methods for n in sizes_of(method, options)}):
            chosen = [name for name in options.methods if n in sizes_of(name, options)]
            yield from of_size(n, d, chosen, stopped, options)


def of_size(
    n: int, d: int, methods: list[str], stopped: dict[str, str], options: argparse.Namespace
) -> list[Row]:
    """Rows of one table of embeddings. A method that fails goes into `stopped`, with the reason."""
    vectors, people = synthetic_faces.make(n, d, options.seed)
    path = options.work / "embeddings.npy"
    np.save(path, vectors)
    del vectors
    rows, found = [], {}
    for method in methods:
        told = stopped.get(method) or call(method, path, options)
        row: Row = dict.fromkeys(COLUMNS) | {"method": method, "n": n, "d": d, "why": ""}
        if isinstance(told, str):
            row["why"] = stopped[method] = told
        else:
            labels = found[method] = told.pop("labels")
            row |= {name: float(value) for name, value in told.items()}
            row |= {"clusters": int(labels.max(initial=-1)) + 1, "ari_truth": ari(labels, people)}
        rows.append(row)
        print(progress(row), file=sys.stderr, flush=True)
    path.unlink()
    own = next((row["seconds"] for row in rows if row["method"] == OURS), None)
    for row in rows:
        if row["method"] in found and REFERENCE in found:
            row["ari_hdbscan"] = ari(found[row["method"]], found[REFERENCE])
        if own and row["seconds"]:
            row["times"] = row["seconds"] / own
    return rows


def progress(row: Row) -> str:
    told = row["why"] or f"{row['seconds']:.3g} s, {row['peak_mb']:.0f} MB"
    return f"{row['method']} {row['n']} x {row['d']}: {told}"


def cell(row: Row, column: str) -> str:
    """What the table shows; a dash for what is not known."""
    value = row[column]
    if column == "why":
        return str(value)
    if value is None:
        return "-"
    if column.startswith("ari") and value == 1:
        return "1"
    # Not 1.0000 for what is nearly the same.
    value = min(value, 0.9999) if column.startswith("ari") else value
    return format(value, COLUMNS[column])


def table(rows: list[Row]) -> list[str]:
    """The rows as Markdown."""
    lines = ["| " + " | ".join(TITLES.get(name, name) for name in COLUMNS) + " |"]
    lines.append("|---|" + "---:|" * (len(COLUMNS) - 2) + "---|")
    ordered = sorted(rows, key=lambda row: (-row["d"], row["n"]))
    for row in ordered:
        lines.append("| " + " | ".join(cell(row, name) for name in COLUMNS) + " |")
    return lines


def report(rows: list[Row], speed: dict | str, options: argparse.Namespace) -> str:
    """The table, what was used, and what follows."""
    versions = [f"{name} {version}" for name in METHODS if (version := version_of(name))]
    on = f"{options.threads} threads, {options.device}"
    if not isinstance(speed, str) and options.device.startswith("cuda"):
        on += f" ({speed['device']}) for `{OURS}`"
    lines = [
        f"`min_cluster_size` {options.min_cluster_size}, `min_samples` {options.min_samples}, "
        f"seed {options.seed}, {on}; {', '.join(versions)}.",
        "",
        *table(rows),
        "",
        *(f"- {line}" for line in [*ahead(rows), *speeds(rows, speed)]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def version_of(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def ahead(rows: list[Row]) -> Iterator[str]:
    """How much faster ours is than the reference, at the largest size that both did."""
    for d in dict.fromkeys(row["d"] for row in rows):
        both = [row for row in rows if row["d"] == d and row["method"] == REFERENCE]
        both = [row for row in both if row["times"]]
        if both:
            last = max(both, key=lambda row: row["n"])
            yield (
                f"ours is {last['times']:.3g} times faster than {REFERENCE} at {last['n']:,} x {d}"
            )


def speeds(rows: list[Row], speed: dict | str) -> Iterator[str]:
    """GPU memory of ours, and the share of the machine's speed, where it counts its products."""
    for row in rows:
        if row.get("gpu_mb"):
            yield f"{row['n']:,} x {row['d']}: {row['gpu_mb']:,.0f} MB of GPU memory"
    if isinstance(speed, str):
        return
    peak = float(speed["products_per_s"])
    for row in rows:
        if row.get("products") and row["method"] == OURS:
            own = row["products"] / row["seconds"]
            yield (
                f"{row['n']:,} x {row['d']}: {2 * own / 1e9:,.0f} GFLOP/s, {own / peak:.0%} of the "
                f"{2 * peak / 1e9:,.0f} that a float32 matrix product reaches"
            )


def into_page(page: Path, begin: str, end: str, text: str) -> None:
    """Put the text between two lines of a page. Raises InputError where it lacks them."""
    old = page.read_text(encoding="utf-8")
    pattern = re.compile(re.escape(begin) + r"\n.*?" + re.escape(end), re.DOTALL)
    new, count = pattern.subn(lambda _: f"{begin}\n{text}{end}", old)
    if count != 1:
        raise InputError(f"{page}: needs the lines {begin} and {end} once, in this order")
    write_text(page, new)


def main() -> None:
    """Measure, write, print."""
    options = parse_arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    speed = call("product", options.work / "none", options)
    rows: list[Row] = []
    for row in measure(options):
        rows.append(row)
        save(rows, options.work)  # at once: a run takes long, and may be ended
    text = report(rows, speed, options)
    print(text, end="")
    if options.page:
        save(rows, options.page.parent)
        picture = "![Seconds and peak memory over the number of faces](clustering.svg)"
        figures = "All figures are in [clustering.tsv](clustering.tsv)."
        into_page(options.page, BEGIN, END, f"{text}\n{picture}\n\n{figures}\n")


def save(rows: list[Row], folder: Path) -> None:
    """Write the rows as clustering.tsv and clustering.svg."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    write_text(folder / "clustering.tsv", frame.to_csv(sep="\t", index=False, lineterminator="\n"))
    draw(rows, folder / "clustering.svg", OURS)


def parse_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Options of this program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--work", required=True, type=Path, help="folder of clustering.tsv and clustering.svg")
    add("--sizes", type=int, nargs="*", default=[2000, 5000, 10000, 20000], help="faces, for all")
    add("--own-sizes", type=int, nargs="*", default=[50000, 100000], help="and for ours alone")
    add("--dims", type=int, nargs="+", default=[512, 128], help="numbers a face")
    add("--methods", choices=METHODS, nargs="+", default=list(METHODS))
    add("--seed", type=int, default=0)
    add("--threads", type=int, default=cores(), help="default: all cores")
    add("--device", default="cpu", help="of ours, such as cuda")
    add("--limit-s", type=float, default=600, help="a method that takes longer gets no larger size")
    add("--min-cluster-size", type=int, default=3)
    add("--min-samples", type=int, default=2)
    add("--page", type=Path, help="page whose table is replaced; the files go beside it as well")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    run(main)
