"""What jobs need, measured: memory and time of every rule, fitted to the facts of its input.

python benchmarks/resources.py --work /tmp/resources                 measure on clips made for it
python benchmarks/resources.py --results results/mine --work /tmp/x  take what a run of yours took

Prints the numbers for scripts/corpus/planning/resource_model.py, and writes the measured points and a plot of them.
docs/resources.md says how to use it on your own cluster.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import av
import cv2
import numpy as np
import pyarrow.parquet as pq
import yaml
from scipy.optimize import linprog, nnls

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import synthetic_corpus
from corpus.core.checksums import sha256
from corpus.core.errors import CorpusError, InputError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.planning import input_facts, resource_model
from corpus.planning.resource_model import InputFacts
from corpus.tables import parquet, schemas
from render_demo import portraits

ROOT = Path(__file__).resolve().parents[1]
FPS = 25
LOOP = 2 * FPS
"""Frames of a clip that differ; it repeats them."""


# Clips and tables to measure on


@dataclass(frozen=True)
class Talk:
    """Made-up keypoints: minutes, people on screen all the time, in one shot."""

    minutes: int
    people: int

    @property
    def name(self) -> str:
        return f"talk_{self.people}_{self.minutes}min"


@dataclass(frozen=True)
class Clip:
    """A clip to render: pixels, seconds, how many people side by side."""

    height: int
    seconds: int
    people: int
    keypoints: bool = True
    """Whether keypoints are measured on it, too: they take the most time."""

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
SMALL = ("360p_1_10s", "480p_4_5s", "720p_2_10s", "1080p_1_10s", "1080p_10_4s", "2160p_1_5s")
"""Clips that are also searched for small faces, and embedded by FaceNet."""
EXPORTS = ("360p_1_10s", "480p_4_5s", "720p_2_10s", "1080p_1_10s")
"""Clips that are exported as videos."""
CORPORA = tuple((n, d) for n in (2000, 5000, 10_000, 20_000, 50_000) for d in (128, 512))
"""Embedded faces and their length, for `cluster_faces`."""
ONE_CORE = ("--set-threads", "cluster_faces=1")
"""A rule that would take more cores for more work."""
PAGES = ((20, 2), (20, 25), (100, 2), (500, 2), (1500, 2))
"""Videos of ten minutes, and frames a second, for what gathers the whole corpus."""
TALKS = (Talk(1, 1), Talk(5, 2), Talk(5, 10), Talk(15, 2), Talk(20, 6), Talk(60, 2))
"""For `measure_movement`, which sees no pictures."""
TRACKS = ((20_000, 200), (100_000, 2000), (300_000, 200))
"""Tracks and videos, for `people`."""


def draw(clip: Clip, part: float, pictures: list[np.ndarray]) -> np.ndarray:
    """A frame (h, w, 3) uint8 RGB: people side by side, who sway; `part` of a round has passed."""
    frame = np.full((clip.height, clip.width, 3), (70, 90, 78), np.uint8)
    cell = clip.width // max(clip.people, 1)
    for place in range(clip.people):
        picture = pictures[place % len(pictures)]
        height, width = picture.shape[:2]
        scale = min(0.95 * clip.height / height, 1.1 * cell / width)
        sway = 0.04 * cell * np.sin(2 * np.pi * (part + place / 5))
        matrix = np.array([[scale, 0, (cell - scale * width) / 2 + sway],
                           [0, scale, clip.height - scale * height]])  # fmt: skip
        frame[:, place * cell : (place + 1) * cell] = cv2.warpAffine(
            picture, matrix, (cell, clip.height), flags=cv2.INTER_AREA, borderValue=(70, 90, 78)
        )
    return frame


def render(clip: Clip, path: Path) -> None:
    """Write a clip as H.264. It has grain: without it, decoding were easier than real footage."""
    pictures, random = list(portraits().values()), np.random.default_rng(0)
    loop = [draw(clip, number / LOOP, pictures) for number in range(LOOP)]
    grain = random.normal(0, 3, (clip.height + 64, clip.width, 1)).astype(np.int16)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=FPS, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = clip.width, clip.height, "yuv420p"
        for number in range(clip.seconds * FPS):
            top = int(random.integers(64))
            noisy = loop[number % LOOP] + grain[top : top + clip.height]
            picture = np.clip(noisy, 0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())


def facenet_weights(path: Path) -> Path:
    """Weights of FaceNet that were never trained: they need no download, and cost the same."""
    if not path.exists():
        import torch
        from facenet_pytorch import InceptionResnetV1

        torch.manual_seed(0)
        torch.save(InceptionResnetV1(classify=True, num_classes=8631).state_dict(), path)
    return path


def write_manifest(path: Path, sources: dict[str, str]) -> None:
    rows = [f"{video}\t{source}" for video, source in sources.items()]
    text = "\n".join(["video_id\tsource", *rows]) + "\n"
    # An equal file that is newer would make rules run again.
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def made_up_faces(results: Path, n_faces: int, length: int) -> list[str]:
    """Tables of videos with so many embedded faces, six a track; returns the videos' ids.

    As many people as there are tenths of tracks; those of one person lie around one point.
    """
    random = np.random.default_rng(0)
    best, per_video = 6, 600
    people = random.normal(size=(max(2, n_faces // (10 * best)), length))
    videos = [f"v{number:05d}" for number in range(-(-n_faces // per_video))]
    for number, video in enumerate(videos):
        n = min(per_video, n_faces - number * per_video)
        owner = np.arange(n) // best
        who = random.integers(len(people), size=n // best + 1)[owner]
        vectors = people[who] + random.normal(0, 0.4, (n, length))
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        frame = np.arange(n)
        common = {"frame": frame, "time_s": frame / 5.0, "track": owner}
        write = {
            "embeddings": common | {"embedding": list(vectors.astype(np.float32))},
            "faces": common | {"shot": np.zeros(n, int), "quality": random.random(n)}
            | {name: np.full(n, 10.0) for name in ("x1", "y1", "x2", "y2")},
            "shots": {"shot": [0], "start_s": [0.0], "end_s": [n / 5.0]},
            "status": {"video_id": [video], "status": ["ok"], "n_frames": [n]},
        }  # fmt: skip
        for table, columns in write.items():
            vector = length if table == "embeddings" else None
            path = results / table / f"{video}.parquet"
            parquet.write(path, table, columns, {"parameters": {}}, vector=vector)
    return videos


def made_up_clusters(results: Path, n_tracks: int, n_videos: int) -> list[str]:
    """Tables for the rule people: so many tracks of a tenth as many people; the videos' ids."""
    random = np.random.default_rng(0)
    videos = [f"v{number:05d}" for number in range(n_videos)]
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


