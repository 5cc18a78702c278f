"""The view Numbers in a real browser: figures as in the tables, downloads, phone widths."""

import csv
import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from selenium.webdriver.common.keys import Keys

from corpus.report.page.render import ASSETS
from corpus.tables import parquet
from page_corpus import add_hand_use, name_people, write_corpus, write_html

import chromium  # isort: skip

pytestmark = pytest.mark.usefixtures("console_and_network_checked")
FORMULA = "=1+2"


@pytest.fixture(scope="module")
def numbers(page, tmp_path_factory):
    """The page of five videos with positions and use of hands, in the browser of all tests."""
    results, manifest = write_corpus(tmp_path_factory.mktemp("numbers"), n_videos=5)
    manifest.write_text(manifest.read_text("utf-8").replace("\tde\t", f"\t{FORMULA}\t"), "utf-8")
    name_people(results, manifest)
    add_hand_use(results, manifest)
    shown = replace(page, results=results, manifest=manifest, file=write_html(results, manifest))
    page.browser.get(shown.file.as_uri())
    yield shown
    page.browser.get(page.file.as_uri())


def show(numbers, **choices) -> None:
    numbers.go()
    numbers.go("numbers", **choices)
    assert numbers.until(lambda: numbers.all("#chart-space svg[role=img]"))


def table_of(numbers, chart: str) -> pd.DataFrame:
    """The table of a plot, as text."""
    code = """
    const details = document.querySelector(`#chart-${arguments[0]} details`);
    details.open = true;
    details.dispatchEvent(new Event('toggle'));
    const cells = (row) => [...row.cells].map((cell) => cell.textContent);
    return [...details.querySelectorAll('tr')].map(cells);
    """
    head, *rows = numbers.js(code, chart)
    return pd.DataFrame(rows, columns=head).set_index(head[0])


def values_of(column: pd.Series) -> np.ndarray:
    texts = column.str.replace("−", "-").str.replace(",", "").replace("–", "nan")
    return texts.astype(float).to_numpy()


def download(numbers, chart: str, kind: str) -> str:
    """Save a plot with its button; return the file's content."""
    [button] = [b for b in numbers.all(f"#chart-{chart} .chart-buttons button") if b.text == kind]
    for old in numbers.downloads.glob(f"manifest_{chart}*"):
        old.unlink()
    numbers.js("arguments[0].click()", button)
    file = numbers.saved_file(f"manifest_{chart}.{kind.lower()}")
    return file.read_bytes().decode("utf-8-sig")


def totals(results, by: str) -> pd.DataFrame:
    """Sums of the table hand_use."""
    return parquet.read(results / "hand_use.parquet").groupby(by).sum(numeric_only=True)


@pytest.mark.parametrize(("by", "column"), [("person", "person"), ("video", "video_id")])
def test_rates_are_those_of_the_table_hand_use(numbers, by, column):
    show(numbers, by=by)
    shown = table_of(numbers, "rates")
    expected = totals(numbers.results, column).loc[shown.index]
    assert len(shown) == len(totals(numbers.results, column)) > 2
    assert values_of(shown["gestures"]).tolist() == expected["n_units"].tolist()
    rates = 60 * expected["n_units"] / expected["visible_s"]
    np.testing.assert_allclose(values_of(shown["gestures per minute"]), rates, atol=0.05)
    caption = numbers.texts("#chart-rates figcaption")[0]
    assert f"n = {int(expected['n_units'].sum()):,} gestures of" in caption
    for text, seconds in (("in view", "visible_s"), ("on screen", "screen_s")):
        [stated] = re.findall(rf"{text} for ([\d.]+) min", caption)
        assert float(stated) == pytest.approx(expected[seconds].sum() / 60, abs=0.0501)


def test_only_gestures_that_are_seen_whole(numbers):
    show(numbers, whole=1)
    units = parquet.read(numbers.results / "gesture_units.parquet").dropna(subset=["person"])
    whole = units[units["start_seen"] & units["end_seen"]]
    counts = whole.groupby("person").size()
    shown = table_of(numbers, "rates")
    gestures = parquet.read(numbers.results / "gestures.parquet").dropna(subset=["unit", "person"])
    of_hands = len(gestures[gestures["start_seen"] & gestures["end_seen"]])
    assert f"as in the list: {of_hands}" in numbers.one("main .lead").text
    assert 0 < len(whole) < len(units)
    assert values_of(shown["gestures"]).tolist() == counts.loc[shown.index].tolist()
    assert (
        f"{len(units) - len(whole)} gestures without a seen start or end"
        in numbers.one("main .lead").text
    )


