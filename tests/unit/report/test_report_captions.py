"""Captions and labels of the files in Snakemake's report."""

import ast
import re
from pathlib import Path
from types import SimpleNamespace

import jinja2

from corpus.report import html_style


def find_entries(root: Path) -> dict[str, tuple[str, str, str]]:
    """Caption, category and label of each file that the rules mark for the report, by name."""
    source = (root / "rules" / "stage_inputs.smk").read_text()
    table = re.search(r"^IN_REPORT = (\{.*?^\})", source, re.DOTALL | re.MULTILINE)[1]
    return ast.literal_eval(table)


def test_each_entry_has_a_short_caption_and_one_label(root: Path) -> None:
    """With two labels, the report shows a switch, and fails if a combination has no file."""
    entries = find_entries(root)
    assert {category for _, category, _ in entries.values()} == {
        "Corpus", "People", "Coverage", "Agreement", "Methods", "Efficiency"
    }  # fmt: skip
    for caption, _, _ in entries.values():
        assert 0 < len((root / f"docs/report/{caption}.rst").read_text().splitlines()) < 10
    titles = [(category, label) for _, category, label in entries.values()]
    assert len(set(titles)) == len(titles)
    rules = "".join(file.read_text() for file in (root / "rules").glob("*.smk"))
    assert rules.count('labels={"shows": label}') == rules.count("labels=") == 1


def test_all_files_of_the_report_come_from_its_rules(root: Path) -> None:
    rules = "".join(file.read_text() for file in (root / "rules").glob("*.smk"))
    marked = re.findall(r'in_report\("<results>/report/([^"]+)"\)', rules)
    assert sorted(marked) == sorted(find_entries(root))


def test_captions_contain_no_folders_of_this_computer(root: Path) -> None:
    """The configuration may contain absolute paths, and people pass on the report."""
    folder = "/home/ada/study 7"
    config = {
        "videos": f"{folder}/mine.tsv",
        "people": f"{folder}/who.tsv",
        "results": f"{folder}/corpus7/",
    }
    params = SimpleNamespace(benchmarks=f"{folder}/corpus7/benchmarks", results=folder)
    captions = ""
    for caption in sorted((root / "docs/report").glob("*.rst")):
        snakemake = SimpleNamespace(config=config, params=params)
        captions += jinja2.Template(caption.read_text()).render(snakemake=snakemake)
    assert "/home" not in captions and "study 7" not in captions
    for name in ("``mine.tsv``", "``who.tsv``", "``corpus7``"):
        assert name in captions


def test_the_report_has_the_colours_and_fonts_of_the_page(root: Path) -> None:
    style = (root / "docs/report/style.css").read_text()
    of_report, of_page = (
        [dict(re.findall(r"--([\w-]+): ([^;]+);", block)) for block in blocks]
        for blocks in (
            re.findall(r":root \{(.*?)\}", text, re.DOTALL)
            for text in (style, (html_style.STYLE_FOLDER / "base.css").read_text())
        )
    )
    assert len(of_report) == len(of_page) == 2, "the light and the dark scheme"
    for values, page_values in zip(of_report, of_page, strict=True):
        assert len(values) > 8 and values.items() <= page_values.items()


def test_the_report_hides_the_headers_of_documents(root: Path) -> None:
    """Their link to the page does not work within Snakemake's report."""
    style = (root / "docs/report/style.css").read_text()
    [height] = re.findall(r"\.top \{ .*height: ([\d.]+rem) \}", html_style.document_style())
    assert f"margin-top: -{height}; height: calc(100vh + {height})" in style
    names = {name for name in find_entries(root) if name.endswith(".html")}
    assert set(re.findall(r'src\*="([^"]+)"', style)) == names
