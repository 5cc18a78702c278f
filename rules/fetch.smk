"""Videos: download them with yt-dlp, or link local files."""

default_outputs.append(all_media)


rule fetch_video:
    """Download one video, or link it if it is a local file.

    Input:  the local file, if the source is one
    Steps:  download with yt-dlp, or link; compute the checksum
    Output: the video, and a JSON record of where it came from. If the video is gone, or cannot be
            fetched yet, its file is empty and the record says why.
    """
    input:
        fetch_input,
    output:
        media="<results>/videos/{video}.{ext}",
        record="<results>/videos/{video}.{ext}.json",
    log:
        "<logs>/fetch_video/{video}.{ext}.log",
    benchmark:
        "<benchmarks>/fetch_video/{video}.{ext}.tsv"
    localrule: config["fetch"]["on_login_node"]
    conda:
        "../envs/fetch.yaml"
    container:
        image("fetch_video")
    resources:
        **request("fetch_video"),
        flags=download_flags,
    params:
        # Do not change params or command: Snakemake would download all videos of a finished corpus
        # again, and some may be gone. An edit of the code does not count.
        **code("fetch_video", rerun=False),
        source=public_source,
        format=download_format,
        subtitles=subtitle_languages,
        content=video_content,
    shell:
        """
        python {params.script:q} \
            --video-id={wildcards.video:q} \
            --source={params.source:q} \
            --local={input:q} \
            --media={output.media:q} \
            --record={output.record:q} \
            --format={params.format:q} \
            --subtitles={params.subtitles:q} \
            {resources.flags} \
            2>{log:q}
        """
