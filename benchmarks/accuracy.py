"""How well the workflow does on a folder of clips of your own, from download to people.

python benchmarks/accuracy.py CLIPS
python benchmarks/accuracy.py CLIPS --labels people.csv --work /tmp/accuracy --cores 4

The clips are served on 127.0.0.1 and fetched from there, so that every stage has its part.
README.md, beside this file, says what is measured.
"""

import argparse
import csv
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from urllib.parse import quote

import imageio_ffmpeg
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from sklearn.metrics import adjusted_rand_score

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import CorpusError, InputError, run
from corpus.faces.embedders import EMBEDDERS
from corpus.inputs import manifest, settings
from corpus.tables import parquet, schemas

ROOT = Path(__file__).resolve().parents[1]
DEFAULTS = {"device": "cpu", "faces": {"embedder": "dlib"}, "fetch": {"subtitles": []}}
"""What needs no GPU and no network; a --configfile may say otherwise."""
OF_THE_CORPUS = {"corpus", "clusters", "tracks", "people"}
"""Tables there is one of; of the others there is one for each video."""
OF_A_PERSON = ("faces", "embeddings", "keypoints", "gestures")
"""Tables without a row where nobody is seen."""

WRISTS = {"left_wrist", "right_wrist"}
HANDS = WRISTS | {
    f"{side}_{tip}" for side in ("left", "right") for tip in ("index", "pinky", "thumb")
}
"""All that the pose model itself knows of the hands."""
COUNTS = (
    *("frames", "skeletons"),
    *("wrists_frames", "wrists", "wrists_hand", "wrists_hands"),
    *("points_frames", "points", "points_hand", "points_hands"),
)

Row = dict[str, object]


# What goes in: clips, labels, a manifest and a configuration


def find_clips(folder: Path) -> list[str]:
    """Paths of the videos below `folder`, relative to it, sorted; hidden files are passed over."""
    found = []
    for path in folder.rglob("*"):
        inner = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in inner.parts)
        if not hidden and path.is_file() and manifest.media_suffix(inner.name, ""):
            found.append(inner.as_posix())
    return sorted(found)


def video_ids(clips: Iterable[str]) -> dict[str, str]:
    """An id for each clip that is a file name anywhere, and that differs by more than case."""
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for clip in clips:
        stem = re.sub(r"[^A-Za-z0-9_-]", "_", os.path.splitext(clip)[0])
        name, number = stem, 1
        while name.lower() in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name.lower())
        ids[clip] = name
    return ids


def read_labels(path: Path, clips: Iterable[str]) -> dict[str, dict[str, str]]:
    """Rows of the labels by clip. Raises InputError where they cannot be about these clips."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [
            {name: (cell or "").strip() for name, cell in row.items() if name} for row in reader
        ]
    if missing := {"clip", "person"} - set(reader.fieldnames or ()):
        raise InputError(f"{path}: no column {' and '.join(sorted(missing))}")
    labels = {row["clip"]: row for row in rows}
    if strange := sorted(set(labels) - set(clips)):
        raise InputError(f"{path}: not in the folder of clips: {', '.join(strange)}")
    if len(labels) < len(rows):
        raise InputError(f"{path}: a clip is there twice")
    if wrong := [row["clip"] for row in rows if not re.fullmatch(r"\d*", row.get("people", ""))]:
        raise InputError(f"{path}: people must be a whole number, or empty: {', '.join(wrong)}")
    return labels


def expected_people(label: dict[str, str]) -> int | None:
    """How many people the clip's label says there are, if it does."""
    return int(label["people"]) if label.get("people") else None


def configuration(own: dict, chosen: dict, work: Path) -> dict:
    """The overlay to run with: what was chosen by option, then `own`, then the defaults."""
    paths = {name: str(work / f"{name}.tsv") for name in ("videos", "people")}
    config = paths | {"results": str(work / "results")}
    for layer in (chosen, own, DEFAULTS):
        settings.fill(config, layer)
    return config


