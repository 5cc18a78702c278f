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
from collections.abc import Iterator
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
"""Time for a view to load its data."""
SEEK = """
const [time, done] = arguments, video = document.querySelector('video');
if (!video) { done(); return; }
const settled = () => requestAnimationFrame(() => setTimeout(done, 30));
video.addEventListener("seeked", settled, {once: true});
video.currentTime = time;
"""
SCENES = (
    ("", 2.0, 0, None),
    ("video/hands", 6.0, 0, 2.4),
    ("like/hands/0", 3.5, 0, None),
    ("map", 2.5, 0, None),
    ("numbers", 3.0, 300, None),
)
"""View, seconds, pixels to scroll meanwhile, and first second of the video if there is one."""


def record(browser: webdriver.Chrome, page: Path) -> Iterator[tuple[Image.Image, int]]:
    """Yield the pictures of all scenes, and for how many frames each is shown."""
    for view, seconds, scroll, start_s in SCENES:
        browser.get("about:blank")
        browser.get(f"{page.as_uri()}#/{view}")
        time.sleep(SETTLE_S)
        n_frames = round(seconds * FRAMES_PER_S)
        # Of a view that does not change, one picture is shown for the whole scene.
        moving = start_s is not None or scroll
        for frame in range(n_frames if moving else 1):
            if start_s is not None:
                browser.execute_async_script(SEEK, start_s + frame / FRAMES_PER_S)
            browser.execute_script("scrollTo(0, arguments[0])", scroll * frame / n_frames)
            png = browser.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
            picture = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
            small = picture.resize(SIZE, Image.Resampling.LANCZOS)
            yield small, 1 if moving else n_frames


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
            pictures, lengths = zip(*record(browser, page), strict=True)
        finally:
            browser.quit()
    pictures[0].save(
        options.output,
        save_all=True,
        append_images=pictures[1:],
        duration=[1000 * n // FRAMES_PER_S for n in lengths],
        loop=0,
        quality=QUALITY,
        # Every picture is complete: differences to the one before leave traces of it.
        kmax=1,
        method=4,
    )
    print(f"{options.output}: {options.output.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
