"""The views of the page in a real browser: content, search, accessibility, large corpora."""

import json
import re

import pytest
from selenium.webdriver.common.keys import Keys

from corpus.report import funnel
from corpus.report.page.render import ASSETS, json_block, render
from corpus.tables import parquet
from page_browser import FACELESS, GONE, LATE, PLAIN, UNPLAYABLE
from page_corpus import SPECIAL_TEXT, video_name

import chromium  # isort: skip

pytestmark = pytest.mark.usefixtures("console_and_network_checked")
VIEWS = (
    *("", "videos", "people", "gestures", "numbers", "check", "quality", "names", "about"),
    *(f"video/{PLAIN}", "person/p0001"),
)


# Content ------------------------------------------------------------------------------------------


def test_the_overview_counts_the_corpus(page):
    page.go()
    corpus = parquet.read(page.results / "corpus.parquet")
    assert page.one("h1").text == "manifest"
    numbers = dict(zip(page.texts(".tile-label"), page.texts(".tile-number"), strict=True))
    assert numbers["videos"] == "9"
    assert numbers["shots"] == str(int(corpus["n_shots"].sum()))
    assert numbers["frames"] == f"{int(corpus['n_frames'].sum()):,}"
    assert page.texts(".funnel-number")[:4] == ["9", "8", "8", "7"]
    assert "Private video" in page.one(".short").text or "removed" in page.one(".short").text


def test_the_funnel_counts_gestures_as_the_plot_does(page):
    corpus = parquet.read(page.results / "corpus.parquet")
    tracks = parquet.read(page.results / "tracks.parquet", ["video_id", "person"])
    moving = funnel.find_videos_with_gestures(page.results, corpus["video_id"].tolist())
    assert (
        len(parquet.read(page.results / f"gestures/{FACELESS}.parquet")) and FACELESS not in moving
    )
    stages = {stage.label: stage.n_videos for stage in funnel.funnel_stages(corpus, tracks, moving)}
    page.go()
    steps = page.texts(".funnel-label"), map(int, page.texts(".funnel-number"))
    numbers = dict(zip(*steps, strict=True))
    assert numbers["with gestures"] == stages["with gestures"] > 0
    assert numbers["with people"] == stages["with faces"]
    page.go("videos", **{"with": "gestures"})
    assert set(page.rows()) == moving


def test_text_that_looks_like_markup_stays_text(page):
    for view in ("", "videos", "quality", f"video/{video_name(3)}", f"video/{LATE}"):
        page.go(view)
        assert page.js("return document.querySelectorAll('img[src=x], main script').length") == 0
    page.go(f"video/{video_name(3)}")
    assert SPECIAL_TEXT in page.texts(".facts > p")
    assert "</script>" in page.one("main .lead").text
    page.go("videos", q="onerror")
    assert set(page.rows()) == {video_name(2), video_name(3)}


def test_pictures_load(page):
    image_widths = "return [...document.querySelectorAll('main img')].map((i) => i.naturalWidth)"
    for view, n_images in (("", 3), ("people", 6), ("person/p0001", 2)):
        page.go(view)
        page.js("document.querySelectorAll('img').forEach((i) => { i.loading = 'eager' })")
        widths = page.until(lambda: (w := page.js(image_widths)) and all(w) and w)
        assert len(widths) >= n_images and set(widths) == {96}


def test_only_the_page_and_its_videos_are_requested(page):
    page.reload()
    page.go(f"video/{PLAIN}")
    page.player_time()
    loaded = page.js("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert [
        name
        for name in loaded
        if not name.startswith((f"{page.results.as_uri()}/videos/", "data:"))
    ] == []