def test_distributions_are_those_of_the_table_gestures(numbers):
    show(numbers, measure="extent")
    gestures = parquet.read(numbers.results / "gestures.parquet").dropna(subset=["unit"])
    shown = table_of(numbers, "extent")
    for person, group in gestures.groupby("person"):
        assert shown.loc[person, "n"] == f"{len(group):,}"
        expected = group["extent"].astype(float).quantile([0, 0.25, 0.5, 0.75, 1])
        columns = ["least", "first quartile", "median", "third quartile", "largest"]
        if len(group) < 6:
            columns, expected = ["least", "largest"], expected.loc[[0, 1]]
        np.testing.assert_allclose(values_of(shown.loc[person, columns]), expected, atol=0.0101)


def wilson(successes: int, n: int) -> np.ndarray:
    """Wilson's interval from its definition: the shares p with (k/n - p)^2 = z^2 p (1 - p) / n."""
    share, z2 = successes / n, 1.959964**2
    return np.sort(np.roots([1 + z2 / n, -2 * share - z2 / n, share**2]))


def test_handedness_and_its_interval(numbers):
    show(numbers)
    shown = table_of(numbers, "handedness")
    expected = totals(numbers.results, "person").loc[shown.index]
    left, right, both = (expected[f"n_{hand}"].astype(int) for hand in ("left", "right", "both"))
    assert values_of(shown["both hands"]).tolist() == both.tolist() and both.sum() > 0
    uses = left + right + 2 * both
    np.testing.assert_allclose(values_of(shown["handedness"]), (right - left) / uses, atol=0.0051)
    limits = [
        (2 * wilson(r, r + n) - 1) * (r + n) / u for n, r, u in zip(left, right, uses, strict=True)
    ]
    np.testing.assert_allclose(values_of(shown["lower limit"]), [a for a, _ in limits], atol=0.0051)
    np.testing.assert_allclose(values_of(shown["upper limit"]), [b for _, b in limits], atol=0.0051)


def test_space_by_hand_has_both_hands_whichever_was_chosen_before(numbers):
    show(numbers, by="hand", hands="left")
    assert set(table_of(numbers, "space").index) == {"left hand", "right hand"}


def test_people_of_one_name_are_told_apart(numbers):
    first, second = parquet.read(numbers.results / "people.parquet")["person"].tolist()[:2]
    try:
        for person in (first, second):
            numbers.go(f"person/{person}")
            box = numbers.one("main input[list]")
            box.clear()
            box.send_keys("Somebody", Keys.TAB)
        show(numbers)
        for chart in ("rates", "hands", "space"):
            shown = table_of(numbers, chart)
            names = {f"Somebody ({person})" for person in (first, second)}
            assert names <= set(shown.index), chart
            links = f"#chart-{chart} details a[href='#/person/{second}']"
            assert numbers.texts(links) == [f"Somebody ({second})"], chart
    finally:
        numbers.js("localStorage.clear()")
        numbers.reload()


def test_groups_that_a_search_does_not_tell_apart_have_no_list(page):
    code = "const quotedWord = (text) => text, ownFieldName = (name) => name;"
    code += (
        "const isMissingText = () => false, numberColumns = () => new Set(), corpus = arguments[0];"
    )
    for name, start, end in (
        ("text.js", "const withoutAccents", "\n"),
        ("numbers_data.js", "function rememberBy", "\n}\n"),
        ("numbers_query.js", "const sameInSearch", "/** The conditions that"),
    ):
        text = (ASSETS / name).read_text("utf-8")
        at = text.index(start)
        code += text[at : text.index(end, at) + len(end)].removesuffix("/** The conditions that")
    code += "return arguments[1].map((value) => columnCondition('city', value));"
    cities = ["Köln", "Koln", "Bonn"]
    corpus = {"manifest_columns": {"city": [*cities, "Bonn"]}}
    assert page.js(code, corpus, cities) == [None, None, "city=Bonn"]


