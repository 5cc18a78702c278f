"""The list of gestures in a real browser: the query language, sorting, keys, marks and notes."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from selenium.webdriver.common.keys import Keys

from corpus.report.page.render import ASSETS
from corpus.tables import parquet
from page_corpus import video_name

pytestmark = pytest.mark.usefixtures("console_and_network_checked")
CASES = Path(__file__).resolve().parents[1] / "unit/report/query_cases.json"
RUN_CASES = """
const cases = JSON.parse(arguments[0]);
const value = (field, name, row) => (field.type === 'number' && row[name] === null ? NaN : row[name]);
const fields = new Map(Object.entries(cases.fields).map(([name, field]) => [name, { ...field, get: (row) => value(field, name, row) }]));
return cases.cases.map(({ query }) => {
  try {
    const test = compileQuery(query, fields);
    return { rows: cases.rows.flatMap((row, index) => (test(row) ? [index] : [])) };
  } catch (error) { return { error: error.message }; }
});
"""  # noqa: E501


def test_queries_give_the_rows_and_messages_of_the_cases(page):
    text = CASES.read_text(encoding="utf-8")
    cases = json.loads(text)
    code = "\n".join((ASSETS / name).read_text("utf-8") for name in ("text.js", "query.js"))
    results = page.js(code + RUN_CASES, text)
    for case, result in zip(cases["cases"], results, strict=True):
        if "rows" in case:
            assert result == {"rows": case["rows"]}, case
        else:
            assert case["error"] in result["error"], case


def gestures_of(page) -> pd.DataFrame:
    videos = parquet.read(page.results / "corpus.parquet")["video_id"]
    tables = [parquet.read(page.results / f"gestures/{v}.parquet").assign(video=v) for v in videos]
    rows = pd.concat([table for table in tables if len(table)], ignore_index=True)
    return rows.assign(key=rows["video"] + " " + rows["gesture"].astype(str))


def open_list(page, **query):
    page.go("gestures", **query)
    assert page.until(lambda: page.texts(".result-count"))


def keys(page) -> list[str]:
    code = "return [...document.querySelectorAll('.gesture-row')].map((e) => e.dataset.key)"
    return page.js(code)


def test_the_list_filters_and_sorts_all_gestures(page):
    rows = gestures_of(page)
    open_list(page)
    assert page.texts(".result-count") == [f"{len(rows)} gestures"]
    assert len(keys(page)) < 40 < len(rows), "only rows in view are elements"
    page.one("[data-sort=speed]").click()
    by_speed = rows.sort_values("peak_speed", ascending=False, kind="stable")
    assert keys(page)[:5] == by_speed["key"].tolist()[:5]
    page.choose("Hand", "left")
    left = by_speed[by_speed["hand"] == "left"]
    assert page.texts(".result-count") == [f"{len(left)} gestures of {len(rows)}"]
    assert keys(page)[:5] == left["key"].tolist()[:5]
    assert "q=hand%3Aleft" in page.js("return location.hash")
    page.type("Search", "language:de length>1")
    manifest = pd.read_csv(page.manifest, sep="\t").set_index("video_id")["language"]
    long = rows["end_s"] - rows["start_s"] > 1
    expected = rows[long & (rows["video"].map(manifest) == "de")]
    assert page.until(
        lambda: page.texts(".result-count") == [f"{len(expected)} gestures of {len(rows)}"]
    )
    page.type("Search", "hnd:left")
    assert page.until(lambda: "Did you mean “hand”" in page.one("[role=alert]").text)


def test_keys_play_mark_and_note_and_the_marks_survive_a_reload(page):
    video = video_name(1)
    rows = gestures_of(page)
    rows = rows[rows["video"] == video].sort_values("start_s")
    open_list(page, q=f"video:{video}")
    body = page.one("body")
    body.send_keys("j")
    body.send_keys("j")
    assert page.one("[aria-selected=true]").get_attribute("data-key") == rows["key"].iloc[1]
    body.send_keys("m")
    body.send_keys("n")
    note = page.one(".gesture-note")
    note.send_keys('=beat, "Zoë"', Keys.ENTER)
    assert page.js("return document.activeElement.className") == "virtual"
    page.reload()
    open_list(page, q="marked:yes note:beat")
    assert keys(page) == [rows["key"].iloc[1]]
    page.one("#save-marks").click()
    path = page.downloads / "marks.csv"
    assert page.until(path.exists)
    with path.open(encoding="utf-8-sig", newline="") as file:
        [saved] = list(csv.DictReader(file))
    assert saved["video_id"] == video and saved["marked"] == "yes"
    assert saved["note"] == '\'=beat, "Zoë"', "a spreadsheet would run a formula"
    assert float(saved["start_s"]) == pytest.approx(rows["start_s"].iloc[1], abs=0.001)
    # Another browser: no marks, until the saved file is opened there.
    page.js("localStorage.clear()")
    page.reload()
    open_list(page, q="marked:yes")
    assert keys(page) == []
    page.one(".gesture-work ~ .buttons input[type=file]").send_keys(str(path))
    assert page.until(lambda: keys(page) == [rows["key"].iloc[1]])
    page.js("localStorage.clear()")
    page.reload()


def test_marks_of_gestures_that_are_gone_are_shown_and_kept(page):
    open_list(page)
    page.one(".gesture-row").click()
    page.one(".mark").click()
    change = """
    const key = Object.keys(localStorage).find((name) => name.startsWith('marks of'));
    const [entry] = JSON.parse(localStorage.getItem(key));
    localStorage.setItem(key, JSON.stringify([{ ...entry, gesture: 7777 }, { ...entry, start: 1, end: 9 }]));
    """  # noqa: E501
    key = page.one(".gesture-row").get_attribute("data-key")
    page.js(change)
    page.reload()
    open_list(page, q="marked:yes")
    assert keys(page) == [key], "found again by hand and times, although its number changed"
    assert len(page.texts("#lost-marks li")) == 1
    page.reload()
    open_list(page)
    assert len(page.texts("#lost-marks li")) == 1
    page.js("localStorage.clear()")
    page.reload()
