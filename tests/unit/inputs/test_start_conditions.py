"""What Snakemake needs to start: file names in UTF-8, and a path without braces."""

import os
import sys
from pathlib import Path

import pytest

from corpus.core.errors import InputError
from corpus.inputs import start_conditions


@pytest.mark.fault(
    "environment", "the path of the clone contains {ace}", "refused with one sentence"
)
def test_braces_in_the_path_of_the_workflow_are_refused() -> None:
    with pytest.raises(InputError, match=r"^/data/\{ace\}/clone: Snakemake uses braces"):
        start_conditions.check_workflow_path(Path("/data/{ace}/clone"))
    start_conditions.check_workflow_path(Path("/data/$a 'b' [c] ä/clone"))


def test_snakemake_starts_again_only_in_another_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _, arguments: started.append(arguments))
    monkeypatch.setattr(sys, "orig_argv", ["python", "-m", "snakemake", "-n"])
    monkeypatch.setenv("PYTHONUTF8", "0")
    start_conditions.use_utf8_file_names()
    assert started == []
    monkeypatch.setattr(sys, "getfilesystemencoding", lambda: "iso8859-1")
    for program in ("/venv/bin/snakemake", "/snakemake/__main__.py"):
        monkeypatch.setattr(sys, "argv", [program])
        start_conditions.use_utf8_file_names()
    assert started == [[sys.executable, "-m", "snakemake", "-n"]] * 2
    assert os.environ["PYTHONUTF8"] == "1"
    monkeypatch.setattr(sys, "argv", ["/home/eve/analysis.py"])
    with pytest.raises(InputError, match="iso8859-1; set the environment variable PYTHONUTF8=1"):
        start_conditions.use_utf8_file_names()
