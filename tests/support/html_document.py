"""A parser that checks an HTML document and collects what is in it."""

from html.parser import HTMLParser


class HtmlDocument(HTMLParser):
    """Elements with their attributes, and the text. Every element must be closed in order."""

    def __init__(self, html: str) -> None:
        """Parse a document. `elements` are pairs of tag and attributes."""
        super().__init__()
        self.elements: list[tuple[str, dict]] = []
        self.text = ""
        self.open_tags: list[str] = []
        self.feed(html)
        assert self.open_tags == []

    @property
    def tags(self) -> set[str]:
        """The kinds of elements in the document."""
        return {tag for tag, _ in self.elements}

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open_tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open_tags.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
