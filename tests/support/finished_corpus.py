"""A corpus in which every output exists, and plans of what runs after something changed in it.

The outputs are empty files with Snakemake's metadata of a complete run. Each case changes a copy of
the corpus. All cases are planned in one process, a third of a second each.
"""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from empty_files import touch_files
from repository import ROOT, SCRIPTS
from workflow_runs import run_snakemake

sys.path.insert(0, str(SCRIPTS))

CONFIG: dict = {
    "videos": "config/videos.tsv",
    "people": "config/people.tsv",
    "annotations": "edited",
    "device": "cpu",
    "report": {"pictures": True},
    "clustering": {"known": "known.parquet"},
    "models": {"dlib": {"file": "mine.pt", "sha256": "0" * 64}},
}
VIDEOS = ("a", "b", "c")
"""The first two are local files, the third comes from the web."""
MANIFEST = (
    "video_id\tsource\tremark\n"
    "a\t../clips/a.mp4\tone\n"
    "b\t../clips/b.mp4\ttwo\n"
    "c\thttps://example.org/c.mp4\tthree\n"
)
TARGETS = ("all", "csv", "annotations")
LONG_AGO = (10**9, 10**9)
OLDER_KNOWN = "older.parquet"
"""Another table of known people, with a date long before the results."""
OTHER_EMBEDDER = "facenet.parquet"
"""A table of people who were found with another embedder."""

Operation = tuple[str, ...]
"""What changes: ("delete", path), ("write", path, text), ("older", path, text), ("move", from, to),
("link", path, target). `older` gives the file a date long before the results."""


@dataclass(frozen=True)
class Plan:
    """What would run."""

    jobs: dict[str, list[str]]
    """Video or group of each job that runs, by rule; an empty text for a job without one."""
    messages: str
    """Warnings and errors that Snakemake printed."""

    @property
    def rules(self) -> set[str]:
        return set(self.jobs)


GROUPED = CONFIG | {"videos_per_job": 2}
"""The configuration of a corpus whose videos are processed in groups."""
TABLES_OF_GROUPS = ("frames", "shots", "status", "faces", "embeddings", "keypoints", "kinematics")
TABLES_OF_GROUPS += ("phases", "gesture_measures", "movement_quality", "gestures", "skeletons")
"""Tables of each video that are no outputs of the jobs of groups."""


