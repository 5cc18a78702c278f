"""TextGrids, read back by Praat itself."""

import parselmouth
import pytest

import export_textgrid
import exported_video
from corpus.tables import schemas
from exported_video import NAMES, Found, call, named
from synthetic_videos import late, plain

found, gone = exported_video.found, exported_video.gone

NAME = NAMES["p0001"]


@pytest.fixture
def write(monkeypatch):
    def run(found: Found, video=None):
        output = found.folder / "textgrid/v.TextGrid"
        options = named(found, "status", "shots", "phases", "tracks", "people")
        video = video or found.video()
        call(monkeypatch, export_textgrid, "--video", video, *options, "--output", output)
        return output

    return run


def tiers(grid) -> dict[str, list[tuple[float, float, str]]]:
    """Every tier's intervals that have a text."""
    call = parselmouth.praat.call
    found = {}
    for tier in range(1, call(grid, "Get number of tiers") + 1):
        intervals = [
            (
                call(grid, "Get start time of interval", tier, n),
                call(grid, "Get end time of interval", tier, n),
                call(grid, "Get label of interval", tier, n),
            )
            for n in range(1, call(grid, "Get number of intervals", tier) + 1)
        ]
        found[call(grid, "Get tier name", tier)] = [i for i in intervals if i[2]]
    return found


def test_praat_reads_the_tiers(found, write):
    grid = tiers(parselmouth.read(str(write(found))))
    assert list(grid) == [
        "shots", NAME, f"{NAME} left hand", f"{NAME} right hand",
        "p0002", "p0002 left hand", "p0002 right hand",
        "unknown body 1", "unknown body 1 left hand", "unknown body 1 right hand",
    ]  # fmt: skip
    assert grid["shots"] == [(0, 0.4, "0"), (0.4, 0.8, "1")]
    assert grid[NAME] == [(0, 0.4, "p0001"), (0.4, 0.8, "p0001")], "a stretch a shot"
    assert grid[f"{NAME} left hand"] == [
        (0, 0.12, "movement"), (0.12, 0.2, "hold"), (0.2, 0.32, "movement"),
    ]  # fmt: skip
    assert grid[f"{NAME} right hand"] == [], "rest is empty"
    assert grid["unknown body 1 right hand"] == [(0.12, 0.24, "movement")]


def test_it_lasts_as_long_as_the_video(found, write):
    grid = parselmouth.read(str(write(found)))
    assert (grid.xmin, grid.xmax) == (0, pytest.approx(0.8))


def test_times_are_the_players(tmp_path, write):
    """A picture that starts 0.6 s after the sound; and a clock that starts at 1.4 s."""
    times = [0.6 + 0.04 * n for n in range(20)]
    started = Found(tmp_path / "late", times)
    grid = tiers(parselmouth.read(str(write(started, late(tmp_path / "late.mkv", 0.6)))))
    assert grid["shots"][0][:2] == pytest.approx((0.6, 1.0), abs=0.03)
    times = [1.4 + 0.04 * n for n in range(20)]
    shifted = Found(tmp_path / "ts", times)
    grid = tiers(parselmouth.read(str(write(shifted, plain(tmp_path / "a.ts")))))
    assert grid["shots"][0][:2] == pytest.approx((0.0, 0.4), abs=0.1)


def test_a_video_that_is_gone_says_so(gone, write):
    assert tiers(parselmouth.read(str(write(gone)))) == {"status": [(0, 1, "unavailable")]}


def test_nobody_leaves_the_shots(tmp_path, write):
    alone = Found(tmp_path, [0.04 * n for n in range(20)])
    for table in ("tracks", "people", "phases"):
        columns = {name: [] for name in schemas.SCHEMAS[table].names}
        alone.write(table, columns)
    assert list(tiers(parselmouth.read(str(write(alone))))) == ["shots"]


def test_the_same_bytes_each_time(found, write):
    first = write(found).read_bytes()
    assert write(found).read_bytes() == first
