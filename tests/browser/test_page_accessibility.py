"""Every view of the page is checked with axe-core: light and dark, on a desktop and on a phone."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources

import pytest
from selenium.webdriver.common.keys import Keys

from compared_gestures import write_compared_html
from corpus.report.page import render
from page_browser import GONE, PLAIN, BrowserPage

import chromium  # isort: skip

pytestmark = pytest.mark.usefixtures("console_and_network_checked")

AXE = (resources.files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """
// Of the element that a selector chooses, by all rules or by those of a list.
const [selector, rules, done] = arguments;
const chosen = rules ? { runOnly: { type: 'rule', values: rules } } : {};
axe.run(selector, { resultTypes: ['violations'], ...chosen }).then(({ violations }) => done(violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.any.map((check) => check.message).join(' ')}`))));
"""  # noqa: E501
COLOUR_RULES = ["color-contrast"]
"""The default rules of axe-core whose results can differ between the colour schemes."""
QUIET = """
// The view is ready when none of its elements has changed for 80 ms: some views load side files.
const done = arguments[0];
let timer = setTimeout(done, 80);
const watch = new MutationObserver(() => { clearTimeout(timer); timer = setTimeout(done, 80); });
watch.observe(document.getElementById('main'), { childList: true, subtree: true });
setTimeout(() => { watch.disconnect(); done(); }, 4000);
"""
LINKS = "return [...document.querySelectorAll('a[href^=\"#/\"]')].map((a) => a.hash.slice(2))"
WIDER = """
// What sticks out to the right, unless it is within an element that scrolls.
const width = document.documentElement.clientWidth;
if (document.documentElement.scrollWidth <= width) return [];
const scrolls = (e) => e && (getComputedStyle(e).overflowX !== 'visible' || scrolls(e.parentElement));
return ['wider than the window', ...[...document.querySelectorAll('body *')].filter((e) =>
  e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement)).map((e) => e.outerHTML.slice(0, 120))];
"""  # noqa: E501
DIALOG_BUTTONS = "main button[aria-haspopup=dialog]"
PHONE = (390, 844)


def view_names() -> list[str]:
    """The names of the views in main.js, as in the addresses of the page."""
    script = (render.ASSETS / "main.js").read_text("utf-8")
    [views] = re.findall(r"const VIEWS = \{\n(.*?)\n\};", script, re.DOTALL)
    return re.findall(r"(?:^ +|, )(?:'')?(\w*): (?=\w+[,\n]|\()", views, re.MULTILINE)


def show(page: BrowserPage, address: str) -> None:
    """Show a view, and wait until it has loaded its data."""
    page.go(address)
    page.browser.execute_async_script(QUIET)


def faults(page: BrowserPage, selector: str = "html", rules: list[str] | None = None) -> list[str]:
    """What axe-core finds serious or critical in an element of the page as it is shown."""
    if not page.js("return 'axe' in window"):
        page.js(AXE)
    return page.browser.execute_async_script(RUN_AXE, selector, rules)


def set_scheme(page: BrowserPage, scheme: str) -> None:
    """Show the page in a colour scheme, without transitions, in which colours are in between."""
    features = {"prefers-color-scheme": scheme, "prefers-reduced-motion": "reduce"}
    media = [{"name": name, "value": value} for name, value in features.items()]
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})


@pytest.fixture(scope="module")
def full(page: BrowserPage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserPage]:
    """The page of the same corpus with all optional data, in the browser of all tests."""
    results = tmp_path_factory.mktemp("full") / "results"
    shutil.copytree(page.results, results, symlinks=True)
    file = write_compared_html(results, page.manifest)
    page.browser.get(file.as_uri())
    yield replace(page, results=results, file=file)
    page.browser.get(page.file.as_uri())


@pytest.fixture(scope="module")
def addresses(full: BrowserPage) -> dict[str, str]:
    """An address of each view, by the view's name: the first link to it that another view has.

    Links to gestures like one appear where that gesture is chosen, such as on the map.
    """
    first = {"": ""}
    waiting = [f"map?video={PLAIN}&gesture=0", ""]
    while waiting:
        show(full, waiting.pop())
        for link in full.js(LINKS):
            address = link.partition("?")[0]
            if (name := address.partition("/")[0]) not in first:
                first[name] = address
                waiting.append(address)
    return first


def test_links_lead_to_all_views(addresses):
    assert set(addresses) == set(view_names())


@pytest.mark.parametrize("view", [*view_names(), f"video/{PLAIN}", f"video/{GONE}"])
def test_axe_finds_nothing_serious_and_views_fit_a_phone(full, addresses, view):
    address = addresses.get(view, view)
    found = {}
    try:
        for size in (None, PHONE):
            if size:
                chromium.set_window_size(full.browser, *size)
            show(full, address)
            for scheme, rules in {"dark": None, "light": COLOUR_RULES}.items():
                set_scheme(full, scheme)
                found[f"{size} {scheme}"] = faults(full, rules=rules)
            if size:
                found["width"] = full.js(WIDER)
        labels = full.texts(DIALOG_BUTTONS)
        for number in sorted({labels.index(label) for label in labels})[:2]:
            full.js("arguments[0].click()", full.all(DIALOG_BUTTONS)[number])
            found[f"dialog {number}"] = faults(full, "dialog[open]")
            full.one("body").send_keys(Keys.ESCAPE)
    finally:
        full.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        chromium.set_colour_scheme(full.browser, "light")
    assert {where: what for where, what in found.items() if what} == {}
