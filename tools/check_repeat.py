"""Run the demo twice under different circumstances, and check that all results are equal.

python tools/check_repeat.py

The first run uses one core, in the workflow's folder. The second uses two cores, a read-only copy
of the workflow in a folder with another name, another locale and another time zone. All tables,
ELAN files, reports and texts must be equal byte by byte, apart from the efficiency report. The exit
status is 0 if they are. The first lines say what this machine could not do.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import CorpusError, run
from corpus.report.verification.comparison import compared_files, differences
from corpus.tables.provenance import commit

ROOT = Path(__file__).resolve().parents[1]
COPY_NAME = "a copy of 'the' wörkflow"
LOCALES = ("tr_TR.UTF-8", "de_DE.UTF-8", "ja_JP.UTF-8", "C")
"""Locales for the second run; the first of them that exists, or can be made, is used."""
TIME_ZONE = "Pacific/Kiritimati"
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"'
"""Shell text that makes a folder read-only for a command. Only root can and needs to do this."""


class RepeatError(CorpusError):
    """A run of the workflow failed."""


@dataclass(frozen=True)
class Place:
    """Where and how a run takes place."""

    workflow: Path
    folder: Path
    """Working directory, which also gets the results."""
    environment: dict[str, str]
    prefix: tuple[str, ...] = ()
    """A command that starts the run's command."""

    @property
    def results(self) -> Path:
        """Folder of results."""
        return self.folder / "results"

    def command(self, cores: int, targets: Sequence[str] = ()) -> list[str]:
        """The command line of the demo's run."""
        options = ["--profile", self.workflow / "profiles/laptop", "--nolock", "--cores", cores]
        options += ["--snakefile", self.workflow / "Snakefile", "--directory", self.folder]
        options += ["--configfile", self.workflow / "config/laptop.yaml"]
        options += ["--config", f"results={self.results.name}"]
        words = [*self.prefix, sys.executable, "-m", "snakemake", *options]
        return [str(word) for word in (*words, "--", *targets)]


def first_place(folder: Path) -> Place:
    """The workflow's own folder, with a plain locale and UTC."""
    return Place(ROOT, folder / "first", _environment({"LC_ALL": "C.UTF-8", "TZ": "UTC"}))


def second_place(folder: Path, **more: str) -> tuple[Place, list[str]]:
    """A read-only copy with another locale and time zone; and sentences about these.

    `more` are further variables of the environment.
    """
    workflow = copy_workflow(folder / COPY_NAME)
    locale, variables = other_locale(folder / "locales")
    prefix, sentence = make_read_only(workflow)
    environment = _environment(variables | {"TZ": TIME_ZONE} | more)
    place = Place(workflow, folder / "second folder", environment, prefix)
    return place, [f"locale {locale}, time zone {TIME_ZONE}", sentence]


def _environment(variables: dict[str, str]) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONDONTWRITEBYTECODE": "1", **variables}


def copy_workflow(copy: Path) -> Path:
    """Copy the workflow's files, the demo's clips, and the commit, which provenance records."""
    for name in ("config", "envs", "profiles", "rules", "scripts", "tools", "resources/demo"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Snakefile", "pyproject.toml", "docs/report"):
        target = copy / name
        target.parent.mkdir(exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, target)
    (copy / "COMMIT").write_text(commit(), encoding="utf-8")
    return copy


def other_locale(folder: Path) -> tuple[str, dict[str, str]]:
    """A locale with other rules for letters and numbers, and the variables that set it."""
    for name in LOCALES:
        variables = {"LC_ALL": name, "LANG": name, "LANGUAGE": ""}
        existing = subprocess.run(
            ["locale", "-a"], capture_output=True, text=True, encoding="utf-8"
        ).stdout.split()
        if name in existing or name.replace("UTF-8", "utf8") in existing:
            break
        if shutil.which("localedef"):
            folder.mkdir(parents=True, exist_ok=True)
            language, _, characters = name.partition(".")
            command = ["localedef", "-i", language, "-f", characters, folder / name]
            # It ends with 1 after a warning.
            is_made = subprocess.run(command, capture_output=True).returncode <= 1
            if is_made and (folder / name / "LC_CTYPE").exists():
                variables["LOCPATH"] = str(folder)
                break
    return name, variables


def make_read_only(workflow: Path) -> tuple[tuple[str, ...], str]:
    """Make a folder read-only; return a command to start programs with, and a sentence."""
    if os.geteuid():
        for path in (workflow, *workflow.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)
        return (), "the copy of the workflow is read-only by its access rights"
    prefix = ("unshare", "--mount", "sh", "-c", READ_ONLY, str(workflow))
    probe = [*prefix, "touch", str(workflow / "probe")]
    if (
        shutil.which("unshare")
        and b"Read-only" in subprocess.run(probe, capture_output=True).stderr
    ):
        return prefix, "the copy of the workflow is mounted read-only"
    return (), "NOT CHECKED: a read-only copy, because root cannot mount folders here"


def run_demo(place: Place, cores: int, label: str, targets: Sequence[str] = ()) -> None:
    """Run the demo, and print its progress. Raises RepeatError with the end of its output."""
    models = place.folder / "resources" / "models"
    models.parent.mkdir(parents=True)
    if (ROOT / "resources/models").is_dir():
        shutil.copytree(ROOT / "resources/models", models)
    started, lines = time.monotonic(), []
    process = subprocess.Popen(
        place.command(cores, targets),
        env=place.environment,
        cwd=place.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    for line in process.stdout or ():
        lines.append(line)
        if match := re.match(r"\d+ of \d+ steps", line):
            print(f"{label}: {match[0]}, {time.monotonic() - started:.0f} s", flush=True)
    if process.wait():
        raise RepeatError(f"{label} failed:\n{''.join(lines[-60:])}")


def main() -> None:
    """Run the demo twice, compare the results, and print the first differences."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="keep the folders of both runs")
    keep = parser.parse_args().keep
    folder = Path(tempfile.mkdtemp(prefix="check_repeat."))
    try:
        second, sentences = second_place(folder)
        print("\n".join(f"second run: {sentence}" for sentence in sentences), flush=True)
        first = first_place(folder)
        run_demo(first, 1, "first run, 1 core")
        run_demo(second, 2, "second run, 2 cores")
        found = list(differences(first.results, second.results))
        if found:
            raise RepeatError("The runs differ:\n" + "\n".join(found[:20]))
        print(f"All {len(compared_files(first.results))} files are equal.")
    finally:
        if keep:
            print(f"kept: {folder}")
        else:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder with read-only folders in it."""
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o700)
    shutil.rmtree(folder)


if __name__ == "__main__":
    run(main)
