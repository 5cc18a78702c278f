"""The methods text as an HTML page: one file without scripts or other files."""

import re
from html import escape

from corpus.report.html_style import html_document

_CODE = re.compile(r"`([^`]*)`")


def render(methods: str, references: str) -> str:
    """Render a methods text in Markdown as a page, followed by its references in BibTeX."""
    blocks = "\n".join(convert_block(text) for text in methods.strip().split("\n\n"))
    body = f"""\
{blocks}
<h2>References of the keys in brackets, as BibTeX</h2>
<div class="wide"><pre>{escape(references, quote=False)}</pre></div>"""
    return html_document("Methods", body)


def convert_block(text: str) -> str:
    """Convert a heading, list, table or paragraph of the methods text to HTML."""
    lines = text.split("\n")
    if text.startswith("#"):
        marks, _, title = text.partition(" ")
        return f"<h{len(marks)}>{convert_inline(title)}</h{len(marks)}>"
    if text.startswith("- "):
        return "<ul>" + "".join(f"<li>{convert_inline(line[2:])}</li>" for line in lines) + "</ul>"
    if text.startswith("|"):
        head, _, *rows = lines
        body = "\n".join(table_row(line, "td") for line in rows)
        return (
            f'<div class="wide"><table><thead>{table_row(head, "th")}</thead>\n'
            f"<tbody>{body}</tbody></table></div>"
        )
    return f"<p>{convert_inline(text)}</p>"


def table_row(line: str, tag: str) -> str:
    """Convert a line of a Markdown table to a row with cells of the element `tag`."""
    cells = [convert_inline(text.strip()) for text in line.strip("|").split("|")]
    return "<tr>" + "".join(f"<{tag}>{text}</{tag}>" for text in cells) + "</tr>"


def convert_inline(text: str) -> str:
    """Escape text as HTML, and mark text between backticks as code."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))
