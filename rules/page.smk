"""The page that a researcher opens: the corpus, its people and videos, and their names."""


rule crop_faces:
    """Face tracks, by cluster, and the videos -> pictures of each person's best faces.

    Only made where `report.pictures` says so. A video is opened once, and decoded from the
    keyframes before the faces.
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
        # No input, as in cluster_faces: videos that change change the clusters.
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
    """The corpus's tables and those of all videos -> one page to look at, search and name people.

    Without `report.pictures` it also removes the pictures that an earlier run left.
    """
    input:
        script=code("write_page"),
        parts=page_assets(),
        corpus="<results>/corpus.parquet",
        people="<results>/people.parquet",
        tracks="<results>/tracks.parquet",
        clusters="<results>/clusters.parquet",
        template="<results>/people.tsv",
        # Its comments and further rows go into the file that is saved from the page.
        own_names=PEOPLE_FILES,
        # The other tables of each video, read as well, come before these.
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
