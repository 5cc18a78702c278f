"""What `gpu.py` measures: networks, requests, faces and clustering on one device.

Times of a GPU are wall times between two synchronisations. Times of the CPU are those of the
process, because other programs may share its cores.
"""

import hashlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

import synthetic_faces
from corpus.networks import TfliteFile
from corpus.networks.litert_network import LiteRtNetwork
from corpus.networks.torch_network import TorchNetwork
from corpus.pose.pose_networks import MEMBERS, Networks
from corpus.pose.regions import Region
from corpus.pose.requests import FindBodies, FindPalms, TrackBody, TrackHand, answer

UTILISATION = "utilization.gpu,memory.used"
SAMPLE_MS = 200
"""Time between two samples of nvidia-smi."""
BLOCK = 1 << 16
"""Number of points per block of distances."""


@dataclass(frozen=True)
class Clock:
    """Measures calls on a torch.device."""

    device: Any
    repeats: int
    """Calls that are timed after one that is not; the median counts."""

    def __call__(self, call: Callable[[], object]) -> float:
        """Seconds that a call takes."""
        call()
        durations = []
        for _ in range(self.repeats):
            start = self._now()
            call()
            durations.append(self._now() - start)
        return float(np.median(durations))

    def _now(self) -> float:
        if self.device.type == "cpu":
            return time.process_time()
        import torch

        torch.cuda.synchronize(self.device)
        return time.perf_counter()


# Networks ----------------------------------------------------------------------------------------


