"""The page about the corpus: HTML, style and script are files in this folder, laid into one.

Nothing on the page comes from a network, and nothing of the data becomes markup: the data stands
in blocks of JSON, which the script shows as text. A Content-Security-Policy lets only this script
and this style run, by their checksums, whatever a title or a reason may contain.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

FOLDER = Path(__file__).parent / "assets"
STYLES = ("base.css", "views.css", "timeline.css")
SCRIPTS = (
    *("data.js", "dom.js", "list.js", "names.js", "lane.js", "player.js"),
    *("overview.js", "videos.js", "video.js", "people.js", "person.js", "naming.js"),
    *("quality.js", "about.js", "main.js"),
)
"""In this order: each may use what stands in those before it."""


def block(name: str, value: object) -> str:
    """A block of JSON that the script finds by its `name`.

    Inside a script element only `<` could end or change anything, so it is written as an escape.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = text.replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>\n'


def _checksum(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"


def _joined(names: Iterable[str]) -> str:
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in names)


def render(blocks: Iterable[str]) -> str:
    """The whole page, with `blocks` of data."""
    style = _joined(STYLES)
    script = f"(() => {{\n'use strict';\n{_joined(SCRIPTS)}}})();\n"
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_checksum(script)}",
            f"style-src {_checksum(style)}",
            "img-src data:",
            # A video beside the page, opened as a file or from a server of one's own.
            "media-src 'self' file:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )
    page = (FOLDER / "index.html").read_text(encoding="utf-8")
    # The data last: what it contains is never looked at again.
    for mark, text in (("policy", policy), ("style", style), ("script", script)):
        page = page.replace(f"<!--{mark}-->", text)
    before, _, after = page.partition("<!--data-->")
    return "".join((before, *blocks, after))
