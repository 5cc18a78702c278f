"""Measure memory and time of the rules, and fit them to properties of their input.

python benchmarks/resources.py --work /tmp/resources                 measure on rendered clips
python benchmarks/resources.py --results results/mine --work /tmp/x  use the benchmarks of your run

Prints the coefficients for scripts/corpus/planning/resource_model.py. Writes the measured points as
a table and as a plot. docs/resources.md explains how to use it on your own cluster.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import av
import cv2
import numpy as np
import pyarrow.parquet as pq
import yaml
from scipy.optimize import linprog, nnls

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import synthetic_corpus
from corpus.core.checksums import sha256
from corpus.core.errors import CorpusError, InputError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.planning import input_facts, resource_model
from corpus.planning.resource_model import InputFacts
from corpus.tables import parquet, schemas
from render_demo import portraits
from reproducible_plots import reproducible_pyplot

ROOT = Path(__file__).resolve().parents[1]
FPS = 25
GESTURE_S, GESTURE_PERIOD_S = 2.0, 5.0
"""Length of a gesture in synthetic keypoints, and time from its start to that of the next."""
LOOP = 2 * FPS
"""Number of different frames in a clip, which repeats them."""


# Synthetic clips and tables


@dataclass(frozen=True)
class Talk:
    """Synthetic keypoints of a video of one shot: minutes, and people who are always on screen."""

    minutes: int
    people: int

    @property
    def name(self) -> str:
        return f"talk_{self.people}_{self.minutes}min"


@dataclass(frozen=True)
class Clip:
    """A clip to render: height in pixels, seconds, number of people side by side."""

    height: int
    seconds: int
    people: int
    keypoints: bool = True
    """Whether keypoints are measured on this clip too, which takes the most time."""

    @property
    def width(self) -> int:
        return self.height * 16 // 9 // 2 * 2

    @property
    def name(self) -> str:
        return f"{self.height}p_{self.people}_{self.seconds}s"


CLIPS = (
    Clip(360, 10, 1),
    Clip(360, 120, 1, keypoints=False),
    Clip(480, 5, 4),
    Clip(720, 10, 1),
    Clip(720, 10, 2),
    Clip(1080, 20, 0),
    Clip(1080, 10, 1),
    Clip(1080, 10, 4),
    Clip(1080, 40, 1, keypoints=False),
    Clip(2160, 5, 1),
)
SMALL_FACE_CLIPS = (
    "360p_1_10s",
    "480p_4_5s",
    "720p_2_10s",
    "1080p_1_10s",
    "1080p_10_4s",
    "2160p_1_5s",
)
"""Clips that are also searched for small faces and embedded by FaceNet."""
EXPORTED_CLIPS = ("360p_1_10s", "480p_4_5s", "720p_2_10s", "1080p_1_10s")
"""Clips that are exported as videos."""
EMBEDDING_SETS = tuple((n, d) for n in (2000, 5000, 10_000, 20_000, 50_000) for d in (128, 512))
"""Numbers of embedded faces and values per embedding, for `cluster_faces`."""
ONE_CORE = ("--set-threads", "cluster_faces=1")
"""Keeps `cluster_faces` on one core; it would use more cores for more work."""
PAGES = ((20, 2), (20, 25), (100, 2), (500, 2), (1500, 2))
"""Numbers of ten-minute videos and frames per second, for rules that read the whole corpus."""
TALKS = (Talk(1, 1), Talk(5, 2), Talk(5, 10), Talk(15, 2), Talk(20, 6), Talk(60, 2))
"""For `measure_movement`, which reads no video files."""
TRACK_SETS = ((20_000, 200), (100_000, 2000), (300_000, 200))
"""Numbers of tracks and of videos, for `identify_people`."""


def draw_frame(clip: Clip, phase: float, portraits: list[np.ndarray]) -> np.ndarray:
    """Draw people side by side who sway; `phase` is in periods of the sway.

    Returns an array of shape (height, width, 3), uint8 RGB.
    """
    frame = np.full((clip.height, clip.width, 3), (70, 90, 78), np.uint8)
    cell = clip.width // max(clip.people, 1)
    for position in range(clip.people):
        portrait = portraits[position % len(portraits)]
        height, width = portrait.shape[:2]
        scale = min(0.95 * clip.height / height, 1.1 * cell / width)
        sway = 0.04 * cell * np.sin(2 * np.pi * (phase + position / 5))
        matrix = np.array([[scale, 0, (cell - scale * width) / 2 + sway],
                           [0, scale, clip.height - scale * height]])  # fmt: skip
        frame[:, position * cell : (position + 1) * cell] = cv2.warpAffine(
            portrait, matrix, (cell, clip.height), flags=cv2.INTER_AREA, borderValue=(70, 90, 78)
        )
    return frame


def render(clip: Clip, path: Path) -> None:
    """Write a clip as H.264, with grain: without it, decoding would be easier than in practice."""
    images, random = list(portraits().values()), np.random.default_rng(0)
    loop = [draw_frame(clip, index / LOOP, images) for index in range(LOOP)]
    grain = random.normal(0, 3, (clip.height + 64, clip.width, 1)).astype(np.int16)
    with av.open(path, "w") as output:
        stream = output.add_stream("libx264", rate=FPS, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "yuv420p"
        for index in range(clip.seconds * FPS):
            top = int(random.integers(64))
            noisy = loop[index % LOOP] + grain[top : top + clip.height]
            image = np.clip(noisy, 0, 255).astype(np.uint8)
            output.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        output.mux(stream.encode())


def facenet_weights(path: Path) -> Path:
    """Write untrained weights of FaceNet: they need no download, and computing takes as long."""
    if not path.exists():
        import torch
        from facenet_pytorch import InceptionResnetV1

        torch.manual_seed(0)
        torch.save(InceptionResnetV1(classify=True, num_classes=8631).state_dict(), path)
    return path


def write_manifest(path: Path, sources: dict[str, str]) -> None:
    """Write a manifest of videos and their sources, if it differs from the existing file."""
    rows = [f"{video}\t{source}" for video, source in sources.items()]
    text = "\n".join(["video_id\tsource", *rows]) + "\n"
    # Rewriting an equal file would give it a new time, and rules would run again.
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def write_embedded_faces(results: Path, n_faces: int, dimensions: int) -> list[str]:
    """Write tables of videos with `n_faces` embedded faces, six per track; return the video ids.

    There is one person per ten tracks. The embeddings of a person scatter around one point.
    """
    random = np.random.default_rng(0)
    best, per_video = 6, 600
    people = random.normal(size=(max(2, n_faces // (10 * best)), dimensions))
    videos = [f"v{index:05d}" for index in range(-(-n_faces // per_video))]
    for index, video in enumerate(videos):
        n = min(per_video, n_faces - index * per_video)
        track = np.arange(n) // best
        person = random.integers(len(people), size=n // best + 1)[track]
        vectors = people[person] + random.normal(0, 0.4, (n, dimensions))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        frame = np.arange(n)
        common = {"frame": frame, "time_s": frame / 5.0, "track": track}
        tables = {
            "embeddings": common | {"embedding": list(vectors.astype(np.float32))},
            "faces": common | {"shot": np.zeros(n, int), "quality": random.random(n)}
            | {name: np.full(n, 10.0) for name in ("x1", "y1", "x2", "y2")},
            "shots": {"shot": [0], "start_s": [0.0], "end_s": [n / 5.0]},
            "status": {"video_id": [video], "status": ["ok"], "n_frames": [n]},
        }  # fmt: skip
        for table, columns in tables.items():
            vector = dimensions if table == "embeddings" else None
            path = results / table / f"{video}.parquet"
            parquet.write(path, table, columns, {"parameters": {}}, vector=vector)
    return videos


def write_clusters(results: Path, n_tracks: int, n_videos: int) -> list[str]:
    """Write the tables that identify_people reads, with one person per ten tracks.

    Returns the ids of the videos.
    """
    random = np.random.default_rng(0)
    videos = [f"v{index:05d}" for index in range(n_videos)]
    for video in videos:
        path = results / "status" / f"{video}.parquet"
        parquet.write(path, "status", {"video_id": [video], "status": ["ok"]}, {})
    order = np.arange(n_tracks)
    columns = {
        "video_id": np.array(videos)[order * n_videos // n_tracks],
        "track": order, "shot": order, "start_s": order * 2.0, "end_s": order * 2.0 + 1,
        "n_faces": np.full(n_tracks, 5), "cluster": random.integers(n_tracks // 10, size=n_tracks),
        "probability": random.random(n_tracks), "best_time_s": order * 2.0,
        "best_box": list(random.random((n_tracks, 4))), "best_quality": random.random(n_tracks),
    }  # fmt: skip
    parquet.write(results / "clusters.parquet", "clusters", columns, {})
    return videos


def write_keypoints(results: Path, talk: Talk) -> None:
    """Write the tables of a video that `measure_movement` reads.

    People sway, and each of their hands gestures for `GESTURE_S` seconds every `GESTURE_PERIOD_S`
    seconds. The camera rests.
    """
    n_frames, frames_per_write = talk.minutes * 60 * FPS, 500
    frame = np.arange(n_frames)
    frames = {"frame": frame, "time_s": frame / FPS, "shot": np.zeros(n_frames, int)}
    frames |= {"repeated": np.zeros(n_frames, bool), "camera_scale": np.ones(n_frames)}
    frames |= dict.fromkeys(("camera_x", "camera_y", "camera_roll"), np.zeros(n_frames))
    end_s = n_frames / FPS
    shots = {"shot": [0], "start_frame": [0], "end_frame": [n_frames], "start_s": [0.0]}
    shots |= {"end_s": [end_s]}
    status = {"video_id": [talk.name], "status": ["ok"], "width": [1280], "height": [720]}
    status |= {"n_frames": [n_frames], "start_s": [0.0], "duration_s": [end_s], "n_shots": [1]}
    sampled = np.repeat(frame[::5], talk.people)
    faces = {"frame": sampled, "time_s": sampled / FPS, "shot": np.zeros(len(sampled), int)}
    faces["track"] = np.tile(np.arange(talk.people), len(frame[::5]))
    provenance = {"parameters": {"samples_per_second": 5, "frames_per_second": 0}}
    tables = {"frames": frames, "shots": shots, "status": status, "faces": faces}
    for table, columns in tables.items():
        parquet.write(results / table / f"{talk.name}.parquet", table, columns, provenance)
    names = [(part, name) for part, names in schemas.PARTS.items() for name in names]
    parts, keypoints = (list(column) for column in zip(*names, strict=True))
    n, path = talk.people * len(names), results / "keypoints" / f"{talk.name}.parquet"
    still = np.tile(resting_body(names), (talk.people, 1))
    hands = [hand_of(part, name) for part, name in names]
    raised = np.tile([hand is not None for hand in hands], talk.people)
    # The hands of a person start a second apart, and people start at different times.
    delay_s = np.tile([float(hand == "right") for hand in hands], talk.people)
    delay_s += np.repeat(np.arange(talk.people), len(names)) * 0.7
    with parquet.Writer(path, "keypoints", provenance) as writer:
        for start in range(0, n_frames, frames_per_write):
            row_frame = np.repeat(frame[start : start + frames_per_write], n)
            repeats = len(row_frame) // n
            sway = 0.2 * np.sin(row_frame / FPS)
            gesture_s = (row_frame / FPS + np.tile(delay_s, repeats)) % GESTURE_PERIOD_S
            height = np.where(gesture_s < GESTURE_S, np.sin(np.pi * gesture_s / GESTURE_S) ** 2, 0)
            height *= 0.5 * np.tile(raised, repeats)
            columns = {"frame": row_frame, "time_s": row_frame / FPS}
            columns |= {"shot": np.zeros(len(row_frame), int)}
            columns["track"] = np.tile(np.repeat(np.arange(talk.people), len(names)), repeats)
            columns |= {"part": parts * talk.people * repeats}
            columns |= {"keypoint": keypoints * talk.people * repeats}
            for index, (axis, moved) in enumerate((("x", sway), ("y", -height))):
                value = np.tile(still[:, index], repeats) + moved
                columns |= {axis: 400 + 200 * value, f"world_{axis}": value / 2}
            columns |= {"world_z": sway, "visibility": np.ones(len(row_frame))}
            writer.append(columns)


def hand_of(part: str, keypoint: str) -> str | None:
    """Return the hand, left or right, to which a keypoint belongs, or None."""
    if part != "pose":
        return part.removesuffix("_hand")
    side, _, name = keypoint.partition("_")
    return side if name in ("wrist", "index", "pinky", "thumb") else None


def resting_body(names: list[tuple[str, str]]) -> np.ndarray:
    """Return positions (n, 2) of keypoints with hands at rest, in units of 200 pixels.

    x is to the right and y downwards. `names` are the part and the name of each keypoint. Those
    of a hand are scattered around it.
    """
    body = {"left_shoulder": (0.7, 0.4), "right_shoulder": (0.3, 0.4)}
    body |= {"left_hip": (0.65, 1.4), "right_hip": (0.35, 1.4)}
    hands = {"left": (0.65, 1.1), "right": (0.35, 1.1)}
    scatter = np.random.default_rng(0).uniform(-0.05, 0.05, (len(names), 2))
    centres = [
        hands.get(hand_of(part, name) or "", body.get(name, (0.5, 0.2))) for part, name in names
    ]
    return np.array(centres) + scatter


# Runs of the workflow


def run_workflow(work: Path, overlay: dict, *arguments: str) -> None:
    """Run a part of the workflow on one core. Raises CorpusError if a job failed."""
    config = work / f"{Path(overlay['results']).name}.yaml"
    config.write_text(
        yaml.safe_dump({"people": str(work / "people.tsv")} | overlay), encoding="utf-8"
    )
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", work, "--profile", ROOT / "profiles" / "laptop", "--cores", "1"]
    command += [*arguments, "--configfile", config]
    # The rules start `python`, which must be the interpreter of this program.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if subprocess.run(command, env=os.environ | {"PATH": path}).returncode:
        raise CorpusError("the workflow did not finish; run this command again to continue")


def measure(work: Path) -> list[Path]:
    """Create the inputs and run the workflow on them; return the folders of the results."""
    videos, clips = work / "videos.tsv", [*CLIPS, Clip(1080, 4, 10, keypoints=False)]
    (work / "clips").mkdir(parents=True, exist_ok=True)
    for clip in clips:
        if not (path := work / "clips" / f"{clip.name}.mp4").exists():
            print(f"rendering {clip.name}", file=sys.stderr)
            render(clip, path.with_suffix(".part.mp4"))
            path.with_suffix(".part.mp4").rename(path)
    write_manifest(videos, {clip.name: f"clips/{clip.name}.mp4" for clip in clips})
    common = {"device": "cpu", "videos": str(videos)}

    plain = {"results": str(work / "plain"), "faces": {"embedder": "dlib"}}
    targets = [f"{work}/plain/embeddings/{clip.name}.parquet" for clip in clips]
    targets += [f"{work}/plain/keypoints/{clip.name}.parquet" for clip in clips if clip.keypoints]
    run_workflow(work, common | plain, *targets)
    kinds = ("overlay", "blurred")
    exports = f"{work}/plain/exports"
    targets = [f"{exports}/{kind}/{name}.mp4" for kind in kinds for name in EXPORTED_CLIPS]
    run_workflow(work, common | plain, *targets)

    weights = facenet_weights(work / "facenet.pt")
    model = {"file": str(weights), "sha256": sha256(weights)}
    small = {"results": str(work / "small"), "models": {"facenet-vggface2": model}}
    small["faces"] = {"embedder": "facenet-vggface2", "min_size": 0.02}
    targets = [f"{work}/small/embeddings/{name}.parquet" for name in SMALL_FACE_CLIPS]
    run_workflow(work, common | small, *targets)

    clustering = [measure_clustering(work, n, dimensions) for n, dimensions in EMBEDDING_SETS]
    people = [measure_people(work, n, n_videos) for n, n_videos in TRACK_SETS]
    pages = [measure_page(work, n_videos, fps) for n_videos, fps in PAGES]
    folders = [*clustering, *people, measure_movement(work), *pages]
    return [work / "plain", work / "small", *folders]


def measure_clustering(work: Path, n_faces: int, dimensions: int) -> Path:
    """Cluster synthetic embeddings on one core; return the folder of the results."""
    results = work / f"cluster_{n_faces}_{dimensions}"
    embedders = {EMBEDDERS[name].dimensions: name for name in ("dlib", "facenet-vggface2")}
    videos = None if results.exists() else write_embedded_faces(results, n_faces, dimensions)
    rules = ("cluster_faces", "identify_people")
    embedder = embedders[dimensions]
    return run_on_tables(work, results, videos, rules, embedder=embedder, options=ONE_CORE)


def measure_people(work: Path, n_tracks: int, n_videos: int) -> Path:
    """Identify people in synthetic clusters; return the folder of the results."""
    results = work / f"people_{n_tracks}_{n_videos}"
    videos = None if results.exists() else write_clusters(results, n_tracks, n_videos)
    return run_on_tables(work, results, videos, ("identify_people",))


def measure_movement(work: Path) -> Path:
    """Measure the movement of synthetic talks; return the folder of the results."""
    results = work / "talks"
    for talk in TALKS:
        if not (results / "keypoints" / f"{talk.name}.parquet").exists():
            write_keypoints(results, talk)
    targets = [f"{results}/phases/{talk.name}.parquet" for talk in TALKS]
    targets.append(f"{results}/report/coverage.tsv")
    videos, rules = [talk.name for talk in TALKS], ("measure_movement", "plot_coverage")
    return run_on_tables(work, results, videos, rules, targets)


def measure_page(work: Path, n_videos: int, fps: int) -> Path:
    """Run the rules that read a whole synthetic corpus; return the folder of the results."""
    results = work / f"page_{n_videos}_{fps}fps"
    videos = None
    if not results.exists():
        synthetic_corpus.make(results, n_videos, n_videos * 3 // 5, rate=fps)
        videos = [synthetic_corpus.video_name(number) for number in range(n_videos)]
    rules = ("segment_gestures", "plot_coverage", "write_page")
    targets = [f"{results}/report/{name}" for name in ("coverage.tsv", "index.html")]
    return run_on_tables(work, results, videos, rules, targets)


def run_on_tables(
    work: Path,
    results: Path,
    video_ids: list[str] | None,
    rules: Iterable[str],
    targets: Iterable[str] = (),
    embedder: str = "dlib",
    options: Iterable[str] = (),
) -> Path:
    """Run only the given rules on synthetic tables; return the folder of the results.

    `video_ids` is None if the manifest was written by an earlier call.
    """
    videos = work / f"{results.name}.tsv"
    if video_ids is not None:
        write_manifest(videos, {video: f"http://127.0.0.1/{video}.mp4" for video in video_ids})
    overlay = {"results": str(results), "videos": str(videos), "device": "cpu"}
    overlay["faces"] = {"embedder": embedder}
    targets = targets or [f"{results}/people.parquet"]
    run_workflow(work, overlay, *targets, "--allowed-rules", *rules, *options)
    return results


# Measured points


Point = dict[str, object]
"""A measured job: task, clip, device, mb, seconds, and the fields of InputFacts by name."""
FACTS = tuple(field.name for field in fields(InputFacts) if "guessed" not in field.name)
"""Facts about the input of a measured job. Nothing about it is a guess."""
COLUMNS = (
    "task",
    "clip",
    "device",
    "mb",
    "seconds",
    "cpu_seconds",
    *FACTS,
)
VIDEO_TABLES = {
    "index_frames": "frames",
    "detect_faces": "faces",
    "extract_keypoints": "keypoints",
    "measure_movement": "phases",
}
"""The table that each rule of a video writes."""
EXPORT_BENCHMARKS = "benchmarks/export_video"
CORPUS_OUTPUTS = {
    "cluster_faces": "clusters.parquet",
    "identify_people": "people.parquet",
    "segment_gestures": "gestures",
    "plot_coverage": "report/coverage.tsv",
    "write_page": "report/index.html",
}
"""An output of each rule that reads the whole corpus."""


def facts_of_row(facts: InputFacts) -> dict[str, float]:
    """Facts as columns of the table of points."""
    return {name: getattr(facts, name) for name in FACTS}


def collect(results: Path) -> list[Point]:
    """Collect the jobs of one folder of results that have a benchmark file and their outputs."""
    points = []
    for rule, table in VIDEO_TABLES.items():
        for file in sorted((results / "benchmarks" / rule).glob("*.tsv")):
            if (results / table / f"{file.stem}.parquet").exists():
                points.append(video_point(results, rule, file))
    exports = sorted(results.glob(f"{EXPORT_BENCHMARKS}/*/*.tsv"))
    points += [export_point(results, file) for file in exports]
    for rule, output in CORPUS_OUTPUTS.items():
        file = results / "benchmarks" / f"{rule}.tsv"
        if file.exists() and (results / output).exists():
            points.append(corpus_point(results, rule, file))
    return points


def video_point(results: Path, rule: str, file: Path) -> Point:
    """Return the point of a job on one video; `file` is its benchmark file."""
    video, output = file.stem, results / VIDEO_TABLES[rule] / f"{file.stem}.parquet"
    values = input_facts.from_status(results / "status" / f"{video}.parquet")
    for media in sorted((results / "videos").glob(f"{video}.*")):
        if media.suffix != ".json":
            values |= input_facts.from_media(media)
    if rule in ("detect_faces", "extract_keypoints", "measure_movement"):
        values |= input_facts.from_faces(results / "faces" / f"{video}.parquet")
    parameters = parquet.read_provenance(output)["parameters"]
    names = set(FACTS)
    settings = {name: value for name, value in parameters.items() if name in names}
    task, device = rule, parameters.get("device") or "cpu"
    if rule == "detect_faces":
        task += "_mtcnn" if parameters["detector"] == "mtcnn" else ""
        settings["dimensions"] = EMBEDDERS[parameters["embedder"]].dimensions
    # A parameter may be None; then the default of InputFacts holds.
    settings = {name: value for name, value in settings.items() if value is not None}
    facts = InputFacts(**values | settings)
    if rule in ("extract_keypoints", "measure_movement"):
        keypoints = results / "keypoints" / f"{video}.parquet"
        facts = replace(facts, bodies_without_face=bodies_without_face(keypoints, facts))
    return {"task": task, "clip": video, "device": device} | facts_of_row(facts) | usage(file)


def export_point(results: Path, file: Path) -> Point:
    """Return the point of an exported video; `file` is its benchmark, in a folder of its kind."""
    values = input_facts.from_status(results / "status" / f"{file.stem}.parquet")
    row = {"task": "export_video", "clip": f"{file.parent.name}_{file.stem}", "device": "cpu"}
    return row | facts_of_row(InputFacts(**values)) | usage(file)


def bodies_without_face(keypoints: Path, facts: InputFacts) -> float:
    """Return the mean number of bodies without a face per frame, from a table of keypoints."""
    filters = [("part", "==", "pose"), ("keypoint", "==", "nose"), ("track", "<", 0)]
    n_bodies = pq.read_table(keypoints, columns=["track"], filters=filters).num_rows
    n_frames = resource_model.n_keypoint_frames(resource_model.fill_unknown(facts))
    return round(n_bodies / max(n_frames, 1), 3)


def corpus_point(results: Path, rule: str, file: Path) -> Point:
    """Return the point of a job on the whole corpus; `file` is its benchmark file."""
    clusters = results / "clusters.parquet"
    n_videos = len(list((results / "status").iterdir()))
    values = input_facts.from_clusters(clusters) | {"n_videos": n_videos}
    if rule in resource_model.CORPUS_TABLES:
        tables = results / resource_model.CORPUS_TABLES[rule]
        values |= input_facts.from_tables(tables.glob("*.parquet"))
    if rule == "cluster_faces":
        embedder = parquet.read_provenance(clusters).get("parameters", {}).get("embedder")
        files = (results / "embeddings").glob("*.parquet")
        values["n_embeddings"] = sum(pq.read_metadata(path).num_rows for path in files)
        values["dimensions"] = EMBEDDERS[embedder].dimensions
    row = {"task": rule, "clip": results.name, "device": "cpu"}
    return row | facts_of_row(InputFacts(**values)) | usage(file)


def usage(file: Path) -> dict[str, float]:
    """Read memory in MB, time in seconds and cores from a benchmark file of Snakemake.

    NaN if the memory is missing, one core if the cores are.

    Snakemake's unit of memory is MiB. The CPU seconds are not used: they are those of Snakemake's
    last look at the job, up to half a minute before its end. A cluster limits wall-clock time.
    """
    # Not read with csv: the cell with the inputs of a large corpus exceeds its size limit.
    names, cells = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()[:2])
    row = dict(zip(names, cells, strict=False))
    mib = float("nan") if row["max_rss"] in ("NA", "-") else float(row["max_rss"])
    threads = int(row.get("threads") or 1)
    return {"mb": round(mib * 2**20 / 1e6, 1), "seconds": float(row["s"]), "threads": threads}


def write_points(path: Path, points: list[Point]) -> None:
    """Write a tab-separated table, one row per point."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for point in points:
            writer.writerow({name: _format_cell(value) for name, value in point.items()})


