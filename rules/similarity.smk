"""Similar gestures: which movements of the corpus are alike."""


rule compare_gestures:
    """Find the gestures with the most similar path, and place all gestures on a map.

    Input:  phases of all videos
            (the job also reads the keypoints, kinematics and measures that were made before them)
    Steps:  normalise the path of each hand, search nearest neighbours among all paths
    Output: tables of similar gestures and of the map; the page's thumbnails of all videos

    It needs no identities, so naming people does not run it again.
    """
    input:
        phases=all_tables("phases"),
    output:
        all_outputs("compare_gestures", "<results>/report/page/{video}/gestures.js"),
        neighbours="<results>/gesture_neighbours.parquet",
        map="<results>/gesture_map.parquet",
        page_map="<results>/report/page/gesture_map.js",
    log:
        "<logs>/compare_gestures.log",
    benchmark:
        "<benchmarks>/compare_gestures.tsv"
    conda:
        "../envs/people.yaml"
    container:
        image("compare_gestures")
    resources:
        **request("compare_gestures"),
    params:
        **code("compare_gestures"),
        settings=settings_flags("compare_gestures"),
        results=subpath(output.map, parent=True),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --neighbours {output.neighbours:q} --map {output.map:q} 2> {log:q}"


default_outputs += [
    rules.compare_gestures.output[0],
    rules.compare_gestures.output.neighbours,
    rules.compare_gestures.output.map,
    rules.compare_gestures.output.page_map,
]
