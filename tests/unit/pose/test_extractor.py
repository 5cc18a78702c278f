"""Keypoints of everybody on screen, frame by frame, in a table that keeps its contract."""

import subprocess
import sys
import weakref
from fractions import Fraction

import cv2
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import extract_keypoints
import synthetic_videos as odd
from corpus.core.checksums import sha256
from corpus.core.errors import ModelError
from corpus.faces.track_extents import track_extents
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.tables import parquet, schemas
from corpus.video.reader import Frame
from extract_keypoints import Extractor, TrackBoxes, confirmed
from fake_landmarkers import Stage, face_of, hand, picture, puppet
from portraits import model_file, portraits

FPS = 25
WHOLE = (0, 0, 400, 300)
"""The frame of the puppets' stage."""
PORTRAIT_FACES = {"collins": [179.0, 61, 268, 176], "hopper": [171.0, 111, 356, 336]}


def faces_table(*rows) -> pd.DataFrame:
    """Faces from (frame, time_s, shot, track, box)."""
    columns = schemas.SCHEMAS["faces"].names
    faces = pd.DataFrame([(*row[:4], *row[4]) for row in rows], columns=columns[:8])
    return faces.assign(score=0.99, landmarks=[[[0.0, 0.0]] * 5] * len(faces), quality=0.9)


def shots_table(*ends) -> pd.DataFrame:
    """Shots that end at these seconds, the first from 0."""
    starts = [0.0, *ends][: len(ends)]
    times = {"start_s": starts, "end_s": list(ends)}
    frames = {name[:-1] + "frame": np.rint(np.array(times[name]) * FPS) for name in times}
    return pd.DataFrame({"shot": range(len(ends)), **frames, **times}).astype({"shot": int})


def face_boxes(faces, *shot_ends, samples_per_second=5):
    return TrackBoxes(faces, track_extents(faces, shots_table(*shot_ends), samples_per_second))


# Where faces are ---------------------------------------------------------------------------------


def test_faces_move_in_straight_lines_between_their_detections():
    rows = [(0, 1.0, 0, 0, [0, 10, 20, 40]), (10, 1.4, 0, 0, [40, 20, 80, 60])]
    boxes = face_boxes(faces_table(*rows[::-1]), 9.0)
    assert boxes.at(1.0, 0)[0].tolist() == [0, 10, 20, 40]
    assert np.allclose(boxes.at(1.1, 0)[0], [10, 12.5, 35, 45])
    assert boxes.at(1.4, 0)[0].tolist() == [40, 20, 80, 60]
    assert boxes.at(1.59, 0)[0].tolist() == [40, 20, 80, 60], "held for one sampling interval"


def test_a_face_is_on_screen_from_its_first_detection_until_before_its_end():
    boxes = face_boxes(faces_table((5, 1.0, 0, 4, [0, 0, 9, 9])), 9.0)
    shown = [bool(boxes.at(time_s, 0)) for time_s in (0.999, 1.0, 1.199, 1.2, 1.3)]
    assert shown == [False, True, True, False, False]


def test_faces_stay_within_their_shot():
    rows = [(0, 0.8, 0, 0, [0, 0, 9, 9]), (5, 1.0, 1, 1, [50, 50, 70, 70])]
    boxes = face_boxes(faces_table(*rows), 0.9, 3.0)
    assert list(boxes.at(0.88, 0)) == [0]
    assert list(boxes.at(0.9, 0)) == [], "ends with its shot, before its sampling interval"
    assert list(boxes.at(1.0, 1)) == [1]
    assert list(boxes.at(1.0, 0)) == [], "on screen, but in another shot"


def test_several_faces_at_once_come_in_order_of_their_tracks():
    rows = [(0, 0.0, 0, track, [track, 0, 9, 9]) for track in (7, 2, 5)]
    found = face_boxes(faces_table(*rows), 1.0).at(0.1, 0)
    assert list(found) == [2, 5, 7]
    assert all(type(number) is int and found[number][0] == number for number in found)
    assert face_boxes(faces_table(), 1.0).at(0.1, 0) == {}


