"""Naming and merging people on the page, and the people.tsv that it saves, in a real browser."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from corpus.inputs import manifest, people_file
from corpus.tables import parquet
from page_browser import BrowserPage
from page_corpus import name_people, write_html

pytestmark = pytest.mark.usefixtures("console_and_network_checked")


def enter_name(page: BrowserPage, person: str, name: str) -> None:
    """Type a name on the card of a person."""
    box = page.one(f"[data-name-of={person}]")
    box.clear()
    box.send_keys(name, Keys.TAB)


@pytest.fixture(autouse=True)
def names_discarded(page: BrowserPage) -> Iterator[None]:
    """Discard the names of a test after it."""
    yield
    page.js("localStorage.clear()")
    page.go("names")
    page.js("window.confirm = () => true")
    for button in page.browser.find_elements(By.XPATH, "//button[.='Discard changes']"):
        button.click()


@pytest.mark.fault("exports", "a name typed on the page is a formula", "guarded in people.tsv")
def test_names_that_are_formulas_are_guarded_in_the_saved_file(page, tmp_path):
    page.go("people")
    enter_name(page, "p0001", "=1+1")
    enter_name(page, "p0002", "-5")
    page.go("names")
    text = page.js("return document.getElementById('people-tsv').value")
    assert "p0001\t'=1+1\t" in text and "p0002\t-5\t" in text
    file = tmp_path / "people.tsv"
    file.write_text(text, encoding="utf-8")
    names = {row["person"]: row["name"] for row in read_tsv(file)}
    assert (names["p0001"], names["p0002"]) == ("'=1+1", "-5")


def test_the_workflow_reads_the_saved_people_tsv_with_names_and_merges(page, tmp_path):
    page.go("people")
    enter_name(page, "p0001", "  Åsa “the <b>bold</b>” O'Neil ")
    enter_name(page, "p0004", "A\u030ake")
    page.one("[data-person=p0003] button").click()
    page.one("dialog input").send_keys("0002")
    page.until(lambda: len(page.all("dialog [data-same]")) == 1)
    page.one("dialog [data-same=p0002]").click()
    assert "merged into one person with p0002" in page.one("[data-person=p0003] .note").text
    enter_name(page, "p0003", "Bo # 2")
    enter_name(page, "p0002", "Bo # 2")
    assert "4 names not saved" in page.one("#unsaved").text
    page.one("#unsaved a").click()
    page.until(lambda: page.all("#download"))
    text = page.js("return document.getElementById('people-tsv').value")
    assert "config/my_people.tsv" in page.one("main").text
    page.one("#download").click()
    saved = page.until(lambda: list(page.downloads.glob("my_people*.tsv")))[0]
    assert page.until(lambda: saved.read_text(encoding="utf-8") == text)
    assert "saved to a file" in page.one("#unsaved").text
    page.reload()
    page.go("names")
    assert page.until(lambda: "saved to a file" in page.one("#unsaved").text)

    before = {row["person"]: row for row in read_tsv(page.results / "unedited" / "people.tsv")}
    rows = {row["person"]: row for row in read_tsv(saved)}
    assert {p: rows[p] | {"name": ""} for p in rows} == before, "only names are added"
    again = tmp_path / "again"
    again.mkdir()
    for part in ("faces", "status", "clusters.parquet"):
        (again / part).symlink_to(page.results / part)
    name_people(again, page.manifest, saved)
    people = parquet.read(again / "people.parquet").set_index("person")["name"]
    assert people["p0001"] == "Åsa “the <b>bold</b>” O'Neil"
    assert people["p0004"] == "Åke"
    assert people["p0002"] == "Bo # 2" and "p0003" not in people
    tracks = parquet.read(again / "tracks.parquet")
    old = parquet.read(page.results / "tracks.parquet")
    assert (tracks["person"] == old["person"].replace("p0003", "p0002")).all()


def test_the_saved_file_has_all_lines_of_the_user_file(page, tmp_path):
    template = (page.results / "unedited" / "people.tsv").read_text().splitlines()
    template_rows = [line.split("\t") for line in template]
    [p1] = [cells for cells in template_rows if cells[0] == "p0001"]
    [p2] = [cells for cells in template_rows if cells[0] == "p0002"]
    later = f"{float(p1[3]) + 0.1:.3f}"
    user_file = tmp_path / "own.tsv"
    lines = [
        "# Coded by Ö. </script> <b>", "name\tvideo_id\ttime_s\tx\ty\tperson", "",
        "\t".join(["Ada", p1[2], later, *p1[4:], "p0042"]), "#\ttwo \t tabs", "Bo\t\t\t\t\tp0002",
        "Lost\tgone_video\t1.5\t10\t20\tp0003", "Edited\t\t\t\t\tp0999",
        "Late\t\t\t\t\tp0001\tmore",
    ]  # fmt: skip
    user_file.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    other_page = page.file.with_name("own.html")
    write_html(page.results, page.manifest, "--names", user_file, "--output", other_page)
    page.browser.get(other_page.as_uri())
    try:
        page.go("people")
        enter_name(page, "p0001", "Åsa")
        page.go("names")
        text = page.js("return document.getElementById('people-tsv').value")
        assert "no 'gone_video' in the manifest" in page.one("#unmatched-rows").text
    finally:
        page.js("localStorage.clear()")
        page.browser.get(page.file.as_uri())
    kept = text.split("\n")
    assert kept[:8] == [
        "# Coded by Ö. </script> <b>", "\t".join(people_file.COLUMNS), "",
        "\t".join(["p0001", "Åsa", p1[2], later, *p1[4:]]), "#\ttwo \t tabs",
        "\t".join(["p0002", "Bo", *p2[2:]]),
        "# p0003\tLost\tgone_video\t1.5\t10\t20", "# p0999\tEdited",
    ]  # fmt: skip
    assert kept[8] == "# p0001\tLate\t\t\t\t\tmore"
    rest = [line for line in kept[9:] if line]
    assert rest == [
        "\t".join(cells) for cells in template_rows[1:] if cells[0] not in ("p0001", "p0002")
    ]
    saved = tmp_path / "saved.tsv"
    saved.write_text(text, encoding="utf-8")
    rows, faults = people_file.read(saved, manifest.read(page.manifest, check_files=False))
    assert [row.name for row in rows] == ["Åsa", "Bo"] and faults == []


def read_tsv(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_edits_survive_a_reload_of_the_page(page):
    page.go("people")
    enter_name(page, "p0002", "Grace")
    page.js("window.onbeforeunload = null")
    prevented = page.js(
        "const e = new Event('beforeunload', {cancelable: true}); window.dispatchEvent(e);"
        "return e.defaultPrevented"
    )
    assert prevented, "the browser asks before the user leaves the page"
    page.go("names")
    page.one("#copy").click()
    page.until(lambda: "saved" in page.one("#unsaved").text)
    page.reload()
    assert "1 name" in page.one("#unsaved").text
    page.go("people", q="grace")
    assert page.texts(".person .who span") == ["Grace"] or "Grace" in page.one(".person").text
    page.go("names")
    page.browser.find_element(By.XPATH, "//button[.='Undo']").click()
    assert not page.one("#unsaved").is_displayed()


def test_on_a_phone_the_bar_does_not_cover_the_field_that_is_written(page):
    with page.window_of(390, 500):
        page.go("people")
        enter_name(page, "p0001", "Anna")
        box = page.all("main input[list]")[-1]
        page.js("scrollBy(0, arguments[0].getBoundingClientRect().bottom - innerHeight)", box)
        page.js("arguments[0].focus()", box)
        edge = "return arguments[0].getBoundingClientRect()"
        bar = "return document.getElementById('unsaved').getBoundingClientRect().top"
        assert page.until(lambda: page.js(edge, box)["bottom"] <= page.js(bar) < 500)


def test_names_of_two_tabs_are_joined_and_shown_in_both(page):
    page.go("people")
    with page.second_tab(page.file.as_uri() + "#/people") as (here, there):
        page.browser.switch_to.window(here)
        enter_name(page, "p0001", "Anna")
        page.browser.switch_to.window(there)
        assert page.until(lambda: "1 name not saved" in page.one("#unsaved").text)
        enter_name(page, "p0002", "Berta")
        page.browser.switch_to.window(here)
        assert page.until(lambda: "2 names not saved" in page.one("#unsaved").text)
        page.go("names")
        text = page.js("return document.getElementById('people-tsv').value")
        assert "p0001\tAnna\t" in text and "p0002\tBerta\t" in text
        page.browser.switch_to.window(there)
        enter_name(page, "p0001", "Annabel")
        page.browser.switch_to.window(here)
        text = "return document.getElementById('people-tsv').value"
        assert page.until(lambda: "p0001\tAnnabel\t" in page.js(text))


def test_the_browser_deletes_edits_that_the_tables_contain(page):
    page.go("people")
    enter_name(page, "p0001", "Ada")
    enter_name(page, "p0002", "Bo")
    [store] = page.js("return Object.keys(localStorage)")
    applied = page.file.with_name("applied.html")
    text = page.file.read_text("utf-8")
    assert text.count('["p0001","",') == 1
    applied.write_text(text.replace('["p0001","",', '["p0001","Ada",'), encoding="utf-8")
    try:
        # In reality the page of the next run is at the same address.
        applied_store = store.replace("index", "applied")
        page.js(
            "localStorage.setItem(arguments[1], localStorage[arguments[0]])", store, applied_store
        )
        page.browser.get(applied.as_uri())
        kept = page.js("return localStorage[arguments[0]]", applied_store)
        assert "Ada" not in kept and "Bo" in kept
        assert "1 name not saved" in page.one("#unsaved").text
        page.js("window.confirm = () => true")
        page.go("names")
        page.one("#discard").click()
        left = page.js("return Object.keys(localStorage)")
        assert left == [store], "the edits of the other page are kept"
        assert not page.one("#unsaved").is_displayed() and "No names have been changed" in main(
            page
        )
    finally:
        page.js("window.onbeforeunload = null; localStorage.clear()")
        page.browser.get(page.file.as_uri())


def main(page: BrowserPage) -> str:
    return page.one("main").text


def test_unsaved_names_belong_to_one_corpus_and_remain_when_a_face_disappears(page):
    page.go("people")
    enter_name(page, "p0002", "Bo")
    [store] = page.js("return Object.keys(localStorage)")
    key = re.findall('"key":"([0-9a-f]{12})"', page.file.read_text("utf-8"))[0]
    assert key in store and "/report/index.html" in store
    gone = '[["nowhere 1.000 2 3", "Åsa"]]'
    page.js("localStorage.setItem(arguments[0].replace(arguments[1], 'other'), '[1]')", store, key)
    page.js("localStorage.setItem(arguments[0], arguments[1])", store, gone)
    page.reload()
    assert (
        "1 name from an earlier version of this page matches no person" in page.one("#unsaved").text
    )
    page.go("people")
    enter_name(page, "p0001", "Ada")
    assert "Åsa" in page.js("return localStorage[arguments[0]]", store)
    page.go("names")
    assert "nowhere 1.000 2 3" in page.one("#unmatched-edits").text
    page.js("window.confirm = () => false")
    page.one("#discard").click()
    assert page.all("#unmatched-edits"), "the user is asked first"
    page.js("window.confirm = () => true")
    page.one("#discard").click()
    assert not page.all("#unmatched-edits")
    assert page.js("return Object.values(localStorage)") == ["[1]"], (
        "edits of another corpus are kept"
    )


@pytest.mark.parametrize(
    ("typed", "name", "error"), [("#x", "", "cannot start with #"), ("a\tb", "a b", "")]
)
def test_names_that_people_tsv_cannot_contain(page, typed, name, error):
    page.go("people")
    box = page.one("[data-name-of=p0001]")
    page.js(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change'))",
        box, typed,
    )  # fmt: skip
    assert error in page.one("[data-person=p0001] .note").text
    assert box.get_attribute("aria-invalid") == ("true" if error else "false")
    page.go("names")
    text = page.js("return document.getElementById('people-tsv').value")
    assert {line.split("\t")[0]: line.split("\t")[1] for line in text.splitlines()}["p0001"] == name


def test_merging_people_who_are_on_screen_together_shows_a_warning(page):
    tracks = parquet.read(page.results / "tracks.parquet")
    pairs = tracks.merge(tracks, on=["video_id", "shot"]).query("person_x < person_y")
    one, other = pairs.iloc[0][["person_x", "person_y"]]
    page.go("people")
    enter_name(page, one, "Twin")
    enter_name(page, other, "Twin")
    assert "both are on screen at the same time" in page.one(f"[data-person={other}] .note").text
