"""Run Python with the given arguments, and append what the run needed to a file.

JOB_TIMES=/tmp/jobs.jsonl JOB_PYTHON=/usr/bin/python python benchmarks/timed_job.py SCRIPT ...

`stage_runs.py` calls this in place of `python` in the jobs of a workflow, so every version of the
workflow is measured in the same way, whatever its rules and options are. Imports little, since its
own start delays each job.
"""

import json
import os
import resource
import subprocess
import sys
import time

SAMPLE_S = 0.25
"""Time between two looks at the memory of a job, seconds."""
KILOBYTE, MEGABYTE = 1024, 1024**2


def descendants(pid: int) -> list[int]:
    """A process and all processes below it; Linux only, elsewhere only the process itself."""
    found = [pid]
    for parent in found:
        try:
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children", encoding="ascii") as children:
                    found += map(int, children.read().split())
        except OSError:
            continue
    return found


def proportional_memory(pid: int) -> float:
    """Memory of one process in MB; pages shared with others count in proportion. 0 if unknown."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as lines:
            [kilobytes] = [line.split()[1] for line in lines if line.startswith("Pss:")]
    except (OSError, ValueError):
        return 0.0
    return int(kilobytes) * KILOBYTE / MEGABYTE


def run_job(command: list[str]) -> tuple[int, dict]:
    """Run a command; returns its exit status, and what it and its processes needed.

    cpu_s and wall_s are seconds. peak_mb is the highest sum of the memory of its processes at one
    time, or that of its largest process where the sum is not known.
    """
    start = time.monotonic()
    peak = 0.0
    process = subprocess.Popen(command)
    while process.poll() is None:
        peak = max(peak, sum(map(proportional_memory, descendants(process.pid))))
        try:
            process.wait(SAMPLE_S)
        except subprocess.TimeoutExpired:
            continue
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else KILOBYTE
    needed = {
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": time.monotonic() - start,
        "peak_mb": max(peak, usage.ru_maxrss * unit / MEGABYTE),
    }
    return process.returncode, needed


def main() -> None:
    """Run the job and append one JSON line to the file `JOB_TIMES`."""
    status, needed = run_job([os.environ["JOB_PYTHON"], *sys.argv[1:]])
    script = os.path.basename(sys.argv[1]) if len(sys.argv) > 1 else ""
    line = {"stage": script.removesuffix(".py"), "status": status} | needed
    with open(os.environ["JOB_TIMES"], "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    sys.exit(status)


if __name__ == "__main__":
    main()
