"""Tests of benchmarks/clustering.py, settings.py, synthetic_faces.py and altered_clips.py.

They use few synthetic faces and labels written by hand.
"""

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


def small_options(work: Path, *more: str):
    """Options for 300 faces with 16 dimensions on one thread."""
    small = ("--sizes", "300", "--own-sizes", "--dims", "16", "--threads", "1")
    return benchmark.parse_arguments(["--work", str(work), *small, *more])


def test_synthetic_faces_depend_only_on_the_arguments():
    first, repeated, other_seed = (
        synthetic_faces.make_embeddings(400, 32, seed) for seed in (1, 1, 2)
    )
    assert np.array_equal(first[0], repeated[0]) and np.array_equal(first[1], repeated[1])
    assert not np.array_equal(first[0], other_seed[0])


def test_synthetic_faces_have_the_documented_distances_and_counts():
    embeddings, people = synthetic_faces.make_embeddings(2000, 512)
    assert embeddings.dtype == np.float32 and embeddings.shape == (2000, 512)
    assert np.allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    distances = np.sqrt(np.maximum(0, 2 - 2 * embeddings @ embeddings.T))
    pairs = np.triu(np.ones_like(distances, bool), 1)
    same_person = np.equal.outer(people, people)
    within, between = distances[pairs & same_person], distances[pairs & ~same_person]
    assert np.quantile(within, 0.01) > 0.3 and np.quantile(within, 0.99) < 0.7
    assert np.quantile(between, 0.01) > 1.2 and np.quantile(between, 0.99) < 1.4
    face_counts = np.bincount(people)
    assert (face_counts == 1).sum() >= 100 > 0.9 * (face_counts == 1).sum()
    assert np.median(face_counts[face_counts > 1]) <= 12 and face_counts.max() > 100


@pytest.mark.parametrize("n", [0, 1, 7])
def test_few_synthetic_faces_can_be_generated(n):
    embeddings, people = synthetic_faces.make_embeddings(n, 8)
    assert embeddings.shape == (n, 8) and people.shape == (n,)


def test_a_method_that_is_not_installed_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr(benchmark, "missing_modules", lambda method: ["nowhere"])
    [row] = benchmark.measure(small_options(tmp_path, "--methods", "fast_hdbscan"))
    assert "not installed: nowhere" in benchmark.format_table([row])[-1]


def test_modules_of_the_workflow_method_are_found():
    assert benchmark.missing_modules("exact") == []


def test_speedup_is_reported_at_the_largest_size_that_both_methods_clustered():
    rows = [
        {"method": "hdbscan", "n": n, "d": 8, "seconds": n * 2.0, "times": times}
        for n, times in ((10, 2.0), (20, 4.0), (40, None))
    ]
    assert list(benchmark.speedup_lines(rows)) == ["ours is 4 times faster than hdbscan at 20 x 8"]


def test_throughput_counts_two_operations_per_multiply_add():
    row = {"method": "exact", "n": 10, "d": 8, "seconds": 2.0, "products": 1e9}
    [line] = benchmark.throughput_lines([row], {"products_per_s": 2e9})
    assert "1 GFLOP/s, 25% of the 4 " in line
    assert not list(benchmark.throughput_lines([row | {"products": None}], {"products_per_s": 2e9}))


def test_each_noise_face_is_a_separate_cluster():
    noisy, singletons = np.array([0, 0, -1, -1]), np.array([5, 5, 6, 7])
    assert benchmark.adjusted_rand_index(noisy, singletons) == 1
    assert benchmark.adjusted_rand_index(np.array([0, 0, 1, 1]), singletons) < 1


def test_only_the_text_between_the_markers_of_a_page_is_replaced(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"a\n{benchmark.BEGIN}\nold\n{benchmark.END}\nb\n")
    benchmark.replace_section(page, benchmark.BEGIN, benchmark.END, "new \\1\n")
    assert page.read_text() == f"a\n{benchmark.BEGIN}\nnew \\1\n{benchmark.END}\nb\n"
    page.write_text("no markers")
    with pytest.raises(InputError, match="needs the lines"):
        benchmark.replace_section(page, benchmark.BEGIN, benchmark.END, "new")
    text = PAGE.read_text(encoding="utf-8")
    assert text.count(benchmark.BEGIN) == text.count(benchmark.END) == 1


@pytest.mark.parametrize(
    ("assigned", "merged", "split"),
    [
        (list("1123"), 0, 0),
        (list("1223"), 2, 1),
        (list("1111"), 3, 0),
        (list("1234"), 0, 1),
        (["1", "1", "2", ""], 0, 1),
        (["", "", "2", "3"], 0, 1),
    ],
)
def test_merged_and_split_people_are_counted(assigned, merged, split):
    scores = settings.score_people(list("AABC"), assigned)
    assert (scores["merged"], scores["split"]) == (merged, split)


