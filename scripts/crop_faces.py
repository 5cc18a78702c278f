"""Crop images of each person's best faces. They are biometric data: written only on request.

python scripts/crop_faces.py --results results/laptop --videos config/laptop.tsv \
    --output results/laptop/pictures.parquet
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.identity.embedded_faces import read_embedded_faces
from corpus.identity.face_crops import (
    add_other_times,
    choose_faces,
    crop_video_faces,
    picture_columns,
)
from corpus.inputs import erased_folder, manifest, people_file
from corpus.inputs.manifest_changes import require_rows
from corpus.privacy import erased_heads
from corpus.privacy.masking import mask_erased
from corpus.tables import parquet, provenance
from corpus.video.picture_format import read_picture_format


def main() -> None:
    """Read the options, the clusters and the videos; write the images."""
    options = parse_arguments()
    videos = manifest.read(options.videos, check_files=False)
    # Use the people before they are merged by name, so that a new name does not repeat this step.
    tracks = parquet.read(options.results / "clusters.parquet")
    tracks["person"] = [people_file.person_id(cluster) for cluster in tracks["cluster"]]
    require_rows(videos, tracks["video_id"])
    n_pictures = options.pictures_per_person
    chosen = choose_faces(tracks, n_pictures).reset_index(drop=True)
    has_few = chosen.groupby("person")["rank"].transform("size") < n_pictures
    others = read_embedded_faces(options.results, chosen[has_few])
    chosen = add_other_times(chosen, others, n_pictures)

    jpegs: dict[int, bytes] = {}
    groups = chosen.groupby("video_id", sort=True)
    for video, rows in with_progress(groups, "crop_faces", groups.ngroups, "videos"):
        frames = parquet.read(options.results / f"frames/{video}.parquet")
        suffix = manifest.media_suffix(videos[video]["source"], options.container)
        file = options.results / f"videos/{video}.{suffix}"
        picture = read_picture_format(options.results / f"status/{video}.parquet")
        if picture:
            mask = mask_of_erased(options, str(video), file, frames)
            times = frames["time_s"].to_numpy()
            jpegs |= dict(crop_video_faces(file, times, picture, rows, mask))
    parameters = provenance.parameters(options, ("container", "erased"))
    made_by = provenance.describe("crop_faces", parameters, ("av", "pillow"))
    parquet.write(options.output, "pictures", picture_columns(chosen, jpegs), made_by)


def mask_of_erased(
    options: argparse.Namespace, video: str, file: Path, frames: pd.DataFrame
) -> Callable | None:
    """The function that masks erased people in images of a video; None if there are none."""
    if not options.erased:
        return None
    covers = erased_folder.find_masks(options.erased, options.results, video)
    status = options.results / f"status/{video}.parquet"
    heads = erased_heads.read(covers, file, frames, status) if covers else None
    return partial(mask_erased, heads) if heads else None


def parse_arguments() -> argparse.Namespace:
    """Parse the options of this script."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("--results", required=True, type=Path, help="folder with clusters, frames and videos")
    add("--videos", required=True, type=Path, help="manifest of the videos")
    add("--container", required=True, help="as the config key fetch.container")
    add(
        "--pictures-per-person", required=True, type=int, help="largest number of images per person"
    )
    add("--erased", type=Path, help="folder that keeps erased people erased")
    add("--output", required=True, type=Path, help="pictures table to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