def manifest_text(ids: dict[str, str], port: int) -> str:
    """The manifest, whose sources are addresses on this machine."""
    rows = [f"{name}\thttp://127.0.0.1:{port}/{quote(clip)}" for clip, name in ids.items()]
    return "\n".join(["video_id\tsource", *rows]) + "\n"


def port_of(text: str) -> int:
    """The port in a manifest's addresses, or 0, which is any."""
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", text)
    return int(found[1]) if found else 0


def write_inputs(work: Path, ids: dict[str, str], port: int, config: dict) -> Path:
    """Write manifest and overlay into `work`; returns the overlay."""
    videos = work / "videos.tsv"
    text = manifest_text(ids, port)
    # An equal file that is newer would make rules run again.
    if not videos.exists() or videos.read_text(encoding="utf-8") != text:
        videos.write_text(text, encoding="utf-8")
    overlay = work / "config.yaml"
    overlay.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return overlay


# The run


class Handler(SimpleHTTPRequestHandler):
    """A folder's files. Their type is their suffix: Python's own differs from place to place, and
    takes .ts for a text."""

    extensions_map = {f".{suffix}": f"video/{suffix}" for suffix in manifest.VIDEO_SUFFIXES}

    def log_message(self, *arguments: object) -> None:
        """The workflow's own progress is what is to be seen."""


@contextmanager
def serve(folder: Path, port: int) -> Iterator[int]:
    """Serve a folder on 127.0.0.1, at `port` where that is free; gives the port it is."""
    handler = partial(Handler, directory=str(folder))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError:
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def workplace(path: Path | None) -> Iterator[Path]:
    """The folder to work in: the one that was asked for, else one that is gone afterwards."""
    if path:
        path.mkdir(parents=True, exist_ok=True)
        yield path.resolve()
    else:
        with TemporaryDirectory(prefix="accuracy-") as made:
            yield Path(made).resolve()


def run_workflow(overlay: Path, cores: str) -> None:
    """Run all of it. Raises CorpusError where a job failed, after Snakemake has said which."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile"]
    command += ["--directory", ROOT, "--profile", ROOT / "profiles" / "laptop"]
    command += ["--configfile", overlay, "--cores", cores]
    # The rules start `python`: it has to be this one.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    if subprocess.run(command, env=os.environ | {"PATH": path}).returncode:
        raise CorpusError(
            "the workflow did not finish; with --work a second call goes on from here"
        )


# What came out, clip by clip


def skeletons(keypoints: pd.DataFrame, width: float, height: float) -> pd.DataFrame:
    """A row for each person in each frame: what of the hands is in the picture, and was found.

    `wrists` and `points` are True where both wrists, or all of HANDS, lie in the picture; `found`
    is the number of hands with keypoints of their own.
    """
    person = ["frame", "track"]
    pose = keypoints[(keypoints["part"] == "pose") & keypoints["keypoint"].isin(HANDS)]
    inside = pose["x"].between(0, width, "left") & pose["y"].between(0, height, "left")
    pose = pose[[*person, "keypoint"]].assign(inside=inside)
    hands = keypoints.loc[keypoints["part"] != "pose", [*person, "part"]].drop_duplicates()
    columns = {
        "wrists": pose[pose["keypoint"].isin(WRISTS)].groupby(person)["inside"].all(),
        "points": pose.groupby(person)["inside"].all(),
    }
    found = hands.groupby(person).size()
    people = pd.DataFrame(columns)
    return people.assign(found=found.reindex(people.index, fill_value=0)).reset_index()


def count(people: pd.DataFrame, n_frames: int) -> dict[str, int]:
    """Numbers behind a clip's shares, which can be added up over clips."""
    counts = {"frames": n_frames, "skeletons": len(people)}
    for where in ("wrists", "points"):
        visible = people[people[where].astype(bool)]
        counts[f"{where}_frames"] = visible["frame"].nunique()
        counts[where] = len(visible)
        counts[f"{where}_hand"] = int((visible["found"] >= 1).sum())
        counts[f"{where}_hands"] = int((visible["found"] == 2).sum())
    return counts


