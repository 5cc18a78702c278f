"""Renders the methods text from its template.

The template is a Jinja template of a Markdown file, so that the text can be read and edited as
text. Citations are pandoc's, with the keys of references.bib.
"""

from functools import cache
from pathlib import Path

import jinja2

from corpus.core import wording
from corpus.report.methods.facts import compute_facts
from corpus.report.methods.summary import CorpusSummary

TEMPLATE = Path(__file__).with_name("methods.md.j2")


def compose(summary: CorpusSummary, template: Path = TEMPLATE) -> str:
    """The methods text in Markdown, one line per paragraph. It ends with a newline.

    Raises jinja2.TemplateError if the template is invalid or uses a fact that does not exist.
    """
    compiled = _compile(template.read_text(encoding="utf-8"))
    return join_lines(compiled.render(compute_facts(summary)))


def join_lines(markdown: str) -> str:
    """Join the lines of each paragraph into one. Lines of tables and lists stay separate.

    Blocks are separated by one blank line in the result, and empty blocks are left out.
    """
    blocks = []
    for block in markdown.split("\n\n"):
        lines = [" ".join(line.split()) for line in block.splitlines() if line.strip()]
        if lines:
            separator = "\n" if lines[0].startswith(("|", "- ")) else " "
            blocks.append(separator.join(lines))
    return "\n\n".join(blocks) + "\n"


@cache
def _compile(template: str) -> jinja2.Template:
    """The template of a text. Compiling takes longer than rendering."""
    return _environment().from_string(template)


def _environment() -> jinja2.Environment:
    """A Jinja environment with filters for numbers and words. Unknown variables are errors."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    environment.filters |= {
        "count_noun": wording.count_noun,
        "duration": wording.format_duration,
        "percent": wording.format_percent,
        "join_words": wording.join_words,
        "part_of": wording.none_some_or_all,
        "number": "{:g}".format,
        "thousands": "{:,}".format,
        "was": lambda number: "was" if number == 1 else "were",
        "size": lambda size: f"{size[0]} × {size[1]}",
        "code": lambda names: [f"`{name}`" for name in names],
        "tool": lambda version, name: f"{name} {version}" if version else name,
        "per_second": lambda rate, noun: f"{rate:g} {noun if rate == 1 else noun + 's'} per second",
    }
    return environment
