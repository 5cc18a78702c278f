"""Movement: position and speed of hands, movement phases, and gestures."""


rule measure_movement:
    """Measure how wrists and hands move, and segment the movement into phases.

    Input:  keypoints, frames, shots and status of a video
    Steps:  convert to body coordinates, smooth, compute speeds, find movement, hold and rest
    Output: tables of kinematics and phases
    """
    input:
        keypoints="<results>/keypoints/{video}.parquet",
        frames="<results>/frames/{video}.parquet",
        shots="<results>/shots/{video}.parquet",
        status="<results>/status/{video}.parquet",
    output:
        kinematics="<results>/kinematics/{video}.parquet",
        phases="<results>/phases/{video}.parquet",
    log:
        "<logs>/measure_movement/{video}.log",
    benchmark:
        "<benchmarks>/measure_movement/{video}.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("measure_movement")
    threads: 1
    resources:
        mem_mb=movement_mb,
        runtime=movement_minutes,
    params:
        script=code("measure_movement")[0],
        version=version("measure_movement"),
        min_visibility=config["movement"]["min_visibility"],
        seen_window_s=config["movement"]["seen_window_s"],
        seen_share=config["movement"]["seen_share"],
        max_gap_s=config["movement"]["max_gap_s"],
        max_jitter=config["movement"]["max_jitter"],
        cutoff_hz=config["movement"]["cutoff_hz"],
        onset_speed=config["movement"]["onset_speed"],
        offset_speed=config["movement"]["offset_speed"],
        min_movement_s=config["movement"]["min_movement_s"],
        min_extent=config["movement"]["min_extent"],
        min_still_s=config["movement"]["min_still_s"],
        max_hold_s=config["movement"]["max_hold_s"],
        rest_height=config["movement"]["rest_height"],
        rest_radius=config["movement"]["rest_radius"],
    shell:
        "python {params.script:q}"
        " --keypoints {input.keypoints:q}"
        " --frames {input.frames:q}"
        " --shots {input.shots:q}"
        " --status {input.status:q}"
        " --min-visibility {params.min_visibility:q}"
        " --seen-window-s {params.seen_window_s:q}"
        " --seen-share {params.seen_share:q}"
        " --max-gap-s {params.max_gap_s:q}"
        " --max-jitter {params.max_jitter:q}"
        " --cutoff-hz {params.cutoff_hz:q}"
        " --onset-speed {params.onset_speed:q}"
        " --offset-speed {params.offset_speed:q}"
        " --min-movement-s {params.min_movement_s:q}"
        " --min-extent {params.min_extent:q}"
        " --min-still-s {params.min_still_s:q}"
        " --max-hold-s {params.max_hold_s:q}"
        " --rest-height {params.rest_height:q}"
        " --rest-radius {params.rest_radius:q}"
        " --kinematics {output.kinematics:q}"
        " --phases {output.phases:q}"
        " 2> {log:q}"


rule segment_gestures:
    """Join movement phases into the gestures of each person.

    Input:  phases of all videos, and the table of tracks
    Steps:  assign tracks to people, join successive phases of a person into gestures
    Output: one table of gestures per video

    This is one job for all videos, because any new video or name may change who is in a track.
    """
    input:
        script=code("segment_gestures"),
        tracks="<results>/tracks.parquet",
        phases=all_tables("phases"),
    output:
        all_outputs("segment_gestures", "<results>/gestures/{video}.parquet"),
    log:
        "<logs>/segment_gestures.log",
    benchmark:
        "<benchmarks>/segment_gestures.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("segment_gestures")
    threads: 1
    resources:
        mem_mb=corpus_mb("segment_gestures"),
        runtime=corpus_minutes("segment_gestures"),
    params:
        results=subpath(input.tracks, parent=True),
        videos=config["videos"],
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --videos {params.videos:q}"
        " --tracks {input.tracks:q}"
        " 2> {log:q}"