def shared_hands(keypoints: pd.DataFrame) -> tuple[int, int]:
    """How many hands were given to two people, and how many hands there are.

    One hand, if its keypoints are apart by less than a quarter of its extent on average.
    """
    columns = ["frame", "track", "part", "x", "y"]
    rows = keypoints.loc[keypoints["part"] != "pose", columns].astype({"part": str})
    total = shared = 0
    for _, frame in rows.groupby("frame"):
        hands = [
            (track, hand[["x", "y"]].to_numpy())
            for (track, _), hand in frame.groupby(["track", "part"])
        ]
        total += len(hands)
        shared += sum(
            any(track != other and _coincide(hand, theirs) for other, theirs in hands)
            for track, hand in hands
        )
    return shared, total


def _coincide(hand: np.ndarray, other: np.ndarray) -> bool:
    apart = np.linalg.norm(hand - other, axis=1).mean()
    return bool(apart < 0.25 * max(np.ptp(hand, axis=0).max(), 1.0))


def shares(counts: dict[str, int]) -> dict[str, float]:
    """Skeletons a frame, and where their hands are; NaN where there is nothing to take part of."""

    def ratio(part: str, whole: str) -> float:
        return counts[part] / counts[whole] if counts[whole] else float("nan")

    found = {"skeletons_per_frame": ratio("skeletons", "frames")}
    for where, name in (("wrists", "wrists_in"), ("points", "hands_in")):
        found[name] = ratio(f"{where}_frames", "frames")
        found[f"{name}_one_found"] = ratio(f"{where}_hand", where)
        found[f"{name}_both_found"] = ratio(f"{where}_hands", where)
    return found


def ffmpeg_times(path: Path) -> list[float]:
    """Times of a video's frames as the ffmpeg program has them, seconds."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-nostdin", "-copyts"]
    command += ["-threads", "1", "-i", path, "-map", "0:V:0", "-vf", "showinfo"]
    command += ["-fps_mode", "passthrough", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, errors="replace").stderr
    return parse_showinfo(told)


def parse_showinfo(text: str) -> list[float]:
    """Times in the output of ffmpeg's filter showinfo: whole ticks, which nothing has rounded."""
    base = re.search(r"config in time_base: (\d+/\d+)", text)
    ticks = re.findall(r"\] n: *\d+ pts: *(\S+)", text)
    return [
        float(int(tick) * Fraction(base[1])) if tick != "NOPTS" else float("nan") for tick in ticks
    ]


def microseconds_off(times: np.ndarray, others: list[float]) -> float:
    """Largest difference of two clocks in whole microseconds, over the frames that both have."""
    both = min(len(times), len(others))
    if not both:
        return float("nan")
    return float(np.round(np.abs(times[:both] - others[:both]).max() * 1e6))


def table_faults(results: Path, video: str) -> list[str]:
    """What is wrong with the files of one video's tables."""
    faults = []
    for table in schemas.SCHEMAS.keys() - OF_THE_CORPUS:
        try:
            found = pq.read_table(results / f"{table}/{video}.parquet").schema
        except (OSError, pa.ArrowException) as error:
            faults.append(f"{table}: {str(error).splitlines()[0]}")
            continue
        vector = found.field("embedding").type.list_size if "embedding" in found.names else None
        if not found.equals(schemas.schema(table, vector=vector)):
            faults.append(f"{table}: other columns than the contract's")
    return sorted(faults)


def person_rows(results: Path, video: str) -> dict[str, int]:
    """Rows of the tables that are about people, without reading them."""
    files = {table: results / f"{table}/{video}.parquet" for table in OF_A_PERSON}
    return {
        table: pq.read_metadata(file).num_rows for table, file in files.items() if file.exists()
    }


