"""Convert the keypoints of a frame to rows of the keypoints table."""

from corpus.pose.keypoints import FrameKeypoints, Keypoints
from corpus.tables import schemas


def keypoint_rows(frame: FrameKeypoints) -> dict[str, list]:
    """Rows of the keypoints table, as columns.

    Values are rounded to 0.01 pixels, 0.1 mm and 0.0001: smaller differences are noise, which would
    make files larger and differ between machines.
    """
    columns: dict[str, list] = {name: [] for name in schemas.SCHEMAS["keypoints"].names}
    for track in sorted(frame.people):
        for part, names in schemas.PARTS.items():
            if part not in frame.people[track]:
                continue
            count = len(names)
            columns["frame"] += [frame.number] * count
            columns["time_s"] += [frame.time_s] * count
            columns["shot"] += [frame.shot] * count
            columns["track"] += [track] * count
            columns["part"] += [part] * count
            columns["keypoint"] += names
            for name, values in _measurements(frame.people[track][part]).items():
                columns[name] += values
    return columns


def _measurements(keypoints: Keypoints) -> dict[str, list]:
    """The rounded columns of one body or one hand."""
    columns: dict[str, list] = {}
    for axis, name in enumerate("xyz"):
        columns[name] = keypoints.points[:, axis].round(2).tolist()
        columns[f"world_{name}"] = keypoints.world[:, axis].round(4).tolist()
    columns["visibility"] = [None] * len(keypoints.points)
    if keypoints.visibility is not None:
        columns["visibility"] = keypoints.visibility.round(4).tolist()
    columns["score"] = keypoints.score.round(4).tolist()
    return columns
