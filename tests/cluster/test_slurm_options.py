"""The options of sbatch and srun that the image knows are those of the installed SLURM."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import bridge_commands  # noqa: F401 - makes the package `bridge` importable
from bridge import in_image


@pytest.mark.parametrize("program", ["sbatch", "srun"])
def test_options_with_and_without_value_match_help_of_slurm(program: str, tmp_path: Path) -> None:
    """Compare with --help of sbatch and srun, which shows the options that take a value."""
    if not shutil.which(program):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            f"{program} is missing; on Debian, install slurm-client"
        )
    # Even --help needs the configuration of a cluster.
    conf = tmp_path / "slurm.conf"
    conf.write_text("ClusterName=x\nSlurmctldHost=x\nNodeName=a\nPartitionName=p Nodes=a\n")
    environment = os.environ | {"SLURM_CONF": str(conf)}
    text = subprocess.run(
        [program, "--help"], capture_output=True, text=True, env=environment
    ).stdout
    # "-n, --ntasks=ntasks   number of tasks", "    --exclusive[=user]", "-H, --hold"
    listed = re.findall(r"^ {2,8}(?:-(\w), *)?--([a-z0-9-]+)(\[?=?)", text, re.M)
    assert len(listed) > 60
    flags = in_image.FLAGS | in_image.FLAGS_OF[program]
    mismatched = [name for _, name, value in listed if (value == "=") == (name in flags)]
    # These take a value, although the help shows none, or shows it as optional.
    assert sorted(mismatched) == (
        ["container", "export", "wrap"] if program == "sbatch" else ["container"]
    )
    for letter, _, value in listed:
        if letter:
            takes_value = in_image.Options._takes_next(program, f"-{letter}")
            assert takes_value == (value == "="), letter
