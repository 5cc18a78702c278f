"""The HTML page of the methods text."""

import pytest

from corpus.report.methods import bibliography, citations, page
from html_document import HtmlDocument

REFERENCES = """\
@article{o1999,
  author = {{\\"O}zge, Ana Maria and de Vries, Jean-Luc},
  title = {A {Title}},
  journal = {Letters \\& Words},
  volume = {2},
  number = {3},
  pages = {10--12},
  year = {1999},
  doi = {10.1/x},
}

@misc{tool,
  author = {{The tool developers}},
  title = {Tool},
  url = {https://example.org/<tool>},
}
"""


def test_the_page_shows_text_tables_and_references() -> None:
    table = "| p | q |\n| --- | --- |\n| 1 | `<2>` |\n"
    source = f"# A <b>\n\nOne & `two` [@tool].\n\n- x\n- y\n\n{table}"
    document = HtmlDocument(page.render(source, REFERENCES, "My <i> corpus"))
    assert {"h1", "p", "code", "li", "table", "td", "pre"} <= document.tags
    for text in ("A <b>", "One & two (The tool developers, n.d.).", "<2>", "@misc{tool,"):
        assert text in document.text
    assert "My <i> corpus" in document.text
    assert "---" not in document.text.partition("A <b>")[2]
    assert not {"b", "i", "script"} & document.tags


def test_citations_are_links_to_the_list_of_references() -> None:
    document = HtmlDocument(page.render("Both [@tool; @o1999].", REFERENCES))
    assert "Both (The tool developers, n.d.; Özge and de Vries, 1999)." in document.text
    assert (
        "Özge, A. M., & de Vries, J.-L. (1999). A Title. Letters & Words, 2(3), 10–12. "
        "https://doi.org/10.1/x\nThe tool developers (n.d.). Tool. https://example.org/<tool>\n"
    ) in document.text
    links = {names["href"] for tag, names in document.elements if tag == "a"}
    targets = {f"#{names['id']}" for _, names in document.elements if "id" in names}
    assert targets == {"#ref-tool", "#ref-o1999"} and targets < links


def test_a_citation_without_an_entry_is_an_error() -> None:
    with pytest.raises(KeyError):
        page.render("Nobody [@nobody].", REFERENCES)


def test_labels_that_are_equal_get_letters() -> None:
    first, second = (
        bibliography.Entry("misc", key, {"author": "Li, A and Xu, B and Wu, C", "year": "2001"})
        for key in ("a", "b")
    )
    assert citations.labels([second, first]) == {"a": "Li et al., 2001a", "b": "Li et al., 2001b"}


def test_all_entries_of_the_workflow_become_text() -> None:
    lines = citations.sorted_references(bibliography.read())
    assert [line for _, line in lines if set("{}\\") & set(line) or ".." in line] == []
    assert any(line.startswith("Mölder, F., Jablonski, K. P., Letcher, B.") for _, line in lines)
