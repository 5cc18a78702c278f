"""The page in a real browser: what somebody who opens the file sees, clicks and saves."""

import csv
import io
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import odd_videos
import page_results
from corpus import page, tables
from corpus.video import Reader, player_zero
from page_results import EVIL, name_people, video_name

pytest.importorskip("selenium")
import chromium  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select  # noqa: E402

PLAIN, LATE, OFFSET, UNPLAYABLE, GONE = (video_name(number) for number in (1, 2, 5, 4, 7))
VIEWS = ("", "videos", "people", "quality", "names", "about", f"video/{PLAIN}", "person/p0001")


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


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    if lack := chromium.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(lack)
    folder = tmp_path_factory.mktemp("page")
    clips = folder / "videos"
    clips.mkdir()
    late = odd_videos.late(clips / f"{LATE}.mp4", 1.0)
    plain = odd_videos.plain(clips / f"{PLAIN}.mp4", seconds=6)
    offset = clips / f"{OFFSET}.mp4"
    source = (*odd_videos.pattern(seconds=3), *odd_videos.tone(3), *odd_videos.CODECS["mp4"])
    odd_videos.ffmpeg(*source, "-output_ts_offset", 2, offset)
    odd_videos.silent(clips / f"{UNPLAYABLE}.mp4", "-c:v", "mpeg4")
    real = {1: plain, 2: late, 5: offset}
    times = {number: page_results.times_of(clip) for number, clip in real.items()}
    results, manifest = page_results.corpus(folder, real=times)
    pictures = page_results.add_pictures(results)
    file = page_results.write(results, manifest, "--pictures", pictures)
    downloads = tmp_path_factory.mktemp("browser")
    browser = chromium.start(downloads)
    try:
        browser.get(file.as_uri())
        # What the browser does on its own when it starts.
        browser.get_log("performance")
        yield Opened(browser, results, manifest, file, downloads)
    finally:
        browser.quit()


@pytest.fixture(autouse=True)
def no_errors(opened: Opened) -> Iterator[None]:
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


# Looking ------------------------------------------------------------------------------------------


def test_the_overview_counts_the_corpus(opened):
    opened.go()
    corpus = tables.read(opened.results / "corpus.parquet")
    assert opened.one("h1").text == "manifest"
    numbers = dict(zip(opened.texts(".tile-what"), opened.texts(".tile-number"), strict=True))
    assert numbers["videos"] == "9"
    assert numbers["shots"] == str(int(corpus["n_shots"].sum()))
    assert numbers["frames"] == f"{int(corpus['n_frames'].sum()):,}"
    assert opened.texts(".funnel-number")[:4] == ["9", "8", "8", "7"]
    assert "Private video" in opened.one(".short").text or "removed" in opened.one(".short").text


def test_what_looks_like_markup_stays_text(opened):
    for view in ("", "videos", "quality", f"video/{video_name(3)}", f"video/{LATE}"):
        opened.go(view)
        assert opened.js("return document.querySelectorAll('img[src=x], main script').length") == 0
    opened.go(f"video/{video_name(3)}")
    assert EVIL in opened.texts(".facts > p")
    assert "</script>" in opened.one("main .lead").text
    opened.go("videos", q="onerror")
    assert set(opened.rows()) == {video_name(2), video_name(3)}


def test_pictures_load(opened):
    seen = "return [...document.querySelectorAll('main img')].map((i) => i.naturalWidth)"
    for view, least in (("", 3), ("people", 6), ("person/p0001", 2)):
        opened.go(view)
        opened.js("document.querySelectorAll('img').forEach((i) => { i.loading = 'eager' })")
        widths = opened.until(lambda: (w := opened.js(seen)) and all(w) and w)
        assert len(widths) >= least and set(widths) == {96}


def test_no_request_but_the_page_and_its_videos(opened):
    opened.reload()
    opened.go(f"video/{PLAIN}")
    opened.player_time()
    loaded = opened.js("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert [
        name
        for name in loaded
        if not name.startswith((f"{opened.results.as_uri()}/videos/", "data:"))
    ] == []


