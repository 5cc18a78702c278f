"""Estimate how much memory and time a job needs, from what is known about its input.

Each estimate is a sum of measured coefficients times properties of the input, such as megapixels
per frame or people on screen. docs/resources.md shows the measurements. benchmarks/resources.py
repeats them on your own machines and prints MEMORY and SECONDS in the format used here.

Snakemake imports this module in its own process and in every job: standard library only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import cast

MEMORY = {
    "index_frames": {"base": 189.0, "mpx": 11.2},
    "detect_faces": {"base": 223.0, "batch": 11.0, "largest_image": 411.0},
    "detect_faces_mtcnn": {
        "base": 1260.0,
        "batch": 4.48,
        "batch_searched": 12.2,
        "batch_pyramid": 63.1,
    },
    "extract_keypoints": {"processes": 345.0, "process_mpx": 165.0},
    "measure_movement": {"base": 221.0, "block": 25.1, "frames": 2.13},
    "export_video": {"base": 224.0, "mpx": 351.0},
    "cluster_faces": {"base": 1090.0, "embeddings_mb": 2.72},
    "identify_people": {"base": 158.0, "tracks": 0.749},
    "segment_gestures": {"base": 240.0, "tracks": 3.02},
    "plot_coverage": {"base": 227.0, "videos": 0.0},
    "write_page": {"base": 276.0, "videos": 0.0},
}
"""Peak resident memory of a job and all its processes, in MB, by task.

A task is a rule; `detect_faces` has one task for each detector. The values are coefficients of the
`terms`, fitted on one CPU core without a GPU."""

SECONDS = {
    "index_frames": {"base": 0.638, "frames": 7.05, "decoded": 2.42},
    "detect_faces": {"base": 3.88, "decoded": 2.42, "samples": 0.0, "pyramid": 0.403},
    "detect_faces_mtcnn": {"base": 9.69, "decoded": 2.42, "searched": 0.0211, "pyramid": 1.82},
    "extract_keypoints": {
        "base": 3.15,
        "decoded": 2.42,
        "body_searches": 0.0499,
        "person_frames": 0.0264,
    },
    "measure_movement": {"base": 2.49, "person_frames": 0.000291},
    "export_video": {"base": 1.56, "encoded": 27.4},
    "cluster_faces": {"base": 6.41, "face_pairs": 18.2, "face_pair_values": 0.0381},
    "identify_people": {"base": 0.725, "tracks": 0.0345, "videos": 0.0},
    "segment_gestures": {"base": 1.98, "videos": 80.7},
    "plot_coverage": {"base": 1.79, "videos": 18.7, "read_mb": 0.00128},
    "write_page": {"base": 0.544, "videos": 26.1, "read_mb": 0.124},
}
"""Seconds from the start of a job to its end, by task, as for MEMORY. They are wall-clock seconds
or, for the tasks that docs/resources.md names, CPU seconds."""

EMBEDDER_NEEDS = {128: (100.0, 0.02), 512: (1070.0, 0.1)}
"""What `detect_faces` needs in addition for the network that embeds every face: MB, and seconds per
face, by values per embedding: dlib, FaceNet. Upper bounds, with dlib for full batches:
FaceNet loads PyTorch, which the detector may have loaded already."""
EMBEDDING_BYTES = 8
"""Bytes per value of an embedding while tracks are made: two copies as float32."""

MEMORY_FACTOR = 1.5
"""Requested memory over fitted memory: margin for other codecs and longer groups of pictures."""
TIME_FACTOR = 3
"""Requested time over fitted time: margin for cores half as fast and for shared nodes."""
CORE_NEEDS = {
    "detect_faces": {"base": 20.0, "batch": 5.0, "largest_image": 411.0},
    "detect_faces_mtcnn": {
        "base": 40.0,
        "batch": 4.48,
        "batch_searched": 12.2,
        "batch_pyramid": 63.1,
    },
}
"""MB of each core of `detect_faces` but the first, as for MEMORY: its detector, and its batch."""
EMBEDDER_CORE_MB = {128: 80.0, 512: 200.0}
"""MB of the embedder of each core but the first, by values per embedding. Like CORE_NEEDS, upper
bounds of what docs/resources.md has measured."""
MINUTES_PER_CORE = {
    "detect_faces": 0.5,
    "detect_faces_mtcnn": 0.5,
    "extract_keypoints": 2,
    "cluster_faces": 5,
}
"""Minutes of work per core, for the tasks that use several cores. Less for `detect_faces`, where
each core has a thread, which starts sooner than a process."""
MAX_CORES, MAX_DETECTION_CORES = 8, 4
"""Most cores of a job, and of `detect_faces`: there, threads wait for Python's global lock."""
DETECTION_TASKS = ("detect_faces", "detect_faces_mtcnn")
"""Tasks of `detect_faces`: with the detector `fast-mtcnn`, and with `mtcnn`."""
MAX_GPU_CORES = 4
"""Most cores of a job that extracts keypoints on a GPU, for processes and threads that sample."""
GPU_LANES = 16
"""Chunks that one of these processes extracts at the same time."""
CORPUS_TABLES = {
    "segment_gestures": "phases",
    "plot_coverage": "keypoints",
    "write_page": "kinematics",
}
"""The largest kind of table that each of these jobs reads, for all videos, one after another."""
MEASURED_EMBEDDINGS = 100_000
"""Most faces that were clustered in a measurement."""
EXTRAPOLATION_FACTOR = 3
"""Requested memory over fitted memory for more faces than were measured."""
MAX_GUESSED_MB = 20_000
"""Upper bound on the memory that faces add which have not been embedded yet.

Their number is only a guess from the sizes of videos. When the job starts, it is known."""
START_MINUTES = 10
"""Added to every time request: loading PyTorch from a network disk can take minutes."""
GPU_MB = 3000
"""Added to the memory request of a GPU job for each process on the GPU: host memory of CUDA and its
libraries.

Not measured; 2000 to 3000 MB are usual with PyTorch."""

