"""Jobs and steps that are submitted from a container run in its image, too.

`sbatch` and `srun` are programs of the host, and what they start would run there, where nothing of
the image is. So the script of a job gets a line before it that hands it to the launcher on the
node, and the command of a step the launcher before it.

The options of sbatch(1) and srun(1) are only read as far as is needed to see where they end.
"""

import json
import os
import re
import shlex

BATCH_MARK = (
    "# ---- What follows is the script as it was handed in; the line above runs it in the image."
)

VALUE_LETTERS = "AaBbCcDdeFGgiJLMmNnoPpqrStTUWwx"
"""Short options with a value; it may follow at once, or as the next argument."""

FLAGS = frozenset(
    "accel-bind-verbose allow-overlap compress contiguous debugger-test disable-status "
    "exact exclusive get-user-env help hold ignore-pbs immediate interactive "
    "kill-on-bad-exit label multi-prog nice no-allocate no-bell no-kill no-requeue no-shell "
    "overcommit overlap oversubscribe parsable preserve-env propagate pty quiet "
    "quit-on-interrupt reboot requeue resv-ports send-libs share spread-job test-only "
    "unbuffered usage use-min-nodes verbose version whole x11".split()
)
"""Long options that never take the next argument for their value; most of them have none."""

FLAGS_OF = {"sbatch": frozenset(["wait", "export-file-no"]), "srun": frozenset()}
"""Those that only one of the two has so: `--wait` of srun takes seconds."""


class Options:
    """An argument list cut in two: `own`, the options of sbatch or srun, and `command`."""

    def __init__(self, program, arguments):
        self.own, self.command, self.wrapped = [], [], None
        rest = list(arguments)
        while rest:
            if rest[0] == "--":
                rest.pop(0)
                break
            if not rest[0].startswith("-") or rest[0] == "-":
                break
            option = [rest.pop(0)]
            if self._takes_next(program, option[0]) and rest:
                option.append(rest.pop(0))
            self._keep(option)
        self.command = rest

    @staticmethod
    def _takes_next(program, option):
        if option.startswith("--"):
            name = option[2:]
            return "=" not in name and name not in FLAGS | FLAGS_OF[program]
        for place, letter in enumerate(option[1:], start=2):
            # sbatch's -W is a flag, srun's takes seconds.
            if letter in VALUE_LETTERS and not (program == "sbatch" and letter == "W"):
                return place == len(option)
        return False

    def _keep(self, option):
        name, given, value = option[0].partition("=")
        if name == "--wrap" and (given or len(option) == 2):
            self.wrapped = value if given else option[1]
        else:
            self.own += option


def launch_command(folder):
    """How the launcher was called for this container, as a list; paths are absolute."""
    with open(os.path.join(folder, "launch.json")) as file:
        return json.load(file)


def rewritten(program, arguments, stdin, launch):
    """Arguments and standard input of sbatch or srun, so that what they start runs in the image.

    What they would refuse is left as it is, for them to refuse.
    """
    options = Options(program, arguments)
    if program == "srun":
        if not options.command or "--multi-prog" in options.own:
            return arguments, stdin
        return options.own + ["--"] + launch + ["--"] + options.command, stdin
    script, name = batch_script(options, stdin)
    if not script.startswith(b"#!"):
        return arguments, stdin
    text = with_launcher(script, launch, options.command[1:], name)
    return options.own, as_file(text)


def batch_script(options, stdin):
    """The script that sbatch is given, as bytes, and the job's usual name."""
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
    """The script with a head that runs it in the image."""
    head = ["#!/bin/sh", "#SBATCH --job-name={}".format(re.sub(r"[^\w.+-]", "_", name))]
    head += [os.fsdecode(line) for line in directives(script)]
    head += [f'exec {quoted(launch)} --batch "$0" -- {quoted(arguments)}', BATCH_MARK]
    return os.fsencode("\n".join(head) + "\n") + script


def quoted(words):
    """Words for a shell, each as it is."""
    return " ".join(shlex.quote(word) for word in words)


def directives(script):
    """The options that sbatch reads in a script: comments before its first command."""
    for line in script.splitlines():
        if line.strip() and not line.startswith(b"#"):
            return
        if line.startswith(b"#SBATCH"):
            yield line


def original(script):
    """The script as it was handed in, out of what `with_launcher` made of it."""
    return script.partition(os.fsencode("\n" + BATCH_MARK + "\n"))[2]


def as_file(content):
    """An open file without a name, to read `content` from."""
    number = os.memfd_create("script") if hasattr(os, "memfd_create") else _unnamed()
    with os.fdopen(os.dup(number), "wb") as file:
        file.write(content)
    os.lseek(number, 0, os.SEEK_SET)
    return number


def _unnamed():
    import tempfile

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
