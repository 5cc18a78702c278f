"""Jobs and steps submitted from an image run in it: script files, standard input, --wrap, srun."""

import subprocess
from pathlib import Path

import pytest

from bridge import in_image
from bridge_commands import ON_LINUX, Bridge

pytestmark = ON_LINUX

LAUNCH = ["/shared/it's here/containers/exec", "--site", "/s.ini"]
SHOW = r"""printf '%s\n' "$@"; echo ----; cat"""


@pytest.mark.parametrize(
    ("program", "arguments", "program_options", "command"),
    [
        ("sbatch", ["-p", "gpu", "job.sh", "-x", "y"], ["-p", "gpu"], ["job.sh", "-x", "y"]),
        ("sbatch", ["-pgpu", "--time=5", "job.sh"], ["-pgpu", "--time=5"], ["job.sh"]),
        ("sbatch", ["--time", "5", "job.sh"], ["--time", "5"], ["job.sh"]),
        ("sbatch", ["--parsable", "-W", "job.sh"], ["--parsable", "-W"], ["job.sh"]),
        ("sbatch", ["--wait", "-Hv", "-n2", "job.sh"], ["--wait", "-Hv", "-n2"], ["job.sh"]),
        ("sbatch", ["--export=A,B", "--", "job.sh"], ["--export=A,B"], ["job.sh"]),
        ("sbatch", ["-vn", "2", "job.sh"], ["-vn", "2"], ["job.sh"]),
        ("srun", ["-n1", "--cpu-bind=q", "a", "-m"], ["-n1", "--cpu-bind=q"], ["a", "-m"]),
        ("srun", ["-W", "5", "--wait", "6", "-l", "a"], ["-W", "5", "--wait", "6", "-l"], ["a"]),
        ("srun", ["--pty", "-u", "sh", "-s"], ["--pty", "-u"], ["sh", "-s"]),
        ("srun", [], [], []),
    ],
)  # fmt: skip
def test_options_are_separated_from_command(program, arguments, program_options, command) -> None:
    options = in_image.Options(program, arguments)
    assert (options.program_options, options.command) == (program_options, command)


@pytest.mark.parametrize("wrap", [["--wrap=echo 'a b'"], ["--wrap", "echo 'a b'"]])
def test_wrapped_command_is_removed_from_options(wrap) -> None:
    options = in_image.Options("sbatch", ["-p", "cpu", *wrap, "--time=1"])
    assert (options.wrapped, options.program_options) == ("echo 'a b'", ["-p", "cpu", "--time=1"])


@pytest.fixture
def bridge(tmp_path: Path):
    with Bridge(tmp_path / "b", {"sbatch": SHOW, "srun": SHOW}) as bridge:
        yield bridge


def received(done: subprocess.CompletedProcess) -> tuple[list[str], bytes]:
    """Arguments and standard input of the program that ran on the host."""
    assert done.returncode == 0, done.stderr
    arguments, _, stdin = done.stdout.partition(b"\n----\n")
    return arguments.decode().split("\n"), stdin


HEAD = """#!/bin/sh
#SBATCH --job-name={name}
{directives}exec '/shared/clone with '"'"'quotes'"'"'/containers/exec' --site /shared/site.ini \
--batch "$0" -- {arguments}
"""


def test_header_keeps_directives_and_arguments_of_script(bridge, tmp_path) -> None:
    script = b"#!/bin/bash -l\n\n# a note\n#SBATCH -p gpu\n\n#SBATCH --time=5\necho\n#SBATCH no\n"
    (tmp_path / "a job.sh").write_bytes(script)
    done = bridge.run("sbatch", "--parsable", "a job.sh", "x y", "$z", "'{0}'", cwd=tmp_path)
    arguments, text = received(done)
    assert arguments == ["--parsable"]
    quoted = """'x y' '$z' ''"'"'{0}'"'"''"""
    directives = "#SBATCH -p gpu\n#SBATCH --time=5\n"
    head = HEAD.format(name="a_job.sh", directives=directives, arguments=quoted)
    assert text == head.encode() + in_image.BATCH_MARK.encode() + b"\n" + script
    assert in_image.original(text) == script


def test_script_on_standard_input_runs_in_image(bridge) -> None:
    script = b"#!/bin/sh\necho \xff\n"
    for arguments in ([], ["/dev/stdin"]):
        _, text = received(bridge.run("sbatch", *arguments, input=script))
        assert in_image.original(text) == script


def test_wrapped_command_becomes_script(bridge) -> None:
    arguments, text = received(bridge.run("sbatch", "-n", "2", "--wrap", "echo 'a'; exit 3"))
    assert arguments == ["-n", "2"]
    assert in_image.original(text) == b"#!/bin/sh\necho 'a'; exit 3\n"


def test_wrap_without_command_is_passed_unchanged_to_sbatch(bridge) -> None:
    done = bridge.run("sbatch", "--wrap", input=b"echo\n")
    assert done.returncode == 0 and done.stdout.startswith(b"--wrap\n----\n")


def test_missing_script_is_passed_unchanged_to_sbatch(bridge, tmp_path) -> None:
    assert received(bridge.run("sbatch", "gone.sh", cwd=tmp_path)) == (["gone.sh"], b"")


def test_step_starts_launcher(bridge) -> None:
    arguments, _ = received(bridge.run("srun", "-n1", "python", "-c", "print('a b')"))
    launch = ["/shared/clone with 'quotes'/containers/exec", "--site", "/shared/site.ini"]
    assert arguments == ["-n1", "--", *launch, "--", "python", "-c", "print('a b')"]


def test_step_keeps_its_input(bridge) -> None:
    assert received(bridge.run("srun", "sh", "-s", input=b"echo\n"))[1] == b"echo\n"


def test_directives_end_at_first_command() -> None:
    script = b"#!/bin/sh\n#SBATCH -a\n  \n# x\n#SBATCH -b\n  ls\n#SBATCH -c\n"
    assert list(in_image.directives(script)) == [b"#SBATCH -a", b"#SBATCH -b"]
