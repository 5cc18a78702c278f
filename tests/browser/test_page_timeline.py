"""Seeking to moments of videos in a real browser, also if timestamps do not start at 0."""

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from corpus.report.page.render import ASSETS
from corpus.tables import parquet
from corpus.video.reader import Reader
from corpus.video.stream_info import player_zero
from page_browser import GONE, LATE, OFFSET, PLAIN, UNPLAYABLE, BrowserPage
from page_corpus import times_of, video_name

pytestmark = pytest.mark.usefixtures("console_and_network_checked")


def shown_frame(page: BrowserPage, clip: Path) -> int:
    """Number of the frame that the player shows, found by comparing pictures."""
    video = page.one("video")
    page.js(
        "const v = arguments[0], screen = v.parentElement; v.controls = false;"
        "screen.style.cssText = 'width: 160px; height: 120px; z-index: 99';"
        "v.style.borderRadius = 0; v.nextElementSibling.hidden = true",
        video,
    )
    time.sleep(0.3)
    png = Image.open(io.BytesIO(video.screenshot_as_png)).convert("RGB").resize((160, 120))
    shown = np.asarray(png).astype(int)
    errors = [np.abs(frame.image.astype(int) - shown).mean() for frame in Reader(clip)]
    return int(np.argmin(errors))


def keep_paused(page: BrowserPage) -> None:
    """Let the player only seek, so that it stays at the moment where playing would begin."""
    page.js("document.querySelector('video').play = () => Promise.resolve()")


def test_a_link_with_a_time_opens_this_moment(page):
    page.go()
    page.go(f"video/{PLAIN}", t=3.2)
    assert page.player_time() == pytest.approx(3.2, abs=0.002)
    assert page.browser.title == f"{PLAIN} · manifest"
    assert page.until(lambda: shown_frame(page, page.results / f"videos/{PLAIN}.mp4") == 80)
    page.browser.back()
    assert page.until(lambda: page.one("h1").text == "manifest")


@pytest.mark.parametrize("video", [LATE, OFFSET])
def test_a_late_start_is_corrected(page, video):
    """Browsers differ in what they show as 0:00 of such files; the frame must be the right one."""
    clip = page.results / f"videos/{video}.mp4"
    times = times_of(clip)
    assert times[0] >= 1 and player_zero(clip) == 0
    page.go(f"video/{video}", t=times[30])
    assert page.player_time() > 0
    assert page.until(lambda: shown_frame(page, clip) == 30)
    keep_paused(page)
    page.all(".lane.shots .lane-button")[0].send_keys(Keys.ENTER)
    assert page.until(lambda: shown_frame(page, clip) == 0)


def test_clicks_on_the_timeline_seek(page):
    page.go(f"video/{PLAIN}")
    page.player_time()
    keep_paused(page)
    lane = page.one(".lane.presence")
    box = lane.rect
    length = page.js("return document.querySelector('video').duration")
    click = (
        "const [e, share] = arguments, b = e.getBoundingClientRect();"
        "e.dispatchEvent(new MouseEvent('click', {bubbles: true, detail: 1,"
        "clientX: b.left + b.width * share, clientY: b.top + 4}))"
    )
    for share in (0.75, 0.2):
        page.js(click, page.one(".axis"), share)
        assert page.player_time() == pytest.approx(share * 6, abs=0.02)
        now = page.js(
            "const [cursor, axis] = ['.time-cursor', '.axis'].map("
            "  (name) => document.querySelector(name).getBoundingClientRect());"
            "return (cursor.left + 1 - axis.left) / axis.width"
        )
        assert now == pytest.approx(share, abs=0.01)
    assert box["width"] > 500 and length == pytest.approx(6, abs=0.1)
    assert "t=" in page.js("return location.hash")


def test_on_a_phone_the_time_axis_has_two_labels_at_least(page):
    videos = parquet.read(page.results / "corpus.parquet").query("duration_s > 0")["video_id"]
    with page.window_of(390, 844):
        for video in videos:
            page.go(f"video/{video}")
            assert page.until(lambda: len(page.all(".timeline .axis span")) >= 2), video


def test_the_keyboard_seeks_along_the_timeline(page):
    page.go(f"video/{PLAIN}")
    page.player_time()
    keep_paused(page)
    tracks = parquet.read(page.results / "tracks.parquet")
    in_video = tracks[tracks["video_id"] == PLAIN].sort_values("start_s")
    person = sorted(in_video["person"])[0]
    starts = in_video[in_video["person"] == person]["start_s"].tolist()
    buttons = page.all(".timeline .lane-button")
    assert sum(button.get_attribute("tabindex") == "0" for button in buttons) == 1, "one tab stop"
    buttons[0].send_keys(Keys.ARROW_DOWN)
    focused = page.browser.switch_to.active_element
    assert f"{person} on screen" in focused.get_attribute("aria-label")
    focused.send_keys(Keys.END)
    focused = page.browser.switch_to.active_element
    assert f"{len(starts)} of {len(starts)}" in focused.get_attribute("aria-label")
    focused.send_keys(Keys.ENTER)
    assert page.player_time() == pytest.approx(starts[-1], abs=0.002)


