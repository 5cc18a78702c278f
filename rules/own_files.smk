"""Checks before any job that no file of the user is an output, which Snakemake would delete."""

from corpus.core.locations import Locations
from corpus.inputs import own_files
from corpus.inputs.faults import raise_faults

MOST_FAULTS = 10
"""Number of faults that one message shows; the others are counted."""


def own_outputs():
    """The outputs, logs and benchmarks of the workflow's own rules, with wildcards.

    Rules of other files, such as those of a workflow that uses this one as a module, may make what
    the configuration names: it is then no file of the user.
    """
    outputs, folder = [], (ROOT / "rules").resolve()
    for each in workflow.rules:
        if Path(each.snakefile).resolve().parent == folder:
            outputs += [*each.output, *each.log, each.benchmark]
    return [str(file) for file in outputs if file]


def check_own_files():
    """Report all files of the user that are outputs. Call it after the workflow's rules."""
    patterns, locations = own_outputs(), Locations()
    places = own_files.OutputPlaces(config["results"], patterns, locations)
    faults = [
        *own_files.results_faults(config, ROOT, patterns, locations),
        *own_files.other_corpus_fault(config["results"], MANIFEST, config["videos"]),
        *own_files.key_faults(config, places, resolve_path),
        *own_files.unnamed_video_faults(
            config["results"], (media_file(video) for video, _ in local_videos())
        ),
    ]
    located = settings.locate_faults(faults, *config_sources())
    files = own_files.configfile_faults(
        map(display_path, workflow.overwrite_configfiles), places
    )
    sources = own_files.source_faults(MANIFEST, config["videos"], places)
    raise_faults([*located, *files, *sources], most=MOST_FAULTS)


if workflow.is_main_process:
    stop_on_error(check_own_files)
