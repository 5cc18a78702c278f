"""Keep pictures of each person's best faces. They are biometric data: only where asked for.

python scripts/crop_faces.py --results results/laptop --videos config/laptop.tsv \
    --output results/laptop/pictures.parquet
"""

import argparse
import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.inputs import manifest, people_file
from corpus.tables import parquet, provenance
from corpus.video.frames_at import read_frames_at

SIZE = 192
"""Pixels of a picture's sides: twice the 96 at which the page shows a face."""
MARGIN = 0.4
"""Room on each side, in sizes of the face: hair and chin, and few other people."""
JPEG = {"format": "JPEG", "quality": 85, "optimize": True}


def choose(tracks: pd.DataFrame, number: int) -> pd.DataFrame:
    """Up to `number` tracks of each person to show the best face of, by the person's id.

    Each of another video as long as there are more videos, since how somebody looks differs most
    between videos; the best faces first. `rank` counts them for each person, from 0.
    """
    best_first = ["best_quality", "video_id", "track"]
    order = [False, True, True]
    ranked = tracks.sort_values(best_first, ascending=order)
    ranked["round"] = ranked.groupby(["person", "video_id"]).cumcount()
    ranked = ranked.sort_values(["round", *best_first], ascending=[True, *order])
    chosen = ranked.groupby("person").head(number).sort_values(best_first, ascending=order)
    chosen["rank"] = chosen.groupby("person").cumcount()
    chosen["place"] = chosen["person"].map(people_file.person_number)
    return chosen.sort_values(["place", "rank"]).drop(columns=["round", "place"])


def square(box: np.ndarray, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the square around a face, moved into the picture."""
    x1, y1, x2, y2 = (float(edge) for edge in box)
    side = min(round(max(x2 - x1, y2 - y1) * (1 + 2 * MARGIN)), width, height)
    left = min(max(round((x1 + x2 - side) / 2), 0), width - side)
    top = min(max(round((y1 + y2 - side) / 2), 0), height - side)
    return left, top, left + side, top + side


def picture(image: np.ndarray, box: np.ndarray) -> bytes:
    """JPEG file of the face in `box`, at most SIZE x SIZE pixels; small faces stay small."""
    height, width = image.shape[:2]
    face = Image.fromarray(image).crop(square(box, width, height))
    if face.width > SIZE:
        face = face.resize((SIZE, SIZE), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    face.save(file, **JPEG)
    return file.getvalue()


def cut_out(video: Path, frames: pd.DataFrame, rows: pd.DataFrame) -> Iterator[tuple[int, bytes]]:
    """Index and JPEG of each of `rows`, which are the tracks chosen of one video."""
    times = frames["time_s"].to_numpy()
    at = {row.Index: int(np.abs(times - row.best_time_s).argmin()) for row in rows.itertuples()}
    for number, image in read_frames_at(video, set(at.values()), times):
        for index, wanted in at.items():
            if wanted == number:
                yield index, picture(image, rows.at[index, "best_box"])


def main() -> None:
    """Read the options and tables, write the pictures."""
    options = parse_arguments()
    videos = manifest.read(options.videos, look=False)
    # Of people as they were found, before names join them: no name makes pictures again.
    tracks = parquet.read(options.results / "clusters.parquet")
    tracks["person"] = [people_file.person_id(cluster) for cluster in tracks["cluster"]]
    chosen = choose(tracks, options.pictures_per_person).reset_index(drop=True)

    jpegs: dict[int, bytes] = {}
    groups = chosen.groupby("video_id", sort=True)
    for video, rows in with_progress(groups, "crop_faces", groups.ngroups, "videos"):
        frames = parquet.read(options.results / f"frames/{video}.parquet", ["time_s"])
        suffix = manifest.media_suffix(videos[video]["source"], options.container)
        file = options.results / f"videos/{video}.{suffix}"
        jpegs |= dict(cut_out(file, frames, rows))
    chosen = chosen.loc[sorted(jpegs)]
    columns = {"time_s": chosen["best_time_s"], "quality": chosen["best_quality"]}
    columns |= {name: chosen[name] for name in ("person", "rank", "video_id", "track")}
    columns["jpeg"] = [jpegs[index] for index in chosen.index]
    used = provenance.parameters(options, ("container",))
    made_by = provenance.describe("crop_faces", used, ("av", "pillow"))
    parquet.write(options.output, "pictures", columns, made_by)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--results", required=True, type=Path, help="folder of clusters and frames")
    parser.add_argument("--videos", required=True, type=Path, help="manifest")
    parser.add_argument("--container", default="mp4", help="as the config key fetch.container")
    parser.add_argument("--pictures-per-person", type=int, default=4, help="the best ones")
    parser.add_argument("--output", required=True, type=Path, help="table of pictures to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
