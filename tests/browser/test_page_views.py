"""The page in a real browser: what somebody sees who opens the file, and can reach."""

import json
import re

import pytest
from selenium.webdriver.common.keys import Keys

from corpus.report import funnel, page
from corpus.tables import parquet
from page_browser import FACELESS, GONE, LATE, PLAIN, UNPLAYABLE
from page_corpus import EVIL, video_name

import chromium  # isort: skip

pytestmark = pytest.mark.usefixtures("quiet")
VIEWS = ("", "videos", "people", "quality", "names", "about", f"video/{PLAIN}", "person/p0001")


# Looking ------------------------------------------------------------------------------------------


def test_the_overview_counts_the_corpus(opened):
    opened.go()
    corpus = parquet.read(opened.results / "corpus.parquet")
    assert opened.one("h1").text == "manifest"
    numbers = dict(zip(opened.texts(".tile-what"), opened.texts(".tile-number"), strict=True))
    assert numbers["videos"] == "9"
    assert numbers["shots"] == str(int(corpus["n_shots"].sum()))
    assert numbers["frames"] == f"{int(corpus['n_frames'].sum()):,}"
    assert opened.texts(".funnel-number")[:4] == ["9", "8", "8", "7"]
    assert "Private video" in opened.one(".short").text or "removed" in opened.one(".short").text


def test_the_funnel_counts_gestures_as_its_plot_does(opened):
    corpus = parquet.read(opened.results / "corpus.parquet")
    tracks = parquet.read(opened.results / "tracks.parquet", ["video_id", "person"])
    moving = funnel.find_videos_with_gestures(opened.results, corpus["video_id"].tolist())
    assert (
        len(parquet.read(opened.results / f"gestures/{FACELESS}.parquet"))
        and FACELESS not in moving
    )
    stages = {stage.label: stage.n_videos for stage in funnel.funnel_stages(corpus, tracks, moving)}
    opened.go()
    steps = opened.texts(".funnel-what"), map(int, opened.texts(".funnel-number"))
    numbers = dict(zip(*steps, strict=True))
    assert numbers["with gestures"] == stages["with gestures"] > 0
    assert numbers["with people"] == stages["with faces"]
    opened.go("videos", **{"with": "gestures"})
    assert set(opened.rows()) == moving


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
    tracks = parquet.read(opened.results / "tracks.parquet")
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
    corpus = parquet.read(opened.results / "corpus.parquet").fillna({"duration_s": 0})
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


# For everybody ------------------------------------------------------------------------------------


def test_dark_and_light_follow_the_system(opened):
    ground = "return getComputedStyle(document.body).backgroundColor"
    opened.go()
    seen = {}
    for scheme in ("light", "dark"):
        chromium.colours(opened.browser, scheme)
        seen[scheme] = sum(map(int, re.findall(r"\d+", opened.js(ground))[:3]))
    assert seen["light"] > 700 and seen["dark"] < 120
    media = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    opened.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    assert opened.js(ground) == "rgb(255, 255, 255)", "paper is white"
    opened.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
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
