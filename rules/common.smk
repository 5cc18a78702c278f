"""The checked configuration and the list of videos, which all other files here need.

Every job on a cluster reads this file again, so it writes nothing and imports little.
"""

import gc
import sys
from os.path import abspath, exists, relpath, splitext
from pathlib import Path

from snakemake.logging import logger

# A plan consists of millions of objects that stay alive. Python's default, a garbage collection
# after every 700 new objects, takes a fifth of the planning time. These thresholds are enough, also
# in runs of several days.
gc.set_threshold(200_000, 10, 10)

ROOT = Path(str(workflow.current_basedir)).parent
sys.path.insert(0, str(ROOT / "scripts"))

from corpus.core.errors import InputError
from corpus.inputs import access, erased_folder, manifest, people_file, settings
from corpus.inputs.local_files import find_file
from corpus.inputs.start_conditions import check_workflow_path, use_utf8_file_names


def display_path(path):
    """A path as Snakemake records it: relative below the working directory, so that a clone can be
    moved without running its jobs again."""
    inside = Path(path).is_relative_to(Path.cwd())
    return relpath(path) if inside else str(path)


def resolve_path(path):
    """A path from the configuration, relative to the working directory or else to the workflow.

    A file is found also if letters with accents are stored in another form.
    """
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


def is_analysed(video):
    """Whether the stages that read a video's file have run."""
    tables = ("status", "embeddings", "keypoints", "phases")
    return all(exists(f"{config['results']}/{name}/{video}.parquet") for name in tables)


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
    # Each corpus has its own folder of annotations beside its manifest. It is never resolved to a
    # folder of the workflow, because people save their edited files there.
    default_folder = f"{splitext(config['videos'])[0]}_annotations"
    config["annotations"] = find_file(config["annotations"] or default_folder)
    erased = config["erased"] or erased_folder.default_folder(config["videos"])
    config["erased"] = find_file(erased)
    config["results"] = find_file(config["results"])
    videos = manifest.read(config["videos"], workflow.is_main_process, is_analysed)
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


def protect_results():
    """Exclude other users from what this process and its jobs write, and warn about open results."""
    if config["privacy"]["readable_by_others"]:
        return
    access.exclude_others()
    if workflow.is_main_process and (warning := access.warning(config["results"])):
        logger.warning(warning)


stop_on_error(use_utf8_file_names)
stop_on_error(check_workflow_path, ROOT)
MANIFEST = stop_on_error(read_corpus)
protect_results()
VIDEOS = list(MANIFEST)


wildcard_constraints:
    video="[A-Za-z0-9_-]+",
    ext="|".join(manifest.VIDEO_SUFFIXES),
