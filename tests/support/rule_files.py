"""The text of all rules, for tests of their style, their names and their outputs."""

import re

from repository import ROOT

RULES = {
    name: body
    for file in sorted((ROOT / "rules").glob("*.smk"))
    for name, body in re.findall(r"^rule (\w+):\n(.*?)(?=^rule |\Z)", file.read_text(), re.S | re.M)
}
"""Text of each rule, by name."""

OPTIONAL_FILES = re.findall(
    r'^ +include: "(rules/\w+\.smk)"', (ROOT / "Snakefile").read_text(), re.MULTILINE
)
"""Rule files that the Snakefile includes only if a setting says so."""
OPTIONAL = {
    rule
    for file in OPTIONAL_FILES
    for rule in re.findall(r"^rule (\w+):\n", (ROOT / file).read_text(), re.MULTILINE)
}
"""Names of their rules."""


def outputs(rule: str) -> list[str]:
    """Outputs of a rule below the folder of results, with wildcards: shots/{video}.parquet."""
    block = re.search(r"^    output:\n((?:^ {8}.*\n|^\n)+)", RULES[rule], re.MULTILINE)
    return re.findall(r'"<results>/([^"]+)"', block[1]) if block else []


def is_per_video(rule: str) -> bool:
    """Whether the default target runs a rule once for each video, with the default settings."""
    if rule in OPTIONAL:
        return False
    per_video = all("{video}" in output for output in outputs(rule)) and outputs(rule)
    return bool(per_video) and "all_outputs(" not in RULES[rule] and not rule.startswith("export_")