def _format_cell(value: object) -> object:
    """Format a number in its shortest form, so that reading and writing again changes nothing."""
    return f"{value:.9g}" if isinstance(value, int | float) else value


def read_points(path: Path) -> list[Point]:
    """Read points that `write_points` wrote; an empty cell becomes None."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    texts = ("task", "clip", "device")
    return [
        {name: text if name in texts else parse_number(text) for name, text in row.items()}
        for row in rows
    ]


def parse_number(text: str) -> float | int | None:
    """Return an int if the number is whole, else a float; None for an empty text."""
    value = float(text) if text else None
    return int(value) if value is not None and value.is_integer() else value


def facts_of(point: Point) -> InputFacts:
    """Return what was known about the input of a measured job."""
    return InputFacts(**{name: point[name] for name in FACTS})


# Fits


def fit(
    rows: list[dict[str, float]], measured: Iterable[float], given: dict[str, float]
) -> dict[str, float]:
    """Fit non-negative coefficients by least squares of the relative errors; used for time.

    `rows` are the terms of each job, `given` the coefficients that are already known. Relative
    errors make small jobs count as much as large ones.
    """
    matrix, names = _relative_terms(rows, measured)
    fixed = np.array([given.get(name, 0.0) for name in names])
    is_free = np.array([name not in given for name in names])
    coefficients = fixed.copy()
    coefficients[is_free], _ = nnls(matrix[:, is_free], 1 - matrix @ fixed)
    return dict(zip(names, map(_round, coefficients), strict=True))


def envelope(
    rows: list[dict[str, float]], measured: Iterable[float], given: dict[str, float]
) -> dict[str, float]:
    """Fit the lowest sums that no measured value exceeds; used for memory. `given` is not used.

    Short jobs may end before they have filled their memory, and a job without enough memory is
    killed, so a mean is not enough.
    """
    matrix, names = _relative_terms(rows, measured)
    solution = linprog(matrix.sum(axis=0), A_ub=-matrix, b_ub=-np.ones(len(matrix))).x
    return dict(zip(names, map(_round, solution), strict=True))


def _relative_terms(
    rows: list[dict[str, float]], measured: Iterable[float]
) -> tuple[np.ndarray, list[str]]:
    """Return the terms divided by the measured values, shape (jobs, terms), and their names."""
    matrix = np.array([list(row.values()) for row in rows])
    return matrix / np.array(list(measured), float)[:, None], list(rows[0])


def _round(value: float) -> float:
    """Round to three significant digits."""
    return float(f"{value:.3g}")


FITS = (
    ("MEMORY", resource_model.MEMORY, "mb", envelope),
    ("SECONDS", resource_model.SECONDS, "seconds", fit),
)


def constants(points: list[Point]) -> str:
    """Fit MEMORY and SECONDS, and format them as in scripts/corpus/planning/resource_model.py.

    A task with too few or too similar jobs keeps its coefficients and gets a comment.
    """
    lines = []
    for title, table, measure_name, fitting in FITS:
        lines.append(f"{title} = {{")
        given: dict[str, float] = {}
        for task, old in table.items():
            used = [p for p in points if (p["task"], p["device"]) == (task, "cpu")]
            used = [point for point in used if np.isfinite(point[measure_name])]
            if measure_name == "seconds":
                # The time on several cores follows from that on one.
                used = [point for point in used if point["threads"] == 1]
            all_terms = [
                resource_model.terms(resource_model.fill_unknown(facts_of(point))) for point in used
            ]
            rows = [{name: values[name] for name in old} for values in all_terms]
            enough = len(used) > 0 and np.linalg.matrix_rank(_relative_terms(rows, [1])[0]) == len(
                old
            )
            measured = [
                point[measure_name] - needs_beside_detection(task, facts_of(point))[measure_name]
                for point in used
            ]
            coefficients = fitting(rows, measured, given) if enough else old
            if task == "index_frames" and measure_name == "seconds":
                # All rules decode with the same reader. Where decoding takes the least time, as in
                # short clips, a fit could not determine its coefficient.
                given["decoded"] = coefficients["decoded"]
            note = f"  # not changed: {len(used)} jobs are too few or too similar"
            lines.append(f'    "{task}": {json.dumps(coefficients)},{"" if enough else note}')
        lines.append("}")
    return "\n".join(lines)


def needs_beside_detection(task: str, facts: InputFacts) -> dict[str, float]:
    """MB and seconds that the fits of `detect_faces` do not contain: embedding, further cores.

    Jobs that were measured before `detect_faces` embedded faces have no number of faces.
    """
    if facts.n_faces is None:
        return {"mb": 0.0, "seconds": 0.0}
    return dict(zip(("mb", "seconds"), resource_model.detection_needs(task, facts), strict=True))


# Report


def compare(point: Point) -> dict[str, float]:
    """Compare what a job used with the fit and with the request of its first attempt.

    MB and seconds.
    """
    task, facts = str(point["task"]), facts_of(point)
    n_gpus, others = int(point["device"] != "cpu"), needs_beside_detection(task, facts)
    seconds = resource_model.fitted_value(resource_model.SECONDS[task], facts) + others["seconds"]
    return {
        "mb": point["mb"],
        "mb_fitted": resource_model.fitted_value(resource_model.MEMORY[task], facts) + others["mb"],
        "mb_requested": resource_model.memory_mb(task, facts, 1, n_gpus),
        "seconds": point["seconds"],
        "seconds_fitted": seconds / facts.threads,
        "seconds_requested": 60 * resource_model.minutes(task, facts, threads=facts.threads),
    }


TERM_LABELS = {
    "base": "",
    "mpx": "megapixels per frame",
    "frames": "1000 frames",
    "decoded": "1000 megapixels decoded",
    "batch": "megapixels per batch",
    "batch_searched": "megapixels per batch as searched",
    "batch_pyramid": "megapixels per batch for the first network",
    "searched": "megapixels searched",
    "pyramid": "megapixels for the first network",
    "largest_image": "megapixels of the largest image for the first network",
    "samples": "frames searched for faces",
    "faces": "faces",
    "embedded": "faces embedded",
    "person_frames": "people, summed over frames",
    "body_searches": "full frames searched for bodies",
    "people": "most people in a frame",
    "processes": "processes",
    "process_mpx": "megapixels per frame x cores",
    "embeddings_mb": "MB of embeddings",
    "face_pairs": "10^9 pairs of faces",
    "face_pair_values": "pairs of faces x values per embedding / 10^9",
    "encoded": "1000 megapixels decoded, drawn and encoded",
    "block": "1000 people, summed over the frames of a block",
    "read_mb": "MB of tables",
    "tracks": "1000 tracks",
    "videos": "1000 videos",
}
"""Description of each term, for tables."""


def formula(coefficients: dict[str, float]) -> str:
    """Format a fit as a sum."""
    parts = [
        f"{value:g} x {TERM_LABELS[name]}" if TERM_LABELS[name] else f"{value:g}"
        for name, value in coefficients.items()
        if value
    ]
    return " + ".join(parts) or "0"


def markdown(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Format a Markdown table whose columns after the first are aligned to the right."""
    head = list(head)
    alignment = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (head, alignment, *rows))


