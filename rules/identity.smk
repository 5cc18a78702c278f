"""Who is who: face tracks of all videos joined into people, and the people's names."""


rule cluster_faces:
    """All videos' embedded faces -> which of their tracks are one person, without names.

    A high-memory job: the only one that holds the whole corpus at once.
    """
    input:
        # One file a video and nothing else, so that --batch cluster_faces=1/10 is a tenth of the
        # videos. The tables faces and shots, read as well, are what the embeddings were made of.
        embeddings=all_tables("embeddings"),
        # People of an earlier run; none unless the configuration names them.
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
        # No input: a new video is a new table, and a touched manifest changes nothing.
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
    """Clusters and people.tsv -> who is in each track, all people, all videos, and a people.tsv.

    An edit of people.tsv repeats only this and what shows people.
    """
    input:
        script=code("identify_people"),
        videos=config["videos"],
        names=PEOPLE_FILES,
        clusters="<results>/clusters.parquet",
        # The tables faces and status, read as well, come before the clusters; named are the faces
        # of the videos in people.tsv, whose rows must fit them.
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
