"""The page in a real browser: names and merges, and the people.tsv that comes of them."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from corpus.inputs import manifest, people_file
from corpus.tables import parquet
from page_browser import Opened
from page_corpus import name_people, write

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
    assert "config/my_people.tsv" in opened.one("main").text
    opened.one("#download").click()
    saved = opened.until(lambda: list(opened.downloads.glob("my_people*.tsv")))[0]
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
    people = parquet.read(again / "people.parquet").set_index("person")["name"]
    assert people["p0001"] == "Åsa “the <b>bold</b>” O'Neil"
    assert people["p0004"] == "Åke"
    assert people["p0002"] == "Bo # 2" and "p0003" not in people
    tracks = parquet.read(again / "tracks.parquet")
    old = parquet.read(opened.results / "tracks.parquet")
    assert (tracks["person"] == old["person"].replace("p0003", "p0002")).all()


def test_all_lines_of_the_own_file_are_in_the_saved_one(opened, tmp_path):
    found = [line.split("\t") for line in (opened.results / "people.tsv").read_text().splitlines()]
    [p1] = [cells for cells in found if cells[0] == "p0001"]
    later = f"{float(p1[3]) + 0.1:.3f}"
    own = tmp_path / "own.tsv"
    lines = [
        "# Coded by Ö. </script> <b>", "name\tvideo_id\ttime_s\tx\ty\tperson", "",
        "\t".join(["Ada", p1[2], later, *p1[4:], "p0042"]), "#\ttwo \t tabs", "Bo\t\t\t\t\tp0002",
        "Lost\tgone_video\t1.5\t10\t20\tp0003", "Edited\t\t\t\t\tp0999",
        "Late\t\t\t\t\tp0001\tmore",
    ]  # fmt: skip
    own.write_text("\n".join(lines) + "\n\n", encoding="utf-8")
    other = opened.file.with_name("own.html")
    write(opened.results, opened.manifest, "--names", own, "--output", other)
    opened.browser.get(other.as_uri())
    try:
        opened.go("people")
        give(opened, "p0001", "Åsa")
        opened.go("names")
        text = opened.js("return document.getElementById('people-tsv').value")
        assert "no 'gone_video' in the manifest" in opened.one("#aside").text
    finally:
        opened.js("localStorage.clear()")
        opened.browser.get(opened.file.as_uri())
    kept = text.split("\n")
    assert kept[:8] == [
        "# Coded by Ö. </script> <b>", "\t".join(people_file.COLUMNS), "",
        "\t".join(["p0001", "Åsa", p1[2], later, *p1[4:]]), "#\ttwo \t tabs",
        "\t".join(next(["p0002", "Bo", *cells[2:]] for cells in found if cells[0] == "p0002")),
        "# p0003\tLost\tgone_video\t1.5\t10\t20", "# p0999\tEdited",
    ]  # fmt: skip
    assert kept[8] == "# p0001\tLate\t\t\t\t\tmore"
    rest = [line for line in kept[9:] if line]
    assert rest == ["\t".join(cells) for cells in found[1:] if cells[0] not in ("p0001", "p0002")]
    saved = tmp_path / "saved.tsv"
    saved.write_text(text, encoding="utf-8")
    rows, faults = people_file.read(saved, manifest.read(opened.manifest, look=False))
    assert [row.name for row in rows] == ["Åsa", "Bo"] and faults == []


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


def test_the_browser_forgets_what_was_applied(opened):
    opened.go("people")
    give(opened, "p0001", "Ada")
    give(opened, "p0002", "Bo")
    [store] = opened.js("return Object.keys(localStorage)")
    applied = opened.file.with_name("applied.html")
    text = opened.file.read_text("utf-8")
    assert text.count('["p0001","",') == 1
    applied.write_text(text.replace('["p0001","",', '["p0001","Ada",'), encoding="utf-8")
    try:
        # The page of the next run lies at the same place.
        there = store.replace("index", "applied")
        opened.js("localStorage.setItem(arguments[1], localStorage[arguments[0]])", store, there)
        opened.browser.get(applied.as_uri())
        kept = opened.js("return localStorage[arguments[0]]", there)
        assert "Ada" not in kept and "Bo" in kept
        assert "1 name not saved" in opened.one("#unsaved").text
        opened.js("window.confirm = () => true")
        opened.go("names")
        opened.one("#discard").click()
        left = opened.js("return Object.keys(localStorage)")
        assert left == [store], "the other page's"
        assert not opened.one("#unsaved").is_displayed() and "Nothing was changed" in main(opened)
    finally:
        opened.js("window.onbeforeunload = null; localStorage.clear()")
        opened.browser.get(opened.file.as_uri())


def main(opened: Opened) -> str:
    return opened.one("main").text


def test_unsaved_names_are_of_one_corpus_and_stay_when_a_face_is_gone(opened):
    opened.go("people")
    give(opened, "p0002", "Bo")
    [store] = opened.js("return Object.keys(localStorage)")
    key = re.findall('"key":"([0-9a-f]{12})"', opened.file.read_text("utf-8"))[0]
    assert key in store and "/report/index.html" in store
    gone = '[["nowhere 1.000 2 3", "Åsa"]]'
    opened.js(
        "localStorage.setItem(arguments[0].replace(arguments[1], 'other'), '[1]')", store, key
    )
    opened.js("localStorage.setItem(arguments[0], arguments[1])", store, gone)
    opened.reload()
    assert "1 name of an earlier page fits nobody" in opened.one("#unsaved").text
    opened.go("people")
    give(opened, "p0001", "Ada")
    assert "Åsa" in opened.js("return localStorage[arguments[0]]", store)
    opened.go("names")
    assert "nowhere 1.000 2 3" in opened.one("#strays").text
    opened.js("window.confirm = () => false")
    opened.one("#discard").click()
    assert opened.all("#strays"), "asked before"
    opened.js("window.confirm = () => true")
    opened.one("#discard").click()
    assert not opened.all("#strays")
    assert opened.js("return Object.values(localStorage)") == ["[1]"], (
        "another corpus's are its own"
    )


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
    tracks = parquet.read(opened.results / "tracks.parquet")
    pairs = tracks.merge(tracks, on=["video_id", "shot"]).query("person_x < person_y")
    one, other = pairs.iloc[0][["person_x", "person_y"]]
    opened.go("people")
    give(opened, one, "Twin")
    give(opened, other, "Twin")
    assert "both are on screen at once" in opened.one(f"[data-person={other}] .note").text
