"""The common style of the report's HTML files, and the frame of those that are documents to read.

The page (`corpus.report.page`) and the documents (methods, efficiency, agreement) start with the
same style sheet: colours, typography, header and footer. Each file contains its style, so that it
can be opened alone; a document has no scripts and loads no other files.
"""

from html import escape
from pathlib import Path

from corpus.core import person_colours
from corpus.core.safe_text import xml_text

STYLE_FOLDER = Path(__file__).parent / "style"
PAGE = "index.html"
"""The page, beside the documents in the folder `report`."""


def base_style() -> str:
    """CSS of all HTML files, for light and dark colour schemes, with the colours of people."""
    return person_colours.css() + (STYLE_FOLDER / "base.css").read_text("utf-8") + "\n"


def document_style() -> str:
    """CSS of the documents: the common style, tables and plots."""
    return base_style() + (STYLE_FOLDER / "documents.css").read_text("utf-8")


def html_document(title: str, body: str, corpus_title: str | None = None) -> str:
    """A complete HTML document, with a header that links back to the page.

    `title` and `body` are HTML: escape text before passing it. The header shows `corpus_title`, a
    text, or "Video corpus" without one.
    """
    name = escape(corpus_title or "Video corpus")
    return xml_text(f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{document_style()}</style>
</head>
<body>
<header class="top">
<span class="brand"><span class="brand-mark" aria-hidden="true"></span><span>{name}</span></span>
<nav class="back" aria-label="Report"><a href="{PAGE}">Back to the page</a></nav>
</header>
<main>
{body}
</main>
</body>
</html>
""")
