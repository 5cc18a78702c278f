"""Snakemake's report: what it takes in, its captions, and that all of it opens."""

import json
import os
import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import jinja2
import pandas as pd
import pytest

from workflow_runs import DEMO

SVG = "{http://www.w3.org/2000/svg}"


def entries(root: Path) -> list[tuple[str, str, dict[str, str]]]:
    """Caption, category and labels of each output that is marked for the report."""
    found = []
    for file in sorted((root / "rules").glob("*.smk")):
        for marked in re.findall(r"report\(\n(.*?)\n        \),", file.read_text(), re.DOTALL):
            caption = re.search(r'caption="\.\./(.*)"', marked)[1]
            labels = dict(
                re.findall(r'"(\w+)": "([^"]+)"', re.search(r"labels=(.*)", marked, re.S)[1])
            )
            found.append((caption, re.search(r'category="(\w+)"', marked)[1], labels))
    return found


def test_each_entry_has_a_short_caption_and_one_label(root: Path) -> None:
    """Of two labels the report makes a switch, and fails where one position shows nothing."""
    found = entries(root)
    assert {category for _, category, _ in found} >= {
        *("Corpus", "People", "Coverage", "Methods", "Efficiency"),
    }
    for caption, category, labels in found:
        assert 0 < len((root / caption).read_text().splitlines()) < 10, caption
        assert list(labels) == ["shows"], (category, labels)
    shown = [(category, labels["shows"]) for _, category, labels in found]
    assert len(set(shown)) == len(shown)


def test_captions_name_no_folders_of_one_machine(root: Path) -> None:
    """The configuration may have absolute paths; the report is passed on."""
    folder = "/home/ada/study 7"
    config = {
        "videos": f"{folder}/mine.tsv",
        "people": f"{folder}/who.tsv",
        "results": f"{folder}/corpus7/",
    }
    params = SimpleNamespace(benchmarks=f"{folder}/corpus7/benchmarks", results=folder)
    told = ""
    for caption in sorted((root / "docs/report").glob("*.rst")):
        snakemake = SimpleNamespace(config=config, params=params)
        told += jinja2.Template(caption.read_text()).render(snakemake=snakemake)
    assert "/home" not in told and "study 7" not in told
    for name in ("``mine.tsv``", "``who.tsv``", "``corpus7``"):
        assert name in told


@pytest.fixture(scope="module")
def report(demo: Path, snakemake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Snakemake's report of the demo."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    snakemake("--configfile", DEMO[-1], "--config", f"results={demo}", "--report", path)
    return path


@pytest.mark.workflow
def test_the_report_has_all_categories_files_and_captions(report: Path) -> None:
    text = report.read_text()
    categories = json.loads(re.search(r"^ *var categories = ({.*?});?$", text, re.M)[1])
    assert {"Corpus", "People", "Coverage", "Methods", "Efficiency"} <= set(categories)
    results = re.search(r"^ *var results = ({.*)", text, re.M)[1]
    for name in ("funnel.svg", "people.svg", "coverage.svg", "efficiency.svg", "methods.html"):
        assert name in results
    assert "laptop.tsv" in results, "captions know the configuration"


@pytest.mark.workflow
def test_every_category_opens_in_a_browser(report: Path, tmp_path: Path) -> None:
    if lack := [name for name in ("chromium", "chromedriver") if not shutil.which(name)]:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not installed: {lack}")
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for flag in ("--headless=new", "--no-sandbox", f"--user-data-dir={tmp_path}"):
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    with webdriver.Chrome(options=options, service=service) as browser:
        wait = WebDriverWait(browser, 60)

        def shows(text: str) -> None:
            wait.until(lambda b: text in b.find_element(By.TAG_NAME, "body").text)

        for category, shown in {
            "Corpus": "all videos (TSV)",
            "People": "time on screen (plot)",
            "Coverage": "frames in which something was found (plot)",
            "Methods": "its references (BibTeX)",
            "Efficiency": "time and memory of all jobs (plot)",
        }.items():
            browser.get("about:blank")
            browser.get(report.as_uri())
            shows("Efficiency")
            browser.find_element(By.XPATH, f"//*[text()='{category}']").click()
            shows(shown)


@pytest.mark.workflow
def test_the_demos_plots_tell_its_numbers(demo: Path) -> None:
    told = {
        name: ["".join(e.itertext()) for e in ElementTree.parse(path).iter(f"{SVG}text")]
        for name in ("funnel", "people", "coverage", "efficiency")
        if (path := demo / f"report/{name}.svg")
    }
    assert told["funnel"].count("3 videos · 16.0 s") >= 3
    assert told["people"].count("2 videos") == 2
    assert {"collins", "hopper", "both"} <= set(told["coverage"])
    assert {"extract_keypoints", "plot_funnel", "write_methods"} <= set(told["efficiency"])
    shares = pd.read_csv(demo / "report/coverage.tsv", sep="\t").set_index("video_id")
    assert (shares[["face", "body"]] > 0.95).all(axis=None)
