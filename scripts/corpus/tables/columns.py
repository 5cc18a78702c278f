"""Columns that several tables have."""

from corpus.tables.table import Columns
from corpus.tables.values import KINDS, STATUSES

FRAME: Columns = {
    "frame": ("int32", "number of the decoded frame, from 0"),
    "time_s": ("float64", "presentation time on the clock of the video file, seconds"),
    "shot": ("int32", "shot that contains the frame, from 0"),
}
"""Columns of a table with rows about frames."""

PICTURE_CHANGE: Columns = {
    "repeated": (
        "bool",
        "true if the picture is the same as in the previous frame, as with doubled frames and "
        "frozen pictures",
    ),
    "camera_x": (
        "float32",
        "how far the static background moved to the right since the previous frame, pixels; null "
        "if unknown, and in the first frame of a shot",
    ),
    "camera_y": ("float32", "how far it moved downwards, pixels"),
    "camera_scale": (
        "float32",
        "how much larger it became, as a ratio; above 1 if the camera zooms in. The point p moves "
        "to c + scale R(roll) (p - c) + (x, y), where c is the centre of the picture",
    ),
    "camera_roll": ("float32", "how far it turned clockwise, radians"),
}
"""What changed from the previous frame to this one, in the table of frames."""

VIDEO: Columns = dict(
    video_id=("text", "id in the manifest"),
    source=(
        "text",
        "address or path in the manifest, without credentials and folders of this computer",
    ),
    status=("text", "one of " + ", ".join(STATUSES)),
    reason=(
        "text",
        "what is wrong with the video, as reported by the tool that failed, or what was corrected; "
        "null if nothing is",
    ),
    sha256=("text", "sha256 of the media file"),
    width=(
        "int32",
        "width of the upright picture in square pixels, to which all positions refer: that of the "
        "largest picture if the size changes",
    ),
    height=("int32", "height of that picture, pixels"),
    stored_sizes=(
        "text",
        "sizes of the picture in the file, upright, in the order of appearance: 720x576; several "
        "if the size changes",
    ),
    pixel_aspect=(
        "text",
        "width : height of a pixel in the file, before the picture is turned upright; 1:1 if "
        "pixels are square",
    ),
    n_interlaced=("int64", "number of frames that the file marks as interlaced"),
    deinterlaced=("bool", "true if these frames were deinterlaced"),
    n_clock_jumps=("int32", "number of times the clock of the file starts again or jumps"),
    picture_stream=("text", "the picture stream that is used: its number in the file, and codec"),
    sound_stream=("text", "the sound stream that is used in exports; null if there is none"),
    other_streams=("text", "picture and sound streams of the file that are not used, or null"),
    n_frames=("int64", "number of decoded frames"),
    start_s=("float64", "time of the first frame, seconds"),
    duration_s=(
        "float64",
        "from the start of the first frame to the end of the last, seconds",
    ),
    is_vfr=("bool", "true if the frame rate varies"),
    n_shots=("int32", "number of shots"),
)
"""Columns of a table with one row per video."""

KIND: Columns = {"kind": ("category", "what the face of the track is: " + ", ".join(KINDS))}
"""Column of a table with rows about face tracks."""
