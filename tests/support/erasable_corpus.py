"""A small corpus for tests that erase people, with tables as a run of the workflow writes them."""

import atexit
import os
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import ModuleType

import pandas as pd
import pytest

import erase_person
import identify_people
import write_elan
from corpus.tables import parquet
from script_runs import default_flags, run_script

TRACKS = [("v1", 0, 0), ("v1", 1, 1), ("v1", 2, 2), ("v2", 0, 0), ("w", 0, 2)]
"""Video, track, cluster: p0001 is in v1 and v2, p0002 in v1, p0003 in v1 and w."""
VIDEOS = ("v1", "v2", "w")
TABLES_WITH_BODIES = (
    "keypoints", "kinematics", "phases", "gesture_measures", "movement_quality"
)  # fmt: skip
"""Tables that also have rows for a body without a face, track -1."""
TRACK_TABLES = ("faces", "embeddings", *TABLES_WITH_BODIES)
ROWS_PER_TRACK = 5


def table_columns(table: str, tracks: list[int]) -> dict[str, list]:
    """Columns of a table of one video with five rows for each track."""
    track = [n for n in tracks for _ in range(ROWS_PER_TRACK)]
    n_rows = len(track)
    columns = {"track": track, "frame": list(range(n_rows))}
    if table == "faces":
        columns |= {"time_s": [n / 5 for n in range(n_rows)], "shot": [0] * n_rows}
        columns |= {edge: [10.0] * n_rows for edge in ("x1", "y1")}
        columns |= {edge: [50.0] * n_rows for edge in ("x2", "y2")}
    if table == "embeddings":
        columns["embedding"] = [[float(n), 1.0] for n in track]
    if table == "keypoints":
        columns["part"] = ["pose", "left_hand", "pose", "pose", "pose"] * len(tracks)
        columns["keypoint"] = ["nose", "wrist", "nose", "nose", "nose"] * len(tracks)
    if table in ("gesture_measures", "movement_quality"):
        columns = {"track": track, "hand": ["left"] * n_rows}
    if table == "phases":
        columns = {
            "track": track,
            "shot": [0] * n_rows,
            "hand": ["left"] * n_rows,
            "phase": ["rest"] * n_rows,
            "start_s": [0.0] * n_rows,
            "end_s": [1.0] * n_rows,
        }
    return columns


@cache
def _written_corpus() -> str:
    """A folder with the files of a corpus, which all corpora copy."""
    folder = mkdtemp()
    atexit.register(shutil.rmtree, folder)
    with pytest.MonkeyPatch.context() as patch:
        ErasableCorpus(Path(folder), patch, is_empty=True).write()
    return folder


def exports_of(video: str) -> list[str]:
    """Exports of a video that exist, relative to the folder exports."""
    return [f"csv/keypoints/{video}.csv", f"blurred/{video}.mp4", "csv/tracks.csv"]


CLUSTER_COLUMNS = (
    "video_id track shot start_s end_s n_faces cluster probability best_time_s best_box "
    "best_quality"
).split()


class ErasableCorpus:
    """Results of three videos and three people.

    Complete except for files that no test reads. Tables of single videos have the modification time
    1e9, clusters.parquet has 1.1e9.
    """

    def __init__(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, is_empty: bool = False
    ) -> None:
        """With `is_empty`, no files are written yet."""
        self.folder, self.monkeypatch = folder, monkeypatch
        self.results, self.annotations = folder / "results", folder / "annotations"
        self.erased = folder / "videos_erased"
        self.manifest, self.people_tsv = folder / "videos.tsv", folder / "people.tsv"
        if not is_empty:
            shutil.copytree(_written_corpus(), folder, dirs_exist_ok=True)

    def write(self) -> None:
        """Write all files."""
        rows = "".join(f"{video}\t{video}.mp4\n" for video in VIDEOS)
        self.manifest.write_text("video_id\tsource\n" + rows)
        self.people_tsv.write_text("person\tname\tvideo_id\ttime_s\tx\ty\n")
        for video in VIDEOS:
            self._write_track_tables(video)
            self._write_index(video)
            self._create_media(video)
        self._write_clusters()
        self.name_people()

    def table(self, name: str) -> Path:
        """Path of a table: people, or faces/v1."""
        return self.results / f"{name}.parquet"

    def _write_track_tables(self, video: str) -> None:
        tracks = [track for of_video, track, _ in TRACKS if of_video == video]
        for table in TRACK_TABLES:
            table_tracks = [-1, *tracks] if table in TABLES_WITH_BODIES else tracks
            columns = table_columns(table, table_tracks)
            vector = 2 if table == "embeddings" else None
            path = self.table(f"{table}/{video}")
            parquet.write(path, table, columns, {"step": table}, vector=vector)
            os.utime(path, (1e9, 1e9))

    def _write_index(self, video: str) -> None:
        frames = {"frame": range(20), "time_s": [n / 5 for n in range(20)], "shot": [0] * 20}
        parquet.write(self.table(f"frames/{video}"), "frames", frames, {})
        shots = {"shot": [0], "start_s": [0.0], "end_s": [9.0]}
        parquet.write(self.table(f"shots/{video}"), "shots", shots, {})
        status = {"video_id": [video], "status": ["ok"], "n_shots": [1]}
        parquet.write(self.table(f"status/{video}"), "status", status, {})

    def _create_media(self, video: str) -> None:
        """Create empty files for the video and its exports."""
        exports = [self.results / "exports" / name for name in exports_of(video)]
        for path in (self.results / f"videos/{video}.mp4", *exports):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def _write_clusters(self) -> None:
        rows = [
            (video, track, 0, float(track), track + 1.0, 5, cluster, 0.9, 0.2, [1, 2, 3, 4], 0.5)
            for video, track, cluster in TRACKS
        ]
        clusters = pd.DataFrame(rows, columns=CLUSTER_COLUMNS).assign(kind="person")
        parquet.write(self.table("clusters"), "clusters", clusters, {"step": "cluster_faces"})
        os.utime(self.table("clusters"), (1.1e9, 1.1e9))

    def name_people(self) -> None:
        """Run the rules that a run repeats after an erasure: identify_people and write_elan."""
        self.call(
            identify_people,
            *default_flags("identify_people"),
            f"--results={self.results}",
            f"--videos={self.manifest}",
            f"--clusters={self.table('clusters')}",
            f"--names={self.people_tsv}",
            f"--tracks={self.table('tracks')}",
            f"--people={self.table('people')}",
            f"--corpus={self.table('corpus')}",
            f"--template={self.results}/unedited/people.tsv",
        )
        self.call(
            write_elan,
            f"--results={self.results}",
            f"--videos={self.manifest}",
            "--container=mp4",
            f"--annotations={self.annotations}",
        )

    def call(self, program: ModuleType, *options: str) -> None:
        """Run the main function of a program with options."""
        run_script(self.monkeypatch, program, *options)

    def erase(self, *ids_or_names: str, known_file: Path | None = None, yes: bool = True) -> None:
        """Run erase_person; without `yes`, it only lists what it would change."""
        options = [
            f"--results={self.results}",
            f"--videos={self.manifest}",
            f"--people={self.people_tsv}",
            f"--annotations={self.annotations}",
        ]
        if known_file:
            options.append(f"--known={known_file}")
        if yes:
            options.append("--yes")
        self.call(erase_person, *options, "--person", *ids_or_names)

    def content(self) -> dict[str, bytes]:
        """Content of all files, by path relative to the folder."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }
