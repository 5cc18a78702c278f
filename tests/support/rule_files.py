"""The rules of the workflow as text, for tests of their style and for lists of their names."""

import re

from repository import ROOT

RULES = {
    name: body
    for file in sorted((ROOT / "rules").glob("*.smk"))
    for name, body in re.findall(r"^rule (\w+):\n(.*?)(?=^rule |\Z)", file.read_text(), re.S | re.M)
}
"""Rule name: the text of the rule."""