def measure(results: Path, video: str, facts: pd.Series, clip: Path) -> Row:
    """One clip's row, without its labels; `facts` is its row of the table of the corpus."""
    columns = ["frame", "track", "part", "keypoint", "x", "y"]
    keypoints = parquet.read(results / f"keypoints/{video}.parquet", columns)
    times = parquet.read(results / f"frames/{video}.parquet", ["time_s"])["time_s"].to_numpy()
    people = skeletons(keypoints, facts["width"], facts["height"])
    others = ffmpeg_times(clip)
    row = {"video_id": video, "status": facts["status"], "shots": facts["n_shots"]}
    row |= {"tracks": facts["n_face_tracks"], "people": facts["n_people"]}
    row |= {"is_vfr": facts["is_vfr"], "start_s": facts["start_s"]}
    row |= {"frames_ffmpeg": len(others), "pts_off_us": microseconds_off(times, others)}
    row["hands_shared"], row["hands_found"] = shared_hands(keypoints)
    return row | count(people, len(times))


# What came out, for all clips together


def main_people(tracks: pd.DataFrame) -> dict[str, str]:
    """The person who is longest on screen in each video; of two equals the lower id."""
    seconds = (tracks["end_s"] - tracks["start_s"]).groupby([tracks["video_id"], tracks["person"]])
    longest = seconds.sum().round(6).reset_index(name="seconds")
    longest = longest.sort_values(["seconds", "person"], ascending=[False, True])
    return dict(longest.drop_duplicates("video_id")[["video_id", "person"]].to_numpy())


def agreement(labels: list[str], found: list[str]) -> dict[str, float]:
    """How well clips are told apart by who is in them, measured in four ways.

    A clip in which nobody was found (an empty text) is like no other.
    """
    alone = [name or f"nobody {number}" for number, name in enumerate(found)]
    true = np.equal.outer(np.array(labels), np.array(labels))
    same = np.equal.outer(np.array(alone), np.array(alone))
    pairs = np.triu(np.ones_like(true), 1)
    both = true & same
    precision, recall = (float((both.sum(1) / whole.sum(1)).mean()) for whole in (same, true))

    def share(whole: np.ndarray) -> float:
        total = int((whole & pairs).sum())
        return int((both & pairs).sum()) / total if total else float("nan")

    return {
        "ari": float(adjusted_rand_score(labels, alone)),
        "pair_precision": share(same),
        "pair_recall": share(true),
        "b_cubed_f": 2 * precision * recall / (precision + recall),
    }


def identity_lines(rows: list[Row]) -> list[str]:
    """Whether the right clips were given to the same person."""
    known = [row for row in rows if row["person"]]
    if not known:
        return ["No clip is labelled with a person."]
    labels, found = ([str(row[name]) for row in known] for name in ("person", "found"))
    scores = agreement(labels, found)
    return [
        f"{len(known)} labelled clips of {len(set(labels))} people; "
        f"{len(set(found) - {''})} people found in them, nobody in {found.count('')} clips",
        f"ARI {show(scores['ari'])}; pairs of clips: precision {show(scores['pair_precision'])}, "
        f"recall {show(scores['pair_recall'])}; B-cubed F {show(scores['b_cubed_f'])}",
    ]


def number_lines(rows: list[Row]) -> list[str]:
    """Whether as many people were found as there are."""
    known = [row for row in rows if row["people_labelled"] is not None]
    wrong = [row for row in known if row["people"] != row["people_labelled"]]
    if not known:
        return []
    told = [f"{row['clip']}: {row['people']:.0f} for {row['people_labelled']}" for row in wrong]
    return [listed(f"{len(wrong)} of {len(known)} clips with a wrong number of people", told)]


def time_lines(rows: list[Row]) -> list[str]:
    """Whether the frames and their times are those of another program."""
    off = [
        f"{row['clip']}: {show(row['pts_off_us'], 0)} us"
        for row in rows
        if row["frames"] and row["pts_off_us"] != 0
    ]
    other = [
        f"{row['clip']}: {row['frames']} for ffmpeg's {row['frames_ffmpeg']}"
        for row in rows
        if row["frames"] != row["frames_ffmpeg"]
    ]
    return [
        listed(f"{len(off)} clips with a time that is not ffmpeg's", off),
        listed(f"{len(other)} clips with more or fewer frames than ffmpeg decodes", other),
    ]


