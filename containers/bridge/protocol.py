"""What both sides of the bridge agree on.

One connection over a Unix socket is one command. The client sends a request and, beside it, its
standard input, output and error as open files (SCM_RIGHTS, see unix(7)): the command then reads and
writes them itself, so nothing is copied, and a pipe, a file and a terminal stay what they are.

    client -> host   length, JSON: program, arguments, cwd, umask, environment; three open files
    host -> client   length, JSON: {"started": pid}, or {"refused": why} and the end
    client -> host   a byte for each signal that the client got: its number
    host -> client   length, JSON: {"exit": status} or {"signal": number}

Text travels as Python's own file-system encoding, so that any bytes of a path survive.
"""

import json
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
    """Whether an environment variable goes with a request."""
    if name in more:
        return True
    runtime, _, rest = name.partition("_")
    if runtime in ("APPTAINER", "SINGULARITY") and rest in OF_RUNTIME:
        return False
    return name.startswith(CARRIED)


def carried(environment, more=()):
    """Those of `environment` that go with a request; `more` are further names."""
    return {name: value for name, value in environment.items() if is_carried(name, more)}


def packed(message):
    """A message with its length before it."""
    body = json.dumps(message).encode("ascii")
    return struct.pack("!I", len(body)) + body


def receive(connection, first=b""):
    """The next message, or None where the other side is gone. ValueError: too long, or no JSON."""
    head = first + _exactly(connection, 4 - len(first))
    if len(head) < 4:
        return None
    (length,) = struct.unpack("!I", head)
    if length > MAX_REQUEST:
        raise ValueError(f"{length} bytes, and {MAX_REQUEST} are the most")
    body = _exactly(connection, length)
    return json.loads(body.decode("ascii")) if len(body) == length else None


def _exactly(connection, length):
    parts = []
    while length > 0:
        part = connection.recv(min(length, 1 << 16))
        if not part:
            break
        parts.append(part)
        length -= len(part)
    return b"".join(parts)
