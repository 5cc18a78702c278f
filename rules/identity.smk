"""Identity: group the face tracks of all videos into people, and name the people."""


rule cluster_faces:
    """Cluster the embeddings of all videos, so that each cluster is one person.

    Input:  embeddings of all videos, and optionally the people of an earlier run
    Steps:  group nearly equal tracks with HDBSCAN, join groups by calibrated evidence
    Output: table of clusters: each track with its cluster and its probability, without names
    """
    input:
        # One file per video, so that --batch cluster_faces=1/10 is a tenth of the videos. The job
        # also reads the tables from which the embeddings were made.
        embeddings=all_tables("embeddings"),
        known=KNOWN_PEOPLE,
    output:
        "<results>/clusters.parquet",
    log:
        "<logs>/cluster_faces.log",
    benchmark:
        "<benchmarks>/cluster_faces.tsv"
    conda:
        "../envs/people.yaml"
    container:
        image("cluster_faces")
    threads: clustering_threads
    resources:
        **request("cluster_faces"),
        erased=ids_flags,
    params:
        **code("cluster_faces"),
        settings=settings_flags("cluster_faces"),
        results=subpath(output[0], parent=True),
        contents=contents(known=KNOWN_PEOPLE),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --threads {threads} --output {output:q} {resources.erased} 2> {log:q}"


rule identify_people:
    """Combine the clusters with the names and corrections in people.tsv.

    Input:  clusters, the manifest, and people.tsv if it exists
    Steps:  name and merge people as people.tsv says
    Output: tables of tracks, people and videos, and the text of people.tsv

    After an edit of people.tsv, only this rule and the rules that show people run again. `update`
    keeps the earlier tables if people.tsv names somebody who does not exist.
    """
    input:
        videos=config["videos"],
        names=PEOPLE_FILES,
        clusters="<results>/clusters.parquet",
        # The job also reads the tables of faces and status of all videos, from which the clusters
        # were made. Listed are only the faces that people.tsv refers to.
        faces=anchored_faces,
    output:
        tracks=update("<results>/tracks.parquet"),
        people=update("<results>/people.parquet"),
        corpus=update("<results>/corpus.parquet"),
        template=update("<results>/unedited/people.tsv"),
    log:
        "<logs>/identify_people.log",
    benchmark:
        "<benchmarks>/identify_people.tsv"
    conda:
        "../envs/people.yaml"
    container:
        image("identify_people")
    resources:
        **request("identify_people"),
    params:
        **code("identify_people"),
        settings=settings_flags("identify_people"),
        results=subpath(output.corpus, parent=True),
        contents=contents(videos=[config["videos"]], people=PEOPLE_FILES),
    shell:
        "python {params.script:q} {params.settings:q} --results {params.results:q}"
        " --videos {input.videos:q} --names {input.names:q} --clusters {input.clusters:q}"
        " --tracks {output.tracks:q} --people {output.people:q} --corpus {output.corpus:q}"
        " --template {output.template:q} 2> {log:q}"


default_outputs += [rules.cluster_faces.output, rules.identify_people.output]