def test_missing_numbers_are_one_group_however_they_are_written(page):
    code = "const memoize = (f) => f, corpus = arguments[0], columnCondition = () => null;"
    code += (ASSETS / "query.js").read_text("utf-8")
    code += (ASSETS / "gesture_fields.js").read_text("utf-8")
    text = (ASSETS / "numbers_data.js").read_text("utf-8")
    for start in ("function rememberBy", "function groupings"):
        at = text.index(start)
        code += text[at : text.index("\n}\n", at) + 3]
    code += "const { of } = groupings()['column age'];"
    code += "return corpus.manifest_columns.age.map((_, video) => of({ video }).label);"
    corpus = {"manifest_columns": {"age": ["30", "NA", "", "4.5"]}}
    assert page.js(code, corpus) == ["30", "no age", "no age", "4.5"]


def test_space_counts_all_time_with_positions(numbers):
    show(numbers, by="hand", times="all")
    tracks = parquet.read(numbers.results / "tracks.parquet").fillna({"kind": "person"})
    shown_tracks = set(tracks[tracks["kind"] == "person"].set_index(["video_id", "track"]).index)
    n_frames = {"left hand": 0, "right hand": 0}
    for path in (numbers.results / "kinematics").iterdir():
        rows = parquet.read(path).dropna(subset=["x", "y"])
        rows = rows[[(path.stem, track) in shown_tracks for track in rows["track"]]]
        for hand in n_frames:
            n_frames[hand] += int((rows["point"] == hand.replace(" ", "_")).sum())
    shown = table_of(numbers, "space")
    for hand, n in n_frames.items():
        assert values_of(shown["seconds"])[shown.index.get_loc(hand)] == pytest.approx(
            n * 0.2, rel=0.01
        )
    regions = shown[["center-center", "center", "periphery", "extreme periphery"]]
    total = sum(values_of(regions[name]) for name in regions)
    np.testing.assert_allclose(total, 1, atol=0.021)


def test_the_csv_has_every_value_and_no_formula(numbers):
    show(numbers, by="column language", measure="length")
    rows = list(csv.DictReader(io.StringIO(download(numbers, "length", "CSV"))))
    gestures = parquet.read(numbers.results / "gestures.parquet").dropna(subset=["unit"])
    lengths = gestures.set_index(["video_id", "gesture"])
    lengths = lengths["end_s"] - lengths["start_s"]
    assert len(rows) == len(lengths)
    for row in rows:
        length = lengths[row["video_id"], int(row["gesture"])]
        assert float(row["length"]) == pytest.approx(length, abs=0.0011)
    table = list(csv.reader(io.StringIO(download(numbers, "movement", "CSV"))))
    assert f"'{FORMULA}" in [row[0] for row in table] and FORMULA not in [row[0] for row in table]


@pytest.mark.parametrize(
    "chart", ["rates", "length", "pairs", "hands", "handedness", "movement", "space"]
)
def test_the_picture_needs_nothing_else(numbers, chart):
    if not numbers.all(f"#chart-{chart}"):
        show(numbers)
    text = download(numbers, chart, "SVG")
    picture = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    texts = [element.text for element in picture.iter(f"{space}text")]
    assert re.search(r"n = [\d.]+", " ".join(filter(None, texts)))
    assert len(list(picture.iter(f"{space}title"))) >= 1
    assert not re.search(r"var\(|url\(|class=|href", text)
    assert all(family == "sans-serif" for family in re.findall(r'font-family="([^"]*)"', text))
    width, height = (float(picture.get(name)) for name in ("width", "height"))
    assert width == 800 and 100 < height < 5000


def test_a_dot_leads_to_its_gesture_and_a_row_to_its_list(numbers):
    show(numbers)
    numbers.js("document.querySelector('#chart-rates .leads').dispatchEvent(new Event('click'))")
    target = re.compile(r"#/(gestures\?q=|person/)")
    assert numbers.until(lambda: target.match(numbers.js("return location.hash")))
    assert numbers.until(lambda: numbers.one("h1").text != "Not found")
    show(numbers)
    numbers.js("document.querySelector('#chart-length circle').dispatchEvent(new Event('click'))")
    address = numbers.until(lambda: numbers.js("return location.hash"))
    assert re.fullmatch(r"#/video/\w+\?gesture=\d+", address)