# Frame by frame ----------------------------------------------------------------------------------


def frame(number, fps=FPS, image=None):
    return Frame(number, number / fps, picture() if image is None else image)


def on_stage(stage, *bodies, seconds=9.0, full_frame=True):
    """An extractor for a stage where these bodies have face tracks 0, 1, ..."""
    rows = [
        (round(time_s * FPS), time_s, 0, track, face_of(body))
        for track, body in enumerate(bodies)
        for time_s in np.arange(0, seconds, 0.2)
    ]
    return Extractor(stage, face_boxes(faces_table(*rows), 99.0), full_frame)


def test_everybody_is_found_with_their_hands():
    bodies = [puppet(100, 60), puppet(200, 60), puppet(320, 60)]
    left = hand(224, 132, True)
    stage = Stage(*bodies, left_hand=[left])
    people = on_stage(stage, *bodies[:2])(frame(0), 0)
    assert people == {
        0: {"pose": bodies[0]},
        1: {"pose": bodies[1], "left_hand": left},
        -1: {"pose": bodies[2]},
    }


def test_a_face_whose_body_is_not_found_has_no_keypoints():
    stage = Stage()
    assert on_stage(stage, puppet(100, 60))(frame(0), 0) == {}


def test_a_body_on_two_tracks_is_told_once():
    body = puppet(100, 60)
    people = on_stage(Stage(body), body, puppet(103, 60))(frame(0), 0)
    assert list(people) == [0]


def test_everybody_is_followed_by_the_same_followers_while_on_screen():
    body = puppet(100, 60)
    stage = Stage(body)
    extractor = on_stage(stage, body, seconds=0.4)
    for number in range(10):
        assert list(extractor(frame(number), 0)) == [0]
    (crew,) = stage.crews
    assert len(crew.boxes["pose"]) == len(crew.boxes["left_hand"]) == 10
    assert crew.open
    stage.bodies.clear()
    extractor(frame(10), 0)
    assert not crew.open, "closed with the end of the track"
    assert extractor.followers == {}


def test_followers_of_a_track_outlive_frames_in_which_the_body_is_lost():
    body = puppet(100, 60)
    stage = Stage()
    extractor = on_stage(stage, body)
    assert extractor(frame(0), 0) == {}
    stage.bodies.append(body)
    assert list(extractor(frame(1), 0)) == [0]
    assert len(stage.crews) == 1


def test_all_followers_are_closed_in_the_end():
    bodies = [puppet(100, 60), puppet(200, 60), puppet(320, 60)]
    stage = Stage(*bodies)
    extractor = on_stage(stage, *bodies[:2])
    extractor(frame(0), 0)
    assert [crew.open for crew in stage.crews] == [True] * 3
    extractor.close()
    assert [crew.open for crew in stage.crews] == [False] * 3
    assert not stage.open


def test_never_more_followers_than_people_on_screen():
    body = puppet(100, 60)
    rows = [(5 * n, n / 5, 0, n, face_of(body)) for n in range(50)]
    stage = Stage(body)
    extractor = Extractor(stage, face_boxes(faces_table(*rows), 99.0), True)
    for number in range(250):
        extractor(frame(number), 0)
        # Two where one track follows the other in the same frame.
        assert 1 <= sum(crew.open for crew in stage.crews) <= 2
    assert len(stage.crews) == 50
    assert not any(crew.open for crew in stage.crews[:49])


def test_the_whole_frame_is_searched_now_and_then_and_always_while_it_pays():
    stage = Stage()
    extractor = on_stage(stage)
    for number in range(FPS):
        assert extractor(frame(number), 0) == {}
    assert stage.looks == [WHOLE] * 5
    stage.looks.clear()
    stage.bodies.append(puppet(200, 60))
    found = [number for number in range(25, 50) if extractor(frame(number), 0)]
    assert found == list(range(found[0], 50)) and found[0] <= 30
    assert stage.looks.count(WHOLE) >= 20


