"""Decide the kind of each track from the records of its faces."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import csr_array, triu

from corpus.faces.kinds.copies import MIN_SAMPLES, Match, Movement, match_movements, movement_of
from corpus.faces.kinds.records import Records

MIN_COMPARISONS = 5
"""Fewest comparisons while something else moves, about 3 s. Fewer are no evidence."""
STILL = 0.0055
"""Largest median displacement of a picture, in widths of the face."""
FRAMED = 0.28
"""Share of each side of a border that must be found, see `borders.border_covers`."""
ALIKE = 0.3
"""Least correlation of the movement of a copy with that of the face that it shows."""
ALIKE_SAMPLES = 30
"""Samples for which `ALIKE` holds. Among n samples, less than this, movements correlate by chance
in proportion to 1 / sqrt(n), and the limit rises accordingly."""
LATER_S = 0.15
"""Delay from which the later of two faces is the copy, seconds: less is within the error."""
MAX_COMPARED = 300
"""Most samples of two tracks that are compared, the first ones of those that they share."""


def add_kinds(
    faces: pd.DataFrame, records: Records, embeddings: np.ndarray, same_person: float
) -> pd.DataFrame:
    """The faces table with the columns kind and copy_of.

    Parameters
    ----------
    faces
        Rows of the faces table with their final tracks. The index numbers the recorded faces.
    records, embeddings
        Of all recorded faces, (n, dimensions) float32.
    same_person
        Euclidean distance of the mean embeddings up to which two tracks may be one person.
    """
    pictures = picture_tracks(faces, records.measures)
    copies = copied_tracks(faces, records, embeddings, same_person, pictures)
    kind = dict.fromkeys(pictures, "picture") | dict.fromkeys(copies, "copy")
    tracks = faces["track"].tolist()
    return faces.assign(
        kind=[kind.get(track, "person") for track in tracks],
        copy_of=pd.array([copies.get(track) for track in tracks], "Int32"),
    )


def picture_tracks(faces: pd.DataFrame, measures: pd.DataFrame) -> set[int]:
    """Tracks that show a still picture: rigid with its surroundings, and with a border.

    Only comparisons in which something else moves are evidence: in a frozen recording, or where the
    camera pans over a photograph, nothing tells a picture from a person.
    """
    of_faces = measures.loc[faces.index].assign(track=faces["track"])
    evidence = of_faces[of_faces["scene_moves"] & of_faces["displacement"].notna()]
    displacement = evidence.groupby("track")["displacement"]
    is_still = (displacement.size() >= MIN_COMPARISONS) & (displacement.median() <= STILL)
    is_framed = of_faces.groupby("track")["border_cover"].median() >= FRAMED
    still = set(is_still.index[is_still].tolist())
    return still & set(is_framed.index[is_framed].tolist())


def copied_tracks(
    faces: pd.DataFrame,
    records: Records,
    embeddings: np.ndarray,
    same_person: float,
    pictures: set[int],
) -> dict[int, int]:
    """Tracks that copy another track, and the track that each copies.

    Of two faces that move alike, the copy is the one with a border around it; if both or none has
    one, the later one; if they are simultaneous, the smaller one.
    """
    living = faces[~faces["track"].isin(pictures)]
    if living.empty:
        return {}
    tracks = dict(tuple(living.groupby("track")))
    originals: dict[int, tuple[float, int]] = {}
    for a, b in _pairs(living):
        means = [embeddings[tracks[track].index].mean(axis=0) for track in (a, b)]
        if np.linalg.norm(means[0] - means[1]) > same_person:
            continue
        movements = _movements(tracks[a], tracks[b], records.patches)
        match = match_movements(*movements)
        n_samples = min(len(movement.times) for movement in movements)
        if match.correlation < ALIKE * max(1.0, np.sqrt(ALIKE_SAMPLES / n_samples)):
            continue
        first_is_copy = _first_is_copy(tracks[a], tracks[b], match, records.measures)
        copy, original = (a, b) if first_is_copy else (b, a)
        originals[copy] = max(originals.get(copy, (0.0, original)), (match.correlation, original))
    return {copy: _root(copy, originals) for copy in originals}


def _pairs(faces: pd.DataFrame) -> Iterator[tuple[int, int]]:
    """Pairs of tracks with faces in at least `MIN_SAMPLES` common frames, the lower first."""
    tracks, rows = np.unique(faces["track"].to_numpy(int), return_inverse=True)
    _, columns = np.unique(faces["frame"].to_numpy(int), return_inverse=True)
    # A table of pairs of faces would be too large for a crowd in a long video.
    is_shown = csr_array((np.ones(len(faces), np.int32), (rows, columns)))
    n_common = triu(is_shown @ is_shown.T, 1).tocoo()
    is_long = n_common.data >= MIN_SAMPLES
    pairs = zip(n_common.row[is_long].tolist(), n_common.col[is_long].tolist(), strict=True)
    yield from sorted((int(tracks[a]), int(tracks[b])) for a, b in pairs)


def _movements(
    first: pd.DataFrame, second: pd.DataFrame, patches: np.ndarray
) -> tuple[Movement, Movement]:
    """Movement of two tracks during the first samples that they share."""
    common = sorted(set(first["frame"]) & set(second["frame"]))[:MAX_COMPARED]
    movements = []
    for track in (first, second):
        rows = track[track["frame"].between(common[0], common[-1])].sort_values("frame")
        movements.append(movement_of(rows["time_s"].to_numpy(), patches[rows.index]))
    return movements[0], movements[1]


def _first_is_copy(
    first: pd.DataFrame, second: pd.DataFrame, match: Match, measures: pd.DataFrame
) -> bool:
    framed = [measures.loc[track.index, "border_cover"].median() for track in (first, second)]
    is_framed = [cover >= FRAMED for cover in framed]
    if is_framed[0] != is_framed[1]:
        return is_framed[0]
    if abs(match.lag_s) >= LATER_S:
        return match.lag_s < 0
    return _width(first) < _width(second)


def _width(faces: pd.DataFrame) -> float:
    return float((faces["x2"] - faces["x1"]).median())


def _root(track: int, originals: dict[int, tuple[float, int]]) -> int:
    """The track at the start of a chain of copies."""
    chain = [track]
    while chain[-1] in originals and originals[chain[-1]][1] not in chain:
        chain.append(originals[chain[-1]][1])
    return chain[-1]
