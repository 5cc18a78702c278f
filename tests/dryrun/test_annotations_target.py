"""The target annotations says where it expects edited files."""

from pathlib import Path

import pytest

from workflow_runs import DEMO


@pytest.mark.parametrize("folder_exists", [True, False])
def test_without_edited_files_the_message_names_the_folder_and_its_config_key(
    snakemake, demo_clips: Path, tmp_path: Path, folder_exists: bool
) -> None:
    folder = tmp_path / "mine"
    if folder_exists:
        folder.mkdir()
        (folder / "._both.eaf").touch()
    settings = ("--config", f"results={tmp_path}/results", f"annotations={folder}")
    run = snakemake("annotations", "-n", *DEMO, *settings, check=False)
    assert run.returncode == 1
    assert f"{folder}: no .eaf file to import (config key annotations)" in run.stdout
    assert "Traceback" not in run.stdout
