"""Make jobs and steps that are submitted from a container run in its image.

`sbatch` and `srun` are programs of the host, so what they start would run outside the image.
Therefore the script of a job gets a header that passes it to the launcher on the node, and the
command of a step is prefixed with the launcher.

The options of sbatch(1) and srun(1) are parsed only to find where they end.
"""

import json
import os
import re
import shlex

BATCH_MARK = "# ---- Below is the submitted script; the line above runs it in the image."

VALUE_LETTERS = "AaBbCcDdeFGgiJLMmNnoPpqrStTUWwx"
"""Short options with a value, which follows directly or as the next argument."""

FLAGS = frozenset(
    "accel-bind-verbose allow-overlap compress contiguous debugger-test disable-status "
    "exact exclusive get-user-env help hold ignore-pbs immediate interactive "
    "kill-on-bad-exit label multi-prog nice no-allocate no-bell no-kill no-requeue no-shell "
    "overcommit overlap oversubscribe parsable preserve-env propagate pty quiet "
    "quit-on-interrupt reboot requeue resv-ports send-libs share spread-job test-only "
    "unbuffered usage use-min-nodes verbose version whole x11".split()
)
"""Long options that never use the next argument as their value; most have no value."""

FLAGS_OF = {"sbatch": frozenset(["wait", "export-file-no"]), "srun": frozenset()}
"""Flags of only one of the two programs: `--wait` of srun takes seconds."""


class Options:
    """Arguments, split into `program_options`, those of sbatch or srun, and the `command`."""

    def __init__(self, program, arguments):
        self.program_options, self.command, self.wrapped = [], [], None
        remaining = list(arguments)
        while remaining:
            if remaining[0] == "--":
                remaining.pop(0)
                break
            if not remaining[0].startswith("-") or remaining[0] == "-":
                break
            option = [remaining.pop(0)]
            if self._takes_next(program, option[0]) and remaining:
                option.append(remaining.pop(0))
            self._keep(option)
        self.command = remaining

    @staticmethod
    def _takes_next(program, option):
        if option.startswith("--"):
            name = option[2:]
            return "=" not in name and name not in FLAGS | FLAGS_OF[program]
        for position, letter in enumerate(option[1:], start=2):
            # -W is a flag of sbatch, but takes seconds in srun.
            if letter in VALUE_LETTERS and not (program == "sbatch" and letter == "W"):
                return position == len(option)
        return False

    def _keep(self, option):
        name, equals_sign, value = option[0].partition("=")
        if name == "--wrap" and (equals_sign or len(option) == 2):
            self.wrapped = value if equals_sign else option[1]
        else:
            self.program_options += option


def launch_command(folder):
    """Command line of the launcher for this container; paths are absolute."""
    with open(
        os.path.join(folder, "launch.json"), encoding="utf-8", errors="surrogateescape"
    ) as file:
        return json.load(file)


def rewritten(program, arguments, stdin, launch):
    """Arguments and standard input of sbatch or srun, changed so that they start the image.

    Invalid arguments are not changed, so that sbatch and srun report the error.
    """
    options = Options(program, arguments)
    if program == "srun":
        if not options.command or "--multi-prog" in options.program_options:
            return arguments, stdin
        return options.program_options + ["--"] + launch + ["--"] + options.command, stdin
    script, name = batch_script(options, stdin)
    if not script.startswith(b"#!"):
        return arguments, stdin
    text = with_launcher(script, launch, options.command[1:], name)
    return options.program_options, as_file(text)


def batch_script(options, stdin):
    """The script given to sbatch, as bytes, and the default name of the job."""
    if options.wrapped is not None:
        return b"#!/bin/sh\n" + os.fsencode(options.wrapped) + b"\n", "wrap"
    if not options.command:
        with os.fdopen(os.dup(stdin), "rb") as file:
            return file.read(), "sbatch"
    path = options.command[0]
    try:
        with open(path, "rb") as file:
            return file.read(), os.path.basename(path)
    except OSError:
        return b"", ""


def with_launcher(script, launch, arguments, name):
    """The script with a header that runs it in the image."""
    head = ["#!/bin/sh", "#SBATCH --job-name={}".format(re.sub(r"[^\w.+-]", "_", name))]
    head += [os.fsdecode(line) for line in directives(script)]
    head += [f'exec {quoted(launch)} --batch "$0" -- {quoted(arguments)}', BATCH_MARK]
    return os.fsencode("\n".join(head) + "\n") + script


def quoted(words):
    """Words quoted for a shell."""
    return " ".join(shlex.quote(word) for word in words)


def directives(script):
    """Yield the options that sbatch reads in a script: comments before the first command."""
    for line in script.splitlines():
        if line.strip() and not line.startswith(b"#"):
            return
        if line.startswith(b"#SBATCH"):
            yield line


def original(script):
    """The submitted script, extracted from the result of `with_launcher`."""
    return script.partition(os.fsencode("\n" + BATCH_MARK + "\n"))[2]


def as_file(content):
    """File descriptor of an unnamed open file with `content`."""
    descriptor = os.memfd_create("script") if hasattr(os, "memfd_create") else _unnamed()
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _unnamed():
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
