"""What the requests of jobs are computed from: facts about their input, GPUs, downloads.

Snakemake calls these functions for each job and each attempt: a failed job requests more at its
next attempt. corpus.planning.input_facts reads the facts, corpus.planning.resource_model holds the
coefficients. docs/resources.md explains both.
"""

from dataclasses import replace
from functools import partial
from types import SimpleNamespace

from corpus.core.devices import has_nvidia_gpu
from corpus.faces.embedders import EMBEDDERS
from corpus.planning import input_facts, resource_model, slurm_limits

MAX_READ_TABLES = 500
"""Most tables that are opened to compute one request. Each takes a millisecond."""
DETECTION_TASK = {"fast-mtcnn": "detect_faces", "mtcnn": "detect_faces_mtcnn"}[
    config["faces"]["detector"]
]
SETTINGS_OF_ESTIMATES = {
    "samples_per_second": config["faces"]["samples_per_second"],
    "min_size": config["faces"]["min_size"],
    "batch_size": config["faces"]["batch_size"],
    "best": config["faces"]["best"],
    "frames_per_second": config["keypoints"]["frames_per_second"] or 0,
    "bodies_without_face": int(config["keypoints"]["full_frame"]),
    "dimensions": EMBEDDERS[config["faces"]["embedder"]].dimensions,
    "n_videos": len(VIDEOS),
}


# GPUs and shares of the profile's limits


def n_gpus(wildcards):
    """GPUs of a job that can use one.

    With `device: auto` and local execution this is 0 on a machine without a GPU; otherwise the
    profile's limit on GPUs would leave cores idle.
    """
    if config["device"] == "auto" and slurm_limits.runs_here(workflow):
        return int(has_nvidia_gpu())
    return 0 if config["device"] == "cpu" else 1


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


# Facts about the input of a job: fields of resource_model.InputFacts, by name. Paths are built from
# the config key `results`: in a workflow that uses this one as a module, pathvars are those of that
# workflow by the time these functions are called.


def media_facts(wildcards, rule):
    """Size of a video's file, or of the local file that it will link to."""
    return input_facts.from_media(local_source(wildcards) or media(wildcards))


def status_facts(wildcards, rule):
    """Frames, seconds, width and height of an indexed video."""
    return input_facts.from_status(table_of("status", wildcards.video))


def faces_facts(wildcards, rule):
    """Faces, tracks and most people in a frame of a video."""
    return input_facts.from_faces(table_of("faces", wildcards.video))


def embeddings_facts(wildcards, rule):
    """Embeddings of the corpus."""
    paths = (table_of("embeddings", video) for video in VIDEOS)
    return input_facts.from_embeddings(paths, SETTINGS_OF_ESTIMATES["dimensions"])


def guessed_facts(wildcards, rule):
    """Estimated embeddings of videos that have none yet, from their lengths or file sizes.

    Lengths are read for a few videos only, because reading ten thousand tables takes too long.
    """
    videos = [video for video in VIDEOS if not exists(table_of("embeddings", video))]
    names = ["media", "status"] if len(videos) <= MAX_READ_TABLES else ["media"]
    facts = (facts_of(names, SimpleNamespace(video=v), rule) for v in videos)
    faces = (resource_model.n_embedded_faces(known) for known in facts)
    return {"n_guessed_embeddings": sum(faces)}


def clusters_facts(wildcards, rule):
    """Face tracks of the corpus."""
    return input_facts.from_clusters(f"{config['results']}/clusters.parquet")


def tables_facts(wildcards, rule):
    """Size of the largest tables that the rule reads for all videos."""
    table = resource_model.CORPUS_TABLES[rule]
    return input_facts.from_tables(table_of(table, video) for video in VIDEOS)


FACTS = {
    "media": media_facts,
    "status": status_facts,
    "faces": faces_facts,
    "embeddings": embeddings_facts,
    "guessed": guessed_facts,
    "clusters": clusters_facts,
    "tables": tables_facts,
}


