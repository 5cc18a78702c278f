"""benchmarks/clustering.py and settings.py, on a small scale and on labels made by hand."""

import sys
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest

import altered_clips
import clustering as benchmark
import settings
import synthetic_faces
from corpus.core.errors import InputError
from corpus.inputs import manifest
from repository import ROOT

DEFAULTS = {"min_cluster_size": 3, "min_samples": 2, "same_person": 0.35}
PAGE = ROOT / "docs" / "clustering.md"


def options(work: Path, *more: str):
    small = ("--sizes", "300", "--own-sizes", "--dims", "16", "--threads", "1")
    return benchmark.parse_arguments(["--work", str(work), *small, *more])


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> tuple[Path, list[dict]]:
    work = tmp_path_factory.mktemp("clustering")
    chosen = options(work, "--methods", "hdbscan", "scikit-learn")
    return work, list(benchmark.measure(chosen))


def test_made_up_faces_are_the_same_each_time_and_differ_by_seed():
    one, again, other = (synthetic_faces.make(400, 32, seed) for seed in (1, 1, 2))
    assert np.array_equal(one[0], again[0]) and np.array_equal(one[1], again[1])
    assert not np.array_equal(one[0], other[0])


def test_made_up_faces_are_as_described():
    vectors, people = synthetic_faces.make(2000, 512)
    assert vectors.dtype == np.float32 and vectors.shape == (2000, 512)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    apart = np.sqrt(np.maximum(0, 2 - 2 * vectors @ vectors.T))
    pairs = np.triu(np.ones_like(apart, bool), 1)
    same = np.equal.outer(people, people)
    within, between = apart[pairs & same], apart[pairs & ~same]
    assert np.quantile(within, 0.01) > 0.3 and np.quantile(within, 0.99) < 0.7
    assert np.quantile(between, 0.01) > 1.2 and np.quantile(between, 0.99) < 1.4
    faces = np.bincount(people)
    assert (faces == 1).sum() >= 100 > 0.9 * (faces == 1).sum()
    assert np.median(faces[faces > 1]) <= 12 and faces.max() > 100


@pytest.mark.parametrize("n", [0, 1, 7])
def test_few_faces_can_be_made_up(n):
    vectors, people = synthetic_faces.make(n, 8)
    assert vectors.shape == (n, 8) and people.shape == (n,)


def test_each_method_has_a_row_with_all_columns(measured):
    _, rows = measured
    assert [row["method"] for row in rows] == ["hdbscan", "scikit-learn"]
    for row in rows:
        assert set(benchmark.COLUMNS) <= set(row)
        assert row["seconds"] > 0 and row["peak_mb"] > 50 and not row["why"]
        assert row["ari_truth"] > 0.5 and row["ari_hdbscan"] > 0.9
    assert rows[0]["ari_hdbscan"] == 1


def test_the_table_and_the_picture(measured, tmp_path):
    _, rows = measured
    lines = benchmark.table(rows)
    assert len(lines) == 4 and len({line.count("|") for line in lines}) == 1
    for name in ("a.svg", "b.svg"):
        benchmark.draw(rows, tmp_path / name, benchmark.OURS)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_method_beyond_the_limit_gets_no_larger_size(tmp_path):
    chosen = options(tmp_path, "--methods", "hdbscan", "--limit-s", "0.0001")
    chosen.sizes = [300, 400]
    rows = list(benchmark.measure(chosen))
    assert [row["why"] for row in rows] == ["more than 0.0001 s"] * 2
    assert all(row["seconds"] is None for row in rows)
    assert "| - |" in benchmark.table(rows)[-1]


def test_a_method_that_is_not_installed_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "missing", lambda method: ["nowhere"])
    [row] = benchmark.measure(options(tmp_path, "--methods", "fast_hdbscan"))
    assert "not installed: nowhere" in benchmark.table([row])[-1]


def test_how_much_faster_is_told_at_the_largest_size_of_both():
    rows = [
        {"method": "hdbscan", "n": n, "d": 8, "seconds": n * 2.0, "times": times}
        for n, times in ((10, 2.0), (20, 4.0), (40, None))
    ]
    assert list(benchmark.ahead(rows)) == ["ours is 4 times faster than hdbscan at 20 x 8"]


def test_the_share_of_the_speed_counts_each_multiply_add():
    row = {"method": "exact", "n": 10, "d": 8, "seconds": 2.0, "products": 1e9}
    [line] = benchmark.speeds([row], {"products_per_s": 2e9})
    assert "1 GFLOP/s, 25% of the 4 " in line
    assert not list(benchmark.speeds([row | {"products": None}], {"products_per_s": 2e9}))


def test_noise_is_never_the_same_person():
    noisy, alone = np.array([0, 0, -1, -1]), np.array([5, 5, 6, 7])
    assert benchmark.ari(noisy, alone) == 1
    assert benchmark.ari(np.array([0, 0, 1, 1]), alone) < 1


def test_the_page_keeps_all_but_what_is_between_the_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"a\n{benchmark.BEGIN}\nold\n{benchmark.END}\nb\n")
    benchmark.into_page(page, benchmark.BEGIN, benchmark.END, "new \\1\n")
    assert page.read_text() == f"a\n{benchmark.BEGIN}\nnew \\1\n{benchmark.END}\nb\n"
    page.write_text("no marks")
    with pytest.raises(InputError, match="needs the lines"):
        benchmark.into_page(page, benchmark.BEGIN, benchmark.END, "new")
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(benchmark.BEGIN) == text.count(benchmark.END) == 1