def write(folder: Path, config: dict = CONFIG) -> Path:
    """Write the corpus, and let Snakemake record that it is complete."""
    from corpus.tables import parquet, schemas
    from planned_jobs import plan_all

    for name, text in {
        "config/videos.tsv": MANIFEST,
        "config/people.tsv": "person\tname\np0001\tAnna\n",
        "clips/a.mp4": "video a",
        "clips/b.mp4": "video b",
        "mine.pt": "model",
        "edited/a.eaf": "edited",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    for name in ("known.parquet", OLDER_KNOWN, OTHER_EMBEDDER):
        embedder = "facenet-vggface2" if name == OTHER_EMBEDDER else "dlib"
        made_by = {"step": name, "parameters": {"embedder": embedder}}
        columns = {column: [] for column in schemas.SCHEMAS["clusters"].names}
        parquet.write(folder / name, "clusters", columns, made_by)
    os.utime(folder / OLDER_KNOWN, LONG_AGO)
    (folder / "config.yaml").write_text(json.dumps(config))
    touch_files(
        folder / "results", *(f"videos/{v}.mp4{end}" for v in VIDEOS for end in ("", ".json"))
    )
    if "videos_per_job" in config:
        names = (f"{table}/{video}.parquet" for table in TABLES_OF_GROUPS for video in VIDEOS)
        touch_files(folder / "results", *names, *(f"elan/{video}.eaf" for video in VIDEOS))
        side_files = ("report/page/{}/skeleton/index.js", "report/page/{}/gestures.js")
        touch_files(folder / "results", *(file.format(v) for file in side_files for v in VIDEOS))
    [planned] = plan_all(folder, list(TARGETS), [config])
    for jobs in planned.values():
        for job in jobs:
            for output in job["output"]:
                path = folder / output
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
    for video in "ab":
        media = folder / f"results/videos/{video}.mp4"
        media.unlink()
        media.symlink_to(f"../../clips/{video}.mp4")
    options = ("--directory", folder, "--configfile", folder / "config.yaml", "--cores", "1")
    run_snakemake("--touch", "--forceall", *TARGETS, *options)
    return folder


def outputs(folder: Path) -> list[str]:
    """All files of the results, without logs and benchmarks."""
    files = (folder / "results").rglob("*")
    return sorted(
        path.relative_to(folder).as_posix()
        for path in files
        if not path.is_dir() and path.parts[len(folder.parts) + 1] not in ("logs", "benchmarks")
    )


def plans_after(
    folder: Path,
    cases: Sequence[Sequence[Operation]],
    copies: Path,
    targets: Sequence[str] = ("all",),
    config: dict | None = None,
) -> list[Plan]:
    """What runs after the operations of each case, which change a copy of the corpus."""
    task = {
        "folder": str(folder),
        "cases": cases,
        "copies": str(copies),
        "targets": targets,
        "config": CONFIG | (config or {}),
    }
    done = subprocess.run(
        [sys.executable, __file__], input=json.dumps(task), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return [Plan(**plan) for plan in json.loads(done.stdout.splitlines()[-1])]


def _apply(folder: Path, operation: Sequence[str]) -> None:
    action, name, *rest = operation
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if action == "delete":
        path.unlink()
    elif action == "move":
        (folder / rest[0]).parent.mkdir(parents=True, exist_ok=True)
        path.rename(folder / rest[0])
    elif action == "link":
        path.unlink()
        path.symlink_to(rest[0])
    else:
        path.write_text(rest[0])
        if action == "older":
            os.utime(path, LONG_AGO)


def _plan(folder: Path, targets: Sequence[str], config: dict) -> dict:
    """Plan in this process. Imports Snakemake, which the process of the tests does not need."""
    from snakemake.api import SnakemakeApi
    from snakemake.logging import logger
    from snakemake.settings.types import (
        ConfigSettings,
        DAGSettings,
        OutputSettings,
        ResourceSettings,
    )

    messages: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: messages.append(str(record.msg))
    jobs: dict[str, list[str]] = {}
    try:
        with SnakemakeApi(OutputSettings()) as api:
            workflow_api = api.workflow(
                resource_settings=ResourceSettings(cores=1),
                config_settings=ConfigSettings(config=config),
                snakefile=ROOT / "Snakefile",
                workdir=folder,
            )
            # Starting the workflow replaces the handlers.
            logger.addHandler(handler)
            workflow_api.dag(dag_settings=DAGSettings(targets=set(targets)))
            workflow = workflow_api._workflow
            workflow._prepare_dag(forceall=False, ignore_incomplete=True, lock_warn_only=True)
            workflow._build_dag()
            for job in workflow.dag.needrun_jobs():
                if not job.is_norun:
                    wildcards = job.wildcards_dict
                    name = wildcards.get("video") or wildcards.get("group", "")
                    jobs.setdefault(job.rule.name, []).append(name)
    except (Exception, SystemExit) as error:
        messages.append(f"stopped: {error}")
    finally:
        logger.removeHandler(handler)
    return {"jobs": jobs, "messages": "\n".join(messages)}


if __name__ == "__main__":
    task = json.load(sys.stdin)
    plans = []
    for number, case in enumerate(task["cases"]):
        copy = Path(task["copies"]) / f"case{number}"
        shutil.copytree(task["folder"], copy, symlinks=True)
        for operation in case:
            _apply(copy, operation)
        plans.append(_plan(copy, task["targets"], task["config"]))
    print("\n" + json.dumps(plans))
