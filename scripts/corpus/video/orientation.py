"""Which way up a picture is: cameras store it as it comes and say how to turn it."""

import av
import numpy as np
from av.sidedata.sidedata import Type as SideData


def orientation(frame: "av.VideoFrame") -> np.ndarray | None:
    """The 2 x 2 part of the display matrix: stored x and y in rows, shown x and y in columns."""
    if SideData.DISPLAYMATRIX not in frame.side_data:
        return None
    matrix = np.frombuffer(bytes(frame.side_data[SideData.DISPLAYMATRIX]), np.int32)
    return matrix.reshape(3, 3)[:2, :2]


def is_turned(matrix: np.ndarray | None) -> bool:
    """Whether width and height change places."""
    return matrix is not None and abs(int(matrix[0, 0])) < abs(int(matrix[0, 1]))


def upright(image: np.ndarray, matrix: np.ndarray | None) -> np.ndarray:
    """(height, width, 3) picture with the display matrix applied, to the nearest quarter turn.

    Not by PyAV's `frame.rotation`, which knows no mirrored pictures: it takes a left-right flip for
    half a turn.
    """
    if matrix is None:
        return image
    if is_turned(matrix):
        image = image.transpose(1, 0, 2)
        flip_x, flip_y = matrix[1, 0] < 0, matrix[0, 1] < 0
    else:
        flip_x, flip_y = matrix[0, 0] < 0, matrix[1, 1] < 0
    return np.ascontiguousarray(image[:: -1 if flip_y else 1, :: -1 if flip_x else 1])
