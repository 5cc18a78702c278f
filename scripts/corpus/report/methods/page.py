"""The methods text as an HTML page: one file without scripts or other files."""

import re
from collections.abc import Mapping
from html import escape

from corpus.report.html_style import html_document
from corpus.report.methods import bibliography, citations

_CODE = re.compile(r"`([^`]*)`")
_ADDRESS = re.compile(r"https?://[^\s<]+")


def render(methods: str, references: str, corpus_title: str | None = None) -> str:
    """Render a methods text in Markdown as a page, followed by its references.

    Citations in pandoc's syntax become author and year. `references` are the cited works in BibTeX;
    they follow as a list and as BibTeX. Raises KeyError if one is missing, and ValueError if an
    entry has an unexpected form.
    """
    entries = bibliography.parse(references)
    blocks = "\n".join(convert_block(text) for text in methods.strip().split("\n\n"))
    label_of = citations.labels(entries.values())
    text = bibliography.replace_citations(blocks, lambda keys: citation(keys, label_of))
    listed = "\n".join(
        f'<li id="ref-{escape(key)}">{link_addresses(escape(line, quote=False))}</li>'
        for key, line in citations.sorted_references(entries)
    )
    body = f"""\
{text}
<h2>References</h2>
<ul class="references">
{listed}
</ul>
<h2>References as BibTeX</h2>
<p>The file <code>methods.md</code> beside this page cites these keys, for use with pandoc.</p>
<div class="wide" tabindex="0"><pre>{escape(references, quote=False)}</pre></div>"""
    return html_document("Methods", body, corpus_title)


def citation(keys: list[str], label_of: Mapping[str, str]) -> str:
    """The citation of works in parentheses, with links to the list of references, as HTML."""
    links = (f'<a href="#ref-{key}">{escape(label_of[key], quote=False)}</a>' for key in keys)
    return f"({'; '.join(links)})"


def link_addresses(html: str) -> str:
    """Make links of the addresses in a text without markup."""
    return _ADDRESS.sub(lambda match: f'<a href="{escape(match[0])}">{match[0]}</a>', html)


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
            f'<div class="wide" tabindex="0"><table><thead>{table_row(head, "th")}</thead>\n'
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
