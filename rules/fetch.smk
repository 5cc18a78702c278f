"""Get the videos: downloads by yt-dlp, links to files that are already here."""


def settled_flags():
    """Flags for how to download, which say nothing about what arrives.

    They are no params, since a change of those would download a finished corpus again.
    """
    fetch = config["fetch"]
    flags = {
        "cookies": fetch["cookies"],
        "rate-limit": fetch["rate_limit"],
        "timeout": fetch["timeout_s"],
    }
    return [f"--{name}={value}" for name, value in flags.items() if value is not None]


HOW_TO_FETCH = settled_flags()


def wanted_format(wildcards):
    """yt-dlp's format selector; a local file is taken as it is."""
    return "" if local_source(wildcards) else config["fetch"]["format"]


def wanted_subtitles(wildcards):
    """Languages, separated by commas; a local file has none fetched for it."""
    return "" if local_source(wildcards) else ",".join(config["fetch"]["subtitles"])


def n_downloads(wildcards):
    """What a video takes of the profile's limit on downloads at a time."""
    return 0 if local_source(wildcards) else 1


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
            {HOW_TO_FETCH:q} \
            2>{log:q}
        """
