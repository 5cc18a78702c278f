"""Requests of the rules: memory in MB, time in minutes, GPUs, and shares of the profile's limits.

A rule has `**request("my_rule")` among its resources. A rule of your own that needs a constant
amount is not in the table, but says it: `**request("my_rule", mem_mb=1000, runtime=10)`.
"""

REQUESTS = {
    # Rules with `facts`: memory and time are estimated from these facts about the input, which
    # rules/estimates.smk reads, with the coefficients in corpus/planning/resource_model.py.
    "index_frames": {"facts": ["media"]},
    "detect_faces": {
        "facts": ["media", "status"],
        "task": DETECTION_TASK,
        "gpu": n_gpus,
    },
    "extract_keypoints": {"facts": ["media", "status", "faces"], "gpu": n_gpus},
    "measure_movement": {"facts": ["media", "status", "faces"]},
    "cluster_faces": {"facts": ["embeddings", "guessed"], "gpu": n_clustering_gpus},
    "identify_people": {"facts": ["clusters"]},
    "segment_gestures": {"facts": ["clusters", "tables"]},
    "plot_coverage": {"facts": ["clusters", "tables"]},
    "write_page": {"facts": ["clusters", "tables"]},
    "export_video": {"facts": ["media", "status"]},
    # Rules for groups of videos: the largest video, and the time of all of them.
    "analyse_faces": {**group_estimates("faces", n_gpus), "gpu": n_gpus},
    "analyse_movement": {**group_estimates("movement", n_gpus), "gpu": n_gpus},
    # Rules with a formula of their own.
    "fetch_group": {
        "mem_mb": fetch_mb,
        "runtime": fetch_group_minutes,
        "downloads": n_group_downloads,
    },
    "fetch_video": {
        "mem_mb": fetch_mb,
        "runtime": fetch_minutes,
        "downloads": n_downloads,
    },
    "fetch_model": {
        "mem_mb": fetch_mb,
        "runtime": model_minutes,
        "downloads": n_model_downloads,
    },
    "crop_faces": {"mem_mb": pictures_mb, "runtime": pictures_minutes},
    "compare_gestures": {"mem_mb": comparison_mb, "runtime": comparison_minutes},
    "export_pose": {"mem_mb": pose_mb, "runtime": 30},
    # Half an hour of five people took 217 MB and 33 CPU seconds: 190 MB, and 0.18 MB for the faces
    # of each minute of a person. The request is enough for five people in two and a half hours.
    "write_skeletons": {"mem_mb": 500, "runtime": 60},
    # A minute of time per hour of gestures.
    "score_gestures": {"mem_mb": 1000, "runtime": 60},
    # Rules that need little: the same at each attempt.
    "write_elan": {"mem_mb": 1000, "runtime": 60},
    "import_elan": {"mem_mb": 1000, "runtime": 30},
    "export_corpus_csv": {"mem_mb": 1000, "runtime": 10},
    "export_csv": {"mem_mb": 1000, "runtime": 20},
    "export_openpose": {"mem_mb": 1000, "runtime": 60},
    "export_textgrid": {"mem_mb": 1000, "runtime": 10},
    "measure_agreement": {"mem_mb": 2000, "runtime": 60},
    "tune_movement": {"mem_mb": 4000, "runtime": 1440},
    "plot_agreement": {"mem_mb": 500, "runtime": 10},
    "plot_funnel": {"mem_mb": 500, "runtime": 10},
    "plot_people": {"mem_mb": 500, "runtime": 10},
    "write_methods": {"mem_mb": 500, "runtime": 30},
    "publish_people_file": {"mem_mb": 500, "runtime": 10},
    "publish_methods": {"mem_mb": 500, "runtime": 10},
    "file_of_group": {"mem_mb": 500, "runtime": 10},
    "report_efficiency": {"mem_mb": 1000, "runtime": 30},
}


def request(name, mem_mb=None, runtime=None, **others):
    """The resources of a rule: from the table, or from the numbers given here.

    The numbers double with each attempt. On a cluster they are limited by the largest partition.
    """
    if name not in REQUESTS:
        if mem_mb is None or runtime is None:
            raise WorkflowError(
                f"rules/resources.smk does not say what {name} requests. Add it there, or write "
                f'**request("{name}", mem_mb=1000, runtime=10).'
            )
        return growing(mem_mb=mem_mb, runtime=runtime) | others
    row = dict(REQUESTS[name])
    if "facts" in row:
        facts, task = row.pop("facts"), row.pop("task", name)
        row = estimates(name, facts, task, row.get("gpu")) | row
    return row
