"""Skeletons over the playing video: the points drawn are those of the frame on screen.

The pictures of the videos show their own frame number, and each frame has points of its own, so
that a skeleton that is late by one frame is noticed.
"""

import io
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from selenium.webdriver.common.by import By

import export_video
import page_browser
import synthetic_videos
import write_skeletons
from corpus.report.page.render import ASSETS
from corpus.report.page.result_links import write_files
from corpus.tables import parquet
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from drawn_skeletons import check_points, drawn
from page_browser import BrowserPage
from page_corpus import add_people_to_gestures, times_of, video_name, write_corpus, write_html
from script_runs import run_script

pytestmark = pytest.mark.usefixtures("console_and_network_checked")

WIDTH, HEIGHT, N_BITS = 160, 120, 10
EDGES = ("x1", "y1", "x2", "y2")
QUICK, FAST, UNEVEN, LATE = (video_name(number) for number in (0, 1, 2, 5))
"""Videos with 480 frames per second that start late and not at a whole millisecond, with 60 frames
per second, with a variable rate for two minutes, and with a late start."""


def numbered_picture(frame: int) -> np.ndarray:
    """A picture whose upper half shows a number as white and black blocks."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for bit in range(N_BITS):
        block = slice(bit * WIDTH // N_BITS, (bit + 1) * WIDTH // N_BITS)
        picture[: HEIGHT // 2, block] = 255 * (frame >> bit & 1)
    return picture


def write_clip(path: Path, times: np.ndarray, ticks_per_s: int) -> Path:
    """Write a video whose frames show their numbers; `times` are in ticks."""
    pictures = [numbered_picture(frame) for frame in range(len(times))]
    return synthetic_videos.from_pictures(path, pictures, times, Fraction(1, ticks_per_s))


def positions(frames: np.ndarray, tracks: np.ndarray, n_points: int) -> tuple[np.ndarray, ...]:
    """x and y (n, n_points) in pixels of the points of frames, all in the lower half."""
    points = np.arange(n_points)
    x = 5 + (frames * 7 % 100)[:, None] + points * 1.25 + 0.25 * tracks[:, None]
    y = 70 + (frames % 13)[:, None] + (points % 11) * 2.5
    return x, y


def write_keypoints(path: Path) -> None:
    """Give the people of a keypoints table bodies, and left hands in each second frame."""
    known = parquet.read(path).drop_duplicates(["frame", "track"]).reset_index(drop=True)
    parts = []
    for part, names in (("pose", POSE_KEYPOINTS), ("left_hand", HAND_KEYPOINTS)):
        rows = known if part == "pose" else known[known["frame"] % 2 == 0]
        x, y = positions(rows["frame"].to_numpy(), rows["track"].to_numpy(), len(names))
        table = rows.loc[rows.index.repeat(len(names))].drop(columns=["x", "y", "visibility"])
        visible = np.where(np.arange(len(names)) % 10 == 9, 0.3, 1.0)
        table = table.assign(part=part, keypoint=list(names) * len(rows), x=x.ravel(), y=y.ravel())
        parts.append(table.assign(visibility=np.tile(visible, len(rows)) if part == "pose" else 1))
    rows = pd.concat(parts).sort_values(["frame", "track", "part"], kind="stable")
    parquet.write(path, "keypoints", rows, parquet.read_provenance(path))


def write_results(folder: Path) -> Path:
    """Write the videos, their tables, the page and the side files; return the page."""
    (folder / "videos").mkdir()
    random = np.random.default_rng(3)
    uneven = np.cumsum(random.integers(20, 500, 480))
    times = {
        0: write_clip(folder / f"videos/{QUICK}.mp4", 72_025 + 100 * np.arange(240), 48_000),
        1: write_clip(folder / f"videos/{FAST}.mp4", np.arange(0, 1500, 10), 600),
        2: write_clip(folder / f"videos/{UNEVEN}.mp4", uneven - uneven[0], 1000),
        5: write_clip(folder / f"videos/{LATE}.mp4", 1500 + 40 * np.arange(60), 1000),
    }
    frame_times = {number: times_of(clip) for number, clip in times.items()}
    results, manifest = write_corpus(folder, 6, frame_times=frame_times)
    add_people_to_gestures(results, faceless_video=FAST)
    for number in range(6):
        video = video_name(number)
        tables = {name: results / name / f"{video}.parquet" for name in ("status", "keypoints")}
        row = parquet.read(tables["status"]).assign(width=WIDTH, height=HEIGHT)
        parquet.write(tables["status"], "status", row, parquet.read_provenance(tables["status"]))
        write_keypoints(tables["keypoints"])
        faces = parquet.read(path := results / f"faces/{video}.parquet")
        faces[list(EDGES)] /= 8
        shots = parquet.read(results / f"frames/{video}.parquet")["shot"].to_numpy()
        faces["shot"] = shots[faces["frame"]]
        parquet.write(path, "faces", faces, parquet.read_provenance(path))
        names = ("keypoints", "faces", "frames", "shots", "status")
        options = [
            text for name in names for text in (f"--{name}", results / name / f"{video}.parquet")
        ]
        index = results / f"report/page/{video}/skeleton/index.js"
        output = results / f"skeletons/{video}.parquet"
        with pytest.MonkeyPatch.context() as patch:
            run_script(
                patch, write_skeletons, *options, "--samples-per-second", 5, "--index", index,
                "--output", output,
            )  # fmt: skip
    return write_html(results, manifest, "--skeletons")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserPage]:
    if hint := page_browser.chromium.install_hint():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(hint)
    folder = tmp_path_factory.mktemp("skeletons")
    file = write_results(folder)
    browser = page_browser.chromium.start(tmp_path_factory.mktemp("browser"))
    try:
        browser.get(file.as_uri())
        browser.get_log("performance")
        yield BrowserPage(browser, folder, folder / "manifest.tsv", file, folder)
    finally:
        browser.quit()


def shown_frame(page: BrowserPage) -> int:
    """The number that the picture on screen shows."""
    page.js("document.querySelector('canvas.skeletons').style.visibility = 'hidden'")
    png = page.one(".player video").screenshot_as_png
    page.js("document.querySelector('canvas.skeletons').style.visibility = ''")
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("L").resize((WIDTH, HEIGHT)))
    centres = [round((bit + 0.5) * WIDTH / N_BITS) for bit in range(N_BITS)]
    return sum(int(picture[30, x] > 128) << bit for bit, x in enumerate(centres))


def check_frame(page: BrowserPage, video: str, frame: int) -> None:
    """Check that this frame is on screen, and that its points are drawn."""
    check_points(page, page.results, video, frame)
    assert page.until(lambda: shown_frame(page) == frame), shown_frame(page)


def frames_with_people(page: BrowserPage, video: str) -> list[int]:
    """Frames early, in the middle and late in which somebody is on screen."""
    frames = parquet.read(page.results / f"keypoints/{video}.parquet", ["frame"])["frame"].unique()
    return [int(frames[round(share * (len(frames) - 2))]) for share in (0.05, 0.5, 1)]


@pytest.mark.parametrize("video", [QUICK, FAST, UNEVEN, LATE])
def test_the_points_drawn_are_those_of_the_frame_on_screen(page: BrowserPage, video: str) -> None:
    times = parquet.read(page.results / f"frames/{video}.parquet")["time_s"]
    page.go(f"video/{video}")
    page.player_time()
    later = 0.0007 if video == QUICK else 0.002
    for frame in frames_with_people(page, video):
        page.go(f"video/{video}", t=round(times[frame] + later, 4))
        check_frame(page, video, frame)
    if video == QUICK:
        for step, key in ((1, "."), (0, ","), (-1, ",")):
            page.one("body").send_keys(key)
            check_frame(page, video, frame + step)


def test_the_frame_of_a_time_is_the_nearest_at_any_frame_rate(page: BrowserPage) -> None:
    """The time that a browser reports can be wrong by a third of a frame."""
    code = "".join(
        (ASSETS / name).read_text("utf-8") for name in ("interval_search.js", "skeleton.js")
    )
    for period in (1.0, 2.083, 16.7, 40.0):
        times = [1500.25 + period * frame for frame in range(50)]
        asked = [time + error * min(period, 3) for time in times for error in (-0.3, 0, 0.3)]
        found = page.js(
            code + "const [times, asked] = arguments, chunk = {times};"
            "return [asked.map((ms) => frameIndexAt(chunk, ms, true)), times.map("
            "  (time, n) => frameIndexAt(chunk, time + (n % 2 ? 0.7 * arguments[2] : 0), false))]",
            times, asked, period,
        )  # fmt: skip
        assert found == [[frame for frame in range(50) for _ in range(3)], list(range(50))]


def test_a_browser_without_times_of_frames_draws_the_frame_of_the_players_time(
    page: BrowserPage,
) -> None:
    """Such as Firefox before version 132."""
    script = {"source": "delete HTMLVideoElement.prototype.requestVideoFrameCallback"}
    added = page.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
    try:
        page.reload()
        times = parquet.read(page.results / f"frames/{FAST}.parquet")["time_s"]
        page.go(f"video/{FAST}")
        page.player_time()
        assert not page.js("return 'requestVideoFrameCallback' in document.querySelector('video')")
        # Chromium may keep the first picture on screen if the player seeks before it was painted.
        assert page.until(lambda: shown_frame(page) == 0), shown_frame(page)
        frame = frames_with_people(page, FAST)[1]
        page.go(f"video/{FAST}", t=round(times[frame] + 0.002, 3))
        check_frame(page, FAST, frame)
        for step, key in ((1, "."), (2, "."), (1, ",")):
            page.one("body").send_keys(key)
            check_frame(page, FAST, frame + step)
        page.js("document.querySelector('video').muted = true")
        page.one("body").send_keys(" ")
        moved = "return document.querySelector('video').currentTime > arguments[0]"
        assert page.until(lambda: page.js(moved, times[frame] + 0.2))
        page.one("body").send_keys(" ")
        last = shown_frame(page)
        assert last > frame + 5
        assert page.until(lambda: abs(drawn(page)["frame"] - last) <= 1), drawn(page)["frame"]
    finally:
        removed = {"identifier": added["identifier"]}
        page.browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", removed)
        page.reload()


def test_steps_show_each_frame_of_a_variable_rate(page: BrowserPage) -> None:
    """The frame times of this video come from its side files, in two chunks of a minute."""
    times = parquet.read(page.results / f"frames/{UNEVEN}.parquet")["time_s"]
    next_minute = int(times.searchsorted(times[0] + 60))
    for frame in (20, next_minute - 2):
        page.go()
        page.go(f"video/{UNEVEN}", t=round(times[frame] + 0.002, 3))
        page.player_time()
        assert page.until(lambda frame=frame: shown_frame(page) == frame), shown_frame(page)
        page.js(
            "document.querySelector('video').addEventListener('seeking', () => {"
            " window.seeks += 1; })"
        )
        for key, steps in ((".", 4), (",", 6), (".", 1)):
            page.js("window.seeks = 0")
            for _ in range(steps):
                page.one("body").send_keys(key)
            frame += steps if key == "." else -steps
            assert page.until(lambda frame=frame: shown_frame(page) == frame), (
                shown_frame(page),
                frame,
            )
    assert page.js("return window.seeks") == 1, "a step with a known time is one seek"


def test_the_points_follow_the_frames_while_the_video_plays(page: BrowserPage) -> None:
    """After a play at half speed, too, the frame at which it stops is the one that is drawn."""
    page.go(f"video/{FAST}", t=0)
    page.player_time()
    before = drawn(page)
    page.browser.execute_async_script(
        "const v = document.querySelector('video'), done = arguments[0];"
        "v.muted = true; v.playbackRate = 0.5; v.play();"
        "v.addEventListener('timeupdate', () => {"
        "  if (v.currentTime > 0.5 && !v.paused) { v.pause(); setTimeout(done, 200); } })"
    )
    frame = shown_frame(page)
    assert frame > 20 and before != drawn(page)
    assert page.until(lambda: drawn(page)["frame"] == frame), (drawn(page)["frame"], frame)


def test_parts_and_people_are_switched_off_and_remembered(page: BrowserPage) -> None:
    times = parquet.read(page.results / f"frames/{UNEVEN}.parquet")["time_s"]
    frame = frames_with_people(page, UNEVEN)[0]

    def n_pixels() -> int:
        """Number of pixels that are drawn on."""
        return page.js(
            "const from = document.querySelector('canvas.skeletons');"
            "const copy = Object.assign(document.createElement('canvas'),"
            "  {width: from.width, height: from.height});"
            "const context = copy.getContext('2d', {willReadFrequently: true});"
            "context.drawImage(from, 0, 0);"
            "const d = context.getImageData(0, 0, copy.width, copy.height).data;"
            "return d.filter((value, index) => index % 4 === 3 && value).length"
        )

    def press(text: str) -> None:
        page.browser.find_element(
            By.XPATH, f"//button[contains(@class, 'toggle')][.='{text}']"
        ).click()

    page.go(f"video/{UNEVEN}", t=round(times[frame] + 0.002, 3))
    check_frame(page, UNEVEN, frame)
    counts = [n_pixels()]
    for part in ("Names", "Faces", "Hands", "Body"):
        press(part)
        counts.append(n_pixels())
    assert counts[0] > counts[1] > counts[2] and counts[3] > counts[4] == 0
    page.reload()
    page.go(f"video/{UNEVEN}", t=round(times[frame] + 0.002, 3))
    check_frame(page, UNEVEN, frame)
    assert n_pixels() == 0
    for part in ("Names", "Faces", "Hands", "Body"):
        press(part)
    assert n_pixels() == pytest.approx(counts[0], rel=0.05)
    people = page.all(".person-toggle")
    for person in people:
        person.click()
    assert people and drawn(page)["people"] == {}
    for person in people:
        person.click()
    check_frame(page, UNEVEN, frame)


def write_phone_video(original: Path, path: Path) -> None:
    """Write the same frames as a phone does: HEVC with 10 bits, stored upside down."""
    stored = path.with_suffix(".stored.mov")
    synthetic_videos.ffmpeg(
        "-i", original, "-copyts", "-vf", "hflip,vflip", "-enc_time_base", "1/1000",
        "-video_track_timescale", 1000, "-c:v", "libx265", "-preset", "ultrafast", "-crf", 8,
        "-pix_fmt", "yuv420p10le", "-tag:v", "hvc1", "-x265-params", "log-level=error", stored,
    )  # fmt: skip
    turned = ("-display_rotation", 180, "-i", stored, "-copyts", "-c", "copy")
    synthetic_videos.ffmpeg(*turned, "-tag:v", "hvc1", "-f", "mov", path)
    stored.unlink()


@pytest.mark.parametrize("video", [LATE, UNEVEN])
def test_the_playable_copy_of_a_phone_video_shows_each_frame_at_its_time(
    page: BrowserPage, video: str
) -> None:
    """The browser plays no HEVC. The original starts late, or has a variable rate."""
    original = page.results / f"videos/{video}.mp4"
    kept = original.rename(original.with_suffix(".kept"))
    copy = page.results / f"exports/playable/{video}.mp4"
    names = ("status", "frames", "shots", "faces", "keypoints")
    tables = [
        text for name in names for text in (f"--{name}", page.results / name / f"{video}.parquet")
    ]
    write_phone_video(kept, original)
    times = parquet.read(page.results / f"frames/{video}.parquet")["time_s"]
    assert times_of(original) == pytest.approx(times.tolist(), abs=1e-3)
    options = ["--profile", "profiles/laptop", "--configfile", "config/mine.yaml"]
    write_files(page.results, [video], run_options=options)
    try:
        page.reload()
        page.go(f"video/{video}")
        note = page.until(lambda: [one for one in page.all(".no-player") if one.is_displayed()])
        assert page.until(lambda: f"run snakemake playable {' '.join(options)}." in note[0].text)
        with pytest.MonkeyPatch.context() as patch:
            run_script(
                patch, export_video, "--kind", "playable", "--video", original, *tables,
                "--samples-per-second", 5, "--no-sound", "--output", copy,
            )  # fmt: skip
        page.reload()
        page.go(f"video/{video}")
        page.player_time()
        assert "/exports/playable/" in page.js("return document.querySelector('video').currentSrc")
        for frame in frames_with_people(page, video):
            page.go(f"video/{video}", t=round(times[frame] + 0.002, 3))
            check_frame(page, video, frame)
        page.one("body").send_keys(",")
        check_frame(page, video, frame - 1)
        page.go("videos")
        page.one("h1").click()  # Browsers play only after a click on the page.
        page.go(f"video/{video}", t=round(times[frame // 2], 3), play=1)
        goes_on = "const v = document.querySelector('video'); return !v.paused && v.currentTime"
        begin = page.until(lambda: page.js(goes_on))
        assert page.until(lambda: page.js(goes_on) > begin + 0.1), "it plays after the fall-back"
        page.browser.get_log("browser")  # the errors of the original, and of the missing copy
    finally:
        kept.rename(original)
        copy.unlink()


def test_missing_skeletons_are_said_in_a_sentence(page: BrowserPage) -> None:
    index = page.results / f"report/page/{LATE}/skeleton/index.js"
    content = index.read_text()
    index.unlink()
    try:
        page.reload()
        page.go(f"video/{LATE}")
        assert page.until(lambda: "not in the results folder" in page.one(".skeleton-status").text)
        assert drawn(page) is None
        page.browser.get_log("browser")  # the error of the missing file
    finally:
        index.write_text(content)