def test_a_body_without_a_face_keeps_its_number_until_it_is_gone_or_a_cut():
    stage = Stage(puppet(100, 60), puppet(200, 60))
    extractor = on_stage(stage)
    assert sorted(extractor(frame(0), 0)) == [-2, -1]
    people = extractor(frame(1), 0)
    assert people[-1]["pose"] is stage.bodies[0], "numbered from left to right"
    assert len(stage.crews) == 2
    gone = stage.bodies.pop(0)
    assert list(extractor(frame(2), 0)) == [-2]
    assert [crew.open for crew in stage.crews] == [False, True]
    stage.bodies.append(gone)
    assert sorted(extractor(frame(9), 0)) == [-2, -1], "back within 0.4 s"
    stage.bodies.pop()
    for number in range(10, 30):
        extractor(frame(number), 0)
    stage.bodies.append(gone)
    assert sorted(extractor(frame(30), 0)) == [-3, -2], "back too late"
    assert sorted(extractor(frame(31), 1)) == [-5, -4], "a new shot"


def test_the_whole_frame_is_not_searched_where_that_is_not_wanted():
    body, alone = puppet(100, 60), puppet(200, 60)
    stage = Stage(body, alone)
    extractor = on_stage(stage, body, full_frame=False)
    for number in range(20):
        assert list(extractor(frame(number), 0)) == [0]
    assert stage.looks == []


def test_hands_of_a_body_without_a_face_are_looked_for_by_the_size_of_its_torso():
    body = puppet(200, 60)
    stage = Stage(body)
    on_stage(stage)(frame(0), 0)
    x1, _, x2, _ = stage.crews[0].boxes["left_hand"][0]
    # Four times half of three quarters of a torso of 2.8 face sizes: 84 pixels.
    assert x2 - x1 == 84


def stay(times, shots=None, stage=None):
    """Frames through extractor and confirmation while one body without a face is there."""
    extractor = on_stage(stage or Stage(puppet(200, 60)))
    frames = [Frame(number, time_s, picture()) for number, time_s in enumerate(times)]
    shots = shots or [0] * len(times)
    found = ((f, shot, extractor(f, shot)) for f, shot in zip(frames, shots, strict=True))
    return [list(people) for _, _, people in confirmed(found)]


def test_frames_far_apart_follow_each_other():
    assert stay(np.arange(6) / 1.0) == [[-1]] * 6
    assert stay(np.arange(6) * 5.0) == [[-1]] * 6
    assert stay([0, 0.04, 0.08, 3.0, 3.04]) == [[-1]] * 5, "a varying rate"
    assert stay([0, 5.0], [0, 1]) == [[], []], "but not across a cut"
    assert stay([0]) == [[]]


def test_bodies_are_still_looked_for_after_a_clock_that_jumps_back():
    stage = Stage()
    extractor = on_stage(stage)
    extractor(Frame(0, 1000.0, picture()), 0)
    stage.bodies.append(puppet(200, 60))
    found = [extractor(Frame(n, 5 + n / FPS, picture()), 0) for n in range(1, 4)]
    assert found[-1]


# Bodies that stay --------------------------------------------------------------------------------


def stream(people_of, count=100, fps=FPS):
    for number in range(count):
        yield frame(number, fps), 0, people_of(number)


def body_parts():
    return {"pose": puppet(200, 60)}


def numbers(entries):
    return [sorted(people) for _, _, people in entries]


@pytest.mark.parametrize(("length", "kept"), [(1, False), (10, False), (11, True), (50, True)])
def test_a_body_counts_once_it_was_seen_for_long_enough(length, kept):
    parts = body_parts()
    found = list(confirmed(stream(lambda n: {-1: parts} if 20 <= n < 20 + length else {})))
    seen = [n for n, (_, _, people) in enumerate(found) if people]
    assert seen == (list(range(20, 20 + length)) if kept else []), "from its first frame"
    assert all(people[-1] is parts for _, _, people in found if people)


