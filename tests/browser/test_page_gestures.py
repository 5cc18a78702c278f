"""The list of gestures in a real browser: the query language, sorting, keys, marks and notes."""

import csv
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from selenium.webdriver.common.keys import Keys

import import_elan
from corpus.elan import eaf_reader
from corpus.elan.corpus_documents import video_document
from corpus.elan.document import Document
from corpus.elan.edited_files import edited_files
from corpus.report.page import result_links
from corpus.report.page.render import ASSETS
from corpus.tables import parquet
from eaf_validator import find_violations
from page_browser import FACELESS, PLAIN
from page_corpus import video_name
from script_runs import run_script

pytestmark = pytest.mark.usefixtures("console_and_network_checked")
CASES = Path(__file__).resolve().parents[1] / "unit/report/query_cases.json"
RUN_CASES = """
const cases = JSON.parse(arguments[0]);
const value = (field, name, row) => (field.type === 'number' && row[name] === null ? NaN : row[name]);
const fields = new Map(Object.entries(cases.fields).map(([name, field]) => [name, { ...field, get: (row) => value(field, name, row) }]));
return cases.cases.map(({ query }) => {
  try {
    const test = compileQuery(query, fields);
    const rows = cases.rows.flatMap((row, index) => (test(row) ? [index] : []));
    const numbered = new Map([...fields].map(([name, field]) => [name, { ...field, get: (index) => field.get(cases.rows[index]) }]));
    return { rows, advice: rows.length ? '' : emptyResultAdvice(query, numbered, cases.rows.length) };
  } catch (error) { return { error: error.message }; }
});
"""  # noqa: E501


def test_queries_give_the_rows_and_messages_of_the_cases(page):
    text = CASES.read_text(encoding="utf-8")
    cases = json.loads(text)
    scripts = ("text.js", "query.js", "query_errors.js")
    code = "\n".join((ASSETS / name).read_text("utf-8") for name in scripts)
    results = page.js(code + RUN_CASES, text)
    for case, result in zip(cases["cases"], results, strict=True):
        if "rows" in case:
            assert result["rows"] == case["rows"], case
            assert case.get("advice", "") in result["advice"], case
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


STORED = """
const key = Object.keys(localStorage).find((name) => name.startsWith('marks of'));
return JSON.parse(localStorage.getItem(key));
"""


STORE = """
const key = Object.keys(localStorage).find((name) => name.startsWith('marks of'));
localStorage.setItem(key, JSON.stringify(arguments[0]));
"""


def csv_of(entries: list[dict]) -> str:
    """A file as the button `Save marks as CSV` writes it."""
    columns = ("video", "gesture", "person", "hand", "note")
    rows = [{name: entry[name] for name in columns} for entry in entries]
    for row, entry in zip(rows, entries, strict=True):
        row["video_id"] = row.pop("video")
        row |= {"start_s": entry["start"] / 1000, "end_s": entry["end"] / 1000}
        row["marked"] = "yes" if entry["marked"] else "no"
    return pd.DataFrame(rows).to_csv(index=False)


def mark(page, key: str, note: str) -> None:
    """Mark a gesture of which the list shows the row, and write a note."""
    page.one(f"[data-key='{key}']").click()
    page.one(".mark").click()
    code = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
    page.js(code, page.one(".gesture-note"), note)


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
    assert page.texts(".result-count") == [""], "a count would be that of another search"
    assert keys(page) == []


def test_back_returns_to_the_search_the_order_the_chosen_gesture_and_the_place(page):
    open_list(page, q="hand:left")
    page.one("[data-sort=size]").click()
    page.js("document.querySelector('.virtual').scrollTop = 900")
    assert page.until(lambda: page.all("#gesture-row-18"))
    page.one("#gesture-row-18").click()
    selected = "return document.querySelector('[aria-selected=true]').dataset.key"
    chosen, shown = page.js(selected), keys(page)
    place = page.js("return document.querySelector('.virtual').scrollTop")
    page.one(".gesture-details a[href*=gesture]").click()
    assert page.until(lambda: page.all(".video-view"))
    page.browser.back()
    assert page.until(lambda: page.all(".gesture-row"))
    assert page.js(selected) == chosen
    assert keys(page) == shown
    assert page.js("return document.querySelector('.virtual').scrollTop") == place > 0
    assert page.one(".gesture-panel h2").text.endswith("left hand")
    assert page.js("return document.querySelector('.gesture-panel video')?.paused ?? true")
    # The address alone shows the same gesture, for example in another browser.
    address = page.js("return location.hash")
    page.reload()
    page.go()
    page.js("location.hash = arguments[0]", address)
    assert page.until(lambda: page.all("[aria-selected=true]"))
    assert page.js(selected) == chosen


