"""Measure keypoints, faces and clustering on a GPU, and compare them with the CPU.

python benchmarks/gpu.py --output gpu.json            on a GPU, some minutes
python benchmarks/gpu.py --device cpu --small         the same code on a CPU, to try it

Prints a report in Markdown. README.md in this folder describes the numbers.
"""

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np

import gpu_measures
import network_work
from corpus.core import torch_setup
from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.faces.cascade import CascadeDetector
from corpus.faces.cascade_networks import torch_cascade
from corpus.faces.detectors import FAST_MTCNN, MTCNN
from corpus.faces.embedding_networks import DlibNetwork, FaceNet
from corpus.faces.mtcnn import MtcnnDetector
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.pose.pose_networks import MEMBERS, read_members
from network_work import FOLLOWED, PERSON_FRAME
from render_demo import portraits
from resources import Clip, draw_frame, facenet_weights

MODELS = Path(__file__).resolve().parents[1] / "resources" / "models"
FULL = {
    "batch_sizes": (8, 16, 32, 64, 128),
    "people": (1, 8, 32, 128),
    "frames": 32,
    "faces": 256,
    "clustered": 1_000_000,
    "checked": 30,
    "repeats": 9,
}
"""What is measured on a GPU."""
SMALL = {
    "batch_sizes": (2,),
    "people": (1,),
    "frames": 1,
    "faces": 2,
    "clustered": 500,
    "checked": 10,
    "repeats": 1,
}
"""Enough to run every line of code."""
DIFFERENCE_BATCH = 32
"""Images that are compared with the CPU."""
Report = dict[str, object]


def main() -> None:
    options = parse_arguments()
    sizes = SMALL if options.small else FULL
    device = torch_setup.torch_device(options.device)
    clock = gpu_measures.Clock(device, sizes["repeats"])
    report: Report = {"machine": describe_machine(device)}
    with gpu_measures.gpu_utilisation(device) as use:
        report |= measure_keypoints(options, sizes, device, clock)
    report["use_keypoints"] = use
    report["faces"] = measure_faces(options, sizes, device, clock)
    with gpu_measures.gpu_utilisation(device) as use:
        report["clustering"] = [
            gpu_measures.cluster_faces(sizes["clustered"], 512, device.type, sizes["checked"])
            for _ in range(2)
        ]
    report["use_clustering"] = use
    report["gpu_memory_mb"] = peak_gpu_memory(device)
    print("\n".join(report_lines(report)))
    if options.output:
        write_text(options.output, json.dumps(report, indent=1) + "\n")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--device", choices=("cpu", "cuda"), default="cuda", help="device (default: %(default)s)")
    add("--small", action="store_true", help="small sizes, which say nothing about the speed")
    add("--pose", type=Path, default=MODELS / "pose_landmarker_bundled.task", help="pose model")
    add("--hand", type=Path, default=MODELS / "hand_landmarker_bundled.task", help="hand model")
    dlib = MODELS / CATALOGUE["dlib"].file
    add("--dlib", type=Path, default=dlib, help="dlib's face recognition network")
    add("--work", type=Path, default=Path("/tmp"), help="folder for weights (default: %(default)s)")
    add("--output", type=Path, help="JSON file for all numbers")
    return parser.parse_args()


def describe_machine(device) -> dict[str, str]:
    """Device, driver and versions."""
    import torch

    machine = {"device": device.type, "torch": torch.__version__, "system": platform.platform()}
    if device.type == "cuda":
        machine["gpu"] = torch.cuda.get_device_name(device)
        machine["cuda"] = str(torch.version.cuda)
        machine["cudnn"] = str(torch.backends.cudnn.version())
    return machine


def peak_gpu_memory(device) -> float:
    """Largest GPU memory that PyTorch reserved, MB; 0 on a CPU."""
    import torch

    return torch.cuda.max_memory_reserved(device) / 2**20 if device.type == "cuda" else 0.0


def measure_keypoints(options: argparse.Namespace, sizes: dict, device, clock) -> Report:
    """Networks by batch size and layout, requests by number of people, and both comparisons."""
    files = read_members(options.pose, options.hand)
    works = {
        name: network_work.network_work(files[name], MEMBERS[name].outputs) for name in MEMBERS
    }
    speed = network_work.measure_speed(device, clock, options.small)
    networks = [
        {"batch": batch, "channels_last": channels_last}
        | gpu_measures.network_speeds(files, device, clock, batch, channels_last)
        for batch in sizes["batch_sizes"]
        for channels_last in (True, False)
    ]
    batch = max(sizes["batch_sizes"])
    opened = gpu_measures.open_torch_networks(files, device, batch)
    frame = draw_frame(Clip(480, 1, 2), 0.0, list(portraits().values()))
    requests = []
    for n in sizes["people"]:
        for kind, make in (
            ("followed", gpu_measures.followed_requests),
            ("searched", gpu_measures.searched_requests),
        ):
            elapsed, cpu_s = gpu_measures.request_speed(opened, make(frame, n), n, clock)
            requests.append({"people": n, "kind": kind, "elapsed_s": elapsed, "cpu_s": cpu_s})
    return {
        "peak": speed._asdict(),
        "roofline_s": {
            kind: speed.shortest_s(network_work.person_frame_work(works, runs))
            for kind, runs in (("followed", FOLLOWED), ("searched", PERSON_FRAME))
        },
        "networks": networks,
        "requests": requests,
        "same_bytes": digest_of_run(opened) == digest_of_run(opened),
        "independent": gpu_measures.is_independent_of_batch(opened),
        "differences": gpu_measures.differences_from_cpu(
            files, device, min(batch, DIFFERENCE_BATCH)
        ),
    }