def test_intervals_are_found_as_by_looking_at_all_of_them(page):
    """Intervals that overlap, contain others, are empty, or begin at the same time."""
    code = (ASSETS / "interval_search.js").read_text("utf-8")
    random = np.random.default_rng(4)
    starts = np.sort(random.integers(0, 300, 200))
    lengths = random.choice([0, 1, 3, 8, 90], 200, p=[0.1, 0.3, 0.3, 0.29, 0.01])
    items = [{"start": int(a), "end": int(a + b)} for a, b in zip(starts, lengths, strict=True)]
    times = [float(time) for time in np.arange(-8, 400, 0.25)]
    found, positions, last = page.js(
        code + "const [items, times] = arguments, index = createIntervalIndex(items);"
        "return [times.map((time) => index.nearest(time, 5)),"
        "  [...items, {start: 1, end: 2}].map((item) => index.position(item)),"
        "  times.map((time) => lastAtMost(items.map((item) => item.start), time))]",
        items, times,
    )  # fmt: skip

    def nearest(time):
        gaps = [max(item["start"] - time, time - item["end"], 0) for item in items]
        inside = [index for index, gap in enumerate(gaps) if gap == 0]
        return inside[-1] if inside else gaps.index(min(gaps)) if min(gaps) < 5 else -1

    assert found == [nearest(time) for time in times]
    assert {-1, 199} < set(found)
    assert positions == [*range(200), -1]
    assert last == (np.searchsorted(starts, times, side="right") - 1).tolist()


def test_a_shot_that_begins_gradually_says_so(page):
    page.go(f"video/{video_name(0)}")
    shots = parquet.read(page.results / f"shots/{video_name(0)}.parquet")
    assert shots["transition"].tolist()[:3] == ["start", "dissolve", "fade"]
    button = page.one(".lane.shots .lane-button")
    assert "begins" not in button.get_attribute("aria-label")
    button.send_keys(Keys.ARROW_RIGHT)
    focused = page.browser.switch_to.active_element
    assert ", begins with a dissolve, 2 of" in focused.get_attribute("aria-label")


def test_shots_have_the_numbers_of_the_table(page):
    page.go(f"video/{video_name(0)}")
    shots = parquet.read(page.results / f"shots/{video_name(0)}.parquet")["shot"].tolist()
    assert shots[:2] == [0, 1]
    item = page.one(".lane.shots .lane-button")
    for number in shots[:3]:
        assert f"Shot {number}," in item.get_attribute("aria-label")
        item.send_keys(Keys.ARROW_RIGHT)
        item = page.browser.switch_to.active_element


def test_gestures_and_movement_are_drawn_and_listed(page):
    page.go(f"video/{video_name(0)}")
    gestures = parquet.read(page.results / f"gestures/{video_name(0)}.parquet")
    drawn = sum(len(page.js("return arguments[0].getAttribute('d')", path).split("M")) - 1
                for path in page.all(".lane.gestures path"))  # fmt: skip
    assert drawn == len(gestures) > 3
    assert page.all(".movement .mean") and page.all(".movement .peak")
    page.one("summary").click()
    assert page.until(lambda: page.all("details .more"))
    page.js("document.querySelector('details .more').click()")
    assert page.until(lambda: sum("gesture" in t for t in page.texts("td")) == len(gestures))


def test_a_video_that_cannot_be_played_shows_a_note(page):
    page.go(f"video/{UNPLAYABLE}")
    note = page.until(lambda: [n for n in page.all(".no-player") if n.is_displayed()])[0]
    assert "cannot play" in note.text and f"videos/{UNPLAYABLE}.mp4" in note.text
    assert "name the target playable in the command of your run" in note.text
    page.go(f"video/{GONE}")
    assert "unavailable" in page.one(".no-player").text
    assert not page.all("video")
    page.go("video/nowhere")
    assert "no video nowhere" in page.one("main").text


def test_the_view_of_a_person_links_into_videos(page):
    page.go("person/p0001")
    tracks = parquet.read(page.results / "tracks.parquet")
    of_person = tracks[tracks["person"] == "p0001"]
    assert len(page.all(".timeline .row")) == of_person["video_id"].nunique()
    row = page.browser.find_element(
        By.XPATH, f"//div[@class='row'][.//a[.='{of_person.iloc[0].video_id}']]"
    )
    row.find_element(By.CSS_SELECTOR, ".lane-button").send_keys(Keys.ENTER)
    assert page.until(lambda: page.one("h1").text == of_person.iloc[0]["video_id"])
    start = of_person[of_person["video_id"] == of_person.iloc[0]["video_id"]]["start_s"].min()
    assert float(page.js("return location.hash").split("t=")[1]) == pytest.approx(start, abs=0.001)