def test_on_a_phone_the_player_stays_in_view_and_above_it_the_row(page):
    with page.window_of(390, 844):
        open_list(page, q=f"video={PLAIN}")
        page.js("document.querySelector('.gesture-list').scrollIntoView()")
        page.js("[...document.querySelectorAll('.gesture-row')].at(-1).click()")
        edges = """
        const edge = (selector) => document.querySelector(selector).getBoundingClientRect();
        const [row, stage] = [edge('[aria-selected=true]'), edge('.gesture-stage')];
        return [row.top >= 0, row.bottom <= stage.top + 1, stage.bottom <= innerHeight + 1,
                edge('.gesture-stage video').height > 100];
        """
        assert page.js(edges) == [True] * 4


def test_the_heads_of_the_list_stay_below_the_header_of_the_page(page):
    with page.window_of(1440, 900):
        open_list(page)
        page.js("document.querySelector('main').style.paddingBottom = '100vh'")
        page.js("scrollBy(0, document.querySelector('.gesture-list').getBoundingClientRect().top)")
        edges = """
        const edge = (selector) => document.querySelector(selector).getBoundingClientRect();
        return [edge('.gesture-list').top, edge('.gesture-head').top, edge('.top').bottom];
        """
        top, head, header = page.js(edges)
        assert top < header <= head + 1
        page.js("document.querySelector('main').style.paddingBottom = ''")


@pytest.mark.parametrize("width", [390, 720, 1024, 1440])
def test_the_choice_of_columns_is_inside_the_window(page, width):
    with page.window_of(width, 844):
        open_list(page)
        page.one(".column-choice summary").click()
        assert page.until(lambda: page.all(".column-list button"))
        edges = "const { left, right } = arguments[0].getBoundingClientRect(); return [left, right]"
        left, right = page.js(edges, page.one(".column-list"))
        assert 0 <= left < right - 200 and right <= page.js("return document.body.clientWidth")


def test_columns_are_chosen_kept_sorted_and_as_wide_as_their_texts(page):
    open_list(page)
    page.one(".column-choice summary").click()
    assert page.until(lambda: page.all(".column-list button"))
    for name in ("language", "smoothness", "region"):
        page.one(f".column-list [data-column='{name}']").click()
    page.reload()
    open_list(page)
    heads = page.js("return [...document.querySelectorAll('[data-sort]')].map(e => e.dataset.sort)")
    assert {"language", "smoothness", "time"} <= set(heads) and "region" not in heads
    firsts = []
    for _ in range(2):
        page.one("[data-sort=language]").click()
        firsts.append(page.texts(".gesture-row .col-extra:nth-of-type(10)")[0])
    assert firsts == ["de", "手"]
    cut = """
    return [...document.querySelectorAll('.gesture-row .cell:not(.col-links)')].filter((cell) =>
      cell.scrollWidth > cell.clientWidth && !cell.title).length;
    """
    assert page.js(cut) == 0
    offsets = """
    const left = (selector) => document.querySelector(selector).getBoundingClientRect().left;
    return ['time', 'hand', 'speed'].map((name) => left(`.gesture-head .col-${name}`) -
      left(`.gesture-row .col-${name}`));
    """
    assert page.js(offsets) == pytest.approx([0, 0, 0], abs=0.6)
    page.one(".column-choice summary").click()
    assert page.until(lambda: page.all(".column-list button"))
    page.one(".column-list button").click()
    assert not page.all("[data-sort=language]") and page.all("[data-sort=region]")