def random_images(side: int, n: int, lowest: float) -> np.ndarray:
    """(n, side, side, 3) float32 noise from `lowest` to 1, smooth enough to be like a picture."""
    random = np.random.default_rng(side)
    coarse = random.random((n, side // 8, side // 8, 3), dtype=np.float32)
    return (coarse.repeat(8, axis=1).repeat(8, axis=2) * (1 - lowest) + lowest).astype(np.float32)


def lowest_value(name: str) -> float:
    """The lowest value that a network expects."""
    return -1.0 if name == "pose_detector" else 0.0


def network_speeds(
    files: Mapping[str, TfliteFile], device, clock: Clock, batch_size: int, channels_last: bool
) -> dict[str, dict[str, float]]:
    """Seconds per image of each network: on the device alone, and with both transfers."""
    import torch

    speeds = {}
    for name, member in MEMBERS.items():
        network = TorchNetwork(files[name], member.outputs, device, batch_size, channels_last)
        images = random_images(network.side, batch_size, lowest_value(name))
        on_device = torch.from_numpy(images).to(device)
        speeds[name] = {
            "device": clock(lambda: network.run_batch(on_device)) / batch_size,  # noqa: B023
            "call": clock(lambda: network(images)) / batch_size,  # noqa: B023
        }
    return speeds


def open_torch_networks(files: Mapping[str, TfliteFile], device, largest_batch: int) -> Networks:
    """The networks of poses and hands with batches as in the workflow, or smaller ones."""
    opened = {
        name: TorchNetwork(
            files[name], member.outputs, device, min(member.batch_size, largest_batch)
        )
        for name, member in MEMBERS.items()
    }
    return Networks(**opened, device=device.type)


def differences_from_cpu(
    files: Mapping[str, TfliteFile], device, batch_size: int
) -> dict[str, tuple[float, float]]:
    """Median and largest difference from LiteRT on the CPU, by network and output.

    `landmarks` are compared in pixels of the network's input, without depth and visibility.
    """
    differences = {}
    for name, member in MEMBERS.items():
        reference = LiteRtNetwork(files[name], member.outputs)
        images = random_images(reference.side, batch_size, lowest_value(name))
        results = TorchNetwork(files[name], member.outputs, device, batch_size)(images)
        for output, expected in reference(images).items():
            difference = np.abs(results[output] - expected)
            if output == "landmarks":
                width = 5 if name == "pose_landmarks" else 3
                difference = difference.reshape(batch_size, -1, width)[..., :2]
            median, largest = float(np.median(difference)), float(difference.max())
            differences[f"{name} {output}"] = (median, largest)
    return differences


def is_independent_of_batch(networks: Networks, n: int = 3) -> bool:
    """Whether each image gives the same bytes alone, and with others in another order."""
    for name in MEMBERS:
        network = getattr(networks, name)
        images = random_images(network.side, n, lowest_value(name))
        together, reversed_order = network(images), network(images[::-1])
        alone = [network(images[row : row + 1]) for row in range(n)]
        for output, rows in together.items():
            if not np.array_equal(rows, reversed_order[output][::-1]):
                return False
            if not np.array_equal(rows, np.concatenate([result[output] for result in alone])):
                return False
    return True


# Requests ----------------------------------------------------------------------------------------


def followed_requests(frame: np.ndarray, n: int) -> list:
    """The requests of one frame for n people who are followed: a body and two hands each."""
    regions = _regions(frame, 3 * n)
    requests: list = [TrackBody(frame, region) for region in regions[:n]]
    return requests + [TrackHand(frame, region) for region in regions[n:]]


def searched_requests(frame: np.ndarray, n: int) -> list:
    """The same if nothing is known from the frame before."""
    height, width = frame.shape[:2]
    searches: list = [FindBodies(frame, (0, 0, width, height), 1) for _ in range(n)]
    searches += [FindPalms(frame, region, 1) for region in _regions(frame, 2 * n)]
    return searches + followed_requests(frame, n)


def _regions(frame: np.ndarray, n: int) -> list[Region]:
    height, width = frame.shape[:2]
    random = np.random.default_rng(n)
    centres = random.uniform(0.3, 0.7, (n, 2)) * [width, height]
    turns = random.uniform(-0.5, 0.5, n)
    return [
        Region(centre, height / 2, float(turn)) for centre, turn in zip(centres, turns, strict=True)
    ]


def request_speed(networks: Networks, requests: list, n: int, clock: Clock) -> tuple[float, float]:
    """Seconds per person and frame of requests for n people: elapsed, and of the CPU."""
    cpu_s = []

    def call() -> None:
        start = time.process_time()
        answer(networks, requests)
        cpu_s.append(time.process_time() - start)

    elapsed = clock(call)
    return elapsed / n, float(np.median(cpu_s[1:])) / n


# Utilisation -------------------------------------------------------------------------------------


@contextmanager
def gpu_utilisation(device) -> Iterator[dict[str, float]]:
    """Sample nvidia-smi while the body runs; fills the dictionary at its end.

    It gets the mean use of the GPU in per cent and the largest memory in MB; nothing without
    nvidia-smi.
    """
    measured: dict[str, float] = {}
    program = shutil.which("nvidia-smi") if device.type == "cuda" else None
    if program is None:
        yield measured
        return
    command = [program, f"--query-gpu={UTILISATION}", "--format=csv,noheader,nounits"]
    command += [f"--loop-ms={SAMPLE_MS}", "--id=0"]
    sampler = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        yield measured
    finally:
        sampler.terminate()
        output, _ = sampler.communicate()
    measured |= parse_utilisation(output)


def parse_utilisation(output: str) -> dict[str, float]:
    """Mean use of the GPU in per cent and largest memory in MB from the lines of nvidia-smi.

    Lines that are cut, or have no numbers as on slices of a GPU, are skipped.
    """
    samples = []
    for line in output.splitlines():
        try:
            use, memory = map(float, line.split(","))
        except ValueError:
            continue
        samples.append((use, memory))
    if not samples:
        return {}
    uses, memories = zip(*samples, strict=True)
    return {"use_percent": float(np.mean(uses)), "memory_mb": max(memories)}


# Clustering --------------------------------------------------------------------------------------


def cluster_faces(n: int, dimensions: int, device_name: str, sample: int) -> dict[str, Any]:
    """Cluster synthetic faces; check core distances of a sample against all pairs in float64.

    Returns the number of faces, seconds, the number of clusters, the largest deviation of the
    sample's core distances, which an exact algorithm keeps at rounding errors, and a checksum of
    the labels.
    """
    from corpus.hdbscan import cluster

    min_samples = 5
    embeddings, _ = synthetic_faces.make_embeddings(n, dimensions)
    start = time.perf_counter()
    clustering = cluster(embeddings, min_samples=min_samples, device=device_name, repeatable=True)
    seconds = time.perf_counter() - start
    rows = np.random.default_rng(0).choice(n, min(sample, n), replace=False)
    expected = exact_core_distances(embeddings, rows, min_samples)
    return {
        "faces": n,
        "seconds": seconds,
        "clusters": int(clustering.labels.max(initial=-1)) + 1,
        "deviation": float(np.abs(clustering.core_distances[rows] - expected).max()),
        "labels": digest(clustering.labels),
    }


def exact_core_distances(embeddings: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """Distance of the given rows to their k-th nearest other point, in float64, over all pairs."""
    squares = np.empty((len(rows), len(embeddings)))
    for start in range(0, len(embeddings), BLOCK):
        block = embeddings[start : start + BLOCK].astype(np.float64)
        for position, row in enumerate(rows):
            difference = block - embeddings[row].astype(np.float64)
            squares[position, start : start + BLOCK] = np.einsum("ij,ij->i", difference, difference)
    # The nearest point is the point itself.
    return np.sqrt(np.partition(squares, k, axis=1)[:, k])


def digest(*arrays: np.ndarray) -> str:
    """Short checksum of the bytes of arrays."""
    checksum = hashlib.sha256()
    for array in arrays:
        checksum.update(np.ascontiguousarray(array).tobytes())
    return checksum.hexdigest()[:16]
