"""Results of a small corpus for the tests about ELAN, without a run: tables, files and a video."""

import shutil
from pathlib import Path

import pandas as pd

from corpus.elan import eaf_writer
from corpus.elan.eaf_writer import Tier
from corpus.tables import parquet
from synthetic_videos import ffmpeg, plain

PHASE_COLUMNS = ["shot", "track", "hand", "phase", "start_s", "end_s"]


def shots(*edges: float) -> pd.DataFrame:
    """Shots between these times, seconds."""
    rows = [(n, start, end) for n, (start, end) in enumerate(zip(edges, edges[1:], strict=False))]
    return pd.DataFrame(rows, columns=["shot", "start_s", "end_s"])


def tracks(*rows: tuple, video: str = "v") -> pd.DataFrame:
    """Face tracks: track, shot, start, end, person."""
    columns = ["track", "shot", "start_s", "end_s", "person"]
    return pd.DataFrame(rows, columns=columns).astype({"track": int, "shot": int}).assign(
        video_id=video
    )  # fmt: skip


def phases(*rows: tuple) -> pd.DataFrame:
    """Phases: shot, track, hand, phase, start, end."""
    return pd.DataFrame(rows, columns=PHASE_COLUMNS).astype({"track": int, "shot": int})


def written(folder: Path, tiers: list[Tier], media: str | None = "../videos/v.mp4") -> Path:
    """An .eaf of these tiers."""
    path = folder / "v.eaf"
    path.write_text(eaf_writer.document(tiers, media, {"video_id": "v"}, {"step": "test"}), "utf-8")
    return path


def delayed(path: Path, seconds: float = 1.4) -> Path:
    """All streams start late: by an edit list, or on a clock that starts anywhere."""
    source = plain(path.with_name("source.mp4"), seconds=1)
    options = ("-muxdelay", 0, "-muxpreload", 0, "-output_ts_offset", seconds)
    ffmpeg("-i", source, "-c", "copy", *options, path)
    return path


class Results:
    """A folder of results and a manifest; videos are added one by one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "results"
        self.manifest = folder / "videos.tsv"
        self.annotations = folder / "annotations"
        self._videos: list[str] = []
        self._tracks: list[pd.DataFrame] = []

    def add(
        self,
        video: str,
        media: Path | None,
        shots: pd.DataFrame,
        tracks: pd.DataFrame,
        phases: pd.DataFrame,
    ) -> None:
        """A video and its tables. Without `media` its file is empty, as of one that is gone."""
        target = self.folder / f"videos/{video}{media.suffix if media else '.mp4'}"
        target.parent.mkdir(parents=True, exist_ok=True)
        if media:
            shutil.copy(media, target)
        else:
            target.touch()
        parquet.write(self.folder / f"shots/{video}.parquet", "shots", shots, {})
        parquet.write(self.folder / f"phases/{video}.parquet", "phases", phases, {})
        self._tracks.append(tracks.assign(video_id=video))
        self._videos.append(f"{video}\tvideos/{target.name}")

    def finish(self, names: dict[str, str]) -> None:
        """Write what there is one of for the corpus; `names` of people, by id."""
        lines = ["video_id\tsource", *self._videos]
        self.manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
        found = pd.concat(self._tracks)
        parquet.write(self.folder / "tracks.parquet", "tracks", found, {})
        ids = sorted(set(found["person"]))
        people = {"person": ids, "name": [names.get(person) for person in ids]}
        parquet.write(self.folder / "people.parquet", "people", people, {})

    def options(self) -> list[str]:
        """Of write_elan."""
        flags = {
            "results": self.folder, "videos": self.manifest, "annotations": self.annotations,
            "container": "mp4",
        }  # fmt: skip
        return [f"--{name}={value}" for name, value in flags.items()]
