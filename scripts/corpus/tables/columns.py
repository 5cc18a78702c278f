"""Columns that several tables have."""

from corpus.tables.table import Columns
from corpus.tables.values import KINDS, STATUSES

FRAME: Columns = {
    "frame": ("int32", "number of the decoded frame, from 0"),
    "time_s": ("float64", "presentation time on the clock of the video file, seconds"),
    "shot": ("int32", "shot that contains the frame, from 0"),
}
"""Columns of a table with rows about frames."""

VIDEO: Columns = dict(
    video_id=("text", "id in the manifest"),
    source=(
        "text",
        "address or path in the manifest, without credentials and folders of this computer",
    ),
    status=("text", "one of " + ", ".join(STATUSES)),
    reason=(
        "text",
        "what is wrong with the video, as reported by the tool that failed; null if nothing is",
    ),
    sha256=("text", "sha256 of the media file"),
    width=("int32", "size of the upright frame, pixels"),
    height=("int32", "size of the upright frame, pixels"),
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
