"""Write a synthetic results folder of any size: the tables that the page needs, without videos.

python benchmarks/synthetic_corpus.py /tmp/many --videos 500 --people 300

Numbers are random with fixed seeds. The frame rate is low (`--frames-per-second`), because the page
does not depend on the number of frames. Names, titles and reasons contain characters that are
special in HTML, JSON or people.tsv.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

import identify_people  # noqa: E402
from corpus.tables import parquet, schemas  # noqa: E402

SPECIAL_TEXT = "</script><img src=x onerror=alert(1)> & \"quotes\" 'n' <!-- \u2028 Åsa, 手"
GONE = ("Private video. Sign in if you've been granted access", "Video removed by the uploader")
SHOT_S = 12.0
TRANSITIONS = ("start", "cut", "dissolve", "fade", "wipe")
SCALE = 1.4
"""Typical speed of a hand, shoulder widths per second."""
GESTURE_STEP_S = 4.0
"""Time from gesture to gesture of a track."""
OF_BOTH_HANDS = ("overlap_s", "lag_s", "symmetry", "parallel")
"""Measures that stay null, because the hands gesture one at a time."""


def video_name(number: int) -> str:
    """Id of the video with this number."""
    return f"interview_{number:04d}"


class Video:
    """One synthetic video: its length, its shots, and the people on screen in each shot.

    `times` are the times of all frames of a real file, which replace random ones.
    """

    def __init__(
        self,
        number: int,
        n_people: int,
        length_s: float,
        rate: float,
        times: Sequence[float] | None = None,
    ) -> None:
        self.number = number
        self.random = np.random.default_rng(number)
        self.name = video_name(number)
        self.gone = number % 41 == 7
        self.truncated = number % 29 == 3
        self.vfr = number % 9 == 4
        length = 0 if self.gone else length_s * self.random.uniform(0.3, 1.7)
        regular = np.round(np.arange(0, length, 1 / rate) + 0.04 * (number % 5), 3)
        self.times = regular if times is None else np.asarray(times)
        n_shots = max(1, round(length / SHOT_S)) if len(self.times) else 0
        cuts = np.sort(self.random.choice(len(self.times), n_shots - 1, False)) if n_shots else []
        self.starts = np.unique(np.concatenate([[0], cuts]).astype(int)) if n_shots else []
        self.ends = [*self.starts[1:], len(self.times)]
        self.end_s = float(2 * self.times[-1] - self.times[-2]) if len(self.times) else 0.0
        # A few people are in many videos, most people in one or two.
        weight = 1 / np.arange(1, n_people + 1) ** 0.6
        n_in_video = min(n_people, int(self.random.integers(1, 6)))
        self.people = self.random.choice(n_people, n_in_video, False, weight / weight.sum())
        self.tracks = self._tracks() if n_shots else []

    def _tracks(self) -> list[tuple[int, int, int, int]]:
        """Shot, first frame, end frame and person of each face track."""
        rows = []
        for shot, (start, end) in enumerate(zip(self.starts, self.ends, strict=True)):
            on_screen = [p for p in self.people if self.random.random() < 0.55]
            rows += [(shot, int(start), int(end), int(person)) for person in on_screen]
        return rows

    def time(self, frame: int) -> float:
        """Time of a frame in seconds; of the end for the number after the last frame."""
        return float(self.times[frame]) if frame < len(self.times) else self.end_s

    def shot_of(self, frames: np.ndarray) -> np.ndarray:
        """Shot numbers of frames."""
        return np.searchsorted(self.starts, frames, side="right") - 1


def write_video(
    folder: Path, video: Video, face_step: int, gesture_step_s: float = GESTURE_STEP_S
) -> list[dict]:
    """Write the tables of one video; return its rows of the table clusters.

    Every `face_step`-th frame has faces.
    """
    frames = np.arange(len(video.times))
    save(folder, "frames", video, frames_of(video) if len(frames) else empty("frames"))
    shots = {
        "shot": range(len(video.starts)), "start_frame": video.starts, "end_frame": video.ends,
        "start_s": [video.time(f) for f in video.starts],
        "end_s": [video.time(f) for f in video.ends],
        "transition": [TRANSITIONS[(shot > 0) + shot % 4] for shot in range(len(video.starts))],
    }  # fmt: skip
    save(folder, "shots", video, shots if len(frames) else empty("shots"))
    status = "unavailable" if video.gone else "truncated" if video.truncated else "ok"
    reason = GONE[len(video.name) % 2] if video.gone else SPECIAL_TEXT if video.truncated else None
    row = {
        "video_id": video.name, "source": f"https://example.org/{video.name}", "status": status,
        "reason": reason, "sha256": None if video.gone else "00", "width": 1280, "height": 720,
        "n_frames": len(frames), "start_s": None if video.gone else float(video.times[0]),
        "duration_s": None if video.gone else video.end_s - float(video.times[0]),
        "is_vfr": video.vfr, "n_shots": len(video.starts),
    }  # fmt: skip
    save(folder, "status", video, {name: [value] for name, value in row.items()})
    save(folder, "faces", video, faces_of(video, face_step))
    pairs = [(f, t) for t, (_, a, b, _) in enumerate(video.tracks) for f in range(a, b)]
    at = np.array(pairs, dtype=int).reshape(-1, 2)
    base = {"frame": at[:, 0], "time_s": video.times[at[:, 0]], "track": at[:, 1]}
    base["shot"] = video.shot_of(at[:, 0]) if len(at) else []
    point = {"part": ["pose"] * len(at), "keypoint": ["nose"] * len(at)}
    save(folder, "keypoints", video, base | point)
    save(folder, "kinematics", video, kinematics_of(video, base))
    gestures = gestures_of(video, gesture_step_s)
    measures = gesture_measures_of(video, gestures)
    save(folder, "gesture_measures", video, measures)
    save(folder, "gestures", video, measures | gestures)
    save(folder, "phases", video, phases_of(gestures))
    save(folder, "movement_quality", video, movement_quality_of(video))
    metadata = {
        "title": f"Interview {video.name[-4:]} {SPECIAL_TEXT if video.truncated else ''}".strip()
    }
    record = folder / f"videos/{video.name}.mp4.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(metadata), encoding="utf-8")
    return clusters_of(video)


def save(folder: Path, table: str, video: Video, columns: dict) -> None:
    """Write a table of one video."""
    provenance = {"step": f"make_{table}", "tools": {}, "models": {}}
    provenance["parameters"] = {"samples_per_second": 5, "frames_per_second": 0}
    provenance["workflow"] = {
        "name": "video-corpus-workflow",
        "version": "0.1.0",
        "commit": "0" * 40,
    }
    parquet.write(folder / f"{table}/{video.name}.parquet", table, columns, provenance)


def empty(table: str) -> dict:
    """The columns of a table without rows."""
    return {name: [] for name in schemas.SCHEMAS[table].names}


def frames_of(video: Video) -> dict:
    """Columns of the table frames: a camera at rest, which is unknown in the first of a shot."""
    frames = np.arange(len(video.times))
    columns = {"frame": frames, "time_s": video.times, "shot": video.shot_of(frames)}
    rest = {"camera_x": 0.0, "camera_y": 0.0, "camera_scale": 1.0, "camera_roll": 0.0}
    is_start = np.isin(frames, video.starts)
    camera = {name: np.where(is_start, np.nan, value) for name, value in rest.items()}
    return columns | {"repeated": np.zeros(len(frames), bool)} | camera


def box_of(person: int) -> list[float]:
    """The face box of a person, which is the same in all frames: x1, y1, x2, y2 in pixels."""
    left = 100 + (person * 97) % 900
    return [left, 120, left + 110, 260]


def faces_of(video: Video, face_step: int) -> dict:
    """Columns of the table faces: every `face_step`-th frame of each track."""
    rows = [(f, t, p) for t, (_, a, b, p) in enumerate(video.tracks)
            for f in range(a, b, face_step)]  # fmt: skip
    at = np.array(rows, dtype=int).reshape(-1, 3)
    boxes = np.array([box_of(person) for person in at[:, 2]]).reshape(-1, 4)
    score = np.clip(1 - video.random.exponential(0.01, len(at)), 0.9, 1)
    columns = {"frame": at[:, 0], "time_s": video.times[at[:, 0]], "track": at[:, 1]}
    columns |= {"score": score, "quality": score}
    return columns | dict(zip(("x1", "y1", "x2", "y2"), boxes.T, strict=True))


def clusters_of(video: Video) -> list[dict]:
    """Rows of the table clusters for the video's tracks."""
    rows = []
    for track, (shot, start, end, person) in enumerate(video.tracks):
        others = [other for other in sorted(video.people) if other != person]
        rows.append({
            "video_id": video.name, "track": track, "shot": shot, "start_s": video.time(start),
            "end_s": video.time(end), "n_faces": end - start, "cluster": person,
            "probability": float(np.clip(video.random.normal(0.9, 0.15), 0, 1)),
            "other_cluster": others[track % len(others)] if others else None,
            "other_probability": float(video.random.uniform(0, 0.52)) if others else None,
            "kind": "picture" if track % 11 == 5 else "person",
            "best_time_s": video.time(start), "best_box": box_of(person),
            "best_quality": float(video.random.uniform(0.2, 1)),
        })  # fmt: skip
    return rows


