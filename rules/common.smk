"""The checked configuration and the list of videos, which all other files here need.

Every job on a cluster reads this file again, so it writes nothing and imports little.
"""

import gc
import sys
from os.path import abspath, exists, relpath
from pathlib import Path

from snakemake.logging import logger

# A plan consists of millions of objects that stay alive. Python's default, a garbage collection
# after every 700 new objects, takes a fifth of the planning time. These thresholds are enough, also
# in runs of several days.
gc.set_threshold(200_000, 10, 10)

ROOT = Path(str(workflow.current_basedir)).parent
sys.path.insert(0, str(ROOT / "scripts"))

from corpus.core.errors import InputError
from corpus.inputs import manifest, people_file, settings
from corpus.inputs.local_files import find_file
from corpus.inputs.start_conditions import check_workflow_path, use_utf8_file_names
from corpus.planning.lost_files import is_analysed
from corpus.planning.video_groups import PATTERN


def display_path(path):
    """A path as Snakemake records it: relative below the working directory, so that a clone can be
    moved without running its jobs again."""
    inside = Path(path).is_relative_to(Path.cwd())
    return relpath(path) if inside else str(path)


def resolve_path(path):
    """A path from the configuration, relative to the working directory or else to the workflow."""
    path = find_file(path)
    in_workflow = find_file(str(ROOT / path))
    use_workflow = not exists(path) and exists(in_workflow)
    return display_path(in_workflow) if use_workflow else path


def config_sources():
    """The files and command-line options that set the configuration, for messages about its keys.

    None in a job, since the main process has checked the configuration, and none if this workflow is
    used as a module, which gets its configuration as a dictionary.
    """
    if not (workflow.is_main_process and workflow.modifier.is_main_snakefile()):
        return [], {}
    files = [ROOT / settings.DEFAULTS, *workflow.overwrite_configfiles]
    return [display_path(file) for file in files], workflow.config_settings.config


def read_corpus():
    """Check the configuration, complete it in place, and read the manifest."""
    settings.read(config, *config_sources())
    if workflow.is_main_process:
        settings.check_options(sys.argv[1:])
        settings.check_files(config, ROOT, *config_sources())
    config["videos"] = resolve_path(config["videos"])
    config["people"] = resolve_path(config["people"])
    if config["clustering"]["known"]:
        config["clustering"]["known"] = resolve_path(config["clustering"]["known"])
    settings.complete_folders(config)
    videos = manifest.read(
        config["videos"],
        check_files=workflow.is_main_process,
        may_lack_file=lambda video: is_analysed(config["results"], video),
    )
    if workflow.is_main_process and exists(config["people"]):
        # Before any job: the job that names people would first delete the tables of the last run.
        people_file.check(config["people"], videos)
    return videos


def stop_on_error(function, *arguments):
    """Call a function; if the user's input has an error, report it and end Snakemake.

    An exception would be reported with a line of the rules, where there is nothing to correct.
    """
    try:
        return function(*arguments)
    except InputError as error:
        logger.error(str(error))
        sys.exit(1)


stop_on_error(use_utf8_file_names)
stop_on_error(check_workflow_path, ROOT)
MANIFEST = stop_on_error(read_corpus)
VIDEOS = list(MANIFEST)


wildcard_constraints:
    video="[A-Za-z0-9_-]+",
    group=PATTERN,
    ext="|".join(manifest.VIDEO_SUFFIXES),
