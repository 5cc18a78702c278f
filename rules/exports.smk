"""Exports on request: results in the formats of other tools, and videos for viewing or sharing.

The default target does not include them. A target of the Snakefile makes one kind of export for
every video; the path of a file makes only that file.
"""

from corpus.tables import schemas

SWITCHED_OFF = set() if SCORES_GESTURES else {"gesture_scores"}
CSV_TABLES = [
    table.name
    for table in schemas.all_tables().values()
    if table.csv and table.per_video and table.name not in SWITCHED_OFF
]
CSV_CORPUS_TABLES = [
    Path(table.file).stem
    for table in schemas.all_tables().values()
    if table.csv and not table.per_video
]
VIDEO_KINDS = ["overlay", "skeleton", "blurred", "playable"]


rule export_corpus_csv:
    """Export the tables of the whole corpus as CSV.

    Input:  tables of the corpus, people and tracks
    Steps:  add people's names, convert to CSV
    Output: one CSV file per table
    """
    input:
        tables=collect("<results>/{table}.parquet", table=CSV_CORPUS_TABLES),
        people="<results>/people.parquet",
    output:
        collect("<results>/exports/csv/{table}.csv", table=CSV_CORPUS_TABLES),
    log:
        "<logs>/export_corpus_csv.log",
    benchmark:
        "<benchmarks>/export_corpus_csv.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("export_corpus_csv")
    resources:
        **request("export_corpus_csv"),
    params:
        **code("export_corpus_csv"),
    shell:
        "python {params.script:q} --tables {input.tables:q} --people {input.people:q}"
        " --output {output:q} 2> {log:q}"


rule export_csv:
    """Export the tables of a video as CSV, with the ids and names of people.

    Input:  tables of a video, tracks and people
    Steps:  add people's ids and names, convert to CSV
    Output: one CSV file per table
    """
    input:
        **corpus_tables("tracks", "people"),
        # Only the records of groups, if jobs process groups of videos.
        **video_tables(),
        tables=collect("<results>/{table}/{{video}}.parquet", table=CSV_TABLES),
    output:
        collect("<results>/exports/csv/{table}/{{video}}.csv", table=CSV_TABLES),
    log:
        "<logs>/export_csv/{video}.log",
    benchmark:
        "<benchmarks>/export_csv/{video}.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("export_csv")
    resources:
        **request("export_csv"),
    params:
        **code("export_csv"),
    shell:
        "python {params.script:q} --video-id={wildcards.video:q} --tables {input.tables:q}"
        " --tracks {input.tracks:q} --people {input.people:q} --output {output:q} 2> {log:q}"


rule export_openpose:
    """Export the keypoints of a video as OpenPose JSON.

    Input:  frames and keypoints of a video, tracks and people
    Steps:  map the keypoints to OpenPose's, and write one JSON file per frame
    Output: a zip archive
    """
    input:
        **video_tables("frames", "keypoints"),
        **corpus_tables("tracks", "people"),
    output:
        "<results>/exports/openpose/{video}.zip",
    log:
        "<logs>/export_openpose/{video}.log",
    benchmark:
        "<benchmarks>/export_openpose/{video}.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("export_openpose")
    resources:
        **request("export_openpose"),
    params:
        **code("export_openpose"),
    shell:
        "python {params.script:q} --video-id={wildcards.video:q} --frames {input.frames:q}"
        " --keypoints {input.keypoints:q} --tracks {input.tracks:q} --people {input.people:q}"
        " --output {output:q} 2> {log:q}"


rule export_pose:
    """Export the keypoints of a video as a .pose file.

    Input:  status, frames and keypoints of a video, tracks and people
    Steps:  build one array of all frames and people
    Output: a .pose file
    """
    input:
        **video_tables("status", "frames", "keypoints"),
        **corpus_tables("tracks", "people"),
    output:
        "<results>/exports/pose/{video}.pose",
    log:
        "<logs>/export_pose/{video}.log",
    benchmark:
        "<benchmarks>/export_pose/{video}.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("export_pose")
    resources:
        **request("export_pose"),
    params:
        **code("export_pose"),
    shell:
        "python {params.script:q} --status {input.status:q} --frames {input.frames:q}"
        " --keypoints {input.keypoints:q} --tracks {input.tracks:q} --people {input.people:q}"
        " --output {output:q} 2> {log:q}"


rule export_textgrid:
    """Export a video's shots, people and movement phases as a Praat TextGrid.

    Input:  a video, its status, shots and phases, tracks and people
    Steps:  write one tier per kind of interval and person
    Output: a TextGrid
    """
    input:
        **video_tables("status", "shots", "phases"),
        **corpus_tables("tracks", "people"),
        video=MEDIA,
    output:
        "<results>/exports/textgrid/{video}.TextGrid",
    log:
        "<logs>/export_textgrid/{video}.log",
    benchmark:
        "<benchmarks>/export_textgrid/{video}.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("export_textgrid")
    resources:
        **request("export_textgrid"),
    params:
        **code("export_textgrid"),
    shell:
        "python {params.script:q} --video {input.video:q} --status {input.status:q}"
        " --shots {input.shots:q} --phases {input.phases:q} --tracks {input.tracks:q}"
        " --people {input.people:q} --output {output:q} 2> {log:q}"


rule export_video:
    """Render a video with skeletons and names, skeletons only, covered faces, or unchanged.

    Input:  a video and its tables; tracks, people and phases if the video shows them
    Steps:  decode, draw or cover faces, encode
    Output: an MP4 file; `kind` is overlay, skeleton, blurred or playable
    """
    input:
        **video_tables("status", "frames", "shots", "faces", "keypoints"),
        video=MEDIA,
        phases=phases_table,
        identities=identity_tables,
        covers=erased_heads,
    output:
        "<results>/exports/{kind}/{video}.mp4",
    log:
        "<logs>/export_video/{kind}/{video}.log",
    benchmark:
        "<benchmarks>/export_video/{kind}/{video}.tsv"
    wildcard_constraints:
        kind="|".join(VIDEO_KINDS),
    conda:
        "../envs/report.yaml"
    container:
        image("export_video")
    resources:
        **request("export_video"),
    params:
        **code("export_video"),
        settings=settings_flags("export_video"),
        shown=overlay_flags,
        sound=sound_flag,
    shell:
        "python {params.script:q} {params.settings:q} --kind {wildcards.kind:q}"
        " --video {input.video:q} --status {input.status:q} --frames {input.frames:q}"
        " --shots {input.shots:q} --faces {input.faces:q} --keypoints {input.keypoints:q}"
        " {params.shown:q} {params.sound} --output {output:q} 2> {log:q}"
