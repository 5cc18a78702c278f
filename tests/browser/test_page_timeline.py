"""The page in a real browser: jumping to moments of videos, whatever their clock."""

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from corpus.tables import parquet
from corpus.video.reader import Reader
from corpus.video.stream_info import player_zero
from page_browser import GONE, LATE, OFFSET, PLAIN, UNPLAYABLE, Opened
from page_corpus import times_of, video_name

pytestmark = pytest.mark.usefixtures("quiet")


def shown_frame(opened: Opened, clip: Path) -> int:
    """Number of the frame that the player shows, by what its picture looks like."""
    video = opened.one("video")
    opened.js(
        "const v = arguments[0]; v.controls = false; v.style.cssText = "
        "'width: 160px; height: 120px; border-radius: 0; position: relative; z-index: 99'", video
    )  # fmt: skip
    time.sleep(0.3)
    png = Image.open(io.BytesIO(video.screenshot_as_png)).convert("RGB").resize((160, 120))
    seen = np.asarray(png).astype(int)
    off = [np.abs(frame.image.astype(int) - seen).mean() for frame in Reader(clip)]
    return int(np.argmin(off))


def test_a_deep_link_opens_a_moment(opened):
    opened.go()
    opened.go(f"video/{PLAIN}", t=3.2)
    assert opened.player_time() == pytest.approx(3.2, abs=0.002)
    assert opened.browser.title == f"{PLAIN} · manifest"
    assert shown_frame(opened, opened.results / f"videos/{PLAIN}.mp4") == 80
    opened.browser.back()
    assert opened.until(lambda: opened.one("h1").text == "manifest")


@pytest.mark.parametrize("video", [LATE, OFFSET])
def test_a_late_start_is_allowed_for(opened, video):
    """Browsers differ in what they show as 0:00 of such files; the picture must be right."""
    clip = opened.results / f"videos/{video}.mp4"
    times = times_of(clip)
    assert times[0] >= 1 and player_zero(clip) == 0
    opened.go(f"video/{video}", t=times[30])
    assert opened.player_time() > 0
    time.sleep(0.6)
    assert shown_frame(opened, clip) == 30
    opened.all(".lane.shots .stand")[0].send_keys(Keys.ENTER)
    time.sleep(0.3)
    assert shown_frame(opened, clip) == 0


def test_clicks_on_the_timeline_jump(opened):
    opened.go(f"video/{PLAIN}")
    opened.player_time()
    lane = opened.one(".lane.presence")
    box = lane.rect
    length = opened.js("return document.querySelector('video').duration")
    click = (
        "const [e, share] = arguments, b = e.getBoundingClientRect();"
        "e.dispatchEvent(new MouseEvent('click', {bubbles: true, detail: 1,"
        "clientX: b.left + b.width * share, clientY: b.top + 4}))"
    )
    for share in (0.75, 0.2):
        opened.js(click, opened.one(".axis"), share)
        assert opened.player_time() == pytest.approx(share * 6, abs=0.02)
        now = opened.js(
            "return getComputedStyle(document.querySelector('.timeline')).getPropertyValue('--now')"
        )
        assert float(now) == pytest.approx(share, abs=0.01)
    assert box["width"] > 500 and length == pytest.approx(6, abs=0.1)
    assert "t=" in opened.js("return location.hash")


def test_the_keyboard_jumps_along_the_timeline(opened):
    opened.go(f"video/{PLAIN}")
    opened.player_time()
    tracks = parquet.read(opened.results / "tracks.parquet")
    own = tracks[tracks["video_id"] == PLAIN].sort_values("start_s")
    person = sorted(own["person"])[0]
    starts = own[own["person"] == person]["start_s"].tolist()
    stops = opened.all(".timeline .stand")
    assert sum(stop.get_attribute("tabindex") == "0" for stop in stops) == 1, "one stop of Tab"
    stops[0].send_keys(Keys.ARROW_DOWN)
    here = opened.browser.switch_to.active_element
    assert f"{person} on screen" in here.get_attribute("aria-label")
    here.send_keys(Keys.END)
    here = opened.browser.switch_to.active_element
    assert f"{len(starts)} of {len(starts)}" in here.get_attribute("aria-label")
    here.send_keys(Keys.ENTER)
    assert opened.player_time() == pytest.approx(starts[-1], abs=0.002)


def test_gestures_and_movement_are_drawn_and_listed(opened):
    opened.go(f"video/{video_name(0)}")
    made = parquet.read(opened.results / f"gestures/{video_name(0)}.parquet")
    drawn = sum(len(opened.js("return arguments[0].getAttribute('d')", path).split("M")) - 1
                for path in opened.all(".lane.gestures path"))  # fmt: skip
    assert drawn == len(made) > 3
    assert opened.all(".movement .mean") and opened.all(".movement .peak")
    opened.one("summary").click()
    assert opened.until(lambda: opened.all("details .more"))
    opened.js("document.querySelector('details .more').click()")
    assert opened.until(lambda: sum("gesture" in t for t in opened.texts("td")) == len(made))


def test_a_video_that_cannot_play_says_so(opened):
    opened.go(f"video/{UNPLAYABLE}")
    note = opened.until(lambda: [n for n in opened.all(".no-player") if n.is_displayed()])[0]
    assert "cannot play" in note.text and f"videos/{UNPLAYABLE}.mp4" in note.text
    opened.go(f"video/{GONE}")
    assert "unavailable" in opened.one(".no-player").text
    assert not opened.all("video")
    opened.go("video/nowhere")
    assert "no video nowhere" in opened.one("main").text


def test_a_person_is_shown_across_videos_and_jumps_into_them(opened):
    opened.go("person/p0001")
    tracks = parquet.read(opened.results / "tracks.parquet")
    own = tracks[tracks["person"] == "p0001"]
    assert len(opened.all(".timeline .row")) == own["video_id"].nunique()
    row = opened.browser.find_element(
        By.XPATH, f"//div[@class='row'][.//a[.='{own.iloc[0].video_id}']]"
    )
    row.find_element(By.CSS_SELECTOR, ".stand").send_keys(Keys.ENTER)
    assert opened.until(lambda: opened.one("h1").text == own.iloc[0]["video_id"])
    start = own[own["video_id"] == own.iloc[0]["video_id"]]["start_s"].min()
    assert float(opened.js("return location.hash").split("t=")[1]) == pytest.approx(
        start, abs=0.001
    )
