"""What changed from each picture of a video to the next: repeats, and movement of the camera."""

from array import array
from dataclasses import dataclass, field

import cv2
import numpy as np

from corpus.video.camera_motion import estimate_camera_motion
from corpus.video.pictures import Size, fit
from corpus.video.repeated_frames import change_of_picture, find_repeated

UNKNOWN = (np.nan,) * 4


@dataclass
class PictureChanges:
    """Compares the pictures of a video in order. Memory grows by 32 bytes per frame."""

    _changes: array = field(default_factory=lambda: array("f"))
    _largest_changes: array = field(default_factory=lambda: array("f"))
    _motions: array = field(default_factory=lambda: array("f"))
    """Four values per frame: x and y in parts of the width of the picture, scale, roll."""
    _sizes: dict[Size, int] = field(default_factory=dict)
    """Sizes of pictures, with a number for each."""
    _size_numbers: array = field(default_factory=lambda: array("i"))
    _previous: np.ndarray | None = None

    def add(self, image: np.ndarray, size: Size) -> None:
        """Add the next frame.

        `image` is (height, width, 3) uint8 RGB, small and of the same size for all frames. `size`
        is that of the picture it was made from, in square pixels. A picture of another shape has
        borders in the image.
        """
        number = self._sizes.setdefault(size, len(self._sizes))
        picture = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        change, motion = (np.nan, np.nan), None
        if self._previous is not None and number == self._size_numbers[-1]:
            change = change_of_picture(self._previous, picture)
            motion = estimate_camera_motion(self._previous, picture)
        self._changes.append(change[0])
        self._largest_changes.append(change[1])
        height, width = picture.shape
        if motion is None:
            self._motions.extend(UNKNOWN)
        else:
            width = fit(size, (width, height))[0]
            x, y = motion.x / width, motion.y / width
            self._motions.extend((x, y, motion.scale, motion.roll))
        self._size_numbers.append(number)
        self._previous = picture

    def columns(self, reference: Size, starts: np.ndarray) -> dict[str, np.ndarray]:
        """Return the columns `tables.columns.PICTURE_CHANGE` of the frames table.

        `reference` is the size of the video in square pixels, `starts` are the first frames of the
        shots. The movement of the camera is NaN there and where it is unknown.
        """
        motions = np.array(self._motions, np.float32).reshape(-1, 4)
        motions[starts] = np.nan
        widths = np.array([fit(size, reference)[0] for size in self._sizes], np.float32)
        motions[:, :2] *= widths[np.array(self._size_numbers, int)][:, None]
        changes = np.array([self._changes, self._largest_changes])
        changes[:, starts] = np.nan
        names = ("camera_x", "camera_y", "camera_scale", "camera_roll")
        return {"repeated": find_repeated(*changes), **dict(zip(names, motions.T, strict=True))}