def facts_of(names, wildcards, rule):
    """Facts about the input of a job; `names` are keys of FACTS."""
    found = {}
    for name in names:
        found |= FACTS[name](wildcards, rule)
    return resource_model.InputFacts(**SETTINGS_OF_ESTIMATES, **found)


def table_of(name, video):
    """Path of a table of one video."""
    return f"{config['results']}/{name}/{video}.parquet"


# Estimates of memory and time


def limited(resource, estimate, wildcards, rulename, attempt, n_gpus=0, minimum=None):
    """What a job requests of `mem_mb` or `runtime`: its estimate for this attempt, but on a cluster
    no more than the largest partition allows. `minimum` is the part of it that is no guess.
    """
    return slurm_limits.limited_request(
        workflow,
        resource,
        estimate,
        rulename=rulename,
        wildcards=wildcards,
        attempt=attempt,
        n_gpus=n_gpus,
        minimum=minimum,
    )


def estimates(rule, facts, task=None, gpu=None):
    """Memory and time of a rule, as functions for its resources.

    `facts` are keys of FACTS. `task` is the key of the rule's coefficients in the resource model.
    """
    task, gpu = task or rule, gpu or (lambda wildcards: 0)

    def memory(wildcards, threads, rulename, attempt):
        gpus = gpu(wildcards)
        known = replace(facts_of(facts, wildcards, rule), threads=threads)
        without_guess = replace(known, n_guessed_embeddings=0)
        model = partial(resource_model.memory_mb, task, n_gpus=gpus)
        amount, minimum = partial(model, known), partial(model, without_guess)
        return limited("mem_mb", amount, wildcards, rulename, attempt, gpus, minimum)

    def time(wildcards, threads, rulename, attempt):
        known = facts_of(facts, wildcards, rule)
        model = partial(resource_model.minutes, task, known, threads=threads)
        return limited("runtime", model, wildcards, rulename, attempt, gpu(wildcards))

    return {"mem_mb": memory, "runtime": time}


def growing(**amounts):
    """Numbers that double with each attempt, as functions for the resources of a rule."""

    def function(resource, amount):
        model = partial(resource_model.scale_by_attempt, amount)

        def request(wildcards, rulename, attempt):
            return limited(resource, model, wildcards, rulename, attempt)

        return request

    return {
        resource: function(resource, amount) for resource, amount in amounts.items()
    }


def clustering_threads(wildcards):
    """Cores, from the number of pairs of faces. The result does not depend on them."""
    facts = embeddings_facts(wildcards, "cluster_faces")
    facts = resource_model.InputFacts(**SETTINGS_OF_ESTIMATES, **facts)
    return resource_model.cores("cluster_faces", facts)


def threads_of(rule):
    """Cores of a rule that searches a video, as a function for its `threads`.

    They follow from the length of the video and its people. The result does not depend on them.
    """

    def threads(wildcards):
        row, gpus = REQUESTS[rule], n_gpus(wildcards)
        task, facts = row.get("task", rule), facts_of(row["facts"], wildcards, rule)

        def memory(n):
            known = replace(facts, threads=n)
            return resource_model.memory_mb(task, known, n_gpus=gpus)

        most = resource_model.cores(task, facts, gpus)
        return slurm_limits.limited_threads(workflow, rule, most, memory, gpus)

    return threads


def fetch_mb(wildcards, attempt):
    """Constant, since nothing is known about a download in advance."""
    return resource_model.fetch_mb(attempt)


def fetch_minutes(wildcards, rulename, attempt):
    """Long for a download; a local file is only linked and read once."""
    model = resource_model.download_minutes
    if local_source(wildcards):
        facts = resource_model.InputFacts(**media_facts(wildcards, "fetch_video"))
        model = partial(resource_model.link_minutes, facts)
    return limited("runtime", model, wildcards, rulename, attempt)


