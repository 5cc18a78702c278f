"""Name the people of the corpus, and list them, their tracks and all videos.

python scripts/identify_people.py --results results --videos config/videos.tsv \
    --names config/people.tsv --clusters results/clusters.parquet \
    --tracks results/tracks.parquet --people results/people.parquet \
    --corpus results/corpus.parquet --template results/people.tsv
"""

import argparse
import logging
from pathlib import Path

from corpus.core.atomic_files import write_text
from corpus.core.errors import run
from corpus.identity.anchors import anchor_lookup
from corpus.identity.people import (
    list_people,
    list_videos,
    merge_by_name,
    merge_conflicts,
    people_file_text,
    read_names,
    with_person_ids,
)
from corpus.inputs import manifest
from corpus.tables import parquet, provenance, schemas


def main() -> None:
    """Read the options, the clusters and the names; write the tables of the corpus."""
    options = parse_arguments()
    videos = manifest.read(options.videos, check_files=False)
    slack_s = 1 / options.samples_per_second
    unmerged = with_person_ids(parquet.read(options.clusters))
    names: dict[str, str] = {}
    for path in options.names:
        lookup = anchor_lookup(options.results, unmerged, slack_s)
        names = read_names(path, videos, unmerged, lookup)
    tracks = merge_by_name(unmerged, names)
    for warning in merge_conflicts(unmerged, tracks, slack_s):
        logging.warning(warning)
    people = list_people(tracks, names)
    logging.info("%d people in %d tracks of %d videos", len(people), len(tracks), len(videos))

    parameters = provenance.parameters(options, ("names",))
    made_by = provenance.describe("identify_people", parameters, ("pandas",))
    columns = schemas.SCHEMAS["tracks"].names
    parquet.write(options.tracks, "tracks", tracks[columns], made_by)
    parquet.write(options.people, "people", people, made_by)
    corpus = list_videos(options.results, videos, tracks)
    extra_columns = manifest.extra_columns(videos)
    parquet.write(options.corpus, "corpus", corpus, made_by, extra=extra_columns)
    text = people_file_text(unmerged, tracks, names, people)
    write_text(options.template, text)


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="folder with the tables status and faces")
    add("--videos", required=True, type=Path, help="manifest of the videos")
    add("--clusters", required=True, type=Path, help="clusters table of the corpus")
    add("--names", type=Path, nargs="*", default=[], help="people.tsv, if there is one")
    add("--samples-per-second", required=True, type=float, help="as in detect_faces")
    add("--tracks", required=True, type=Path, help="table to write, one row per track")
    add("--people", required=True, type=Path, help="table to write, one row per person")
    add("--corpus", required=True, type=Path, help="table to write, one row per video")
    add("--template", required=True, type=Path, help="people.tsv to write, for editing")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
