"""Take people out of the results: every row and picture of them. What is left needs no new search.

python tools/erase_person.py --results results/mine --videos config/mine.tsv \
    --people config/mine_people.tsv --annotations config/mine_annotations --person p0003

Only says what it would do; with --yes it does it. Then run snakemake, which makes what depends on
identities again, without them. The videos still show them: see docs/forgetting.md.
"""

import argparse
import html
import re
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import InputError, run
from corpus.core.progress import with_progress
from corpus.elan import preserve_edits
from corpus.inputs import manifest, people_file
from corpus.privacy import erasure, kept_masks
from corpus.tables import parquet

KEY = ["video_id", "track"]


@dataclass(frozen=True)
class Plan:
    """Whom to forget, and what of them there is."""

    people: pd.DataFrame
    """Their rows of the table people."""
    tracks: pd.DataFrame
    """Their rows of the table tracks, with the cluster of each."""
    tables: dict[Path, list[int]]
    """Tables of a video that lose rows, and of which tracks."""
    known: dict[str, list[int]]
    """Their rows of the known people, which are tracks by video id."""
    deleted: list[Path]
    """What the next run makes again without them, or who asks for it."""

    def of_video(self) -> dict[str, list[int]]:
        """Their tracks by video id."""
        return self.tracks.groupby("video_id")["track"].agg(list).to_dict()


def chosen(people: pd.DataFrame, wanted: list[str]) -> pd.DataFrame:
    """Rows of the table people for ids or names. Raises InputError for one that is neither."""
    rows = []
    for who in wanted:
        name = unicodedata.normalize("NFC", who)
        found = people[(people["person"] == who) | (people["name"] == name)]
        if found.empty:
            ids = sorted(people["person"], key=people_file.person_number)
            known = f"its people are {ids[0]} to {ids[-1]}" if ids else "nobody was found in it"
            raise InputError(f"--person: no {who!r} in this corpus; {known}")
        rows.append(found)
    return pd.concat(rows).drop_duplicates("person")


def plan(results: Path, wanted: list[str], known_people: Path | None = None) -> Plan:
    """What there is of the people. Raises InputError where the results are not complete, or of
    several runs, and where `known_people`, the file of clustering.known, is not there."""
    missing = [n for n in ("tracks", "people", "clusters") if not _table(results, n).exists()]
    if missing:
        raise InputError(f"{_table(results, missing[0])}: not there yet; run snakemake first")
    people = chosen(parquet.read(_table(results, "people")), wanted)
    known = parquet.read(_table(results, "tracks"))
    clusters = parquet.read(_table(results, "clusters"), [*KEY, "cluster", "n_faces"])
    own = known[known["person"].isin(people["person"])]
    others = _keys(known) - _keys(own)
    # Those to forget may be gone from the clusters already, where this was broken off before.
    if not others <= _keys(clusters) <= _keys(known):
        raise InputError(f"{results}: tracks and clusters are of different runs; {_COMPLETE}")
    own = own.merge(clusters[[*KEY, "cluster"]], "left", KEY)
    files = {}
    for video, rows in own.groupby("video_id"):
        for folder in ("frames", "shots"):
            if not (path := results / folder / f"{video}.parquet").exists():
                raise InputError(f"{path}: not there; {_COMPLETE}")
        _check_faces(results / f"faces/{video}.parquet", clusters[clusters["video_id"] == video])
        for folder in erasure.OF_A_VIDEO:
            path = results / folder / f"{video}.parquet"
            if path.exists():
                files[path] = rows["track"].tolist()
    before = known_rows(known_people, own, set(clusters["video_id"])) if known_people else {}
    made = erasure.made_of(results, sorted(set(own["video_id"])))
    return Plan(people, own, files, before, made)


def known_rows(path: Path, own: pd.DataFrame, videos: set[str]) -> dict[str, list[int]]:
    """Tracks by video id of known people that are to be forgotten: `own`, and those of the same
    numbers in videos that the corpus, of `videos`, has no more."""
    if not path.exists():
        raise InputError(f"{path}: not there; give --known as the config key clustering.known does")
    rows = parquet.read(path, [*KEY, "cluster"])
    theirs = pd.MultiIndex.from_frame(rows[KEY]).isin(list(_keys(own)))
    theirs |= rows["cluster"].isin(own["cluster"]) & ~rows["video_id"].isin(videos)
    return rows[theirs].groupby("video_id")["track"].agg(list).to_dict()


_COMPLETE = "run snakemake, so that they are complete, then try again"


def _keys(rows: pd.DataFrame) -> set[tuple[str, int]]:
    return set(rows[KEY].itertuples(index=False, name=None))


def _table(results: Path, name: str) -> Path:
    return results / f"{name}.parquet"


def _check_faces(path: Path, clusters: pd.DataFrame) -> None:
    """Raise InputError where a video's faces were found anew since people were told apart: its
    tracks have other numbers then. Tracks that are gone already are no fault."""
    found = parquet.read(path, ["track"]).value_counts("track")
    known = clusters.set_index("track")["n_faces"].reindex(found.index)
    if not (found == known).all():
        raise InputError(f"{path}: newer than {path.parents[1]}/clusters.parquet; {_COMPLETE}")


