"""Import Snakemake once and fork for each run; started by started_snakemake.py.

Each line of the standard input is a task in JSON. The answer is a line with the exit status of the
fork (a negative number is a signal, as in `subprocess`), or null if it was killed at its timeout.
"""

import gc
import json
import os
import select
import signal
import sys


def import_snakemake() -> None:
    """Import what Snakemake imports before it reads a profile, also its plugins."""
    from snakemake import cli

    cli.get_argument_parser()
    # A garbage collection in a fork would copy the memory that all forks share.
    gc.collect()
    gc.freeze()


def become(task: dict) -> None:
    """Take over the arguments, environment, folder and outputs of a run."""
    os.chdir(task["folder"])
    os.environ.clear()
    os.environ.update(task["environment"])
    for descriptor, name in enumerate((os.devnull, task["stdout"], task["stderr"])):
        flags = os.O_WRONLY | os.O_APPEND if descriptor else os.O_RDONLY
        opened = os.open(name, flags)
        os.dup2(opened, descriptor)
        os.close(opened)
    python, _, name, *arguments = task["command"]
    sys.orig_argv = task["command"]
    package = os.path.dirname(sys.modules[name].__file__)
    sys.argv = [os.path.join(package, "__main__.py"), *arguments]
    sys.executable = python
    # With `python -m`, modules are also searched in the working directory.
    sys.path[0] = task["folder"]


def status_of(pid: int, timeout_s: float | None) -> int | None:
    """Wait for a fork; kill it after the timeout."""
    descriptor = os.pidfd_open(pid)
    ended, _, _ = select.select([descriptor], [], [], timeout_s)
    os.close(descriptor)
    if not ended:
        os.kill(pid, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return status if ended else None


def main() -> bool:
    """Fork for each task. Returns True in a fork, and False at the end of the tasks."""
    import_snakemake()
    while line := sys.stdin.readline():
        task = json.loads(line)
        pid = os.fork()
        if not pid:
            become(task)
            return True
        print(json.dumps(status_of(pid, task["timeout_s"])), flush=True)
    return False


if __name__ == "__main__":
    if main():
        # The fork runs from here as `python -m snakemake` does, also the end of the interpreter.
        from snakemake.cli import main as snakemake_main

        snakemake_main()
