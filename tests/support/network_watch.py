"""Run a command without network, and record what it and its child processes try to contact.

strace records the system calls. A look-up counts even if a service on the same machine answers it.
Other Unix sockets are no traffic: they connect programs of the machine.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROGRAMS = {"strace": "strace", "unshare": "util-linux", "ip": "iproute2"}
"""Programs that this needs, and the Debian packages that contain them."""
CALLS = "connect,sendto,sendmsg,sendmmsg,execve"
"""System calls that contact something, and the one that tells which program a process runs."""
LOOK_UP = re.compile(r'sun_path="[^"]*(?:nscd|resolve|avahi)')
"""Sockets of services that look up names."""
SLURM = {"scontrol"}
"""Programs of SLURM that Snakemake's plugin for SLURM starts with every run, if they are installed.
They contact the controller of the cluster."""


@cache
def missing() -> str | None:
    """Return a message about what this machine lacks, or None."""
    packages = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if packages:
        return f"on Debian: apt-get install {' '.join(packages)}"
    done = subprocess.run(watched(["true"], Path(os.devnull)), capture_output=True, text=True)
    return f"cannot run a program without network: {done.stderr}" if done.returncode else None


def watched(command: list[str], record: Path) -> list[str]:
    """The command that runs `command` in a network of its own, and writes the file `record`.

    In this network, the machine has only the address of itself.
    """
    network = ["unshare", "--net", *(["--map-root-user"] if os.geteuid() else [])]
    with_loopback = [*network, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    # seccomp-bpf: the process is stopped only at these system calls.
    strace = ["strace", "--seccomp-bpf", "-f", "-qq", "-e", f"trace={CALLS}", "-e", "signal=none"]
    return [*with_loopback, *strace, "-o", str(record), *command]


def contacts(record: Path) -> list[str]:
    """The recorded attempts to contact or look up anything, without those of SLURM's commands."""
    programs: dict[str, str] = {}
    found = []
    for process, call in _calls(record.read_text(errors="replace")):
        if program := re.match(r'execve\("([^"]+)".* = 0$', call):
            programs[process] = Path(program[1]).name
        elif _is_contact(call) and programs.get(process) not in SLURM:
            found.append(f"{programs.get(process, process)}: {call}")
    return found


def _is_contact(call: str) -> bool:
    # Without an answer of such a service, the name is looked up in the network.
    answered = LOOK_UP.search(call) and not call.endswith(
        ("(No such file or directory)", "refused)")
    )
    return bool(answered or re.search(r"sa_family=AF_INET6?\b", call))


def _calls(text: str) -> Iterator[tuple[str, str]]:
    """Yield process and text of each call. strace splits a call if another one ends before it."""
    started: dict[str, str] = {}
    for line in text.splitlines():
        process, _, call = line.partition(" ")
        call = call.strip()
        if call.endswith("<unfinished ...>"):
            started[process] = call.removesuffix("<unfinished ...>")
            continue
        if resumed := re.match(r"<\.\.\. \w+ resumed>", call):
            call = started.pop(process, "") + call[resumed.end() :]
        yield process, call
    # Calls that had not ended when the process did.
    yield from started.items()
