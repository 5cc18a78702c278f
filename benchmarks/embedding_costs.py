"""Measure the CPU time of embedding a face: with dlib itself, and as the workflow does it.

python benchmarks/embedding_costs.py
python benchmarks/embedding_costs.py --page docs/throughput.md

The faces are those of the demo's portraits. Both embed the same ones, in turn, in one process.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np

from clustering import replace_section
from corpus.core.errors import run
from corpus.faces import embedding_networks
from corpus.faces.detectors import load_detector
from corpus.faces.embedding_networks import Dlib
from corpus.inputs.model_catalogue import CATALOGUE
from render_demo import portraits

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- embedding: begin -->", "<!-- embedding: end -->"
FACES, REPEATS = 16, 5
"""Faces that are embedded at once, as with the default of `faces.batch_size`; measurements."""


def portrait_faces(n: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """RGB images and boxes of n faces: those of the portraits, again and again."""
    detector = load_detector("fast-mtcnn", "cpu", min_size=0.06, min_score=0.9)
    images = list(portraits().values())
    boxes = [detector([image])[0].boxes[0] for image in images]
    order = [number % len(images) for number in range(n)]
    return [images[number] for number in order], [boxes[number] for number in order]


def cpu_ms(functions: dict[str, Callable[[], object]], n: int) -> dict[str, float]:
    """Median CPU ms per face of functions that process n faces, called in turn."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(REPEATS):
        for name, function in functions.items():
            start = time.process_time()
            function()
            times[name].append(time.process_time() - start)
    return {name: 1000 * float(np.median(seconds)) / n for name, seconds in times.items()}


def measure(models: Path) -> tuple[dict[str, float], float]:
    """CPU ms per face of each part, and the largest distance between the two embeddings."""
    files = [models / CATALOGUE[name].file for name in ("dlib", "dlib_landmarks")]
    embedder = Dlib(*files, "cpu")
    dlib = embedder.dlib
    reference = dlib.face_recognition_model_v1(str(files[0]))
    images, boxes = portrait_faces(FACES)
    chips = embedder.chips(images, boxes)
    costs = cpu_ms(
        {
            "landmarks and alignment": lambda: embedder.chips(images, boxes),
            "network, run by dlib": lambda: reference.compute_face_descriptor(list(chips)),
            "network, run by the workflow": lambda: embedder.network(chips),
            "network, one face": lambda: [embedder.network(chips[:1]) for _ in chips],
        },
        FACES,
    )
    expected = np.array([list(row) for row in reference.compute_face_descriptor(list(chips))])
    distances = np.linalg.norm(embedder.network(chips) - expected, axis=1)
    return costs, float(distances.max())


def report(costs: dict[str, float], distance: float) -> str:
    """The measurements as Markdown."""
    batch = embedding_networks.BATCH_SIZE_CPU
    rows = {
        "landmarks and alignment, by dlib": costs["landmarks and alignment"],
        "network, run by dlib": costs["network, run by dlib"],
        "network, run by the workflow": costs["network, run by the workflow"],
        f"the same for a single face, which fills a batch of {batch}": costs["network, one face"],
    }
    lines = ["| part | CPU ms per face |", "|---|---:|"]
    lines += [f"| {name} | {ms:.1f} |" for name, ms in rows.items()]
    lines += ["", f"Largest distance between the two embeddings of a face: {distance:.1e}.", ""]
    return "\n".join(lines)


def main() -> None:
    options = parse_arguments()
    text = report(*measure(options.models))
    print(text, end="")
    if options.page:
        replace_section(options.page, BEGIN, END, text)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    models = ROOT / "resources" / "models"
    add("--models", type=Path, default=models, help="folder with the model files")
    add("--page", type=Path, help="page whose section on embedding faces is replaced")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