FETCH_MB = 1000
"""yt-dlp, and ffmpeg joining picture and sound: both stream, so the file size does not matter."""
DOWNLOAD_MINUTES = 240
"""Nothing is known about a video before its download. A partial download is kept for a retry."""
MODEL_MINUTES = 60
"""Model downloads are at most 116 MB: one hour suffices at 260 kbit/s."""
COPY_MB_PER_S = 20
"""Speed at which a slow network disk is read to compute the checksum of a local video."""

PICTURES_MB, PICTURES_S_PER_VIDEO = 1200, 4
"""Memory and seconds per video for cropping faces.

The memory suffices for a few 4K frames. The time allows for decoding a quarter of a minute at one
or two places per video, each time from the keyframe before it. A small video took 0.1 s."""
COMPARISON_MB, COMPARISON_S_PER_VIDEO = 2500, 6
"""Memory and seconds per video for comparing gestures.

The memory suffices for 250,000 gestures, see docs/similarity.md."""
COMPARISON_KB_PER_GESTURE, COMPARISON_NS_PER_PAIR = 10, 110
"""Memory per gesture, and time per pair of gestures, which are all compared: twice those measured
with 100,000 gestures."""
POSE_MB, POSE_KB_PER_PERSON_FRAME = 170, 5
"""A .pose file is built in memory: a constant, plus memory per frame and person in the video.

Measured on 16,500 frames with seven people."""

BLOCK_FRAMES = 1650
"""Frames that `measure_movement` holds at a time, including their context, at 25 frames/s."""
CHUNK_S, CHUNK_FRAMES = 60, 1500
"""Length of a chunk of `extract_keypoints`, seconds, and its frames at 25 frames/s. A process
extracts one chunk at a time, so a job uses at most as many cores as there are chunks."""
KEYPOINTS_KB = 25
"""Memory of a person and frame for each core of `extract_keypoints`: while a chunk is extracted,
sent to the process that writes, or waits there. A body with two hands takes 6 KB. An upper bound,
since the measured clips are shorter than a chunk."""
ASSUMED_SIZE_MB = 100
"""Assumed size of a video that does not exist yet.

Used in a dry run, and for a job group that includes the download. With the guesses below it
corresponds to ten minutes of 1080p video."""
MPX_PER_MB = 400
"""Assumed megapixels of video per MB of a file that has not been indexed: 0.02 bits per pixel.

AV1 needs that for a talking head. H.264 needs two to ten times as many bits, so its estimate is too
high."""
MIN_FRAME_MPX, MAX_FRAME_MPX, MB_PER_FRAME_MPX = 2.1, 8.3, 250
"""Assumed megapixels per frame: 1080p, increasing with file size up to 4K at 1.5 GB."""
SHORT_VIDEO_MB, SHORT_VIDEO_S, SHORT_DOWNLOAD_MINUTES = 5, 0.1, 3
"""For videos of a group: assumed size if unknown, least seconds of each stage, and time for the
download of each."""
ASSUMED_FPS = 25
ASSUMED_PEOPLE = 2
"""Assumed people on screen, before faces have been detected."""
ASSUMED_TRACK_S = 2
"""Assumed length of a face track in seconds, before faces have been detected."""


