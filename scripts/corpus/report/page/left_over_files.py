"""Files of the page about videos that are no longer in the manifest: they show how people move."""

import logging
import shutil
from collections.abc import Container
from pathlib import Path

from corpus.core.side_files import FOLDER
from corpus.core.wording import count_noun


def remove_other_videos(results: Path, video_ids: Container[str]) -> list[str]:
    """Delete the side files of videos other than `video_ids`; return the ids of these videos.

    Their tables `skeletons` only list side files, and are deleted too: if such a video is added
    again, its side files are made again.
    """
    pages = results / "report" / FOLDER
    folders = [
        entry for entry in (sorted(pages.iterdir()) if pages.is_dir() else ()) if entry.is_dir()
    ]
    others = [folder for folder in folders if folder.name not in video_ids]
    for folder in others:
        shutil.rmtree(folder)
        (results / "skeletons" / f"{folder.name}.parquet").unlink(missing_ok=True)
    if others:
        n_videos = count_noun(len(others), "video")
        logging.info("page: deleted the files of %s that the manifest does not have", n_videos)
    return [folder.name for folder in others]
