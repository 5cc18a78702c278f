"""How large the page is, how long it takes to make, and how soon a browser has it ready.

python benchmarks/page.py --videos 500 --people 300
python benchmarks/page.py --screenshot docs/page.png

The corpus is made up, see synthetic_corpus.py; Chromium opens the page from a file. The second line
makes the picture in the README, of the demo's results after `make demo`.
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
"""Whom the demo's clips of one person show."""
READY = """
const [view, done] = arguments, start = performance.now();
addEventListener('hashchange', () => requestAnimationFrame(() => setTimeout(
  () => done(performance.now() - start))), {once: true});
location.hash = '#/' + view;
"""


def build(results: Path, manifest: Path, *options: object) -> tuple[float, float]:
    """Seconds and peak memory (MB) of writing the page, imports included."""
    shares = results / "report/coverage.tsv"
    if not shares.exists():
        command = [sys.executable, ROOT / "scripts/plot_coverage.py", "--results", results]
        command += ["--videos", manifest, "--plot", shares.with_suffix(".svg"), "--table", shares]
        shares.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(list(map(str, command)), check=True, capture_output=True)
    command = [sys.executable, ROOT / "scripts/write_page.py", "--results", results]
    command += ["--videos", manifest, "--names", "people.tsv", "--coverage", shares]
    command += ["--output", results / "report/index.html", *options]
    started = time.monotonic()
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return time.monotonic() - started, peak_kb / 1024


def measure(page: Path, folder: Path) -> list[tuple[str, str]]:
    """Milliseconds until the page is ready and until each view is drawn; elements and memory."""
    browser = chromium.start(folder)
    try:
        loads = []
        for _ in range(5):
            browser.get("about:blank")
            browser.get(page.as_uri())
            loads.append(browser.execute_script("return performance.now()"))
        heap = browser.execute_script("return performance.memory.usedJSHeapSize / 1e6")
        rows = [("ready after opening, ms", f"{median(loads):.0f}"), ("heap, MB", f"{heap:.0f}")]
        browser.execute_async_script(READY, "about")
        for view in VIEWS:
            drawn = browser.execute_async_script(READY, view)
            elements = browser.execute_script("return document.querySelectorAll('*').length")
            rows.append((f"#/{view}, ms (elements)", f"{drawn:.0f} ({elements})"))
        return rows
    finally:
        browser.quit()


def named(results: Path, manifest: Path, folder: Path) -> Path:
    """The page of a copy of the demo's results in which both people have their names."""
    copy = folder / "results"
    shutil.copytree(results, copy, ignore=shutil.ignore_patterns("embeddings", "logs"))
    people = parquet.read(results / "people.parquet")
    lines = [f"{row.person}\t{NAMES[row.best_video_id]}" for row in people.itertuples()]
    names = folder / "names.tsv"
    names.write_text("\n".join(["person\tname", *lines]) + "\n", encoding="utf-8")
    synthetic_corpus.name_people(copy, manifest, names)
    build(copy, manifest, "--pictures", copy / "pictures.parquet")
    return copy / "report/index.html"


def screenshot(page: Path, picture: Path) -> None:
    """A video's view of the demo, light on the left and dark on the right, as a small PNG."""
    with TemporaryDirectory() as folder:
        browser = chromium.start(Path(folder), 1240, 1180)
        halves = []
        try:
            chromium.size(browser, 1240, 1180)
            for scheme in ("light", "dark"):
                chromium.colours(browser, scheme)
                browser.get("about:blank")
                browser.get(f"{page.as_uri()}#/video/both?t=1.2")
                time.sleep(3)
                png = browser.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
                halves.append(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
        finally:
            browser.quit()
    width, height = halves[0].size
    whole = Image.new("RGB", (width, height))
    whole.paste(halves[0], (0, 0))
    whole.paste(halves[1].crop((width // 2, 0, width, height)), (width // 2, 0))
    small = whole.quantize(224, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    picture.parent.mkdir(parents=True, exist_ok=True)
    small.save(picture, optimize=True)
    print(f"{picture}: {picture.stat().st_size / 1000:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--videos", type=int, default=500)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--screenshot", type=Path, help="PNG to write, of the demo that has run")
    options = parser.parse_args()
    if lack := chromium.missing():
        sys.exit(lack)
    if options.screenshot:
        with TemporaryDirectory() as name:
            demo = named(ROOT / "results/laptop", ROOT / "config/laptop.tsv", Path(name))
            screenshot(demo, options.screenshot)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        manifest = synthetic_corpus.make(folder / "results", options.videos, options.people)
        seconds, peak_mb = build(folder / "results", manifest)
        page = folder / "results/report/index.html"
        rows = [
            ("size, MB", f"{page.stat().st_size / 1e6:.1f}"),
            ("written in, s", f"{seconds:.1f}"),
        ]
        rows += [("peak memory, MB", f"{peak_mb:.0f}"), *measure(page, folder)]
    for what, figure in rows:
        print(f"{what:36} {figure}")


if __name__ == "__main__":
    main()
