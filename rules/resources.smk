"""What jobs need: memory in MB, time in minutes, a share of the profile's limits.

Functions of the input's size and of `attempt`: what failed for want of it is given more.
"""

from os.path import getsize
from shlex import join

from corpus.device import has_nvidia_gpu
from corpus.embedders import EMBEDDERS

EMBED_ON_GPU = config["faces"]["embedder"] != "dlib"


def n_gpus(wildcards):
    """GPUs of a job that may use one. With `auto`, none where jobs run on this machine and it has
    none, so that the profile's limit on GPUs does not keep the cores waiting."""
    if config["device"] == "auto" and workflow.local_exec:
        return int(has_nvidia_gpu())
    return 0 if config["device"] == "cpu" else 1


def n_embedding_gpus(wildcards):
    """As above; dlib runs on the CPU."""
    return n_gpus(wildcards) if EMBED_ON_GPU else 0


def n_downloads(wildcards):
    """What a video takes of the profile's limit on downloads at a time."""
    return 0 if local_source(wildcards) else 1


def download_flags(wildcards):
    """Flags for how to download, which say nothing about what arrives.

    A resource and no param, since a change of those would download a finished corpus again.
    """
    fetch = config["fetch"]
    flags = {
        "cookies": fetch["cookies"],
        "rate-limit": fetch["rate_limit"],
        "timeout": fetch["timeout_s"],
    }
    return join(
        f"--{name}={value}" for name, value in flags.items() if value is not None
    )


def n_model_downloads(wildcards):
    """What a model takes of the profile's limit on downloads at a time."""
    return 0 if own_file(wildcards) else 1


def index_minutes(wildcards, input, attempt):
    """Three seconds a megabyte: ten times what 480p takes, enough for large and slow files."""
    return attempt * (10 + input.size_mb // 20)


def detection_minutes(wildcards, input, attempt):
    """20 seconds a megabyte: a CPU needs a second for one of video, which has 0.03 to 0.3 MB."""
    return attempt * (30 + input.size_mb // 3)


def detection_memory(wildcards, attempt):
    """In MB: 1600 were measured in 1080p, 2500 for faces of 22 pixels; CUDA comes on top."""
    return attempt * 4000


def embedding_minutes(wildcards, input, attempt):
    """6 seconds a megabyte: most of it goes into decoding."""
    return attempt * (15 + input.size_mb // 10)


def embedding_memory(wildcards, attempt):
    """In MB: 550 were measured for dlib in 1080p, 1400 for FaceNet; CUDA comes on top."""
    return attempt * (4000 if EMBED_ON_GPU else 1500)


def keypoints_minutes(wildcards, input, attempt):
    """Two minutes a megabyte: a CPU needs about three seconds for one of video and person."""
    return attempt * (30 + 2 * input.size_mb)


def keypoints_memory(wildcards, attempt):
    """In MB: 630 were measured for one person, 100 more for each other on screen at once."""
    return attempt * 3000


def embedded_mb(input):
    """Size of the embeddings that are there already, which are hardly compressible, in MiB."""
    return sum(getsize(path) for path in input.embeddings if exists(path)) / 2**20


def cluster_mb(wildcards, input, attempt):
    """A base for libraries and tracks, and six times the embeddings; 4.4 were measured."""
    return round(attempt * (1000 + 6 * embedded_mb(input)))


def cluster_minutes(wildcards, input, attempt):
    """All pairs of faces: 2 ns for each number of an embedding, of which 1.6 were measured."""
    length = EMBEDDERS[config["faces"]["embedder"]].dimensions
    n_faces = embedded_mb(input) * 2**20 / (4 * length)
    return round(attempt * (30 + 2e-9 * length * n_faces**2 / 60))
