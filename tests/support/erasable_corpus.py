"""Results of a small corpus that somebody is taken out of, without a run."""

import os
import sys
from pathlib import Path

import pandas as pd
import pytest

import erase_person
import identify_people
import write_elan
from corpus.tables import parquet, schemas

TRACKS = [("v1", 0, 0), ("v1", 1, 1), ("v1", 2, 2), ("v2", 0, 0), ("w", 0, 2)]
"""Video, track, cluster: p0001 is in v1 and v2, p0002 in v1, p0003 in v1 and w."""
PER_TRACK = ("faces", "embeddings", "keypoints", "kinematics", "phases")


def rows(table: str, numbers: list[int]) -> dict[str, list]:
    """Five rows for each track, in the columns that matter here."""
    track = [number for number in numbers for _ in range(5)]
    columns = {"track": track, "frame": list(range(len(track)))}
    if table == "faces":
        columns |= {"time_s": [n / 5 for n in range(len(track))], "shot": [0] * len(track)}
        columns |= {edge: [10.0] * len(track) for edge in ("x1", "y1")}
        columns |= {edge: [50.0] * len(track) for edge in ("x2", "y2")}
    if table == "embeddings":
        columns["embedding"] = [[float(number), 1.0] for number in track]
    if table == "keypoints":
        columns["part"] = ["pose", "left_hand", "pose", "pose", "pose"] * len(numbers)
        columns["keypoint"] = ["nose", "wrist", "nose", "nose", "nose"] * len(numbers)
    if table == "phases":
        columns = {"track": track, "shot": [0] * len(track), "hand": ["left"] * len(track),
                   "phase": ["rest"] * len(track), "start_s": [0.0] * len(track),
                   "end_s": [1.0] * len(track)}  # fmt: skip
    return columns


class Corpus:
    """Results of three videos and three people, complete but for what a run makes of names."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.results, self.monkeypatch = folder / "results", monkeypatch
        self.manifest, self.names = folder / "videos.tsv", folder / "people.tsv"
        self.annotations = folder / "annotations"
        self.manifest.write_text(
            "video_id\tsource\n" + "".join(f"{v}\t{v}.mp4\n" for v in ("v1", "v2", "w"))
        )
        self.names.write_text("person\tname\tvideo_id\ttime_s\tx\ty\n")
        for video in ("v1", "v2", "w"):
            numbers = [track for v, track, _ in TRACKS if v == video]
            with_bodies = [-1, *numbers]
            for table in PER_TRACK:
                seen = with_bodies if table in ("keypoints", "kinematics", "phases") else numbers
                vector = 2 if table == "embeddings" else None
                path = self.table(f"{table}/{video}")
                parquet.write(path, table, rows(table, seen), {"step": table}, vector=vector)
                os.utime(path, (1e9, 1e9))
            frames = {"frame": range(20), "time_s": [n / 5 for n in range(20)], "shot": [0] * 20}
            parquet.write(self.table(f"frames/{video}"), "frames", frames, {})
            shots = {"shot": [0], "start_s": [0.0], "end_s": [9.0]}
            parquet.write(self.table(f"shots/{video}"), "shots", shots, {})
            status = {"video_id": [video], "status": ["ok"], "n_shots": [1]}
            parquet.write(self.table(f"status/{video}"), "status", status, {})
            media = self.results / f"videos/{video}.mp4"
            for other in (media, *(self.results / f"exports/{e}" for e in self.exports(video))):
                other.parent.mkdir(parents=True, exist_ok=True)
                other.touch()
        clusters = [
            (video, track, 0, float(track), track + 1.0, 5, cluster, 0.9, 0.2, [1, 2, 3, 4], 0.5)
            for video, track, cluster in TRACKS
        ]
        columns = schemas.SCHEMAS["clusters"].names
        frame = pd.DataFrame(clusters, columns=columns)
        parquet.write(self.table("clusters"), "clusters", frame, {"step": "cluster_faces"})
        os.utime(self.table("clusters"), (1.1e9, 1.1e9))
        self.name_people()

    @staticmethod
    def exports(video: str) -> list[str]:
        """Files that somebody asked for."""
        return [f"csv/keypoints/{video}.csv", f"blurred/{video}.mp4", "csv/tracks.csv"]

    def table(self, name: str) -> Path:
        return self.results / f"{name}.parquet"

    def name_people(self) -> None:
        """What snakemake makes again: the rules people and write_elan."""
        made = {"tracks": "tracks", "people": "people", "corpus": "corpus"}
        outputs = [f"--{flag}={self.table(name)}" for flag, name in made.items()]
        self.call(
            identify_people,
            *(f"--results={self.results}", f"--videos={self.manifest}"),
            *(f"--clusters={self.table('clusters')}", f"--names={self.names}"),
            *(*outputs, f"--template={self.results}/people.tsv"),
        )
        self.call(
            write_elan,
            *(f"--results={self.results}", f"--videos={self.manifest}"),
            *("--container=mp4", f"--annotations={self.annotations}"),
        )

    def call(self, script, *flags: str) -> None:
        self.monkeypatch.setattr(sys, "argv", [script.__name__, *flags])
        script.main()

    def forget(self, *who: str, yes: bool = True) -> None:
        self.call(
            erase_person,
            *(f"--results={self.results}", f"--videos={self.manifest}"),
            *(f"--people={self.names}", f"--annotations={self.annotations}"),
            *(*["--yes"] * yes, "--person", *who),
        )

    def content(self) -> dict[str, bytes]:
        folder = self.results.parent
        return {
            str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()
        }
