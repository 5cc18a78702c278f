"""Similar gestures and the map of gestures in a real browser."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from selenium.webdriver.common.keys import Keys

from compared_gestures import N_SIMILAR, write_similar
from corpus.report import page as page_of_report
from corpus.tables import parquet
from page_browser import PLAIN
from page_corpus import add_people_to_gestures, video_name, write_corpus, write_html

import chromium  # isort: skip

pytestmark = pytest.mark.usefixtures("console_and_network_checked")
VIDEOS = [video_name(number) for number in range(4)]
FIRST = VIDEOS[1]
assert FIRST == PLAIN, "the video with a clip of the page of all tests"


@pytest.fixture(scope="module")
def compared(page, tmp_path_factory):
    """The page of four videos whose gestures were compared, in the browser of all tests."""
    results, manifest = write_corpus(tmp_path_factory.mktemp("compared"), n_videos=len(VIDEOS))
    add_people_to_gestures(results, VIDEOS[2])
    write_similar(results, VIDEOS)
    (results / "videos").mkdir(exist_ok=True)
    (results / f"videos/{FIRST}.mp4").symlink_to(page.results / f"videos/{PLAIN}.mp4")
    shown = replace(page, results=results, manifest=manifest, file=write_html(results, manifest))
    page.browser.get(shown.file.as_uri())
    yield shown
    page.browser.get(page.file.as_uri())


ASSETS = Path(page_of_report.__file__).parent / "assets"
COMPARE_DRAWINGS = """
const [side, alpha, width, height] = [3, 0.6, 60, 40];
const [unit, left, top] = [10, 5, 30];
const contexts = [0, 1].map(() => Object.assign(document.createElement('canvas'), { width, height })
  .getContext('2d'));