@dataclass(frozen=True)
class InputFacts:
    """What is known about a job's input; None means unknown and is estimated by `fill_unknown`."""

    size_mb: float | None = None
    """Size of the video file, in millions of bytes."""
    width: int | None = None
    height: int | None = None
    """Upright size of the frames, in pixels."""
    n_frames: int | None = None
    duration_s: float | None = None
    n_shots: int | None = None
    n_faces: int | None = None
    """Faces detected in the sampled frames."""
    n_tracks: int | None = None
    """Face tracks, of the video or of the whole corpus."""
    max_people: int | None = None
    """Most faces in one frame."""
    n_videos: int = 0
    n_embeddings: int = 0
    n_guessed_embeddings: int = 0
    """Estimate of the faces that will be embedded in videos that have no embeddings yet."""
    read_mb: float = 0.0
    """Total size of the largest tables that the job reads for all videos, in millions of bytes."""

    # Settings that affect memory or time.
    samples_per_second: float = 5.0
    min_size: float = 0.06
    batch_size: int = 16
    best: int = 6
    frames_per_second: float = 0.0
    """Frames per second searched for keypoints; 0 means all frames."""
    bodies_without_face: float = 0
    """Bodies without a face per frame. Unknown before the job runs: 1 if they are searched for."""
    dimensions: int = 128
    """Values per embedding."""
    threads: int = 1
    """Cores of the job. `extract_keypoints` has a process for each, `detect_faces` a thread."""


class KnownFacts(InputFacts):
    """The type of facts that `fill_unknown` has completed: none of these fields is None."""

    size_mb: float
    n_frames: int
    n_shots: int
    duration_s: float
    width: int
    height: int
    n_faces: int
    n_tracks: int
    max_people: int


def scale_by_attempt(amount: float, attempt: int) -> int:
    """Double the amount with each attempt and round up; `attempt` counts from 1.

    A job that ran out of memory or time thus soon gets enough. On a cluster,
    `corpus.planning.slurm_limits` limits the result to what the partitions allow.
    """
    return ceil(amount * 2 ** (attempt - 1))


def memory_mb(task: str, facts: InputFacts, attempt: int = 1, n_gpus: int = 0) -> int:
    """Return the memory to request in MB, a multiple of 100. `task` is a key of MEMORY."""
    amount = _memory_with_margin(task, facts)
    if facts.n_guessed_embeddings:
        n_embeddings = facts.n_embeddings + facts.n_guessed_embeddings
        guess = _memory_with_margin(task, replace(facts, n_embeddings=n_embeddings))
        amount = max(amount, min(guess, MAX_GUESSED_MB))
    amount += GPU_MB * n_gpu_processes(task, facts) if n_gpus else 0
    return scale_by_attempt(_round_up_to_100(amount), attempt)


def n_gpu_processes(task: str, facts: InputFacts) -> int:
    """Return how many processes of a GPU job may use the GPU, each with its own CUDA libraries."""
    if task != "extract_keypoints":
        return 1
    n_full = ceil(fill_unknown(facts).duration_s / CHUNK_S / GPU_LANES)
    return max(1, min(facts.threads, MAX_GPU_CORES, n_full))


def _memory_with_margin(task: str, facts: InputFacts) -> float:
    """Return the fitted memory of a task in MB, times its margin."""
    is_extrapolated = facts.n_embeddings > MEASURED_EMBEDDINGS
    factor = EXTRAPOLATION_FACTOR if is_extrapolated else MEMORY_FACTOR
    mb = fitted_value(MEMORY[task], facts) + detection_needs(task, facts)[0]
    return factor * (mb + waiting_keypoints_mb(task, facts))