def test_columns_of_ones_own_can_be_searched_whatever_their_names(page):
    columns = ("Hand", "hand", "my_hand", "Speed", "MAP_X", "language")
    code = """
    const memoize = (compute) => { let value; return () => (value = value || compute()); };
    const corpus = { manifest_columns: Object.fromEntries(arguments[0].map((name) => [name, []])) };
    const people = [], videos = [];
    """
    code += (ASSETS / "gesture_fields.js").read_text("utf-8") + "return [...ownFieldNames()]"
    fields = dict(page.js(code, columns))
    assert len({field.lower() for field in fields.values()}) == len(columns)
    names = ["my_my_Hand", "my_my_my_hand", "my_hand", "my_Speed", "my_MAP_X", "language"]
    assert fields == dict(zip(columns, names, strict=True))


def test_home_end_and_page_keys_choose_rows_of_the_list(page):
    open_list(page)
    grid = page.one(".virtual")
    n_rows = int(grid.get_attribute("aria-rowcount"))
    chosen = "return +document.querySelector('[aria-selected=true]').ariaRowIndex"
    rows = []
    for key in (Keys.HOME, Keys.PAGE_DOWN, Keys.END, Keys.PAGE_UP):
        grid.send_keys(key)
        rows.append(page.js(chosen))
    first, below, last, above = rows
    assert first == 1 < below < 20 and n_rows - 20 < above < last == n_rows
    page.reload()


def test_choices_change_one_condition_of_the_search_and_keep_its_meaning(page):
    code = "\n".join(
        (ASSETS / name).read_text("utf-8")
        for name in ("text.js", "query.js", "query_errors.js", "query_edit.js")
    )
    code += "return withCondition(arguments[0], 'hand', arguments[1])"
    for query, value, expected in (
        ("", "left", "hand:left"),
        ("hand:left length>1", "right", "length>1 hand:right"),
        ("hand=left", "right", "hand:right"),
        ("anna HAND:left", "", "anna"),
        ("hand:left or speed>2", "", "hand:left or speed>2"),
        ("hand:left or speed>2", "right", "(hand:left or speed>2) hand:right"),
        ("anna or asa", "left", "(anna or asa) hand:left"),
        ("(speed>1 hand:left)", "right", "((speed>1 hand:left)) hand:right"),
        ("-hand:left", "right", "(-hand:left) hand:right"),
        ("hand!=left", "", "hand!=left"),
        ('note:"hand:left or x"', "left", 'note:"hand:left or x" hand:left'),
        ("my_hand:left", "right", "my_hand:left hand:right"),
    ):
        assert page.js(code, query, value) == expected, query
    chosen = "return document.getElementById(arguments[0]).selectedOptions[0].textContent"
    labels = "return [...document.querySelectorAll('label')].find(e => e.textContent === 'Hand')"
    for query, text in (("hand:left", "left"), ("-hand:left", "in the search"), ("", "any")):
        open_list(page, q=query)
        assert page.js(chosen, page.js(f"{labels}.htmlFor")) == text


def test_queries_find_what_the_same_conditions_find_in_the_tables(page):
    rows = gestures_of(page)
    length = rows["end_s"] - rows["start_s"]
    limits = [round(float(rows[name].iloc[3]), 3) for name in ("peak_speed", "extent")]
    speed, size = (np.float32(limit) for limit in limits)
    for query, expected in {
        f"speed>{limits[0]}": rows["peak_speed"] > speed,
        f"size>={limits[1]}": rows["extent"] >= size,
        "size>=0.5": rows["extent"] >= np.float32(0.5),
        "visible:0.1..0.6": rows["visible_share"].between(np.float32(0.1), np.float32(0.6)),
        "length<=0.6": length <= 0.6,
        "-length>0.605": ~(length > 0.605),
    }.items():
        open_list(page, q=query)
        found = int(page.texts(".result-count")[0].split()[0])
        assert 0 < found == expected.sum() < len(rows), query