def test_a_body_may_be_missed_in_some_frames():
    found = list(confirmed(stream(lambda n: {-1: body_parts()} if n in (20, 29, 38, 47) else {})))
    assert [n for n, people in enumerate(numbers(found)) if people] == [20, 29, 38, 47]


def test_the_longest_gaps_still_keep_the_first_frame():
    # 0.4 s before, and 0.4 s after, less than what makes a body count.
    times = [0.0, 0.399, 0.8]
    entries = [(Frame(n, t, picture()), 0, {-1: body_parts()}) for n, t in enumerate(times)]
    assert numbers(confirmed(entries)) == [[-1]] * 3


def test_bodies_that_stay_are_numbered_without_gaps():
    spans = {-1: (0, 3), -2: (5, 40), -3: (6, 60), -4: (50, 52), -5: (70, 100)}

    def people_of(number):
        return {body: body_parts() for body, (a, b) in spans.items() if a <= number < b}

    found = numbers(confirmed(stream(people_of)))
    assert found[:5] == [[]] * 5
    assert found[5] == [-1] and found[6] == found[39] == [-2, -1]
    assert found[40] == found[51] == [-2]
    assert found[60:70] == [[]] * 10 and found[70] == found[99] == [-3]


def test_people_with_a_face_count_at_once_and_frames_keep_their_order():
    parts = body_parts()

    def people_of(number):
        return {3: parts, -1: parts} if number == 7 else {3: parts} if number % 2 else {}

    found = list(confirmed(stream(people_of)))
    assert [f.number for f, _, _ in found] == list(range(100))
    assert [f.time_s for f, _, _ in found] == [n / FPS for n in range(100)]
    assert numbers(found) == [[3] if n % 2 else [] for n in range(100)]
    assert list(confirmed([])) == []


