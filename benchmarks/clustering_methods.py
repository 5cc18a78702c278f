"""One clustering of one file of embeddings, in a process that benchmarks/clustering.py starts.

python benchmarks/clustering_methods.py hdbscan embeddings.npy answer.npz

A method is called on made-up points first, so that what it loads and compiles is not timed.
"""

import argparse
import importlib.util
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import synthetic_faces

WARM_UP = (300, 5000)
"""Points of the first calls. fast_hdbscan compiles more from 4096 points on, the others nothing."""
ENOUGH_S, MOST_CALLS = 5.0, 3
"""A quick call is made again, up to three in all or so many seconds, and the quickest counts."""
NEEDS = {
    "exact": ("corpus.exact_hdbscan",),
    "hdbscan": ("hdbscan",),
    "scikit-learn": ("sklearn",),
    "fast_hdbscan": ("fast_hdbscan", "pynndescent"),
}
"""Modules of each method; a machine may lack them."""

Answer = dict[str, np.ndarray | float]
Options = argparse.Namespace


def missing(method: str) -> list[str]:
    """Modules that the method needs and that are not installed."""
    return [name for name in NEEDS[method] if importlib.util.find_spec(name) is None]


def exact(points: np.ndarray, options: Options) -> Answer:
    """The workflow's own."""
    import torch

    from corpus.hdbscan import cluster

    torch.set_num_threads(options.threads)
    found = cluster(points, options.min_cluster_size, options.min_samples, device=options.device)
    answer: Answer = {"labels": np.asarray(found.labels)}
    if (products := getattr(found, "products", None)) is not None:
        answer["products"] = float(products)
    if options.device.startswith("cuda"):
        answer["gpu_mb"] = torch.cuda.max_memory_allocated() / 1e6
    return answer


def hdbscan(points: np.ndarray, options: Options) -> Answer:
    """hdbscan, with the spanning tree not approximated."""
    from hdbscan import HDBSCAN

    found = HDBSCAN(
        min_cluster_size=options.min_cluster_size,
        min_samples=options.min_samples,
        approx_min_span_tree=False,
        core_dist_n_jobs=1,
    ).fit(points)
    return {"labels": found.labels_}


def scikit_learn(points: np.ndarray, options: Options) -> Answer:
    """scikit-learn's, whose min_samples counts the point itself."""
    from sklearn.cluster import HDBSCAN

    found = HDBSCAN(
        min_cluster_size=options.min_cluster_size,
        min_samples=options.min_samples + 1,
        n_jobs=options.threads,
        copy=True,
    ).fit(points)
    return {"labels": found.labels_}


def fast_hdbscan(points: np.ndarray, options: Options) -> Answer:
    """fast_hdbscan, which goes by approximate neighbours from 31 dimensions on and, there, counts
    the point itself as well."""
    from fast_hdbscan import HDBSCAN

    found = HDBSCAN(
        min_cluster_size=options.min_cluster_size,
        min_samples=options.min_samples + (points.shape[1] > 30),
    ).fit(points)
    return {"labels": found.labels_}


METHODS: dict[str, Callable[[np.ndarray, Options], Answer]] = {
    "exact": exact,
    "hdbscan": hdbscan,
    "scikit-learn": scikit_learn,
    "fast_hdbscan": fast_hdbscan,
}


def timed(call: Callable[[], Answer]) -> Answer:
    """The call's answer with `seconds`, the least of up to MOST_CALLS calls."""
    spent: list[float] = []
    while not spent or (sum(spent) < ENOUGH_S and len(spent) < MOST_CALLS):
        start = time.perf_counter()
        answer = call()
        spent.append(time.perf_counter() - start)
    return answer | {"seconds": min(spent)}


def peak_bytes() -> int:
    """The largest resident memory this process has had."""
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage tells on Linux starts with the memory of the process that started this one.
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used * (1 if sys.platform == "darwin" else 1024)


def product_speed(device: str, threads: int) -> Answer:
    """Multiply-adds a second of PyTorch's product of two float32 matrices, the best of ten."""
    import torch

    torch.set_num_threads(threads)
    on_gpu = device.startswith("cuda")
    size = 8192 if on_gpu else 2048
    one, other = (torch.rand(size, size, device=device) for _ in range(2))
    best = np.inf
    for _ in range(10):
        start = time.perf_counter()
        torch.mm(one, other)
        if on_gpu:
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    name = torch.cuda.get_device_name(device) if on_gpu else "cpu"
    return {"products_per_s": size**3 / best, "device": np.array(name)}


def main() -> None:
    """Warm up, measure, write the answer."""
    options = parse_arguments()
    if options.method == "product":
        np.savez(options.answer, **product_speed(options.device, options.threads))
        return
    points = np.load(options.embeddings)
    method = METHODS[options.method]
    for size in WARM_UP if options.method == "fast_hdbscan" and len(points) > 4000 else WARM_UP[:1]:
        method(synthetic_faces.make(size, points.shape[1])[0], options)
    # Ends this process, whatever library it is in.
    signal.setitimer(signal.ITIMER_REAL, options.limit_s)
    answer = timed(partial(method, points, options))
    signal.setitimer(signal.ITIMER_REAL, 0)
    np.savez(options.answer, **answer, peak_mb=peak_bytes() / 1e6)


def parse_arguments() -> Options:
    """Options of this program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("method", choices=[*METHODS, "product"], help="'product': how fast matrices are multiplied")
    add("embeddings", type=Path, help="(n, d) float32, as .npy")
    add("answer", type=Path, help=".npz to write: labels, seconds, peak_mb and what else is known")
    add("--threads", type=int, required=True)
    add("--device", default="cpu", help="of the method 'exact'")
    add("--limit-s", type=float, default=600, help="seconds until this process is ended")
    add("--min-cluster-size", type=int, default=3)
    add("--min-samples", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
