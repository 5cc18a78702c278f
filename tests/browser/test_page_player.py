"""Playing in a real browser: pieces, loops, speed, frame steps, keys, and the player's place."""

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from corpus.tables import parquet
from page_browser import LATE, PLAIN

pytestmark = pytest.mark.usefixtures("console_and_network_checked")

RECORD_FRAMES = """
const video = document.querySelector('video');
window.shownFrames = [];
const note = (_, metadata) => {
  window.shownFrames.push(metadata.mediaTime);
  video.requestVideoFrameCallback(note);
};
video.requestVideoFrameCallback(note);
"""
LAST_FRAME = "return window.shownFrames[window.shownFrames.length - 1]"
IS_PAUSED = "return document.querySelector('video').paused"
CLICK = """
const [element, share, shift] = arguments, box = element.getBoundingClientRect();
element.dispatchEvent(new MouseEvent('click', {bubbles: true, detail: 1, shiftKey: shift,
  clientX: box.left + box.width * share, clientY: box.top + 4}));
"""
RATE = 25


@pytest.fixture
def player(page):
    """The view of a video of 6 s, whose frames are recorded as they are shown."""
    page.go()
    page.go(f"video/{PLAIN}")
    page.player_time()
    page.js("document.querySelector('video').muted = true;" + RECORD_FRAMES)
    return page


def press(page, *keys):
    for key in keys:
        page.js("document.activeElement.blur()")
        page.one("body").send_keys(key)


def first_gesture(page):
    rows = parquet.read(page.results / f"gestures/{PLAIN}.parquet")
    return rows.sort_values(["start_s", "end_s"]).iloc[0]


def test_a_gesture_plays_once_to_its_last_frame(player):
    gesture = first_gesture(player)
    player.go()
    player.go(f"video/{PLAIN}", gesture=gesture["gesture"])
    assert player.player_time() == pytest.approx(gesture["start_s"], abs=0.002)
    player.js("document.querySelector('video').muted = true;" + RECORD_FRAMES)
    assert player.until(lambda: player.all(".lane.gestures .lane-mark:not([hidden])"))
    press(player, "r")
    plays_to_the_end(player, gesture)


def plays_to_the_end(player, gesture):
    assert player.until(lambda: not player.js(IS_PAUSED))
    assert player.until(
        lambda: player.js(IS_PAUSED) and player.js("return window.shownFrames.length > 2")
    )
    last = next(f / RATE for f in range(150, -1, -1) if f / RATE < gesture["end_s"] - 1e-3)
    assert player.until(lambda: player.js(LAST_FRAME) == pytest.approx(last, abs=0.001))
    assert f"gesture={gesture['gesture']}" in player.js("return location.hash")


def test_an_address_plays_a_gesture(player):
    """The links with the text "Play it" have such an address."""
    gesture = first_gesture(player)
    player.go()
    player.go(f"video/{PLAIN}", gesture=gesture["gesture"], play=1)
    player.js("document.querySelector('video').muted = true;" + RECORD_FRAMES)
    plays_to_the_end(player, gesture)


def test_enter_and_space_on_an_interval_play_it_and_keep_the_focus(player):
    first = [button for button in player.all(".lane-button") if "1 of 1" not in label(button)]
    assert len(first) > 2
    for button in first:
        button.send_keys(Keys.ARROW_RIGHT)
        for key in (Keys.ENTER, Keys.SPACE):
            item = player.browser.switch_to.active_element
            assert ", 2 of" in label(item)
            item.send_keys(key)
        player.browser.switch_to.active_element.send_keys(Keys.ARROW_LEFT)
        assert ", 1 of" in label(player.browser.switch_to.active_element)
    player.js(CLICK, player.one(".lane.shots"), 0.5, False)
    assert player.js("return document.activeElement.className") == "lane-button"


def label(button) -> str:
    return button.get_attribute("aria-label")


def test_a_piece_repeats_until_the_loop_is_ended(player):
    press(player, "l", "j")
    gesture = first_gesture(player)
    start = gesture["start_s"]
    returned = (
        "const f = window.shownFrames, i = f.findIndex((t, n) => n && t < f[n - 1] - 0.05 &&"
        " Math.abs(t - arguments[0]) < 0.05 && f[n - 1] > arguments[0] + 0.05); return i > 0"
    )
    assert player.until(lambda: player.js(returned, start))
    assert not player.js(IS_PAUSED)
    press(player, "l")
    assert player.until(lambda: player.js(IS_PAUSED))
    assert "false" in player.one("[aria-label='Repeat the piece']").get_attribute("aria-pressed")


def test_a_click_on_the_axis_plays_on_and_space_pauses(player):
    player.js(CLICK, player.one(".axis"), 0.1, False)
    assert player.until(
        lambda: player.js("return document.querySelector('video').currentTime") > 0.8
    )
    press(player, " ")
    assert player.until(lambda: player.js(IS_PAUSED))
    assert player.js("return document.activeElement === document.body")


