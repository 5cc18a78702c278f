"""Write the ELAN files of all videos of a corpus from its tables."""

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from corpus.core.atomic_files import write_text
from corpus.core.errors import MissingFileError, VideoError
from corpus.core.progress import with_progress
from corpus.core.user_edits import preserve_edited_files
from corpus.elan.eaf_writer import format_document
from corpus.elan.edit_detection import is_unedited
from corpus.elan.tiers import build_tiers
from corpus.tables import parquet
from corpus.video.stream_info import player_zero

ZERO_PROPERTY = "player_zero_s"
"""Name of the property in the header with the container time that players show as 0:00."""


def write_documents(
    results: Path,
    media_names: Mapping[str, str],
    annotations: Path,
    provenance: Mapping[str, object],
) -> list[Path]:
    """Write results/elan/{video}.eaf for each video.

    Files that people edited there are copied to the folder `annotations` before the first file is
    written, so that nothing is lost if a later step fails.

    Parameters
    ----------
    results
        Folder with videos, the tables shots and phases, tracks.parquet and people.parquet.
    media_names
        Names of the video files by video id.
    annotations
        Folder for copies of edited files.
    provenance
        What makes the files.

    Returns the paths of the copies of edited files.
    """
    tracks = parquet.read(results / "tracks.parquet")
    tracks_of = dict(tuple(tracks.groupby("video_id")))
    people = parquet.read(results / "people.parquet").dropna(subset=["name"])
    names = dict(zip(people["person"], people["name"], strict=True))
    videos = sorted(media_names)
    paths = {video: results / "elan" / f"{video}.eaf" for video in videos}
    copies = preserve_edited_files(paths.values(), annotations, is_unedited)
    for video in with_progress(videos, "elan", len(videos), "videos"):
        video_tracks = tracks_of.get(video, tracks.iloc[:0])
        text = video_document(video, media_names[video], results, video_tracks, names, provenance)
        write_text(paths[video], text)
    return copies


def video_document(
    video: str,
    media_name: str,
    results: Path,
    tracks: pd.DataFrame,
    names: dict[str, str],
    provenance: Mapping[str, object],
) -> str:
    """Text of one video's ELAN file.

    Parameters
    ----------
    video
        Id of the video.
    media_name
        Name of the video's file in results/videos.
    results
        Folder of the results.
    tracks
        The video's rows of the table tracks.
    names
        Names of people by person id.
    provenance
        What makes the file.
    """
    media_file = results / "videos" / media_name
    zero_s = player_zero_or_none(media_file, results / "elan" / f"{video}.eaf")
    tiers = build_tiers(
        shots=parquet.read(results / f"shots/{video}.parquet"),
        tracks=tracks,
        phases=parquet.read(results / f"phases/{video}.parquet"),
        names=names,
        player_zero=zero_s or 0.0,
    )
    properties = {"video_id": video, ZERO_PROPERTY: repr(zero_s or 0.0)}
    media = None if zero_s is None else f"../videos/{media_name}"
    return format_document(tiers, media, properties, provenance)


def player_zero_or_none(media: Path, document: Path) -> float | None:
    """Container time that players show as 0:00, seconds; None if the file cannot be played.

    If the video is gone, it is the time in `document`, the ELAN file of an earlier run.
    """
    try:
        return player_zero(media)
    except VideoError:
        return None
    except MissingFileError:
        text = document.read_text(encoding="utf-8") if document.exists() else ""
        zero_s = re.search(f'NAME="{ZERO_PROPERTY}">([^<]*)<', text)
        return float(zero_s[1]) if zero_s else 0.0
