"""The script write_methods: its files and its help."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import write_methods
from corpus.planning import code_version
from corpus.report.methods import bibliography, text
from corpus.tables import provenance
from methods_corpora import plain_corpus, summarise
from script_runs import run_script


def test_the_script_writes_the_same_bytes_on_each_run(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in another process, where sets have another order."""
    corpus = plain_corpus(tmp_path / "results")
    summarise(corpus)
    runs = []
    for name in ("one", "two"):
        out = tmp_path / name
        files = {"methods": out / "m.md", "references": out / "r.bib", "page": out / "p.html"}
        options = ["--results", corpus.folder, "--coverage", corpus.folder / "coverage.tsv"]
        options += [word for option, path in files.items() for word in (f"--{option}", path)]
        provenance.commit.cache_clear()  # another process could see a newer commit
        if name == "one":
            run_script(monkeypatch, write_methods, *options)
        else:
            command = [sys.executable, root / "scripts/write_methods.py", *options]
            subprocess.run(command, check=True, capture_output=True)
        assert sorted(out.iterdir()) == sorted(files.values())
        runs.append([path.read_bytes() for path in files.values()])
    assert runs[0] == runs[1]
    written = b"".join(runs[0]).decode()
    assert str(corpus.folder) not in written
    assert not re.search(r"20\d\d-\d\d-\d\d", written)
    [comment] = re.findall(r"^<!-- provenance: (.*) -->$", runs[0][0].decode(), re.MULTILINE)
    assert json.loads(comment)["step"] == "write_methods"
    assert bibliography.read(out / "r.bib")


def test_the_pandoc_command_names_the_files_that_are_written() -> None:
    help_words = write_methods.__doc__.split()
    written = {help_words[help_words.index(option) + 1] for option in ("--methods", "--references")}
    pandoc = help_words[help_words.index("--citeproc") :]
    assert written == {pandoc[2], pandoc[3]}


def test_an_edit_of_the_template_or_the_bibliography_runs_the_rule_again(root: Path) -> None:
    files = code_version.data_files(root / "scripts" / "write_methods.py")
    assert {bibliography.FILE, text.TEMPLATE} <= set(files)