def test_search_and_filters_narrow_the_videos(page):
    page.go("videos")
    assert len(page.rows()) == 9
    page.type("Search", "_0003")
    assert page.until(lambda: page.rows() == [video_name(3)])
    assert "1 video of 9" in page.texts("#announcement")[0], "announced to screen readers"
    page.type("Search", "asa")
    accents = {video_name(2), video_name(3)}
    assert page.until(lambda: set(page.rows()) == accents), page.rows()
    page.go("videos")
    page.choose("Status", "unavailable")
    assert page.rows() == [GONE]
    page.choose("Status", "any status")
    page.one(".checkbox input").click()
    assert page.rows() == [UNPLAYABLE], "the only one with a variable frame rate"
    page.one(".checkbox input").click()
    tracks = parquet.read(page.results / "tracks.parquet")
    page.choose("Person", "p0002")
    videos = set(tracks[tracks["person"] == "p0002"]["video_id"])
    assert set(page.rows()) == videos and len(videos) < 9
    page.type("Search", "nothing has this")
    assert page.until(lambda: page.texts(".empty")) == ["No videos match."]
    address = page.js("return location.hash")
    page.go("people")
    page.browser.back()
    assert page.until(lambda: page.js("return location.hash") == address), "filters are kept"
    assert page.until(lambda: page.texts(".empty")) == ["No videos match."]


def test_the_table_sorts(page):
    page.go("videos")
    corpus = parquet.read(page.results / "corpus.parquet").fillna({"duration_s": 0})
    by_length = corpus.sort_values("duration_s")["video_id"].tolist()
    page.one("[data-sort=length]").click()
    assert page.rows() == by_length[::-1]
    assert page.one("th[aria-sort]").get_attribute("aria-sort") == "descending"
    assert page.js("return document.activeElement.dataset.sort") == "length"
    page.browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert page.rows() == by_length
    assert page.one("th[aria-sort]").get_attribute("aria-sort") == "ascending"


def test_quality_lists_the_most_serious_concern_first_with_its_meaning(page):
    page.go("quality")
    assert page.rows()[0] == GONE
    assert "not available at its source" in page.one(".meanings").text
    page.js("location.hash = '#/quality?concern=truncated'")
    assert page.until(lambda: page.rows() == [video_name(3)])


def test_all_columns_of_quality_are_in_view_on_a_phone(page):
    chromium.set_window_size(page.browser, 390, 844)
    try:
        page.go("quality")
        fits = "const b = document.querySelector('.stacked'); return b.scrollWidth <= b.clientWidth"
        assert page.js(fits)
        cells = "return [...document.querySelectorAll('.stacked tbody tr:first-child td')]"
        titles = page.js(f"{cells}.filter((e) => e.offsetHeight > 0).map((e) => e.dataset.title)")
        assert titles == [text.strip("↑↓") for text in page.texts(".stacked thead button")[1:]]
        assert len(titles) > 4
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_missing_video_file_has_no_badge_that_says_ok(page):
    page.go(f"video/{video_name(0)}")
    assert page.texts(".no-player .badge") == ["no video file"]
    page.go(f"video/{GONE}")
    assert page.texts(".no-player .badge") == ["unavailable"]


FORMATS = """
const clock = [[5760, 2], [5759.6, 2], [67, 2], [-0.4, 2], [-40, 2], [59996, 2], [3599996, 2], [5960, 0]];
const words = STRIP_MEASURES.length;
return [clock.map((arguments) => formatClock(...arguments)),
  [3, 0].map((value) => rankText(value, Float64Array.of(0, 1, 2, 3), words)),
  rankText(10, Float64Array.from({ length: 41 }, (_, index) => index), words)];
"""  # noqa: E501


def test_times_are_rounded_and_few_others_are_counted(page):
    page.go()
    scripts = [(ASSETS / name).read_text("utf-8") for name in ("data.js", "feature_strips.js")]
    times, few, many = page.js("\n".join([*scripts, FORMATS]))
    assert times[:5] == ["0:05.76", "0:05.76", "0:00.07", "0:00.00", "−0:00.04"]
    assert times[5:] == ["1:00.00", "1:00:00.00", "0:06"]
    assert few == ["3 of 3 others are shorter", "0 of 3 others are shorter"]
    assert many == "longer than 25% of the other gestures (n = 40)"


# Accessibility ------------------------------------------------------------------------------------


