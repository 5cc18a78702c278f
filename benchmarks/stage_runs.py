"""Run a copy of the workflow on films, and measure the time and memory of each stage.

The jobs are those that the copy's own rules start, with the options that the rules give. Earlier
versions of the workflow are therefore measured in the same way as the present one.
"""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import CorpusError, InputError

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("index_frames", "detect_faces", "embed_faces", "extract_keypoints", "measure_movement")
"""The stages that read a video or its keypoints, in the order of the workflow."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Variables that limit the threads of libraries."""


class Job(NamedTuple):
    """What one job of the workflow needed; see `timed_job.run_job`."""

    stage: str
    """Name of the script, which is that of its rule."""
    status: int
    """Exit status."""
    cpu_s: float
    wall_s: float
    peak_mb: float


def checked_workflow(folder: Path) -> Path:
    """The absolute path of a copy of the workflow; raises InputError if it is none."""
    if not (folder / "Snakefile").exists():
        raise InputError(f"{folder}: this folder has no Snakefile; give a copy of the workflow")
    return folder.resolve()


def commit(workflow: Path) -> str:
    """The commit of a copy of the workflow, shortened; results of different code stay apart."""
    command = ["git", "-C", str(workflow), "rev-parse", "--short=12", "HEAD"]
    run = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    return run.stdout.strip() or "unknown"


def in_groups(workflow: Path, n_films: int) -> dict[str, int]:
    """Settings for processing all films in one job, where a copy of the workflow can do this."""
    defaults = yaml.safe_load((workflow / "config" / "config.yaml").read_text(encoding="utf-8"))
    return {"videos_per_job": n_films} if "videos_per_job" in defaults else {}


def write_timed_python(folder: Path, python: str = sys.executable) -> Path:
    """Write a program `python` that measures what it runs; returns the folder that it is in."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "python"
    timed_job = Path(__file__).with_name("timed_job.py")
    words = shlex.join([python, "-S", "-E", str(timed_job)])
    program.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return folder


def write_if_changed(path: Path, text: str) -> None:
    """Write a text unless the file has it: with a newer file, rules would run again."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def write_inputs(work: Path, films: Mapping[str, Path], settings: Mapping[str, object]) -> Path:
    """Write the manifest and the configuration of a run; returns the path of the latter.

    `films` are paths by video id.
    """
    work.mkdir(parents=True, exist_ok=True)
    rows = [f"{video}\t{path.resolve()}" for video, path in films.items()]
    write_if_changed(work / "videos.tsv", "\n".join(["video_id\tsource", *rows]) + "\n")
    config = {"device": "cpu", "faces": {"embedder": "dlib"}} | dict(settings)
    config |= {name: str(work / f"{name}.tsv") for name in ("videos", "people")}
    config["results"] = str(work / "results")
    path = work / "config.yaml"
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return path


def run_workflow(
    workflow: Path,
    work: Path,
    films: Mapping[str, Path],
    tables: Iterable[str],
    settings: Mapping[str, object] | None = None,
    cores: int = 1,
) -> list[Job]:
    """Make tables of films in the folder `work`; returns the jobs that ran, in order of their end.

    Parameters
    ----------
    workflow
        Copy of the workflow. Its models are used, and new ones are downloaded into it.
    tables
        Names of the tables to make of each film, such as keypoints; without any, the whole workflow
        runs.
    settings
        Configuration that differs from the defaults; the embedder is dlib and the device the CPU.
    cores
        Cores for Snakemake. Libraries use one thread each.

    Raises
    ------
    CorpusError
        A job failed; Snakemake has named it.
    """
    work = work.resolve()
    config = write_inputs(work, films, settings or {})
    models = work / "resources" / "models"
    if not models.exists():
        shared = workflow / "resources" / "models"
        shared.mkdir(parents=True, exist_ok=True)
        models.parent.mkdir(parents=True, exist_ok=True)
        models.symlink_to(shared)
    own_python = workflow / ".venv" / "bin" / "python"
    python = str(own_python) if own_python.exists() else sys.executable
    times = work / "jobs.jsonl"
    times.unlink(missing_ok=True)
    folders = [str(write_timed_python(work / "bin", python)), str(Path(python).parent)]
    variables = {"PATH": os.pathsep.join([*folders, os.environ.get("PATH", "")])}
    variables |= {"JOB_TIMES": str(times), "JOB_PYTHON": python} | dict.fromkeys(THREADS, "1")
    command = [python, "-m", "snakemake", "--snakefile", workflow / "Snakefile"]
    command += ["--directory", work, "--profile", workflow / "profiles" / "laptop"]
    command += ["--cores", str(cores), "--quiet", "all", "--configfile", config, "--"]
    command += [f"{work}/results/{table}/{video}.parquet" for table in tables for video in films]
    if subprocess.run(command, env=os.environ | variables).returncode:
        raise CorpusError(f"the workflow in {workflow} did not finish; see the folder {work}")
    return read_jobs(times)


def read_jobs(path: Path) -> list[Job]:
    """The jobs in a file that `timed_job.py` wrote; none if the file does not exist."""
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Job(**json.loads(line)) for line in lines]