def made_up_keypoints(results: Path, talk: Talk) -> None:
    """Tables of a video for `measure_movement`: everybody's body and hands, that wave."""
    n_frames, part = talk.minutes * 60 * FPS, 500
    frame = np.arange(n_frames)
    common = {"frame": frame, "time_s": frame / FPS, "shot": np.zeros(n_frames, int)}
    end_s = n_frames / FPS
    one = {"shot": [0], "start_frame": [0], "end_frame": [n_frames], "start_s": [0.0]}
    status = {"video_id": [talk.name], "status": ["ok"], "width": [1280], "height": [720]}
    status |= {"n_frames": [n_frames], "start_s": [0.0], "duration_s": [end_s], "n_shots": [1]}
    seen = np.repeat(frame[::5], talk.people)
    faces = {"frame": seen, "time_s": seen / FPS, "shot": np.zeros(len(seen), int)}
    faces["track"] = np.tile(np.arange(talk.people), len(frame[::5]))
    rows = {"frames": common, "shots": one | {"end_s": [end_s]}, "status": status, "faces": faces}
    made_by = {"parameters": {"samples_per_second": 5, "frames_per_second": 0}}
    for table, columns in rows.items():
        parquet.write(results / table / f"{talk.name}.parquet", table, columns, made_by)
    names = [(part, name) for part, names in schemas.PARTS.items() for name in names]
    parts, keypoints = (list(column) for column in zip(*names, strict=True))
    random, n = np.random.default_rng(0), talk.people * len(names)
    still, path = random.random((n, 2)), results / "keypoints" / f"{talk.name}.parquet"
    with parquet.Writer(path, "keypoints", made_by) as out:
        for start in range(0, n_frames, part):
            now = np.repeat(frame[start : start + part], n)
            times = len(now) // n
            wave = 0.2 * np.sin(now / FPS)
            columns = {"frame": now, "time_s": now / FPS, "shot": np.zeros(len(now), int)}
            columns["track"] = np.tile(np.repeat(np.arange(talk.people), len(names)), times)
            columns |= {"part": parts * talk.people * times}
            columns |= {"keypoint": keypoints * talk.people * times}
            for place, axis in enumerate("xy"):
                value = np.tile(still[:, place], times) + wave
                columns |= {axis: 400 + 200 * value, f"world_{axis}": value / 2}
            columns |= {"world_z": wave, "visibility": np.ones(len(now))}
            out.append(columns)