def test_search_and_filters_narrow_the_videos(opened):
    opened.go("videos")
    assert len(opened.rows()) == 9
    opened.type("Search", "_0003")
    assert opened.until(lambda: opened.rows() == [video_name(3)])
    assert "1 video of 9" in opened.texts("#said")[0], "told to screen readers"
    opened.type("Search", "asa")
    accents = {video_name(2), video_name(3)}
    assert opened.until(lambda: set(opened.rows()) == accents), opened.rows()
    opened.go("videos")
    opened.choose("Status", "unavailable")
    assert opened.rows() == [GONE]
    opened.choose("Status", "any status")
    opened.one(".tick input").click()
    assert opened.rows() == [UNPLAYABLE], "the only one of varying frame rate"
    opened.one(".tick input").click()
    tracks = tables.read(opened.results / "tracks.parquet")
    opened.choose("Person", "p0002")
    own = set(tracks[tracks["person"] == "p0002"]["video_id"])
    assert set(opened.rows()) == own and len(own) < 9
    opened.type("Search", "nothing has this")
    assert opened.until(lambda: opened.texts(".empty")) == ["No video fits."]
    address = opened.js("return location.hash")
    opened.go("people")
    opened.browser.back()
    assert opened.until(lambda: opened.js("return location.hash") == address), "filters are kept"
    assert opened.until(lambda: opened.texts(".empty")) == ["No video fits."]


