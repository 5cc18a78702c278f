"""Measure the size of the page, and the time to write it and to open it in a browser.

python benchmarks/page.py --videos 500 --people 300
python benchmarks/page.py --screenshot docs/page.png

The corpus is synthetic, see synthetic_corpus.py; Chromium opens the page as a file. The second
command makes the picture in the README from the results of `make demo`.
"""

import argparse
import base64
import io
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from PIL import Image

import chromium
import synthetic_corpus
from corpus.tables import parquet

ROOT = Path(__file__).resolve().parents[1]
VIEWS = ("", "videos", "people", "person/p0001", "quality", "video/interview_0001", "names")
NAMES = {"collins": "Eileen Collins", "hopper": "Grace Hopper"}
"""The person shown in each demo clip of one person."""
DRAW_VIEW = """
const [view, done] = arguments, start = performance.now();
addEventListener('hashchange', () => requestAnimationFrame(() => setTimeout(
  () => done(performance.now() - start))), {once: true});
location.hash = '#/' + view;
"""


def write_page(results: Path, manifest: Path, *options: object) -> tuple[float, float]:
    """Write the page; return the time (s) and peak memory (MB), including imports."""
    coverage = results / "report/coverage.tsv"
    if not coverage.exists():
        command = [sys.executable, ROOT / "scripts/plot_coverage.py", "--results", results]
        command += [
            "--videos",
            manifest,
            "--plot",
            coverage.with_suffix(".svg"),
            "--table",
            coverage,
        ]
        coverage.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(list(map(str, command)), check=True, capture_output=True)
    command = [sys.executable, ROOT / "scripts/write_page.py", "--results", results]
    command += ["--videos", manifest, "--names", "people.tsv", "--coverage", coverage]
    command += ["--output", results / "report/index.html", *options]
    started = time.monotonic()
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return time.monotonic() - started, peak_kb / 1024


def measure_browser(page: Path, folder: Path) -> list[tuple[str, str]]:
    """Time until the page is ready and until each view is drawn, number of elements, memory."""
    browser = chromium.start(folder)
    try:
        load_times = []
        for _ in range(5):
            browser.get("about:blank")
            browser.get(page.as_uri())
            load_times.append(browser.execute_script("return performance.now()"))
        heap = browser.execute_script("return performance.memory.usedJSHeapSize / 1e6")
        rows = [
            ("ready after opening, ms", f"{median(load_times):.0f}"),
            ("heap, MB", f"{heap:.0f}"),
        ]
        browser.execute_async_script(DRAW_VIEW, "about")
        for view in VIEWS:
            draw_ms = browser.execute_async_script(DRAW_VIEW, view)
            elements = browser.execute_script("return document.querySelectorAll('*').length")
            rows.append((f"#/{view}, ms (elements)", f"{draw_ms:.0f} ({elements})"))
        return rows
    finally:
        browser.quit()


def write_named_page(results: Path, manifest: Path, folder: Path) -> Path:
    """Write the page of a copy of the demo's results in which both people have names."""
    copy = folder / "results"
    shutil.copytree(results, copy, ignore=shutil.ignore_patterns("embeddings", "logs"))
    people = parquet.read(results / "people.parquet")
    lines = [f"{row.person}\t{NAMES[row.best_video_id]}" for row in people.itertuples()]
    names = folder / "names.tsv"
    names.write_text("\n".join(["person\tname", *lines]) + "\n", encoding="utf-8")
    synthetic_corpus.name_people(copy, manifest, names)
    write_page(copy, manifest, "--pictures", copy / "pictures.parquet")
    return copy / "report/index.html"


def save_screenshot(page: Path, picture: Path) -> None:
    """Save a PNG of a video of the demo: left half in light colours, right half in dark ones."""
    with TemporaryDirectory() as folder:
        browser = chromium.start(Path(folder), 1240, 1180)
        halves = []
        try:
            chromium.set_window_size(browser, 1240, 1180)
            for scheme in ("light", "dark"):
                chromium.set_colour_scheme(browser, scheme)
                browser.get("about:blank")
                browser.get(f"{page.as_uri()}#/video/both?t=1.2")
                time.sleep(3)
                png = browser.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
                halves.append(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
        finally:
            browser.quit()
    width, height = halves[0].size
    picture_image = Image.new("RGB", (width, height))
    picture_image.paste(halves[0], (0, 0))
    picture_image.paste(halves[1].crop((width // 2, 0, width, height)), (width // 2, 0))
    small = picture_image.quantize(224, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    picture.parent.mkdir(parents=True, exist_ok=True)
    small.save(picture, optimize=True)
    print(f"{picture}: {picture.stat().st_size / 1000:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--videos", type=int, default=500)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument(
        "--screenshot", type=Path, help="PNG to write; needs the results of make demo"
    )
    options = parser.parse_args()
    if hint := chromium.install_hint():
        sys.exit(hint)
    if options.screenshot:
        with TemporaryDirectory() as name:
            demo = write_named_page(ROOT / "results/laptop", ROOT / "config/laptop.tsv", Path(name))
            save_screenshot(demo, options.screenshot)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        manifest = synthetic_corpus.make(folder / "results", options.videos, options.people)
        seconds, peak_mb = write_page(folder / "results", manifest)
        page = folder / "results/report/index.html"
        rows = [
            ("size, MB", f"{page.stat().st_size / 1e6:.1f}"),
            ("written in, s", f"{seconds:.1f}"),
        ]
        rows += [("peak memory, MB", f"{peak_mb:.0f}"), *measure_browser(page, folder)]
    for quantity, value in rows:
        print(f"{quantity:36} {value}")


if __name__ == "__main__":
    main()