def describe(results: Path, wanted: Plan) -> list[str]:
    """Lines that say what would be lost."""
    lines = []
    for row in wanted.people.itertuples():
        name = f" ({row.name})" if isinstance(row.name, str) else ""
        n_videos = f"{row.n_videos} video{'s' * (row.n_videos != 1)}"
        lines.append(
            f"{row.person}{name}: {row.n_tracks} tracks in {n_videos}, {row.seconds:.1f} s"
        )
    lines.append("Rows to take out:")
    for path, numbers in wanted.tables.items():
        n_rows = erasure.count_rows(path, numbers)
        lines.append(f"  {path.relative_to(results)}: {n_rows}")
    lines.append(f"  clusters.parquet: {len(wanted.tracks)}")
    if wanted.known:
        lines.append(f"  your file of known people: {sum(map(len, wanted.known.values()))}")
    lines.append("Places of their heads, kept so that blurred videos go on covering them:")
    lines += [f"  covers/{video}.parquet" for video in wanted.of_video()]
    lines.append("Files to delete, made again without them by snakemake, or when you ask for them:")
    return lines + [f"  {path.relative_to(results)}" for path in wanted.deleted]


def carry_out(
    results: Path,
    wanted: Plan,
    annotations: Path,
    names: Path | None,
    known_people: Path | None = None,
) -> list[Path]:
    """Take them out. Returns the files that people edited in ELAN, which were kept."""
    numbers = wanted.of_video()
    for video in with_progress(numbers, "covers", len(numbers), "videos"):
        kept_masks.keep(results, video, numbers[video])
    for path in with_progress(wanted.tables, "tables", len(wanted.tables), "files"):
        erasure.take_out(path, {None: wanted.tables[path]})
    if names is not None and names.exists():
        clusters = wanted.tracks["cluster"].dropna().astype(int)
        erasure.rewrite_names(names, _names(wanted), erasure.ids(clusters))
    if wanted.known:
        erasure.take_out(known_people, wanted.known)
    erasure.take_out(_table(results, "clusters"), numbers)
    kept = []
    for path in wanted.deleted:
        if path.suffix == ".eaf" and (copy := preserve_edits.keep(path, annotations)):
            kept.append(copy)
        path.unlink()
    return kept


def _names(wanted: Plan) -> set[str]:
    return set(wanted.people["name"].dropna())


def strangers(results: Path, videos: dict) -> list[str]:
    """Videos with tables that are in the manifest no more: nobody knows who is in them."""
    found = {
        path.stem for folder in erasure.OF_A_VIDEO for path in results.glob(f"{folder}/*.parquet")
    }
    return sorted(found - set(videos))


def mentions(folder: Path, people: pd.DataFrame) -> list[Path]:
    """ELAN files in a folder with the ids or names of people in them."""
    wanted = [*people["person"], *people["name"].dropna()]
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(who)}(?!\w)" for who in wanted))
    return [path for path in sorted(folder.glob("*.eaf")) if pattern.search(_plain_text(path))]


def _plain_text(path: Path) -> str:
    """What a file of XML says, with names as people.parquet has them."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return unicodedata.normalize("NFC", html.unescape(text))


def remarks(results: Path, options: argparse.Namespace, wanted: Plan) -> list[str]:
    """What this cannot do."""
    lines = []
    if others := strangers(results, manifest.read(options.videos, look=False)):
        lines.append(
            f"There are tables of {', '.join(others)}, which {options.videos} does not name: "
            "nobody knows who is in them. Delete them if these people may be."
        )
    if options.people is None and _names(wanted):
        lines.append("Take them out of your people.tsv, too, or name it with --people.")
    made_by = parquet.read_provenance(_table(results, "clusters")).get("parameters", {})
    if options.known is None and "known" in made_by:
        lines.append(
            "Your file of known people keeps where their best faces are: name it with --known, as "
            "the config key clustering.known does."
        )
    if own := mentions(options.annotations, wanted.people):
        names = ", ".join(path.name for path in own)
        lines.append(f"Files of yours in {options.annotations} that name them: {names}.")
    videos = ", ".join(sorted(set(wanted.tracks["video_id"])))
    lines.append(
        f"What stays: the videos themselves, which show them ({videos}), bodies whose face was "
        f"not found, logs, copies elsewhere, and what you saved in {options.annotations}."
    )
    return lines


def main() -> None:
    """Read the options, say what there is, and take it out where that is wanted."""
    options = parse_arguments()
    wanted = plan(options.results, options.person, options.known)
    print("\n".join(describe(options.results, wanted) + remarks(options.results, options, wanted)))
    if not options.yes:
        print(
            "Nothing was changed. Add --yes to do it; no snakemake may be at work on the results."
        )
        return
    kept = carry_out(options.results, wanted, options.annotations, options.people, options.known)
    for copy in kept:
        print(f"Kept, since somebody edited it, with their tiers: {copy}")
    print("Done. Run snakemake now; it makes the deleted files again.")


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", required=True, type=Path, help="config key results")
    parser.add_argument("--videos", required=True, type=Path, help="manifest, config key videos")
    parser.add_argument(
        "--annotations", required=True, type=Path, help="folder, config key annotations"
    )
    parser.add_argument(
        "--people", type=Path, help="your people.tsv, config key people: loses their rows"
    )
    parser.add_argument(
        "--known", type=Path, help="known people, config key clustering.known: loses their rows"
    )
    parser.add_argument("--person", required=True, nargs="+", help="ids such as p0003, or names")
    parser.add_argument("--yes", action="store_true", help="do it; else only say what there is")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
