"""The text of all rules, for tests of their style and their names."""

import re

from repository import ROOT

RULES = {
    name: body
    for file in sorted((ROOT / "rules").glob("*.smk"))
    for name, body in re.findall(r"^rule (\w+):\n(.*?)(?=^rule |\Z)", file.read_text(), re.S | re.M)
}
"""Text of each rule, by name."""