def minutes(task: str, facts: InputFacts, attempt: int = 1, threads: int = 1) -> int:
    """Return the time to request in minutes. `task` is a key of SECONDS, measured on one core.

    Only tasks in MINUTES_PER_CORE use more than one of the job's `threads`.
    """
    seconds = _work_seconds(task, facts) / (threads if task in MINUTES_PER_CORE else 1)
    return scale_by_attempt(START_MINUTES + TIME_FACTOR * seconds / 60, attempt)


def group_mb(tasks: Sequence[str], facts: InputFacts, attempt: int = 1, n_gpus: int = 0) -> int:
    """Return the memory in MB for running several tasks in one process, one after the other.

    `facts` are about the largest of its videos. The models of all tasks stay in memory, so the
    constant parts are added up.
    """
    amounts = [memory_mb(task, facts, attempt, n_gpus) for task in tasks]
    constants = [MEMORY[task].get("base") or MEMORY[task]["processes"] for task in tasks]
    others = sum(constants) - max(constants)
    return max(amounts) + scale_by_attempt(_round_up_to_100(others), attempt)


def group_minutes(tasks: Sequence[str], facts: InputFacts, n_videos: int, attempt: int = 1) -> int:
    """Return the time in minutes for running several tasks for each of `n_videos` videos.

    `facts` are about the average video. The constant part of a task, which is its start, counts
    once.
    """
    seconds = 0.0
    for task in tasks:
        start = SECONDS[task]["base"]
        per_video = _work_seconds(task, facts) - start
        seconds += start + n_videos * max(per_video, SHORT_VIDEO_S)
    return scale_by_attempt(START_MINUTES + TIME_FACTOR * seconds / 60, attempt)


def group_download_minutes(n_videos: int, attempt: int = 1) -> int:
    """Return the time in minutes for downloading the videos of a group."""
    minutes_for_videos = n_videos * SHORT_DOWNLOAD_MINUTES
    return scale_by_attempt(max(DOWNLOAD_MINUTES, minutes_for_videos), attempt)


def cores(task: str, facts: InputFacts, n_gpus: int = 0) -> int:
    """Return the cores to request for a task in MINUTES_PER_CORE."""
    most = MAX_GPU_CORES if n_gpus else MAX_CORES
    if task in DETECTION_TASKS:
        most = 1 if n_gpus else MAX_DETECTION_CORES
    elif task == "extract_keypoints":
        most = min(most, ceil(fill_unknown(facts).duration_s / CHUNK_S))
    return max(1, min(most, ceil(_work_seconds(task, facts) / 60 / MINUTES_PER_CORE[task])))


def _work_seconds(task: str, facts: InputFacts) -> float:
    """Return the seconds of a task on one core, without margin."""
    return fitted_value(SECONDS[task], facts) + detection_needs(task, facts)[1]


def fetch_mb(attempt: int = 1) -> int:
    """Return the memory in MB for fetching a video or a model."""
    return scale_by_attempt(FETCH_MB, attempt)


def download_minutes(attempt: int = 1) -> int:
    """Return the time in minutes for downloading a video."""
    return scale_by_attempt(DOWNLOAD_MINUTES, attempt)


def link_minutes(facts: InputFacts, attempt: int = 1) -> int:
    """Return the time in minutes for linking a local video and computing its checksum."""
    seconds = fill_unknown(facts).size_mb / COPY_MB_PER_S
    return scale_by_attempt(START_MINUTES + seconds / 60, attempt)


def model_minutes(attempt: int = 1) -> int:
    """Return the time in minutes for fetching a model."""
    return scale_by_attempt(MODEL_MINUTES, attempt)


def pictures_mb(attempt: int = 1) -> int:
    """Return the memory in MB for cropping faces from videos."""
    return scale_by_attempt(PICTURES_MB, attempt)


def pictures_minutes(n_videos: int, attempt: int = 1) -> int:
    """Return the time in minutes for cropping faces from videos."""
    return scale_by_attempt(START_MINUTES + n_videos * PICTURES_S_PER_VIDEO / 60, attempt)


