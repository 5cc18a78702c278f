"""Results of a small corpus, written by hand: what plots and the methods text read."""

import json
from pathlib import Path

import pandas as pd

from corpus.tables import parquet

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DLIB = {"dlib_face_recognition_resnet_model_v1.dat": "5" * 64}
STEPS = {
    "status": ("index_frames", {"threshold": 27.0, "min_length_s": 0.5}, ("av", "scenedetect")),
    "faces": (
        "detect_faces",
        {
            "samples_per_second": 5.0, "min_size": 0.06, "min_score": 0.9, "max_gap_s": 1.0,
            "min_track_s": 0.4, "min_track_score": 0.97, "batch_size": 16, "device": "cpu",
        },
        ("facenet-pytorch", "torch"),
    ),
    "embeddings": ("embed_faces", {"embedder": "dlib", "best": 6, "device": "cpu"}, ("dlib-bin",)),
    "keypoints": (
        "extract_keypoints",
        {"frames_per_second": 0.0, "full_frame": True, "min_confidence": 0.5, "device": "cpu"},
        ("mediapipe",),
    ),
    "kinematics": (
        "measure_movement",
        {
            "min_visibility": 0.5, "seen_window_s": 0.5, "seen_share": 0.75, "max_gap_s": 0.2,
            "max_jitter": 0.05, "cutoff_hz": 6.0, "onset_speed": 1.0, "offset_speed": 0.4,
            "min_movement_s": 0.1, "min_extent": 0.2, "min_still_s": 0.1, "max_hold_s": 3.0,
            "rest_height": -1.2, "rest_radius": 0.3,
        },
        (),
    ),
    "gestures": ("gestures", {}, ()),
    "clusters": (
        "cluster_faces",
        {"embedder": "dlib", "min_cluster_size": 3, "min_samples": 2, "same_person": 0.35},
        ("hdbscan",),
    ),
    "people": ("people", {"samples_per_second": 5.0}, ("pandas",)),
}  # fmt: skip
"""What makes each table: the step, its parameters and tools."""

FPS = 25
N_FRAMES = 100


def made_by(table: str, **other: object) -> dict:
    """Metadata of a table; `other` are parameters that differ, its commit, or how many tracks were
    taken out of it."""
    step, parameters, tools = STEPS[table]
    commit = other.pop("commit", COMMIT)
    taken_out = {key: other.pop(key) for key in ["tracks_taken_out"] if key in other}
    return taken_out | {
        "workflow": {"name": "video-corpus-workflow", "version": "0.1.0", "commit": commit},
        "step": step,
        "parameters": parameters | other,
        "tools": dict.fromkeys(tools, "1.2.3"),
        "models": DLIB if table == "embeddings" else {},
    }


