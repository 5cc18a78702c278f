"""Get the videos: downloads by yt-dlp, links to files that are already here."""


rule fetch_video:
    """Download one video, or link it where it is a local file.

    A video that is gone for good becomes an empty file and a record that says why.
    """
    input:
        # What was downloaded stays good when the code changes; it may be gone by then.
        script=ancient(code("fetch_video")),
        local=local_source,
    output:
        media="<results>/videos/{video}.{ext}",
        record="<results>/videos/{video}.{ext}.json",
    log:
        "<logs>/fetch_video/{video}.{ext}.log",
    benchmark:
        "<benchmarks>/fetch_video/{video}.{ext}.tsv"
    conda:
        "../envs/fetch.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=240,
        downloads=n_downloads,
        flags=download_flags,
    params:
        source=source,
        format=wanted_format,
        subtitles=wanted_subtitles,
    shell:
        """
        python {input.script[0]:q} \
            --video-id={wildcards.video:q} \
            --source={params.source:q} \
            --local={input.local:q} \
            --media={output.media:q} \
            --record={output.record:q} \
            --format={params.format:q} \
            --subtitles={params.subtitles:q} \
            {resources.flags} \
            2>{log:q}
        """
