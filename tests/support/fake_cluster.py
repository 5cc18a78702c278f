"""Run the workflow with the SLURM profile on fake SLURM commands, and read the submitted jobs."""

import os
import re
import sys
from pathlib import Path

import yaml

import fake_slurm
import started_snakemake
from repository import ROOT
from workflow_runs import WITHOUT_SACCT

PROFILE = ROOT / "profiles" / "slurm"


class FakeCluster:
    """A cluster that accepts every job and runs none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.results = folder / "results"
        fake_slurm.install(folder / "bin")

    def run(
        self,
        *arguments: str,
        profile: Path = PROFILE,
        check: bool = True,
        status_command: tuple[str, ...] = WITHOUT_SACCT,
    ) -> tuple[str, list[dict]]:
        """Run the demo with a profile; return what Snakemake printed and the submitted jobs.

        The fake sacct fails, as on a cluster without accounting, hence `status_command`.
        """
        requests = self.folder / f"requests{len(list(self.folder.iterdir()))}"
        requests.mkdir()
        python = str(Path(sys.executable).parent)
        environment = os.environ | {
            "PATH": os.pathsep.join([str(self.folder / "bin"), python, os.environ["PATH"]]),
            "FAKE_SLURM_REQUESTS": str(requests),
            "FAKE_SLURM_RESULTS": str(self.results),
        }
        options = ["--profile", str(profile)]
        # A --config on the command line would override the `config` of the profile.
        overlay = self.folder / "results.yaml"
        overlay.write_text(f"results: {self.results}\n")
        options += ["--configfile", "config/laptop.yaml", str(overlay), "--latency-wait", "2"]
        options += ["--slurm-init-seconds-before-status-checks", "1", "--nolock"]
        options += [*status_command, *arguments]
        process = started_snakemake.run(options, ROOT, environment, timeout_s=120)
        printed = process.stdout + process.stderr
        assert not check or process.returncode == 0, printed[-6000:]
        return printed, fake_slurm.requests(requests)


def option_value(request: dict, name: str) -> str | None:
    """Value of an option of sbatch, written as two arguments or as NAME=VALUE."""
    options = request["options"]
    if name in options:
        return options[options.index(name) + 1]
    for option in options:
        if option.startswith(f"{name}="):
            return option.partition("=")[2]
    return None


def requests_of_rule(requests: list[dict], rule: str) -> list[dict]:
    """Submitted jobs of a rule, of which there must be at least one."""
    jobs = [request for request in requests if request["rule"] == rule]
    assert jobs, f"{rule} was not submitted"
    return jobs


def edited_profile(folder: Path, *lines: str) -> Path:
    """Copy the SLURM profile to a folder, with some of its commented lines activated."""
    text = (PROFILE / "profile.yaml").read_text()
    for line in lines:
        matches = re.findall(rf"^( *)(?:- )?# (?:- )?{re.escape(line)}.*$", text, re.M)
        assert len(matches) == 1, f"not exactly one commented line: {line}"
        text = re.sub(rf"^( *)# ((?:- )?{re.escape(line)}.*)$", r"\1\2", text, flags=re.M)
    if "slurm-requeue: true" in lines:
        # Its comment says to remove the other line.
        text = text.replace("\nslurm-no-requeue: true\n", "\n")
    folder.mkdir()
    (folder / "profile.yaml").write_text(text)
    assert yaml.safe_load(text)
    return folder
