"""Jobs for groups of many short videos, which start Python and load the models once per group.

They are in the plan if the config key `videos_per_job` is larger than 1, instead of the rules for
single videos. They run the scripts of those rules with the same arguments.
"""


rule fetch_group:
    """Fetch the videos of a group, as fetch_video does for one.

    Input:  local files, as far as sources are local
    Steps:  download or link each video that is missing or has another source
    Output: record of the group, and each video with its own record
    """
    input:
        local_files_of_group,
    output:
        "<results>/groups/fetch/{group}.json",
    log:
        "<logs>/fetch_group/{group}.log",
    benchmark:
        "<benchmarks>/fetch_group/{group}.tsv"
    localrule: config["fetch"]["on_login_node"]
    conda:
        "../envs/fetch.yaml"
    container:
        image("fetch_group")
    resources:
        **request("fetch_group"),
        flags=group_download_flags,
    params:
        **code("fetch_group", rerun=False),
        manifest=config["videos"],
        videos=videos_of_group,
        sources=sources_of_group,
        format=config["fetch"]["format"],
        subtitles=",".join(config["fetch"]["subtitles"]),
    shell:
        "python {params.script:q} --manifest {params.manifest:q} --videos={params.videos:q}"
        " --format={params.format:q} --subtitles={params.subtitles:q}"
        " --output {output:q} {resources.flags} 2> {log:q}"


rule analyse_faces:
    """Index frames and detect faces, for each video of a group.

    Input:  record of the fetched group, and the models of the embedder
    Steps:  run index_frames and detect_faces where their tables are outdated
    Output: record of the group, and the tables of each video
    """
    input:
        group=fetched_group,
        models=[model(name) for name in FACE_MODELS],
    output:
        "<results>/groups/faces/{group}.json",
    log:
        "<logs>/analyse_faces/{group}.log",
    benchmark:
        "<benchmarks>/analyse_faces/{group}.tsv"
    conda:
        "../envs/faces.yaml"
    container:
        image("analyse_faces")
    resources:
        **request("analyse_faces"),
        flags=flags_of_videos("faces"),
    params:
        **code("analyse_faces", rerun=False),
        stages=stages_of_group("faces"),
        videos=videos_of_group,
    shell:
        "python {params.script:q} --stages {params.stages:q} --videos={params.videos:q}"
        " --output {output:q} {resources.flags} 2> {log:q}"


rule analyse_movement:
    """Extract keypoints, measure movement and write skeletons, for each video of a group.

    Input:  record of the faces of the group, and the pose and hand models
    Steps:  run extract_keypoints, measure_movement and, if `report.skeletons` is set,
            write_skeletons, where their tables are outdated
    Output: record of the group, and the tables of each video
    """
    input:
        group=faces_of_group,
        pose=model(POSE_MODEL),
        hand=model(HAND_MODEL),
    output:
        "<results>/groups/movement/{group}.json",
    log:
        "<logs>/analyse_movement/{group}.log",
    benchmark:
        "<benchmarks>/analyse_movement/{group}.tsv"
    conda:
        "../envs/keypoints.yaml"
    container:
        image("analyse_movement")
    resources:
        **request("analyse_movement"),
        flags=flags_of_videos("movement"),
    params:
        **code("analyse_movement", rerun=False),
        stages=stages_of_group("movement"),
        videos=videos_of_group,
    shell:
        "python {params.script:q} --stages {params.stages:q} --videos={params.videos:q}"
        " --output {output:q} {resources.flags} 2> {log:q}"
