"""What jobs request: memory in MB, time in minutes, GPUs, and shares of the profile's limits.

The functions here depend on what is known about the input and on `attempt`: a failed job requests
more at its next attempt. corpus.planning.input_facts reads what is known about the input,
corpus.planning.resource_model holds the coefficients. docs/resources.md explains both.
"""

from dataclasses import replace
from functools import partial
from shlex import join

from corpus.core.devices import has_nvidia_gpu
from corpus.faces.embedders import EMBEDDERS
from corpus.planning import input_facts, resource_model, slurm

EMBED_ON_GPU = config["faces"]["embedder"] != "dlib"
EMBEDDING_TASK = "embed_faces_facenet" if EMBED_ON_GPU else "embed_faces_dlib"
SETTINGS = {
    "samples_per_second": config["faces"]["samples_per_second"],
    "min_size": config["faces"]["min_size"],
    "batch_size": config["faces"]["batch_size"],
    "best": config["faces"]["best"],
    "frames_per_second": config["keypoints"]["frames_per_second"] or 0,
    "bodies_without_face": int(config["keypoints"]["full_frame"]),
    "dimensions": EMBEDDERS[config["faces"]["embedder"]].dimensions,
    "n_videos": len(VIDEOS),
}


def request(resource, estimate, wildcards, rulename, attempt, n_gpus=0):
    """What a job requests of `mem_mb` or `runtime`: its estimate for this attempt, but on a cluster
    no more than the largest partition allows."""
    return slurm.limited_request(
        workflow,
        resource,
        estimate,
        rulename=rulename,
        wildcards=wildcards,
        attempt=attempt,
        n_gpus=n_gpus,
    )


def request_memory(task, facts, wildcards, rulename, attempt, n_gpus=0):
    """Memory of a task of the resource model, in MB."""
    estimate = partial(resource_model.memory_mb, task, facts, n_gpus=n_gpus)
    return request("mem_mb", estimate, wildcards, rulename, attempt, n_gpus)


def request_time(task, facts, wildcards, rulename, attempt, n_gpus=0, threads=1):
    """Time of a task of the resource model, in minutes."""
    estimate = partial(resource_model.minutes, task, facts, threads=threads)
    return request("runtime", estimate, wildcards, rulename, attempt, n_gpus)


# GPUs and shared limits


def n_gpus(wildcards):
    """GPUs of a job that can use one.

    With `device: auto` and local execution this is 0 on a machine without a GPU; otherwise the
    profile's limit on GPUs would leave cores idle.
    """
    if config["device"] == "auto" and workflow.local_exec:
        return int(has_nvidia_gpu())
    return 0 if config["device"] == "cpu" else 1


def n_embedding_gpus(wildcards):
    """GPUs of a job that embeds faces; dlib runs on the CPU."""
    return n_gpus(wildcards) if EMBED_ON_GPU else 0


def n_clustering_gpus(wildcards):
    """GPUs of the clustering job: one only if the configuration requests it, since nodes with much
    memory rarely have a GPU."""
    return int(config["clustering"]["device"] == "cuda")


def n_downloads(wildcards):
    """Share of the profile's limit on simultaneous downloads that a video takes."""
    return 0 if local_source(wildcards) else 1


def n_model_downloads(wildcards):
    """Share of the profile's limit on simultaneous downloads that a model takes."""
    return 0 if local_model_file(wildcards) else 1


def download_flags(wildcards):
    """Flags for how to download, which do not affect the downloaded file.

    They are a resource, because a change of a param would download a finished corpus again.
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


# What is known about the input


def media_facts(wildcards, media):
    """Size of a video's file, or of the local file that it will link to."""
    return input_facts.from_media(local_source(wildcards) or media)


def facts_before_index(wildcards, media):
    """A video of which only the file size is known."""
    return resource_model.InputFacts(**media_facts(wildcards, media))


def facts_after_index(wildcards, media):
    """An indexed video: the job that writes its frames also writes its status."""
    status = f"{config['results']}/status/{wildcards.video}.parquet"
    facts = media_facts(wildcards, media) | input_facts.from_status(status)
    return resource_model.InputFacts(**SETTINGS, **facts)