# The runs


def run_workflow(work: Path, overlay: dict, *arguments: str) -> None:
    """Run a part of the workflow on one core. Raises CorpusError where a job failed."""
    config = work / f"{Path(overlay['results']).name}.yaml"
    config.write_text(yaml.safe_dump({"people": str(work / "people.tsv")} | overlay))
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", work, "--profile", ROOT / "profiles" / "laptop", "--cores", "1"]
    command += [*arguments, "--configfile", config]
    # The rules start `python`: it has to be this one.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if subprocess.run(command, env=os.environ | {"PATH": path}).returncode:
        raise CorpusError("the workflow did not finish; a second call goes on from here")


def measure(work: Path) -> list[Path]:
    """Make what is measured on and run it; returns the folders of the results."""
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
    wanted = [f"{work}/plain/embeddings/{clip.name}.parquet" for clip in clips]
    wanted += [f"{work}/plain/keypoints/{clip.name}.parquet" for clip in clips if clip.keypoints]
    run_workflow(work, common | plain, *wanted)
    kinds = ("overlay", "blurred")
    wanted = [f"{work}/plain/exports/{kind}/{name}.mp4" for kind in kinds for name in EXPORTS]
    run_workflow(work, common | plain, *wanted)

    weights = facenet_weights(work / "facenet.pt")
    copy = {"file": str(weights), "sha256": sha256(weights)}
    small = {"results": str(work / "small"), "models": {"facenet-vggface2": copy}}
    # More faces than six a track: else loading the network would hide what they take.
    small["faces"] = {"embedder": "facenet-vggface2", "min_size": 0.02, "best": 50}
    wanted = [f"{work}/small/embeddings/{name}.parquet" for name in SMALL]
    run_workflow(work, common | small, *wanted)

    found = [work / "plain", work / "small"]
    embedders = {EMBEDDERS[name].dimensions: name for name in ("dlib", "facenet-vggface2")}
    for n, length in CORPORA:
        results = work / f"cluster_{n}_{length}"
        made = made_up_faces(results, n, length) if not results.exists() else None
        allowed = ("cluster_faces", "people")
        embedder = embedders[length]
        found.append(run_made_up(work, results, made, embedder, allowed, (), ONE_CORE))
    for n, n_videos in TRACKS:
        results = work / f"people_{n}_{n_videos}"
        made = made_up_clusters(results, n, n_videos) if not results.exists() else None
        found.append(run_made_up(work, results, made, "dlib", ("people",)))
    talks = work / "talks"
    for talk in TALKS:
        if not (talks / "keypoints" / f"{talk.name}.parquet").exists():
            made_up_keypoints(talks, talk)
    wanted = [f"{talks}/phases/{talk.name}.parquet" for talk in TALKS]
    wanted.append(f"{talks}/report/coverage.tsv")
    made, allowed = [talk.name for talk in TALKS], ("measure_movement", "plot_coverage")
    found.append(run_made_up(work, talks, made, "dlib", allowed, wanted))
    return found + [gathered(work, *page) for page in PAGES]


