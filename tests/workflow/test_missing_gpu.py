"""A run that needs a GPU is refused before any job on a machine without one."""

from pathlib import Path

import pytest

from workflow_runs import corpus_options, one_video, run_snakemake


@pytest.mark.fault("environment", "device: cuda on a machine without a GPU", "no job starts")
def test_no_job_starts_without_a_gpu(demo_clips: Path, tmp_path: Path) -> None:
    if any(
        Path(file).exists() for file in ("/dev/nvidiactl", "/dev/dxg", "/dev/nvmap", "/dev/kfd")
    ):
        pytest.skip("this machine has a GPU")
    options = corpus_options(tmp_path / "r", *one_video(tmp_path, demo_clips / "both.mp4"))
    run = run_snakemake("videos", "--cores", "1", *options, "device=cuda", check=False)
    assert run.returncode != 0
    assert "device: cuda, but this machine has no GPU" in run.stdout
    assert not (tmp_path / "r" / "videos").exists()
