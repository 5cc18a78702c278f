"""A browser that shows the page of a synthetic corpus, for the tests in tests/browser.

Only this module and these tests import selenium.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

import synthetic_videos
from page_corpus import (
    add_people_to_gestures,
    times_of,
    video_name,
    write_corpus,
    write_html,
    write_pictures,
)

import chromium  # isort: skip

PLAIN, LATE, OFFSET, UNPLAYABLE, GONE = (video_name(number) for number in (1, 2, 5, 4, 7))
FACELESS = video_name(6)
"""The video whose gestures belong to a body without a face."""


@dataclass
class BrowserPage:
    """The page of a corpus of nine videos, open in a browser."""

    browser: object
    results: Path
    manifest: Path
    file: Path
    downloads: Path

    def go(self, view: str = "", **query: object) -> None:
        """Show a view of the page."""
        search = "&".join(f"{name}={value}" for name, value in query.items())
        address = f"#/{view}?{search}" if search else f"#/{view}"
        # Wait for the event, so that the view is not drawn again later. The browser sends none if
        # the hash was the same before.
        code = """
        const [address, done] = arguments;
        const before = location.href;
        location.hash = address;
        if (location.href === before) {
          window.dispatchEvent(new Event('hashchange'));
          done();
        } else window.addEventListener('hashchange', () => done(), { once: true });
        """
        self.browser.execute_async_script(code, address)

    def js(self, code: str, *arguments: object) -> object:
        """Run JavaScript in the page; return its value."""
        return self.browser.execute_script(code, *arguments)

    def one(self, selector: str) -> object:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        return self.js(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector
        )

    def until(self, condition: Callable[[], object], seconds: float = 10) -> object:
        """Wait until a condition is true or time is up; return its last value."""
        end = time.monotonic() + seconds
        while not (value := condition()) and time.monotonic() < end:
            time.sleep(0.03)
        return value

    def saved_file(self, name: str) -> Path:
        """Wait until the browser has saved a file; it first creates an empty one with the name."""
        path = self.downloads / name
        assert self.until(lambda: path.exists() and path.stat().st_size), f"{name} was not saved"
        return path

    def rows(self) -> list[str]:
        return self.texts("main tbody th[scope=row] a")

    def type(self, label: str, text: str) -> None:
        box = self.browser.find_element(By.XPATH, f"//*[@id=//label[.='{label}']/@for]")
        box.clear()
        box.send_keys(text)

    def choose(self, label: str, text: str) -> None:
        box = self.browser.find_element(By.XPATH, f"//*[@id=//label[.='{label}']/@for]")
        Select(box).select_by_visible_text(text)

    def player_time(self) -> float:
        """The player's time in seconds, after it has finished seeking."""
        ready = "const v = document.querySelector('video[data-ready]'); return v && !v.seeking && "
        assert self.until(lambda: self.js(ready + "v.readyState > 1"))
        return self.js("return document.querySelector('video').currentTime")

    @contextmanager
    def window_of(self, width: int, height: int) -> Iterator[None]:
        """A window of this size in pixels, of a phone if it is narrow; as before afterwards."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 900}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        try:
            yield
        finally:
            self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    @contextmanager
    def second_tab(self, address: str) -> Iterator[tuple[str, str]]:
        """Open an address in a second tab; yield the handles of the first and the second one.

        At the end, the browser shows the first tab, and the second one is closed.
        """
        first = self.browser.current_window_handle
        self.browser.switch_to.new_window("tab")
        second = self.browser.current_window_handle
        try:
            self.browser.get(address)
            yield first, second
        finally:
            if second in self.browser.window_handles:
                self.browser.switch_to.window(second)
                self.js("window.onbeforeunload = null")
                self.browser.close()
            self.browser.switch_to.window(first)

    def reload(self) -> None:
        self.browser.get("about:blank")
        self.browser.get(self.file.as_uri())


def open_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserPage]:
    """Yield the page of nine videos, four of which have a file; for a fixture."""
    folder = tmp_path_factory.mktemp("page")
    clips = folder / "videos"
    clips.mkdir()
    late = synthetic_videos.late(clips / f"{LATE}.mp4", 1.0)
    plain = synthetic_videos.plain(clips / f"{PLAIN}.mp4", seconds=6)
    offset = clips / f"{OFFSET}.mp4"
    source = (
        *synthetic_videos.pattern(seconds=3),
        *synthetic_videos.tone(3),
        *synthetic_videos.CODECS["mp4"],
    )
    synthetic_videos.ffmpeg(*source, "-output_ts_offset", 2, offset)
    synthetic_videos.silent(clips / f"{UNPLAYABLE}.mp4", "-c:v", "mpeg4")
    clip_files = {1: plain, 2: late, 5: offset}
    times = {number: times_of(clip) for number, clip in clip_files.items()}
    results, manifest = write_corpus(folder, frame_times=times)
    add_people_to_gestures(results, faceless_video=FACELESS)
    pictures = write_pictures(results)
    # This corpus has no side files with skeletons.
    file = write_html(results, manifest, "--no-skeletons", "--pictures", pictures)
    downloads = tmp_path_factory.mktemp("browser")
    browser = chromium.start(downloads)
    try:
        browser.get(file.as_uri())
        # Discard the requests that the browser itself makes at its start.
        browser.get_log("performance")
        yield BrowserPage(browser, results, manifest, file, downloads)
    finally:
        browser.quit()


def check_console_and_network(page: BrowserPage) -> Iterator[None]:
    """Check after a test that the console is empty and that no network request was made."""
    page.js("window.scrollTo(0, 0)")
    yield
    messages = [entry["message"] for entry in page.browser.get_log("browser")]
    # The browser reports that it can play neither this video nor a playable copy, which is missing.
    expected = (f"/videos/{UNPLAYABLE}.mp4", f"/exports/playable/{UNPLAYABLE}.mp4")
    assert [text for text in messages if not any(path in text for path in expected)] == []
    events = [
        json.loads(entry["message"])["message"] for entry in page.browser.get_log("performance")
    ]
    requested = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert [
        url for url in requested if not url.startswith(("file:", "data:", "blob:", "about:"))
    ] == []