def test_numbers_fit_a_phone_and_choices_keep_the_focus(numbers):
    show(numbers)
    table_of(numbers, "movement")
    try:
        chromium.set_window_size(numbers.browser, 360, 740)
        show(numbers)
        table_of(numbers, "movement")
        assert numbers.js("return document.documentElement.scrollWidth") <= 360
        widths = "return [...document.querySelectorAll('.plot')].map((e) => e.clientWidth)"
        assert numbers.until(lambda: max(numbers.js(widths)) <= 360)
    finally:
        numbers.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    numbers.js("document.querySelector('[data-choice=measure]').focus()")
    numbers.choose("Measure", "highest speed")
    assert numbers.js("return document.activeElement.dataset.choice") == "measure"
    assert "measure=peak_speed" in numbers.js("return location.hash")
    assert numbers.all("#chart-peak-speed")


def test_pages_of_people_and_videos_have_a_card_with_their_numbers(numbers):
    use = parquet.read(numbers.results / "hand_use.parquet")
    totals_of_people = use.groupby("person").sum(numeric_only=True)
    person, row = next(totals_of_people.iterrows())
    video = use["video_id"].iloc[0]
    for view in (f"person/{person}", f"video/{video}"):
        numbers.go(view)
        numbers.js("document.querySelector('.numbers-panel').scrollIntoView()")
        assert numbers.until(lambda: numbers.all(".numbers-panel svg[role=img]"))
        text = numbers.one(".numbers-panel").text
        if view.startswith("person"):
            rate = 60 * row["n_units"] / row["visible_s"]
            assert f"{rate:.1f} gestures per minute in view ({int(row['n_units'])} in" in text
            counts = (int(row[f"n_{hand}"]) for hand in ("left", "both", "right"))
            assert "left {}, both {}, right {}".format(*counts) in text
        else:
            of_video = use[use["video_id"] == video]
            assert text.count("gestures per minute in view") == len(of_video)


def test_one_person_or_one_video_can_be_chosen(numbers):
    use = parquet.read(numbers.results / "hand_use.parquet")
    person, video = use["person"].iloc[0], use["video_id"].iloc[0]
    show(numbers, person=person)
    assert list(table_of(numbers, "rates").index) == [person]
    numbers.choose("Video", video)
    shown = table_of(numbers, "rates")
    row = use[(use["person"] == person) & (use["video_id"] == video)].iloc[0]
    assert values_of(shown["gestures"]).tolist() == [row["n_units"]]
    assert f"video={video}" in numbers.js("return location.hash")


def test_a_query_selects_gestures_and_keeps_the_time_in_view(numbers):
    show(numbers)
    numbers.type("Search", "hand:left length>0.8")
    assert numbers.until(lambda: "q=hand%3Aleft+length%3E0.8" in numbers.js("return location.hash"))
    gestures = parquet.read(numbers.results / "gestures.parquet").dropna(subset=["unit"])
    length = (gestures["end_s"] - gestures["start_s"]).round(3)
    chosen = gestures[(gestures["hand"] == "left") & (length > 0.8)]
    assert 0 < len(chosen) < len(gestures)
    shown = table_of(numbers, "length")
    assert values_of(shown["n"]).sum() == len(chosen)
    rates = table_of(numbers, "rates")
    units = chosen.drop_duplicates(["video_id", "unit"]).dropna(subset=["person"])
    counts = units.groupby("person").size().reindex(rates.index, fill_value=0)
    assert values_of(rates["gestures"]).tolist() == counts.tolist()
    minutes = totals(numbers.results, "person")["visible_s"].loc[rates.index] / 60
    np.testing.assert_allclose(values_of(rates["minutes in view"]), minutes, atol=0.0551)
    # Minutes are rounded once: 1.046 is 1.0, and not 1.05 and then 1.1.
    once = [f"{value:.{1 if value >= 1 else 2}f}" for value in minutes]
    assert rates["minutes in view"].tolist() == once
    assert "all time in view" in numbers.texts("#chart-rates figcaption")[0]
    assert "do not change it" in numbers.texts("#chart-space figcaption")[0]


def test_a_query_for_people_also_selects_their_time(numbers):
    use = totals(numbers.results, "person")
    first, second = use.index[:2]
    show(numbers, q=f"person:{first}")
    assert list(table_of(numbers, "rates").index) == [first]
    assert "all time in view" not in numbers.texts("#chart-rates figcaption")[0]
    show(numbers, q=f"({first} hand:left) or (person:{second} -hand:left)")
    rates = table_of(numbers, "rates")
    assert set(rates.index) == {first, second}
    minutes = use["visible_s"].loc[rates.index] / 60
    np.testing.assert_allclose(values_of(rates["minutes in view"]), minutes, atol=0.0551)


