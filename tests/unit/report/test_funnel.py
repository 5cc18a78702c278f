"""The funnel: numbers of videos, reasons, and its plot."""

from pathlib import Path

import pytest

from corpus.report import funnel, funnel_plot
from corpus.tables import parquet
from small_corpus import SmallCorpus, mixed_corpus
from svg_texts import figure_texts


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return mixed_corpus(tmp_path / "results")


def stages_of(corpus: SmallCorpus) -> list[funnel.Stage]:
    table, tracks = parquet.read(corpus.path("corpus")), parquet.read(corpus.path("tracks"))
    videos = funnel.find_videos_with_gestures(corpus.folder, table["video_id"].tolist())
    return funnel.funnel_stages(table, tracks, videos)


def test_stages_have_numbers_durations_and_reasons(corpus: SmallCorpus) -> None:
    stages = {" ".join(stage.label.split()): stage for stage in stages_of(corpus)}
    assert [stage.n_videos for stage in stages.values()] == [5, 4, 3, 2, 2]
    assert "with gestures" not in stages
    assert stages["available"].notes == ("1 unavailable: Private",)
    assert stages["with frames"].seconds == 12
    assert stages["with frames"].notes == (
        "1 without frames: Private",
        "1 truncated, analysed up to the last readable frame",
    )
    assert stages["with faces"].notes == ("1 without a face",)
    assert stages["with people who appear in other videos"].seconds == 8


def test_a_pending_video_is_not_available_yet(tmp_path: Path) -> None:
    stages = stages_of(SmallCorpus(tmp_path / "results", {"a": "ok", "b": "pending"}))
    assert [stage.n_videos for stage in stages[:3]] == [2, 1, 1]
    assert stages[1].notes == ("1 not downloaded yet: Private",)


def test_only_gestures_of_identified_people_count(corpus: SmallCorpus) -> None:
    for video in corpus.statuses:
        corpus.write_gestures(video, {"a": ["p0001", None], "b": [None]}.get(video, []))
    [stage] = [stage for stage in stages_of(corpus) if stage.label == "with gestures"]
    assert (stage.n_videos, stage.seconds, stage.is_part) == (1, 4, True)


def test_equal_reasons_of_different_videos_are_counted_together() -> None:
    reasons = [f"[youtube] dQw4w9WgX{n}: Private video. Sign in" for n in range(5)]
    other_reasons = ["ERROR: [vimeo] 123: Not found.", None, "x" * 200, "a\nb"]
    lines = funnel.list_reasons("gone", [*reasons, *other_reasons])
    assert lines[0] == "5 gone: Private video. Sign in"
    assert lines[-1] == "2 gone for other reasons"
    assert len(lines) == 1 + funnel.MAX_REASONS
    assert max(map(len, lines)) < funnel.MAX_REASON_LENGTH + 20
    assert funnel.shorten_reason("[youtube] abc-1_2: Gone.") == "Gone"
    assert funnel.list_reasons("gone", []) == []


@pytest.mark.parametrize("status", ["unavailable", "pending", "no_video", "ok"])
def test_the_plot_of_a_corpus_without_faces(tmp_path: Path, status: str) -> None:
    stages = stages_of(SmallCorpus(tmp_path / "results", {"a": status, "b": status}))
    assert stages[-1].n_videos == 0
    texts = figure_texts(funnel_plot.draw(stages))
    assert "2 videos" in texts and any(text.startswith("0 videos") for text in texts)