def fits_table(points: list[Point]) -> str:
    """Format the fits of the resource model as Markdown, with the deviations of the points."""
    rows = []
    for task in resource_model.MEMORY:
        compared = [compare(point) for point in points if point["task"] == task]
        for name, table, unit in (
            ("mb", resource_model.MEMORY, "MB"),
            ("seconds", resource_model.SECONDS, "s"),
        ):
            ratios = [row[name] / row[f"{name}_fitted"] for row in compared]
            shares = [row[name] / row[f"{name}_requested"] for row in compared]
            ratio = f"{min(ratios):.2f} to {max(ratios):.2f}" if ratios else "-"
            share = f"{max(shares):.0%}" if shares else "-"
            rows.append((task, f"{unit} = {formula(table[task])}", len(compared), ratio, share))
    head = ("task", "fit", "jobs", "measured / fitted", "largest share of the request used")
    return markdown(head, rows)


def points_table(points: list[Point]) -> str:
    """Format every measured job as Markdown."""
    rows = []
    for point in points:
        row = compare(point)
        memory = (f"{row[name]:.0f}" for name in ("mb", "mb_fitted", "mb_requested"))
        time = (f"{row[name]:.1f}" for name in ("seconds", "seconds_fitted"))
        minutes = f"{row['seconds_requested'] / 60:.0f}"
        clip = str(point["clip"])
        if (
            str(point["task"]).startswith("detect_faces")
            and point["min_size"] != InputFacts.min_size
        ):
            clip += f", min_size {point['min_size']:g}"
        rows.append((point["task"], clip, *memory, *time, minutes))
    head = ("task", "clip", "MB", "fitted", "requested", "s", "fitted", "minutes requested")
    return markdown(head, rows)


