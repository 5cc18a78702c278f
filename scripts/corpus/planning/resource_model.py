"""How much memory and time a job asks for, from what is known of its input.

Each rule's need is a sum: measured coefficients times facts of the input, such as megapixels
or people on screen. docs/resources.md shows what was measured, and how to measure it on your own
machines with benchmarks/resources.py, which prints MEMORY and SECONDS as they stand here.

Rules import this in Snakemake's own process and in every job: standard library only.
"""

from dataclasses import dataclass, replace
from math import ceil

MEMORY = {
    "index_frames": {"base": 211.0, "mpx": 319.0},
    "detect_faces": {"base": 1260.0, "batch": 4.48, "batch_searched": 12.2, "batch_pyramid": 63.1},
    "embed_faces_dlib": {"base": 285.0, "batch": 3.91},
    "embed_faces_facenet": {"base": 1070.0, "batch": 5.37},
    "extract_keypoints": {"base": 600.0, "mpx": 208.0, "at_once": 115.0},
    "measure_movement": {"base": 144.0, "block": 49.1, "frames": 2.55},
    "export_video": {"base": 224.0, "mpx": 351.0},
    "cluster_faces": {"base": 1090.0, "embeddings_mb": 2.72},
    "identify_people": {"base": 158.0, "tracks": 0.749},
    "segment_gestures": {"base": 154.0, "tracks": 0.449},
    "plot_coverage": {"base": 227.0, "videos": 0.0},
    "write_page": {"base": 276.0, "videos": 0.0},
}
"""MB at the peak, resident, of a job and all its processes: coefficients of the facts in `terms`.
Fitted on one CPU core, without a GPU."""

SECONDS = {
    "index_frames": {"base": 1.37, "frames": 0.745, "decoded": 3.65},
    "detect_faces": {"base": 9.53, "decoded": 3.65, "searched": 0.0102, "pyramid": 1.85},
    "embed_faces_dlib": {"base": 0.0, "decoded": 3.65, "embedded": 0.165},
    "embed_faces_facenet": {"base": 21.0, "decoded": 3.65, "embedded": 0.0422},
    "extract_keypoints": {"base": 9.13, "decoded": 3.65, "looks": 0.0, "person_frames": 0.129},
    "measure_movement": {"base": 0.71, "person_frames": 9.4e-05},
    "export_video": {"base": 1.56, "encoded": 27.4},
    "cluster_faces": {"base": 6.41, "face_pairs": 18.2, "pairs": 0.0381},
    "identify_people": {"base": 0.725, "tracks": 0.0345, "videos": 0.0},
    "segment_gestures": {"base": 0.575, "videos": 15.8},
    "plot_coverage": {"base": 1.79, "videos": 18.7, "read_mb": 0.00128},
    "write_page": {"base": 0.544, "videos": 26.1, "read_mb": 0.124},
}
"""Seconds from a job's start to its end, likewise."""

MEMORY_FACTOR = 1.5
"""How many times the fitted memory is asked for: other codecs, longer groups of pictures."""
TIME_FACTOR = 3
"""How many times the fitted time: cores half as fast, and busy neighbours on a node."""
CORE_MINUTES, MOST_CORES = 5, 8
"""Minutes of work for which a job gets one core more, and how many it gets at most."""
GATHERED = {"segment_gestures": "phases", "plot_coverage": "keypoints", "write_page": "kinematics"}
"""The largest tables that a job reads of all videos, one after another."""
LEAST_MB = {"cluster_faces": 20_000}
"""The least that is asked for: all others have been spent for the one job that sees the whole
corpus. It is what the curve gives for two million faces of 512 numbers, so up to there memory is no
matter; it keeps the job off small nodes."""
START_MINUTES = 10
"""On top, for a job to start: a network disk may take minutes to load PyTorch at first."""
GPU_MB = 3000
"""On top, where a GPU is used: memory of the host that CUDA and its libraries take. Not measured;
2000 to 3000 are usual with PyTorch."""

FETCH_MB = 1000
"""yt-dlp, and ffmpeg that joins picture and sound: both stream, so size is no matter."""
DOWNLOAD_MINUTES = 240
"""Nothing is known of a download before; what was transferred is kept for the next attempt."""
MODEL_MINUTES = 60
"""The largest model has 112 MB: enough at 250 kbit/s."""
COPY_MB_PER_S = 20
"""A local file is linked and its checksum taken, on a slow network disk at this speed."""

PICTURES_MB, PICTURES_S = 1200, 4
"""For pictures of faces: a few frames of 4K, and seconds a video. In each of one or two of them a
quarter of a minute is decoded, from the keyframe before; a small video took 0.1 s."""
POSE_MB, POSE_KB = 170, 5
"""A .pose file is made as a whole: memory at least, and for each frame and person in the video.
Measured with 16,500 frames of seven people."""

