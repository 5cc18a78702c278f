"""The page about the corpus: its people and videos, and a form to name the people."""


rule crop_faces:
    """Crop pictures of each person's best faces, if `report.pictures` is set.

    Input:  clusters, and the videos
    Steps:  open each video once, decode from the keyframe before each face, crop the face
    Output: table of pictures
    """
    input:
        # The videos are not inputs, because a changed video changes the clusters too.
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
    resources:
        **request("crop_faces"),
        erased=erased_folder_flags,
    params:
        **code("crop_faces"),
        settings=settings_flags("crop_faces"),
        results=subpath(output[0], parent=True),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --output {output:q} {resources.erased} 2> {log:q}"


rule write_page:
    """Write one HTML page to view and search the corpus and to name people.

    Input:  tables of the corpus and of all videos
    Steps:  insert summaries of the tables; without `report.pictures`, delete earlier pictures;
            delete the page's files about videos that are no longer in the manifest
    Output: the page, and its lists of gestures and of numbers, which it loads on demand
    """
    input:
        **corpus_tables("corpus", "people", "tracks", "clusters"),
        template="<results>/unedited/people.tsv",
        # Its comments and additional rows are copied to the file that users save from the page.
        people_file=PEOPLE_FILES,
        # The job also reads the other tables of each video, which were made before these.
        gestures=rules.segment_gestures.output[0],
        similar=rules.compare_gestures.output.map,
        coverage="<results>/report/coverage.tsv",
        pictures=PICTURES,
    output:
        page="<results>/report/index.html",
        gestures="<results>/report/page/gestures.js",
        numbers="<results>/report/page/numbers.js",
    log:
        "<logs>/write_page.log",
    benchmark:
        "<benchmarks>/write_page.tsv"
    conda:
        "../envs/report.yaml"
    container:
        image("write_page")
    resources:
        **request("write_page"),
    params:
        **code("write_page"),
        settings=settings_flags("write_page"),
        results=subpath(input.corpus, parent=True),
        names=people_path,
        contents=contents(people=PEOPLE_FILES),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --names {params.names:q} --coverage {input.coverage:q} --pictures {input.pictures:q}"
        " --output {output.page:q} 2> {log:q}"


default_outputs += [
    rules.crop_faces.output if PICTURES else [],
    rules.write_page.output,
]
