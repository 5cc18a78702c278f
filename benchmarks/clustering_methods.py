"""Run one clustering method on one file of embeddings; started by benchmarks/clustering.py.

python benchmarks/clustering_methods.py hdbscan embeddings.npy answer.npz

Each method first clusters a few synthetic points, so that the time to load and compile its
libraries is not measured.
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

WARM_UP_SIZES = (300, 5000)
"""Number of points in the warm-up calls. Only fast_hdbscan makes the second call, because it
compiles more code from 4096 points on; the other methods compile nothing."""
ENOUGH_S, MAX_CALLS = 5.0, 3
"""A fast method is repeated until its calls have taken this many seconds in total, or until this
many calls were made. The fastest call counts."""
REQUIRED_MODULES = {
    "exact": ("corpus.hdbscan",),
    "hdbscan": ("hdbscan",),
    "scikit-learn": ("sklearn",),
    "fast_hdbscan": ("fast_hdbscan", "pynndescent"),
}
"""Modules that each method imports; some may not be installed."""

Answer = dict[str, np.ndarray | float]
Options = argparse.Namespace


def missing_modules(method: str) -> list[str]:
    """Modules that the method requires and that are not installed."""
    return [name for name in REQUIRED_MODULES[method] if importlib.util.find_spec(name) is None]


def exact(points: np.ndarray, options: Options) -> Answer:
    """Cluster with the exact HDBSCAN of the workflow."""
    import torch

    from corpus.hdbscan import cluster

    torch.set_num_threads(options.threads)
    clustering = cluster(
        points, options.min_cluster_size, options.min_samples, device=options.device
    )
    answer: Answer = {"labels": np.asarray(clustering.labels)}
    if (products := getattr(clustering, "products", None)) is not None:
        answer["products"] = float(products)
    if options.device.startswith("cuda"):
        answer["gpu_mb"] = torch.cuda.max_memory_allocated() / 1e6
    return answer


def hdbscan(points: np.ndarray, options: Options) -> Answer:
    """Cluster with hdbscan, without its approximation of the spanning tree."""
    from hdbscan import HDBSCAN

    clusterer = HDBSCAN(
        min_cluster_size=options.min_cluster_size,
        min_samples=options.min_samples,
        approx_min_span_tree=False,
        core_dist_n_jobs=1,
    ).fit(points)
    return {"labels": clusterer.labels_}


def scikit_learn(points: np.ndarray, options: Options) -> Answer:
    """Cluster with scikit-learn, whose `min_samples` includes the point itself."""
    from sklearn.cluster import HDBSCAN

    clusterer = HDBSCAN(
        min_cluster_size=options.min_cluster_size,
        min_samples=options.min_samples + 1,
        n_jobs=options.threads,
        copy=True,
    ).fit(points)
    return {"labels": clusterer.labels_}


def fast_hdbscan(points: np.ndarray, options: Options) -> Answer:
    """Cluster with fast_hdbscan.

    From 31 dimensions on, it uses approximate neighbours, and its `min_samples` then includes the
    point itself.
    """
    from fast_hdbscan import HDBSCAN

    clusterer = HDBSCAN(
        min_cluster_size=options.min_cluster_size,
        min_samples=options.min_samples + (points.shape[1] > 30),
    ).fit(points)
    return {"labels": clusterer.labels_}


METHODS: dict[str, Callable[[np.ndarray, Options], Answer]] = {
    "exact": exact,
    "hdbscan": hdbscan,
    "scikit-learn": scikit_learn,
    "fast_hdbscan": fast_hdbscan,
}


def measure_time(call: Callable[[], Answer]) -> Answer:
    """Add `seconds`, the shortest time of up to MAX_CALLS calls, to the answer of the call."""
    durations: list[float] = []
    while not durations or (sum(durations) < ENOUGH_S and len(durations) < MAX_CALLS):
        start = time.perf_counter()
        answer = call()
        durations.append(time.perf_counter() - start)
    return answer | {"seconds": min(durations)}


def peak_bytes() -> int:
    """Peak resident memory of this process, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():
        # On Linux, getrusage includes the memory of the parent process.
        lines = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    max_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max_rss * (1 if sys.platform == "darwin" else 1024)


def matrix_product_speed(device: str, threads: int) -> Answer:
    """Multiply-adds per second of PyTorch's float32 matrix product, the fastest of ten calls."""
    import torch

    torch.set_num_threads(threads)
    on_gpu = device.startswith("cuda")
    size = 8192 if on_gpu else 2048
    left, right = (torch.rand(size, size, device=device) for _ in range(2))
    shortest = np.inf
    for _ in range(10):
        start = time.perf_counter()
        torch.mm(left, right)
        if on_gpu:
            torch.cuda.synchronize()
        shortest = min(shortest, time.perf_counter() - start)
    device_name = torch.cuda.get_device_name(device) if on_gpu else "cpu"
    return {"products_per_s": size**3 / shortest, "device": np.array(device_name)}


def main() -> None:
    """Warm up, measure and write the answer."""
    options = parse_arguments()
    if options.method == "product":
        np.savez(options.answer, **matrix_product_speed(options.device, options.threads))
        return
    points = np.load(options.embeddings)
    method = METHODS[options.method]
    compiles_more = options.method == "fast_hdbscan" and len(points) > 4000
    for size in WARM_UP_SIZES if compiles_more else WARM_UP_SIZES[:1]:
        method(synthetic_faces.make_embeddings(size, points.shape[1])[0], options)
    # The signal ends this process even while it runs the native code of a library.
    signal.setitimer(signal.ITIMER_REAL, options.limit_s)
    answer = measure_time(partial(method, points, options))
    signal.setitimer(signal.ITIMER_REAL, 0)
    np.savez(options.answer, **answer, peak_mb=peak_bytes() / 1e6)


def parse_arguments() -> Options:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add(
        "method",
        choices=[*METHODS, "product"],
        help="clustering method; 'product' measures the speed of matrix products instead",
    )
    add("embeddings", type=Path, help="embeddings (n, d), float32, as a .npy file")
    add(
        "answer",
        type=Path,
        help=".npz file to write: labels, seconds, peak_mb; products and gpu_mb where measured",
    )
    add("--threads", type=int, required=True, help="number of CPU threads")
    add("--device", default="cpu", help="device of the method 'exact' and of 'product'")
    add("--limit-s", type=float, default=600, help="seconds after which this process is ended")
    add("--min-cluster-size", type=int, default=3)
    add("--min-samples", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    main()