def test_shots_stay_with_their_frames():
    entries = [(frame(n), n // 40, {}) for n in range(100)]
    assert [shot for _, shot, _ in confirmed(entries)] == [n // 40 for n in range(100)]


def test_less_than_a_second_is_held_back_and_no_picture():
    taken, pictures = [], []

    def source():
        for number in range(500):
            image = np.zeros((40, 40, 3), np.uint8)
            taken.append(number)
            pictures.append(weakref.ref(image))
            yield Frame(number, number / FPS, image), 0, {-1: body_parts()}
            del image

    for f, _, _ in confirmed(source()):
        assert f.image is None
        assert taken[-1] - f.number < FPS
        assert sum(reference() is not None for reference in pictures) <= 1


def test_a_clock_that_jumps_back_holds_nothing_back():
    times = [*np.arange(50) / FPS + 1000, *np.arange(500) / FPS]
    taken = []

    def source():
        for number, time_s in enumerate(times):
            taken.append(number)
            yield Frame(number, time_s, picture()), 0, {}

    for number, (f, _, _) in enumerate(confirmed(source())):
        assert f.number == number
        assert taken[-1] - number <= 2 * FPS


# Rows --------------------------------------------------------------------------------------------


def test_rows_keep_the_contract(tmp_path):
    body, left = puppet(100.123456, 60), hand(120.987654, 130, True, score=0.987654)
    people = {2: {"pose": body}, -1: {"left_hand": left, "pose": body}, 0: {"pose": body}}
    columns = extract_keypoints.rows(Frame(7, 0.28, None), 3, people)
    parquet.write(tmp_path / "t", "keypoints", columns, {})
    assert pq.read_schema(tmp_path / "t").equals(schemas.SCHEMAS["keypoints"])
    found = parquet.read(tmp_path / "t")
    assert len(found) == 3 * 33 + 21
    assert [set(found[name]) for name in ("frame", "time_s", "shot")] == [{7}, {0.28}, {3}]
    order = found[["track", "part"]].drop_duplicates().values.tolist()
    assert order == [[-1, "pose"], [-1, "left_hand"], [0, "pose"], [2, "pose"]]
    for (_, part), rows in found.groupby(["track", "part"], observed=True):
        assert list(rows["keypoint"]) == schemas.PARTS[part]
    wrist = found[found["part"] == "left_hand"].iloc[0]
    assert wrist["x"] == np.float32(120.99) and wrist["world_x"] == np.float32(0.121)
    assert wrist["score"] == np.float32(0.9877) and np.isnan(wrist["visibility"])
    nose = found.iloc[0]
    assert (nose["x"], nose["y"], nose["z"]) == (np.float32(100.12), 60, 0)
    assert nose["world_x"] == np.float32(1.0012)
    assert (nose["visibility"], nose["score"]) == (np.float32(1.0), np.float32(0.8))


def test_a_hands_visibility_is_null_in_the_file_and_not_nan(tmp_path):
    people = {0: {"right_hand": hand(100, 100, False)}}
    columns = extract_keypoints.rows(Frame(0, 0.0, None), 0, people)
    parquet.write(tmp_path / "t", "keypoints", columns, {})
    stored = pq.read_table(tmp_path / "t")["visibility"]
    assert stored.null_count == 21 == len(stored)


def test_nobody_makes_no_rows():
    columns = extract_keypoints.rows(Frame(0, 0.0, None), 0, {})
    assert list(columns) == schemas.SCHEMAS["keypoints"].names
    assert all(values == [] for values in columns.values())


# A whole video -----------------------------------------------------------------------------------


def prepare(folder, pictures, faces=(), fps=FPS, cuts=()):
    """A clip of these pictures with the tables of the stages before: arguments for the script."""
    count = len(pictures)
    times = np.arange(count) / fps
    if count:
        odd.from_pictures(folder / "clip.mkv", pictures, range(count), Fraction(1, fps))
    shots = np.searchsorted(cuts, np.arange(count), side="right")
    frames = pd.DataFrame({"frame": range(count), "time_s": times, "shot": shots})
    ends = [number / fps for number in (*cuts, count)]
    for name, table in (
        ("frames", frames),
        ("shots", shots_table(*ends if count else ())),
        ("faces", faces_table(*faces)),
    ):
        parquet.write(folder / f"{name}.parquet", name, table, {})
    command = ["--video", folder / "clip.mkv", "--samples-per-second", 5, "--device", "cpu"]
    for name in ("frames", "shots", "faces"):
        command += [f"--{name}", folder / f"{name}.parquet"]
    names = ("pose_landmarker_bundled", "hand_landmarker_bundled")
    for option, name in zip(("--pose-model", "--hand-model"), names, strict=True):
        command += [option, model_file(name)]
    command += ["--sha256", *(CATALOGUE[name].sha256 for name in names)]
    return [str(part) for part in command]


def extract(monkeypatch, command, output, *options):
    """Run the script with these options; the table it writes."""
    more = ["--output", output, *options]
    monkeypatch.setattr("sys.argv", ["extract_keypoints", *command, *map(str, more)])
    extract_keypoints.main()
    assert pq.read_schema(output).equals(schemas.SCHEMAS["keypoints"])
    return parquet.read(output)


def both(count, step=3):
    """Frames with both people side by side, moving to the right, and their faces as detected."""
    portrait = portraits()
    pair = np.hstack([portrait["collins"][:, :420], portrait["hopper"]])
    pair = cv2.resize(pair[:600], None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    boxes = [
        np.array(PORTRAIT_FACES["collins"]) * 0.6,
        (np.array(PORTRAIT_FACES["hopper"]) + [420, 0, 420, 0]) * 0.6,
    ]
    pictures, faces = [], []
    for number in range(count):
        frame = np.full((360, 640, 3), 90, np.uint8)
        frame[:, number * step : number * step + pair.shape[1]] = pair[:, : 640 - number * step]
        pictures.append(frame)
        if number % 5 == 0:
            moved = [box + np.array([1, 0, 1, 0]) * number * step for box in boxes]
            faces += [(number, number / FPS, 0, n, box) for n, box in enumerate(moved)]
    return pictures, faces


def test_two_people_in_a_real_video_twice_the_same_bytes(tmp_path, monkeypatch):
    pictures, faces = both(11)
    command = prepare(tmp_path, pictures, faces)
    found = extract(monkeypatch, command, tmp_path / "a")
    extract(monkeypatch, command, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    noses = found[(found["keypoint"] == "nose")]
    assert noses[["frame", "track"]].values.tolist() == [[n, t] for n in range(11) for t in (0, 1)]
    assert (noses["time_s"] == noses["frame"] / FPS).all()
    for track, rows in noses.groupby("track"):
        x1, y1, x2, y2 = next(box for *_, number, box in faces if number == track)
        assert (rows["x"] - 3 * rows["frame"]).between(x1, x2).all()
        assert rows["y"].between(y1, y2).all()
        # They move as the picture was moved.
        assert np.polyfit(rows["frame"], rows["x"], 1)[0] == pytest.approx(3, abs=0.6)
    made_by = parquet.read_provenance(tmp_path / "a")
    assert made_by["parameters"] == {
        "device": "cpu",
        "frames_per_second": None,
        "full_frame": True,
        "min_confidence": 0.5,
        "samples_per_second": 5.0,
    }
    files = [model_file(f"{part}_landmarker_bundled") for part in ("pose", "hand")]
    assert made_by["models"] == {file.name: sha256(file) for file in files}
    assert {"mediapipe", "av"} <= set(made_by["tools"])


@pytest.fixture(scope="module")
def unseen(tmp_path_factory):
    """A second of somebody whose face no track has: the script's arguments."""
    small = cv2.resize(portraits()["hopper"][:600], None, fx=0.8, fy=0.8)
    pictures = [np.pad(small, ((0, 0), (60 + n, 90 - n), (0, 0))) for n in range(10)]
    return prepare(tmp_path_factory.mktemp("unseen"), pictures, fps=10)


def test_somebody_without_a_face_is_found_in_the_whole_frame(unseen, tmp_path):
    script = extract_keypoints.__file__
    command = [sys.executable, script, *unseen, "--output", str(tmp_path / "k.parquet")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "Error" not in done.stderr, "not at the end either"
    assert "extract_keypoints: 10 frames in " in done.stderr
    assert done.stdout == ""
    found = parquet.read(tmp_path / "k.parquet")
    bodies = found[found["part"] == "pose"]
    assert set(bodies["track"]) == {-1}
    assert bodies["frame"].drop_duplicates().tolist() == list(range(10)), "from the first frame"
    noses = bodies[bodies["keypoint"] == "nose"]
    x1, y1, x2, y2 = 0.8 * np.array(PORTRAIT_FACES["hopper"])
    assert (noses["x"] - noses["frame"] - 60).between(x1, x2).all()
    assert noses["y"].between(y1, y2).all()
    assert [path.name for path in tmp_path.iterdir()] == ["k.parquet"]


def test_frames_can_be_sampled(unseen, tmp_path, monkeypatch):
    for per_second, frames in ((5, [0, 2, 4, 6, 8]), (1.5, [0, 7])):
        options = ("--frames-per-second", per_second)
        found = extract(monkeypatch, unseen, tmp_path / "k", *options)
        assert found["frame"].drop_duplicates().tolist() == frames, per_second
        assert set(found["time_s"]) == {frame / 10 for frame in frames}


def test_no_rate_means_every_frame(unseen, tmp_path, monkeypatch):
    monkeypatch.setattr(extract_keypoints, "Landmarkers", lambda *_: Stage(puppet(200, 60)))
    found = extract(monkeypatch, unseen, tmp_path / "k", "--frames-per-second", 0)
    assert found["frame"].drop_duplicates().tolist() == list(range(10))


def test_nobody_is_looked_for_in_the_whole_frame_where_that_is_not_wanted(
    unseen, tmp_path, monkeypatch
):
    assert len(extract(monkeypatch, unseen, tmp_path / "k", "--no-full-frame")) == 0
    parameters = parquet.read_provenance(tmp_path / "k")["parameters"]
    assert parameters["full_frame"] is False


def test_a_video_in_which_nobody_is(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    noise = [random.integers(0, 256, (180, 320, 3), np.uint8) for _ in range(6)]
    clouds = [cv2.GaussianBlur(picture, (0, 0), 9) for picture in noise]
    slope = np.repeat(np.tile(np.linspace(0, 255, 320), (180, 1))[:, :, None], 3, axis=2)
    blocks = [odd.scene(seed, 320, 180) for seed in range(6)]
    blocks = [cv2.resize(block, (320, 180)) for block in blocks]
    pictures = [*noise, *clouds, *[slope.astype(np.uint8)] * 6, *blocks]
    command = prepare(tmp_path, pictures, fps=10, cuts=(6, 12, 18))
    assert len(extract(monkeypatch, command, tmp_path / "k")) == 0


def test_a_video_without_frames_has_an_empty_table(tmp_path, monkeypatch):
    found = extract(monkeypatch, prepare(tmp_path, []), tmp_path / "new" / "k")
    assert len(found) == 0
    assert not (tmp_path / "clip.mkv").exists(), "nor is the video opened"
    assert parquet.read_provenance(tmp_path / "new" / "k")["parameters"]["device"] == "cpu"


def test_people_keep_their_numbers_across_cuts_but_bodies_do_not(tmp_path, monkeypatch):
    stage = Stage(puppet(200, 60))
    monkeypatch.setattr(extract_keypoints, "Landmarkers", lambda *_: stage)
    command = prepare(tmp_path, [picture()] * 20, fps=10, cuts=(10,))
    found = extract(monkeypatch, command, tmp_path / "k")
    seen = found[["shot", "track"]].drop_duplicates().values.tolist()
    assert seen == [[0, -1], [1, -2]]


def test_rows_are_written_as_they_come(tmp_path, monkeypatch):
    """However long the video: neither rows nor frames without any gather in memory."""
    command = prepare(tmp_path, [picture()] * 200, fps=FPS)
    monkeypatch.setattr(parquet, "ROW_GROUP", 500)
    stage = Stage()
    monkeypatch.setattr(extract_keypoints, "Landmarkers", lambda *_: stage)
    pending, append = [], parquet.Writer.append

    def watched(self, columns):
        append(self, columns)
        pending.append((self._rows, len(self._pending)))

    monkeypatch.setattr(parquet.Writer, "append", watched)
    poses = stage.poses

    def enters(image, box):
        stage.bodies = [puppet(200, 60)] if stage.looks[20:] else []
        return poses(image, box)

    stage.poses = enters
    found = extract(monkeypatch, command, tmp_path / "k")
    assert len(pending) == found["frame"].nunique() == len(found) / 33
    assert 80 < len(pending) < 110, "none for the frames in which nobody was"
    assert max(rows for rows, _ in pending) < 500
    assert max(pieces for _, pieces in pending) <= 500 / 33 + 2
    assert pq.ParquetFile(tmp_path / "k").num_row_groups == -(-len(found) // 500)
    assert not stage.open and not any(crew.open for crew in stage.crews)


def test_a_failure_on_the_way_closes_everything_and_leaves_no_table(tmp_path, monkeypatch):
    stage = Stage(puppet(200, 60))
    monkeypatch.setattr(extract_keypoints, "Landmarkers", lambda *_: stage)
    monkeypatch.setattr(extract_keypoints, "rows", lambda *_: 1 / 0)
    command = prepare(tmp_path, [picture()] * 30)
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(ZeroDivisionError):
        extract(monkeypatch, command, tmp_path / "k")
    assert not stage.open and not any(crew.open for crew in stage.crews)
    assert {path.name for path in tmp_path.iterdir()} == before


def test_a_model_with_another_checksum_is_not_used(tmp_path, monkeypatch):
    command = prepare(tmp_path, [])
    command[command.index("--sha256") + 2] = "0" * 64
    with pytest.raises(ModelError, match=r"hand_landmarker_bundled\.task"):
        extract(monkeypatch, command, tmp_path / "k")
    assert not (tmp_path / "k").exists()