def gathered(work: Path, n_videos: int, rate: int) -> Path:
    """A made-up corpus, and the jobs that gather it for people to look at."""
    results = work / f"page_{n_videos}_{rate}fps"
    made = None
    if not results.exists():
        synthetic_corpus.make(results, n_videos, n_videos * 3 // 5, rate=rate)
        made = [synthetic_corpus.video_name(number) for number in range(n_videos)]
    allowed = ("gestures", "plot_coverage", "write_page")
    wanted = [f"{results}/report/{name}" for name in ("coverage.tsv", "index.html")]
    return run_made_up(work, results, made, "dlib", allowed, wanted)


def run_made_up(
    work: Path,
    results: Path,
    made: list[str] | None,
    embedder: str,
    allowed: Iterable[str],
    wanted: Iterable[str] = (),
    more: Iterable[str] = (),
) -> Path:
    """Run only the rules `allowed`, on tables that no rule has made."""
    videos = work / f"{results.name}.tsv"
    if made is not None:
        write_manifest(videos, {video: f"http://127.0.0.1/{video}.mp4" for video in made})
    overlay = {"results": str(results), "videos": str(videos), "device": "cpu"}
    overlay["faces"] = {"embedder": embedder}
    targets = wanted or [f"{results}/people.parquet"]
    run_workflow(work, overlay, *targets, "--allowed-rules", *allowed, *more)
    return results


# What a run took


Point = dict[str, object]
"""A measured job: need, clip, device, mb, seconds, and its Facts by name."""
COLUMNS = (
    "need",
    "clip",
    "device",
    "mb",
    "seconds",
    "cpu_seconds",
    *(field.name for field in fields(InputFacts)),
)
OUTPUT = {
    "index_frames": "frames",
    "detect_faces": "faces",
    "embed_faces": "embeddings",
    "extract_keypoints": "keypoints",
    "measure_movement": "phases",
}
"""The table that each rule of a video writes."""
EXPORTED = "benchmarks/export_video"
CORPUS_OUTPUT = {
    "cluster_faces": "clusters.parquet",
    "people": "people.parquet",
    "gestures": "gestures",
    "plot_coverage": "report/coverage.tsv",
    "write_page": "report/index.html",
}


def collect(results: Path) -> list[Point]:
    """All jobs of one folder of results that have a benchmark and their tables."""
    points = []
    for rule, table in OUTPUT.items():
        for file in sorted((results / "benchmarks" / rule).glob("*.tsv")):
            if (results / table / f"{file.stem}.parquet").exists():
                points.append(video_point(results, rule, file))
    points += [export_point(results, f) for f in sorted(results.glob(f"{EXPORTED}/*/*.tsv"))]
    for rule, output in CORPUS_OUTPUT.items():
        file = results / "benchmarks" / f"{rule}.tsv"
        if file.exists() and (results / output).exists():
            points.append(corpus_point(results, rule, file))
    return points


def video_point(results: Path, rule: str, file: Path) -> Point:
    """A job on one video: `file` is its benchmark."""
    video, output = file.stem, results / OUTPUT[rule] / f"{file.stem}.parquet"
    known = input_facts.of_status(results / "status" / f"{video}.parquet")
    for media in sorted((results / "videos").glob(f"{video}.*")):
        if media.suffix != ".json":
            known |= input_facts.size_mb(media)
    if rule in ("embed_faces", "extract_keypoints", "measure_movement"):
        known |= input_facts.of_faces(results / "faces" / f"{video}.parquet")
    used = parquet.read_provenance(output)["parameters"]
    names = {field.name for field in fields(InputFacts)}
    settings = {name: value for name, value in used.items() if name in names}
    need, device = rule, used.get("device") or "cpu"
    if rule == "embed_faces":
        need += "_dlib" if used["embedder"] == "dlib" else "_facenet"
        settings["dimensions"] = EMBEDDERS[used["embedder"]].dimensions
    # Of detect_faces' rate the detections tell; what keypoints take follows from both.
    settings = {name: value for name, value in settings.items() if value is not None}
    found = InputFacts(**known | settings)
    if rule in ("extract_keypoints", "measure_movement"):
        keypoints = results / "keypoints" / f"{video}.parquet"
        found = replace(found, faceless=bodies_without_face(keypoints, found))
    return {"need": need, "clip": video, "device": device} | took(file) | asdict(found)


def export_point(results: Path, file: Path) -> Point:
    """A video that was exported: `file` is its benchmark, in a folder of its kind."""
    known = input_facts.of_status(results / "status" / f"{file.stem}.parquet")
    row = {"need": "export_video", "clip": f"{file.parent.name}_{file.stem}", "device": "cpu"}
    return row | took(file) | asdict(InputFacts(**known))


def bodies_without_face(keypoints: Path, known: InputFacts) -> float:
    """How many there are in a frame, on average."""
    wanted = [("part", "==", "pose"), ("keypoint", "==", "nose"), ("track", "<", 0)]
    n_bodies = pq.read_table(keypoints, columns=["track"], filters=wanted).num_rows
    return round(n_bodies / max(resource_model.n_used(resource_model.complete(known)), 1), 3)


def corpus_point(results: Path, rule: str, file: Path) -> Point:
    """A job on the whole corpus."""
    clusters = results / "clusters.parquet"
    known = input_facts.of_clusters(clusters) | {
        "n_videos": len(list((results / "status").iterdir()))
    }
    if rule in resource_model.GATHERED:
        known |= input_facts.of_gathered(
            (results / resource_model.GATHERED[rule]).glob("*.parquet")
        )
    if rule == "cluster_faces":
        embedder = parquet.read_provenance(clusters).get("parameters", {}).get("embedder")
        files = (results / "embeddings").glob("*.parquet")
        known["n_embeddings"] = sum(pq.read_metadata(path).num_rows for path in files)
        known["dimensions"] = EMBEDDERS[embedder].dimensions
    row = {"need": rule, "clip": results.name, "device": "cpu"}
    return row | took(file) | asdict(InputFacts(**known))


def took(file: Path) -> dict[str, float]:
    """Memory and time in a benchmark of Snakemake, which are MiB and seconds; NaN for none.

    Not its CPU seconds: they are those at its last look at the job, up to half a minute before
    the end. And it is the clock on the wall that a cluster's limit goes by.
    """
    # Not by csv: the list of inputs of a large corpus is longer than it takes for a cell.
    names, cells = (line.split("\t") for line in file.read_text().splitlines()[:2])
    row = dict(zip(names, cells, strict=False))
    mib = float("nan") if row["max_rss"] in ("NA", "-") else float(row["max_rss"])
    return {"mb": round(mib * 2**20 / 1e6, 1), "seconds": float(row["s"])}


def write_points(path: Path, points: list[Point]) -> None:
    """Write a table separated by tabs, a row a point."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for point in points:
            writer.writerow({name: _cell(value) for name, value in point.items()})


def _cell(value: object) -> object:
    """A number as it is shortest, so that reading and writing again changes nothing."""
    return f"{value:.9g}" if isinstance(value, int | float) else value


def read_points(path: Path) -> list[Point]:
    """Points as `write_points` has written them: an empty cell is None."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    texts = ("need", "clip", "device")
    return [
        {name: text if name in texts else number(text) for name, text in row.items()}
        for row in rows
    ]


def number(text: str) -> float | int | None:
    value = float(text) if text else None
    return int(value) if value is not None and value.is_integer() else value


def facts_of(point: Point) -> InputFacts:
    """What was known of the input of a measured job."""
    return InputFacts(**{field.name: point[field.name] for field in fields(InputFacts)})


# The fit


def fit(
    rows: list[dict[str, float]], measured: Iterable[float], given: dict[str, float]
) -> dict[str, float]:
    """Coefficients, none negative, whose sums lie nearest to what was measured: for time.

    `rows` are the terms of each job, `given` the coefficients that are known already. Errors
    count relative to what was measured, so that small jobs count like large ones.
    """
    matrix, names = _relative(rows, measured)
    known = np.array([given.get(name, 0.0) for name in names])
    open_ = np.array([name not in given for name in names])
    solved = known.copy()
    solved[open_], _ = nnls(matrix[:, open_], 1 - matrix @ known)
    return dict(zip(names, map(_rounded, solved), strict=True))


def envelope(
    rows: list[dict[str, float]], measured: Iterable[float], given: dict[str, float]
) -> dict[str, float]:
    """The same, with nothing given, but the lowest sums that nothing measured lies above: for
    memory, which short jobs may end without having filled, and whose lack kills a job."""
    matrix, names = _relative(rows, measured)
    solved = linprog(matrix.sum(axis=0), A_ub=-matrix, b_ub=-np.ones(len(matrix))).x
    return dict(zip(names, map(_rounded, solved), strict=True))


def _relative(
    rows: list[dict[str, float]], measured: Iterable[float]
) -> tuple[np.ndarray, list[str]]:
    matrix = np.array([list(row.values()) for row in rows])
    return matrix / np.array(list(measured), float)[:, None], list(rows[0])


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


FITTED = (
    ("MEMORY", resource_model.MEMORY, "mb", envelope),
    ("SECONDS", resource_model.SECONDS, "seconds", fit),
)


def constants(points: list[Point]) -> str:
    """The two tables of scripts/corpus/planning/resource_model.py, fitted anew, as they are written there."""
    lines = []
    for title, table, what, fitting in FITTED:
        lines.append(f"{title} = {{")
        given: dict[str, float] = {}
        for need, old in table.items():
            used = [p for p in points if (p["need"], p["device"]) == (need, "cpu")]
            used = [point for point in used if np.isfinite(point[what])]
            known = [
                resource_model.terms(resource_model.complete(facts_of(point))) for point in used
            ]
            rows = [{name: row[name] for name in old} for row in known]
            enough = len(used) > 0 and np.linalg.matrix_rank(_relative(rows, [1])[0]) == len(old)
            found = fitting(rows, [point[what] for point in used], given) if enough else old
            if need == "index_frames" and what == "seconds":
                # All rules decode with the same reader. Where that is the least part, as in
                # short clips, a fit would find any number for it.
                given["decoded"] = found["decoded"]
            note = "" if enough else f"  # as before: {len(used)} jobs are too few, or too alike"
            lines.append(f'    "{need}": {json.dumps(found)},{note}')
        lines.append("}")
    return "\n".join(lines)


# The report


def compare(point: Point) -> dict[str, float]:
    """What a point's job took, what the fit says, and what it would ask for at its first attempt.

    MB and seconds.
    """
    need, known = str(point["need"]), facts_of(point)
    n_gpus = int(point["device"] != "cpu")
    return {
        "mb": point["mb"],
        "mb_fitted": resource_model.fitted(resource_model.MEMORY[need], known),
        "mb_asked": resource_model.memory_mb(need, known, 1, n_gpus),
        "seconds": point["seconds"],
        "seconds_fitted": resource_model.fitted(resource_model.SECONDS[need], known),
        "seconds_asked": 60 * resource_model.minutes(need, known),
    }


UNITS = {
    "base": "",
    "mpx": "megapixels of a frame",
    "frames": "1000 frames",
    "decoded": "1000 megapixels decoded",
    "batch": "megapixels of a batch",
    "batch_searched": "megapixels of a batch as searched",
    "batch_pyramid": "megapixels of a batch for the first network",
    "searched": "megapixels searched",
    "pyramid": "megapixels for the first network",
    "samples": "frames searched for faces",
    "faces": "faces",
    "embedded": "faces embedded",
    "person_frames": "people, summed over frames",
    "looks": "whole frames searched for bodies",
    "at_once": "people at once",
    "embeddings_mb": "MB of embeddings",
    "face_pairs": "10^9 pairs of faces",
    "pairs": "pairs of faces x length of an embedding / 10^9",
    "encoded": "1000 megapixels decoded, drawn and encoded",
    "block": "1000 people in the frames of a block",
    "read_mb": "MB of tables",
    "tracks": "1000 tracks",
    "videos": "1000 videos",
}
"""What a term counts, for people."""


def formula(coefficients: dict[str, float]) -> str:
    """A fit as a sum."""
    parts = [
        f"{value:g} x {UNITS[name]}" if UNITS[name] else f"{value:g}"
        for name, value in coefficients.items()
        if value
    ]
    return " + ".join(parts) or "0"


def markdown(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    aligned = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(map(str, row)) + " |" for row in (head, aligned, *rows))


def fits_table(points: list[Point]) -> str:
    """The fits of scripts/corpus/planning/resource_model.py as Markdown, and how far the points are from them."""
    rows = []
    for need in resource_model.MEMORY:
        found = [compare(point) for point in points if point["need"] == need]
        for what, table, unit in (
            ("mb", resource_model.MEMORY, "MB"),
            ("seconds", resource_model.SECONDS, "s"),
        ):
            fitted = [row[what] / row[f"{what}_fitted"] for row in found]
            asked = [row[what] / row[f"{what}_asked"] for row in found]
            share = f"{min(fitted):.2f} to {max(fitted):.2f}" if found else "-"
            most = f"{max(asked):.0%}" if found else "-"
            rows.append((need, f"{unit} = {formula(table[need])}", len(found), share, most))
    head = ("need", "fit", "jobs", "measured / fitted", "most used of what was asked")
    return markdown(head, rows)


def points_table(points: list[Point]) -> str:
    """Every measured job as Markdown."""
    rows = []
    for point in points:
        row = compare(point)
        memory = (f"{row[name]:.0f}" for name in ("mb", "mb_fitted", "mb_asked"))
        time = (f"{row[name]:.1f}" for name in ("seconds", "seconds_fitted"))
        minutes = f"{row['seconds_asked'] / 60:.0f}"
        clip = str(point["clip"])
        if point["need"] == "detect_faces" and point["min_size"] != InputFacts.min_size:
            clip += f", min_size {point['min_size']:g}"
        rows.append((point["need"], clip, *memory, *time, minutes))
    head = ("need", "clip", "MB", "fitted", "asked", "s", "fitted", "minutes asked")
    return markdown(head, rows)


def gpu_note(points: list[Point]) -> str:
    """Memory of the host beyond the fit, where a GPU was used: what GPU_MB has to cover."""
    more = [
        row["mb"] - row["mb_fitted"]
        for row in (compare(point) for point in points if point["device"] != "cpu")
    ]
    return (
        f"GPU_MB: {max(more):.0f} measured, {resource_model.GPU_MB} asked"
        if more
        else "GPU_MB: no point"
    )


def plot(points: list[Point], path: Path) -> None:
    """Measured against fitted, and the line of what is asked for."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    # Equal bytes each time.
    matplotlib.rcParams |= {"svg.hashsalt": "resources", "svg.fonttype": "none"}
    figure, axes = pyplot.subplots(1, 2, figsize=(10, 4.6), layout="constrained")
    names = {"mb": "memory, MB", "seconds": "time, seconds"}
    compared = [(str(point["need"]), compare(point)) for point in points]
    for axis, (what, title) in zip(axes, names.items(), strict=True):
        for need, marker in zip(resource_model.MEMORY, "osD^vPX<>phd", strict=True):
            rows = [row for name, row in compared if name == need]
            x, y = [row[f"{what}_fitted"] for row in rows], [row[what] for row in rows]
            axis.scatter(x, y, marker=marker, s=28, alpha=0.8, label=need)
        fitted = [row[f"{what}_fitted"] for _, row in compared]
        line = np.geomspace(0.7 * min(fitted), 1.4 * max(fitted))
        if what == "mb":
            asked = resource_model.MEMORY_FACTOR * line
        else:
            asked = 60 * resource_model.START_MINUTES + resource_model.TIME_FACTOR * line
        axis.plot(line, asked, "k-", linewidth=1, label="asked at attempt 1")
        axis.plot(line, line, "k:", linewidth=1, label="fitted")
        axis.set(xscale="log", yscale="log", title=title, xlabel="fitted", ylabel="measured")
        axis.grid(alpha=0.3)
    axes[0].legend(fontsize=8)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def report(points: list[Point]) -> str:
    """The fits and all points, as they stand in docs/resources.md."""
    return f"{fits_table(points)}\n\n{points_table(points)}\n"


def main() -> None:
    """Collect the points, fit them, print and write what came out."""
    options = parse_arguments()
    points: list[Point] = [point for file in options.points for point in read_points(file)]
    folders = options.results
    if not folders and not points:
        folders = measure(options.work.resolve())
    points += [point for folder in folders for point in collect(folder)]
    if not points:
        raise InputError("no benchmark of a finished job in these folders of results")
    write_points(options.work / "resources.tsv", points)
    plot(points, options.work / "resources.svg")
    (options.work / "resources.md").write_text(report(points))
    print(f"{constants(points)}\n{gpu_note(points)}\n\n{report(points)}", end="")


def parse_arguments() -> argparse.Namespace:
    """Options of this program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder to write to")
    parser.add_argument(
        "--results", type=Path, nargs="+", default=[], help="folders of results of finished runs"
    )
    parser.add_argument(
        "--points", type=Path, nargs="+", default=[], help="points that were measured before"
    )
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    return options


if __name__ == "__main__":
    run(main)
