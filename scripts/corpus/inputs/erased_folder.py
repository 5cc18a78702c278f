"""The folder that keeps erased people erased: `config/mine_erased` for `config/mine.tsv`.

It lies beside the manifest, like the folder of annotations, so that it survives when the results
are deleted and made again. `tools/erase_person.py` writes it; rules only read it.
"""

from collections.abc import Collection
from os.path import splitext
from pathlib import Path

MASKS = "covers"
"""Folder of the tables covers, also in the results, where earlier versions wrote them."""


def default_folder(manifest: Path | str) -> str:
    """The folder if the configuration does not name another one."""
    return f"{splitext(manifest)[0]}_erased"


def masks_path(folder: Path | str, video: str) -> Path:
    """Where the heads of erased people are in a video; exists only if somebody was erased."""
    return Path(folder, MASKS, f"{video}.parquet")


def find_masks(folder: Path | str, results: Path | str, video: str) -> Path | None:
    """The masks of a video in the folder, or else in the results; None if there are none."""
    paths = masks_path(folder, video), masks_path(results, video)
    return next((path for path in paths if path.exists()), None)


def folders_of_other_manifests(
    folder: Path | str, manifest: Path | str, videos: Collection[str]
) -> list[Path]:
    """Folders beside the manifest that keep people erased from its videos, if `folder` is missing.

    A manifest that was renamed or copied without its folder would bring these people back.
    """
    if Path(folder).exists():
        return []
    masks = sorted(Path(manifest).parent.glob(f"*_erased/{MASKS}/*.parquet"))
    return sorted({file.parent.parent for file in masks if file.stem in videos})


def kept_ids_path(folder: Path | str) -> Path:
    """The remaining people after an erasure: a table clusters, which keeps their ids."""
    return Path(folder, "clusters.parquet")
