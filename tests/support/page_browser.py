"""A browser with the page of a made-up corpus open, for the tests of the page.

selenium is imported here and by those tests alone.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

import synthetic_videos
from page_corpus import add_pictures, corpus, tell_gestures, times_of, video_name, write

import chromium  # isort: skip

PLAIN, LATE, OFFSET, UNPLAYABLE, GONE = (video_name(number) for number in (1, 2, 5, 4, 7))
FACELESS = video_name(6)
"""Whose gestures are of a body without a face."""


@dataclass
class Opened:
    """The page of a corpus of nine videos, in a browser."""

    browser: object
    results: Path
    manifest: Path
    file: Path
    downloads: Path

    def go(self, view: str = "", **query: object) -> None:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        address = f"#/{view}" + f"?{asked}" * bool(asked)
        self.browser.execute_script("location.hash = arguments[0]", address)
        # A hash that is there already is no change.
        self.browser.execute_script("window.dispatchEvent(new Event('hashchange'))")

    def js(self, code: str, *given: object) -> object:
        return self.browser.execute_script(code, *given)

    def one(self, selector: str) -> object:
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def texts(self, selector: str) -> list[str]:
        return self.js(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector
        )

    def until(self, true: Callable[[], object], seconds: float = 10) -> object:
        """Wait until something is so; tests assert what it was in the end."""
        end = time.monotonic() + seconds
        while not (value := true()) and time.monotonic() < end:
            time.sleep(0.03)
        return value

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
        """Where the player stands once it has found its place."""
        ready = "const v = document.querySelector('video[data-ready]'); return v && !v.seeking && "
        assert self.until(lambda: self.js(ready + "v.readyState > 1"))
        return self.js("return document.querySelector('video').currentTime")

    def reload(self) -> None:
        self.browser.get("about:blank")
        self.browser.get(self.file.as_uri())


def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The page of nine videos, of which four have a file, for a fixture."""
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
    real = {1: plain, 2: late, 5: offset}
    times = {number: times_of(clip) for number, clip in real.items()}
    results, manifest = corpus(folder, real=times)
    tell_gestures(results, nobodys=FACELESS)
    pictures = add_pictures(results)
    file = write(results, manifest, "--pictures", pictures)
    downloads = tmp_path_factory.mktemp("browser")
    browser = chromium.start(downloads)
    try:
        browser.get(file.as_uri())
        # What the browser does on its own when it starts.
        browser.get_log("performance")
        yield Opened(browser, results, manifest, file, downloads)
    finally:
        browser.quit()


def quiet(opened: Opened) -> Iterator[None]:
    """Whatever a test does, the console stays empty and nothing is asked of a network."""
    opened.js("window.scrollTo(0, 0)")
    yield
    told = [entry["message"] for entry in opened.browser.get_log("browser")]
    expected = f"videos/{UNPLAYABLE}.mp4"
    assert [message for message in told if expected not in message] == []
    sent = [
        json.loads(entry["message"])["message"] for entry in opened.browser.get_log("performance")
    ]
    asked = [
        event["params"]["request"]["url"]
        for event in sent
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:", "about:"))] == []