def facts_after_detection(wildcards, media, faces):
    """An indexed video with its table of faces."""
    facts = facts_after_index(wildcards, media)
    return replace(facts, **input_facts.from_faces(faces))


def facts_after_keypoints(wildcards):
    """The same for a rule that reads the keypoints and no longer the video's file."""
    # Pathvars do not work here: where this workflow is used as a module, they are those of the
    # importing workflow by the time this function is called.
    faces = f"{config['results']}/faces/{wildcards.video}.parquet"
    return facts_after_detection(wildcards, media(wildcards), faces)


def embeddings_facts(paths):
    """All embeddings of the corpus."""
    facts = input_facts.from_embeddings(paths, SETTINGS["dimensions"])
    return resource_model.InputFacts(**SETTINGS, **facts)


def clusters_facts(path):
    """All face tracks of the corpus."""
    return resource_model.InputFacts(**SETTINGS, **input_facts.from_clusters(path))


def corpus_facts(task):
    """All videos and tracks, and the tables that the task reads for every video."""
    results = config["results"]
    folder = f"{results}/{resource_model.CORPUS_TABLES[task]}"
    facts = input_facts.from_clusters(f"{results}/clusters.parquet")
    facts |= input_facts.from_tables(f"{folder}/{video}.parquet" for video in VIDEOS)
    return resource_model.InputFacts(**SETTINGS, **facts)


# Memory and time of each rule


def fetch_mb(wildcards, attempt):
    """Constant, since nothing is known about a download in advance."""
    return resource_model.fetch_mb(attempt)


def fetch_minutes(wildcards, rulename, attempt):
    """Long for a download; a local file is only linked and read once."""
    local = local_source(wildcards)
    estimate = resource_model.download_minutes
    if local:
        facts = facts_before_index(wildcards, local)
        estimate = partial(resource_model.link_minutes, facts)
    return request("runtime", estimate, wildcards, rulename, attempt)


def model_minutes(wildcards, attempt):
    """Constant: model downloads are at most 116 MB."""
    return resource_model.model_minutes(attempt)


def index_mb(wildcards, input, rulename, attempt):
    """From the file size, by which the size of the frames is estimated."""
    facts = facts_before_index(wildcards, input.media)
    return request_memory("index_frames", facts, wildcards, rulename, attempt)


def index_minutes(wildcards, input, rulename, attempt):
    """From the file size, which limits how much there is to decode."""
    facts = facts_before_index(wildcards, input.media)
    return request_time("index_frames", facts, wildcards, rulename, attempt)


def detection_mb(wildcards, input, rulename, attempt):
    """From the size of a batch of frames, as decoded and as searched for faces."""
    facts, gpus = facts_after_index(wildcards, input.video), n_gpus(wildcards)
    return request_memory("detect_faces", facts, wildcards, rulename, attempt, gpus)


def detection_minutes(wildcards, input, rulename, attempt):
    """From the frames to decode and the frames to search."""
    facts, gpus = facts_after_index(wildcards, input.video), n_gpus(wildcards)
    return request_time("detect_faces", facts, wildcards, rulename, attempt, gpus)


def embedding_mb(wildcards, input, rulename, attempt):
    """From the size of the frames; the embedder's network takes most of the memory."""
    facts = facts_after_detection(wildcards, input.video, input.faces)
    gpus = n_embedding_gpus(wildcards)
    return request_memory(EMBEDDING_TASK, facts, wildcards, rulename, attempt, gpus)


def embedding_minutes(wildcards, input, rulename, attempt):
    """From the frames to decode and the faces to embed."""
    facts = facts_after_detection(wildcards, input.video, input.faces)
    gpus = n_embedding_gpus(wildcards)
    return request_time(EMBEDDING_TASK, facts, wildcards, rulename, attempt, gpus)


def keypoints_mb(wildcards, input, rulename, attempt):
    """From the size of the frames and the most people on screen."""
    facts = facts_after_detection(wildcards, input.video, input.faces)
    gpus = n_gpus(wildcards)
    return request_memory(
        "extract_keypoints", facts, wildcards, rulename, attempt, gpus
    )


