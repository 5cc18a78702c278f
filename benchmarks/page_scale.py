"""Measure the page of a large corpus: its files, the time to write it, and the time of each view.

python benchmarks/page_scale.py --work /tmp/page_scale --videos 1000 --people 200

The corpus is synthetic, see synthetic_corpus.py, with positions of hands, hand use, a map and
similar gestures. It is kept in the folder --work and used again by the next call. Chromium opens
the page as a file.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

import chromium
import page
import synthetic_corpus
from corpus.core.side_files import FOLDER, write_side_file
from corpus.similarity.gesture_files import write_map
from corpus.similarity.poses import POINTS
from corpus.similarity.thumbnails import encode_gestures
from corpus.tables import parquet

N_SIMILAR = 24
N_POSES = 12
READY = """
const [selector, done] = arguments, start = performance.now();
(function wait() {
  if (document.querySelector(selector)) requestAnimationFrame(() => setTimeout(
    () => done(performance.now() - start)));
  else setTimeout(wait, 2);
})();
"""
"""Waits until an element exists and is drawn; returns the milliseconds."""
GO = "location.hash = '#/' + arguments[0];"
VIEWS = {
    "gestures": "#main .gesture-row",
    "map": "#main canvas.map",
    "numbers": "#main svg",
    "check": "#main .check-card",
    "videos": "#main .view table, #main .view .card",
    "video/interview_0001": "#main .view .timeline",
    "people": "#main .view",
    "like/interview_0001/0": "#main .view canvas",
}
"""An element of each view that is drawn last."""
SEARCH = """
    const box = document.querySelector('.gesture-filters input[type=search]');
    box.value = '{}';
    document.querySelector('.result-count').replaceChildren();
    box.dispatchEvent(new Event('input'));"""
"""Types a query; the number of results appears when they are shown."""
SHOWN = ".result-count:not(:empty)"
LIST_STEPS = {
    "sort by speed": "document.querySelector('[data-sort=speed]').click()",
    "sort by person": "document.querySelector('[data-sort=person]').click()",
    "query hand:left speed>2": SEARCH.format("hand:left speed>2"),
    "query interview_05": SEARCH.format("interview_05"),
    "scroll to the middle": """
        const list = document.querySelector('.virtual');
        list.scrollTop = list.scrollHeight / 2;""",
}
NUMBERS_STEPS = {
    "other axis of two measures": ("[data-choice=y]", "size", "#chart-pairs svg"),
    "other distribution": ("[data-choice=measure]", "extent", "#chart-extent svg"),
}
"""A choice in the view of numbers, its new value, and what is drawn then."""
CHOOSE = """
    const box = document.querySelector(arguments[0]);
    document.querySelectorAll(arguments[2]).forEach((drawing) => drawing.remove());
    box.value = arguments[1];
    box.dispatchEvent(new Event('change'));"""
FRAMES = """
const [act, done] = [arguments[0], arguments[1]];
const canvas = document.querySelector('canvas.map'), times = [];
const event = (x, y) => Object.assign(
  new Event(act === 'zoom' ? 'wheel' : 'pointermove', {cancelable: true}),
  {deltaY: x % 2 ? 1 : -1, offsetX: x, offsetY: y});
