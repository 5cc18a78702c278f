"""Read the ELAN files that people edited into one table of annotations and their origin.

python scripts/import_elan.py --results results/mine --videos config/mine.tsv --container mp4 \
    --files config/mine_annotations/*.eaf --output results/mine/annotations.parquet
"""

import argparse
from pathlib import Path

from corpus.core.arguments import with_distinct_files
from corpus.core.errors import run
from corpus.elan.import_annotations import import_files
from corpus.inputs import manifest
from corpus.tables import provenance


def main() -> None:
    """Read the options and files, write the table."""
    options = parse_arguments()
    videos = manifest.read(options.videos, check_files=False)
    media_of = {}
    for video, row in videos.items():
        suffix = manifest.media_suffix(row["source"], options.container)
        media_of[video] = options.results / "videos" / f"{video}.{suffix}"
    parameters = provenance.parameters(options, ("container", "files"))
    sources = {video: row["source"] for video, row in videos.items()}
    made_by = provenance.describe("import_elan", parameters)
    import_files(options.files, media_of, sources, options.output, made_by)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--results", required=True, type=Path, help="folder with the videos")
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument(
        "--container",
        required=True,
        help="suffix of downloaded videos if their address does not end in a video file's name",
    )
    parser.add_argument("--files", required=True, type=Path, nargs="+", help="{video_id}.eaf")
    parser.add_argument("--output", required=True, type=Path, help="table to write")
    return with_distinct_files(parser.parse_args())


if __name__ == "__main__":
    run(main)
