"""Side files with the skeletons of a video, and the table of them.

The folder `page/{video}/skeleton` has one side file for each chunk, named by its number from 0, and
the side file `index`, which is written last: if it exists, the chunks are complete.
"""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from corpus.core.atomic_files import remove_left_overs
from corpus.core.file_records import record_path
from corpus.core.side_files import write_json_side_file, write_side_file
from corpus.pose.skeleton_chunks import PARTS, Chunk, encode
from corpus.pose.skeleton_topology import (
    HAND_CONNECTIONS,
    HEAD_KEYPOINTS,
    POSE_CONNECTIONS,
    WRISTS,
)

FOLDER = "skeleton"
"""Name of the folder with the skeletons of a video, in the folder of its side files."""
INDEX = "index"


def write_chunks(
    folder: Path, video: str, chunks: Iterable[Chunk], width: int, height: int, unit: float
) -> Iterator[dict]:
    """Write the side files of a video; yield a row of the table skeletons for each chunk.

    `folder` is the folder of side files. Chunks of an earlier version of the video are deleted.
    Pixels are those of the upright picture, `unit` is the size of a unit of coordinates in pixels.
    """
    own_folder = folder / video / FOLDER
    remove(own_folder / f"{INDEX}.js")
    starts, number = [], -1
    for number, chunk in enumerate(chunks):
        name = f"{video}/{FOLDER}/{number}"
        write_side_file(folder, name, encode(chunk))
        starts.append([chunk.first_frame, round(chunk.times_s[0] * 1e6)])
        yield {
            "chunk": number,
            "first_frame": chunk.first_frame,
            "n_frames": len(chunk.times_s),
            "start_s": chunk.times_s[0],
            "last_s": chunk.times_s[-1],
            "n_tracks": len(chunk.tracks),
            "file_size": (folder / f"{name}.js").stat().st_size,
        }
    if own_folder.exists():
        for file in own_folder.glob("*.js"):
            if file.stem.isdigit() and int(file.stem) > number:
                remove(file)
    index = {"width": width, "height": height, "unit": unit, "chunks": starts, **topology()}
    write_json_side_file(folder, f"{video}/{FOLDER}/{INDEX}", index)


def topology() -> dict:
    """What the page draws: parts in the order of their numbers, lines between keypoints, the number
    of head keypoints, which have no dots, and the keypoints of the wrists by their labels."""
    return {
        "parts": PARTS,
        "lines": {"pose": POSE_CONNECTIONS, "hand": HAND_CONNECTIONS},
        "head": len(HEAD_KEYPOINTS),
        "wrists": WRISTS,
    }


def remove(file: Path) -> None:
    """Delete a side file and its record, if they exist."""
    if file.parent.exists():
        remove_left_overs(file)
    record_path(file).unlink(missing_ok=True)
    file.unlink(missing_ok=True)


def delete_all(results: Path) -> bool:
    """Delete the skeletons of all videos and the tables of them; whether there were any."""
    folders = [*(results / "report" / "page").glob(f"*/{FOLDER}"), results / "skeletons"]
    existing = [folder for folder in folders if folder.is_dir()]
    for folder in existing:
        shutil.rmtree(folder)
    return bool(existing)