BLOCK = 1650
"""Frames that `measure_movement` holds at a time, with those around them, at 25 a second."""
UNKNOWN_MB = 100
"""Size of a video that is not there yet: asked for in a dry run, and for a group with its download.
With the guess below it is ten minutes in 1080p."""
MPX_PER_MB = 400
"""Megapixels of video in a megabyte, where the file has not been indexed yet: 0.02 bits a pixel,
what AV1 needs for a talking head. H.264 has two to ten times as many, and asks for too much."""
SMALLEST_MPX, LARGEST_MPX, MB_A_MPX = 2.1, 8.3, 250
"""Megapixels of its frames: 1080p, and the more the larger the file is, up to 4K at 1.5 GB."""
GUESSED_FPS = 25
GUESSED_PEOPLE = 2
"""People on screen, where faces have not been detected yet."""
GUESSED_TRACK_S = 2
"""Length of a face track, likewise."""


@dataclass(frozen=True)
class InputFacts:
    """What is known of a job's input; None is not known yet, and guessed by `complete`."""

    size_mb: float | None = None
    """Of the video's file, in millions of bytes."""
    width: int | None = None
    height: int | None = None
    n_frames: int | None = None
    duration_s: float | None = None
    n_shots: int | None = None
    n_faces: int | None = None
    """Detections, in the sampled frames."""
    n_tracks: int | None = None
    """Face tracks, of the video or of the whole corpus."""
    at_once: int | None = None
    """The most faces in one frame."""
    n_videos: int = 0
    n_embeddings: int = 0
    read_mb: float = 0.0
    """Of the largest tables that it reads of all videos, in millions of bytes."""

    # Settings that count
    samples_per_second: float = 5.0
    min_size: float = 0.06
    batch_size: int = 16
    best: int = 6
    frames_per_second: float = 0.0
    """Frames searched for keypoints; 0: all."""
    faceless: int = 0
    """Bodies without a face in every frame, which nothing tells before: 1 where they are sought."""
    dimensions: int = 128
    """Numbers of an embedding."""


def grown(amount: float, attempt: int) -> int:
    """What attempt 1, 2, 3 ... asks for: twice as much each time, so that a job that ran out of
    memory or time soon has enough. In rules/resources.smk a cluster's partitions limit it."""
    return ceil(amount * 2 ** (attempt - 1))


def memory_mb(need: str, facts: InputFacts, attempt: int = 1, n_gpus: int = 0) -> int:
    """Memory to ask for, MB, in hundreds. `need` is a key of MEMORY."""
    asked = MEMORY_FACTOR * fitted(MEMORY[need], facts) + (GPU_MB if n_gpus else 0)
    return grown(max(100 * ceil(asked / 100), LEAST_MB.get(need, 0)), attempt)


def minutes(need: str, facts: InputFacts, attempt: int = 1, threads: int = 1) -> int:
    """Time to ask for, minutes. `need` is a key of SECONDS, which are those of one core."""
    seconds = fitted(SECONDS[need], facts) / threads
    return grown(START_MINUTES + TIME_FACTOR * seconds / 60, attempt)


def cores(need: str, facts: InputFacts) -> int:
    """Cores to ask for, where the work divides: one for each CORE_MINUTES, at most MOST_CORES."""
    return min(MOST_CORES, ceil(fitted(SECONDS[need], facts) / 60 / CORE_MINUTES))


def fetch_mb(attempt: int = 1) -> int:
    """Memory to fetch a video or a model, MB: nothing is known of it before."""
    return grown(FETCH_MB, attempt)


def download_minutes(attempt: int = 1) -> int:
    """Time to download a video, minutes."""
    return grown(DOWNLOAD_MINUTES, attempt)


def link_minutes(facts: InputFacts, attempt: int = 1) -> int:
    """Time to link a local video, minutes."""
    return grown(START_MINUTES + complete(facts).size_mb / COPY_MB_PER_S / 60, attempt)


def model_minutes(attempt: int = 1) -> int:
    """Time to fetch a model, minutes."""
    return grown(MODEL_MINUTES, attempt)


def pictures_mb(attempt: int = 1) -> int:
    """Memory to cut faces out of videos, MB."""
    return grown(PICTURES_MB, attempt)


def pictures_minutes(n_videos: int, attempt: int = 1) -> int:
    """Time for that, minutes."""
    return grown(START_MINUTES + n_videos * PICTURES_S / 60, attempt)


def pose_mb(n_frames: int, n_people: int, attempt: int = 1) -> int:
    """Memory to write a .pose file, MB."""
    asked = MEMORY_FACTOR * (POSE_MB + POSE_KB * n_frames * n_people / 1e3)
    return grown(100 * ceil(asked / 100), attempt)