def test_the_table_sorts(opened):
    opened.go("videos")
    corpus = tables.read(opened.results / "corpus.parquet").fillna({"duration_s": 0})
    by_length = corpus.sort_values("duration_s")["video_id"].tolist()
    opened.one("[data-sort=length]").click()
    assert opened.rows() == by_length[::-1]
    assert opened.one("th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert opened.js("return document.activeElement.dataset.sort") == "length"
    opened.browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert opened.rows() == by_length
    assert opened.one("th[aria-sort]").get_attribute("aria-sort") == "ascending"


def test_quality_tells_the_worst_first_and_why(opened):
    opened.go("quality")
    assert opened.rows()[0] == GONE
    assert "gone at its source" in opened.one(".meanings").text
    opened.js("location.hash = '#/quality?concern=truncated'")
    assert opened.until(lambda: opened.rows() == [video_name(3)])


# Jumping ------------------------------------------------------------------------------------------


def shown_frame(opened: Opened, clip: Path) -> int:
    """Number of the frame that the player shows, by what its picture looks like."""
    video = opened.one("video")
    opened.js(
        "const v = arguments[0]; v.controls = false; v.style.cssText = "
        "'width: 160px; height: 120px; border-radius: 0; position: relative; z-index: 99'", video
    )  # fmt: skip
    time.sleep(0.3)
    png = Image.open(io.BytesIO(video.screenshot_as_png)).convert("RGB").resize((160, 120))
    seen = np.asarray(png).astype(int)
    off = [np.abs(frame.image.astype(int) - seen).mean() for frame in Reader(clip)]
    return int(np.argmin(off))


def test_a_deep_link_opens_a_moment(opened):
    opened.go()
    opened.go(f"video/{PLAIN}", t=3.2)
    assert opened.player_time() == pytest.approx(3.2, abs=0.002)
    assert opened.browser.title == f"{PLAIN} · manifest"
    assert shown_frame(opened, opened.results / f"videos/{PLAIN}.mp4") == 80
    opened.browser.back()
    assert opened.until(lambda: opened.one("h1").text == "manifest")


@pytest.mark.parametrize("video", [LATE, OFFSET])
def test_a_late_start_is_allowed_for(opened, video):
    """Browsers differ in what they show as 0:00 of such files; the picture must be right."""
    clip = opened.results / f"videos/{video}.mp4"
    times = page_results.times_of(clip)
    assert times[0] >= 1 and (video == LATE) == (player_zero(clip) == 0)
    opened.go(f"video/{video}", t=times[30])
    assert opened.player_time() > 0
    time.sleep(0.6)
    assert shown_frame(opened, clip) == 30
    opened.all(".lane.shots .stand")[0].send_keys(Keys.ENTER)
    time.sleep(0.3)
    assert shown_frame(opened, clip) == 0


def test_clicks_on_the_timeline_jump(opened):
    opened.go(f"video/{PLAIN}")
    opened.player_time()
    lane = opened.one(".lane.presence")
    box = lane.rect
    length = opened.js("return document.querySelector('video').duration")
    click = (
        "const [e, share] = arguments, b = e.getBoundingClientRect();"
        "e.dispatchEvent(new MouseEvent('click', {bubbles: true, detail: 1,"
        "clientX: b.left + b.width * share, clientY: b.top + 4}))"
    )
    for share in (0.75, 0.2):
        opened.js(click, opened.one(".axis"), share)
        assert opened.player_time() == pytest.approx(share * 6, abs=0.02)
        now = opened.js(
            "return getComputedStyle(document.querySelector('.timeline')).getPropertyValue('--now')"
        )
        assert float(now) == pytest.approx(share, abs=0.01)
    assert box["width"] > 500 and length == pytest.approx(6, abs=0.1)
    assert "t=" in opened.js("return location.hash")


def test_the_keyboard_jumps_along_the_timeline(opened):
    opened.go(f"video/{PLAIN}")
    opened.player_time()
    tracks = tables.read(opened.results / "tracks.parquet")
    own = tracks[tracks["video_id"] == PLAIN].sort_values("start_s")
    person = sorted(own["person"])[0]
    starts = own[own["person"] == person]["start_s"].tolist()
    stops = opened.all(".timeline .stand")
    assert sum(stop.get_attribute("tabindex") == "0" for stop in stops) == 1, "one stop of Tab"
    stops[0].send_keys(Keys.ARROW_DOWN)
    here = opened.browser.switch_to.active_element
    assert f"{person} on screen" in here.get_attribute("aria-label")
    here.send_keys(Keys.END)
    here = opened.browser.switch_to.active_element
    assert f"{len(starts)} of {len(starts)}" in here.get_attribute("aria-label")
    here.send_keys(Keys.ENTER)
    assert opened.player_time() == pytest.approx(starts[-1], abs=0.002)


def test_gestures_and_movement_are_drawn_and_listed(opened):
    opened.go(f"video/{video_name(0)}")
    made = tables.read(opened.results / f"gestures/{video_name(0)}.parquet")
    drawn = sum(len(opened.js("return arguments[0].getAttribute('d')", path).split("M")) - 1
                for path in opened.all(".lane.gestures path"))  # fmt: skip
    assert drawn == len(made) > 3
    assert opened.all(".movement .mean") and opened.all(".movement .peak")
    opened.one("summary").click()
    assert opened.until(lambda: opened.all("details .more"))
    opened.js("document.querySelector('details .more').click()")
    assert opened.until(lambda: sum("gesture" in t for t in opened.texts("td")) == len(made))


def test_a_video_that_cannot_play_says_so(opened):
    opened.go(f"video/{UNPLAYABLE}")
    note = opened.until(lambda: [n for n in opened.all(".no-player") if n.is_displayed()])[0]
    assert "cannot play" in note.text and f"videos/{UNPLAYABLE}.mp4" in note.text
    opened.go(f"video/{GONE}")
    assert "unavailable" in opened.one(".no-player").text
    assert not opened.all("video")
    opened.go("video/nowhere")
    assert "no video nowhere" in opened.one("main").text


def test_a_person_is_shown_across_videos_and_jumps_into_them(opened):
    opened.go("person/p0001")
    tracks = tables.read(opened.results / "tracks.parquet")
    own = tracks[tracks["person"] == "p0001"]
    assert len(opened.all(".timeline .row")) == own["video_id"].nunique()
    row = opened.browser.find_element(
        By.XPATH, f"//div[@class='row'][.//a[.='{own.iloc[0].video_id}']]"
    )
    row.find_element(By.CSS_SELECTOR, ".stand").send_keys(Keys.ENTER)
    assert opened.until(lambda: opened.one("h1").text == own.iloc[0]["video_id"])
    start = own[own["video_id"] == own.iloc[0]["video_id"]]["start_s"].min()
    assert float(opened.js("return location.hash").split("t=")[1]) == pytest.approx(
        start, abs=0.001
    )


# Naming -------------------------------------------------------------------------------------------


def give(opened: Opened, person: str, name: str) -> None:
    box = opened.one(f"[data-name-of={person}]")
    box.clear()
    box.send_keys(name, Keys.TAB)


def discard(opened: Opened) -> None:
    opened.js("localStorage.clear()")
    opened.go("names")
    opened.js("window.confirm = () => true")
    buttons = opened.browser.find_elements(By.XPATH, "//button[.='Discard changes']")
    if buttons:
        buttons[0].click()


def test_names_and_merges_make_a_people_tsv_that_the_workflow_takes(opened, tmp_path):
    discard(opened)
    opened.go("people")
    give(opened, "p0001", "  Åsa “the <b>bold</b>” O'Neil ")
    give(opened, "p0004", "A\u030ake")
    opened.one("[data-person=p0003] button").click()
    opened.one("dialog input").send_keys("0002")
    opened.until(lambda: len(opened.all("dialog [data-same]")) == 1)
    opened.one("dialog [data-same=p0002]").click()
    assert "one person with p0002" in opened.one("[data-person=p0003] .note").text
    give(opened, "p0003", "Bo # 2")
    give(opened, "p0002", "Bo # 2")
    assert "4 names not saved" in opened.one("#unsaved").text
    opened.one("#unsaved a").click()
    opened.until(lambda: opened.all("#download"))
    text = opened.js("return document.getElementById('people-tsv').value")
    assert "config/people.tsv" in opened.one("main").text
    opened.one("#download").click()
    saved = opened.until(lambda: list(opened.downloads.glob("people*.tsv")))[0]
    assert opened.until(lambda: saved.read_text(encoding="utf-8") == text)
    assert "saved to a file" in opened.one("#unsaved").text

    before = {row["person"]: row for row in read_tsv(opened.results / "people.tsv")}
    rows = {row["person"]: row for row in read_tsv(saved)}
    assert {p: rows[p] | {"name": ""} for p in rows} == before, "nothing is lost but names added"
    again = tmp_path / "again"
    again.mkdir()
    for part in ("faces", "status", "clusters.parquet"):
        (again / part).symlink_to(opened.results / part)
    name_people(again, opened.manifest, saved)
    people = tables.read(again / "people.parquet").set_index("person")["name"]
    assert people["p0001"] == "Åsa “the <b>bold</b>” O'Neil"
    assert people["p0004"] == "Åke"
    assert people["p0002"] == "Bo # 2" and "p0003" not in people
    tracks = tables.read(again / "tracks.parquet")
    old = tables.read(opened.results / "tracks.parquet")
    assert (tracks["person"] == old["person"].replace("p0003", "p0002")).all()


def read_tsv(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_edits_outlive_the_page_until_they_are_applied(opened):
    discard(opened)
    opened.go("people")
    give(opened, "p0002", "Grace")
    opened.js("window.onbeforeunload = null")
    refused = opened.js(
        "const e = new Event('beforeunload', {cancelable: true}); window.dispatchEvent(e);"
        "return e.defaultPrevented"
    )
    assert refused, "the browser asks before the page is left"
    opened.go("names")
    opened.one("#copy").click()
    opened.until(lambda: "saved" in opened.one("#unsaved").text)
    opened.reload()
    assert "1 name" in opened.one("#unsaved").text
    opened.go("people", q="grace")
    assert opened.texts(".person .who span") == ["Grace"] or "Grace" in opened.one(".person").text
    opened.go("names")
    opened.browser.find_element(By.XPATH, "//button[.='Undo']").click()
    assert not opened.one("#unsaved").is_displayed()


@pytest.mark.parametrize(
    ("given", "name", "fault"), [("#x", "", "cannot start with #"), ("a\tb", "a b", "")]
)
def test_names_that_people_tsv_could_not_hold(opened, given, name, fault):
    discard(opened)
    opened.go("people")
    box = opened.one("[data-name-of=p0001]")
    opened.js(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))",
        box, given,
    )  # fmt: skip
    assert fault in opened.one("[data-person=p0001] .note").text
    assert box.get_attribute("aria-invalid") == ("true" if fault else "false")
    opened.go("names")
    text = opened.js("return document.getElementById('people-tsv').value")
    assert {line.split("\t")[0]: line.split("\t")[1] for line in text.splitlines()}["p0001"] == name
    discard(opened)


