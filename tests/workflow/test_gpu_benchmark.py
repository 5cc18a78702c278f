"""The benchmark of a GPU runs on a CPU, with small sizes, and reports every measure."""

import json
from pathlib import Path

import pytest

import gpu
from corpus.core.errors import InputError
from corpus.faces.detectors import DETECTORS
from portraits import model_file


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def set_options(*more: str) -> None:
        models = [
            f"--{part}={model_file(f'{part}_landmarker_bundled')}" for part in ("pose", "hand")
        ]
        models.append(f"--dlib={model_file('dlib')}")
        files = [f"--work={tmp_path}", f"--output={tmp_path / 'gpu.json'}"]
        monkeypatch.setattr("sys.argv", ["gpu.py", *models, *files, *more])

    return set_options


def test_all_measures_are_made_on_a_cpu(options, tmp_path: Path, capsys) -> None:
    options("--device=cpu", "--small")
    gpu.main()
    printed = capsys.readouterr().out
    assert "Two runs: the same bytes." in printed
    assert "The result of an image does not depend on the other images" in printed
    assert "Use of the GPU: keypoints not measured, clustering not measured" in printed
    report = json.loads((tmp_path / "gpu.json").read_text())
    assert len(report["networks"]) == len(report["requests"]) == 2
    assert report["clustering"][0]["deviation"] < 1e-12
    assert report["differences"]["pose_landmarks landmarks"][1] < 0.1
    assert report["differences"]["hand_landmarks landmarks"][1] < 0.1
    assert set(report["faces"]["detection_s"]) == set(DETECTORS)
    assert min(report["faces"][name] for name in ("dlib_s", "embedding_s")) > 0


def test_without_a_gpu_it_says_so(options, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu.torch_setup, "choose_device", lambda _: no_gpu())
    options()
    with pytest.raises(InputError, match="no GPU here"):
        gpu.main()


def no_gpu() -> str:
    raise InputError("no GPU here")