def test_a_faulty_query_shows_its_fault_instead_of_plots(numbers):
    show(numbers)
    numbers.type("Search", "hnd:left")
    assert numbers.until(lambda: "Did you mean “hand”" in numbers.one("main [role=alert]").text)
    assert not numbers.all("main .chart")
    numbers.type("Search", "hand:left")
    assert numbers.until(lambda: numbers.all("main .chart"))


TYPE_IN_TWO_STEPS = """
const box = document.querySelector('main input[type=search]');
const problem = document.querySelector('main [role=alert]');
const type = (text) => { box.value = text; box.dispatchEvent(new Event('input')); };
window.faults = [];
const note = () => window.faults.push(problem.textContent);
new MutationObserver(note).observe(problem, { attributes: true });
type('hand:r');
setTimeout(() => type('hand:right'), 300);
"""


def test_a_query_that_is_being_typed_shows_no_fault(numbers):
    show(numbers)
    caption = numbers.texts("#chart-length figcaption")[0]
    numbers.js(TYPE_IN_TWO_STEPS)
    assert numbers.until(lambda: "Search: hand:right." in numbers.texts("main figcaption")[0])
    assert caption != numbers.texts("#chart-length figcaption")[0]
    assert not [text for text in numbers.js("return window.faults") if text]


OPEN_PART = """
const [chart, selector, place] = arguments;
const part = document.querySelectorAll(`#chart-${chart} svg ${selector}`)[place];
const text = part.querySelector('title').textContent;
part.dispatchEvent(new Event('click'));
return text;
"""


def n_listed(numbers) -> int:
    """The number of gestures in the list that is shown."""
    [text] = numbers.until(lambda: numbers.texts(".result-count"))
    return int(text.split()[0].replace(",", ""))


@pytest.mark.parametrize("by", ["person", "video", "hand", "column language"])
def test_the_list_that_a_plot_leads_to_has_as_many_gestures(numbers, by):
    choices = {"by": by, "measure": "extent", "q": "length>0.7"}
    choices |= {"whole": 1} if by == "person" else {}
    show(numbers, **choices)
    counts = table_of(numbers, "extent")["n"].str.replace(",", "").astype(int)
    assert len(counts) > 1
    for place, expected in enumerate(counts[:3]):
        show(numbers, **choices)
        numbers.js(OPEN_PART, "extent", "> g > g.leads", place)
        assert n_listed(numbers) == expected > 0, place


def test_parts_of_bars_lead_to_gestures_of_these_hands(numbers):
    for place in range(3):
        show(numbers, by="video")
        text = numbers.js(OPEN_PART, "hands", "g.leads:has(rect)", place)
        hand, n_units = re.fullmatch(r".*: (left|both|right) (\d+) of \d+", text).groups()
        # Both gestures of a two-handed unit are in the list.
        assert n_listed(numbers) == int(n_units) * (2 if hand == "both" else 1), text


def test_leaving_the_view_before_it_is_drawn_keeps_the_new_address(numbers):
    numbers.js("""
        for (const view of ['#/numbers', '#/about']) {
          location.hash = view;
          window.dispatchEvent(new Event('hashchange'));
        }
    """)
    show_later = "const done = arguments[0]; setTimeout(() => done(location.hash), 50)"
    assert numbers.browser.execute_async_script(show_later) == "#/about"
    assert numbers.one("h1").text == "About"


def test_a_corpus_without_hand_use_says_so(page, numbers):
    numbers.browser.get(page.file.as_uri())
    page.go("numbers")
    assert page.until(lambda: "hand_use" in page.one("main .lead").text)
    numbers.browser.get(numbers.file.as_uri())
    assert json.loads(numbers.js("return document.getElementById('corpus').textContent"))["numbers"]


def pairs_of(numbers, x: str, y: str) -> pd.DataFrame:
    """The CSV of the plot of two measures."""
    text = download(numbers, "pairs", "CSV")
    rows = pd.read_csv(io.StringIO(text)).set_index(["video_id", "gesture"])
    assert list(rows.columns) == ["person", "hand", x, y]
    return rows