def test_joining_people_who_are_seen_together_is_warned_of(opened):
    discard(opened)
    tracks = tables.read(opened.results / "tracks.parquet")
    pairs = tracks.merge(tracks, on=["video_id", "shot"]).query("person_x < person_y")
    one, other = pairs.iloc[0][["person_x", "person_y"]]
    opened.go("people")
    give(opened, one, "Twin")
    give(opened, other, "Twin")
    assert "both are on screen at once" in opened.one(f"[data-person={other}] .note").text
    discard(opened)


# For everybody ------------------------------------------------------------------------------------


def test_dark_and_light_follow_the_system(opened):
    ground = "return getComputedStyle(document.body).backgroundColor"
    opened.go()
    seen = {}
    for scheme in ("light", "dark"):
        chromium.colours(opened.browser, scheme)
        seen[scheme] = sum(map(int, re.findall(r"\d+", opened.js(ground))[:3]))
    assert seen["light"] > 700 and seen["dark"] < 120
    chromium.colours(opened.browser, "light")


CHECKS = """
const faults = [];
const all = (s) => [...document.querySelectorAll(s)].filter((e) => !e.closest('dialog, [hidden]'));
const named = (e) => e.textContent.trim() || e.getAttribute('aria-label') || [...e.querySelectorAll('img')].map((i) => i.alt).join('');
for (const e of all('input, select, textarea')) if (!e.labels.length) faults.push('no label: ' + e.outerHTML);
for (const e of all('img')) if (!e.hasAttribute('alt')) faults.push('no alt: ' + e.outerHTML.slice(0, 80));
for (const e of all('a, button')) if (!named(e) && !e.ariaHidden) faults.push('no name: ' + e.outerHTML.slice(0, 120));
for (const e of all('[tabindex]')) if (e.tabIndex > 0) faults.push('tabindex: ' + e.outerHTML.slice(0, 80));
for (const e of all('table')) if (!e.caption) faults.push('no caption');
for (const e of all('th')) if (!e.scope) faults.push('no scope: ' + e.outerHTML.slice(0, 80));
for (const e of all('[role=img], [role=region], [role=group], nav, form[role=search]')) if (!e.getAttribute('aria-label')) faults.push('no name: ' + e.outerHTML.slice(0, 80));
for (const e of all('[aria-describedby], [aria-labelledby]')) for (const a of ['aria-describedby', 'aria-labelledby'])
  if (e.hasAttribute(a) && !document.getElementById(e.getAttribute(a))) faults.push('dangling: ' + e.outerHTML.slice(0, 80));
const ids = all('[id]').map((e) => e.id);
ids.filter((id, n) => ids.indexOf(id) !== n).forEach((id) => faults.push('twice: ' + id));
const levels = all('h1, h2, h3, h4').map((e) => Number(e.tagName[1]));
if (levels.filter((l) => l === 1).length !== 1 || levels[0] !== 1) faults.push('h1: ' + levels);
levels.forEach((l, n) => { if (n && l > levels[n - 1] + 1) faults.push('headings skip: ' + levels); });
for (const s of ['header', 'nav', 'main', 'footer']) if (document.querySelectorAll(s).length !== 1) faults.push('landmark ' + s);
if (document.documentElement.lang !== 'en') faults.push('lang');
return faults;
"""  # noqa: E501


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_accessible_and_fits_a_telephone(opened, view):
    opened.go(view)
    assert opened.js(CHECKS) == []
    assert opened.js("return document.activeElement.tagName") == "H1", "the view's title is read"
    try:
        chromium.size(opened.browser, 360, 740)
        opened.go(view)
        assert opened.js("return document.documentElement.scrollWidth") <= 360
    finally:
        opened.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_focus_can_be_seen(opened):
    opened.go("videos")
    opened.one("body").send_keys(Keys.TAB)
    seen = set()
    for _ in range(12):
        focus = opened.browser.switch_to.active_element
        outline = opened.js("return getComputedStyle(arguments[0]).outlineStyle", focus)
        seen.add((focus.tag_name, outline))
        focus.send_keys(Keys.TAB)
    assert {tag for tag, _ in seen} >= {"button", "input", "select"}
    assert {outline for _, outline in seen} == {"solid"}


