"""CSV files have the values of the tables when other programs read them."""

import csv

import numpy as np
import pandas as pd
import pytest

import export_corpus_csv
import export_csv
import processed_video
from corpus.export import csv as csv_module
from corpus.tables import parquet, schemas
from processed_video import NAMES, ProcessedVideo, table_options
from repository import ROOT
from script_runs import run_script

processed, unavailable = processed_video.processed, processed_video.unavailable

PER_VIDEO = ["frames", "shots", "faces", "keypoints", "kinematics", "phases"]
PER_VIDEO += ["movement_quality", "gestures"]


@pytest.fixture
def write(monkeypatch):
    def run(processed: ProcessedVideo, names: list[str], video: str | None = "v") -> dict:
        outputs = [processed.folder / "csv" / f"{name}.csv" for name in names]
        script, of_video = export_corpus_csv, table_options(processed, "people")
        if video:
            script, of_video = (
                export_csv,
                [*table_options(processed, "tracks", "people"), "--video-id", video],
            )
        inputs = ["--tables", *map(processed.path, names), *of_video]
        run_script(monkeypatch, script, *inputs, "--output", *outputs)
        return dict(zip(names, outputs, strict=True))

    return run


def test_numbers_read_from_csv_equal_those_of_the_table(processed, write):
    file = write(processed, ["keypoints"])["keypoints"]
    back = pd.read_csv(file, dtype={"x": np.float32, "world_x": np.float32}, keep_default_na=False)
    table = parquet.read(processed.path("keypoints"))
    assert (back["x"].to_numpy() == table["x"].to_numpy()).all()
    assert (back["world_x"].to_numpy() == table["world_x"].to_numpy()).all()
    assert (back["keypoint"] == table["keypoint"].astype(str)).all()
    assert np.abs(back["time_s"] - table["time_s"]).max() < 1e-6


def test_rows_have_the_id_and_name_of_the_person(processed, write):
    file = write(processed, ["keypoints"])["keypoints"]
    back = pd.read_csv(file, keep_default_na=False)
    assert list(back.columns[:3]) == ["video_id", "person", "name"]
    who = back.groupby("track")[["video_id", "person", "name"]].first()
    assert who.loc[0].tolist() == who.loc[2].tolist() == ["v", "p0001", NAMES["p0001"]]
    assert who.loc[1].tolist() == ["v", "p0002", ""]
    assert who.loc[-1].tolist() == ["v", "", ""], "a body without a face has no person"


def test_files_follow_rfc_4180_in_utf_8(processed, write):
    files = write(processed, ["faces", "frames", "gestures"])
    raw = files["faces"].read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") == 1 + len(parquet.read(processed.path("faces")))
    assert '"Zoë ""Z"", née Łoś"'.encode() in raw
    with files["frames"].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["time_s"] for row in rows[:3]] == ["0.000000", "0.040000", "0.080000"]
    with files["gestures"].open(newline="", encoding="utf-8") as file:
        [row] = csv.DictReader(file)
    assert (row["person"], row["name"], row["peak_speed"]) == ("p0001", NAMES["p0001"], "")
    assert list(row).count("person") == 1


def test_lists_become_one_column_per_number(processed, write):
    faces = pd.read_csv(write(processed, ["faces"])["faces"])
    assert faces["nose_x"].iloc[0] == pytest.approx(4 / 3) and "landmarks" not in faces
    people = pd.read_csv(write(processed, ["people"], video=None)["people"])
    assert people[["best_x1", "best_y1", "best_x2", "best_y2"]].iloc[0].tolist() == [1.5, 2, 3, 4]


def test_tables_of_the_corpus_have_all_columns_and_names(processed, write):
    columns = {"video_id": ["v"], "source": ["/home/ada/v.mp4"], "status": ["ok"], "is_vfr": [True]}
    manifest_columns = {"speaker": ["Åsa, 3"]}
    parquet.write(
        processed.path("corpus"), "corpus", columns | manifest_columns, {}, extra=("speaker",)
    )
    files = write(processed, ["corpus", "people", "tracks"], video=None)
    corpus = pd.read_csv(files["corpus"])
    assert corpus["speaker"].tolist() == ["Åsa, 3"] and corpus["is_vfr"].tolist() == [True]
    assert corpus["source"].tolist() == ["/home/ada/v.mp4"], "as in the table"
    tracks = pd.read_csv(files["tracks"], keep_default_na=False)
    assert list(tracks.columns[:4]) == ["video_id", "person", "name", "track"]
    assert tracks["name"].tolist() == [NAMES["p0001"], ""] * 2


def test_a_time_is_never_in_scientific_notation():
    times = csv_module.printable(csv_module.pa.chunked_array([[4e-5, None, float("nan"), 36000.5]]))
    assert [str(time) for time in times.to_pylist()] == ["0.000040", "None", "None", "36000.500000"]


def test_the_size_of_batches_does_not_matter(processed, write, monkeypatch):
    expected = write(processed, ["keypoints"])["keypoints"].read_bytes()
    monkeypatch.setattr(csv_module, "ROWS_PER_BATCH", 37)
    assert write(processed, ["keypoints"])["keypoints"].read_bytes() == expected


def test_an_unavailable_video_has_files_with_only_a_header(unavailable, write):
    for name, file in write(unavailable, PER_VIDEO).items():
        assert len(pd.read_csv(file)) == 0, name
        assert file.read_text().count("\n") == 1


def test_embeddings_are_not_exported():
    assert "embeddings" not in PER_VIDEO and "embeddings" in schemas.SCHEMAS
    rules = (ROOT / "rules/exports.smk").read_text()
    assert "embeddings" not in rules
