"""What every other file here needs: the checked configuration, the videos and their files.

Nothing is written here, and little imported: each job of a cluster reads this file again.
"""

import gc
import sys
from os.path import exists, relpath, splitext
from pathlib import Path

from snakemake.logging import logger

# A plan is millions of objects that all stay. To look for garbage among them after every 700 new
# ones, as Python does, takes a fifth of the time; this often is enough, also in a run of days.
gc.set_threshold(200_000, 10, 10)

ROOT = Path(str(workflow.current_basedir)).parent
sys.path.insert(0, str(ROOT / "scripts"))

from corpus.core.errors import InputError
from corpus.inputs import manifest, settings
from corpus.planning.code_version import closure


def near(path):
    """Path as Snakemake should see it: relative where possible, so that a clone can be moved."""
    inside = Path(path).is_relative_to(Path.cwd())
    return relpath(path) if inside else str(path)


def shipped(path):
    """A path of the configuration: from the working directory, else from the workflow's own."""
    own = ROOT / path
    return near(own) if not exists(path) and own.exists() else path


def read_corpus():
    """Check the configuration, complete it in place, and read the manifest."""
    settings.complete(config, ROOT)
    if workflow.is_main_process:
        given = workflow.config_settings
        files = [ROOT / settings.DEFAULTS, *workflow.overwrite_configfiles]
        settings.check(config, ROOT, [near(file) for file in files], given.config)
    config["videos"] = shipped(config["videos"])
    config["people"] = shipped(config["people"])
    if config["clustering"]["known"]:
        config["clustering"]["known"] = shipped(config["clustering"]["known"])
    # Each corpus has its own, and what people save goes there: never one of the workflow's own.
    beside = f"{splitext(config['videos'])[0]}_annotations"
    config["annotations"] = config["annotations"] or beside
    return manifest.read(config["videos"], look=workflow.is_main_process)


try:
    MANIFEST = read_corpus()
except InputError as error:
    # An exception would come with the place in this file, where there is nothing to mend.
    logger.error(str(error))
    sys.exit(1)

VIDEOS = list(MANIFEST)


wildcard_constraints:
    video="[A-Za-z0-9_-]+",
    ext="|".join(manifest.VIDEO_SUFFIXES),
