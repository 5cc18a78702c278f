"""Turn frames upright: cameras store the picture as the sensor delivers it, and add a matrix."""

import av
import numpy as np
from av.sidedata.sidedata import SideDataContainer
from av.sidedata.sidedata import Type as SideData


def display_matrix(frame: "av.VideoFrame") -> np.ndarray | None:
    """Return the 2 x 2 part of the display matrix, or None where the frame has none.

    Rows are the stored x and y, columns the shown x and y.
    """
    # `frame.side_data` makes the same object and keeps it in the frame, which it refers to. Such a
    # frame is not freed before the garbage collector runs, some hundred frames later.
    side_data = SideDataContainer(frame)  # pyright: ignore[reportCallIssue]
    if SideData.DISPLAYMATRIX not in side_data:
        return None
    matrix = np.frombuffer(bytes(side_data[SideData.DISPLAYMATRIX]), np.int32)
    return matrix.reshape(3, 3)[:2, :2]


def swaps_axes(matrix: np.ndarray | None) -> bool:
    """Return whether the display matrix exchanges width and height."""
    return matrix is not None and abs(int(matrix[0, 0])) < abs(int(matrix[0, 1]))


def turn_upright(image: np.ndarray, matrix: np.ndarray | None) -> np.ndarray:
    """Apply the display matrix to a (height, width, 3) image, to the nearest quarter turn.

    PyAV's `frame.rotation` cannot be used: it ignores mirroring, and reports a left-right flip as
    half a turn.
    """
    if matrix is None:
        return image
    if swaps_axes(matrix):
        image = image.transpose(1, 0, 2)
        flip_x, flip_y = matrix[1, 0] < 0, matrix[0, 1] < 0
    else:
        flip_x, flip_y = matrix[0, 0] < 0, matrix[1, 1] < 0
    return np.ascontiguousarray(image[:: -1 if flip_y else 1, :: -1 if flip_x else 1])
