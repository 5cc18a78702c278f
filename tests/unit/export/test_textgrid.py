"""TextGrids, read with Praat."""

import parselmouth
import pytest

import export_textgrid
import processed_video
from corpus.tables import schemas
from processed_video import NAMES, ProcessedVideo, table_options
from script_runs import run_script
from synthetic_videos import late, plain

processed, unavailable = processed_video.processed, processed_video.unavailable

NAME = NAMES["p0001"]


@pytest.fixture
def write(monkeypatch):
    def run(processed: ProcessedVideo, video=None):
        output = processed.folder / "textgrid/v.TextGrid"
        options = table_options(processed, "status", "shots", "phases", "tracks", "people")
        video = video or processed.video()
        run_script(monkeypatch, export_textgrid, "--video", video, *options, "--output", output)
        return output

    return run


def tiers(grid) -> dict[str, list[tuple[float, float, str]]]:
    """Every tier's intervals that have a text."""
    call = parselmouth.praat.call
    intervals_of = {}
    for tier in range(1, call(grid, "Get number of tiers") + 1):
        intervals = [
            (
                call(grid, "Get start time of interval", tier, n),
                call(grid, "Get end time of interval", tier, n),
                call(grid, "Get label of interval", tier, n),
            )
            for n in range(1, call(grid, "Get number of intervals", tier) + 1)
        ]
        intervals_of[call(grid, "Get tier name", tier)] = [i for i in intervals if i[2]]
    return intervals_of


def test_praat_reads_the_tiers(processed, write):
    grid = tiers(parselmouth.read(str(write(processed))))
    assert list(grid) == [
        "shots", NAME, f"{NAME} left hand", f"{NAME} right hand",
        "p0002", "p0002 left hand", "p0002 right hand",
        "unknown body 1", "unknown body 1 left hand", "unknown body 1 right hand",
    ]  # fmt: skip
    assert grid["shots"] == [(0, 0.4, "0"), (0.4, 0.8, "1")]
    assert grid[NAME] == [(0, 0.4, "p0001"), (0.4, 0.8, "p0001")], "one interval per shot"
    assert grid[f"{NAME} left hand"] == [
        (0, 0.12, "movement"), (0.12, 0.2, "hold"), (0.2, 0.32, "movement"),
    ]  # fmt: skip
    assert grid[f"{NAME} right hand"] == [], "rest is empty"
    assert grid["unknown body 1 right hand"] == [(0.12, 0.24, "movement")]


def test_the_grid_is_as_long_as_the_video(processed, write):
    grid = parselmouth.read(str(write(processed)))
    assert (grid.xmin, grid.xmax) == (0, pytest.approx(0.8))


def test_times_are_those_of_the_players_clock(tmp_path, write):
    """The image starts 0.6 s after the sound; in the second video the clock starts at 1.4 s."""
    times = [0.6 + 0.04 * n for n in range(20)]
    started = ProcessedVideo(tmp_path / "late", times)
    grid = tiers(parselmouth.read(str(write(started, late(tmp_path / "late.mkv", 0.6)))))
    assert grid["shots"][0][:2] == pytest.approx((0.6, 1.0), abs=0.03)
    times = [1.4 + 0.04 * n for n in range(20)]
    shifted = ProcessedVideo(tmp_path / "ts", times)
    grid = tiers(parselmouth.read(str(write(shifted, plain(tmp_path / "a.ts")))))
    assert grid["shots"][0][:2] == pytest.approx((0.0, 0.4), abs=0.1)


def test_the_grid_of_an_unavailable_video_has_its_status(unavailable, write):
    assert tiers(parselmouth.read(str(write(unavailable)))) == {"status": [(0, 1, "unavailable")]}


def test_a_video_without_people_has_only_the_tier_of_shots(tmp_path, write):
    alone = ProcessedVideo(tmp_path, [0.04 * n for n in range(20)])
    for table in ("tracks", "people", "phases"):
        columns = {name: [] for name in schemas.SCHEMAS[table].names}
        alone.write(table, columns)
    assert list(tiers(parselmouth.read(str(write(alone))))) == ["shots"]


def test_a_repeated_export_gives_the_same_bytes(processed, write):
    first = write(processed).read_bytes()
    assert write(processed).read_bytes() == first
