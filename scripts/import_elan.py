"""Read the ELAN files that people edited into one table: every annotation, and who made it.

python scripts/import_elan.py --results results --videos config/videos.tsv --container mp4 \
    --files config/videos_annotations/*.eaf --output results/annotations.parquet
"""

import argparse
import logging
from difflib import get_close_matches
from pathlib import Path

from corpus.core.errors import InputError, VideoError, run
from corpus.core.progress import with_progress
from corpus.elan import eaf_reader
from corpus.elan.eaf_reader import Annotation, Document
from corpus.elan.edit_detection import Written
from corpus.inputs import manifest
from corpus.tables import parquet, provenance, schemas
from corpus.video.stream_info import player_zero

COLUMNS = schemas.SCHEMAS["annotations"].names


def video_of(path: Path) -> str:
    """The video that a file is about: its name up to the first dot."""
    return path.name.partition(".")[0]


def strangers(files: list[Path], videos: dict) -> list[str]:
    """What to mend where files are of no video of the manifest: one fault that names them all."""
    lost = [path for path in files if video_of(path) not in videos]
    if not lost:
        return []
    names = []
    for path in lost:
        near = get_close_matches(video_of(path), videos, 1)
        names.append(f"{path.name} (did you mean {near[0]}.eaf?)" if near else path.name)
    folders = ", ".join(sorted({str(path.parent) for path in lost}))
    return [
        f"{folders}: of no video in the manifest: {', '.join(names)}; rename what is a video's to "
        f"{{video_id}}.eaf, and move what is not, as of a video that you took out of the corpus, "
        f"out of the folder"
    ]


def check_same_video(path: Path, video: str, document: Document) -> None:
    """Raise InputError for a file that the workflow wrote for another video."""
    written_for = document.properties.get("video_id", video)
    if written_for != video:
        raise InputError(
            f"{path}: was written for the video {written_for}, but its name says {video}; rename "
            f"it to {written_for}.eaf, or to {written_for}.2.eaf where that name is taken"
        )


def zero_s(document: Document, media: Path) -> float:
    """The container's time at which the annotations' time is 0, seconds.

    That is where a player shows 0:00, as the file's header says or else the video itself, and
    later by what somebody who synchronised media in ELAN cut off the video's beginning.
    """
    try:
        zero = float(document.properties["player_zero_s"])
    except (KeyError, ValueError):
        zero = _media_zero(media)
    return zero + document.media.get(media.name, 0) / 1000


def _media_zero(media: Path) -> float:
    try:
        return player_zero(media)
    except (VideoError, OSError):
        logging.warning("%s cannot be read; times are taken from where it starts playing", media)
        return 0.0


def rows(video: str, name: str, document: Document, zero: float) -> dict[str, list]:
    """Columns of the table annotations for one file."""
    written = Written(document.properties)
    made = [
        (
            *(video, a.tier, a.parent, a.kind, a.participant, a.annotator),
            *(zero + a.start / 1000, zero + a.end / 1000, a.value),
            *(written.origin(_row(a)), name),
        )
        for a in document.annotations
    ]
    return {column: [row[place] for row in made] for place, column in enumerate(COLUMNS)}


def _row(annotation: Annotation) -> tuple[str, int, int, str]:
    return annotation.tier, annotation.start, annotation.end, annotation.value


def tell(path: Path, origins: list[str], document: Document) -> None:
    """Log what somebody did to a file."""
    counts = ", ".join(f"{origins.count(origin)} {origin}" for origin in schemas.ORIGINS)
    gone = Written(document.properties).gone(map(_row, document.annotations))
    logging.info("%s: %s; %d of the workflow's moved or deleted", path.name, counts, gone)


def main() -> None:
    """Read the options and files, write the table."""
    options = parse_arguments()
    videos = manifest.read(options.videos, look=False)
    used = provenance.parameters(options, ("container", "files"))
    made_by = provenance.describe("import_elan", used)
    files = sorted(options.files, key=lambda path: path.name)
    faults = strangers(files, videos)
    files = [path for path in files if video_of(path) in videos]
    with parquet.Writer(options.output, "annotations", made_by) as out:
        for path in with_progress(files, "files", len(files), "files"):
            video = video_of(path)
            try:
                document = eaf_reader.read(path)
                check_same_video(path, video, document)
            except InputError as error:
                faults.append(str(error))
                continue
            suffix = manifest.media_suffix(videos[video]["source"], options.container)
            media = options.results / "videos" / f"{video}.{suffix}"
            columns = rows(video, path.name, document, zero_s(document, media))
            tell(path, columns["origin"], document)
            out.append(columns)
        if faults:
            raise InputError("\n".join(faults))


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", required=True, type=Path, help="folder with the videos")
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument(
        "--container", required=True, help="suffix of downloads whose address names none"
    )
    parser.add_argument("--files", required=True, type=Path, nargs="+", help="{video_id}.eaf")
    parser.add_argument("--output", required=True, type=Path, help="table to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