def fitted(coefficients: dict[str, float], facts: InputFacts) -> float:
    """The fit's own value, without any margin."""
    known = terms(complete(facts))
    return sum(coefficient * known[term] for term, coefficient in coefficients.items())


def complete(facts: InputFacts) -> InputFacts:
    """`facts` with a guess for each that is not known, from those that are."""
    size_mb = UNKNOWN_MB if facts.size_mb is None else facts.size_mb
    width, height = facts.width, facts.height
    if not width or not height:
        height = round(750 * min(SMALLEST_MPX + size_mb / MB_A_MPX, LARGEST_MPX) ** 0.5)
        width = height * 16 // 9
    n_frames = facts.n_frames
    if n_frames is None:
        n_frames = ceil(size_mb * MPX_PER_MB / (width * height / 1e6))
    duration_s = n_frames / GUESSED_FPS if facts.duration_s is None else facts.duration_s
    found = replace(facts, size_mb=size_mb, width=width, height=height)
    found = replace(found, n_frames=n_frames, duration_s=duration_s, n_shots=facts.n_shots or 0)
    n_faces, n_tracks, at_once = facts.n_faces, facts.n_tracks, facts.at_once
    if n_faces is None:
        n_faces = ceil(n_samples(found) * GUESSED_PEOPLE)
    if n_tracks is None:
        n_tracks = ceil(n_faces / (GUESSED_TRACK_S * facts.samples_per_second))
    if at_once is None:
        at_once = GUESSED_PEOPLE
    return replace(found, n_faces=n_faces, n_tracks=n_tracks, at_once=at_once)


def terms(facts: InputFacts) -> dict[str, float]:
    """What coefficients are multiplied by, by name; all `facts` must be known."""
    mpx = facts.width * facts.height / 1e6
    searched, pyramid = detector_mpx(facts)
    samples, used = n_samples(facts), n_used(facts)
    person_frames = facts.n_faces / max(samples, 1) * used + facts.faceless * used
    return {
        "base": 1.0,
        # Megapixels of a frame; thousands of frames; thousands of megapixels decoded.
        "mpx": mpx,
        "frames": facts.n_frames / 1e3,
        "decoded": facts.n_frames * mpx / 1e3,
        # The same, where they are also drawn on and encoded.
        "encoded": facts.n_frames * mpx / 1e3,
        # Pictures that faces are searched in: megapixels of a batch and of all of them, as they
        # are decoded, as they are searched, and of the largest that the first network looks at.
        "batch": facts.batch_size * mpx,
        "batch_searched": facts.batch_size * searched,
        "batch_pyramid": facts.batch_size * pyramid,
        "searched": samples * searched,
        "pyramid": samples * pyramid,
        "samples": samples,
        "faces": facts.n_faces,
        "embedded": min(facts.best * facts.n_tracks, facts.n_faces),
        # Keypoints: people in all frames, frames searched for people without a face.
        "person_frames": person_frames,
        "looks": min(used, 5 * facts.duration_s),
        # People in the frames that movement is measured in at a time, thousands.
        "block": (facts.at_once + facts.faceless) * min(used, BLOCK) / 1e3,
        "at_once": facts.at_once + facts.faceless,
        # The corpus: millions of bytes of embeddings as float32; thousands of millions of pairs of
        # faces, and of numbers in them; thousands of tracks, thousands of videos.
        "embeddings_mb": 4 * facts.n_embeddings * facts.dimensions / 1e6,
        "face_pairs": facts.n_embeddings**2 / 1e9,
        "pairs": facts.n_embeddings**2 * facts.dimensions / 1e9,
        "read_mb": facts.read_mb,
        "tracks": facts.n_tracks / 1e3,
        "videos": facts.n_videos / 1e3,
    }


def n_samples(facts: InputFacts) -> float:
    """Frames searched for faces: one each 1 / samples_per_second, and the first of each shot."""
    return min(facts.n_frames, facts.duration_s * facts.samples_per_second + facts.n_shots)


def n_used(facts: InputFacts) -> float:
    """Frames that keypoints are looked for in."""
    if not facts.frames_per_second:
        return facts.n_frames
    return min(facts.n_frames, facts.duration_s * facts.frames_per_second + facts.n_shots)


def detector_mpx(facts: InputFacts) -> tuple[float, float]:
    """Megapixels of the picture that `detect_faces` searches, and of that picture shrunk so that
    the smallest face has the 12 pixels of the detector's first network."""
    shorter = min(facts.width, facts.height)
    scale = min(1.0, 48 / (facts.min_size * shorter))
    smallest = max(facts.min_size * shorter * scale, 12)
    searched = facts.width * facts.height * scale**2 / 1e6
    return searched, searched * (12 / smallest) ** 2
