"""The protocol between both sides of the bridge.

One connection over a Unix socket runs one command. The client sends a request, with its standard
input, output and error attached as open files (SCM_RIGHTS, see unix(7)). The command reads and
writes them directly, so nothing is copied, and pipes, files and terminals keep their properties.

    client -> host   program, folder, umask, number of arguments, the arguments, then variables as
                     NAME=value; three open files
    host -> client   "ready", or "refused" with the reason, which ends the connection
    client -> host   GO, one zero byte: only now the command starts
    client -> host   one byte per signal that the client receives: its number
    host -> client   "exit" and the status, "signal" and its number, or "refused" and the reason

The host may be busy for minutes. A client that stops waiting has not sent GO, so its command never
runs: a job is submitted exactly if the client of sbatch waits for it.

A message is a list of byte strings without zero bytes: the total length, then each string followed
by a zero byte. Arguments, paths and variables never contain zero bytes. This format needs no module
that is slow to load.
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
"""Programs that a container may start on its host."""

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
"""Prefixes of the environment variables that a request contains. For these, the command sees the
values of the client; all other variables are those of the host."""

OF_RUNTIME = ("BIND", "BINDPATH", "COMMAND", "CONTAINER", "ENVIRONMENT", "NAME", "APPNAME")
"""Variables (after APPTAINER_) that Apptainer sets in a container to describe it."""

MAX_REQUEST = 8 << 20
"""Maximum size of a request in bytes. Linux allows two million for a command line."""

ANSWER_S = 15
"""Seconds within which a client sends its request, and GO after "ready"."""

WAIT_S = 600
"""Seconds that a client waits until the host is ready to start its command."""

GO = b"\0"

REFUSED, NOT_FOUND, BROKEN = 126, 127, 125
"""Exit statuses of the client: REFUSED and NOT_FOUND as of a shell, BROKEN as of `env`."""


def is_carried(name, additional_names=()):
    """Whether a request contains an environment variable; `additional_names` are included."""
    if name in additional_names:
        return True
    runtime, _, setting = name.partition("_")
    if runtime in ("APPTAINER", "SINGULARITY") and setting in OF_RUNTIME:
        return False
    return name.startswith(CARRIED)


def carried(environment, additional_names=()):
    """The part of `environment` that a request contains; `additional_names` are included."""
    return {
        name: value for name, value in environment.items() if is_carried(name, additional_names)
    }


def packed(*fields):
    """Encode a message, preceded by its length. Numbers are converted to text."""
    body = b"".join(os.fsencode(str(field)) + b"\0" for field in fields)
    return struct.pack("!I", len(body)) + body


def receive(connection, first=b""):
    """The fields of the next message as text, or None if the other side has disconnected.

    Raises ValueError if the message is too long or malformed.
    """
    head = first + _exactly(connection, 4 - len(first))
    if len(head) < 4:
        return None
    (length,) = struct.unpack("!I", head)
    if length > MAX_REQUEST:
        raise ValueError(f"{length} bytes, the limit is {MAX_REQUEST}")
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
