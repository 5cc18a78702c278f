"""Drop the face tracks of erased people after a new search of a video.

A face is claimed by the head of an erased person if it overlaps the head's face. Of several faces
in a frame, each head claims the nearest one, and others only if they lie on the same place. A track
is dropped as a whole if at least half of its faces were claimed, counted in the frames in which the
claiming heads were located.

A track that was found only in frames in which no head was located is dropped if at least half of
its faces lie in the estimated region of a head. This holds only for new tracks: one in which the
best face of another person of the corpus lies is that person, and stays.
"""

import numpy as np
import pandas as pd

from corpus.faces.tracking import iou
from corpus.privacy.erased_heads import MAJORITY, ErasedHeads, Region

EDGES = ["x1", "y1", "x2", "y2"]
PAIR = ["track", "head"]
SAME_PLACE = 0.5
"""Intersection over union from which a face is that of a located head in any case."""
NEAREST = 0.2
"""Intersection over union from which the nearest face in the frame is that of a located head. A
head that turns quickly moves by half a face between two samples."""
INSIDE = 0.5
"""Share of a face that must lie in an estimated region."""
SMALLEST = 1 / 6
"""Width of the smallest face that an estimated region claims, as a share of the region's width."""


def drop_erased_tracks(
    faces: pd.DataFrame, heads: ErasedHeads, other_people: set[int]
) -> pd.DataFrame:
    """Return the rows of a faces table without the tracks of erased people.

    Parameters
    ----------
    faces
        The faces table of the video. The remaining tracks keep their numbers.
    heads
        Where the heads of erased people are.
    other_people
        Tracks in which other people of the corpus were found before.
    """
    claims = list_claims(faces, heads)
    located = claims[claims["is_located"]]
    estimated = claims[~claims["is_located"]]
    # Nobody is in two places: a track that was seen beside a head does not belong to it.
    pairs = located.groupby(PAIR)["is_claimed"].any()
    beside = pairs.index[~pairs.to_numpy(bool)]
    estimated = estimated[~pd.MultiIndex.from_frame(estimated[PAIR]).isin(beside)]
    erased = mostly_claimed(located) | (mostly_claimed(estimated) - other_people)
    return faces[~faces["track"].isin(erased)]


def list_claims(faces: pd.DataFrame, heads: ErasedHeads) -> pd.DataFrame:
    """Return one row per face and head in its shot: whether the head claims the face."""
    rows = []
    for frame, in_frame in faces.groupby("frame"):
        boxes, tracks = in_frame[EDGES].to_numpy(float), in_frame["track"].tolist()
        for region in heads.at(int(frame)):
            claimed = claim_located(region, boxes) if region.is_located else claim(region, boxes)
            for track, is_claimed in zip(tracks, claimed.tolist(), strict=True):
                rows.append((track, region.head, frame, region.is_located, is_claimed))
    columns = [*PAIR, "frame", "is_located", "is_claimed"]
    return pd.DataFrame(rows, columns=columns).astype({"is_located": bool, "is_claimed": bool})


def mostly_claimed(claims: pd.DataFrame) -> set[int]:
    """Tracks with a majority of claimed faces, in the frames of the heads that claim any."""
    claiming = claims.loc[claims["is_claimed"], PAIR].drop_duplicates()
    of_these_heads = claims.merge(claiming, on=PAIR)
    is_face_claimed = of_these_heads.groupby(["track", "frame"])["is_claimed"].any()
    shares = is_face_claimed.groupby("track").mean()
    return set(shares.index[shares >= MAJORITY].tolist())


def claim_located(region: Region, boxes: np.ndarray) -> np.ndarray:
    """Booleans (n,): which of the face boxes (n, 4) of a frame belong to a located head."""
    overlaps = iou(region.face[None], boxes)[0]
    is_nearest = np.arange(len(boxes)) == overlaps.argmax()
    return (overlaps >= SAME_PLACE) | (is_nearest & (overlaps >= NEAREST))


def claim(region: Region, boxes: np.ndarray) -> np.ndarray:
    """Booleans (n,): which of the face boxes (n, 4) lie in the estimated region of a head."""
    low = np.maximum(boxes[:, :2], region.outline[:2])
    high = np.minimum(boxes[:, 2:], region.outline[2:])
    sizes = boxes[:, 2:] - boxes[:, :2]
    share = np.clip(high - low, 0, None).prod(axis=1) / np.maximum(sizes.prod(axis=1), 1e-9)
    region_width = region.outline[2] - region.outline[0]
    return (share >= INSIDE) & (sizes[:, 0] >= SMALLEST * region_width)