def test_shift_click_plays_on_beyond_a_shot(player):
    player.js(CLICK, player.one(".lane.shots"), 0.0, True)
    shots = parquet.read(player.results / f"shots/{PLAIN}.parquet")["start_s"].tolist()
    player.js("document.querySelector('video').playbackRate = 8")
    assert player.until(
        lambda: player.js("return document.querySelector('video').currentTime") > shots[1] + 0.2
    )


def test_frame_steps_show_each_frame_once(player):
    press(player, *"...")
    assert player.until(lambda: player.js(LAST_FRAME) == pytest.approx(3 / RATE, abs=0.001))
    press(player, ",")
    assert player.until(lambda: player.js(LAST_FRAME) == pytest.approx(2 / RATE, abs=0.001))
    steps = sorted({round(shown * RATE) for shown in player.js("return window.shownFrames")})
    assert steps == [0, 1, 2, 3] or steps == [1, 2, 3]


def test_speed_keys_and_the_list_of_keys(player):
    press(player, "[", "<")
    assert player.js("return document.querySelector('video').playbackRate") == 0.5
    assert player.one(".player-controls select").get_attribute("value") == "0.5"
    press(player, "]", "?")
    keys = player.one("#dialog .key-list").text
    for text in ("Next frame", "Slower", "Repeat", "Zoom in", "Next gesture", "Home or End"):
        assert text in keys
    player.one("body").send_keys("?")
    assert not player.one("#dialog").is_displayed()
    rate = "return document.querySelector('video').playbackRate"
    assert player.js(rate) == 0.75
    player.go(f"video/{LATE}")
    player.player_time()
    assert player.js(rate) == 0.75, "the next video has the same speed"
    press(player, "]")
    assert player.js(rate) == 1


def test_keys_do_nothing_in_a_field(player):
    player.go("videos")
    box = player.browser.find_element(By.CSS_SELECTOR, "input[type=search]")
    box.send_keys("?")
    assert player.until(lambda: player.js("return location.hash") != "#/videos")
    assert not player.one("#dialog").is_displayed()
    box.send_keys(Keys.BACKSPACE)
    assert player.until(lambda: player.js("return location.hash") == "#/videos")


def test_leaving_a_list_right_after_typing_keeps_the_address_of_the_next_view(player):
    """The search waits until typing stops; then another view is on screen."""
    player.go("videos")
    heard = player.browser.execute_async_script(
        "const done = arguments[0], box = document.querySelector('input[type=search]');"
        "box.value = 'x'; box.dispatchEvent(new Event('input'));"
        "location.hash = '#/people'; setTimeout(() => done(location.hash), 400)"
    )
    assert heard.split("?")[0] == "#/people"


def test_the_selected_gesture_has_figures_a_mark_and_neighbours(player):
    rows = parquet.read(player.results / f"gestures/{PLAIN}.parquet")
    numbers = rows.sort_values(["start_s", "end_s"], kind="stable")["gesture"].tolist()
    assert not player.one(".video-gesture").is_displayed()
    press(player, "j")
    assert player.one(".video-gesture strong").text == f"Gesture {numbers[0]}"
    assert "Peak speed" in player.one(".gesture-figures").text
    press(player, "m", "n")
    note = player.browser.switch_to.active_element
    note.send_keys("deictic", Keys.ENTER)
    assert player.js("return document.activeElement.className") == "mark"
    player.one(".video-gesture [aria-label='Next gesture']").click()
    assert player.one(".video-gesture strong").text == f"Gesture {numbers[1]}"
    assert player.js("return document.activeElement.title") == "Next gesture"
    assert player.one(".gesture-marking button").text == "☆ Mark"
    player.one(".video-gesture [aria-label='Previous gesture']").click()
    assert player.one(".gesture-marking button").text == "★ Marked"
    note = player.one(".gesture-marking input")
    assert note.get_attribute("value") == "deictic"
    note.send_keys(*[Keys.BACKSPACE] * len("deictic"))
    player.one(".gesture-marking button").click()
    player.js(CLICK, player.one(".axis"), 0.9, False)
    assert not player.one(".video-gesture").is_displayed()


