"""Results of a run with another embedder are announced before any job runs."""

from pathlib import Path

import pytest

from corpus.inputs import former_embedder
from known_people_files import write_known_people


@pytest.mark.fault(
    "changes",
    "results of a version whose default was another embedder",
    "a warning names both embedders and the setting that keeps the results",
)
def test_another_embedder_is_announced(tmp_path: Path) -> None:
    write_known_people(tmp_path / "clusters.parquet", "facenet-vggface2")
    warning = former_embedder.warning(tmp_path, "dlib")
    assert warning is not None
    assert (
        f"{tmp_path}: the people in these results were found with the embedder facenet" in warning
    )
    assert "but faces.embedder is dlib" in warning
    assert warning.endswith("set faces: {embedder: facenet-vggface2}")


@pytest.mark.parametrize("content", [None, b"", b"PAR1"])
def test_results_without_usable_people_give_no_warning(
    tmp_path: Path, content: bytes | None
) -> None:
    """What is missing or damaged is made again, or reported by the job that reads it."""
    if content is not None:
        (tmp_path / "clusters.parquet").write_bytes(content)
    assert former_embedder.warning(tmp_path, "dlib") is None


def test_the_same_embedder_gives_no_warning(tmp_path: Path) -> None:
    write_known_people(tmp_path / "clusters.parquet", "dlib")
    assert former_embedder.warning(tmp_path, "dlib") is None
