"""Jobs and steps that are submitted from an image run in it, whatever form they are handed in."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from bridge import in_image
from bridge_commands import ON_LINUX, Bridge

pytestmark = ON_LINUX

LAUNCH = ["/shared/it's here/containers/exec", "--site", "/s.ini"]
SHOW = r"""printf '%s\n' "$@"; echo ----; cat"""


@pytest.mark.parametrize(
    ("program", "arguments", "own", "command"),
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
def test_options_end_where_they_end(program, arguments, own, command) -> None:
    options = in_image.Options(program, arguments)
    assert (options.own, options.command) == (own, command)


@pytest.mark.parametrize("wrap", [["--wrap=echo 'a b'"], ["--wrap", "echo 'a b'"]])
def test_a_wrapped_command_is_taken_out(wrap) -> None:
    options = in_image.Options("sbatch", ["-p", "cpu", *wrap, "--time=1"])
    assert (options.wrapped, options.own) == ("echo 'a b'", ["-p", "cpu", "--time=1"])


@pytest.mark.cluster
@pytest.mark.parametrize("program", ["sbatch", "srun"])
def test_all_options_of_the_real_programs_are_known(program: str, tmp_path: Path) -> None:
    """As they say themselves: which take a value, and which none."""
    if not shutil.which(program):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("on Debian: slurm-client")
    # Even to say so, they want to know a cluster.
    conf = tmp_path / "slurm.conf"
    conf.write_text("ClusterName=x\nSlurmctldHost=x\nNodeName=a\nPartitionName=p Nodes=a\n")
    known = os.environ | {"SLURM_CONF": str(conf)}
    text = subprocess.run([program, "--help"], capture_output=True, text=True, env=known).stdout
    # "-n, --ntasks=ntasks   number of tasks", "    --exclusive[=user]", "-H, --hold"
    listed = re.findall(r"^ {2,8}(?:-(\w), *)?--([a-z0-9-]+)(\[?=?)", text, re.M)
    assert len(listed) > 60
    flags = in_image.FLAGS | in_image.FLAGS_OF[program]
    wrong = [name for _, name, value in listed if (value == "=") == (name in flags)]
    # Which take one, although the help does not say so, or says that it may be left out.
    assert sorted(wrong) == (
        ["container", "export", "wrap"] if program == "sbatch" else ["container"]
    )
    for letter, _, value in listed:
        if letter:
            takes = in_image.Options._takes_next(program, f"-{letter}")
            assert takes == (value == "="), letter


@pytest.fixture
def bridge(tmp_path: Path):
    with Bridge(tmp_path / "b", {"sbatch": SHOW, "srun": SHOW}) as bridge:
        yield bridge


def handed_on(done: subprocess.CompletedProcess) -> tuple[list[str], bytes]:
    """Arguments and standard input of what ran on the host."""
    assert done.returncode == 0, done.stderr
    arguments, _, stdin = done.stdout.partition(b"\n----\n")
    return arguments.decode().split("\n"), stdin


HEAD = """#!/bin/sh
#SBATCH --job-name={name}
{directives}exec '/shared/clone with '"'"'quotes'"'"'/containers/exec' --site /shared/site.ini \
--batch "$0" -- {arguments}
"""


def test_a_script_is_wrapped_with_its_directives_and_arguments(bridge, tmp_path) -> None:
    script = b"#!/bin/bash -l\n\n# a note\n#SBATCH -p gpu\n\n#SBATCH --time=5\necho\n#SBATCH no\n"
    (tmp_path / "a job.sh").write_bytes(script)
    done = bridge.run("sbatch", "--parsable", "a job.sh", "x y", "$z", "'{0}'", cwd=tmp_path)
    arguments, text = handed_on(done)
    assert arguments == ["--parsable"]
    quoted = """'x y' '$z' ''"'"'{0}'"'"''"""
    directives = "#SBATCH -p gpu\n#SBATCH --time=5\n"
    head = HEAD.format(name="a_job.sh", directives=directives, arguments=quoted)
    assert text == head.encode() + in_image.BATCH_MARK.encode() + b"\n" + script
    assert in_image.original(text) == script


def test_a_script_on_standard_input(bridge) -> None:
    script = b"#!/bin/sh\necho \xff\n"
    for arguments in ([], ["/dev/stdin"]):
        _, text = handed_on(bridge.run("sbatch", *arguments, input=script))
        assert in_image.original(text) == script


def test_a_wrapped_command(bridge) -> None:
    arguments, text = handed_on(bridge.run("sbatch", "-n", "2", "--wrap", "echo 'a'; exit 3"))
    assert arguments == ["-n", "2"]
    assert in_image.original(text) == b"#!/bin/sh\necho 'a'; exit 3\n"


def test_a_wrap_without_a_command_is_left_for_sbatch_to_refuse(bridge) -> None:
    done = bridge.run("sbatch", "--wrap", input=b"echo\n")
    assert done.returncode == 0 and done.stdout.startswith(b"--wrap\n----\n")


def test_what_is_no_script_is_left_for_sbatch_to_refuse(bridge, tmp_path) -> None:
    assert handed_on(bridge.run("sbatch", "gone.sh", cwd=tmp_path)) == (["gone.sh"], b"")


def test_a_step_starts_the_launcher(bridge) -> None:
    arguments, _ = handed_on(bridge.run("srun", "-n1", "python", "-c", "print('a b')"))
    launch = ["/shared/clone with 'quotes'/containers/exec", "--site", "/shared/site.ini"]
    assert arguments == ["-n1", "--", *launch, "--", "python", "-c", "print('a b')"]


def test_a_step_keeps_its_input(bridge) -> None:
    assert handed_on(bridge.run("srun", "sh", "-s", input=b"echo\n"))[1] == b"echo\n"


def test_directives_end_at_the_first_command() -> None:
    script = b"#!/bin/sh\n#SBATCH -a\n  \n# x\n#SBATCH -b\n  ls\n#SBATCH -c\n"
    assert list(in_image.directives(script)) == [b"#SBATCH -a", b"#SBATCH -b"]