def keypoints_minutes(wildcards, input, rulename, attempt):
    """From the people in all frames, plus one body without a face in each frame if these are
    searched for."""
    facts = facts_after_detection(wildcards, input.video, input.faces)
    gpus = n_gpus(wildcards)
    return request_time("extract_keypoints", facts, wildcards, rulename, attempt, gpus)


def movement_mb(wildcards, input, rulename, attempt):
    """From the most people on screen, and a little from the people in all frames."""
    facts = facts_after_keypoints(wildcards)
    return request_memory("measure_movement", facts, wildcards, rulename, attempt)


def movement_minutes(wildcards, input, rulename, attempt):
    """From the people in all frames."""
    facts = facts_after_keypoints(wildcards)
    return request_time("measure_movement", facts, wildcards, rulename, attempt)


def export_mb(wildcards, input, rulename, attempt):
    """Of an exported video, from the size of the frames."""
    facts = facts_after_index(wildcards, input.video)
    return request_memory("export_video", facts, wildcards, rulename, attempt)


def export_minutes(wildcards, input, rulename, attempt):
    """Of an exported video, from the frames to draw and encode."""
    facts = facts_after_index(wildcards, input.video)
    return request_time("export_video", facts, wildcards, rulename, attempt)


def pose_mb(wildcards, input, rulename, attempt):
    """Of a .pose file, from its frames and people, plus up to two bodies without a face."""
    n_frames = input_facts.from_status(input.status).get("n_frames", 0)
    n_people = input_facts.count_people(input.tracks, wildcards.video) + 2
    estimate = partial(resource_model.pose_mb, n_frames, n_people)
    return request("mem_mb", estimate, wildcards, rulename, attempt)


def cluster_threads(wildcards, input):
    """Cores, from the number of pairs of faces. The result does not depend on them."""
    return resource_model.cores("cluster_faces", embeddings_facts(input.embeddings))


def cluster_mb(wildcards, input, rulename, attempt):
    """From the size of all embeddings."""
    facts, gpus = embeddings_facts(input.embeddings), n_clustering_gpus(wildcards)
    return request_memory("cluster_faces", facts, wildcards, rulename, attempt, gpus)


def cluster_minutes(wildcards, input, threads, rulename, attempt):
    """From the number of pairs of faces, which grows with the square of the faces."""
    facts, gpus = embeddings_facts(input.embeddings), n_clustering_gpus(wildcards)
    return request_time(
        "cluster_faces", facts, wildcards, rulename, attempt, gpus, threads
    )


def people_mb(wildcards, input, rulename, attempt):
    """From the face tracks of the corpus."""
    facts = clusters_facts(input.clusters)
    return request_memory("identify_people", facts, wildcards, rulename, attempt)


def people_minutes(wildcards, input, rulename, attempt):
    """From the face tracks and videos of the corpus."""
    facts = clusters_facts(input.clusters)
    return request_time("identify_people", facts, wildcards, rulename, attempt)


def pictures_mb(wildcards, rulename, attempt):
    """Of cropped faces: constant, since one video is read at a time."""
    estimate = resource_model.pictures_mb
    return request("mem_mb", estimate, wildcards, rulename, attempt)


def pictures_minutes(wildcards, rulename, attempt):
    """Of cropped faces, from the number of videos."""
    estimate = partial(resource_model.pictures_minutes, len(VIDEOS))
    return request("runtime", estimate, wildcards, rulename, attempt)


def corpus_mb(task):
    """Memory of a task that reads tables of all videos, as a function for its rule."""

    def memory(wildcards, rulename, attempt):
        return request_memory(task, corpus_facts(task), wildcards, rulename, attempt)

    return memory


def corpus_minutes(task):
    """Time of a task that reads tables of all videos, as a function for its rule."""

    def minutes(wildcards, rulename, attempt):
        return request_time(task, corpus_facts(task), wildcards, rulename, attempt)

    return minutes