def gpu_note(points: list[Point]) -> str:
    """Return how much host memory GPU jobs used beyond the fit, which GPU_MB must cover."""
    excess = [
        row["mb"] - row["mb_fitted"]
        for row in (compare(point) for point in points if point["device"] != "cpu")
    ]
    if not excess:
        return "GPU_MB: no GPU job was measured"
    return f"GPU_MB: {max(excess):.0f} measured, {resource_model.GPU_MB} requested"


def plot(points: list[Point], path: Path) -> None:
    """Plot measured against fitted values, with a line for the request."""
    settings = {"font.size": 10, "svg.fonttype": "none"}
    pyplot = reproducible_pyplot("resources", settings)
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
    titles = {"mb": "memory, MB", "seconds": "time, seconds"}
    compared = [(str(point["task"]), compare(point)) for point in points]
    for axis, (name, title) in zip(axes, titles.items(), strict=True):
        for task, marker in zip(resource_model.MEMORY, "osD^vX<>phd", strict=True):
            rows = [row for point_task, row in compared if point_task == task]
            x, y = [row[f"{name}_fitted"] for row in rows], [row[name] for row in rows]
            axis.scatter(x, y, marker=marker, s=28, alpha=0.8, label=task)
        fitted = [row[f"{name}_fitted"] for _, row in compared]
        line = np.geomspace(0.7 * min(fitted), 1.4 * max(fitted))
        if name == "mb":
            requested = resource_model.MEMORY_FACTOR * line
        else:
            requested = 60 * resource_model.START_MINUTES + resource_model.TIME_FACTOR * line
        axis.plot(line, requested, "k-", linewidth=1, label="requested at attempt 1")
        axis.plot(line, line, "k:", linewidth=1, label="fitted")
        axis.set(xscale="log", yscale="log", title=title, xlabel="fitted", ylabel="measured")
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize=8)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def report(points: list[Point]) -> str:
    """Return the table of fits and the table of points, as in docs/resources.md."""
    return f"{fits_table(points)}\n\n{points_table(points)}\n"


def main() -> None:
    """Collect the points, fit them, and write the results."""
    options = parse_arguments()
    points: list[Point] = [point for file in options.points for point in read_points(file)]
    folders = options.results
    if not folders and not points:
        folders = measure(options.work.resolve())
    points += [point for folder in folders for point in collect(folder)]
    if not points:
        raise InputError("the folders of results contain no benchmark file of a finished job")
    write_points(options.work / "resources.tsv", points)
    plot(points, options.work / "resources.svg")
    (options.work / "resources.md").write_text(report(points), encoding="utf-8")
    print(f"{constants(points)}\n{gpu_note(points)}\n\n{report(points)}", end="")


def parse_arguments() -> argparse.Namespace:
    """Read the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder to write to")
    parser.add_argument(
        "--results", type=Path, nargs="+", default=[], help="folders of results of finished runs"
    )
    parser.add_argument(
        "--points", type=Path, nargs="+", default=[], help="tables of points measured before"
    )
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    return options


if __name__ == "__main__":
    run(main)