const box = canvas.getBoundingClientRect();
let step = 0;
(function next() {
  if (step === 21) return done(times.slice(1));
  step += 1;
  const start = performance.now();
  canvas.dispatchEvent(event(Math.round(box.width / 2) + step, box.height / 2));
  const handled = performance.now() - start;
  requestAnimationFrame(() => setTimeout(() => {
    times.push(act === 'point' ? handled : performance.now() - start);
    next();
  }));
})();
"""
"""Zooms in and out, or moves the mouse, over the map; returns the milliseconds of each step."""


def add_positions(results: Path) -> None:
    """Add positions of hands to the tables kinematics, for the view Numbers."""
    for path in sorted((results / "kinematics").iterdir()):
        rows = parquet.read(path)
        random = np.random.default_rng(len(rows))
        rows["x"], rows["y"] = random.normal((0, -0.8), 0.4, (len(rows), 2)).T
        parquet.write(path, "kinematics", rows, parquet.read_provenance(path))


def write_similar(results: Path) -> None:
    """Write the side files of similar gestures: those of five videos, and the map of all."""
    tables = {
        path.stem: parquet.read(path, ["gesture"])["gesture"].tolist()
        for path in sorted((results / "gestures").iterdir())
    }
    keys = [(video, number) for video, numbers in tables.items() for number in numbers]
    folder = results / "report" / FOLDER
    random = np.random.default_rng(1)
    for video in list(tables)[:5]:
        numbers = tables[video]
        chosen = random.integers(0, len(keys), (len(numbers), N_SIMILAR))
        similar = [[(*keys[index], 0.5, False) for index in row] for row in chosen]
        poses = {
            number: random.normal(0, 1, (N_POSES, len(POINTS), 2)).cumsum(axis=0) / 10
            for number in numbers
        }
        data = encode_gestures(numbers, [900] * len(numbers), poses, similar)
        write_side_file(folder, f"{video}/gestures", data)
    rows = pd.DataFrame(keys, columns=["video_id", "gesture"])
    rows[["x", "y"]] = random.normal(0, 0.3, (len(rows), 2))
    write_map(folder, rows, np.array([0.4, 0.2]))


def make_corpus(results: Path, options: argparse.Namespace) -> None:
    """Write the tables of the corpus, unless an earlier call did."""
    if (results / "hand_use.parquet").exists():
        return
    manifest = synthetic_corpus.make(
        results, options.videos, options.people, gesture_step_s=options.gesture_step
    )
    add_positions(results)
    config = page.read_config({"videos": str(manifest)})
    tracks = results / "tracks.parquet"
    page.run_script("segment_gestures", config, "--results", results, "--tracks", tracks)
    write_similar(results)


def megabytes(path: Path) -> str:
    """Size of a file as a cell of the table."""
    return f"{path.stat().st_size / 1e6:.1f} MB"


def cpu_seconds() -> float:
    """CPU time of all programs that this one started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure_files(results: Path) -> list[tuple[str, str]]:
    """Time and memory of writing the page, and the sizes of its files."""
    config = page.read_config({"videos": str(results / "manifest.tsv")})
    before_s = cpu_seconds()
    seconds, peak_mb = page.write_page(results, config, "--no-skeletons")
    cpu_s = cpu_seconds() - before_s
    folder = results / "report"
    names = ("index.html", *(f"{FOLDER}/{name}.js" for name in ("gestures", "gesture_map")))
    names += (f"{FOLDER}/numbers.js", f"{FOLDER}/files.js")
    rows = [("time to write", f"{seconds:.0f} s"), ("its CPU time", f"{cpu_s:.0f} s")]
    rows.append(("peak memory", f"{peak_mb:.0f} MB"))
    return rows + [(name, megabytes(folder / name)) for name in names]


def measure_views(html: Path, work: Path, views: Iterable[str]) -> list[tuple[str, str]]:
    """Milliseconds until the page and each view are drawn, each view on a page just opened."""
    browser = chromium.start(work)
    browser.set_script_timeout(120)

    def open_page() -> float:
        browser.get("about:blank")
        browser.get(html.as_uri())
        return browser.execute_script("return performance.now()")

    def timed(action: str, selector: str, *arguments: str) -> float:
        script = f"const start = performance.now(); {action}; window.started = start;"
        browser.execute_script(script, *arguments)
        wait = READY.replace("start = performance.now()", "start = window.started")
        return browser.execute_async_script(wait, selector)

    try:
        rows = [("open the page", f"{median(open_page() for _ in range(3)) / 1000:.2f} s")]
        for view, selector in ((view, VIEWS[view]) for view in views):
            open_page()
            rows.append((f"#/{view}", f"{timed(GO, selector, view):.0f} ms"))
            if view == "gestures":
                for step, action in LIST_STEPS.items():
                    rows.append((step, f"{timed(action, SHOWN):.0f} ms"))
            if view == "numbers":
                for step, arguments in NUMBERS_STEPS.items():
                    rows.append((step, f"{timed(CHOOSE, arguments[2], *arguments):.0f} ms"))
            if view == "map":
                for act in ("zoom", "point"):
                    times = browser.execute_async_script(FRAMES, act)
                    rows.append((f"map: {act}", f"{median(times):.0f} ms"))
        heap = browser.execute_script("return performance.memory.usedJSHeapSize / 1e6")
        return [*rows, ("heap", f"{heap:.0f} MB")]
    finally:
        browser.quit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, required=True, help="folder for the corpus")
    parser.add_argument("--videos", type=int, default=1000)
    parser.add_argument("--people", type=int, default=200)
    help_text = "seconds from gesture to gesture of a face track"
    parser.add_argument("--gesture-step", type=float, default=10, help=help_text)
    parser.add_argument("--only-views", action="store_true", help="do not write the page again")
    parser.add_argument("--views", nargs="*", choices=VIEWS, default=VIEWS, help="views to draw")
    options = parser.parse_args()
    if hint := chromium.install_hint():
        sys.exit(hint)
    results = options.work / "results"
    started = time.monotonic()
    make_corpus(results, options)
    n_gestures = parquet.count_rows(results / "gestures.parquet")
    print(f"{n_gestures:,} gestures, corpus written in {time.monotonic() - started:.0f} s")
    rows = [] if options.only_views else measure_files(results)
    rows += measure_views(results / "report/index.html", options.work, options.views)
    for quantity, value in rows:
        print(f"{quantity:28} {value}", flush=True)


if __name__ == "__main__":
    main()
