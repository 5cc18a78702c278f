"""A results folder with made-up tables of a few videos, which plots and the methods text read."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from corpus.tables import parquet

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DLIB_MODEL = {"dlib_face_recognition_resnet_model_v1.dat": "5" * 64}
STEPS = {
    "status": (
        "index_frames",
        {"threshold": 10.0, "min_length_s": 0.5},
        ("av", "opencv-python-headless"),
    ),
    "faces": (
        "detect_faces",
        {
            "samples_per_second": 5.0, "min_size": 0.06, "min_score": 0.9, "max_gap_s": 1.0,
            "min_track_s": 0.4, "min_track_score": 0.97, "batch_size": 16, "device": "cpu",
            "detector": "fast-mtcnn", "embedder": "dlib", "best": 6,
        },
        ("facenet-pytorch", "ai-edge-litert", "dlib-bin"),
    ),
    "keypoints": (
        "extract_keypoints",
        {"frames_per_second": 0.0, "full_frame": True, "min_confidence": 0.5, "device": "cpu"},
        ("ai-edge-litert",),
    ),
    "kinematics": (
        "measure_movement",
        {
            "min_visibility": 0.5, "seen_window_s": 0.5, "seen_share": 0.75, "max_gap_s": 0.2,
            "max_jitter": 0.05, "cutoff_hz": 6.0, "phase_cutoff_hz": 3.4, "onset_speed": 1.0,
            "offset_speed": 0.4, "min_movement_s": 0.1, "min_extent": 0.2, "min_still_s": 0.1,
            "max_hold_s": 3.0, "rest_height": -1.2, "rest_radius": 0.3, "still_camera": False,
        },
        (),
    ),
    "gestures": ("segment_gestures", {}, ()),
    "gesture_neighbours": ("compare_gestures", {}, ("scipy",)),
    "clusters": (
        "cluster_faces",
        {
            "embedder": "dlib", "min_cluster_size": 2, "min_samples": 1, "same_person": 0.63,
            "certainty": 17.5, "usual_distance": 0.72,
        },
        ("hdbscan",),
    ),
    "people": ("identify_people", {"samples_per_second": 5.0}, ("pandas",)),
}  # fmt: skip
"""Step, parameters and tools in the provenance of each table."""
TABLES_WITH_OTHER_PROVENANCE = {"frames": "status", "shots": "status", "embeddings": "faces"}
"""Tables with the provenance of another table. All other tables have that of `people`."""

FPS = 25
N_FRAMES = 100
DETECTIONS_PER_SECOND = 5
NO_EMBEDDINGS = {"track": [], "frame": [], "time_s": [], "embedding": []}

Track = tuple[str, str, float]
"""A face track: video, person, and length in seconds."""


def make_provenance(table: str, tracks_taken_out: int = 0, **changes: object) -> dict:
    """Provenance of a table.

    `changes` are parameters that differ from `STEPS`, and `commit` is that of the workflow.
    `tracks_taken_out` is the number of tracks that were removed when a person was erased.
    """
    step, parameters, tools = STEPS[table]
    commit = changes.pop("commit", COMMIT)
    provenance = {
        "workflow": {"name": "video-corpus-workflow", "version": "0.1.0", "commit": commit},
        "step": step,
        "parameters": parameters | changes,
        "tools": dict.fromkeys(tools, "1.2.3"),
        "models": DLIB_MODEL if table == "faces" else {},
    }
    if tracks_taken_out:
        provenance["tracks_taken_out"] = tracks_taken_out
    return provenance


class SmallCorpus:
    """A results folder. Videos with frames have 100 frames and last 4 seconds."""

    def __init__(
        self, folder: Path, statuses: dict[str, str], tracks: Sequence[Track] = ()
    ) -> None:
        """Write all tables but those of gestures. `statuses` are by video id."""
        self.folder, self.statuses, self.tracks = folder, statuses, list(tracks)
        self.manifest = folder / "videos.tsv"
        folder.mkdir(parents=True, exist_ok=True)
        rows = [f"{video}\thttps://example.org/{video}" for video in statuses]
        self.manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
        for video in statuses:
            self.write_video(video)
            self.write_download_record(video)
        self.write_corpus()

    def has_frames(self, video: str) -> bool:
        """Whether a video has the status of a video with frames."""
        return self.statuses[video] in ("ok", "truncated")

    def path(self, table: str, video: str | None = None) -> Path:
        """Path of a table of the corpus, or of one video."""
        return self.folder / (f"{table}/{video}.parquet" if video else f"{table}.parquet")

    def write(
        self, table: str, video: str | None, columns: dict | pd.DataFrame, **changes: object
    ) -> None:
        """Write a table. `changes` are passed to `make_provenance`."""
        described = table if table in STEPS else TABLES_WITH_OTHER_PROVENANCE.get(table, "people")
        provenance = make_provenance(described, **changes)
        self._write(table, video, columns, provenance)

    def _write(
        self, table: str, video: str | None, columns: dict | pd.DataFrame, provenance: dict
    ) -> None:
        vector = 2 if table == "embeddings" else None
        parquet.write(self.path(table, video), table, columns, provenance, vector=vector)

    def change_provenance(self, table: str, video: str | None, **sections: dict) -> None:
        """Replace entries of the provenance of a table, and keep its rows.

        `sections` are entries to change, by section: workflow, parameters, tools or models.
        """
        provenance = parquet.read_provenance(self.path(table, video))
        for section, entries in sections.items():
            provenance[section] = provenance[section] | entries
        self._write(table, video, parquet.read(self.path(table, video)), provenance)

    def replace_parameters(self, table: str, video: str | None, parameters: dict) -> None:
        """Replace all parameters in the provenance of a table, and keep its rows."""
        provenance = parquet.read_provenance(self.path(table, video))
        provenance["parameters"] = parameters
        self._write(table, video, parquet.read(self.path(table, video)), provenance)

    def status_row(self, video: str) -> dict:
        """Row of a video in the table `status`."""
        frames = self.has_frames(video)
        return {
            "video_id": video,
            "source": f"https://example.org/{video}",
            "status": self.statuses[video],
            "reason": None if frames else f"[site] {video}: Private",
            "sha256": "00" if frames else None,
            "width": 640 if frames else None,
            "height": 480 if frames else None,
            "n_frames": N_FRAMES * frames,
            "start_s": 0.0 if frames else None,
            "duration_s": N_FRAMES / FPS if frames else None,
            "is_vfr": False if frames else None,
            "n_shots": int(frames),
        }

    def write_status(self, video: str, **changes: object) -> None:
        """Write the table `status` of a video."""
        columns = {name: [value] for name, value in self.status_row(video).items()}
        self.write("status", video, columns, **changes)

    def write_video(self, video: str) -> None:
        """Write the tables of one video. The first track has a body in the first half."""
        n = N_FRAMES * self.has_frames(video)
        frames = {"frame": range(n), "time_s": [k / FPS for k in range(n)], "shot": [0] * n}
        self.write("frames", video, frames)
        shot = {"shot": 0, "start_frame": 0, "end_frame": n, "start_s": 0.0, "end_s": n / FPS}
        self.write("shots", video, {name: [value] * bool(n) for name, value in shot.items()})
        self.write_status(video)
        tracks = [track for track in self.tracks if track[0] == video]
        self._write_faces(video, [seconds for _, _, seconds in tracks], "cpu" if n else None)
        self.write("embeddings", video, NO_EMBEDDINGS)
        poses = [(frame, 0, 0.9) for frame in range(n // 2)] if tracks else []
        self.write_keypoints(video, poses)

    def _write_faces(self, video: str, track_lengths: list[float], device: str | None) -> None:
        """Write the table `faces`: all tracks start at 0 s."""
        detections = [
            (k, track)
            for track, seconds in enumerate(track_lengths)
            for k in range(int(seconds * DETECTIONS_PER_SECOND))
        ]
        n = len(detections)
        columns = {
            "frame": [k * FPS // DETECTIONS_PER_SECOND for k, _ in detections],
            "time_s": [k / DETECTIONS_PER_SECOND for k, _ in detections],
            "shot": [0] * n,
            "track": [track for _, track in detections],
            "score": [0.99] * n,
            "quality": [0.5] * n,
        }
        self.write("faces", video, columns, device=device)

    def write_keypoints(
        self, video: str, poses: list[tuple], hands: list[tuple] = (), **changes: object
    ) -> None:
        """Write the table `keypoints`.

        `poses` are (frame, track, visibility), each with both wrists. `hands` are (frame, track,
        part), each with one keypoint.
        """
        rows = [
            (frame, track, "pose", f"{side}_wrist", visibility)
            for frame, track, visibility in poses
            for side in ("left", "right")
        ]
        rows += [(frame, track, part, "wrist", None) for frame, track, part in hands]
        names = ["frame", "track", "part", "keypoint", "visibility"]
        columns = {name: [row[position] for row in rows] for position, name in enumerate(names)}
        columns["shot"] = [0] * len(rows)
        self.write("keypoints", video, columns, **changes)

    def write_download_record(self, video: str, **tools: str) -> None:
        """Write the record beside a video file. `tools` are the versions that downloaded it."""
        path = self.folder / f"videos/{video}.mp4.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"video_id": video, "tools": tools}))

    def write_corpus(self, names: dict[str, str] | None = None, n_clusters: int | None = None):
        """Write the tables of the whole corpus.

        `names` are by person. `n_clusters` is larger than the number of people if some were merged.
        """
        videos_seen: list[str] = []
        people: dict[str, list[Track]] = {}
        track_numbers = []
        for track in self.tracks:
            track_numbers.append(videos_seen.count(track[0]))
            videos_seen.append(track[0])
            people.setdefault(track[1], []).append(track)
        columns = {
            "video_id": videos_seen,
            "track": track_numbers,
            "person": [person for _, person, _ in self.tracks],
            "start_s": [0.0] * len(self.tracks),
            "end_s": [float(seconds) for _, _, seconds in self.tracks],
        }
        self.write("tracks", None, columns)
        self._write_people(people, names or {})
        clusters = range(len(people) if n_clusters is None else n_clusters)
        self.write("clusters", None, {"cluster": clusters})
        rows = [
            self.status_row(video) | {"n_face_tracks": videos_seen.count(video), "n_people": 0}
            for video in self.statuses
        ]
        self.write("corpus", None, {name: [row[name] for row in rows] for name in rows[0]})

    def change_tracks(self, **columns: list) -> None:
        """Replace columns of the table `tracks`, for example probability or kind."""
        path = self.path("tracks")
        tracks, provenance = parquet.read(path), parquet.read_provenance(path)
        self._write("tracks", None, tracks.assign(**columns), provenance)

    def _write_people(self, people: dict[str, list[Track]], names: dict[str, str]) -> None:
        """Write the table `people`, the longest on screen first."""
        seconds = {person: float(sum(t[2] for t in tracks)) for person, tracks in people.items()}
        ranked = sorted(people, key=lambda person: (-seconds[person], person))
        columns = {
            "person": ranked,
            "name": [names.get(person) for person in ranked],
            "n_videos": [len({video for video, _, _ in people[person]}) for person in ranked],
            "n_tracks": [len(people[person]) for person in ranked],
            "seconds": [seconds[person] for person in ranked],
            "best_video_id": [people[person][0][0] for person in ranked],
            "best_time_s": [0.5] * len(ranked),
        }
        self.write("people", None, columns)

    def write_gestures(self, video: str, people: list[str | None], **changes: object) -> None:
        """Write the tables `gestures` and `kinematics` of a video.

        There is one gesture of half a second for each of `people`. None stands for a body without a
        face.
        """
        n = len(people)
        columns = {"gesture": range(n), "person": people, "start_s": [0.0] * n, "end_s": [0.5] * n}
        self.write("gestures", video, columns, **changes)
        self.write("kinematics", video, {"frame": []}, **changes)

    def write_all_gestures(self, video: str, people: list[str | None]) -> None:
        """Write gestures of one video, and empty tables of gestures for all other videos."""
        for other_video in self.statuses:
            self.write_gestures(other_video, people if other_video == video else [])


def mixed_corpus(folder: Path) -> SmallCorpus:
    """Two people in five videos: one is unavailable, one has no frames, and one has no faces."""
    statuses = {"a": "ok", "b": "truncated", "c": "ok", "gone": "unavailable", "sound": "no_video"}
    tracks = [("a", "p0001", 4), ("a", "p0002", 2), ("b", "p0001", 3)]
    return SmallCorpus(folder, statuses, tracks)