def test_keys_play_mark_and_note_and_the_marks_survive_a_reload(page):
    video = video_name(1)
    rows = gestures_of(page)
    rows = rows[rows["video"] == video].sort_values("start_s")
    open_list(page, q=f"video:{video}")
    body = page.one("body")
    body.send_keys("j")
    body.send_keys("j")
    assert page.one("[aria-selected=true]").get_attribute("data-key") == rows["key"].iloc[1]
    page.player_time()
    body.send_keys(" ", "l", "[")
    state = "const v = document.querySelector('video'); return [v.paused, v.playbackRate]"
    assert page.until(lambda: page.js(state) == [True, 0.75]), "keys are those of a video's view"
    assert page.one(".player-controls [aria-pressed]").get_attribute("aria-pressed") == "false"
    body.send_keys("]", "k", "j")
    assert page.one(".player-controls [aria-pressed]").get_attribute("aria-pressed") == "false"
    body.send_keys("m")
    body.send_keys("n")
    note = page.one(".gesture-note")
    note.send_keys('=beat, "Zoë"', Keys.ENTER)
    assert page.js("return document.activeElement.className") == "virtual"
    page.reload()
    open_list(page, q="marked:yes note:beat")
    assert keys(page) == [rows["key"].iloc[1]]
    page.one("#save-marks").click()
    path = page.saved_file("manifest_marks.csv")
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
    page.one("#marks-file").send_keys(str(path))
    assert page.until(lambda: keys(page) == [rows["key"].iloc[1]])
    page.js("localStorage.clear()")
    page.reload()


def test_marks_of_two_tabs_are_joined_and_shown_in_both(page):
    open_list(page)
    first, second = keys(page)[:2]
    mark(page, first, "here")
    with page.second_tab(page.file.as_uri()) as (here, other):
        open_list(page)
        mark(page, second, "there")
        # The other tab has both marks, and shows the new one without being opened again.
        page.browser.switch_to.window(here)
        row = f"[data-key='{second}'] .col-note"
        assert page.until(lambda: page.texts(row) == ["there"])
        mark(page, keys(page)[2], "")
        assert len(page.js(STORED)) == 3
        # The same note in both: the field of the other tab follows, in which somebody wrote before.
        page.browser.switch_to.window(other)
        page.one(".gesture-note").send_keys(" and")
        page.browser.switch_to.window(here)
        page.one(f"[data-key='{second}']").click()
        page.one(".gesture-note").send_keys(" back")
        page.browser.switch_to.window(other)
        note = "return document.activeElement.value"
        assert page.until(lambda: page.js(note) == "there and back")
        page.one(".gesture-note").send_keys(Keys.END, " again")
        assert "there and back again" in [entry["note"] for entry in page.js(STORED)]
        page.browser.switch_to.window(here)
        assert page.until(lambda: page.js(note) == "there and back again")
    page.js("localStorage.clear()")
    page.reload()


def test_marks_that_were_not_kept_are_added_to_those_of_other_tabs(page):
    open_list(page)
    first, second, third, fourth = keys(page)[:4]
    mark(page, first, "removed here")
    mark(page, fourth, "kept before")
    page.js("""
    window.keep = Storage.prototype.setItem;
    Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceeded'); };
    """)
    mark(page, first, "")
    mark(page, second, "not kept")
    with page.second_tab(page.file.as_uri()):
        open_list(page)
        mark(page, third, "of another tab")
    row = f"[data-key='{third}'] .col-note"
    assert page.until(lambda: page.texts(row) == ["of another tab"])
    assert page.one("#not-kept").is_displayed()
    page.js("Storage.prototype.setItem = window.keep")
    mark(page, fourth, "kept again")
    notes = {entry["note"] for entry in page.js(STORED)}
    assert notes == {"not kept", "of another tab", "kept again"}
    assert not page.one("#not-kept").is_displayed()
    page.js("localStorage.clear()")
    page.reload()


def test_damaged_marks_in_the_browser_are_passed_over(page):
    open_list(page)
    key = keys(page)[0]
    mark(page, key, "beat")
    page.js(STORE, [None, 5, {}, {"video": "v"}, *page.js(STORED)])
    page.reload()
    open_list(page, q="note:beat")
    assert keys(page) == [key]
    page.js("localStorage.clear()")
    page.reload()