def group_facts(wildcards):
    """Facts about the largest and about the average video of a group, from the sizes of files."""
    videos = [SimpleNamespace(video=video) for video in groups()[wildcards.group]]
    known = (media_facts(video, None).get("size_mb") for video in videos)
    sizes = [resource_model.SHORT_VIDEO_MB if mb is None else mb for mb in known]
    return [
        resource_model.InputFacts(**SETTINGS_OF_ESTIMATES, size_mb=size)
        for size in (max(sizes), sum(sizes) / len(sizes))
    ]


def group_estimates(kind, gpu):
    """Memory and time of the jobs of groups of a kind, as functions for their resources."""
    tasks = [DETECTION_TASK if s == "detect_faces" else s for s in GROUP_STAGES[kind]]
    # Writing skeletons needs less memory and time than the margin of the other stages.
    tasks = [task for task in tasks if task in resource_model.SECONDS]

    def memory(wildcards, rulename, attempt):
        gpus, (largest, _) = gpu(wildcards), group_facts(wildcards)
        model = partial(resource_model.group_mb, tasks, largest, n_gpus=gpus)
        return limited("mem_mb", model, wildcards, rulename, attempt, gpus)

    def time(wildcards, rulename, attempt):
        _, average = group_facts(wildcards)
        n_videos = len(groups()[wildcards.group])
        model = partial(resource_model.group_minutes, tasks, average, n_videos)
        return limited("runtime", model, wildcards, rulename, attempt, gpu(wildcards))

    return {"mem_mb": memory, "runtime": time}


def n_group_downloads(wildcards):
    """Share of the profile's limit on simultaneous downloads: a group downloads one at a time."""
    videos = (SimpleNamespace(video=video) for video in groups()[wildcards.group])
    return int(any(not local_source(video) for video in videos))


def fetch_group_minutes(wildcards, rulename, attempt):
    """Time for the downloads of a group, or for linking its files and reading each once."""
    n_videos = len(groups()[wildcards.group])
    if n_group_downloads(wildcards):
        model = partial(resource_model.group_download_minutes, n_videos)
    else:
        _, average = group_facts(wildcards)
        total = replace(average, size_mb=(average.size_mb or 0) * n_videos)
        model = partial(resource_model.link_minutes, total)
    return limited("runtime", model, wildcards, rulename, attempt)


def model_minutes(wildcards, attempt):
    """Constant: model downloads are at most 116 MB."""
    return resource_model.model_minutes(attempt)


def pictures_mb(wildcards, rulename, attempt):
    """Of cropped faces: constant, since one video is read at a time."""
    return limited("mem_mb", resource_model.pictures_mb, wildcards, rulename, attempt)


def pictures_minutes(wildcards, rulename, attempt):
    """Of cropped faces, from the number of videos."""
    model = partial(resource_model.pictures_minutes, len(VIDEOS))
    return limited("runtime", model, wildcards, rulename, attempt)


def n_gestures():
    """Gestures of the corpus, estimated; 0 before they are measured."""
    return input_facts.count_gestures(
        table_of("gesture_measures", video) for video in VIDEOS
    )


def comparison_mb(wildcards, rulename, attempt):
    """Memory of compare_gestures in MB, from the number of gestures."""
    model = partial(resource_model.comparison_mb, n_gestures())
    return limited("mem_mb", model, wildcards, rulename, attempt)


def comparison_minutes(wildcards, rulename, attempt):
    """Minutes of compare_gestures, from the numbers of gestures and videos."""
    model = partial(resource_model.comparison_minutes, len(VIDEOS), n_gestures())
    return limited("runtime", model, wildcards, rulename, attempt)


def pose_mb(wildcards, input, rulename, attempt):
    """Of a .pose file, from its frames and people, plus up to two bodies without a face."""
    n_frames = input_facts.from_status(input.status).get("n_frames", 0)
    n_people = input_facts.count_people(input.tracks, wildcards.video) + 2
    model = partial(resource_model.pose_mb, n_frames, n_people)
    return limited("mem_mb", model, wildcards, rulename, attempt)
