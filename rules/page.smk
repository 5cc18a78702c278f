"""The page about the corpus: its people and videos, and a form to name the people."""


rule crop_faces:
    """Crop pictures of each person's best faces, if `report.pictures` is set.

    Input:  clusters, and the videos
    Steps:  open each video once, decode from the keyframe before each face, crop the face
    Output: table of pictures
    """
    input:
        script=code("crop_faces"),
        clusters="<results>/clusters.parquet",
    output:
        "<results>/pictures.parquet",
    log:
        "<logs>/crop_faces.log",
    benchmark:
        "<benchmarks>/crop_faces.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("crop_faces")
    threads: 1
    resources:
        mem_mb=pictures_mb,
        runtime=pictures_minutes,
    params:
        results=subpath(output[0], parent=True),
        # Not an input, as in cluster_faces: a change of the videos changes the clusters.
        videos=config["videos"],
        container=config["fetch"]["container"],
        pictures_per_person=config["report"]["pictures_per_person"],
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --videos {params.videos:q}"
        " --container {params.container:q}"
        " --pictures-per-person {params.pictures_per_person:q}"
        " --output {output:q}"
        " 2> {log:q}"


rule write_page:
    """Write one HTML page to view and search the corpus and to name people.

    Input:  tables of the corpus and of all videos
    Steps:  summarise the tables and insert them into the page
    Output: the page, which needs no other file and no network

    Without `report.pictures` it also deletes the pictures of an earlier run.
    """
    input:
        script=code("write_page"),
        parts=page_assets(),
        corpus="<results>/corpus.parquet",
        people="<results>/people.parquet",
        tracks="<results>/tracks.parquet",
        clusters="<results>/clusters.parquet",
        template="<results>/people.tsv",
        # Its comments and additional rows are copied to the file that users save from the page.
        people_file=PEOPLE_FILES,
        # The job also reads the other tables of each video, which were made before these.
        gestures=rules.segment_gestures.output[0],
        coverage="<results>/report/coverage.tsv",
        pictures=pictures_table(),
    output:
        "<results>/report/index.html",
    log:
        "<logs>/write_page.log",
    benchmark:
        "<benchmarks>/write_page.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("write_page")
    threads: 1
    resources:
        mem_mb=corpus_mb("write_page"),
        runtime=corpus_minutes("write_page"),
    params:
        results=subpath(input.corpus, parent=True),
        videos=config["videos"],
        names=people_path,
        container=config["fetch"]["container"],
        samples_per_second=config["faces"]["samples_per_second"],
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --videos {params.videos:q}"
        " --names {params.names:q}"
        " --coverage {input.coverage:q}"
        " --container {params.container:q}"
        " --samples-per-second {params.samples_per_second:q}"
        " --pictures {input.pictures:q}"
        " --output {output:q}"
        " 2> {log:q}"