def test_marks_of_gestures_that_are_gone_are_shown_and_kept(page, tmp_path):
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
    # The same marks from a file, twice: nothing is listed or noted twice.
    saved = page.js(STORED)
    path = tmp_path / "marks.csv"
    path.write_text(csv_of(saved), encoding="utf-8")
    for _ in range(2):
        page.js("document.getElementById('announcement').textContent = ''")
        page.one("#marks-file").send_keys(str(path))
        assert page.until(lambda: page.texts("#announcement") == ["2 marks added"])
        assert "1 mark in all match no gesture" in page.texts(".marks-message")[0]
        assert len(page.texts("#lost-marks li")) == 1
    assert page.js(STORED) == saved
    # A file that cannot be read leaves no success beside its error.
    path.write_bytes("Zoë".encode("cp1252"))
    page.one("#marks-file").send_keys(str(path))
    assert page.until(lambda: "UTF-8" in page.texts("main [role=alert]")[0])
    assert "added" not in page.texts(".marks-message")[0]
    # They can be removed, also by mistake.
    page.one("#lost-marks li button").click()
    assert [entry["gesture"] for entry in page.js(STORED)] == [saved[0]["gesture"]]
    page.one("#lost-marks [role=status] button").click()
    assert page.js(STORED) == saved
    page.js("localStorage.clear()")
    page.reload()


def test_a_mark_of_a_file_never_replaces_the_mark_of_another_gesture(page, tmp_path):
    open_list(page)
    key = page.one(".gesture-row").get_attribute("data-key")
    mark(page, key, "mine")
    [entry] = page.js(STORED)
    # In the file, this number is another gesture, which is gone; and somebody else's note.
    other = entry | {"start": 1, "end": 9, "note": "of an earlier run"}
    path = tmp_path / "marks.csv"
    path.write_text(csv_of([other, entry | {"note": "theirs"}]), encoding="utf-8")
    page.one("#marks-file").send_keys(str(path))
    assert page.until(lambda: "of an earlier run" in "".join(page.texts("#lost-marks li")))
    assert sorted(entry["note"] for entry in page.js(STORED)) == ["mine; theirs", other["note"]]
    assert page.one(".gesture-note").get_attribute("value") == "mine; theirs"
    page.js("localStorage.clear()")
    page.reload()


def test_a_mark_is_never_shown_on_another_gesture_with_its_number(page):
    """The next run may number gestures in another way, and the video is opened before the list."""
    video = video_name(1)
    rows = gestures_of(page).query("video == @video").sort_values("start_s")
    own, other = rows["gesture"].iloc[[0, 1]].tolist()
    open_list(page, q=f"video={video}")
    mark(page, f"{video} {own}", "mine")
    [entry] = page.js(STORED)
    # An earlier run gave this gesture the number that the other one has now.
    page.js(STORE, [entry | {"gesture": other}])
    page.reload()
    note = ".video-gesture .gesture-note"
    for number, text in ((other, ""), (own, "mine")):
        page.go(f"video/{video}", gesture=number)
        assert page.js("return document.querySelector(arguments[0]).value", note) == text
    assert page.texts(".video-gesture .mark") == ["★ Marked"]
    page.go(f"video/{video}", gesture=other)
    page.one(note).send_keys("theirs")
    notes = {each["gesture"]: each["note"] for each in page.js(STORED)}
    assert notes == {own: "mine", other: "theirs"}
    page.js("localStorage.clear()")
    page.reload()


def test_what_the_browser_does_not_keep_is_said_where_it_is_typed_and_can_be_saved(page):
    video = video_name(1)
    [row] = gestures_of(page).query("video == @video").head(1).to_dict("records")
    page.js("Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceeded'); }")
    page.go(f"video/{video}", gesture=row["gesture"])
    assert not page.one("#not-kept").is_displayed()
    page.one(".video-gesture .gesture-note").send_keys("beat")
    assert "does not keep your marks and notes" in page.one("#not-kept [role=alert]").text
    open_list(page, q="note:beat")
    assert keys(page) == [row["key"]]
    assert not page.one(".kept-note").is_displayed()
    (page.downloads / "manifest_marks.csv").unlink(missing_ok=True)
    page.one("#not-kept button").click()
    assert ",beat" in page.saved_file("manifest_marks.csv").read_text(encoding="utf-8")
    page.reload()
    open_list(page)
    assert not page.one("#not-kept").is_displayed()
    assert page.one(".kept-note").is_displayed()


def test_marks_of_one_gesture_are_joined_with_each_note_once(page):
    text = (ASSETS / "marks.js").read_text("utf-8")
    code = text[text.index("function joinMarks") : text.index("/** Of gestures")]
    code += "return joinMarks({ marked: false, note: arguments[0] }, { note: arguments[1] }).note"
    for one, other, both in (
        ("10", "1", "10; 1"),
        ("a; b", "b; c", "a; b; c"),
        ("", "x", "x"),
        ("b; a; b", "b; a; b", "b; a; b"),
    ):
        assert page.js(code, one, other) == both


