"""Identity: group the face tracks of all videos into people, and name the people."""


rule cluster_faces:
    """Cluster the embeddings of all videos, so that each cluster is one person.

    Input:  embeddings of all videos, and optionally the people of an earlier run
    Steps:  cluster the faces with HDBSCAN, and assign each track to a cluster
    Output: table of clusters: each track with its cluster, without names

    This job needs much memory: it is the only one that holds the whole corpus at once.
    """
    input:
        # Only one file per video, so that --batch cluster_faces=1/10 is a tenth of the videos. The
        # job also reads the tables of faces and shots, from which the embeddings were made.
        embeddings=all_tables("embeddings"),
        # People of an earlier run, if the configuration names them.
        known=known_people_file(),
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
    threads: cluster_threads
    resources:
        mem_mb=cluster_mb,
        runtime=cluster_minutes,
        gpu=n_clustering_gpus,
    params:
        script=code("cluster_faces")[0],
        version=version("cluster_faces"),
        results=subpath(output[0], parent=True),
        # Not an input: a new video already adds a table, and a new time of the manifest changes
        # nothing.
        videos=config["videos"],
        embedder=config["faces"]["embedder"],
        samples_per_second=config["faces"]["samples_per_second"],
        min_cluster_size=config["clustering"]["min_cluster_size"],
        min_samples=config["clustering"]["min_samples"],
        same_person=same_person_flag(),
        known=known_people_flags,
        device=config["clustering"]["device"],
    shell:
        "python {params.script:q}"
        " --results {params.results:q}"
        " --videos {params.videos:q}"
        " --embedder {params.embedder:q}"
        " --samples-per-second {params.samples_per_second:q}"
        " --min-cluster-size {params.min_cluster_size:q}"
        " --min-samples {params.min_samples:q}"
        " {params.same_person:q}"
        " {params.known:q}"
        " --device {params.device:q}"
        " --threads {threads}"
        " --output {output:q}"
        " 2> {log:q}"


rule identify_people:
    """Combine the clusters with the names and corrections in people.tsv.

    Input:  clusters, the manifest, and people.tsv if it exists
    Steps:  name and merge people as people.tsv says
    Output: tables of tracks, people and videos, and a people.tsv to fill in

    After an edit of people.tsv, only this rule and the rules that show people run again.
    """
    input:
        script=code("identify_people"),
        videos=config["videos"],
        names=PEOPLE_FILES,
        clusters="<results>/clusters.parquet",
        # The job also reads the tables of faces and status of all videos, from which the clusters
        # were made. Listed are only the faces that people.tsv refers to.
        faces=anchored_faces,
    output:
        tracks="<results>/tracks.parquet",
        people="<results>/people.parquet",
        corpus="<results>/corpus.parquet",
        template="<results>/people.tsv",
    log:
        "<logs>/identify_people.log",
    benchmark:
        "<benchmarks>/identify_people.tsv"
    conda:
        "../envs/people.yaml"
    container:
        image("identify_people")
    threads: 1
    resources:
        mem_mb=people_mb,
        runtime=people_minutes,
    params:
        results=subpath(output.corpus, parent=True),
        samples_per_second=config["faces"]["samples_per_second"],
    shell:
        "python {input.script[0]:q}"
        " --results {params.results:q}"
        " --videos {input.videos:q}"
        " --names {input.names:q}"
        " --clusters {input.clusters:q}"
        " --samples-per-second {params.samples_per_second:q}"
        " --tracks {output.tracks:q}"
        " --people {output.people:q}"
        " --corpus {output.corpus:q}"
        " --template {output.template:q}"
        " 2> {log:q}"
