"""Captions and labels of the files in Snakemake's report."""

import re
from pathlib import Path
from types import SimpleNamespace

import jinja2


def find_entries(root: Path) -> list[tuple[str, str, dict[str, str]]]:
    """Caption, category and labels of each output that the rules mark for the report."""
    entries = []
    for file in sorted((root / "rules").glob("*.smk")):
        for entry in re.findall(r"report\(\n(.*?)\n        \),", file.read_text(), re.DOTALL):
            caption = re.search(r'caption="\.\./(.*)"', entry)[1]
            category = re.search(r'category="(\w+)"', entry)[1]
            labels = re.search(r"labels=(.*)", entry, re.DOTALL)[1]
            entries.append((caption, category, dict(re.findall(r'"(\w+)": "([^"]+)"', labels))))
    return entries


def test_each_entry_has_a_short_caption_and_one_label(root: Path) -> None:
    """With two labels, the report shows a switch, and fails if a combination has no file."""
    entries = find_entries(root)
    categories = {category for _, category, _ in entries}
    assert categories >= {"Corpus", "People", "Coverage", "Methods", "Efficiency"}
    for caption, category, labels in entries:
        assert 0 < len((root / caption).read_text().splitlines()) < 10, caption
        assert list(labels) == ["shows"], (category, labels)
    titles = [(category, labels["shows"]) for _, category, labels in entries]
    assert len(set(titles)) == len(titles)


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
