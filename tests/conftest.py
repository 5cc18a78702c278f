"""Fixtures that several test files share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import container_images
from repository import ROOT, TOOLS
from workflow_runs import DEMO, run_snakemake


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option --fix."""
    text = "rewrite approved files instead of comparing with them; review the differences"
    parser.addoption("--fix", action="store_true", help=text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs the images comes last: they are built while the other tests run."""
    items.sort(key=lambda item: "image" in item.fixturenames)


def pytest_collection_finish(session: pytest.Session) -> None:
    wanted = any("image" in item.fixturenames for item in session.items)
    if wanted and not session.config.option.collectonly and not container_images.missing():
        container_images.Making.start()


@pytest.fixture(scope="session")
def image() -> Path:
    """The workflow's image, as one file. Without the tools to build it, its tests are skipped and
    say what is missing; in CI they fail."""
    if lack := container_images.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(lack)
    container_images.Making.wait()
    return container_images.CORPUS


@pytest.fixture(scope="session")
def root() -> Path:
    """The workflow's folder."""
    return ROOT


@pytest.fixture(scope="session")
def snakemake() -> Callable[..., subprocess.CompletedProcess]:
    """run_snakemake, for tests that start it themselves."""
    return run_snakemake


@pytest.fixture(scope="session")
def demo_clips() -> Path:
    """The rendered demo clips with their truth.json."""
    folder = ROOT / "resources" / "demo"
    subprocess.run([sys.executable, TOOLS / "render_demo.py", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def demo(demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the whole demo, run once on two cores for all tests that read them."""
    results = tmp_path_factory.mktemp("demo") / "results"
    run_snakemake(*DEMO, "--cores", 2, "--config", f"results={results}")
    return results


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator["page_browser.Opened"]:  # noqa: F821
    """The page of a made-up corpus in Chromium, opened once for all tests of the page. Without the
    browser they are skipped and say so; in CI they fail."""
    import page_browser

    if lack := page_browser.chromium.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(lack)
    yield from page_browser.started(tmp_path_factory)


@pytest.fixture
def quiet(opened: "page_browser.Opened") -> Iterator[None]:  # noqa: F821
    """The browser has nothing to complain of, and asks nothing of a network."""
    import page_browser

    yield from page_browser.quiet(opened)
