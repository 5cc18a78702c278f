"""Tests of benchmarks/face_recall.py on drawn faces, with a detector that knows their colour."""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

import face_pictures
import face_recall as benchmark
import face_recall_report as report
from corpus.core.errors import InputError
from face_pictures import Face
from repository import ROOT

DOCS = ROOT / "docs"

BOX = (60.0, 40.0, 100.0, 90.0)
"""The drawn face: 40 x 50 pixels."""
SKIN, EYES = (230, 60, 60), (20, 200, 20)


def picture() -> np.ndarray:
    """A red face with green eyes on grey, 200 x 160 pixels."""
    image = np.full((160, 200, 3), 128, np.uint8)
    x1, y1, x2, y2 = map(int, BOX)
    image[y1:y2, x1:x2] = SKIN
    image[y1 + 15 : y1 + 20, x1 + 5 : x2 - 5] = EYES
    return image


def is_colour(image: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    low, high = ([int(np.clip(value + step, 0, 255)) for value in colour] for step in (-39, 39))
    return cv2.inRange(image, np.array(low), np.array(high)) > 0


def detect_red(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The box around all red pixels, if there are at least 10 and green ones above their middle."""
    rows, columns = np.nonzero(is_colour(image, SKIN))
    green = np.nonzero(is_colour(image, EYES))[0]
    if len(rows) < 10 or not len(green) or green.mean() > rows.mean():
        return np.zeros((0, 4)), np.zeros(0)
    box = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    return np.array([box], dtype=float), np.array([0.95])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two pictures, one of them in a subfolder, and other files."""
    pictures = tmp_path / "pictures"
    (pictures / "more" / ".hidden").mkdir(parents=True)
    for name in ("b.png", "more/a.png", "more/.hidden/c.png"):
        cv2.imwrite(str(pictures / name), picture()[:, :, ::-1])
    (pictures / "notes.txt").touch()
    return pictures


def write_boxes(folder: Path, *rows: str) -> Path:
    path = folder.parent / "boxes.csv"
    path.write_text("\n".join(["picture,x1,y1,x2,y2,yaw", *rows]) + "\n")
    return path


def test_pictures_are_found_in_subfolders(folder: Path) -> None:
    assert face_pictures.find_pictures(folder) == ["b.png", "more/a.png"]
    faces = face_pictures.read_faces(folder, None)
    assert faces == [Face("b.png", None), Face("more/a.png", None)]


def test_boxes_and_angles_are_read_from_a_table(folder: Path) -> None:
    table = write_boxes(folder, "b.png,1,2,3,4,-75", "b.png,5,6,7,8.5,")
    assert face_pictures.read_faces(folder, table) == [
        Face("b.png", (1, 2, 3, 4), 75), Face("b.png", (5, 6, 7, 8.5), None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("c.png,1,2,3,4,", "line 3, picture: 'c.png' is not a picture of the folder"),
        ("b.png,1,2,1,4,", "line 3: x2 must be larger than x1, and y2 larger than y1"),
        ("b.png,1,two,3,4,", "line 3, y1: 'two' is not a number"),
        ("b.png,1,2,3,4,side", "line 3, yaw: 'side' is not a number"),
        ("b.png,1,2,3", "line 3, y2: '' is not a number"),
    ],
)
def test_faults_of_the_table_name_line_and_column(folder: Path, row: str, message: str) -> None:
    table = write_boxes(folder, "b.png,1,2,3,4,", row)
    with pytest.raises(InputError, match=message):
        face_pictures.read_faces(folder, table)
    table.write_text("picture,left\nb.png,1\n")
    with pytest.raises(InputError, match="needs the columns picture, x1, y1, x2, y2"):
        face_pictures.read_faces(folder, table)


@pytest.mark.parametrize("side", [10, 25, 75])
@pytest.mark.parametrize("angle", [0, 30])
def test_a_placed_face_has_the_size_and_is_in_the_middle(side: int, angle: int) -> None:
    frame = face_pictures.place_face(picture(), np.array(BOX), side, 120, angle)
    assert frame.shape == (120, 120, 3)
    rows, columns = np.nonzero(np.any(np.abs(frame.astype(int) - face_pictures.GREY) > 30, axis=2))
    assert abs(rows.mean() - 59.5) < 1 and abs(columns.mean() - 59.5) < 1
    expected_area = (side * 40 / 50) * side
    assert len(rows) == pytest.approx(expected_area, rel=0.25 if side == 10 else 0.1)


def test_the_picture_is_turned_counterclockwise() -> None:
    frame = face_pictures.place_face(picture(), np.array(BOX), 50, 120, 90)
    green = np.argwhere(is_colour(frame, EYES)).mean(axis=0)
    assert green[1] < 55, "the top of the face is on the left"
    upside_down = face_pictures.place_face(picture(), np.array(BOX), 50, 120, 180)
    assert np.argwhere(is_colour(upside_down, EYES)).mean(axis=0)[0] > 65


@pytest.mark.parametrize("colour", face_pictures.COLOURS)
def test_a_mask_covers_the_lower_half_of_the_face_only(colour: str) -> None:
    masked = face_pictures.cover(picture(), np.array(BOX), "mouth and nose", colour)
    changed = np.argwhere((masked != picture()).any(axis=2))
    assert changed[:, 0].min() >= 67 and changed[:, 0].max() <= 95, "below the eyes, to the chin"
    assert changed[:, 1].min() >= 58 and changed[:, 1].max() <= 102
    assert is_colour(masked, SKIN)[70:90, 60:100].sum() < 40, "only corners of the jaw"
    covered = face_pictures.cover(picture(), np.array(BOX), "eyes", colour)
    assert not is_colour(covered, EYES).any() and is_colour(covered, SKIN)[70:90].any()


def test_a_face_is_found_if_the_centre_and_the_size_fit() -> None:
    boxes = np.array([
        [62, 45, 98, 88],  # the face
        [70, 55, 90, 80],  # half as large
        [75, 60, 85, 70],  # too small
        [10, 10, 150, 130],  # too large
        [101, 40, 141, 90],  # beside it
    ])  # fmt: skip
    assert face_pictures.is_found(boxes, np.array(BOX)).tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert face_pictures.is_found(np.zeros((0, 4)), np.array(BOX)).tolist() == []


def test_boxes_of_a_detector_are_used_where_none_is_given(folder: Path) -> None:
    faces = face_pictures.read_faces(folder, None)
    nothing = np.zeros((0, 4)), np.zeros(0)
    boxes = benchmark.reference_boxes(folder, faces, [lambda image: nothing, detect_red])
    usable = face_pictures.with_boxes(faces, boxes)
    assert [face.box for face in usable] == [BOX, BOX]
    assert face_pictures.with_boxes(faces, {}) == []


def counts_of(folder: Path, *experiments: str, yaw: float | None = None) -> pd.DataFrame:
    faces = [Face("b.png", BOX, yaw)]
    search = {"workflow": detect_red}
    trials = benchmark.measure(folder, faces, list(experiments), search, {})
    return report.summarise(trials, "drawn faces", min_track_score=0.97)


def test_counts_of_a_detector_with_known_failures(folder: Path) -> None:
    counts = counts_of(folder, "rolled", "covered", "turned", "unaltered", yaw=75)
    found = {
        (row.experiment, row.value): (row.found, row.n)
        for row in counts.itertuples()
    }  # fmt: skip
    assert found["rolled", "0"] == (1, 1) and found["rolled", "30"] == (2, 2)
    assert found["rolled", "180"] == (0, 1), "the eyes are below the middle"
    assert found["covered", "nothing"] == (1, 1)
    assert found["covered", "eyes"] == (0, 3), "in each of three colours"
    assert found["covered", "mouth and nose"][1] == 3
    assert found["turned", "75 to 90"] == (1, 1)
    assert found["unaltered", "48 to 64"] == (1, 1)
    assert (counts["kept"] == 0).all(), "the score 0.95 keeps no track"
    assert (counts["frame"] == 0).all() and set(counts["pictures"]) == {"drawn faces"}


def test_a_face_whose_angle_is_not_known_is_not_counted_as_turned(folder: Path) -> None:
    trials = benchmark.measure(
        folder, [Face("b.png", BOX)], ["turned"], {"workflow": detect_red}, {}
    )
    assert trials.empty


def test_faces_are_measured_in_each_size_that_needs_no_enlargement(folder: Path) -> None:
    counts = counts_of(folder, "size").set_index(["frame", "value"])
    largest = 50 * benchmark.LARGEST_ENLARGEMENT
    expected = {
        (frame, f"{share:g}")
        for frame in benchmark.FRAMES
        for share in benchmark.SHARES
        if share * frame <= largest
    }
    assert set(counts.index) == expected
    assert counts.loc[(360, "0.12"), "found"] == 1
    assert counts.loc[(360, "0.02"), "found"] <= 1


def test_only_frames_of_720_lines_compare_detectors(folder: Path) -> None:
    search = {"workflow": detect_red, "other": detect_red}
    trials = benchmark.measure(
        folder, [Face("b.png", BOX)], ["size"], search, {"workflow, min_size 0.03": detect_red}
    )
    detectors = trials.groupby("frame")["detector"].unique().map(set).to_dict()
    assert detectors[360] == detectors[1080] == {"workflow"}
    assert detectors[720] == {"workflow", "other", "workflow, min_size 0.03"}


def test_the_same_counts_give_the_same_tables_and_plot(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "FRAMES", (360, 720))
    counts = counts_of(folder, "size", "rolled", "covered", "turned", yaw=120)
    text = report.tables(counts)
    assert "| 90 to 180 | 1 | 100 % |" in text
    assert text.index("| nothing |") < text.index("| eyes |") < text.index("| mouth and nose |")
    assert "workflow, 360 lines | workflow, 720 lines |" in text
    paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for path in paths:
        report.draw(counts, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_page_shows_the_counts_beside_it(tmp_path: Path) -> None:
    counts = report.read_counts(DOCS / "face_recall.tsv")
    page = (DOCS / "face_detection.md").read_text(encoding="utf-8")
    section = page.partition(report.BEGIN)[2].partition(report.END)[0]
    assert section.strip() == report.tables_of_all(counts).strip()
    assert set(counts["experiment"]) == set(benchmark.EXPERIMENTS), "all are reported"
    report.draw(counts, tmp_path / "plot.svg")
    assert (tmp_path / "plot.svg").read_bytes() == (DOCS / "face_recall.svg").read_bytes()


def test_a_folder_without_faces_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        benchmark.main([str(tmp_path / "none"), "--work", str(tmp_path)])
