"""What jobs need: memory in MB, time in minutes, a share of the profile's limits.

Functions of what is known of the input and of `attempt`: what failed for want of it is given more.
corpus.planning.input_facts looks the input up, corpus.planning.resource_model holds the numbers; docs/resources.md explains both.
"""

from dataclasses import replace
from shlex import join

from corpus.core.devices import has_nvidia_gpu
from corpus.faces.embedders import EMBEDDERS
from corpus.planning import input_facts, resource_model, slurm

limited = slurm.limiter(workflow)
EMBED_ON_GPU = config["faces"]["embedder"] != "dlib"
EMBEDDING = "embed_faces_facenet" if EMBED_ON_GPU else "embed_faces_dlib"
SETTINGS = {
    "samples_per_second": config["faces"]["samples_per_second"],
    "min_size": config["faces"]["min_size"],
    "batch_size": config["faces"]["batch_size"],
    "best": config["faces"]["best"],
    "frames_per_second": config["keypoints"]["frames_per_second"] or 0,
    "faceless": int(config["keypoints"]["full_frame"]),
    "dimensions": EMBEDDERS[config["faces"]["embedder"]].dimensions,
    "n_videos": len(VIDEOS),
}


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


def on_disk(wildcards, media):
    """Size of a video's file, or of the local one that it will be a link to."""
    return input_facts.size_mb(local_source(wildcards) or media)


def of_file(wildcards, media):
    """A video of which nothing is known but its file."""
    return resource_model.InputFacts(**on_disk(wildcards, media))


def indexed(wildcards, media):
    """A video that was indexed: its status is there when its frames are, from the same job."""
    status = f"{config['results']}/status/{wildcards.video}.parquet"
    known = on_disk(wildcards, media) | input_facts.of_status(status)
    return resource_model.InputFacts(**SETTINGS, **known)


def searched(wildcards, media, faces):
    """A video whose faces were found, too."""
    return replace(indexed(wildcards, media), **input_facts.of_faces(faces))


def fetch_mb(wildcards, attempt):
    """Of a download nothing is known before."""
    return resource_model.fetch_mb(attempt)


@limited("runtime")
def fetch_minutes(wildcards, attempt):
    """Long for a download; a local file is only read once."""
    local = local_source(wildcards)
    if not local:
        return resource_model.download_minutes(attempt)
    return resource_model.link_minutes(of_file(wildcards, local), attempt)


def model_minutes(wildcards, attempt):
    """Of a model as little is known, but that it is a file of 112 MB at most."""
    return resource_model.model_minutes(attempt)


@limited("mem_mb")
def index_mb(wildcards, input, attempt):
    """By the size of the file, from which the size of the picture is guessed."""
    known = of_file(wildcards, input.media)
    return resource_model.memory_mb("index_frames", known, attempt)


@limited("runtime")
def index_minutes(wildcards, input, attempt):
    """By the size of the file, which bounds what there is to decode."""
    known = of_file(wildcards, input.media)
    return resource_model.minutes("index_frames", known, attempt)


@limited("mem_mb", gpus=n_gpus)
def detection_mb(wildcards, input, attempt):
    """By the size of a batch of pictures, as they are decoded and as they are searched."""
    known = indexed(wildcards, input.video)
    return resource_model.memory_mb("detect_faces", known, attempt, n_gpus(wildcards))


@limited("runtime", gpus=n_gpus)
def detection_minutes(wildcards, input, attempt):
    """By the frames to decode, and those to search."""
    known = indexed(wildcards, input.video)
    return resource_model.minutes("detect_faces", known, attempt)


@limited("mem_mb", gpus=n_embedding_gpus)
def embedding_mb(wildcards, input, attempt):
    """By the size of the picture; the embedder's network takes most."""
    known = searched(wildcards, input.video, input.faces)
    return resource_model.memory_mb(
        EMBEDDING, known, attempt, n_embedding_gpus(wildcards)
    )


@limited("runtime", gpus=n_embedding_gpus)
def embedding_minutes(wildcards, input, attempt):
    """By the frames to decode and the faces to embed."""
    known = searched(wildcards, input.video, input.faces)
    return resource_model.minutes(EMBEDDING, known, attempt)


@limited("mem_mb", gpus=n_gpus)
def keypoints_mb(wildcards, input, attempt):
    """By the size of the picture and the people on screen at once."""
    known = searched(wildcards, input.video, input.faces)
    return resource_model.memory_mb(
        "extract_keypoints", known, attempt, n_gpus(wildcards)
    )


