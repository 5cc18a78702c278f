"""Fixtures that several test files share."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import container_images
from fake_cluster import FakeCluster
from repository import ROOT, TOOLS
from workflow_runs import DEMO, run_snakemake


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option --fix."""
    text = "rewrite approved files instead of comparing with them; review the differences"
    parser.addoption("--fix", action="store_true", help=text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests that need the container images last, since the images are built meanwhile."""
    items.sort(key=lambda item: "image" in item.fixturenames)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start to build the container images if a collected test needs them."""
    needed = any("image" in item.fixturenames for item in session.items)
    if needed and not session.config.option.collectonly and not container_images.missing():
        container_images.ImageBuild.start()


@pytest.fixture(scope="session")
def image() -> Path:
    """The workflow's container image file.

    Tests that need it are skipped if a tool to build it is missing; in CI they fail instead.
    """
    if lack := container_images.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(lack)
    container_images.ImageBuild.wait()
    return container_images.CORPUS


@pytest.fixture(scope="session")
def root() -> Path:
    """The workflow's folder."""
    return ROOT


@pytest.fixture(scope="session")
def snakemake() -> Callable[..., subprocess.CompletedProcess]:
    """The function run_snakemake."""
    return run_snakemake


@pytest.fixture(scope="session")
def demo_clips() -> Path:
    """The folder of rendered demo clips and their truth.json."""
    folder = ROOT / "resources" / "demo"
    subprocess.run([sys.executable, TOOLS / "render_demo.py", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def demo(demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of the demo, run once on two cores for all tests that read them."""
    results = tmp_path_factory.mktemp("demo") / "results"
    run_snakemake(*DEMO, "--cores", 2, "--config", f"results={results}")
    return results


@pytest.fixture(scope="session")
def fake_cluster(demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> FakeCluster:
    """A fake SLURM cluster that records submitted jobs."""
    return FakeCluster(tmp_path_factory.mktemp("slurm"))


@pytest.fixture(scope="session")
def demo_requests(fake_cluster: FakeCluster) -> list[dict]:
    """All jobs that the demo submits to the fake cluster."""
    # Local rules would run and find no tables, so these targets need none.
    targets = ("page", "movement", f"{fake_cluster.results}/report/methods.md")
    return fake_cluster.run(*targets)[1]


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator["page_browser.BrowserPage"]:  # noqa: F821
    """The page of a synthetic corpus, opened in Chromium once for all tests of the page.

    These tests are skipped if the browser is missing; in CI they fail instead.
    """
    import page_browser

    if hint := page_browser.chromium.install_hint():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(hint)
    yield from page_browser.open_page(tmp_path_factory)


@pytest.fixture
def console_and_network_checked(page: "page_browser.BrowserPage") -> Iterator[None]:  # noqa: F821
    """Check after a test that the browser reported no error and no network request."""
    import page_browser

    yield from page_browser.check_console_and_network(page)
