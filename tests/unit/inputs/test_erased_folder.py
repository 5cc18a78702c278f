"""The folder that keeps erased people erased."""

from pathlib import Path

import pytest

from corpus.inputs import erased_folder


@pytest.mark.fault(
    "privacy",
    "a manifest is copied under another name, without its folder of erased people",
    "a warning names the folder",
)
def test_masks_of_a_renamed_manifest_are_found(tmp_path: Path) -> None:
    masks = erased_folder.masks_path(tmp_path / "mine_erased", "talk")
    masks.parent.mkdir(parents=True)
    masks.touch()
    (tmp_path / "empty_erased").mkdir()

    def found(manifest: str, *videos: str) -> list[Path]:
        path = tmp_path / manifest
        folder = erased_folder.default_folder(path)
        return erased_folder.folders_of_other_manifests(folder, path, videos)

    assert found("copy.tsv", "talk", "other") == [tmp_path / "mine_erased"]
    assert found("copy.tsv", "other") == []
    assert found("mine.tsv", "talk") == []
