"""A small corpus for tests of ELAN files, with tables as a run of the workflow writes them."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

import write_elan
from corpus.elan.document import Tier
from corpus.elan.eaf_writer import format_document
from corpus.tables import parquet
from synthetic_videos import ffmpeg, plain

PHASE_COLUMNS = ["shot", "track", "hand", "phase", "start_s", "end_s"]


def shots(*edges: float) -> pd.DataFrame:
    """Table shots with one shot between each two successive `edges`, seconds."""
    rows = [(n, start, end) for n, (start, end) in enumerate(zip(edges, edges[1:], strict=False))]
    return pd.DataFrame(rows, columns=["shot", "start_s", "end_s"])


def tracks(*rows: tuple, video: str = "v") -> pd.DataFrame:
    """Table tracks; a row is (track, shot, start_s, end_s, person)."""
    columns = ["track", "shot", "start_s", "end_s", "person"]
    table = pd.DataFrame(rows, columns=columns).astype({"track": int, "shot": int})
    return table.assign(video_id=video, kind="person")


def phases(*rows: tuple) -> pd.DataFrame:
    """Table phases; a row is (shot, track, hand, phase, start_s, end_s)."""
    return pd.DataFrame(rows, columns=PHASE_COLUMNS).astype({"track": int, "shot": int})


NO_PEOPLE = (tracks(), phases())
"""Tables tracks and phases of a video without people."""


def write_eaf(folder: Path, tiers: Sequence[Tier], media: str | None = "../videos/v.mp4") -> Path:
    """Write an .eaf with these tiers, v.eaf. Returns its path."""
    path = folder / "v.eaf"
    text = format_document(tiers, media, {"video_id": "v"}, {"step": "test"})
    path.write_text(text, "utf-8")
    return path


def delayed(path: Path, seconds: float = 1.4) -> Path:
    """Write a video in which all streams start late.

    The container's suffix decides how: by an edit list, or on a clock with an arbitrary start.
    """
    source = plain(path.with_name("source.mp4"), seconds=1)
    options = ("-muxdelay", 0, "-muxpreload", 0, "-output_ts_offset", seconds)
    ffmpeg("-i", source, "-c", "copy", *options, path)
    return path


class ElanCorpus:
    """A folder of results and a manifest. Videos are added one by one, then `finish` is called."""

    def __init__(self, folder: Path) -> None:
        self.results = folder / "results"
        self.manifest = folder / "videos.tsv"
        self.annotations = folder / "annotations"
        self._manifest_rows: list[str] = []
        self._tracks: list[pd.DataFrame] = []

    def add(
        self,
        video: str,
        media: Path | None,
        shots: pd.DataFrame,
        tracks: pd.DataFrame,
        phases: pd.DataFrame,
    ) -> None:
        """Add a video and its tables. If `media` is None, its file is empty, as if unavailable."""
        target = self.results / f"videos/{video}{media.suffix if media else '.mp4'}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if media:
            shutil.copy(media, target)
        else:
            target.touch()
        parquet.write(self.results / f"shots/{video}.parquet", "shots", shots, {})
        parquet.write(self.results / f"phases/{video}.parquet", "phases", phases, {})
        self._tracks.append(tracks.assign(video_id=video))
        self._manifest_rows.append(f"{video}\tvideos/{target.name}")

    def finish(self, names: dict[str, str]) -> None:
        """Write the manifest and the tables of the corpus; `names` of people are by id."""
        lines = ["video_id\tsource", *self._manifest_rows]
        self.manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
        tracks = pd.concat(self._tracks)
        parquet.write(self.results / "tracks.parquet", "tracks", tracks, {})
        ids = sorted(set(tracks["person"]))
        people = {"person": ids, "name": [names.get(person) for person in ids]}
        parquet.write(self.results / "people.parquet", "people", people, {})

    def write_elan(self, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
        """Run write_elan. Returns the paths of the files in results/elan by video."""
        options = [
            f"--results={self.results}",
            f"--videos={self.manifest}",
            f"--annotations={self.annotations}",
            "--container=mp4",
        ]
        monkeypatch.setattr(sys, "argv", ["write_elan.py", *options])
        write_elan.main()
        return {path.stem: path for path in sorted((self.results / "elan").glob("*.eaf"))}