def digest_of_run(networks) -> str:
    """Checksum of what the networks return for fixed images."""
    outputs: list[np.ndarray] = []
    for name in MEMBERS:
        network = getattr(networks, name)
        images = gpu_measures.random_images(network.side, 3, gpu_measures.lowest_value(name))
        outputs += network(images).values()
    return gpu_measures.digest(*outputs)


def measure_faces(options: argparse.Namespace, sizes: dict, device, clock: Callable) -> Report:
    """Seconds per frame of both face detectors, and per face of dlib's network and of FaceNet.

    FaceNet has untrained weights.
    """
    people = list(portraits().values())
    frames = [draw_frame(Clip(480, 1, 2), n / 10, people) for n in range(sizes["frames"])]
    detectors = {
        FAST_MTCNN: CascadeDetector(torch_cascade(device), min_size=0.06, min_score=0.9),
        MTCNN: MtcnnDetector(device, min_size=0.06, min_score=0.9),
    }
    detection_s = {
        name: clock(lambda: detector(frames)) / len(frames)  # noqa: B023
        for name, detector in detectors.items()
    }
    network = DlibNetwork(options.dlib, device.type)
    chips = np.stack([people[0][:150, :150]] * sizes["faces"])
    dlib_s = clock(lambda: network(chips)) / len(chips)
    embedder = FaceNet(facenet_weights(options.work / "untrained_facenet.pt"), device.type)
    faces, box = [people[0]] * sizes["faces"], np.array([179.0, 61, 268, 176])
    embedding_s = clock(lambda: embedder(faces, [box] * len(faces))) / len(faces)
    return {"detection_s": detection_s, "dlib_s": dlib_s, "embedding_s": embedding_s}


def report_lines(report: dict) -> Iterable[str]:
    """The report as lines of Markdown."""
    machine = ", ".join(f"{name} {value}" for name, value in report["machine"].items())
    peak = report["peak"]
    yield f"{machine}: {peak['flop_s'] / 1e12:.3g} TFLOP/s, {peak['bytes_s'] / 1e9:.3g} GB/s."
    yield from ("", "| batch | layout | followed | searched | share of roofline |")
    yield "|---:|---|---:|---:|---:|"
    for row in report["networks"]:
        layout = "channels last" if row["channels_last"] else "channels first"
        followed, searched = (
            sum(row[name]["device"] * n for name, n in runs.items())
            for runs in (FOLLOWED, PERSON_FRAME)
        )
        share = report["roofline_s"]["searched"] / searched
        cells = [f"{1 / followed:.4g}", f"{1 / searched:.4g}", f"{100 * share:.3g} %"]
        yield f"| {row['batch']} | {layout} | " + " | ".join(cells) + " |"
    yield from ("", "Person-frames a second of the networks alone, by batch size.", "")
    yield "| people at a time | kind | a second | CPU ms |"
    yield "|---:|---|---:|---:|"
    for row in report["requests"]:
        rate, cpu_ms = 1 / row["elapsed_s"], 1000 * row["cpu_s"]
        yield f"| {row['people']} | {row['kind']} | {rate:.4g} | {cpu_ms:.3g} |"
    yield from ("", "Person-frames a second with crops and transfers, from one process.", "")
    yield faces_line(report["faces"])
    yield clustering_line(report["clustering"])
    same = report["same_bytes"] and len({run["labels"] for run in report["clustering"]}) == 1
    independent = "does not depend" if report["independent"] else "DEPENDS"
    yield f"Two runs: {'the same bytes' if same else 'DIFFERENT BYTES'}."
    yield f"The result of an image {independent} on the other images of its batch."
    uses = {name: describe_use(report[f"use_{name}"]) for name in ("keypoints", "clustering")}
    uses_text = ", ".join(f"{name} {use}" for name, use in uses.items())
    yield f"Use of the GPU: {uses_text}; PyTorch reserved {report['gpu_memory_mb']:.0f} MB at most."
    yield from ("", "| output | median difference from the CPU | largest |", "|---|---:|---:|")
    for output, (median, largest) in report["differences"].items():
        yield f"| {output} | {median:.2g} | {largest:.2g} |"


def faces_line(faces: dict) -> str:
    """Speed of face detection and embedding."""
    searched = ", ".join(f"{1 / s:.4g} with {name}" for name, s in faces["detection_s"].items())
    embedded = (
        f"{1 / faces['dlib_s']:.4g} by dlib's network, {1 / faces['embedding_s']:.4g} by FaceNet"
    )
    return f"Faces: frames searched a second: {searched}; faces embedded a second: {embedded}."


def clustering_line(runs: list[dict]) -> str:
    """Time and exactness of the clustering."""
    seconds = " and ".join(f"{run['seconds']:.3g}" for run in runs)
    return (
        f"Clustering: {runs[0]['faces']} faces in {seconds} s, {runs[0]['clusters']} clusters; "
        f"core distances of a sample deviate by {runs[0]['deviation']:.2g} at most."
    )


def describe_use(use: dict[str, float]) -> str:
    """Mean use and largest memory, as text."""
    if not use:
        return "not measured"
    return f"{use['use_percent']:.0f} %, {use['memory_mb']:.0f} MB"


if __name__ == "__main__":
    run(main)
