"""Render the page: insert style, scripts and data into one HTML file.

The page loads nothing from a network, only videos and side files that lie beside it. Data never
becomes markup: it is inserted as blocks of JSON, which the scripts show as text. A
Content-Security-Policy allows only the style and the script of this page, by their checksums, and
scripts in files, which are its side files. No title or other text in the data becomes a script.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from corpus.core.safe_text import xml_json
from corpus.report import html_style

ASSETS = Path(__file__).parent / "assets"
STYLES = (
    "controls.css",
    "views.css",
    "stacked_table.css",
    "timeline.css",
    "skeleton.css",
    "check.css",
    "player.css",
    "selected_gesture.css",
    "numbers.css",
    "similar.css",
    "map.css",
    "gestures.css",
    "result_links.css",
)
SCRIPTS = (
    "text.js",
    "data.js",
    "dom.js",
    "downloads.js",
    "side_files.js",
    "result_links.js",
    "gestures_data.js",
    "annotation_fields.js",
    "query.js",
    "query_errors.js",
    "query_edit.js",
    "list.js",
    "safe_text.js",
    "browser_store.js",
    "names.js",
    "interval_search.js",
    "lane.js",
    "intervals.js",
    "keys.js",
    "frame_clock.js",
    "playback.js",
    "player.js",
    "player_controls.js",
    "skeleton.js",
    "skeleton_canvas.js",
    "skeleton_layer.js",
    "faces.js",
    "doubts.js",
    "overview.js",
    "videos.js",
    "timeline_rows.js",
    "timeline_zoom.js",
    "timeline.js",
    "timeline_table.js",
    "selected_gesture.js",
    "video.js",
    "people.js",
    "person.js",
    "naming.js",
    "quality.js",
    "verdicts.js",
    "check_entries.js",
    "check_verdict.js",
    "check.js",
    "poses.js",
    "thumbnails.js",
    "mark_button.js",
    "feature_strips.js",
    "similar.js",
    "map_points.js",
    "map_area.js",
    "map_pixels.js",
    "map.js",
    "map_clip.js",
    "map_view.js",
    "marks.js",
    "csv.js",
    "marks_csv.js",
    "zip.js",
    "marks_eaf.js",
    "marks_tools.js",
    "gesture_fields.js",
    "gesture_columns.js",
    "gesture_list.js",
    "gesture_panel.js",
    "gestures.js",
    "about.js",
    "charts_export.js",
    "charts.js",
    "charts_rows.js",
    "heat_map.js",
    "numbers_data.js",
    "numbers_query.js",
    "numbers_charts.js",
    "numbers_space.js",
    "numbers_area.js",
    "numbers_pairs.js",
    "numbers_panel.js",
    "numbers.js",
    "main.js",
)
"""In the order in which they run; the last one draws the first view."""


def json_block(block_id: str, value: object) -> str:
    """A script element of this id with `value` as JSON, which the page's script reads.

    Inside a script element, only `<` could end the element or open a comment, so it is written as
    an escape sequence. So are characters that are not allowed in HTML.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    text = xml_json(text.replace("<", "\\u003c"))
    return f'<script type="application/json" id="{block_id}">{text}</script>\n'


def render(blocks: Iterable[str]) -> str:
    """The HTML of the page with these blocks of data."""
    style = style_sheet()
    script = f"(() => {{\n'use strict';\n{_concatenate(SCRIPTS)}}})();\n"
    parts = {"policy": _security_policy(style, script), "style": style, "script": script}
    page = (ASSETS / "index.html").read_text(encoding="utf-8")
    for name, text in parts.items():
        page = page.replace(f"<!--{name}-->", text)
    # The data is inserted last, so that nothing in it is mistaken for a placeholder.
    before, _, after = page.partition("<!--data-->")
    return "".join((before, *blocks, after))


def style_sheet() -> str:
    """The CSS of the page, with the colours of people."""
    return html_style.base_style() + _concatenate(STYLES)


def _concatenate(names: Iterable[str]) -> str:
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in names)


def _security_policy(style: str, script: str) -> str:
    directives = (
        "default-src 'none'",
        # Side files are scripts beside the page, which is opened as a file or from a server.
        f"script-src {_policy_checksum(script)} 'self' file:",
        f"style-src {_policy_checksum(style)}",
        "img-src data:",
        "media-src 'self' file:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return "; ".join(directives)


def _policy_checksum(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