def comparison_mb(n_gestures: int, attempt: int = 1) -> int:
    """Return the memory in MB for comparing the gestures of a corpus."""
    amount = n_gestures * COMPARISON_KB_PER_GESTURE / 1000
    return scale_by_attempt(max(COMPARISON_MB, _round_up_to_100(amount)), attempt)


def comparison_minutes(n_videos: int, n_gestures: int, attempt: int = 1) -> int:
    """Return the time in minutes for comparing the gestures of a corpus."""
    seconds = n_videos * COMPARISON_S_PER_VIDEO + n_gestures**2 * COMPARISON_NS_PER_PAIR / 1e9
    return scale_by_attempt(START_MINUTES + seconds / 60, attempt)


def pose_mb(n_frames: int, n_people: int, attempt: int = 1) -> int:
    """Return the memory in MB for writing a .pose file."""
    amount = MEMORY_FACTOR * (POSE_MB + POSE_KB_PER_PERSON_FRAME * n_frames * n_people / 1e3)
    return scale_by_attempt(_round_up_to_100(amount), attempt)


def fitted_value(coefficients: dict[str, float], facts: InputFacts) -> float:
    """Evaluate a fit for one input, without any margin. `coefficients` is a value of MEMORY or
    SECONDS."""
    values = terms(fill_unknown(facts))
    return sum(coefficient * values[term] for term, coefficient in coefficients.items())


def detection_needs(task: str, facts: InputFacts) -> tuple[float, float]:
    """Return the MB and the seconds that `detect_faces` needs beside detection on one core.

    They are those for embedding all faces, and the MB of further cores; without margin. Both are 0
    for other tasks.
    """
    if task not in DETECTION_TASKS:
        return 0.0, 0.0
    n_faces, dimensions = fill_unknown(facts).n_faces, facts.dimensions
    embedder_mb, seconds_per_face = EMBEDDER_NEEDS[dimensions]
    embeddings_mb = EMBEDDING_BYTES * dimensions * n_faces / 1e6
    core_mb = fitted_value(CORE_NEEDS[task], facts) + EMBEDDER_CORE_MB[dimensions]
    return embedder_mb + embeddings_mb + (facts.threads - 1) * core_mb, seconds_per_face * n_faces


def waiting_keypoints_mb(task: str, facts: InputFacts) -> float:
    """Return the MB that `extract_keypoints` needs for chunks that are not written yet.

    0 for other tasks.
    """
    if task != "extract_keypoints":
        return 0.0
    known = fill_unknown(facts)
    people = known.max_people + known.bodies_without_face
    n_frames = min(n_keypoint_frames(known), CHUNK_FRAMES)
    return KEYPOINTS_KB * known.threads * people * n_frames / 1e3


def fill_unknown(facts: InputFacts) -> KnownFacts:
    """Replace each unknown field with an estimate from the known ones."""
    size_mb = ASSUMED_SIZE_MB if facts.size_mb is None else facts.size_mb
    width, height = facts.width, facts.height
    if not width or not height:
        frame_mpx = min(MIN_FRAME_MPX + size_mb / MB_PER_FRAME_MPX, MAX_FRAME_MPX)
        height = round(750 * frame_mpx**0.5)
        width = height * 16 // 9
    n_frames = facts.n_frames
    if n_frames is None:
        n_frames = ceil(size_mb * MPX_PER_MB / (width * height / 1e6))
    duration_s = n_frames / ASSUMED_FPS if facts.duration_s is None else facts.duration_s
    video = replace(
        facts,
        size_mb=size_mb,
        width=width,
        height=height,
        n_frames=n_frames,
        duration_s=duration_s,
        n_shots=facts.n_shots or 0,
    )
    video = cast(KnownFacts, video)
    n_faces, n_tracks, max_people = facts.n_faces, facts.n_tracks, facts.max_people
    if n_faces is None:
        n_faces = ceil(n_sampled_frames(video) * ASSUMED_PEOPLE)
    if n_tracks is None:
        n_tracks = ceil(n_faces / (ASSUMED_TRACK_S * facts.samples_per_second))
    if max_people is None:
        max_people = ASSUMED_PEOPLE
    known = replace(video, n_faces=n_faces, n_tracks=n_tracks, max_people=max_people)
    return cast(KnownFacts, known)


