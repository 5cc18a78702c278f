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

import yaml
from PIL import Image

import chromium
import synthetic_corpus
from corpus.inputs import settings
from corpus.tables import parquet

ROOT = Path(__file__).resolve().parents[1]
VIEWS = ("", "videos", "people", "person/p0001", "quality", "video/interview_0001", "names")
NAMES = {"collins": "Eileen Collins", "hopper": "Grace Hopper"}
"""The person shown in each demo clip of one person."""
PICTURE_VIEW = "video/hands?t=7.4"
"""The view in the picture of the README: a moment in which both hands of the figure are raised."""
PICTURE_SIZE = (1240, 1210)
"""Width and height of the picture in pixels; it shows the player and the whole timeline."""
DRAW_VIEW = """
const [view, done] = arguments, start = performance.now();
addEventListener('hashchange', () => requestAnimationFrame(() => setTimeout(
  () => done(performance.now() - start))), {once: true});
location.hash = '#/' + view;
"""


def write_page(results: Path, config: dict, *options: object) -> tuple[float, float]:
    """Write the page; return the time (s) and peak memory (MB), including imports."""
    coverage = results / "report/coverage.tsv"
    if not coverage.exists():
        coverage.parent.mkdir(parents=True, exist_ok=True)
        outputs = ("--plot", coverage.with_suffix(".svg"), "--table", coverage)
        run_script("plot_coverage", config, "--results", results, *outputs)
    output = results / "report/index.html"
    inputs = ("--results", results, "--names", "people.tsv", "--coverage", coverage)
    started = time.monotonic()
    run_script("write_page", config, *inputs, "--output", output, *options)
    peak_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return time.monotonic() - started, peak_kb / 1024


def run_script(name: str, config: dict, *options: object) -> None:
    """Run the script of a rule with the flags that the configuration gives it."""
    command = [sys.executable, f"scripts/{name}.py", *settings.flags(config, name), *options]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, cwd=ROOT)


def read_config(values: dict) -> dict:
    """Return a configuration with these values, and the defaults for all other keys."""
    config = dict(values)
    settings.read(config)
    return config


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


def write_named_page(results: Path, folder: Path) -> Path:
    """Write the page of a copy of the demo's results in which both people have names."""
    copy = folder / "results"
    shutil.copytree(results, copy, ignore=shutil.ignore_patterns("embeddings", "logs"))
    people = parquet.read(results / "people.parquet")
    lines = [f"{row.person}\t{NAMES[row.best_video_id]}" for row in people.itertuples()]
    names = folder / "names.tsv"
    names.write_text("\n".join(["person\tname", *lines]) + "\n", encoding="utf-8")
    config = read_config(yaml.safe_load((ROOT / "config/laptop.yaml").read_text(encoding="utf-8")))
    synthetic_corpus.name_people(copy, ROOT / config["videos"], names)
    write_page(copy, config, "--pictures", copy / "pictures.parquet")
    return copy / "report/index.html"


def save_screenshot(page: Path, picture: Path) -> None:
    """Save a PNG of a video of the demo: left half in light colours, right half in dark ones."""
    with TemporaryDirectory() as folder:
        browser = chromium.start(Path(folder), *PICTURE_SIZE)
        halves = []
        try:
            chromium.set_window_size(browser, *PICTURE_SIZE)
            for scheme in ("light", "dark"):
                chromium.set_colour_scheme(browser, scheme)
                browser.get("about:blank")
                browser.get(f"{page.as_uri()}#/{PICTURE_VIEW}")
                time.sleep(3)
                png = browser.execute_cdp_cmd("Page.captureScreenshot", {})["data"]
                halves.append(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
        finally:
            browser.quit()
    width, height = halves[0].size
    picture_image = Image.new("RGB", (width, height))
    picture_image.paste(halves[0], (0, 0))
    picture_image.paste(halves[1].crop((width // 2, 0, width, height)), (width // 2, 0))
    small = picture_image.quantize(256, kmeans=10, dither=Image.Dither.NONE)
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
    demo_results = ROOT / "results/laptop"
    parser.add_argument("--results", type=Path, default=demo_results, help="the demo's results")
    options = parser.parse_args()
    if hint := chromium.install_hint():
        sys.exit(hint)
    if options.screenshot:
        with TemporaryDirectory() as name:
            demo = write_named_page(options.results, Path(name))
            save_screenshot(demo, options.screenshot)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        manifest = synthetic_corpus.make(folder / "results", options.videos, options.people)
        seconds, peak_mb = write_page(folder / "results", read_config({"videos": str(manifest)}))
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
