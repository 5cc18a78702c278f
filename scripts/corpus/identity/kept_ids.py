"""After an erasure, the remaining people keep their ids, even if all results are made again.

Erasing a person stores the table clusters without them (`corpus.inputs.erased_folder`). A track of
a later run is recognised by where and when its best face was, because erasing somebody and other
settings change the numbers of tracks. The ids of erased people are not given again.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.checksums import sha256
from corpus.faces.track_matching import match_best_faces
from corpus.identity.corpus_tracks import BOX, TRACK_KEY, CorpusTracks
from corpus.identity.known_people import KnownPeople
from corpus.tables import parquet
from corpus.video.picture_format import stored_pixel_scales

MATCH = ["cluster", "probability", "shared_s"]


def read(
    path: Path, results: Path, tracks: CorpusTracks, known: KnownPeople | None = None
) -> KnownPeople:
    """Read who remained after an erasure, and recognise their tracks among those of the corpus.

    Parameters
    ----------
    path
        The table clusters in the folder of erased people.
    results
        Folder with the tables of faces.
    tracks
        The tracks of the corpus.
    known
        People of an earlier run, from the config key clustering.known. Their tracks take
        precedence.
    """
    kept = parquet.read(path).sort_values(TRACK_KEY, ignore_index=True)
    first_new = parquet.read_provenance(path)["parameters"]["numbers"]
    if known is None:
        known = KnownPeople(kept.iloc[:0], 0, sha256(path))
    return replace(
        known,
        first_new=max(known.first_new, first_new),
        located=locate_tracks(tracks.rows, kept, results),
    )


def locate_tracks(tracks: pd.DataFrame, kept: pd.DataFrame, results: Path) -> pd.DataFrame:
    """Find the tracks of the corpus in which the best faces of the kept tracks are.

    Returns the columns `MATCH` for the rows of `tracks`, NaN where a track is new. If several kept
    tracks are in one track, the one that shares most seconds with it counts.
    """
    columns = ["track", "frame", "time_s", *BOX]
    matches = []
    for video, of_video in kept[kept["video_id"].isin(tracks["video_id"])].groupby("video_id"):
        faces = parquet.read(results / "faces" / f"{video}.parquet", columns)
        scales = stored_pixel_scales(results / "status" / f"{video}.parquet")
        in_track = match_best_faces(faces, of_video, scales)
        matches.append(of_video.assign(kept_track=of_video["track"], track=in_track))
    located = pd.concat([kept.iloc[:0].assign(kept_track=0), *matches]).dropna(subset=["track"])
    both = tracks[[*TRACK_KEY, "start_s", "end_s"]].reset_index(names="row")
    both = both.merge(
        located.astype({"track": np.int64}), on=TRACK_KEY, suffixes=("", "_kept"), sort=False
    )
    shared_s = both[["end_s", "end_s_kept"]].min(axis=1) - both[["start_s", "start_s_kept"]].max(
        axis=1
    )
    both = both.assign(shared_s=shared_s.clip(lower=0))
    both = both.sort_values(["row", "shared_s", "kept_track"], ascending=[True, False, True])
    best = both.drop_duplicates("row").set_index("row")
    return best[MATCH].astype(float).reindex(range(len(tracks)))
