"""The job of a group runs only outdated stages, and one failing video leaves the others alone."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from corpus.core.errors import VideoError
from corpus.core.file_records import forget_inputs, note_record
from corpus.privacy.erasure import remove_tracks
from corpus.tables import parquet, provenance, schemas, seals
from corpus.video_groups import states
from corpus.video_groups.analysis import analyse_group, flags_by_video


class Corpus:
    """Results with two stages whose scripts only write small tables: `first` and `second`."""

    def __init__(self, folder: Path) -> None:
        self.results = folder
        self.calls: list[tuple[str, str]] = []
        self.broken: dict[str, BaseException] = {}
        self.versions = {"first": "1", "second": "1"}
        for video in "abc":
            self.fetch(video, "x")

    def fetch(self, video: str, content: str) -> None:
        record = self.results / "videos" / f"{video}.mp4.json"
        record.parent.mkdir(exist_ok=True)
        record.write_text(json.dumps({"video": video, "content": content}))

    def first(self, arguments: list[str]) -> None:
        [video] = arguments
        self.calls.append(("first", video))
        if video in self.broken:
            raise self.broken[video]
        note_record(self.results / "videos" / f"{video}.mp4.json")
        self.write("shots", video)

    def second(self, arguments: list[str]) -> None:
        video, *flags = arguments
        self.calls.append(("second", " ".join([video, *flags])))
        parquet.read(self.results / "shots" / f"{video}.parquet")
        self.write("phases", video)

    def write(self, table: str, video: str) -> None:
        empty = {name: [] for name in schemas.SCHEMAS[table].names}
        path = self.results / table / f"{video}.parquet"
        parquet.write(path, table, empty, provenance.describe(table, {}))

    def run(self, videos: str = "a.mp4,b.mp4,c.mp4", flags: tuple[str, ...] = ()) -> set:
        """Run the group as the next job does; return the stages that it ran."""
        forget_inputs()
        self.calls.clear()
        tables = {"first": "shots", "second": "phases"}
        stages = [
            f"{name} {version} {tables[name]} python {name}.py @video@ @flags@ 2> log"
            for name, version in self.versions.items()
        ]
        analyse_group(
            argparse.Namespace(stages=stages, videos=videos, flags=flags, output=self.record)
        )
        return set(self.calls)

    @property
    def record(self) -> Path:
        return self.results / "groups" / "movement" / "g0.json"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    found = Corpus(tmp_path)
    monkeypatch.setitem(sys.modules, "first", SimpleNamespace(main=found.first))
    monkeypatch.setitem(sys.modules, "second", SimpleNamespace(main=found.second))
    return found


ALL = {(stage, video) for stage in ("first", "second") for video in "abc"}


def test_a_second_job_runs_nothing_and_writes_the_same_record(corpus: Corpus) -> None:
    assert corpus.run() == ALL
    before = corpus.record.read_bytes()
    assert set(json.loads(before)) == set("abc")
    corpus.record.unlink()
    assert corpus.run() == set()
    assert corpus.record.read_bytes() == before


def delete_table(corpus: Corpus) -> None:
    (corpus.results / "shots" / "b.parquet").unlink()


def damage_table(corpus: Corpus) -> None:
    (corpus.results / "phases" / "b.parquet").write_text("damaged")


def replace_video(corpus: Corpus) -> None:
    corpus.fetch("b", "another")


def change_settings(corpus: Corpus) -> None:
    corpus.versions["second"] = "2"


def lose_state(corpus: Corpus) -> None:
    states.state_path(corpus.results, "b").write_text("{")


@pytest.mark.parametrize(
    ("change", "stages"),
    [
        (delete_table, {("first", "b")}),  # the same bytes, so the second stage is up to date
        (damage_table, {("second", "b")}),
        (replace_video, {("first", "b"), ("second", "b")}),
        (change_settings, {("second", video) for video in "abc"}),
        (lose_state, {("first", "b"), ("second", "b")}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_only_what_is_missing_or_outdated_runs(
    corpus: Corpus, change: Callable[[Corpus], None], stages: set
) -> None:
    corpus.run()
    change(corpus)
    assert corpus.run() == stages
    assert corpus.run() == set()


def test_a_video_has_the_inputs_of_its_own_stage_only(corpus: Corpus) -> None:
    """As in a job of its own: the process has also read other files for the stages before."""
    corpus.run()
    inputs = seals.inputs(seals.file_metadata(corpus.results / "phases" / "b.parquet"))
    assert {folder: set(files) for folder, files in inputs.items()} == {"shots": {"b"}}
    assert not list((corpus.results / "groups").rglob("*.checksum"))


@pytest.mark.fault(
    "interruptions",
    "one of many short videos that a job processes fails",
    "the tables of the others are complete, the message names it, and a retry runs only it",
)
@pytest.mark.parametrize("error", [VideoError("no picture"), RuntimeError("a bug"), SystemExit(2)])
def test_a_failing_video_leaves_the_others_alone(corpus: Corpus, error: BaseException) -> None:
    corpus.broken["a"] = error
    with pytest.raises(VideoError, match=r"1 of 3 videos failed(.|\n)*  a: "):
        corpus.run()
    assert not corpus.record.exists()
    assert all((corpus.results / "phases" / f"{video}.parquet").exists() for video in "bc")
    corpus.broken.clear()
    assert corpus.run() == {("first", "a"), ("second", "a")}
    assert corpus.record.exists()


@pytest.mark.fault(
    "interruptions",
    "a job of many videos is killed",
    "the next one goes on, and ends with that video",
)
def test_the_video_at_which_a_job_was_killed_comes_last(corpus: Corpus) -> None:
    corpus.broken["a"] = KeyboardInterrupt()  # as a kill: nothing is caught
    with pytest.raises(KeyboardInterrupt):
        corpus.run()
    assert corpus.calls == [("first", "a")]
    corpus.broken.clear()
    corpus.run()
    assert [video for _, video in corpus.calls] == ["b", "b", "c", "c", "a", "a"]


@pytest.mark.fault(
    "environment", "the disk is full", "a job of many videos stops at once and says so"
)
def test_a_full_disk_stops_the_job(corpus: Corpus) -> None:
    corpus.broken["a"] = OSError(28, "No space left on device")
    with pytest.raises(OSError, match="No space"):
        corpus.run()
    assert corpus.calls == [("first", "a")]


def test_erasing_somebody_runs_nothing_again(corpus: Corpus) -> None:
    corpus.run()
    table = corpus.results / "phases" / "b.parquet"
    before = table.read_bytes()
    remove_tracks(table, {None: [0]})
    assert table.read_bytes() != before
    assert corpus.run() == set()


def test_a_new_cut_of_the_groups_runs_nothing_again(corpus: Corpus) -> None:
    corpus.run()
    other = corpus.record.with_name("g.json")
    corpus.record.rename(other)
    assert corpus.run("a.mp4,b.mp4") == set()
    assert not other.exists(), "with other settings later, it would seem up to date"


def test_flags_of_single_videos_reach_only_these(corpus: Corpus) -> None:
    assert ("second", "b --covers c d") in corpus.run(flags=("second b --covers 'c d'",))
    assert flags_by_video(["s -v --covers x"]) == {("s", "-v"): ["--covers", "x"]}
