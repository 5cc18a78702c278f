"""Write an ELAN file for each video: shots, who is there, and what their hands do.

python scripts/write_elan.py --results results --videos config/videos.tsv --container mp4 \
    --annotations config/videos_annotations

What somebody edited in results/elan is first copied into the folder of annotations.
"""

import argparse
from pathlib import Path

import pandas as pd

from corpus.core.atomic_files import write_text
from corpus.core.errors import VideoError, run
from corpus.core.progress import with_progress
from corpus.elan import eaf_writer, preserve_edits
from corpus.elan import tiers as tiers_module
from corpus.inputs import manifest
from corpus.tables import parquet, provenance
from corpus.video.stream_info import player_zero


def media_clock(path: Path) -> float | None:
    """What the file's own clock says where a player shows 0:00, seconds; None if none plays it."""
    try:
        return player_zero(path)
    except VideoError:
        return None


def video_document(
    video: str, media: str, results: Path, tracks: pd.DataFrame, names: dict, made_by: dict
) -> str:
    """Text of one video's .eaf. `media` is the name of its file, `tracks` are its rows."""
    zero = media_clock(results / "videos" / media)
    tiers = tiers_module.tiers(
        parquet.read(results / f"shots/{video}.parquet"),
        tracks,
        parquet.read(results / f"phases/{video}.parquet"),
        names,
        zero or 0.0,
    )
    properties = {"video_id": video, "player_zero_s": repr(zero or 0.0)}
    link = None if zero is None else f"../videos/{media}"
    return eaf_writer.document(tiers, link, properties, made_by)


def main() -> None:
    """Read the options and tables, write the files."""
    options = parse_arguments()
    videos = manifest.read(options.videos, look=False)
    tracks = parquet.read(options.results / "tracks.parquet")
    of_video = dict(tuple(tracks.groupby("video_id")))
    people = parquet.read(options.results / "people.parquet").dropna(subset=["name"])
    names = dict(zip(people["person"], people["name"], strict=True))
    used = provenance.parameters(options, ("container",))
    made_by = provenance.describe("write_elan", used, ("pympi-ling", "pandas"))
    folder = options.results / "elan"
    # All of them before the first is written: whatever fails later, nothing is lost.
    kept = [
        preserve_edits.keep(folder / f"{video}.eaf", options.annotations)
        for video in sorted(videos)
    ]
    for video in with_progress(sorted(videos), "elan", len(videos), "videos"):
        media = f"{video}.{manifest.media_suffix(videos[video]['source'], options.container)}"
        own = of_video.get(video, tracks.iloc[:0])
        text = video_document(video, media, options.results, own, names, made_by)
        write_text(folder / f"{video}.eaf", text)
    if n_kept := sum(copy is not None for copy in kept):
        # Not only into the log: whoever edited them should see it where snakemake was started.
        print(
            f"{n_kept} ELAN files were edited in {folder}. They are kept in "
            f"{options.annotations}, and the target annotations reads them into a table."
        )


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--results",
        required=True,
        type=Path,
        help="folder of videos, shots, phases, tracks.parquet and people.parquet; gets elan",
    )
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument(
        "--container", required=True, help="suffix of downloads whose address names none"
    )
    parser.add_argument(
        "--annotations", required=True, type=Path, help="folder for files that people edited"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
