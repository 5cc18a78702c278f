"""Read the plan that a dry run of Snakemake prints: jobs by rule, their videos and requests."""

import re


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


def files_of_rule(printed: str, rule: str, kind: str) -> list[list[str]]:
    """Files of each planned job of a rule; `kind` is input or output."""
    pattern = rf"^(?:local)?rule {rule}:\n((?:    .*\n)*)"
    blocks = re.findall(pattern, printed, re.M)
    lines = [re.search(rf"^    {kind}: (.*)$", block, re.M) for block in blocks]
    return [line[1].split(", ") if line else [] for line in lines]


def requests(printed: str) -> list[tuple[str, int, int]]:
    """Rule, memory in MB and minutes of each planned job."""
    pattern = r"^(?:local)?rule (\w+):|\bruntime=(\d+).*?\bmem_mb=(\d+)"
    matches = re.findall(pattern, printed, re.M)
    rules = [rule for rule, _, _ in matches if rule]
    amounts = [(int(mb), int(minutes)) for rule, minutes, mb in matches if not rule]
    return [(rule, *amount) for rule, amount in zip(rules, amounts, strict=False)]


def gpus_by_rule(printed: str) -> dict[str, list[int]]:
    """Requested GPUs of each planned job, by rule; rules without `gpu` are left out."""
    gpus: dict[str, list[int]] = {}
    for rule, n_gpus in re.findall(r"^(?:local)?rule (\w+):|\bgpu=(\d)", printed, re.M):
        if rule:
            current = rule
        else:
            gpus.setdefault(current, []).append(int(n_gpus))
    return gpus
