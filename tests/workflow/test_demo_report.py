"""Snakemake's report of the demo, and the numbers in the files that it contains."""

import json
import os
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from corpus.report.methods import bibliography
from repository import ROOT
from rule_files import OPTIONAL, RULES
from svg_texts import read_texts
from workflow_runs import DEMO


@pytest.fixture(scope="module")
def report(demo: Path, snakemake, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Snakemake's report of the demo."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    snakemake(*DEMO, "--config", f"results={demo}", "--report", path)
    return path


def test_the_report_has_all_categories_files_and_captions(report: Path) -> None:
    text = report.read_text()
    categories = json.loads(re.search(r"^ *var categories = ({.*?});?$", text, re.M)[1])
    assert {"Corpus", "People", "Coverage", "Methods", "Efficiency"} <= set(categories)
    results = re.search(r"^ *var results = ({.*)", text, re.M)[1]
    for name in ("funnel.svg", "people.svg", "coverage.svg", "efficiency.svg", "methods.html"):
        assert name in results
    assert "efficiency.html" in results and "efficiency.tsv" in results
    assert "Waste is what jobs held but did not use" in results
    assert "laptop.tsv" in results, "captions contain values of the configuration"
    assert (ROOT / "docs/report/style.css").read_text() in text, "the profile names the style"
    assert 'href=\\"index.html\\"' in text


def test_every_category_opens_in_a_browser(report: Path, tmp_path: Path) -> None:
    missing = [name for name in ("chromium", "chromedriver") if not shutil.which(name)]
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"not installed: {missing}")
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

        def wait_for_text(text: str) -> None:
            wait.until(lambda b: text in b.find_element(By.TAG_NAME, "body").text)

        for category, label in {
            "Corpus": "all videos (TSV)",
            "People": "time on screen (plot)",
            "Coverage": "frames in which something was found (plot)",
            "Methods": "its references (BibTeX)",
            "Efficiency": "time and memory of all jobs (plot)",
        }.items():
            browser.get("about:blank")
            browser.get(report.as_uri())
            wait_for_text("Efficiency")
            browser.find_element(By.XPATH, f"//*[text()='{category}']").click()
            wait_for_text(label)


def test_the_plots_of_the_demo_show_its_numbers(demo: Path) -> None:
    names = ("funnel", "people", "coverage", "efficiency")
    texts = {name: read_texts(demo / f"report/{name}.svg") for name in names}
    assert texts["funnel"].count("4 videos · 24.6 s") >= 3
    assert [texts["people"].count(f"{n} videos") for n in (2, 3)] == [1, 1]
    assert {"collins", "hopper", "both", "hands"} <= set(texts["coverage"])
    assert {"extract_keypoints", "plot_funnel", "write_methods"} <= set(texts["efficiency"])
    shares = pd.read_csv(demo / "report/coverage.tsv", sep="\t").set_index("video_id")
    assert (shares[["face", "body"]] > 0.95).all(axis=None)


def test_the_efficiency_report_of_the_demo_has_a_row_for_every_rule(demo: Path) -> None:
    rows = pd.read_csv(demo / "report/efficiency.tsv", sep="\t").set_index("rule")
    # Models are fetched once for all runs. Exports and imports run only on request, and jobs for
    # groups of videos only with `videos_per_job`.
    groups = {"fetch_group", "analyse_faces", "analyse_movement", "file_of_group"}
    # Only on request, or with a setting.
    groups |= {"measure_agreement", "plot_agreement", "tune_movement"} | OPTIONAL
    rules = {rule for rule in RULES if not rule.startswith(("export_", "import_"))} - groups
    assert set(rows.index) | {"fetch_model"} == rules - {"report_efficiency"}
    assert rows["waste_core_hours"].dropna().is_monotonic_decreasing
    columns = ["mem_mb_asked_max", "minutes_asked_max", "cores_asked_max", "nearest_share"]
    assert rows[columns].notna().all(axis=None)
    assert (rows.loc["extract_keypoints", ["jobs", "jobs_measured"]] == 4).all()
    assert "extract_keypoints" in (demo / "report/efficiency.html").read_text()


def test_the_methods_text_of_the_demo(demo: Path) -> None:
    methods = (demo / "report/methods.md").read_text()
    assert "The corpus comprised 4 videos. All videos (24.6 s and 615 frames in total" in methods
    assert "This gave 2 people. Of these, both appeared in more than one video." in methods
    assert "gave 9 shots" in methods and "left 11 tracks" in methods
    assert "Differences" not in methods
    entries = bibliography.read(demo / "report/references.bib")
    assert list(entries) == sorted(bibliography.cited_keys(methods))
    corpus = pd.read_csv(demo / "report/corpus.tsv", sep="\t")
    assert corpus["video_id"].tolist() == ["collins", "hopper", "both", "hands"]
