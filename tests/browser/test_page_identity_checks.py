"""The view Check, identities, pictures and copies of people on the page, in a real browser."""

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.keys import Keys

from corpus.identity.face_crops import crop_square
from corpus.report.page.render import ASSETS
from corpus.tables import parquet
from corpus.video.reader import Reader
from page_browser import LATE, PLAIN, UNPLAYABLE, BrowserPage
from page_corpus import set_identities, write_html, write_pictures

pytestmark = pytest.mark.usefixtures("console_and_network_checked")
CHANGES = {
    (PLAIN, 3): {"other_cluster": 4, "other_probability": 0.6},
    (LATE, 5): {"other_cluster": 1, "other_probability": 0.7},
    (LATE, 6): {"probability": 0.25, "other_cluster": 3, "other_probability": 0.6},
    (UNPLAYABLE, 0): {"other_cluster": 1, "other_probability": 0.65},
    (UNPLAYABLE, 1): {"probability": 0.4},
    (PLAIN, 2): {"kind": "picture"},
    (PLAIN, 7): {"kind": "copy"},
}
"""Three pairs of people who may be one, two low probabilities, a picture and a copy."""


@pytest.fixture(scope="module")
def results(page: BrowserPage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results with doubtful identities, in which p0003 and p0005 have the same name."""
    folder = tmp_path_factory.mktemp("identities") / "results"
    shutil.copytree(page.results, folder, ignore=shutil.ignore_patterns("browser*"))
    names = folder / "names.tsv"
    names.write_text("person\tname\np0003\tAda\np0005\tAda\n")
    set_identities(folder, page.manifest, CHANGES, names)
    gestures = folder / f"gestures/{PLAIN}.parquet"
    rows = parquet.read(gestures).assign(jump=lambda table: table["gesture"] == 0)
    parquet.write(gestures, "gestures", rows, parquet.read_provenance(gestures))
    write_html(folder, page.manifest, "--names", names)
    return folder


@pytest.fixture
def checks(page: BrowserPage, results: Path) -> Iterator[BrowserPage]:
    """The page of these results; after the test, its names are discarded."""
    page.browser.get((results / "report/index.html").as_uri())
    yield page
    page.js("window.onbeforeunload = null; localStorage.clear()")
    page.browser.get(page.file.as_uri())


def statements(page: BrowserPage) -> list[str]:
    return page.texts(".check-card strong")


def drawn_canvases(page: BrowserPage) -> list:
    """The canvases in the view, after all of them that can be drawn are drawn."""
    undrawn = "return document.querySelectorAll('canvas:not([data-drawn])').length === 0"
    page.js("document.querySelectorAll('.check-card').forEach((e) => e.scrollIntoView())")
    assert page.until(lambda: page.js(undrawn))
    return page.all("canvas")


def test_the_check_view_lists_people_twice_on_screen_and_then_doubts(checks):
    """Tracks with a low probability are not listed: mostly they show the right person."""
    checks.go("check", kind="twice")
    together = statements(checks)
    assert len(together) > 1
    checks.go("check")
    assert statements(checks)[: len(together)] == together
    checks.go("check", kind="same")
    drawn_canvases(checks)
    first, second, third = statements(checks)
    assert all("Ada is on screen twice at the same time in" in text for text in together)
    assert first == "p0001 and p0002 are probably one person (70%, 1 face track)."
    assert second == "p0002 and Ada are probably one person (60%, 1 face track).", (
        "less probable than the third, but about more time on screen"
    )
    assert third == "p0004 and p0002 are probably one person (65%, 1 face track)."


def test_one_click_plays_the_moment_of_an_entry(checks, results):
    gesture = parquet.read(results / f"gestures/{PLAIN}.parquet").set_index("gesture").loc[0]
    checks.go("check", kind="jump")
    assert statements(checks) == [f"The skeleton jumps in a gesture of p0002 in {PLAIN}."]
    drawn_canvases(checks)
    checks.one("[data-kind=jump] .play").click()
    assert "gesture=0" in checks.js("return location.hash")
    assert checks.until(lambda: checks.texts("h1") == [PLAIN])
    checks.player_time()
    end = "return document.querySelector('video').currentTime > arguments[0]"
    assert checks.until(lambda: checks.js(end, gesture["end_s"] - 0.2), 40), "the gesture is played"
    stopped = "return document.querySelector('video').paused"
    assert checks.until(lambda: checks.js(stopped), 40), "until its end"
    assert gesture["start_s"] < checks.player_time() < gesture["end_s"] + 0.1
    top = "return document.querySelector('.check-bar').getBoundingClientRect().top"
    assert checks.js(top) > 0, "the entry is in view above the player"


def badge(page: BrowserPage) -> int:
    return int(page.texts("#menu .left [aria-hidden]")[0])


def test_an_entry_that_was_looked_at_is_remembered_and_can_be_undone(checks, results):
    checks.go("check", kind="same")
    drawn_canvases(checks)
    first, second, third = statements(checks)
    before = badge(checks)
    checks.all("[data-verdict=seen]")[1].send_keys(Keys.ENTER)
    assert badge(checks) == before - 1
    assert checks.js("return document.activeElement.textContent") == "Undo", "the focus stays"
    assert "Looked at" in checks.one("#announcement").text
    write_html(results, checks.manifest, "--names", results / "names.tsv")
    checks.browser.refresh()
    assert badge(checks) == before - 1
    drawn_canvases(checks)
    assert statements(checks) == [first, third]
    checks.one(".checkbox input").send_keys(Keys.SPACE)
    assert statements(checks) == [first, second, third]
    checks.one("[data-verdict='']").send_keys(Keys.ENTER)
    assert badge(checks) == before


def test_without_stored_data_of_this_form_nothing_was_looked_at(checks):
    name = checks.js("return Object.keys(localStorage).find((key) => key.startsWith('looked'))")
    assert name is None
    checks.go("check", kind="same")
    before = badge(checks)
    checks.one("[data-verdict=seen]").click()
    name = checks.js("return Object.keys(localStorage).find((key) => key.startsWith('looked'))")
    checks.js("localStorage.setItem(arguments[0], '{broken')", name)
    checks.browser.refresh()
    assert badge(checks) == before
    drawn_canvases(checks)


def test_after_a_verdict_beside_the_video_the_list_goes_on_with_the_next_entry(checks):
    """The browser keeps verdict and note, and the file contains them."""
    checks.go("check", kind="same")
    drawn_canvases(checks)
    first, second, third = statements(checks)
    checks.all(".check-card .play")[1].send_keys(Keys.ENTER)
    assert checks.texts(".check-bar strong") == [second]
    checks.one(".check-bar .verdict-note").send_keys("=other hair")
    checks.one(".check-bar [data-verdict=fine]").send_keys(Keys.ENTER)
    assert checks.js("return document.activeElement.textContent") == "Undo"
    checks.browser.back()
    assert checks.until(lambda: statements(checks) == [first, third])
    card = "const e = document.activeElement.closest('.check-card'); return e && e.innerText"
    assert checks.until(lambda: third in (checks.js(card) or "")), "the next entry has the focus"
    assert "1 looked at, 0 problems found" in checks.one(".result-count").text
    drawn_canvases(checks)
    checks.all(".check-card .play")[0].send_keys(Keys.ENTER)
    checks.one(".check-bar .next").send_keys(Keys.ENTER)
    assert checks.until(lambda: checks.texts(".check-bar strong") == [third])
    checks.one(".check-bar a").send_keys(Keys.ENTER)
    assert checks.until(lambda: third in (checks.js(card) or "")), "not looked at yet"
    checks.one("#save-verdicts").send_keys(Keys.ENTER)
    file = checks.saved_file("manifest_looked_at.csv")
    with file.open(encoding="utf-8-sig", newline="") as lines:
        [row] = csv.DictReader(lines)
    assert (row["kind"], row["verdict"]) == ("same", "no problem")
    assert row["note"] == "'=other hair", "no spreadsheet runs it as a formula"
    assert row["statement"] == second
    # The count follows verdicts, and is that of the kind that is shown.
    assert checks.one(".result-count").text == "2 entries; 1 looked at, 0 problems found"
    checks.all("[data-verdict=problem]")[0].click()
    assert checks.one(".result-count").text == "1 entry; 2 looked at, 1 problem found"
    checks.go("check", kind="twice")
    assert "looked at" not in checks.one(".result-count").text
    checks.go("check", kind="same")
    drawn_canvases(checks)


def test_a_verdict_in_another_tab_is_shown_and_not_lost(checks):
    checks.go("check", kind="same")
    drawn_canvases(checks)
    before = badge(checks)
    with checks.second_tab(checks.js("return location.href")) as (here, _):
        drawn_canvases(checks)
        checks.all("[data-verdict=problem]")[0].click()
        checks.browser.switch_to.window(here)
        assert checks.until(lambda: badge(checks) == before - 1)
        assert checks.texts(".check-card .found") == ["Problem"]
        checks.all("[data-verdict=fine]")[0].click()
        assert badge(checks) == before - 2


def test_verdicts_belong_to_one_gesture_or_face_of_those_at_the_same_moment(checks):
    """They are found again if a later run gives other numbers and ids."""
    code = "const memoize = (f) => f; const HANDS = ['left', 'right'];"
    code += (ASSETS / "check_entries.js").read_text("utf-8") + "return entryKey(arguments[0])"
    video = {"id": "v"}
    jump = {"kind": "jump", "video": video, "time": 840, "hand": 0, "end": 1960, "faces": []}
    same = jump | {"gesture": 7, "person": {"id": "p9"}}
    key = checks.js(code, jump)
    assert key == checks.js(code, same)
    assert key not in [checks.js(code, jump | other) for other in ({"hand": 1}, {"end": 1200})]
    faces = [{"video": video, "time": 840, "box": [x, 0, x + 20, 20]} for x in (5, 90)]
    twice = jump | {"kind": "twice", "hand": None}
    keys = [checks.js(code, twice | {"faces": [face]}) for face in faces]
    assert keys == ["twice v 840 15,10", "twice v 840 100,10"]


def test_the_overview_links_to_the_entries_to_look_at(checks):
    checks.go("check")
    number = checks.one(".result-count").text.split()[0]
    checks.go()
    link = checks.one(".lead a")
    assert link.text == f"{number} places to look at"
    assert link.get_attribute("href").endswith("#/check")


def test_the_view_of_a_person_lists_only_what_concerns_them(checks):
    checks.go("person/p0001")
    assert statements(checks) == ["p0001 and p0002 are probably one person (70%, 1 face track)."]
    drawn_canvases(checks)
    checks.go("people", q="p0001")
    assert "identity in doubt" in checks.one("[data-person=p0001]").text


def expected_face(clip: Path, time_s: float, box: list[float]) -> np.ndarray:
    """The face cut from the frame at a time; the tables have frames of 1280 x 720 pixels."""
    [image] = [frame.image for frame in Reader(clip) if abs(frame.time_s - time_s) < 1e-3]
    left, top, right, bottom = crop_square(np.array(box), 1280, 720)
    scale_x, scale_y = image.shape[1] / 1280, image.shape[0] / 720
    scaled = (left * scale_x, top * scale_y, right * scale_x, bottom * scale_y)
    face = Image.fromarray(image).resize((48, 48), Image.Resampling.BILINEAR, box=scaled)
    return np.asarray(face).astype(int)


@pytest.mark.parametrize(("view", "key"), [("p0002", (PLAIN, 3)), ("p0001", (LATE, 5))])
def test_faces_are_cut_from_the_frame_of_the_video(checks, results, view, key):
    """Also if the picture starts late, and if the file has another size than the tables."""
    clusters = parquet.read(results / "clusters.parquet").set_index(["video_id", "track"])
    row = clusters.loc[key]
    checks.go(f"person/{view}")
    drawn_canvases(checks)
    links = f"a[href*='video/{key[0]}?t={row['best_time_s']:g}']"
    canvas = checks.js(
        "return document.querySelector(arguments[0]).closest('figure').querySelector('canvas')",
        f".check-card {links}",
    )
    checks.js("arguments[0].style.cssText = 'border-radius: 0; box-shadow: none'", canvas)
    png = Image.open(io.BytesIO(canvas.screenshot_as_png)).convert("RGB").resize((48, 48))
    shown = np.asarray(png).astype(int)
    face = expected_face(results / f"videos/{key[0]}.mp4", row["best_time_s"], row["best_box"])
    other = expected_face(
        results / f"videos/{key[0]}.mp4", row["best_time_s"], [900, 400, 1010, 540]
    )
    assert np.abs(shown - face).mean() < 12 < np.abs(shown - other).mean()


def test_a_video_that_cannot_be_played_shows_the_number_of_the_person(checks):
    checks.go("person/p0004")
    initials = ".check-card figure:first-child .initials"
    assert checks.until(lambda: checks.all(initials))
    assert checks.texts(initials) == ["4"]
    drawn_canvases(checks)


def test_stored_pictures_are_shown_without_opening_a_video(checks, results):
    pictures = write_pictures(results, n_tracks=99)
    page_file = results / "report/pictures.html"
    write_html(results, checks.manifest, "--pictures", pictures, "--names", results / "names.tsv",
               "--output", page_file)  # fmt: skip
    checks.browser.get(page_file.as_uri())
    checks.go("person/p0001")
    assert len(checks.all(".check-card img")) == 2 and not checks.all("canvas")


def test_two_people_in_doubt_are_merged_by_a_click(checks):
    checks.go("person/p0001")
    drawn_canvases(checks)
    checks.one(".check-card button").click()
    assert "Will be merged as Person 1." in checks.one(".check-card").text
    checks.go("names")
    text = checks.js("return document.getElementById('people-tsv').value")
    names = {line.split("\t")[0]: line.split("\t")[1] for line in text.splitlines()}
    assert names["p0001"] == names["p0002"] == "Person 1"


def test_merging_two_people_in_the_view_check_settles_their_entry(checks):
    checks.go("check", kind="same")
    drawn_canvases(checks)
    before = badge(checks)
    [button] = [b for b in checks.all(".check-card button") if "merge" in b.text][:1]
    checks.js("arguments[0].scrollIntoView({ block: 'center' })", button)
    button.click()
    assert badge(checks) == before - 1
    assert checks.texts(".check-card.done .found") == ["Problem"]


def test_people_on_screen_twice_are_split_by_a_click(checks):
    checks.go("person/p0003")
    card = checks.one(".check-card")
    assert "Ada is on screen twice" in card.text
    [button] = [b for b in checks.all(".check-card button") if b.text == "Split off p0005"][:1]
    button.click()
    assert "p0005 has no name now." in checks.one(".check-card").text
    checks.go("names")
    text = checks.js("return document.getElementById('people-tsv').value")
    names = {line.split("\t")[0]: line.split("\t")[1] for line in text.splitlines()}
    assert names["p0003"] == "Ada" and names["p0005"] == ""


def test_pictures_and_copies_are_outlined_named_and_not_counted(checks, results):
    people = parquet.read(results / "people.parquet").set_index("person")
    tracks = parquet.read(results / "tracks.parquet").set_index(["video_id", "track"])
    checks.go(f"video/{PLAIN}", t=0.5)
    assert tracks.loc[(PLAIN, 2)]["start_s"] < 0.5 < tracks.loc[(PLAIN, 2)]["end_s"]
    assert "p0002 (in a picture)" in checks.one(".on-screen").text
    assert len(checks.all(".lane path.still")) == 2
    assert "Outlined" in checks.one(".legend").text
    checks.one("summary").click()
    assert checks.until(lambda: "on screen in a picture" in checks.texts("td"))
    assert "on screen as a copy" in checks.texts("td")
    checks.go("people", q="p0002")
    seconds = people.at["p0002", "seconds"]
    own = tracks[tracks["person"] == "p0002"]
    assert seconds < (own["end_s"] - own["start_s"]).sum()
    minutes = f"{int(seconds // 60)} min {round(seconds) % 60:02d} s"
    assert f"{minutes} in " in checks.one("[data-person=p0002]").text
    checks.go("person/p0002")
    assert "1 of them in pictures" in checks.one("main .lead").text