def test_saved_marks_are_read_back_unchanged_and_faulty_files_are_refused(page):
    texts = ("-1a", "'=x", "=1+1", "  =1+1", "＝1", "'quoted'", 'a "b", c\nd', "-5", "")
    entry = {"video": "-v", "gesture": 3, "person": "@p", "hand": "left", "marked": True}
    entry |= {"start": 40, "end": 1040}
    code = "const HANDS = ['left', 'right'];"
    for name in ("safe_text.js", "csv.js", "marks_csv.js"):
        code += (ASSETS / name).read_text("utf-8")
    saved = page.js(f"{code}; return marksCsv(arguments[0])", [entry | {"note": n} for n in texts])
    cells = list(csv.reader(saved.removeprefix("\ufeff").splitlines()[:6]))
    assert [row[7] for row in cells[1:]] == [f"'{text}" for text in texts[:5]]
    code += """
    try { return readMarks(arguments[0]); } catch (error) { return error.message; }
    """
    assert page.js(code, saved) == [entry | {"note": note} for note in texts]
    head = "video_id;gesture;person;hand;start_s;end_s;marked;note\n"
    row = "v;3;;LEFT ;0,04;1.04;YES;n\n"
    tabs = f"{head}{row}".replace(";", "\t")
    for text in (f"{head}{row}", f"sep=;\n{head.upper()}{row}", tabs):
        [read] = page.js(code, text)
        assert (read["marked"], read["hand"], read["start"], read["end"]) == (
            True,
            "left",
            40,
            1040,
        )
    assert "with commas, semicolons or tabs" in page.js(code, f"sep=|\n{head}{row}")
    for row, problem in (
        ("v;3;;left;0;1e300;yes;n", "“1e300” in the column end_s"),
        ("v;3;;left;-1e9;1;yes;n", "“-1e9” in the column start_s"),
        ("v;-3.7;;left;0;1;yes;n", "“-3.7” in the column gesture"),
        ("v;3;;both;0;1;yes;n", "“both” in the column hand, which is left or right"),
        ("v;3;;left;;1;yes;n", "no number in the column start_s"),
        ("v;;;left;0;1;yes;n", "no number in the column gesture"),
        ("v;3;;left;0;1;perhaps;n", "“perhaps” in the column marked"),
    ):
        assert f"Row 2 of this file, of v, has {problem}" in page.js(code, f"{head}{row}\n")
    assert "of v, ends before it starts" in page.js(code, f"{head}v;3;;left;2;1;yes;n\n")


def test_files_are_read_in_their_encoding_or_refused(page):
    code = (ASSETS / "csv.js").read_text("utf-8")
    code += """
    try { return decodeText(Uint8Array.from(arguments[0]).buffer); } catch (error) { return error.message; }
    """  # noqa: E501
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert page.js(code, list("Zoë, 佐藤".encode(encoding))) == "Zoë, 佐藤"
    assert "not a text in UTF-8" in page.js(code, list("Zoë".encode("cp1252")))


def test_only_texts_that_are_the_same_as_numbers_are_searched_as_numbers(page):
    code = "const memoize = (f) => f;"
    for name in ("query.js", "gesture_fields.js"):
        code += (ASSETS / name).read_text("utf-8")
    code += "return arguments[0].map(isNumberColumn)"
    numbers = (["1", "2.5", "-3"], ["1:05", "0:59"], ["0.5", "0"], ["5", "NaN", "NA", ""])
    texts = (
        ["90071992547409931", "90071992547409930"],
        ["90071992547409931"],
        ["007", "7"],
        ["007", "012"],
        ["1:05", "65"],
        ["1.1", "1.10"],
        ["1", "x"],
        ["", "NaN"],
        [],
    )
    assert page.js(code, numbers) == [True] * len(numbers)
    assert page.js(code, texts) == [False] * len(texts)


