"""Get the videos: downloads by yt-dlp, links to files that are already here."""


rule fetch_video:
    """Download one video, or link it where it is a local file.

    A video that is gone for good becomes an empty file and a record that says why.
    """
    input:
        local_source,
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
    threads: 1
    resources:
        mem_mb=fetch_mb,
        runtime=fetch_minutes,
        downloads=n_downloads,
        flags=download_flags,
    params:
        # No version: what was downloaded stays good when the code changes; it may be gone by then.
        script=code("fetch_video")[0],
        source=source,
        format=download_format,
        subtitles=subtitle_languages,
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