def test_colours_follow_the_scheme_of_the_system(page):
    background = "return getComputedStyle(document.body).backgroundColor"
    page.go()
    brightness = {}
    for scheme in ("light", "dark"):
        chromium.set_colour_scheme(page.browser, scheme)
        brightness[scheme] = sum(map(int, re.findall(r"\d+", page.js(background))[:3]))
    assert brightness["light"] > 700 and brightness["dark"] < 120
    media = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    assert page.js(background) == "rgb(255, 255, 255)", "paper is white"
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    chromium.set_colour_scheme(page.browser, "light")


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
def test_every_view_is_accessible_and_fits_a_phone(page, view):
    page.go(view)
    assert page.js(CHECKS) == []
    assert page.js("return document.activeElement.tagName") == "H1", "the title is read"
    try:
        chromium.set_window_size(page.browser, 360, 740)
        page.go(view)
        assert page.js("return document.documentElement.scrollWidth") <= 360
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_the_focus_is_visible(page):
    page.go("videos")
    page.one("body").send_keys(Keys.TAB)
    outlines = set()
    for _ in range(12):
        focus = page.browser.switch_to.active_element
        outline = page.js("return getComputedStyle(arguments[0]).outlineStyle", focus)
        outlines.add((focus.tag_name, outline))
        focus.send_keys(Keys.TAB)
    assert {tag for tag, _ in outlines} >= {"button", "input", "select"}
    assert {outline for _, outline in outlines} == {"solid"}


def test_transitions_are_off_if_the_system_reduces_motion(page):
    media = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    page.go()
    duration = "return getComputedStyle(document.querySelector('.tile')).transitionDuration"
    assert page.js(duration) == "0s"
    chromium.set_colour_scheme(page.browser, "light")


# Large corpora ------------------------------------------------------------------------------------


def repeat_summary(summary: dict, n_videos: int, n_people: int) -> dict:
    """The data of a small corpus, repeated to this number of videos and people."""
    videos, people, clusters, tracks = (
        summary[name] for name in ("videos", "people", "clusters", "tracks")
    )
    n_source_videos, n_source_people = len(videos["id"]), len(people["id"])
    source = [number % n_source_videos for number in range(n_videos)]
    for columns in (videos, summary["manifest_columns"]):
        for name in columns:
            columns[name] = [columns[name][number] for number in source]
    videos["id"] = [video_name(number) for number in range(n_videos)]
    videos["file"] = [None] * n_videos
    summary["doubts"] *= -(-n_people // max(len(summary["doubts"]), 1))
    who = [number % n_source_people for number in range(n_people)]
    people |= {name: [people[name][number] for number in who] for name in people}
    people["id"] = [f"p{number + 1:04d}" for number in range(n_people)]
    cells = [[people["id"][n], *clusters["cells"][number][1:]] for n, number in enumerate(who)]
    summary["clusters"] = {"cells": cells, "person": list(range(n_people))}
    rows = [dict(zip(tracks, row, strict=True)) for row in zip(*tracks.values(), strict=True)]
    more = []
    for video, number in enumerate(source):
        shift = n_source_people * (video // n_source_videos)
        more += [row | {"video": video, "cluster": (row["cluster"] + shift) % n_people}
                 for row in rows if row["video"] == number]  # fmt: skip
    summary["tracks"] = {name: [row[name] for row in more] for name in tracks}
    return summary


def test_500_videos_and_300_people(page, tmp_path):
    text = page.file.read_text(encoding="utf-8")
    blocks = dict(re.findall(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', text))
    summary = repeat_summary(json.loads(blocks["corpus"]), 500, 300)
    summary["files"] = False
    details = json.loads(blocks["video-0"])
    many = [json_block("corpus", summary), json_block("pictures", [])]
    many.append(f'<script type="application/json" id="to-look-at">{blocks["to-look-at"]}</script>')
    many += [json_block(f"video-{number}", details) for number in range(500)]
    large = tmp_path / "report/index.html"
    large.parent.mkdir()
    large.write_text(render(many), encoding="utf-8")
    page.browser.get(large.as_uri())
    assert "500 videos" in page.one(".lead").text and "300 people" in page.one(".lead").text
    elements = "return document.querySelectorAll('*').length"
    for view in (
        "",
        "videos",
        "people",
        "check",
        "quality",
        "names",
        "person/p0001",
        "video/interview_0499",
    ):
        page.go(view)
        assert page.js(elements) < 3500, view
    page.go("videos")
    page.type("Search", "interview_0471")
    assert page.until(lambda: page.rows() == ["interview_0471"])
    page.go("people", q="p0299")
    assert page.texts(".person .who span") == ["p0299"]
    page.go("videos")
    page.js("window.scrollTo(0, document.body.scrollHeight)")
    assert page.until(lambda: len(page.rows()) > 40), "more rows appear on scrolling"
    page.browser.get(page.file.as_uri())