def test_a_gesture_that_no_longer_matches_leaves_the_list_with_the_next_choice(page):
    open_list(page)
    chosen = keys(page)[:2]
    for key in chosen:
        mark(page, key, "beat")
    open_list(page, q="note:beat")
    page.one(".gesture-row").click()
    page.one(".gesture-note").send_keys(Keys.BACKSPACE)
    assert keys(page) == chosen, "not while the note is written"
    page.one(".gesture-note").send_keys(Keys.ENTER, "j")
    assert keys(page) == chosen[1:]
    assert page.one("[aria-selected=true]").get_attribute("data-key") == chosen[1]
    page.js("localStorage.clear()")
    page.reload()


OTHER_ZERO = """
const original = HTMLVideoElement.prototype.requestVideoFrameCallback;
HTMLVideoElement.prototype.requestVideoFrameCallback = function (callback) {
  return original.call(this, (now, data) => callback(now, { mediaTime: data.mediaTime + 0.035 }));
};
"""
"""Lets the browser show another time as 0:00 than the workflow knows, as some do for some files."""


def assert_like_workflows_file(results: Path, row: pd.Series, document: Document) -> None:
    """Compare media, clock and times of a file of marks with the workflow's file of the video."""
    path = results / "elan.eaf"
    tracks = parquet.read(results / "tracks.parquet").query("video_id == @row.video")
    path.write_text(video_document(row["video"], f"{row['video']}.mp4", results, tracks, {}, {}))
    workflow = eaf_reader.read(path)
    path.unlink()
    zeros = [float(each.properties["player_zero_s"]) for each in (document, workflow)]
    assert zeros == [0.0, 0.0]
    if (results / "videos" / f"{row['video']}.mp4").exists():
        assert document.media == workflow.media
    movements = {
        (a.start, a.end)
        for tier in workflow.tiers
        if tier.name.endswith(f"{row['hand']} hand")
        for a in tier.annotations
    }
    for tier in document.tiers:
        assert {(a.start, a.end) for a in tier.annotations} <= movements


def write_links(page, **options) -> None:
    """Write the side file of links as the end of a run does."""
    videos = parquet.read(page.results / "corpus.parquet")["video_id"].tolist()
    result_links.write_files(page.results, videos, **options)


