"""Names of people, and the tables of people, tracks and videos of the corpus."""

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pandas as pd

from corpus.core.progress import with_progress
from corpus.identity.screen_time import kind_of_people, seconds_of_people
from corpus.inputs import manifest, people_file
from corpus.inputs.people_file import Anchor
from corpus.tables import parquet, schemas


def read_names(
    path: Path, videos: dict, tracks: pd.DataFrame, lookup: Callable[[Anchor], str]
) -> dict[str, str]:
    """Read the names of people from people.tsv, by person id.

    `videos` are those of the manifest, `tracks` have the ids before people with the same name are
    merged, and `lookup` returns the person at an anchor (see `anchors.anchor_lookup`). Raises
    InputError with all faults of the file.
    """
    rows, faults = people_file.read(path, videos)
    names, unresolved = people_file.names_by_person(rows, set(tracks["person"]), lookup)
    people_file.raise_faults(faults + unresolved)
    return names


def merge_by_name(tracks: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return the tracks with people of the same name merged under the lowest of their ids.

    If the most probable other person of a track is merged with its person, the track shows this
    person with at least the higher of both probabilities, and the other person is dropped.
    """
    merged_id = people_file.merge_by_name(names)
    person = [merged_id.get(person, person) for person in tracks["person"]]
    other = [merged_id.get(person, person) for person in tracks["other_person"]]
    merged = tracks.assign(person=person, other_person=other)
    is_merged = merged["person"] == merged["other_person"]
    higher = merged[["probability", "other_probability"]].max(axis=1)
    merged["probability"] = merged["probability"].mask(is_merged, higher)
    merged.loc[is_merged, ["other_person", "other_probability"]] = None
    return merged


def with_person_ids(clusters: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the clusters table with the columns person and other_person."""
    return clusters.assign(
        person=[people_file.person_id(cluster) for cluster in clusters["cluster"]],
        other_person=[
            None if pd.isna(cluster) else people_file.person_id(int(cluster))
            for cluster in clusters["other_cluster"]
        ],
    )


def merge_conflicts(unmerged: pd.DataFrame, merged: pd.DataFrame, slack_s: float) -> list[str]:
    """Return a warning for each video in which people merged by name are on screen together.

    `unmerged` and `merged` are the tracks before and after `merge_by_name`. Only the first conflict
    of a video is described. A person can be on screen together with pictures and copies. The end
    of a track can be up to `slack_s` seconds too late.
    """
    warnings = []
    tracks = unmerged.assign(merged_person=merged["person"])
    tracks = tracks[~tracks["kind"].isin(("picture", "copy"))]
    n_ids = tracks.groupby("merged_person")["person"].transform("nunique")
    groups = tracks[n_ids > 1].sort_values("start_s").groupby(["merged_person", "video_id"])
    for (merged_person, video), video_tracks in groups:
        extents = video_tracks[["person", "start_s", "end_s"]]
        rows = list(extents.itertuples(index=False, name=None))
        overlaps = (
            (person, other, start_s)
            for position, (person, _, end_s) in enumerate(rows)
            for other, start_s, _ in rows[position + 1 :]
            if other != person and start_s < end_s - slack_s - 1e-6
        )
        for person, other, start_s in islice(overlaps, 1):
            warnings.append(
                f"{video}: {person} and {other} are both on screen at {start_s:.3f} s, but "
                f"people.tsv gives them the same name; they are merged as {merged_person}"
            )
    return warnings


def list_people(tracks: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Return one row per person in the columns of the people table, longest on screen first.

    The best face is that of the highest quality in any track.
    """
    ranked = tracks.sort_values(
        ["best_quality", "video_id", "track"], ascending=[False, True, True]
    )
    best = ranked.drop_duplicates("person").set_index("person")
    groups = tracks.groupby("person")
    seconds = seconds_of_people(tracks)
    people = pd.DataFrame(
        {
            "name": pd.Series({person: names.get(person) for person in best.index}, dtype=object),
            "n_videos": groups["video_id"].nunique(),
            "n_tracks": groups.size(),
            "seconds": seconds,
            "best_video_id": best["video_id"],
            "best_track": best["track"],
            "best_time_s": best["best_time_s"],
            "best_box": best["best_box"],
            "kind": kind_of_people(tracks),
        }
    )
    order = sorted(
        people.index, key=lambda person: (-seconds[person], people_file.person_number(person))
    )
    return people.loc[order].rename_axis("person").reset_index()


def list_videos(
    results: Path, rows: dict[str, manifest.ManifestRow], tracks: pd.DataFrame
) -> dict[str, list]:
    """Return the columns of the corpus table, one row per video of the manifest.

    They are the status of the video, the number of its tracks and people, and the user's own
    columns of the manifest.
    """
    groups = tracks.groupby("video_id")["person"]
    n_tracks, n_people = groups.size().to_dict(), groups.nunique().to_dict()
    extra_columns = manifest.extra_columns(rows)
    videos = []
    for video in with_progress(rows, "status", len(rows), "videos"):
        # pandas would turn integer columns with missing values into floats: read with pyarrow.
        status = parquet.read_row(results / f"status/{video}.parquet")
        counts = {
            "n_face_tracks": n_tracks.get(video, 0),
            "n_people": n_people.get(video, 0),
        }
        videos.append(status | counts | {column: rows[video][column] for column in extra_columns})
    columns = [*schemas.SCHEMAS["corpus"].names, *extra_columns]
    return {column: [row[column] for row in videos] for column in columns}


def people_file_text(
    unmerged: pd.DataFrame, merged: pd.DataFrame, names: dict[str, str], people: pd.DataFrame
) -> str:
    """Return the text of a people.tsv with a row for each person, at their best face.

    `unmerged` and `merged` are the tracks before and after `merge_by_name`, `people` are the people
    of the merged tracks. People who were merged by name keep a row each: if one was missing, the
    next run would not merge them.
    """
    merged_person = dict(zip(unmerged["person"], merged["person"], strict=True))
    rank = {person: rank for rank, person in enumerate(people["person"])}
    listed = list_people(unmerged, names)
    listed["order"] = [
        (rank[merged_person[person]], people_file.person_number(person))
        for person in listed["person"]
    ]
    rows = []
    for row in listed.sort_values("order").itertuples():
        x1, y1, x2, y2 = row.best_box
        anchor = Anchor(row.best_video_id, row.best_time_s, (x1 + x2) / 2, (y1 + y2) / 2)
        rows.append((row.person, names.get(row.person, ""), anchor))
    return people_file.template(rows)