@pytest.mark.parametrize(
    ("found", "merged", "split"),
    [
        (list("1123"), 0, 0),
        (list("1223"), 2, 1),
        (list("1111"), 3, 0),
        (list("1234"), 0, 1),
        (["1", "1", "2", ""], 0, 1),
        (["", "", "2", "3"], 0, 1),
    ],
)
def test_merged_and_split_people(found, merged, split):
    scores = settings.scores(list("AABC"), found)
    assert (scores["merged"], scores["split"]) == (merged, split)


def test_b_cubed_of_joined_people():
    scores = settings.scores(list("AABB"), list("1111"))
    assert (scores["precision"], scores["recall"]) == (0.5, 1.0)
    assert scores["f"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("right", "default", "safe"),
    [
        ([1, 1, 1, 1], 2, [1, 2, 3, 4]),
        ([0, 1, 1, 0], 2, [2, 3]),
        ([1, 0, 1, 1], 3, [3, 4]),
        ([1, 0, 1, 1], 2, []),
        ([1, 1, 1, 0], 2.5, [1, 2, 3]),
        ([1, 0, 1, 1], 2.5, []),
    ],
)
def test_the_safe_range_has_no_gap_and_holds_the_default(right, default, safe):
    assert settings.safe_range([1, 2, 3, 4], list(map(bool, right)), default) == safe


def test_each_setting_is_varied_alone_and_two_together():
    def score(values):
        wrong = values["same_person"] > 0.425 or values["min_cluster_size"] > 6
        return {"people": 2} | settings.scores(list("AB"), list("11" if wrong else "12"))

    rows = settings.sweep(DEFAULTS, score)
    counts = rows["varied"].value_counts()
    assert dict(counts) == {"grid": 88, "same_person": 29, "min_cluster_size": 11, "min_samples": 8}
    safe = settings.ranges(rows, DEFAULTS)
    assert (safe["same_person"][0], safe["same_person"][-1]) == (0.0, 0.425)
    assert safe["min_cluster_size"] == [2, 3, 4, 5, 6]
    assert "| `same_person` | 0.35 | 0 | 0.425 | 0 to 0.7 | 0.45: 2 merged" in settings.report(
        rows, DEFAULTS
    )


def test_clips_are_found_by_the_end_of_their_source(tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("clip,person\na b.mp4,Ann\nfar/c.mp4,Bob\nd.mp4,\ngone.mp4,Eve\n")
    sources = {"x": "http://127.0.0.1:1/a%20b.mp4", "y": "/data/far/c.mp4", "z": "/data/d.mp4"}
    assert settings.labelled(labels, sources) == {"x": "Ann", "y": "Bob"}
    with pytest.raises(InputError, match="no clip with a person"):
        settings.labelled(labels, {"z": "/data/other.mp4"})


def test_the_page_has_the_ranges_of_its_table_of_figures():
    rows = pd.read_csv(PAGE.with_name("settings.tsv"), sep="\t")
    assert settings.report(rows, settings.shipped("dlib")).splitlines()[0] in PAGE.read_text()
    for line in settings.report(rows, settings.shipped("dlib")).splitlines()[2:5]:
        assert line in PAGE.read_text(encoding="utf-8")


# Clips as if filmed elsewhere ---------------------------------------------------------------------


@pytest.mark.parametrize("by", altered_clips.ALTERED)
def test_altered_clips_are_the_same_people_in_other_pictures(tmp_path, monkeypatch, by):
    clips, work = tmp_path / "clips", tmp_path / "work"
    clips.mkdir()
    write_film(clips / "a.mp4")
    (clips / "nobody.mp4").symlink_to(clips / "a.mp4")
    (clips / "labels.csv").write_text("clip,person\na.mp4,Eileen\n")
    command = ["altered_clips", clips, "--labels", clips / "labels.csv", "--work", work]
    monkeypatch.setattr(sys, "argv", [*map(str, command), "--by", by])
    altered_clips.main()
    rows = (work / "labels.csv").read_text().splitlines()
    assert rows == ["clip,person", "a.mp4,Eileen"] + [
        f"a_{name}.mp4,Eileen" for name in altered_clips.ALTERED[by]
    ]
    videos = manifest.read(work / "videos.tsv")
    assert list(videos) == ["a", *(f"a_{name}" for name in altered_clips.ALTERED[by])]
    before = frames_of(clips / "a.mp4")
    for name in altered_clips.ALTERED[by]:
        after = frames_of(work / f"a_{name}.mp4")
        assert len(after) == len(before)
        assert after[0].shape[0] == pytest.approx(before[0].shape[0], abs=8)
        height, width = (min(a, b) for a, b in zip(after[0].shape, before[0].shape, strict=True))
        apart = after[0][:height, :width].astype(float) - before[0][:height, :width]
        assert np.abs(apart).mean() > 0.5, f"{name} changed nothing"


def write_film(path):
    """Ten frames of coarse structure that moves."""
    picture = np.add.outer(np.arange(90), np.arange(120)).astype(np.uint8) * 5
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, width=120, height=90, pix_fmt="yuv420p")
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.roll(picture, number, axis=1), format="gray")
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode())


def frames_of(path):
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
