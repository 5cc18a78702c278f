"""What both sides of the bridge agree on.

One connection over a Unix socket is one command. The client sends a request and, beside it, its
standard input, output and error as open files (SCM_RIGHTS, see unix(7)): the command then reads and
writes them itself, so nothing is copied, and a pipe, a file and a terminal stay what they are.

    client -> host   program, folder, umask, number of arguments, the arguments, then variables as
                     NAME=value; three open files
    host -> client   "started", or "refused" and why, which is the end
    client -> host   a byte for each signal that the client got: its number
    host -> client   "exit" and the status, or "signal" and its number

A message is a list of byte strings without zero bytes, which arguments, paths and variables are by
nature: their length, and they with a zero byte after each. It takes no module that is slow to load.
"""

import os
import struct

PROGRAMS = (
    "sbatch",
    "squeue",
    "sacct",
    "scancel",
    "scontrol",
    "sinfo",
    "sacctmgr",
    "sshare",
    "srun",
    "apptainer",
    "singularity",
)
"""What a container may start on its host; nothing else."""

CARRIED = (
    "SLURM_",
    "SBATCH_",
    "SQUEUE_",
    "SACCT_",
    "SCANCEL_",
    "SINFO_",
    "SRUN_",
    "SALLOC_",
    "SNAKEMAKE_",
    "APPTAINER",
    "SINGULARITY",
    "CUDA_VISIBLE_DEVICES",
    "TMPDIR",
)
"""Beginnings of the environment variables that go with a request. Of these the command sees what
the client has, and no others; all the rest is the host's own."""

OF_RUNTIME = ("BIND", "BINDPATH", "COMMAND", "CONTAINER", "ENVIRONMENT", "NAME", "APPNAME")
"""What Apptainer sets in each container, after APPTAINER_: it describes that container alone."""

MAX_REQUEST = 8 << 20
"""Bytes of a request. Linux lets a command line have two million."""

ANSWER_S = 15
"""Seconds in which either side must answer the other, but for the command itself."""

REFUSED, NOT_FOUND, BROKEN = 126, 127, 125
"""Exit statuses of the client, as of a shell: refused, no such command; BROKEN as of `env`."""


def is_carried(name, more=()):
    """Whether an environment variable goes with a request; `more` are further names."""
    if name in more:
        return True
    runtime, _, rest = name.partition("_")
    if runtime in ("APPTAINER", "SINGULARITY") and rest in OF_RUNTIME:
        return False
    return name.startswith(CARRIED)


def carried(environment, more=()):
    """Those of `environment` that go with a request; `more` are further names."""
    return {name: value for name, value in environment.items() if is_carried(name, more)}


def packed(*fields):
    """A message with its length before it. Numbers become text."""
    body = b"".join(os.fsencode(str(field)) + b"\0" for field in fields)
    return struct.pack("!I", len(body)) + body


def receive(connection, first=b""):
    """The fields of the next message, as text, or None where the other side is gone.

    ValueError: it is too long, or no message.
    """
    head = first + _exactly(connection, 4 - len(first))
    if len(head) < 4:
        return None
    (length,) = struct.unpack("!I", head)
    if length > MAX_REQUEST:
        raise ValueError(f"{length} bytes, and {MAX_REQUEST} are the most")
    body = _exactly(connection, length)
    if len(body) < length:
        return None
    if not body.endswith(b"\0"):
        raise ValueError("it does not end with a zero byte")
    return [os.fsdecode(field) for field in body[:-1].split(b"\0")]


def _exactly(connection, length):
    parts = []
    while length > 0:
        part = connection.recv(min(length, 1 << 16))
        if not part:
            break
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
