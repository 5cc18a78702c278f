"""Plan the workflow with a dry run, and read what it prints: jobs by rule, videos, requests."""

import re
from pathlib import Path

from workflow_runs import run_snakemake

TARGETS = ("all", "videos", "faces", "keypoints")
"""Targets of each plan. The smaller ones add only themselves to the jobs of `all`."""


class Plans:
    """Plans of the workflow's configurations, each made by one start of Snakemake."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self._printed: dict[tuple, str] = {}

    def of(self, configuration: str, settings: tuple[str, ...] = ()) -> str:
        """Plan all jobs of a configuration in `config/`, with further settings; no results exist.

        Returns what Snakemake prints.
        """
        key = (configuration, settings)
        if key not in self._printed:
            self._printed[key] = run_snakemake(
                "--dry-run", *TARGETS, "--profile", "profiles/laptop",
                "--configfile", f"config/{configuration}.yaml",
                "--config", f"results={self.results}", *settings,
            ).stdout  # fmt: skip
        return self._printed[key]


def jobs_by_rule(printed: str) -> dict[str, int]:
    """Number of jobs of each rule, from the table of jobs."""
    table = printed.split("Job stats:")[1].split("total")[0]
    return {name: int(count) for name, count in re.findall(r"^(\w+)\s+(\d+)$", table, re.M)}


def videos_by_rule(printed: str) -> dict[str, list[str]]:
    """Video of each planned job, by rule; an empty text for a job without a video."""
    videos: dict[str, list[str]] = {}
    pattern = r"^(?:local)?rule (\w+):$.*?(?=^\[|^Job stats|\Z)"
    for block in re.finditer(pattern, printed, re.M | re.S):
        video = re.search(r"wildcards: (?:.*, )?video=(\w+)", block[0])
        videos.setdefault(block[1], []).append(video[1] if video else "")
    return videos


def threads_by_rule(printed: str) -> dict[str, set[int]]:
    """Cores of the planned jobs, by rule."""
    threads: dict[str, set[int]] = {}
    for rule, block in re.findall(r"^(?:local)?rule (\w+):\n((?:    .*\n)*)", printed, re.M):
        cores = re.search(r"^    threads: (\d+)$", block, re.M)
        threads.setdefault(rule, set()).add(int(cores[1]) if cores else 1)
    return threads


def files_of_rule(printed: str, rule: str, kind: str) -> list[list[str]]:
    """Files of each planned job of a rule; `kind` is input or output."""
    pattern = rf"^(?:local)?rule {rule}:\n((?:    .*\n)*)"
    blocks = re.findall(pattern, printed, re.M)
    lines = [re.search(rf"^    {kind}: (.*)$", block, re.M) for block in blocks]
    return [line[1].split(", ") if line else [] for line in lines]


def rules_before(printed: str, target: str) -> set[str]:
    """Rules of all jobs that a target needs, directly or through other jobs, without itself."""
    producers: dict[str, tuple[str, list[str]]] = {}
    for rule in jobs_by_rule(printed):
        inputs = files_of_rule(printed, rule, "input")
        for files, outputs in zip(inputs, files_of_rule(printed, rule, "output"), strict=True):
            producers |= dict.fromkeys(outputs, (rule, files))
    rules: set[str] = set()
    [needed] = files_of_rule(printed, target, "input")
    seen: set[str] = set()
    while needed:
        file = needed.pop()
        if file in producers and file not in seen:
            seen.add(file)
            rule, inputs = producers[file]
            rules.add(rule)
            needed = needed + inputs
    return rules


def requests(printed: str) -> list[tuple[str, int, int]]:
    """Rule, memory in MB and minutes of each planned job that requests them."""
    jobs: list[tuple[str, int, int]] = []
    pattern = r"^(?:local)?rule (\w+):|\bruntime=(\d+).*?\bmem_mb=(\d+)"
    for rule, minutes, mb in re.findall(pattern, printed, re.M):
        if rule:
            current = rule
        else:
            jobs.append((current, int(mb), int(minutes)))
    return jobs


def gpus_by_rule(printed: str) -> dict[str, list[int]]:
    """Requested GPUs of each planned job, by rule; rules without `gpu` are left out."""
    gpus: dict[str, list[int]] = {}
    for rule, n_gpus in re.findall(r"^(?:local)?rule (\w+):|\bgpu=(\d)", printed, re.M):
        if rule:
            current = rule
        else:
            gpus.setdefault(current, []).append(int(n_gpus))
    return gpus