def kinematics_of(video: Video, base: dict) -> dict:
    """Speeds of both hands, which rise and fall periodically."""
    parts = []
    for side, name in enumerate(("left_hand", "right_hand")):
        wave = np.sin(base["time_s"] / (3 + base["track"] % 4) + side) ** 4
        speed = SCALE * wave * video.random.exponential(1.0, len(wave))
        columns = {"point": [name] * len(wave), "speed": speed, "picture_speed": speed}
        columns |= {"source": ["hand"] * len(wave), "extrapolated": np.zeros(len(wave), bool)}
        parts.append(base | columns)
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def gestures_of(video: Video, step_s: float = GESTURE_STEP_S) -> dict:
    """Columns of the table gestures: one gesture every `step_s` seconds of each track."""
    rows = []
    for track, (shot, start, end, _) in enumerate(video.tracks):
        for at in np.arange(video.time(start), video.time(end) - 2, step_s):
            hand = "right" if video.random.random() < 0.7 else "left"
            length = float(video.random.uniform(0.3, 2))
            speed = SCALE * float(video.random.uniform(1, 4))
            rows.append((track, hand, shot, float(at), float(at) + length, speed))
    names = ("track", "hand", "shot", "start_s", "end_s", "peak_speed")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    return columns | {"gesture": range(len(rows))} if rows else empty("gestures")


