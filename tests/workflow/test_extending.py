"""docs/extending.md: its code blocks add a stage to a fresh copy of the repository."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import doc_blocks
import synthetic_videos
from corpus.planning.code_version import source_checksum
from corpus.tables import parquet
from repository import ROOT, repository_files

BLOCKS = doc_blocks.read_blocks(ROOT / "docs" / "extending.md")
SETTINGS_MODEL = "scripts/corpus/inputs/settings_model.py"


def contents(folder: Path) -> dict[str, bytes]:
    """Content of each file of the repository in a copy, by path; results and caches left out."""
    folders = {"results", "resources", "config", "docs", "rules", "scripts", "tests"}
    kept = folders - {"results", "resources"}
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for name in kept
        for file in (folder / name).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def stage_checksums(folder: Path) -> dict[str, str]:
    """The version of each stage, which decides whether finished jobs run again."""
    return {file.stem: source_checksum(file) for file in (folder / "scripts").glob("*.py")}


@pytest.fixture(scope="module")
def fresh_copy(demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository with the clips of the demo."""
    folder = tmp_path_factory.mktemp("fork") / "video-corpus-workflow"
    for path in repository_files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, folder / path)
    shutil.copytree(demo_clips, folder / "resources" / "demo")
    return folder


@pytest.fixture(scope="module")
def before(fresh_copy: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """Files and versions of the stages before the page is followed."""
    return contents(fresh_copy), stage_checksums(fresh_copy)


@pytest.fixture(scope="module")
def extended(fresh_copy: Path, before: tuple) -> Iterator[Path]:
    """The copy after all blocks of the page were written and run."""
    for block in BLOCKS:
        block.follow(fresh_copy)
    return fresh_copy


def test_the_stage_needs_six_files_of_its_own(extended: Path, before: tuple) -> None:
    files, _ = before
    after = contents(extended)
    written = {block.file for block in BLOCKS if block.file}
    changed = {path for path in after if after[path] != files.get(path)}
    generated = {
        "config/config.yaml",
        "config/schemas/config.schema.yaml",
        "docs/flow.svg",
        "docs/settings.md",
        "docs/tables.md",
    }
    assert len(written) == 6 and SETTINGS_MODEL in written
    assert changed == written | generated


def test_no_other_stage_runs_again(extended: Path, before: tuple) -> None:
    _, checksums = before
    after = stage_checksums(extended)
    assert after.pop("measure_brightness")
    assert after == checksums


def test_the_default_target_the_reports_and_the_csv_export_include_the_stage(
    extended: Path,
) -> None:
    options = "--profile profiles/laptop --configfile config/laptop.yaml --dry-run"
    plan = doc_blocks.Block(f"snakemake all csv {options}\n").run(extended)
    for clip in ("collins", "hopper"):
        assert f"output: results/laptop/brightness/{clip}.parquet\n" in plan
        assert f"results/laptop/exports/csv/brightness/{clip}.csv" in plan
    [efficiency] = [job for job in plan.split("\n[") if "rule report_efficiency:" in job]
    assert "results/laptop/brightness/collins.parquet" in efficiency, "it waits for all stages"


def test_the_brightness_of_known_shots(extended: Path, tmp_path: Path) -> None:
    clip, frames = tmp_path / "grey.mp4", tmp_path / "frames.parquet"
    filters = "color=c=0x404040:s=64x48:r=25:d=1[a];color=c=0xe0e0e0:s=64x48:r=25:d=1[b]"
    synthetic_videos.ffmpeg(
        "-filter_complex", f"{filters};[a][b]concat", *synthetic_videos.X264, clip
    )
    numbers = np.arange(50)
    columns = {"frame": numbers, "time_s": numbers / 25, "shot": numbers // 25}
    parquet.write(frames, "frames", columns, {})
    output = tmp_path / "brightness.parquet"
    command = f"python scripts/measure_brightness.py --video {clip} --frames {frames}"
    doc_blocks.Block(f"{command} --output {output} --samples-per-second 2\n").run(extended)
    table = pd.read_parquet(output)
    assert table["n_samples"].tolist() == [2, 2]
    assert table["brightness"].tolist() == pytest.approx([0x40 / 255, 0xE0 / 255], abs=0.02)
    made_by = parquet.read_provenance(output)
    assert made_by["step"] == "measure_brightness"
    assert made_by["parameters"] == {"samples_per_second": 2.0}


def test_a_new_value_of_a_setting_runs_the_stage_again(extended: Path) -> None:
    target = "results/laptop/brightness/both.parquet"
    options = "--profile profiles/laptop --configfile config/laptop.yaml --dry-run"
    plan = doc_blocks.Block(
        f"snakemake {target} {options} --config brightness='{{samples_per_second: 3}}'\n"
    ).run(extended)
    assert "measure_brightness" in plan and "index_frames" not in plan
    plan = doc_blocks.Block(f"snakemake {target} {options}\n").run(extended)
    assert "Nothing to be done" in plan