def terms(facts: KnownFacts) -> dict[str, float]:
    """Return the terms that the coefficients multiply, by name. All `facts` must be known."""
    mpx = facts.width * facts.height / 1e6
    searched, pyramid = detector_mpx(facts)
    n_sampled, n_keypoint = n_sampled_frames(facts), n_keypoint_frames(facts)
    faces_per_frame = facts.n_faces / max(n_sampled, 1)
    people = facts.max_people + facts.bodies_without_face
    return {
        "base": 1.0,
        # Megapixels per frame; thousands of frames; thousands of megapixels decoded.
        "mpx": mpx,
        "frames": facts.n_frames / 1e3,
        "decoded": facts.n_frames * mpx / 1e3,
        # Thousands of megapixels decoded, drawn on and encoded.
        "encoded": facts.n_frames * mpx / 1e3,
        # Megapixels of one batch of sampled frames: as decoded, as searched for faces, and as the
        # largest image that the detector's first network sees.
        "batch": facts.batch_size * mpx,
        "batch_searched": facts.batch_size * searched,
        "batch_pyramid": facts.batch_size * pyramid,
        # Megapixels of all sampled frames, as searched and as the first network sees them.
        "searched": n_sampled * searched,
        "pyramid": n_sampled * pyramid,
        # Megapixels of the largest image that the first network sees, one at a time.
        "largest_image": pyramid,
        "samples": n_sampled,
        "faces": facts.n_faces,
        "embedded": min(facts.best * facts.n_tracks, facts.n_faces),
        # People summed over the frames with keypoints; frames searched for bodies without a face.
        "person_frames": faces_per_frame * n_keypoint + facts.bodies_without_face * n_keypoint,
        "body_searches": min(n_keypoint, 5 * facts.duration_s),
        # Thousands of people, summed over the frames of one block of `measure_movement`.
        "block": people * min(n_keypoint, BLOCK_FRAMES) / 1e3,
        "people": people,
        # Processes of `extract_keypoints`: one for each core, and one that writes; megapixels per
        # frame for each core.
        "processes": facts.threads + (facts.threads > 1),
        "process_mpx": facts.threads * mpx,
        # The corpus: MB of embeddings as float32; thousands of millions of pairs of faces, and of
        # embedding values in these pairs; size of tables in MB; thousands of tracks and of videos.
        "embeddings_mb": 4 * facts.n_embeddings * facts.dimensions / 1e6,
        "face_pairs": facts.n_embeddings**2 / 1e9,
        "face_pair_values": facts.n_embeddings**2 * facts.dimensions / 1e9,
        "read_mb": facts.read_mb,
        "tracks": facts.n_tracks / 1e3,
        "videos": facts.n_videos / 1e3,
    }


def n_embedded_faces(facts: InputFacts) -> int:
    """Estimate how many faces of a video are embedded: the best of each track."""
    return ceil(terms(fill_unknown(facts))["embedded"])


def n_sampled_frames(facts: KnownFacts) -> float:
    """Count the frames searched for faces: every 1 / samples_per_second, and one per shot."""
    return min(facts.n_frames, facts.duration_s * facts.samples_per_second + facts.n_shots)


def n_keypoint_frames(facts: KnownFacts) -> float:
    """Count the frames searched for keypoints."""
    if not facts.frames_per_second:
        return facts.n_frames
    return min(facts.n_frames, facts.duration_s * facts.frames_per_second + facts.n_shots)


def detector_mpx(facts: KnownFacts) -> tuple[float, float]:
    """Return the sizes of two images that `detect_faces` makes of a frame, in megapixels.

    The first is the frame as it is searched. The second is that image reduced further, so that the
    smallest face has the 12 pixels that the detector's first network expects.
    """
    shorter = min(facts.width, facts.height)
    scale = min(1.0, 48 / (facts.min_size * shorter))
    smallest_face = max(facts.min_size * shorter * scale, 12)
    searched = facts.width * facts.height * scale**2 / 1e6
    return searched, searched * (12 / smallest_face) ** 2


def _round_up_to_100(amount: float) -> int:
    return 100 * ceil(amount / 100)