def test_marks_for_elan_are_read_back_with_gesture_person_mark_and_note(
    page, tmp_path, monkeypatch
):
    rows = gestures_of(page)
    marked = [rows[rows["video"] == video].iloc[0] for video in (PLAIN, video_name(3), FACELESS)]
    notes = ['a < b & "Zoë" \x01', "", "nobody"]
    write_links(page, annotations_folder="config/mine_annotations")
    page.reload()
    page.js(OTHER_ZERO)
    for row, note in zip(marked, notes, strict=True):
        open_list(page, q=f"video={row['video']}")
        mark(page, row["key"], note)
    open_list(page, q=f"video={PLAIN}")
    page.one(".gesture-row").click()
    assert page.until(lambda: page.all("video[data-ready]"))
    page.one("#save-marks-elan").click()
    path = page.saved_file("manifest_marks_elan.zip")
    folder = tmp_path / "mine_annotations"
    message = page.one(".marks-message")
    assert page.until(lambda: "3 ELAN files saved as manifest_marks_elan.zip" in message.text)
    assert message.find_element("css selector", "code").text == "config/mine_annotations"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    files = edited_files(folder)
    assert [file.name for file in files] == sorted(f"{row['video']}.marks.eaf" for row in marked)
    assert [find_violations(file) for file in files] == [[]] * 3
    for row, file in zip(sorted(marked, key=lambda row: row["video"]), files, strict=True):
        assert_like_workflows_file(page.results, row, eaf_reader.read(file))
    output = tmp_path / "annotations.parquet"
    options = ["--results", page.results, "--videos", page.manifest, "--container", "mp4"]
    run_script(monkeypatch, import_elan, *options, "--output", output, "--files", *files)
    annotations = parquet.read(output)
    assert set(annotations["origin"]) == {"added"}
    for row, note in zip(marked, notes, strict=True):
        own = annotations[annotations["video_id"] == row["video"]]
        values = dict(zip(own["kind"], own["value"], strict=True))
        expected = {"gesture": f"gesture {row['gesture']}", "mark": "marked"}
        expected |= {"note": note.replace("\x01", "\ufffd")} if note else {}
        assert values == expected
        assert own["start_s"].tolist() == pytest.approx([row["start_s"]] * len(own), abs=0.001)
        assert own["end_s"].tolist() == pytest.approx([row["end_s"]] * len(own), abs=0.001)
        has_person = isinstance(row["person"], str)
        assert own["participant"].notna().all() == has_person
    # The next run lets the list search the notes, and show them in a column.
    ratings = annotations[annotations["kind"] == "mark"]
    ratings = ratings.assign(tier="Rating", participant=None, value=["4", "2", "3.5"])
    annotations = pd.concat([annotations, ratings], ignore_index=True)
    parquet.write(page.results / output.name, "annotations", annotations, {})
    videos = parquet.read(page.results / "corpus.parquet")["video_id"].tolist()
    result_links.write_files(page.results, videos)
    page.js("localStorage.clear()")
    page.reload()
    for row, note in zip(marked, notes, strict=True):
        query = f"marks:marked video={row['video']} " + ("-notes:*", "notes:*")[bool(note)]
        open_list(page, q=query, column="notes")
        assert keys(page) == [row["key"]]
        assert page.texts(".gesture-row .col-extra") == [note.replace("\x01", "\ufffd")]
    # A person who got another name since then keeps the notes, by times and hand.
    is_alone = ~rows.duplicated(["video", "start_s", "end_s", "hand"], keep=False)
    alone = [row for row in marked if is_alone[row.name] and isinstance(row["person"], str)]
    assert alone
    of_person = annotations["participant"].notna()
    renamed = annotations.copy()
    renamed.loc[of_person, "tier"] = [
        tier.replace(name, "Somebody")
        for tier, name in annotations.loc[of_person, ["tier", "participant"]].to_numpy()
    ]
    renamed.loc[of_person, "participant"] = "Somebody"
    parquet.write(page.results / output.name, "annotations", renamed, {})
    result_links.write_files(page.results, videos)
    page.reload()
    for row in alone:
        open_list(page, q=f"marks:marked video={row['video']}")
        assert keys(page) == [row["key"]]
    open_list(page, q="rating>=3.5", sort="rating", column="rating")
    rated = ratings[ratings["value"] != "2"].sort_values("value")
    assert [key.split()[0] for key in keys(page)] == rated["video_id"].tolist()
    assert page.texts(".gesture-row .col-extra") == ["3.5", "4"], "as they were written"
    (page.results / output.name).unlink()
    result_links.write_files(page.results, videos)
    assert not (page.results / "report/page/annotations.js").exists()
    page.js("localStorage.clear()")
    page.reload()


def test_elan_files_of_marks_have_the_clock_and_names_of_the_workflows_files(page, tmp_path):
    """Gestures that overlap on one tier go to two; gestures that are gone have no number."""
    entry = {"video": "v", "person": "p1", "hand": "left", "gesture": 4, "marked": True}
    entry |= {"start": 1750, "end": 2000, "note": "", "lost": False}
    entries = [entry, entry | {"start": 1900, "end": 1900, "gesture": 5, "lost": True}]
    code = """
    const video = { id: 'v', zero: 1360, player_zero_s: 1.4, file: 'videos/v.mp4' };
    const gestures = { find: () => 0, columns: { elan_start: [-1], elan_end: [0] } };
    const videos = [video];
    const personById = new Map([['p1', {}]]);
    const names = { label: () => arguments[1] };
    """
    code += (ASSETS / "marks_eaf.js").read_text("utf-8")
    name = 'Ada <&> "S\u00f6hne"'
    [file] = page.js(f"{code}; return marksEafFiles(arguments[0], gestures);", entries, name)
    path = tmp_path / file["name"]
    path.write_text(file["text"], encoding="utf-8")
    assert find_violations(path) == []
    document = eaf_reader.read(path)
    assert document.properties["player_zero_s"] == "1.4"
    assert [media.name for media in document.media] == ["v.mp4"]
    found = {
        tier.name: [(a.start, a.end, a.value) for a in tier.annotations] for tier in document.tiers
    }
    assert found == {
        f"{name} left hand gestures": [(349, 600, "gesture 4")],
        f"{name} left hand marks": [(349, 600, "marked")],
        f"{name} left hand notes": [],
        f"{name} left hand 2 gestures": [(500, 501, "no longer found")],
        f"{name} left hand 2 marks": [(500, 501, "marked")],
        f"{name} left hand 2 notes": [],
    }
    assert {tier.participant for tier in document.tiers} == {name}
