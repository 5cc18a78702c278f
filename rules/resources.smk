"""What each rule requests: memory in MB, time in minutes, GPUs, and shares of the profile's limits.

A rule says `resources: **request("its_name")`. A rule of your own that needs a constant amount does
not have to be in the table: `**request("my_rule", mem_mb=1000, runtime=10)`.
"""

REQUESTS = {
    # Rules with `facts`: memory and time are estimated from these facts about the input, which
    # rules/estimates.smk reads, with the coefficients in corpus/planning/resource_model.py.
    "index_frames": {"facts": ["media"]},
    "detect_faces": {"facts": ["media", "status"], "gpu": n_gpus},
    "embed_faces": {
        "facts": ["media", "status", "faces"],
        "task": EMBEDDING_TASK,
        "gpu": n_embedding_gpus,
    },
    "extract_keypoints": {"facts": ["media", "status", "faces"], "gpu": n_gpus},
    "measure_movement": {"facts": ["media", "status", "faces"]},
    "cluster_faces": {"facts": ["embeddings"], "gpu": n_clustering_gpus},
    "identify_people": {"facts": ["clusters"]},
    "segment_gestures": {"facts": ["clusters", "tables"]},
    "plot_coverage": {"facts": ["clusters", "tables"]},
    "write_page": {"facts": ["clusters", "tables"]},
    "export_video": {"facts": ["media", "status"]},
    # Rules with a formula of their own.
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
    "export_pose": {"mem_mb": pose_mb, "runtime": 30},
    # Rules that need little: the same at each attempt.
    "write_elan": {"mem_mb": 1000, "runtime": 60},
    "import_elan": {"mem_mb": 1000, "runtime": 30},
    "export_corpus_csv": {"mem_mb": 1000, "runtime": 10},
    "export_csv": {"mem_mb": 1000, "runtime": 20},
    "export_openpose": {"mem_mb": 1000, "runtime": 60},
    "export_textgrid": {"mem_mb": 1000, "runtime": 10},
    "plot_funnel": {"mem_mb": 500, "runtime": 10},
    "plot_people": {"mem_mb": 500, "runtime": 10},
    "write_methods": {"mem_mb": 500, "runtime": 30},
    "report_efficiency": {"mem_mb": 1000, "runtime": 30},
}


def request(rule, mem_mb=None, runtime=None, **others):
    """The resources of a rule: from the table, or from the numbers given here.

    The numbers double with each attempt. On a cluster they are limited by the largest partition.
    """
    if rule not in REQUESTS:
        if mem_mb is None or runtime is None:
            raise WorkflowError(
                f"rule {rule}: rules/resources.smk does not say what it requests. Add it there, or "
                f'write **request("{rule}", mem_mb=1000, runtime=10) in the rule.'
            )
        return growing(mem_mb=mem_mb, runtime=runtime) | others
    row = dict(REQUESTS[rule])
    if "facts" in row:
        facts, task = row.pop("facts"), row.pop("task", rule)
        row = estimates(rule, facts, task, row.get("gpu")) | row
    return row