def hand_lines(rows: list[Row]) -> list[str]:
    """Whether every hand is one person's."""
    shared = [
        f"{row['clip']}: {row['hands_shared']} of {row['hands_found']} hands"
        for row in rows
        if row["hands_shared"]
    ]
    return [listed(f"{len(shared)} clips with hands that were given to two people", shared)]


def is_empty(row: Row) -> bool:
    """Whether nobody is in the clip, by its label or, without one, by what was found."""
    people = row["people"] if row["people_labelled"] is None else row["people_labelled"]
    return people == 0


def table_lines(
    rows: list[Row], faults: dict[str, list[str]], n_rows: dict[str, dict]
) -> list[str]:
    """Whether all tables are there; those of clips without people have to be empty."""
    broken = [f"{clip}: {', '.join(found)}" for clip, found in faults.items() if found]
    lines = [listed(f"{len(broken)} clips with a table that is missing or not valid", broken)]
    for row in filter(is_empty, rows):
        told = ", ".join(f"{table} {number}" for table, number in n_rows[row["clip"]].items())
        lines.append(f"{row['clip']} is without people; rows: {told}")
    return lines


# The report


def listed(text: str, items: list[str]) -> str:
    return f"{text}: {'; '.join(items)}" if items else text


def show(value: object, digits: int = 3) -> str:
    """A number with so many decimals, or a dash for none."""
    return "-" if pd.isna(value) else f"{value:.{digits}f}"


def frames_cell(row: Row) -> str:
    same = row["frames"] == row["frames_ffmpeg"]
    return f"{row['frames']}" if same else f"{row['frames']} not {row['frames_ffmpeg']}"


def people_cell(row: Row) -> str:
    same = row["people_labelled"] in (None, row["people"])
    return show(row["people"], 0) if same else f"{row['people']:.0f} not {row['people_labelled']}"


def yes_no(value: object) -> str:
    return "-" if pd.isna(value) else "yes" if value else "no"


COLUMNS: dict[str, Callable[[Row], str]] = {
    "clip": lambda row: str(row["clip"]),
    "status": lambda row: str(row["status"]),
    "frames": frames_cell,
    "shots": lambda row: show(row["shots"], 0),
    "tracks": lambda row: show(row["tracks"], 0),
    "people": people_cell,
    "skel./frame": lambda row: show(row["skeletons_per_frame"], 2),
    "wrists in": lambda row: show(row["wrists_in"]),
    "w: 1+ hand": lambda row: show(row["wrists_in_one_found"]),
    "w: 2 hands": lambda row: show(row["wrists_in_both_found"]),
    "hands in": lambda row: show(row["hands_in"]),
    "h: 1+ hand": lambda row: show(row["hands_in_one_found"]),
    "h: 2 hands": lambda row: show(row["hands_in_both_found"]),
    "PTS off, us": lambda row: show(row["pts_off_us"], 0),
    "VFR": lambda row: yes_no(row["is_vfr"]),
    "start_s": lambda row: show(row["start_s"]),
}


def total(rows: list[Row], n_people: int) -> Row:
    """The row of all clips: frames and skeletons of all are counted together."""
    counts = {name: sum(row[name] for row in rows) for name in COUNTS}
    frame = pd.DataFrame(rows)
    sums = frame[["shots", "tracks", "frames_ffmpeg"]].sum().to_dict()
    row = {"clip": f"all {len(rows)}", "status": "", "people": n_people, "people_labelled": None}
    row |= {"pts_off_us": frame["pts_off_us"].max(), "is_vfr": None, "start_s": None}
    # Not for each cell: where clips differ, their own rows tell.
    return row | sums | {"frames_ffmpeg": counts["frames"]} | counts | shares(counts)


