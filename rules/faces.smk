"""Faces: detect them, join them into tracks, and embed the best faces of each track."""


rule detect_faces:
    """Detect faces in sampled frames and join them into tracks.

    Input:  a video and its table of frames
    Steps:  sample frames, detect faces, join detections within a shot into tracks
    Output: table of faces with their tracks
    """
    input:
        video=MEDIA,
        frames="<results>/frames/{video}.parquet",
    output:
        "<results>/faces/{video}.parquet",
    log:
        "<logs>/detect_faces/{video}.log",
    benchmark:
        "<benchmarks>/detect_faces/{video}.tsv"
    conda:
        "../envs/faces.yaml"
    container:
        image("detect_faces")
    threads: 1
    resources:
        mem_mb=detection_mb,
        runtime=detection_minutes,
        gpu=n_gpus,
    params:
        script=code("detect_faces")[0],
        version=version("detect_faces"),
        samples_per_second=config["faces"]["samples_per_second"],
        min_size=config["faces"]["min_size"],
        min_score=config["faces"]["min_score"],
        max_gap_s=config["faces"]["max_gap_s"],
        min_track_s=config["faces"]["min_track_s"],
        min_track_score=config["faces"]["min_track_score"],
        batch_size=config["faces"]["batch_size"],
        device=config["device"],
    shell:
        "python {params.script:q}"
        " --video {input.video:q}"
        " --frames {input.frames:q}"
        " --samples-per-second {params.samples_per_second:q}"
        " --min-size {params.min_size:q}"
        " --min-score {params.min_score:q}"
        " --max-gap-s {params.max_gap_s:q}"
        " --min-track-s {params.min_track_s:q}"
        " --min-track-score {params.min_track_score:q}"
        " --batch-size {params.batch_size:q}"
        " --device {params.device:q}"
        " --output {output:q}"
        " 2> {log:q}"


rule embed_faces:
    """Compute embeddings of the best faces of every track.

    Input:  a video, its table of faces, and the models of the embedder
    Steps:  choose the best faces by quality, align them, compute their embeddings
    Output: table of embeddings
    """
    input:
        video=MEDIA,
        faces="<results>/faces/{video}.parquet",
        models=[model(name) for name in FACE_MODELS],
    output:
        "<results>/embeddings/{video}.parquet",
    log:
        "<logs>/embed_faces/{video}.log",
    benchmark:
        "<benchmarks>/embed_faces/{video}.tsv"
    conda:
        "../envs/faces.yaml"
    container:
        image("embed_faces")
    threads: 1
    resources:
        mem_mb=embedding_mb,
        runtime=embedding_minutes,
        gpu=n_embedding_gpus,
    params:
        script=code("embed_faces")[0],
        version=version("embed_faces"),
        embedder=config["faces"]["embedder"],
        sha256=[model_sha256(name) for name in FACE_MODELS],
        best=config["faces"]["best"],
        batch_size=config["faces"]["batch_size"],
        device=config["device"] if EMBED_ON_GPU else "cpu",
    shell:
        "python {params.script:q}"
        " --video {input.video:q}"
        " --faces {input.faces:q}"
        " --embedder {params.embedder:q}"
        " --model {input.models:q}"
        " --sha256 {params.sha256:q}"
        " --best {params.best:q}"
        " --batch-size {params.batch_size:q}"
        " --device {params.device:q}"
        " --output {output:q}"
        " 2> {log:q}"