def test_b_cubed_scores_of_two_merged_people():
    scores = settings.score_people(list("AABB"), list("1111"))
    assert (scores["precision"], scores["recall"]) == (0.5, 1.0)
    assert scores["f"] == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("correct", "default", "safe"),
    [
        ([1, 1, 1, 1], 2, [1, 2, 3, 4]),
        ([0, 1, 1, 0], 2, [2, 3]),
        ([1, 0, 1, 1], 3, [3, 4]),
        ([1, 0, 1, 1], 2, []),
        ([1, 1, 1, 0], 2.5, [1, 2, 3]),
        ([1, 0, 1, 1], 2.5, []),
    ],
)
def test_safe_range_is_contiguous_and_contains_the_default(correct, default, safe):
    assert settings.safe_range([1, 2, 3, 4], list(map(bool, correct)), default) == safe


def test_each_setting_varies_alone_and_the_first_two_also_jointly():
    def score(values):
        wrong = values["same_person"] > 0.425 or values["min_cluster_size"] > 6
        return {"people": 2} | settings.score_people(list("AB"), list("11" if wrong else "12"))

    rows = settings.sweep(DEFAULTS, score)
    counts = rows["varied"].value_counts()
    assert dict(counts) == {"grid": 88, "same_person": 29, "min_cluster_size": 11, "min_samples": 8}
    safe = settings.safe_ranges(rows, DEFAULTS)
    assert (safe["same_person"][0], safe["same_person"][-1]) == (0.0, 0.425)
    assert safe["min_cluster_size"] == [2, 3, 4, 5, 6]
    assert "| `same_person` | 0.35 | 0 | 0.425 | 0 to 0.7 | 0.45: 2 merged" in settings.report(
        rows, DEFAULTS
    )


def test_clips_are_matched_by_the_end_of_their_source(tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text("clip,person\na b.mp4,Ann\nfar/c.mp4,Bob\nd.mp4,\ngone.mp4,Eve\n")
    sources = {"x": "http://127.0.0.1:1/a%20b.mp4", "y": "/data/far/c.mp4", "z": "/data/d.mp4"}
    assert settings.labels_by_video(labels, sources) == {"x": "Ann", "y": "Bob"}
    with pytest.raises(InputError, match="no clip with a person"):
        settings.labels_by_video(labels, {"z": "/data/other.mp4"})


def test_documented_safe_ranges_match_settings_tsv():
    rows = pd.read_csv(PAGE.with_name("settings.tsv"), sep="\t")
    page = PAGE.read_text(encoding="utf-8")
    lines = settings.report(rows, settings.default_settings("dlib")).splitlines()
    assert lines[0] in page
    for line in lines[2:5]:
        assert line in page


# Altered clips ------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", altered_clips.ALTERATIONS)
def test_altered_clips_keep_the_person_and_change_the_picture(tmp_path, monkeypatch, by):
    clips, work = tmp_path / "clips", tmp_path / "work"
    clips.mkdir()
    write_moving_pattern(clips / "a.mp4")
    (clips / "nobody.mp4").symlink_to(clips / "a.mp4")
    (clips / "labels.csv").write_text("clip,person\na.mp4,Eileen\n")
    command = ["altered_clips", clips, "--labels", clips / "labels.csv", "--work", work]
    monkeypatch.setattr(sys, "argv", [*map(str, command), "--by", by])
    altered_clips.main()
    rows = (work / "labels.csv").read_text().splitlines()
    assert rows == ["clip,person", "a.mp4,Eileen"] + [
        f"a_{name}.mp4,Eileen" for name in altered_clips.ALTERATIONS[by]
    ]
    videos = manifest.read(work / "videos.tsv")
    assert list(videos) == ["a", *(f"a_{name}" for name in altered_clips.ALTERATIONS[by])]
    original = read_frames(clips / "a.mp4")
    for name in altered_clips.ALTERATIONS[by]:
        altered = read_frames(work / f"a_{name}.mp4")
        assert len(altered) == len(original)
        assert altered[0].shape[0] == pytest.approx(original[0].shape[0], abs=8)
        height, width = (
            min(a, b) for a, b in zip(altered[0].shape, original[0].shape, strict=True)
        )
        difference = altered[0][:height, :width].astype(float) - original[0][:height, :width]
        assert np.abs(difference).mean() > 0.5, f"{name} changed nothing"


def write_moving_pattern(path):
    """Write a video of ten frames with a coarse pattern that moves."""
    pattern = np.add.outer(np.arange(90), np.arange(120)).astype(np.uint8) * 5
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, width=120, height=90, pix_fmt="yuv420p")
        for shift in range(10):
            frame = av.VideoFrame.from_ndarray(np.roll(pattern, shift, axis=1), format="gray")
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode())


def read_frames(path):
    """Decode all frames of a video as grey images."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="gray") for frame in container.decode(video=0)]