const x = Float32Array.from({ length: 300 }, (_, index) => ((index * 37) % 71) / 10 - 0.7);
const y = Float32Array.from({ length: 300 }, (_, index) => ((index * 53) % 47) / 10 - 1.3);
const groups = ['rgb(200, 30, 90)', 'rgb(10, 160, 60)'].map((colour, group) => ({
  colour, rgb: rgbOf(colour), points: Array.from(x.keys()).filter((index) => index % 2 === group),
}));
drawPixels(contexts[0], groups, { x, y, unit, left, top, side, alpha });
contexts[1].globalAlpha = alpha;
for (const { colour, points } of groups) {
  contexts[1].fillStyle = colour;
  for (const index of points) contexts[1].fillRect(Math.round(left + x[index] * unit - side / 2),
    Math.round(top - y[index] * unit - side / 2), side, side);
}
return contexts.map((context) => Array.from(context.getImageData(0, 0, width, height).data));
"""


def gestures_of(compared, video):
    return parquet.read(compared.results / f"gestures/{video}.parquet").set_index("gesture")


def show_similar(compared, number=0):
    compared.go(f"like/{FIRST}/{number}")
    assert compared.until(lambda: compared.all(".similar-list li"))


def is_drawn(compared, selector):
    """Whether a canvas has anything on it."""
    code = """
    const canvas = document.querySelector(arguments[0]);
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value > 0);
    """
    return compared.js(code, selector)


def test_similar_gestures_are_listed_in_order_with_their_drawings(compared):
    show_similar(compared)
    links = compared.all(".similar-gesture")
    assert len(links) == 12
    texts = compared.texts(".similar-list li .distance small")
    assert texts == [f"distance {step / 10:.2f}" for step in range(1, 13)]
    href = links[0].get_attribute("href")
    assert href.endswith(f"#/video/{FIRST}?gesture=1&play=1")
    hand = gestures_of(compared, FIRST)["hand"][1]
    label = links[0].get_attribute("aria-label")
    assert f"mirrored, {hand} hand, distance 0.10" in label
    assert compared.until(lambda: compared.all(".similar-list .thumbnail[data-ready]"))
    assert is_drawn(compared, ".similar-list .thumbnail[data-ready]")
    assert is_drawn(compared, ".chosen-gesture .thumbnail")
    compared.one("button.more").click()
    assert len(compared.all(".similar-gesture")) == N_SIMILAR
    assert compared.js("return document.activeElement.matches('.similar-list li:nth-child(13) a')")
    compared.one(".similar-list li:nth-child(2) .like-link").click()
    assert compared.until(lambda: compared.js("return location.hash") == f"#/like/{FIRST}/2")


def test_thumbnails_move_only_on_demand_if_motion_is_reduced(compared):
    picture = "return document.querySelector('.chosen-gesture canvas').toDataURL()"
    motion = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    compared.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", motion)
    try:
        show_similar(compared)
        assert compared.until(lambda: compared.all(".chosen-gesture canvas[data-ready]"))
        frames = """
        const done = arguments[0];
        const wait = (n) => (n ? requestAnimationFrame(() => wait(n - 1)) : done());
        wait(10);
        """
        still = compared.js(picture)
        compared.browser.execute_async_script(frames)
        assert compared.js(picture) == still
        entered = "new PointerEvent('pointerenter')"
        compared.js(f"document.querySelector('.chosen-gesture canvas').dispatchEvent({entered})")
        assert compared.until(lambda: compared.js(picture) != still)
    finally:
        compared.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_gestures_that_were_not_compared_say_so(compared):
    last = int(gestures_of(compared, FIRST).index[-1])
    compared.go(f"like/{FIRST}/{last}")
    assert compared.until(lambda: "was not compared" in compared.one("main").text)
    compared.go(f"like/{FIRST}/9999")
    assert compared.until(lambda: "no gesture with this number" in compared.one("main").text)
    compared.go("like/nothing/0")
    assert compared.one("h1").text == "Not found"


def test_the_timeline_table_leads_to_similar_gestures(compared):
    compared.go(f"video/{FIRST}")
    # The event of the new address may draw the view once more.
    opened = "document.querySelector('details.card').open = true"
    link = f"a[href='#/like/{FIRST}/0']"
    assert compared.until(lambda: compared.js(opened) or compared.all(link))


def test_the_map_is_used_with_keys(compared):
    compared.go("map", video=FIRST, gesture=0)
    assert compared.until(lambda: compared.all(".map-chosen .thumbnail[data-ready]"))
    assert compared.one("h1").text == "Gestures"
    assert "60% and 20%" in compared.one("main .lead").text
    assert is_drawn(compared, "canvas.map")
    canvas = compared.one("canvas.map")
    before = compared.one(".map-chosen").text
    canvas.send_keys(Keys.ARROW_RIGHT)
    assert compared.until(lambda: compared.one(".map-chosen").text != before)
    assert compared.one("#announcement").get_attribute("textContent") != ""
    chosen = compared.one(".map-chosen a").get_attribute("href")
    assert chosen.endswith("&play=1")
    canvas.send_keys("?")
    listed = compared.texts("#dialog kbd")
    assert listed[:4] == ["+", "=", "-", "0"] and {"←", "→", "↑", "↓", "Enter"} < set(listed)
    compared.one("#dialog button").click()
    canvas.send_keys("+", "+", "-", "0", Keys.ENTER)
    assert compared.until(lambda: compared.browser.current_url == chosen)


CLIP = """
const video = document.querySelector('.map-clip video');
return video && video.dataset.ready && !video.paused && [video.muted, video.currentTime];
"""


@pytest.mark.parametrize("view", ["map", "like"])
def test_the_clip_of_a_gesture_plays_on_demand_and_without_sound(compared, view):
    start, end = gestures_of(compared, FIRST).loc[0, ["start_s", "end_s"]]
    if view == "map":
        compared.go("map", video=FIRST, gesture=0)
    else:
        compared.go(f"like/{FIRST}/0")
    selector = ":is(.map-chosen, .chosen-gesture) .thumbnail[data-ready]"
    assert compared.until(lambda: compared.all(selector))
    assert not compared.all("video")
    [button] = [
        each for each in compared.all("button") if "Show" in each.text and "clip" in each.text
    ]
    button.click()
    assert compared.until(lambda: compared.js(CLIP))
    muted, seconds = compared.js(CLIP)
    assert muted and start - 0.1 <= seconds <= end + 0.1
    button.click()
    assert not compared.all("video")


def test_many_points_are_drawn_as_the_canvas_draws_squares(compared):
    code = (ASSETS / "map_pixels.js").read_text(encoding="utf-8")
    drawn, expected = np.array(compared.js(code + COMPARE_DRAWINGS)).reshape(2, -1, 4)
    assert 0.3 < (expected[:, 3] > 0).mean() < 1
    np.testing.assert_allclose(drawn, expected, atol=4)


def test_the_legend_counts_all_points_of_the_map(compared):
    compared.go("map")
    assert compared.until(lambda: compared.all(".map-legend li"))
    n_points = sum(max(len(gestures_of(compared, video)) - 1, 0) for video in VIDEOS)
    for choice in ("person", "hand", "language"):
        compared.choose("Colour by", choice)
        counts = [int(text.replace(",", "")) for text in compared.texts(".map-legend li .soft")]
        assert sum(counts) == n_points
    assert set(compared.texts(".map-legend li span:nth-child(2)")) <= {"de ", "en ", "手 "}


DRAG = """
const canvas = document.querySelector('canvas.map');
const { left, top, width, height } = canvas.getBoundingClientRect();
canvas.setPointerCapture = () => {};
const [from, to] = arguments;
const send = (type, [x, y]) => canvas.dispatchEvent(new PointerEvent(type, { clientX: left + x * width, clientY: top + y * height, pointerId: 1, pointerType: 'mouse' }));
send('pointerdown', from);
send('pointermove', to);
send('pointerup', to);
"""  # noqa: E501


def list_area(compared):
    """Follow the link to the list of an area; the numbers of gestures that map and list state."""
    stated = int(compared.texts(".area-found span")[0].split()[0])
    compared.one(".area-found a").click()
    assert compared.until(lambda: compared.texts(".result-count"))
    return stated, int(compared.texts(".result-count")[0].split()[0])


def test_an_area_of_the_map_leads_to_its_list(compared):
    compared.go("map")
    assert compared.until(lambda: compared.all(".map-legend li"))
    n_points = sum(max(len(gestures_of(compared, video)) - 1, 0) for video in VIDEOS)
    drag = compared.one(".area-buttons button")
    drag.click()
    assert drag.get_attribute("aria-pressed") == "true"
    compared.js(DRAG, [0.5, 0.02], [0.98, 0.98])
    assert drag.get_attribute("aria-pressed") == "false"
    stated, listed = list_area(compared)
    assert 0 < stated == listed < n_points
    address = compared.browser.current_url
    compared.browser.get("about:blank")
    compared.browser.get(address)
    assert compared.until(lambda: compared.texts(".result-count"))
    assert compared.texts(".result-count")[0].startswith(f"{listed} gesture")
    # Typed into a list that was opened without the map.
    query = compared.js("return document.querySelector('input[type=search]').value")
    compared.browser.get("about:blank")
    compared.browser.get(compared.file.as_uri())
    compared.go("gestures")
    assert compared.until(lambda: compared.texts(".result-count"))
    compared.type("Search", query)
    assert compared.until(
        lambda: compared.texts(".result-count")[0].startswith(f"{listed} gesture")
    )
    compared.go("map")
    assert compared.until(lambda: compared.all(".map-legend li"))
    compared.all(".area-buttons button")[1].click()
    assert list_area(compared) == (n_points, n_points)


def test_a_gesture_is_shown_among_all_others(compared):
    show_similar(compared)
    assert compared.until(lambda: len(compared.all(".feature-strip svg")) == 4)
    tables = [gestures_of(compared, video) for video in VIDEOS]
    rows = pd.concat([rows for rows in tables if len(rows)])
    speed = gestures_of(compared, FIRST)["peak_speed"][0]
    others = rows["peak_speed"].round(3)
    share = (others < round(speed, 3)).sum() / (len(rows) - 1)
    text = compared.texts(".feature-strip p")[1]
    assert f"{share:.0%} of the other gestures (n = {len(rows) - 1})" in text
    assert f"{speed:.1f} shoulder widths per second" in text
    # The cards beside players say the same in short.
    compared.go("gestures", q=f"video={FIRST} gesture:0")
    assert compared.until(lambda: compared.all(".gesture-row"))
    compared.js("document.querySelector('.gesture-row').click()")
    assert compared.until(lambda: compared.all(".mini-strips svg"))
    short = compared.texts(".mini-strips li")[1]
    assert f"Highest speed {speed:.1f}" in short
    assert f"faster than {share:.0%} of n = {len(rows) - 1} others" in short
    compared.go(f"video/{FIRST}", gesture=0)
    assert compared.until(lambda: compared.all(".video-gesture .mini-strips svg"))
    assert compared.texts(".mini-strips li")[1] == short


def test_similar_gestures_are_marked_in_place(compared):
    show_similar(compared)
    button = compared.one(".similar-list li .mark")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    compared.go("gestures", q="marked:yes")
    assert compared.until(lambda: compared.texts(".result-count"))
    assert compared.texts(".result-count")[0].startswith("1 gesture of")
    show_similar(compared)
    compared.one(".similar-list li .mark[aria-pressed=true]").click()
    assert not compared.all(".similar-list .mark[aria-pressed=true]")


@pytest.mark.parametrize("width", [390, 1024])
def test_both_views_fit_the_window(compared, width):
    chromium.set_window_size(compared.browser, width)
    try:
        for view in (f"like/{FIRST}/0", "map"):
            compared.go(view)
            assert compared.until(lambda: compared.all(".similar-list li, .map-legend li"))
            assert compared.js("return document.documentElement.scrollWidth") <= width
    finally:
        compared.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
