"""Name the people, and list them, their tracks and all videos.

python scripts/identify_people.py --results results --videos config/videos.tsv --names config/people.tsv \
    --clusters results/clusters.parquet --tracks results/tracks.parquet \
    --people results/people.parquet --corpus results/corpus.parquet --template results/people.tsv
"""

import argparse
import logging
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.identity.anchors import find_anchors
from corpus.inputs import manifest, people_file
from corpus.inputs.people_file import Anchor
from corpus.tables import parquet, provenance, schemas


def read_names(
    path: Path, videos: dict, tracks: pd.DataFrame, at: Callable[[Anchor], str]
) -> dict[str, str]:
    """Names of person ids, before people of one name are joined.

    Raises InputError with all faults of the file.
    """
    rows, faults = people_file.read(path, videos)
    names, more = people_file.resolve(rows, set(tracks["person"]), at)
    people_file.raise_faults(path, faults + more)
    return names


def join(tracks: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """`tracks` with people of one name under the lowest of their ids."""
    lowest = people_file.merged(names)
    return tracks.assign(person=[lowest.get(person, person) for person in tracks["person"]])


def twice_on_screen(before: pd.DataFrame, after: pd.DataFrame, slack_s: float) -> list[str]:
    """The first place in each video where people joined by name are on screen together.

    By the tracks' extents, whose ends are up to `slack_s` late.
    """
    told = []
    both = before.assign(whole=after["person"])
    joined = both[both.groupby("whole")["person"].transform("nunique") > 1]
    for (whole, video), tracks in joined.sort_values("start_s").groupby(["whole", "video_id"]):
        rows = list(tracks[["person", "start_s", "end_s"]].itertuples(index=False, name=None))
        both_at = (
            (person, other, start_s)
            for place, (person, _, end_s) in enumerate(rows)
            for other, start_s, _ in rows[place + 1 :]
            if other != person and start_s < end_s - slack_s - 1e-6
        )
        for person, other, start_s in islice(both_at, 1):
            told.append(
                f"{video}: {person} and {other} are both on screen at {start_s:.3f} s, but people "
                f"names them as one; taken for {whole}"
            )
    return told


def list_people(tracks: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """A row a person, in the columns of the people table, longest on screen first."""
    ranked = tracks.sort_values(
        ["best_quality", "video_id", "track"], ascending=[False, True, True]
    )
    best = ranked.drop_duplicates("person").set_index("person")
    groups = tracks.assign(seconds=tracks["end_s"] - tracks["start_s"]).groupby("person")
    people = pd.DataFrame(
        {
            "name": pd.Series({person: names.get(person) for person in best.index}, dtype=object),
            "n_videos": groups["video_id"].nunique(),
            "n_tracks": groups.size(),
            "seconds": groups["seconds"].sum(),
            "best_video_id": best["video_id"],
            "best_track": best["track"],
            "best_time_s": best["best_time_s"],
            "best_box": best["best_box"],
        }
    )
    # To the microsecond: below it, sums of equal lengths may differ.
    rounded = people["seconds"].round(6)
    order = sorted(
        people.index, key=lambda person: (-rounded[person], people_file.person_number(person))
    )
    return people.loc[order].rename_axis("person").reset_index()


def list_videos(
    results: Path, rows: dict[str, manifest.Row], tracks: pd.DataFrame
) -> dict[str, list]:
    """Columns of the corpus table: the status of each video, who is in it, the user's columns."""
    of_video = tracks.groupby("video_id")["person"]
    n_tracks, n_people = of_video.size().to_dict(), of_video.nunique().to_dict()
    own = manifest.extra_columns(rows)
    videos = []
    for video in with_progress(rows, "status", len(rows), "videos"):
        # Not through pandas, where a column of numbers and gaps becomes one of fractions.
        [status] = pq.read_table(results / f"status/{video}.parquet").to_pylist()
        counts = {
            "n_face_tracks": n_tracks.get(video, 0),
            "n_people": n_people.get(video, 0),
        }
        videos.append(status | counts | {column: rows[video][column] for column in own})
    columns = [*schemas.SCHEMAS["corpus"].names, *own]
    return {column: [row[column] for row in videos] for column in columns}


def template(
    before: pd.DataFrame, after: pd.DataFrame, names: dict[str, str], people: pd.DataFrame
) -> str:
    """Text of a people.tsv with a row for each person found, at their best face.

    People joined by name keep a row each: with one less, the next run would not join them.
    `before` and `after` joining are the tracks, `people` are the latter's.
    """
    whole = dict(zip(before["person"], after["person"], strict=True))
    place = {person: row for row, person in enumerate(people["person"])}
    found = list_people(before, names)
    found["place"] = [(place[whole[p]], people_file.person_number(p)) for p in found["person"]]
    rows = []
    for row in found.sort_values("place").itertuples():
        x1, y1, x2, y2 = row.best_box
        middle = Anchor(row.best_video_id, row.best_time_s, (x1 + x2) / 2, (y1 + y2) / 2)
        rows.append((row.person, names.get(row.person, ""), middle))
    return people_file.template(rows)


def main() -> None:
    """Read the options, names and clusters, write the corpus's tables."""
    options = parse_arguments()
    videos = manifest.read(options.videos, look=False)
    slack_s = 1 / options.samples_per_second
    found = parquet.read(options.clusters)
    found["person"] = [people_file.person_id(cluster) for cluster in found["cluster"]]
    names: dict[str, str] = {}
    for path in options.names:
        names = read_names(path, videos, found, find_anchors(options.results, found, slack_s))
    tracks = join(found, names)
    for warning in twice_on_screen(found, tracks, slack_s):
        logging.warning(warning)
    people = list_people(tracks, names)
    logging.info("%d people in %d tracks of %d videos", len(people), len(tracks), len(videos))

    used = provenance.parameters(options, ("names",))
    made_by = provenance.describe("identify_people", used, ("pandas",))
    own = manifest.extra_columns(videos)
    columns = schemas.SCHEMAS["tracks"].names
    parquet.write(options.tracks, "tracks", tracks[columns], made_by)
    parquet.write(options.people, "people", people, made_by)
    corpus = list_videos(options.results, videos, tracks)
    parquet.write(options.corpus, "corpus", corpus, made_by, extra=own)
    text = template(found, tracks, names, people)
    options.template.write_text(text, encoding="utf-8", newline="\n")


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--results", required=True, type=Path, help="folder of the tables status and faces"
    )
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument("--clusters", required=True, type=Path, help="table of cluster_faces")
    parser.add_argument(
        "--names", type=Path, nargs="*", default=[], help="people.tsv, where there is one"
    )
    parser.add_argument("--samples-per-second", type=float, default=5, help="as in detect_faces")
    parser.add_argument("--tracks", required=True, type=Path, help="table to write: a row a track")
    parser.add_argument("--people", required=True, type=Path, help="table to write: a row a person")
    parser.add_argument("--corpus", required=True, type=Path, help="table to write: a row a video")
    parser.add_argument(
        "--template", required=True, type=Path, help="people.tsv to write, for editing"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