def test_zoom_keeps_the_cursor_in_place(player):
    player.js("document.querySelector('.axis').scrollIntoView()")
    player.go(f"video/{PLAIN}", t=4)
    player.player_time()
    where = "return document.querySelector('.time-cursor').getBoundingClientRect().left + 1"
    axis = "const b = document.querySelector('.axis').getBoundingClientRect();"
    before = player.js(where)
    press(player, "+", "+", "+")
    assert player.one(".zoom-level").text == "8×"
    assert player.js(where) == pytest.approx(before, abs=3)
    time_under_cursor = player.js(axis + f"return [b.left, b.width, (() => {{{where}}})()]")
    left, width, cursor = time_under_cursor
    assert (cursor - left) / width * 6 == pytest.approx(4, abs=0.02)
    # A jump to a moment outside the visible part scrolls the timeline there.
    press(player, Keys.ARROW_LEFT, Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    box = player.one(".scroller").rect
    assert player.until(lambda: box["x"] < player.js(where) < box["x"] + box["width"])
    press(player, "-", "-", "-", "-")
    assert player.one(".zoom-level").text == "1×"


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 768), (390, 844), (844, 390)])
def test_the_player_stays_in_view(player, width, height):
    browser = player.browser
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 900}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        place = "const b = arguments[0].getBoundingClientRect(); return [b.top, b.bottom]"
        if height > 500:
            assert player.js(place, player.one(".lane.presence"))[1] < height
        lanes = player.all(".lane")
        player.js("arguments[0].scrollIntoView({block: 'center'})", lanes[-1])
        top, bottom = player.js(place, player.one(".screen"))
        assert top >= 0 and bottom <= height
        assert bottom - top <= height * (0.65 if height < 500 else 0.37)
        buttons = player.all(".player-controls button, .player-controls select")
        tops, bottoms = zip(*(player.js(place, button) for button in buttons), strict=True)
        assert max(tops) < min(bottoms), "the buttons are in one row"
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_selected_gesture_is_shown_below_the_player_of_a_phone(player):
    """The card is below the timeline; the line stays in view and leads to it."""
    browser = player.browser
    place = "const b = arguments[0].getBoundingClientRect(); return [b.top, b.bottom]"
    assert not player.one(".gesture-line").is_displayed()
    for width, height in ((390, 844), (844, 390)):
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": True}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        try:
            player.js("document.querySelector('video').play = () => Promise.resolve()")
            player.js(CLICK, player.all(".lane.gestures")[0], 0.0, False)
            press(player, "j")
            line = player.one(".gesture-line")
            number = player.one(".video-gesture strong").text
            assert line.text.startswith(number + ",")
            top, bottom = player.js(place, line)
            assert top >= 0 and bottom <= height
            top, bottom = player.js(place, player.one(".lane-mark:not([hidden])"))
            assert player.js(place, line)[1] - 2 <= top or width > height, "not below the player"
            assert top >= 0 and bottom <= height
            line.find_element(By.CSS_SELECTOR, "[aria-label='Next gesture']").click()
            assert player.one(".video-gesture strong").text != number
            line.find_element(By.CSS_SELECTOR, ".link").click()
            top, bottom = player.js(place, player.one(".video-gesture"))
            assert top >= 0 and bottom <= height
            assert "Mark" in player.js("return document.activeElement.textContent")
            player.js(CLICK, player.one(".axis"), 0.9, False)
            assert not line.is_displayed()
        finally:
            browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_two_fingers_zoom_the_timeline_around_them(player):
    send = player.browser.execute_cdp_cmd
    send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 2})
    try:
        player.js("document.querySelector('.axis').scrollIntoView({block: 'center'})")
        axis = "const b = document.querySelector('.axis').getBoundingClientRect();"
        left, width, y = player.js(axis + "return [b.left, b.width, b.top + 8]")
        middle = left + 0.6 * width

        def touch(kind, distance):
            points = [{"x": middle + side * distance / 2, "y": y} for side in (-1, 1)]
            points = [] if kind == "touchEnd" else points
            send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 80)
        for distance in (90, 120, 180, 270):
            touch("touchMove", distance)
        touch("touchEnd", 0)
        assert player.until(lambda: player.one(".zoom-level").text == "3×")
        left, width = player.js(axis + "return [b.left, b.width]")
        assert (middle - left) / width == pytest.approx(0.6, abs=0.005)
        assert player.js("return visualViewport.scale") == 1, "only the timeline"
    finally:
        send("Emulation.setTouchEmulationEnabled", {"enabled": False})


def test_full_screen_shows_the_overlay_exactly_over_the_picture(player):
    player.one("[aria-label='Full screen']").click()
    assert player.until(lambda: player.js("return Boolean(document.fullscreenElement)"))
    try:
        measure = (
            "const b = document.querySelector('.overlay').getBoundingClientRect();"
            "return [b.left, b.top, b.width, b.height, innerWidth, innerHeight]"
        )

        def is_over_the_picture():
            left, top, width, height, window_width, window_height = player.js(measure)
            picture_width = min(window_width, window_height * 4 / 3)
            picture = [picture_width, picture_width * 3 / 4]
            corner = [(window_width - picture_width) / 2, (window_height - picture[1]) / 2]
            return [left, top, width, height] == pytest.approx([*corner, *picture], abs=1)

        assert player.until(is_over_the_picture), player.js(measure)
        press(player, ".")
        assert player.until(lambda: player.js(LAST_FRAME) == pytest.approx(1 / RATE, abs=0.001))
    finally:
        player.js("return document.exitFullscreen()")
    assert player.until(lambda: not player.js("return Boolean(document.fullscreenElement)"))
