"""The common frame and style of the report's HTML pages: one file, no scripts, no other files."""

from corpus.core.safe_text import xml_text

STYLE = """\
:root { color-scheme: light dark; --page: #fff; --ink: #1a202c; --soft: #4a5568; --line: #d5dae1;
  --rail: #e6eaf0; --half: #90c2f2; --full: #2b6cb0; --close: #b83232 }
@media (prefers-color-scheme: dark) {
  :root { --page: #14181f; --ink: #e6eaf0; --soft: #a3adbb; --line: #353c48;
    --rail: #2a313c; --half: #2c5282; --full: #63a4e8; --close: #ff8f8f } }
body { margin: 1.5rem; background: var(--page); color: var(--ink); font: 15px/1.5 sans-serif }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
p, dl { max-width: 46rem } dt { font-weight: 600 } dd { margin: 0 0 .6rem 1.2rem }
.wide { overflow-x: auto } table { border-collapse: collapse }
th, td { padding: .5rem 1rem .5rem 0; border-bottom: 1px solid var(--line); text-align: left;
  vertical-align: top; white-space: nowrap }
thead th, td:last-child { white-space: normal; overflow-wrap: break-word }
td small { display: block; color: var(--soft) } .number { text-align: right }
.note { border-left: 4px solid var(--close); padding-left: .8rem }
.close { color: var(--close); font-weight: 600 }
.bar { display: block; position: relative; width: 7rem; height: .6rem; background: var(--rail) }
.bar i { position: absolute; left: 0; top: 0; bottom: 0 }
.max { background: var(--half) } .median { background: var(--full) }
"""
"""CSS of all pages, for light and dark colour schemes."""


def html_document(title: str, body: str) -> str:
    """A complete HTML document. `title` and `body` are HTML: escape text before passing it."""
    return xml_text(f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{STYLE}</style>
</head>
<body>
{body}
</body>
</html>
""")
