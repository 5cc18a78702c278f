"""Results folders for tests of the page: made-up tables, faces and a few real clips."""

import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import write_page  # noqa: E402
from corpus.inputs import manifest  # noqa: E402
from corpus.report import coverage, plot_style  # noqa: E402
from corpus.tables import parquet  # noqa: E402
from corpus.video.reader import Reader  # noqa: E402
from synthetic_corpus import EVIL, make, name_people, video_name  # noqa: E402

__all__ = [
    "EVIL",
    "add_pictures",
    "corpus",
    "covered",
    "name_people",
    "times_of",
    "video_name",
    *("tell_gestures", "write"),
]


def times_of(clip: Path) -> list[float]:
    """Times of all frames of a real clip."""
    return [frame.time_s for frame in Reader(clip, range(0))]


def picture(seed: int) -> bytes:
    """A JPEG of one colour."""
    colour = tuple(int(value) for value in np.random.default_rng(seed).integers(0, 256, 3))
    file = io.BytesIO()
    Image.new("RGB", (96, 96), colour).save(file, "JPEG")
    return file.getvalue()


def add_pictures(results: Path, number: int = 2) -> Path:
    """The table pictures, of so many tracks of each person."""
    tracks = parquet.read(results / "tracks.parquet")
    rows = tracks.groupby("person").head(number).sort_values("person")
    columns = {name: rows[name] for name in ("person", "video_id", "track")}
    columns |= {"rank": rows.groupby("person").cumcount(), "time_s": rows["start_s"]}
    columns |= {"quality": [0.9] * len(rows), "jpeg": [picture(n) for n in range(len(rows))]}
    path = results / "pictures.parquet"
    parquet.write(path, "pictures", columns, {})
    return path


def covered(results: Path, videos: Path) -> Path:
    """The table coverage, as plot_coverage writes it beside its plot."""
    path = results / "report/coverage.tsv"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = coverage.measure_corpus(results, list(manifest.read(videos, look=False)))
        plot_style.write_table(path, rows)
    return path


def tell_gestures(results: Path, nobodys: str) -> None:
    """Say in the tables gestures who made each; those of one video are of a body without a face."""
    people = parquet.read(results / "tracks.parquet").set_index(["video_id", "track"])["person"]
    for path in (results / "gestures").iterdir():
        rows = parquet.read(path)
        if path.stem == nobodys:
            rows["track"] = -1
        rows["person"] = [people.get((path.stem, track)) for track in rows["track"]]
        parquet.write(path, "gestures", rows, parquet.read_provenance(path))


def write(results: Path, videos: Path, *options: object) -> Path:
    """Write the page as the workflow does; its path."""
    output = results / "report/index.html"
    command = ["write_page", "--results", results, "--videos", videos]
    command += ["--names", "config/my_people.tsv", "--coverage", covered(results, videos)]
    command += ["--output", output, *options]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", list(map(str, command)))
        write_page.main()
    return output


def corpus(folder: Path, n_videos: int = 9, n_people: int = 5, **more) -> tuple[Path, Path]:
    """A small corpus with all kinds of videos; its folder and manifest."""
    return folder, make(folder, n_videos, n_people, 60, 5, **more)
