"""The HTML page of the methods text."""

from corpus.report.methods import page
from html_document import HtmlDocument


def test_the_page_shows_text_tables_and_references() -> None:
    source = "# A <b>\n\nOne & `two` [@c].\n\n- x\n- y\n\n| p | q |\n| --- | --- |\n| 1 | `<2>` |\n"
    document = HtmlDocument(page.render(source, "@misc{c,\n}\n"))
    assert {"h1", "p", "code", "li", "table", "td", "pre"} <= document.tags
    for text in ("A <b>", "One & two [@c].", "<2>", "@misc{c,"):
        assert text in document.text
    assert "---" not in document.text
    assert not {"b", "script"} & document.tags