DRAW_AREA = """
const picture = document.querySelector('#chart-pairs svg');
picture.scrollIntoView({ block: 'center' });
const box = picture.getBoundingClientRect();
const at = ([x, y]) => ({ clientX: box.left + x * box.width, clientY: box.top + y * box.height });
const mouse = { bubbles: true, pointerType: 'mouse', pointerId: 1, button: 0 };
const send = (type, place) =>
  picture.dispatchEvent(new PointerEvent(type, { ...mouse, ...at(place) }));
picture.setPointerCapture = () => {};
send('pointerdown', [0.05, 0.9]);
send('pointermove', [0.4, 0.4]);
send('pointermove', arguments[0]);
send('pointerup', arguments[0]);
return document.querySelector('.area-found').textContent;
"""


def test_two_measures_are_plotted_against_each_other(numbers):
    show(numbers, x="size", y="height")
    gestures = parquet.read(numbers.results / "gestures.parquet").dropna(subset=["unit"])
    known = gestures.dropna(subset=["extent", "height_max"]).set_index(["video_id", "gesture"])
    rows = pairs_of(numbers, "size", "height")
    assert len(rows) == len(known) > 100
    for name, column in (("size", "extent"), ("height", "height_max")):
        expected = known[column].loc[rows.index].astype(float)
        np.testing.assert_allclose(rows[name], expected, atol=0.0051)
    assert len(numbers.all("#chart-pairs path.leads")) == len(rows)
    caption = numbers.texts("#chart-pairs figcaption")[0]
    assert f"n = {len(rows):,} gestures of one hand" in caption
    shown = table_of(numbers, "pairs")
    for person, group in rows.groupby("person"):
        assert int(shown.loc[person, "n"]) == len(group)
        correlation = group["size"].rank().corr(group["height"].rank())
        expected = [correlation] if len(group) > 5 else [np.nan]
        np.testing.assert_allclose(
            values_of(shown.loc[[person], "rank correlation"]), expected, atol=0.0051
        )
    # A choice of the axes leaves the other plots as they are.
    numbers.js("document.querySelector('#chart-rates').dataset.old = '1'")
    numbers.choose("Vertical axis", "speed")
    assert numbers.texts("#chart-pairs h3") == ["Speed against size"]
    assert numbers.js("return document.activeElement.dataset.choice") == "y"
    assert numbers.all("#chart-rates[data-old]")
    assert "y=speed" not in numbers.js("return location.hash")


def test_an_area_of_two_measures_selects_gestures_in_list_and_plots(numbers):
    show(numbers, q="hand:left")
    rows = pairs_of(numbers, "length", "speed")
    n_inside = int(numbers.js(DRAW_AREA, [0.7, 0.2]).split()[0])
    assert 0 < n_inside < len(rows)
    numbers.one(".area-found a").click()
    assert n_listed(numbers) == n_inside
    show(numbers, q="hand:left")
    numbers.js(DRAW_AREA, [0.7, 0.2])
    numbers.one(".area-found button").click()
    assert values_of(table_of(numbers, "length")["n"]).sum() == n_inside
    assert len(pairs_of(numbers, "length", "speed")) == n_inside
    query = numbers.js("return document.activeElement.value")
    assert re.fullmatch(r"hand:left length:[\d.]+ speed:-?[\d.]+", query)


def test_many_gestures_are_counted_in_squares(numbers):
    code = """
    const items = Array.from({ length: 3000 }, (_, index) => ({ x: index % 50, y: index % 7 }));
    const box = { left: 52, right: 400, top: 26, bottom: 300 };
    const toX = (value) => 52 + (value / 50) * 348, toY = (value) => 300 - (value / 7) * 274;
    const { parts, most } = pairSquares(items, toX, toY, box);
    return [most, parts.map((part) => Number.parseInt(part.textContent))];
    """
    sources = ("dom.js", "numbers_pairs.js")
    scripts = [(ASSETS / name).read_text("utf-8") for name in sources]
    data = (ASSETS / "data.js").read_text("utf-8")
    nouns = "\n".join(re.findall(r"^const (?:formatCount|countNoun) = .*$", data, re.M))
    memoize = "const memoize = (compute) => compute;"
    most, counts = numbers.js("\n".join([memoize, nouns, *scripts, code]))
    assert sum(counts) == 3000 and max(counts) == most