class Results:
    """A results folder. Videos are 4 seconds of 100 frames; a track is (video, person, seconds)."""

    def __init__(self, folder: Path, videos: dict[str, str], tracks: list = ()) -> None:
        self.folder, self.videos, self.tracks = folder, videos, list(tracks)
        self.manifest = folder / "videos.tsv"
        folder.mkdir(parents=True, exist_ok=True)
        rows = [f"{video}\thttps://example.org/{video}" for video in videos]
        self.manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
        for video in videos:
            self.video(video)
            self.record(video)
        self.corpus()

    def seen(self, video: str) -> bool:
        return self.videos[video] in ("ok", "truncated")

    def write(self, table: str, video: str | None, columns: dict | pd.DataFrame, **made) -> None:
        name = f"{table}/{video}" if video else table
        vector = 2 if table == "embeddings" else None
        of = (
            table
            if table in STEPS
            else {"frames": "status", "shots": "status"}.get(table, "people")
        )
        path = self.folder / f"{name}.parquet"
        parquet.write(path, table, columns, made_by(of, **made), vector=vector)

    def status(self, video: str) -> dict:
        seen = self.seen(video)
        return {
            "video_id": video, "source": f"https://example.org/{video}",
            "status": self.videos[video], "reason": None if seen else f"[site] {video}: Private",
            "sha256": "00" if seen else None, "width": 640 if seen else None,
            "height": 480 if seen else None, "n_frames": N_FRAMES * seen,
            "start_s": 0.0 if seen else None, "duration_s": N_FRAMES / FPS if seen else None,
            "is_vfr": False if seen else None, "n_shots": int(seen),
        }  # fmt: skip

    def video(self, video: str, **keypoints: object) -> None:
        """Tables of one video; the first track's person has a body in the first half."""
        n = N_FRAMES * self.seen(video)
        frames = {"frame": range(n), "time_s": [k / FPS for k in range(n)], "shot": [0] * n}
        self.write("frames", video, frames)
        ends = {"start_frame": 0, "end_frame": n, "start_s": 0.0, "end_s": n / FPS}
        self.write("shots", video, {k: [v] * bool(n) for k, v in ({"shot": 0} | ends).items()})
        self.write("status", video, {name: [v] for name, v in self.status(video).items()})
        own = [track for track in self.tracks if track[0] == video]
        faces = [(k, number) for number, (_, _, s) in enumerate(own) for k in range(int(s * 5))]
        columns = {
            "frame": [5 * k for k, _ in faces], "time_s": [k / 5 for k, _ in faces],
            "shot": [0] * len(faces), "track": [number for _, number in faces],
            "score": [0.99] * len(faces), "quality": [0.5] * len(faces),
        }  # fmt: skip
        self.write("faces", video, columns, device="cpu" if n else None)
        self.write("embeddings", video, {"track": [], "frame": [], "time_s": [], "embedding": []})
        self.keypoints(video, poses=[(k, 0, 0.9) for k in range(n // 2 * bool(own))], **keypoints)

    def keypoints(self, video: str, poses: list, hands: list = (), **made: object) -> None:
        """Both wrists of the poses (frame, track, visibility), and one point of hands (frame,
        track, part)."""
        rows = [(k, t, "pose", f"{s}_wrist", v) for k, t, v in poses for s in ("left", "right")]
        rows += [(k, t, part, "wrist", None) for k, t, part in hands]
        names = ["frame", "track", "part", "keypoint", "visibility"]
        columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
        columns["shot"] = [0] * len(rows)
        self.write("keypoints", video, columns, **made)

    def record(self, video: str, **tools: str) -> None:
        """What fetching it told."""
        path = self.folder / f"videos/{video}.mp4.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"video_id": video, "tools": tools}))

    def corpus(self, names: dict[str, str] | None = None, clusters: int | None = None) -> None:
        """Tables of the whole corpus; `clusters` are more than people where some were joined."""
        rows, people = [], {}
        for video, person, seconds in self.tracks:
            number = sum(row["video_id"] == video for row in rows)
            extent = {"start_s": 0.0, "end_s": seconds, "n_faces": int(5 * seconds)}
            rows.append({"video_id": video, "track": number, "person": person} | extent)
            people.setdefault(person, []).append((video, seconds))
        self.write(
            "tracks", None, {n: [r[n] for r in rows] for n in ("video_id", "track", "person")}
        )
        ranked = sorted(people, key=lambda p: (-sum(s for _, s in people[p]), p))
        columns = {
            "person": ranked,
            "name": [(names or {}).get(person) for person in ranked],
            "n_videos": [len({v for v, _ in people[p]}) for p in ranked],
            "n_tracks": [len(people[p]) for p in ranked],
            "seconds": [float(sum(s for _, s in people[p])) for p in ranked],
            "best_video_id": [people[p][0][0] for p in ranked],
            "best_time_s": [0.5] * len(ranked),
        }
        self.write("people", None, columns)
        n = len(people) if clusters is None else clusters
        self.write("clusters", None, {"cluster": range(n)})
        statuses = [
            self.status(video)
            | {"n_face_tracks": sum(track[0] == video for track in self.tracks), "n_people": 0}
            for video in self.videos
        ]
        self.write("corpus", None, {name: [s[name] for s in statuses] for name in statuses[0]})

    def gestures(self, video: str, people: list[str | None], **made: object) -> None:
        """Gestures of half a second each, by these people; None is a body without a face."""
        n = len(people)
        columns = {"gesture": range(n), "person": people, "start_s": [0.0] * n, "end_s": [0.5] * n}
        self.write("gestures", video, columns, **made)
        self.write("kinematics", video, {"frame": []}, **made)
