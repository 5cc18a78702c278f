"""Write an ELAN file for each video: shots, presence of people, and phases of their hands.

python scripts/write_elan.py --results results/mine --videos config/mine.tsv --container mp4 \
    --annotations config/mine_annotations

Files in results/elan that somebody edited are first copied to the folder of annotations.
"""

import argparse
from pathlib import Path

from corpus.core.errors import run
from corpus.elan.corpus_documents import write_documents
from corpus.inputs import manifest
from corpus.tables import provenance


def main() -> None:
    """Read the options, write the files, and report copies of edited files."""
    options = parse_arguments()
    videos = manifest.read(options.videos, check_files=False)
    media_names = {
        video: f"{video}.{manifest.media_suffix(row['source'], options.container)}"
        for video, row in videos.items()
    }
    parameters = provenance.parameters(options, ("container",))
    made_by = provenance.describe("write_elan", parameters, ("pympi-ling", "pandas"))
    copies = write_documents(options.results, media_names, options.annotations, made_by)
    if copies:
        # Printed as well as logged, so that people see it where they started snakemake.
        print(
            f"Edited ELAN files in {options.results / 'elan'}: {len(copies)}. Copies are kept in "
            f"{options.annotations}. Run the target annotations to read them into a table."
        )


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--results",
        required=True,
        type=Path,
        help="folder with videos, shots, phases, tracks.parquet and people.parquet; files are "
        "written to its folder elan",
    )
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument(
        "--container",
        required=True,
        help="suffix of downloaded videos if their address does not end in a video file's name",
    )
    parser.add_argument(
        "--annotations", required=True, type=Path, help="folder for files that people edited"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
