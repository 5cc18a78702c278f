"""The check of configuration files without Snakemake, and before Snakemake reads them."""

from pathlib import Path

import pytest

import check_config
from repository import ROOT
from script_runs import run_script


def check(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> str:
    """The message that the program stops with."""
    with pytest.raises(SystemExit) as stop:
        run_script(monkeypatch, check_config, *arguments)
    return str(stop.value.code)


def test_the_configurations_in_the_repository_have_no_faults(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.chdir(ROOT)
    run_script(monkeypatch, check_config, "config/asl.yaml", "config/config.yaml")
    assert capsys.readouterr().out == "config/asl.yaml, config/config.yaml: no faults\n"


def test_form_values_and_manifest_are_checked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "mine.yaml"
    assert check(monkeypatch, file) == f"{file}: no such file"
    file.write_text("faces:\n\tbest: 3\n")
    assert check(monkeypatch, file) == f"{file}, line 2: a tab; use spaces instead"
    file.write_text("faces:\n  best: 0\n")
    assert check(monkeypatch, file) == f"{file}, line 2, faces.best: 0; it must be at least 1"
    file.write_text("custom_rules: [gone.smk]\n")
    assert check(monkeypatch, file) == f"{file}, line 1, custom_rules: 'gone.smk'; no such file"
    file.write_text("videos: mine.tsv\n")
    Path("mine.tsv").write_text("video_id\tsource\na b\thttps://example.org/a.mp4\n")
    assert "mine.tsv, line 2, video_id: 'a b'" in check(monkeypatch, file)


def test_the_last_file_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, last = tmp_path / "first.yaml", tmp_path / "last.yaml"
    first.write_text("faces: {best: 0}\n")
    last.write_text("\nfaces: {best: -1}\n")
    message = check(monkeypatch, first, last)
    assert message == f"{last}, line 2, faces.best: -1; it must be at least 1"


@pytest.mark.parametrize("option", ["--configfile", "--configfiles"])
def test_of_the_options_of_snakemake_only_the_files_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, option: str
) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("faces: {best: 0}\n")
    bad.write_text("faces: {best: 1\n")
    run_script(monkeypatch, check_config, "--snakemake", "-n", option, good, "--cores", 1)
    run_script(monkeypatch, check_config, "--snakemake", "all", "--dry-run")
    run_script(monkeypatch, check_config, "--snakemake", option, good, "--", tmp_path / "v.mp4")
    message = check(monkeypatch, "--snakemake", "-n", option, good, bad, "--config", "a=b")
    assert message.startswith(f"{bad}, line 1: a comma or a closing bracket is missing")
    assert check(monkeypatch, "--snakemake", f"{option}={bad}").startswith(f"{bad}, line 1")


@pytest.mark.fault(
    "inputs",
    "a mistyped path after --configfile",
    "one sentence names the path and a similar file, before Snakemake starts",
)
def test_a_mistyped_path_is_reported_with_a_similar_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("faces: {best: 1}\n")
    options = ("--snakemake", "-n", "--configfile")
    message = check(monkeypatch, *options, tmp_path / "mien.yaml")
    assert message == f"{tmp_path}/mien.yaml: no such file; did you mean {tmp_path}/mine.yaml?"
    message = check(monkeypatch, *options, tmp_path / "other.yaml")
    assert message == f"{tmp_path}/other.yaml: no such file"
    assert check(monkeypatch, *options, tmp_path) == f"{tmp_path}: a folder; name a file in it"


@pytest.mark.fault(
    "inputs",
    "a target after --configfile, which Snakemake takes for a second file",
    "one sentence says where targets belong, before Snakemake starts",
)
def test_a_target_after_the_configuration_file_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("faces: {best: 1}\n")
    for target in ("videos", "results/faces/talk.parquet"):
        message = check(monkeypatch, "--snakemake", "-n", "--configfile", file, target)
        assert message.startswith(f"{target}: not a configuration file")
        assert "before --configfile" in message


def test_a_file_must_be_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    assert check(monkeypatch) == "2"
    assert "name at least one configuration file" in capsys.readouterr().err
