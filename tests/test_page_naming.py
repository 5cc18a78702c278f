"""The page in a real browser: names and merges, and the people.tsv that comes of them."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from corpus import tables
from page_browser import Opened
from page_results import name_people

pytestmark = pytest.mark.usefixtures("quiet")


def give(opened: Opened, person: str, name: str) -> None:
    box = opened.one(f"[data-name-of={person}]")
    box.clear()
    box.send_keys(name, Keys.TAB)


@pytest.fixture(autouse=True)
def untouched(opened: Opened) -> Iterator[None]:
    """What a test names is forgotten after it."""
    yield
    opened.js("localStorage.clear()")
    opened.go("names")
    opened.js("window.confirm = () => true")
    for button in opened.browser.find_elements(By.XPATH, "//button[.='Discard changes']"):
        button.click()


def test_names_and_merges_make_a_people_tsv_that_the_workflow_takes(opened, tmp_path):
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


def test_joining_people_who_are_seen_together_is_warned_of(opened):
    tracks = tables.read(opened.results / "tracks.parquet")
    pairs = tracks.merge(tracks, on=["video_id", "shot"]).query("person_x < person_y")
    one, other = pairs.iloc[0][["person_x", "person_y"]]
    opened.go("people")
    give(opened, one, "Twin")
    give(opened, other, "Twin")
    assert "both are on screen at once" in opened.one(f"[data-person={other}] .note").text
