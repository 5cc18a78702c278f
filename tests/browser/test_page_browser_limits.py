"""The page in an old browser, with damaged side files, with long names, and what is kept."""

import pytest

pytestmark = pytest.mark.usefixtures("console_and_network_checked")

LONG_NAME = "Wolfeschlegelsteinhausenbergerdorff" * 8
TYPE_NAME = """
const box = document.querySelector('main input[list]');
box.value = arguments[0];
for (const name of ['input', 'change']) box.dispatchEvent(new Event(name, {bubbles: true}));
"""
NEW_DOCUMENT = "Page.addScriptToEvaluateOnNewDocument"


@pytest.fixture
def changed_browser(page):
    """A function that opens the page in a browser in which a script ran first."""
    scripts = []

    def reload(source):
        added = page.browser.execute_cdp_cmd(NEW_DOCUMENT, {"source": source})
        scripts.append(added["identifier"])
        page.reload()

    yield reload
    for script in scripts:
        remove = "Page.removeScriptToEvaluateOnNewDocument"
        page.browser.execute_cdp_cmd(remove, {"identifier": script})
    page.reload()


@pytest.mark.parametrize(
    ("source", "advice"),
    [
        ("delete window.DecompressionStream", "Chrome or Edge 80"),
        ("window.atob = () => 'damaged'", "Copy the whole folder report again"),
    ],
)
def test_data_that_cannot_be_unpacked_is_a_sentence(page, changed_browser, source, advice):
    changed_browser(source)
    for view in ("gestures", "numbers", "check", "about"):
        page.go(view)
        assert page.until(lambda: "Loading." not in page.texts("main p"))
    assert [advice in text for text in page.texts(".unreadable")] == [True], "said once"


def test_a_long_name_does_not_widen_the_page(page):
    page.go("people")
    page.js(TYPE_NAME, LONG_NAME)
    wide = []
    try:
        for width in (390, 1024, 1440):
            metrics = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 900}
            page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            for view in ("", "check", "names", "people"):
                page.go(view)
                assert LONG_NAME in page.js("return document.body.outerHTML")
                if page.js("return document.documentElement.scrollWidth > innerWidth"):
                    wide.append((width, view))
    finally:
        page.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.go("about")
        for _ in range(2):
            page.js("document.getElementById('forget-kept').click()")
        assert page.until(lambda: LONG_NAME not in page.js("return document.body.outerHTML"))
    assert wide == []


def test_what_the_browser_keeps_can_be_deleted(page):
    count = "return Object.keys(localStorage).length"
    page.js("localStorage.clear()")
    page.reload()
    page.go("people")
    page.js("localStorage.setItem('another page', '1');" + TYPE_NAME, "Anna")
    assert page.until(lambda: page.js(count) == 2)
    page.go("about")
    page.js("arguments[0].click()", page.one("#forget-kept"))
    assert page.js(count) == 2, "asked first"
    page.js("arguments[0].click()", page.one("#forget-kept"))
    assert page.until(lambda: page.js("return Object.keys(localStorage)") == ["another page"])
    assert page.until(lambda: "Forget" in page.one("#forget-kept").text)
    page.js("localStorage.clear()")
