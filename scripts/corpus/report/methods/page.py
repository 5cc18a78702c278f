"""The methods text as a page to read: one HTML file without scripts or other files."""

import re
from html import escape

from corpus.report.efficiency.page import STYLE

_CODE = re.compile(r"`([^`]*)`")


def inline(text: str) -> str:
    """Text of a block as HTML; what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def row(line: str, cell: str) -> str:
    """A line of a Markdown table as a row of HTML."""
    cells = [inline(text.strip()) for text in line.strip("|").split("|")]
    return "<tr>" + "".join(f"<{cell}>{text}</{cell}>" for text in cells) + "</tr>"


def block(text: str) -> str:
    """A heading, list, table or paragraph, as write_methods makes them, as HTML."""
    lines = text.split("\n")
    if text.startswith("#"):
        marks, _, title = text.partition(" ")
        return f"<h{len(marks)}>{inline(title)}</h{len(marks)}>"
    if text.startswith("- "):
        return "<ul>" + "".join(f"<li>{inline(line[2:])}</li>" for line in lines) + "</ul>"
    if text.startswith("|"):
        head, _, *rows = lines
        body = "\n".join(row(line, "td") for line in rows)
        return (
            f'<div class="wide"><table><thead>{row(head, "th")}</thead>\n'
            f"<tbody>{body}</tbody></table></div>"
        )
    return f"<p>{inline(text)}</p>"


def render(methods: str, references: str) -> str:
    """The page about a methods text in Markdown, with its works in BibTeX at the end."""
    title = "What the keys in brackets cite, as BibTeX"
    blocks = "\n".join(block(text) for text in methods.strip().split("\n\n"))
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Methods</title>
<style>
{STYLE}</style>
</head>
<body>
{blocks}
<h2>{title}</h2>
<div class="wide"><pre>{escape(references, quote=False)}</pre></div>
</body>
</html>
"""