@limited("runtime", gpus=n_gpus)
def keypoints_minutes(wildcards, input, attempt):
    """By the people in all frames; one more is thought to be there, whose face was not found."""
    known = searched(wildcards, input.video, input.faces)
    return resource_model.minutes("extract_keypoints", known, attempt)


def moving(wildcards):
    """The same of a video whose keypoints are there: its own file is not needed any more."""
    # Not by pathvars, which are those of whoever uses this workflow as a module when this is asked.
    results = config["results"]
    path = media(wildcards).replace("<results>", results)
    return searched(wildcards, path, f"{results}/faces/{wildcards.video}.parquet")


@limited("mem_mb")
def movement_mb(wildcards, input, attempt):
    """By the people at once, and a little by all frames of all people."""
    return resource_model.memory_mb("measure_movement", moving(wildcards), attempt)


@limited("runtime")
def movement_minutes(wildcards, input, attempt):
    """By the people in all frames."""
    return resource_model.minutes("measure_movement", moving(wildcards), attempt)


@limited("mem_mb")
def export_mb(wildcards, input, attempt):
    """Of an exported video, by the size of the picture."""
    known = indexed(wildcards, input.video)
    return resource_model.memory_mb("export_video", known, attempt)


@limited("runtime")
def export_minutes(wildcards, input, attempt):
    """By the frames to draw and to encode."""
    known = indexed(wildcards, input.video)
    return resource_model.minutes("export_video", known, attempt)


@limited("mem_mb")
def pose_mb(wildcards, input, attempt):
    """Of a .pose file, by its frames and people, and a body or two without a face."""
    n_frames = input_facts.of_status(input.status).get("n_frames", 0)
    n_people = input_facts.n_people(input.tracks, wildcards.video) + 2
    return resource_model.pose_mb(n_frames, n_people, attempt)


def embedded(paths):
    """All embeddings of the corpus."""
    return resource_model.InputFacts(
        **SETTINGS, **input_facts.of_embeddings(paths, SETTINGS["dimensions"])
    )


def n_clustering_gpus(wildcards):
    """One where the configuration says so: a job for a node with much memory rarely finds both."""
    return int(config["clustering"]["device"] == "cuda")


def cluster_threads(wildcards, input):
    """By the pairs of faces; the result does not depend on it."""
    return resource_model.cores("cluster_faces", embedded(input.embeddings))


@limited("mem_mb", gpus=n_clustering_gpus)
def cluster_mb(wildcards, input, attempt):
    """By the size of all embeddings."""
    known = embedded(input.embeddings)
    n_gpus = n_clustering_gpus(wildcards)
    return resource_model.memory_mb("cluster_faces", known, attempt, n_gpus)


@limited("runtime", gpus=n_clustering_gpus)
def cluster_minutes(wildcards, input, threads, attempt):
    """By the pairs of faces, of which there are as many as the square of the faces."""
    known = embedded(input.embeddings)
    return resource_model.minutes("cluster_faces", known, attempt, threads)


def clustered(path):
    """All face tracks of the corpus."""
    return resource_model.InputFacts(**SETTINGS, **input_facts.of_clusters(path))


@limited("mem_mb")
def people_mb(wildcards, input, attempt):
    """By the face tracks of the corpus."""
    return resource_model.memory_mb(
        "identify_people", clustered(input.clusters), attempt
    )


@limited("runtime")
def people_minutes(wildcards, input, attempt):
    """By the face tracks and the videos of the corpus."""
    return resource_model.minutes("identify_people", clustered(input.clusters), attempt)


@limited("mem_mb")
def pictures_mb(wildcards, attempt):
    """Of pictures of faces, whatever the corpus: one video at a time."""
    return resource_model.pictures_mb(attempt)


@limited("runtime")
def pictures_minutes(wildcards, attempt):
    """By the videos."""
    return resource_model.pictures_minutes(len(VIDEOS), attempt)


def gathered(need):
    """All videos, tracks, and the tables that the rule gathers for people to look at."""
    results = config["results"]
    folder = f"{results}/{resource_model.GATHERED[need]}"
    known = input_facts.of_clusters(f"{results}/clusters.parquet")
    known |= input_facts.of_gathered(f"{folder}/{video}.parquet" for video in VIDEOS)
    return resource_model.InputFacts(**SETTINGS, **known)


def gathering_mb(need):
    """Memory of such a rule, by the corpus, as a function."""

    @limited("mem_mb")
    def memory(wildcards, attempt):
        return resource_model.memory_mb(need, gathered(need), attempt)

    return memory


def gathering_minutes(need):
    """Its time, likewise."""

    @limited("runtime")
    def minutes(wildcards, attempt):
        return resource_model.minutes(need, gathered(need), attempt)

    return minutes