def test_little_moves_where_motion_is_to_be_reduced(opened):
    media = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    opened.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    opened.go()
    duration = "return getComputedStyle(document.querySelector('.tile')).transitionDuration"
    assert opened.js(duration) == "0s"
    chromium.colours(opened.browser, "light")


# Large --------------------------------------------------------------------------------------------


def multiplied(summary: dict, n_videos: int, n_people: int) -> dict:
    """The data of a small corpus, repeated until there are so many videos and people."""
    videos, people, found, tracks = (
        summary[name] for name in ("videos", "people", "found", "tracks")
    )
    here, own = len(videos["id"]), len(people["id"])
    pick = [number % here for number in range(n_videos)]
    for columns in (videos, summary["own"]):
        for name in columns:
            columns[name] = [columns[name][number] for number in pick]
    videos["id"] = [video_name(number) for number in range(n_videos)]
    who = [number % own for number in range(n_people)]
    people |= {name: [people[name][number] for number in who] for name in people}
    people["id"] = [f"p{number + 1:04d}" for number in range(n_people)]
    cells = [[people["id"][n], *found["cells"][number][1:]] for n, number in enumerate(who)]
    summary["found"] = {"cells": cells, "person": list(range(n_people))}
    rows = [dict(zip(tracks, row, strict=True)) for row in zip(*tracks.values(), strict=True)]
    more = []
    for video, number in enumerate(pick):
        shift = own * (video // here)
        more += [row | {"video": video, "found": (row["found"] + shift) % n_people}
                 for row in rows if row["video"] == number]  # fmt: skip
    summary["tracks"] = {name: [row[name] for row in more] for name in tracks}
    return summary


def test_500_videos_and_300_people(opened, tmp_path):
    text = opened.file.read_text(encoding="utf-8")
    blocks = dict(re.findall(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', text))
    summary = multiplied(json.loads(blocks["corpus"]), 500, 300)
    details = json.loads(blocks["video-0"])
    many = [page.block("corpus", summary), page.block("pictures", [])]
    many += [page.block(f"video-{number}", details) for number in range(500)]
    large = tmp_path / "report/index.html"
    large.parent.mkdir()
    large.write_text(page.render(many), encoding="utf-8")
    opened.browser.get(large.as_uri())
    assert "500 videos" in opened.one(".lead").text and "300 people" in opened.one(".lead").text
    elements = "return document.querySelectorAll('*').length"
    for view in (
        "",
        "videos",
        "people",
        "quality",
        "names",
        "person/p0001",
        "video/interview_0499",
    ):
        opened.go(view)
        assert opened.js(elements) < 3500, view
    opened.go("videos")
    opened.type("Search", "interview_0471")
    assert opened.until(lambda: opened.rows() == ["interview_0471"])
    opened.go("people", q="p0299")
    assert opened.texts(".person .who span") == ["p0299"]
    opened.go("videos")
    opened.js("window.scrollTo(0, document.body.scrollHeight)")
    assert opened.until(lambda: len(opened.rows()) > 40), "more rows come as they are reached"
    opened.browser.get(opened.file.as_uri())