def gesture_measures_of(video: Video, gestures: dict) -> dict:
    """Columns of the table gesture_measures, for the rows of the table gestures."""
    # A generator of its own: other tables do not depend on these columns.
    random = np.random.default_rng([video.number, 1])
    n = len(gestures["gesture"])
    columns = {name: gestures[name] for name in ("gesture", "track", "hand")}
    columns |= dict.fromkeys(("start_seen", "end_seen"), np.ones(n, bool))
    columns |= dict.fromkeys(("jump", "trunk_movement"), np.zeros(n, bool))
    for field in schemas.SCHEMAS["gesture_measures"]:
        if pa.types.is_floating(field.type) and field.name not in OF_BOTH_HANDS:
            columns[field.name] = random.random(n)
    columns |= {"n_submovements": random.integers(1, 6, n), "region": ["center"] * n}
    columns |= {"source": ["hand"] * n, "speed_cutoff_hz": np.full(n, 6.0)}
    middle_s = (np.array(gestures["start_s"], float) + np.array(gestures["end_s"], float)) / 2
    return columns | {"peak_time_s": middle_s}


def phases_of(gestures: dict) -> dict:
    """Columns of the table phases: each gesture is a movement, and a rest of a second follows."""
    shared = {name: gestures[name] for name in ("track", "hand", "shot", "start_s", "end_s")}
    movements = pd.DataFrame(shared).assign(
        phase="movement", gesture=gestures["gesture"], peak_speed=gestures["peak_speed"]
    )
    rests = pd.DataFrame(shared).assign(phase="rest", start_s=movements["end_s"])
    rests["end_s"] = rests["start_s"] + 1
    phases = pd.concat([movements, rests]).sort_values(["start_s", "track", "hand"])
    return phases.astype({"gesture": "Int32"})


