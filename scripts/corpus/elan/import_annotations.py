"""Read the ELAN files that people edited into the table annotations."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

from corpus.core.errors import InputError, VideoError
from corpus.core.progress import with_progress
from corpus.elan import eaf_reader
from corpus.elan.document import Document
from corpus.elan.edit_detection import WrittenContent
from corpus.elan.linked_media import file_names, find_offset, find_video, other_video
from corpus.tables import parquet, schemas
from corpus.video.stream_info import player_zero

COLUMNS = schemas.SCHEMAS["annotations"].names


def import_files(
    files: Iterable[Path],
    media_of: Mapping[str, Path],
    sources: Mapping[str, str],
    output: Path,
    provenance: Mapping[str, object],
) -> None:
    """Write the table annotations with every annotation of the files.

    Parameters
    ----------
    files
        Files named {video_id}.eaf or {video_id}.{anything}.eaf.
    media_of
        Paths of the video files by video id.
    sources
        Sources in the manifest by video id.
    output
        Table to write.
    provenance
        What makes the table.

    Raises InputError with one line per problem, for all files at once. Nothing is written then.
    """
    files = sorted(files, key=lambda path: path.name)
    problems = describe_unmatched_files(files, media_of)
    files = [path for path in files if video_of(path) in media_of]
    names = {video: file_names(sources[video], media_of[video].name) for video in media_of}
    with parquet.Writer(output, "annotations", provenance) as out:
        for path in with_progress(files, "files", len(files), "files"):
            video = video_of(path)
            try:
                document = eaf_reader.read(path)
                check_same_video(path, video, document, names)
                offset_ms = media_offset(path, document, names[video])
            except InputError as error:
                problems.append(str(error))
                continue
            zero_s = annotation_zero(document, media_of[video]) + offset_ms / 1000
            columns = annotation_columns(video, path.name, document, zero_s)
            log_edits(path, columns["origin"], document)
            out.append(columns)
        if problems:
            raise InputError("\n".join(problems))


def video_of(path: Path) -> str:
    """Id of the video that a file belongs to: its name up to the first dot."""
    return path.name.partition(".")[0]


def describe_unmatched_files(files: Iterable[Path], videos: Iterable[str]) -> list[str]:
    """One message that names all files without a video in the manifest; empty if there are none."""
    unmatched = [path for path in files if video_of(path) not in videos]
    if not unmatched:
        return []
    names = []
    for path in unmatched:
        similar = get_close_matches(video_of(path), videos, 1)
        names.append(f"{path.name} (did you mean {similar[0]}.eaf?)" if similar else path.name)
    folders = ", ".join(sorted({str(path.parent) for path in unmatched}))
    return [
        f"{folders}: files without a video in the manifest: {', '.join(names)}; rename each file "
        "to {video_id}.eaf, or move it out of the folder if you took its video out of the corpus"
    ]


def check_same_video(
    path: Path, video: str, document: Document, names: Mapping[str, Sequence[str]]
) -> None:
    """Raise InputError if the file belongs to another video than its name says.

    The workflow wrote it for that video, or it links only the file of that video. `names` are the
    names of the videos' files by video id.
    """
    written_for = document.properties.get("video_id")
    if written_for is None and (linked := other_video(document.media, video, names)):
        raise InputError(
            f"{path}: links the video {linked}, but its name says {video}; rename it to "
            f"{linked}.eaf, or link the file of {video} in ELAN: {' or '.join(names[video])}"
        )
    if written_for not in (None, video):
        raise InputError(
            f"{path}: was written for the video {written_for}, but its name says {video}; rename "
            f"it to {written_for}.eaf, or to {written_for}.2.eaf if that name is taken"
        )


def annotation_zero(document: Document, media: Path) -> float:
    """Container time of the video at which the annotations' time is 0, seconds.

    This is the time that players show as 0:00, from the header of the file, or from the video
    itself if the header does not have it.
    """
    try:
        return float(document.properties["player_zero_s"])
    except (KeyError, ValueError):
        return _media_zero(media)


def media_offset(path: Path, document: Document, names: Sequence[str]) -> int:
    """What somebody who synchronised media in ELAN cut off the beginning of the video, ms.

    Raises InputError if it is not clear which of the linked media is the video.
    """
    try:
        media = find_offset(document.media, names)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    if media is None:
        logging.info("%s: no media are linked; no offset is added", path.name)
        return 0
    logging.info(
        "%s: its time 0 is at %d ms of %s (TIME_ORIGIN)", path.name, media.offset_ms, media.name
    )
    if media.offset_ms and not find_video([media], names):
        logging.warning(
            "%s: %s has none of the names of the video: %s", path.name, media.name, ", ".join(names)
        )
    return media.offset_ms


def _media_zero(media: Path) -> float:
    try:
        return player_zero(media)
    except (VideoError, OSError):
        logging.warning(
            "%s cannot be read; times are not converted to the clock of the video", media
        )
        return 0.0


def annotation_columns(
    video: str, file_name: str, document: Document, zero_s: float
) -> dict[str, list]:
    """Columns of the table annotations for one file.

    `zero_s` is the container time at which the annotations' time is 0, seconds.
    """
    rows = list(_annotation_rows(video, file_name, document, zero_s))
    return {column: [row[index] for row in rows] for index, column in enumerate(COLUMNS)}


def _annotation_rows(
    video: str, file_name: str, document: Document, zero_s: float
) -> Iterator[tuple]:
    written = WrittenContent(document.properties)
    for tier in document.tiers:
        for annotation in tier.annotations:
            yield (
                video,
                tier.name,
                tier.parent,
                tier.kind,
                tier.participant,
                tier.annotator,
                zero_s + annotation.start / 1000,
                zero_s + annotation.end / 1000,
                annotation.value,
                written.origin(tier.name, annotation),
                file_name,
            )


def log_edits(path: Path, origins: list[str], document: Document) -> None:
    """Log how many annotations of a file people changed, added, moved or deleted."""
    counts = ", ".join(f"{origins.count(origin)} {origin}" for origin in schemas.ORIGINS)
    n_missing = WrittenContent(document.properties).count_missing(document.tiers)
    logging.info(
        "%s: %s; %d annotations of the workflow were changed, moved or deleted",
        path.name,
        counts,
        n_missing,
    )
