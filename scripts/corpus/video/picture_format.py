"""How the images of a video are made, from its status table.

`index_frames` finds out which size and pixels a video has, when it reads it for the first time. The
later stages make the same images from the same frames.
"""

from pathlib import Path

from corpus.tables import parquet
from corpus.video.pictures import PictureFormat

SQUARE = "square"
"""What a table records under PIXELS if its positions are in square pixels of the reference size."""
PIXELS = "pixels"
COLUMNS = ["width", "height", "deinterlaced"]


def read_picture_format(status: Path | str) -> PictureFormat | None:
    """Read the format from the status table of a video; None for a video without frames."""
    row = parquet.read_row(status, COLUMNS)
    if row["width"] is None or row["height"] is None:
        return None
    return PictureFormat((row["width"], row["height"]), bool(row["deinterlaced"]))


def has_one_clock(status: Path | str) -> bool:
    """Return whether the clock of a video's file never starts again, from its status table.

    Otherwise several frames may have the same time in the file.
    """
    return not parquet.read_row(status, ["n_clock_jumps"])["n_clock_jumps"]


def has_square_pixels(status: Path | str) -> bool:
    """Return whether the tables of a video are in square pixels, from its status table.

    Tables of earlier versions are in pixels as they are stored in the file.
    """
    with parquet.open_file(status, []) as table:
        return "pixel_aspect" in table.schema_arrow.names


def stored_pixel_scales(status: Path | str) -> list[tuple[float, float]]:
    """Return what x and y in stored pixels are multiplied with to get square pixels.

    There is one pair for each size of the picture in the file; see `corpus.video.pictures`. An
    empty list means that the video has no frames, or that its tables have no square pixels either.
    """
    if not has_square_pixels(status):
        return []
    row = parquet.read_row(status, ["width", "height", "stored_sizes"])
    if not row["stored_sizes"]:
        return []
    sizes = [size.split("x") for size in row["stored_sizes"].split(", ")]
    return [(row["width"] / int(width), row["height"] / int(height)) for width, height in sizes]