def movement_quality_of(video: Video) -> dict:
    """Columns of the table movement_quality: both hands of each track are always visible."""
    rows = [
        {"track": track, "hand": hand, "on_screen_s": video.time(end) - video.time(start)}
        for track, (_, start, end, _) in enumerate(video.tracks)
        for hand in schemas.HANDS
    ]
    columns = pd.DataFrame(rows, columns=["track", "hand", "on_screen_s"])
    cutoffs = dict.fromkeys(("position_cutoff_hz", "speed_cutoff_hz", "acceleration_cutoff_hz"), 6)
    seconds = {"visible_s": columns["on_screen_s"], "hand_model_s": columns["on_screen_s"]}
    return columns.assign(frame_rate=25, interpolated_s=0.0, **seconds, **cutoffs)


def make(
    folder: Path,
    n_videos: int,
    n_people: int,
    length_s: float = 600,
    rate: float = 2,
    frame_times: dict[int, Sequence[float]] | None = None,
    gesture_step_s: float = GESTURE_STEP_S,
) -> Path:
    """Write all tables into `folder`; return the manifest.

    `rate` is in frames per second, `gesture_step_s` in seconds. `frame_times` has the times of all
    frames of real files, by the number of the video.
    """
    face_step = max(1, round(rate / 5))
    clusters = []
    for number in range(n_videos):
        video = Video(number, n_people, length_s, rate, (frame_times or {}).get(number))
        clusters += write_video(folder, video, face_step, gesture_step_s)
    people = sorted({row["cluster"] for row in clusters})
    for row in clusters:
        row["cluster"] = people.index(row["cluster"])
        other = row["other_cluster"]
        row["other_cluster"] = people.index(other) if other in people else None
    table = pd.DataFrame(clusters, columns=schemas.SCHEMAS["clusters"].names)
    table["other_cluster"] = table["other_cluster"].astype("Int32")
    table = table.sort_values(["video_id", "track"])
    provenance = {"step": "make_clusters", "parameters": {}, "tools": {}, "models": {}}
    provenance["workflow"] = {
        "name": "video-corpus-workflow",
        "version": "0.1.0",
        "commit": "0" * 40,
    }
    parquet.write(folder / "clusters.parquet", "clusters", table, provenance)
    manifest = folder / "manifest.tsv"
    rows = []
    for number in range(n_videos):
        name, licence = video_name(number), SPECIAL_TEXT if number == 2 else "CC BY"
        language = ("de", "en", "手")[number % 3]
        rows.append(f"{name}\thttps://example.org/{name}.mp4\t{language}\t{licence}")
    text = "\n".join(["video_id\tsource\tlanguage\tlicence", *rows]) + "\n"
    manifest.write_text(text, encoding="utf-8")
    name_people(folder, manifest)
    return manifest


def name_people(folder: Path, manifest: Path, names: Path | None = None) -> None:
    """Run scripts/identify_people.py on the folder, in this process."""
    command = ["identify_people", "--results", folder, "--videos", manifest]
    command += ["--clusters", folder / "clusters.parquet", "--samples-per-second", 5]
    command += ["--names", *([names] if names else [])]
    for table in ("tracks", "people", "corpus"):
        command += [f"--{table}", folder / f"{table}.parquet"]
    command += ["--template", folder / "unedited" / "people.tsv"]
    before, sys.argv = sys.argv, list(map(str, command))
    try:
        identify_people.main()
    finally:
        sys.argv = before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--videos", type=int, default=500)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--length", type=float, default=600, help="mean length of a video, seconds")
    parser.add_argument("--frames-per-second", type=float, default=2)
    options = parser.parse_args()
    rate = options.frames_per_second
    print(make(options.folder, options.videos, options.people, options.length, rate))


if __name__ == "__main__":
    main()
