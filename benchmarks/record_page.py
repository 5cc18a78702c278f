"""Record the page of the demo as a short animated picture, for the README.

python benchmarks/record_page.py --output docs/page_recording.webp

Run `make demo` first. Each frame is a screenshot after a fixed step: the video is moved to the time
of the frame instead of being played, so that a slow computer records the same.
"""

import argparse
import base64
import io
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from selenium import webdriver

import chromium
from page import ROOT, write_named_page

WINDOW = (1240, 800)
"""Width and height of the browser's window in pixels."""
SIZE = (860, 555)
"""Width and height of the recording in pixels."""
FRAMES_PER_S = 8
QUALITY = 35
"""Quality of WebP, 0 to 100."""
SETTLE_S = 2.0
"""Time in seconds for a view to load its data."""
SEEK = """
const [time, done] = arguments, video = document.querySelector('video');
if (!video) { done(); return; }
const settled = () => requestAnimationFrame(() => setTimeout(done, 30));
video.addEventListener("seeked", settled, {once: true});
video.currentTime = time;
"""
STAND_STILL = "HTMLMediaElement.prototype.play = () => Promise.resolve()"
"""Let the video only seek, so that each frame shows a fixed moment."""
POINTER = """
const [x, y] = arguments;
let pointer = document.getElementById('recorded-pointer');
if (!pointer) {
  pointer = document.createElement('div');
  pointer.id = 'recorded-pointer';
  pointer.style.cssText = 'position: fixed; z-index: 999; pointer-events: none';
  pointer.innerHTML = '<svg width="26" height="36" viewBox="0 0 13 18">' +
    '<path d="M0 0V15L4 12 6 17 8 16 6 11H11z" fill="black" stroke="white"/></svg>';
  document.body.append(pointer);
}
pointer.style.left = `${x}px`;
pointer.style.top = `${y}px`;
"""
PLACE_OF = """
const box = document.querySelector(arguments[0]).getBoundingClientRect();
return [box.left + box.width * arguments[1], box.top + box.height / 2];
"""
START = (420.0, 560.0)
"""Where the pointer begins in each view, in pixels."""
LANE = (".lane:not(.shots, .gestures)", 0.3)
"""The lane of the person, and the share of its width at which it is clicked."""
QUERY = "hand:right"
"""What is typed into the search of the list of gestures."""


class Recording:
    """Frames of the page in a browser: pictures, and for how many frames each is shown."""

    def __init__(self, browser: webdriver.Chrome, page: Path) -> None:
        self.browser, self.page = browser, page
        self.pictures: list[Image.Image] = []
        self.lengths: list[int] = []
        self.pointer = START

    def show(self, view: str) -> None:
        """Open a view, with the pointer at its start."""
        self.browser.get("about:blank")
        self.browser.get(f"{self.page.as_uri()}#/{view}")
        time.sleep(SETTLE_S)
        self.browser.execute_script(STAND_STILL)
        self.pointer = START
        self.browser.execute_script(POINTER, *self.pointer)

    def hold(self, n_frames: int) -> None:
        """Record one picture that is shown for several frames."""
        png = self.browser.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
        picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
        self.pictures.append(picture.resize(SIZE, Image.Resampling.LANCZOS))
        self.lengths.append(n_frames)

    def click(self, selector: str, share: float = 0.5, n_frames: int = 6) -> None:
        """Move the pointer to an element, at a share of its width, and click."""
        x, y = self.browser.execute_script(PLACE_OF, selector, share)
        from_x, from_y = self.pointer
        for frame in range(1, n_frames + 1):
            part = frame / n_frames
            self.pointer = from_x + part * (x - from_x), from_y + part * (y - from_y)
            self.browser.execute_script(POINTER, *self.pointer)
            self.hold(1)
        at = {"x": x, "y": y, "button": "left", "clickCount": 1}
        for kind in ("mousePressed", "mouseReleased"):
            self.browser.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, **at})
        time.sleep(0.5)

    def play(self, n_frames: int) -> None:
        """Record the video from where it is, frame by frame."""
        start_s = self.browser.execute_script("return document.querySelector('video').currentTime")
        for frame in range(n_frames):
            self.browser.execute_async_script(SEEK, start_s + (frame + 0.5) / FRAMES_PER_S)
            self.hold(1)

    def type(self, text: str) -> None:
        """Type a text into the element that has the focus, two letters for each frame."""
        for start in range(0, len(text), 2):
            letters = text[start : start + 2]
            self.browser.execute_cdp_cmd("Input.insertText", {"text": letters})
            time.sleep(0.2)
            self.hold(1)

    def scroll(self, pixels: int, n_frames: int) -> None:
        """Scroll down during some frames."""
        for frame in range(1, n_frames + 1):
            self.browser.execute_script("scrollTo(0, arguments[0])", pixels * frame / n_frames)
            self.hold(1)


def record(recording: Recording) -> None:
    """Record all scenes, together about 20 s."""
    recording.show("")
    recording.hold(12)
    recording.show("video/hands")
    recording.hold(4)
    recording.click(*LANE)
    recording.play(38)
    recording.show("gestures")
    recording.click("main input[type=search]")
    recording.type(QUERY)
    recording.hold(14)
    recording.show("like/hands/0")
    recording.hold(28)
    recording.show("map")
    recording.hold(20)
    recording.show("numbers")
    recording.hold(9)
    recording.scroll(300, 12)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--results", type=Path, default=ROOT / "results/laptop")
    parser.add_argument("--output", required=True, type=Path, help="animated WebP to write")
    options = parser.parse_args()
    if hint := chromium.install_hint():
        sys.exit(hint)
    with TemporaryDirectory() as folder:
        page = write_named_page(options.results, Path(folder))
        browser = chromium.start(Path(folder), *WINDOW)
        try:
            chromium.set_window_size(browser, *WINDOW)
            chromium.set_colour_scheme(browser, "light")
            recording = Recording(browser, page)
            record(recording)
        finally:
            browser.quit()
    first, *others = recording.pictures
    first.save(
        options.output,
        save_all=True,
        append_images=others,
        duration=[1000 * n // FRAMES_PER_S for n in recording.lengths],
        loop=0,
        quality=QUALITY,
        # Every picture is complete: differences to the one before leave traces of it.
        kmax=1,
        method=4,
    )
    print(f"{options.output}: {options.output.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