def table(rows: list[Row]) -> str:
    """The rows as a Markdown table with columns of one width, for terminals too."""
    cells = [list(COLUMNS), *([cell(row) for cell in COLUMNS.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    left = ("clip", "status")
    lines = [
        " | ".join(
            text.ljust(width) if name in left else text.rjust(width)
            for text, width, name in zip(line, widths, COLUMNS, strict=True)
        )
        for line in cells
    ]
    rule = "|".join(
        "-" * (width + 2) if name in left else "-" * (width + 1) + ":"
        for width, name in zip(widths, COLUMNS, strict=True)
    )
    return "\n".join([f"| {lines[0]} |", f"|{rule}|", *(f"| {line} |" for line in lines[1:])])


def report(
    folder: Path, ids: dict[str, str], labels: dict[str, dict[str, str]], work: Path
) -> tuple[list[Row], str]:
    """Rows of all clips, and the text about them."""
    results = work / "results"
    corpus = parquet.read(results / "corpus.parquet").set_index("video_id")
    longest = main_people(parquet.read(results / "tracks.parquet"))
    rows = []
    for clip, video in ids.items():
        row = measure(results, video, corpus.loc[video], folder / clip)
        label = labels.get(clip, {})
        row = {
            "clip": clip,
            "person": label.get("person", ""),
            "found": longest.get(video, ""),
        } | row
        rows.append(row | {"people_labelled": expected_people(label)} | shares(row))
    faults = {clip: table_faults(results, video) for clip, video in ids.items()}
    n_rows = {clip: person_rows(results, video) for clip, video in ids.items()}
    n_people = len(parquet.read(results / "people.parquet"))
    lines = identity_lines(rows) + number_lines(rows) + hand_lines(rows)
    lines += time_lines(rows) + table_lines(rows, faults, n_rows)
    text = table([*rows, total(rows, n_people)])
    return rows, "\n".join([text, "", *(f"- {line}" for line in lines)]) + "\n"


def main() -> None:
    """Run the workflow on the clips, and say how it did."""
    options = parse_arguments()
    folder = options.folder.resolve()
    clips = find_clips(folder)
    if not clips:
        raise InputError(f"{options.folder}: no videos in this folder")
    if options.work and options.work.resolve().is_relative_to(folder):
        raise InputError(
            f"--work {options.work}: inside the folder of clips; its files would count"
        )
    own_labels = folder / "LABELS.csv"
    path = options.labels or (own_labels if own_labels.exists() else None)
    labels = read_labels(path, clips) if path else {}
    own = yaml.safe_load(options.configfile.read_text()) or {} if options.configfile else {}
    chosen = {"faces": {"embedder": options.embedder}} if options.embedder else {}
    ids = video_ids(clips)
    with workplace(options.work) as work:
        config = configuration(own, chosen, work)
        videos = work / "videos.tsv"
        # At another port all would be fetched again.
        port = port_of(videos.read_text(encoding="utf-8")) if videos.exists() else 0
        with serve(folder, port) as port:
            run_workflow(write_inputs(work, ids, port, config), options.cores)
        rows, text = report(folder, ids, labels, work)
        pd.DataFrame(rows).to_csv(work / "accuracy.tsv", sep="\t", index=False, float_format="%.6g")
        (work / "accuracy.md").write_text(text, encoding="utf-8")
    print(text, end="")


def parse_arguments() -> argparse.Namespace:
    """Options of this program."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="clips, also in folders below it")
    parser.add_argument("--labels", type=Path, help="who is in them; default: FOLDER/LABELS.csv")
    parser.add_argument("--embedder", choices=EMBEDDERS, help="default: dlib")
    parser.add_argument("--work", type=Path, help="folder to keep everything in, and to go on from")
    parser.add_argument("--cores", default="all", help="default: all")
    parser.add_argument("--configfile", type=Path, help="settings that differ, as in config/")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
