"""Movement: position and speed of hands, movement phases, and gestures."""

default_outputs.append(all_tables("kinematics"))


rule measure_movement:
    """Measure how wrists and hands move, and segment the movement into phases.

    Input:  keypoints, frames, shots and status of a video
    Steps:  convert to body coordinates, smooth, compute speeds, find movement, hold and rest
    Output: tables of kinematics, phases, gesture measures and movement quality
    """
    input:
        **video_tables("keypoints", "frames", "shots", "status"),
    output:
        kinematics="<results>/kinematics/{video}.parquet",
        phases="<results>/phases/{video}.parquet",
        gesture_measures="<results>/gesture_measures/{video}.parquet",
        movement_quality="<results>/movement_quality/{video}.parquet",
    log:
        "<logs>/measure_movement/{video}.log",
    benchmark:
        "<benchmarks>/measure_movement/{video}.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("measure_movement")
    resources:
        **request("measure_movement"),
    params:
        **code("measure_movement"),
        settings=settings_flags("measure_movement"),
    shell:
        "python {params.script:q} {params.settings:q} --keypoints {input.keypoints:q}"
        " --frames {input.frames:q} --shots {input.shots:q} --status {input.status:q}"
        " --kinematics {output.kinematics:q} --phases {output.phases:q}"
        " --gesture-measures {output.gesture_measures:q}"
        " --movement-quality {output.movement_quality:q} 2> {log:q}"


rule segment_gestures:
    """Join movement phases into the gestures of each person.

    Input:  phases of all videos, and the table of tracks
            (the measures of gestures come from the jobs that make the phases)
    Steps:  assign tracks to people, join successive phases of a person into gestures
    Output: one table of gestures per video, all in one job: a new name may change any of them;
            tables of the corpus: all gestures, gesture units of people, use of hands
    """
    input:
        tracks="<results>/tracks.parquet",
        phases=all_tables("phases"),
    output:
        all_outputs("segment_gestures", "<results>/gestures/{video}.parquet"),
        gestures="<results>/gestures.parquet",
        units="<results>/gesture_units.parquet",
        hand_use="<results>/hand_use.parquet",
    log:
        "<logs>/segment_gestures.log",
    benchmark:
        "<benchmarks>/segment_gestures.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("segment_gestures")
    resources:
        **request("segment_gestures"),
    params:
        **code("segment_gestures"),
        settings=settings_flags("segment_gestures"),
        results=subpath(input.tracks, parent=True),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --tracks {input.tracks:q} 2> {log:q}"


default_outputs += [
    rules.segment_gestures.output[0],
    rules.segment_gestures.output.gestures,
    rules.segment_gestures.output.units,
    rules.segment_gestures.output.hand_use,
]
