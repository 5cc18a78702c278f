"""Fixtures that several test files share."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import costs
import shared_once
import worker_load
from fake_cluster import FakeCluster
from repository import ROOT, TOOLS
from workflow_runs import DEMO, console_of, run_snakemake, two_videos

STARTED_FIRST = ("cluster", "workflow", "dryrun", "browser", None)
"""Order of costs in which several workers start tests: long ones first."""

FAULT = "fault(area, injected, must_hold)"
"""Mark of tests that inject a fault, which `tools/document_faults.py` lists."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option --fix."""
    text = "rewrite approved files instead of comparing with them; review the differences"
    parser.addoption("--fix", action="store_true", help=text)


def pytest_configure(config: pytest.Config) -> None:
    """Describe the marks, for `pytest --markers`, and let Ctrl-C reach what tests start."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        # Background processes of a script, and all their children, ignore interrupts by default.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for mark, description in costs.COSTS.items():
        config.addinivalue_line("markers", f"{mark}: {description}")
    config.addinivalue_line("markers", f"{FAULT}: a row of docs/faults.md; never skipped in CI")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give each test the mark of its folder."""
    if mark := costs.cost_of(item.path):
        item.add_marker(mark)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests that need the container images last, since the images are built meanwhile."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: STARTED_FIRST.index(costs.cost_of(item.path)))
    items.sort(key=_needs_image)


def _needs_image(item: pytest.Item) -> bool:
    return costs.cost_of(item.path) == "cluster" and "image" in item.fixturenames


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[object]:
    """Keep unit tests from starting heavy programs, also in their fixtures."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        worker_load.give_way_to_cluster(item.path)
    if costs.cost_of(item.path):
        return (yield)
    with costs.without_heavy_programs():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[pytest.TestReport]:
    """In CI, let a test that injects a fault fail if it is skipped or expected to fail."""
    report = yield
    if report.skipped and os.environ.get("CI") and item.get_closest_marker("fault"):
        report.outcome = "failed"
        report.longrepr = f"a test of docs/faults.md is skipped: {report.longrepr}"
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Number of workers for `pytest -n auto`; other values have their usual meaning."""
    return worker_load.n_workers() if config.option.numprocesses == "auto" else None


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Distribute tests to several workers (`pytest -n`) as work_units.py describes."""
    from work_units import WorkUnits

    return WorkUnits(config, log)


@pytest.fixture(scope="session")
def root() -> Path:
    """The workflow's folder."""
    return ROOT


@pytest.fixture(scope="session")
def snakemake() -> Callable[..., subprocess.CompletedProcess]:
    """The function run_snakemake."""
    return run_snakemake


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Temporary folder of this run of pytest, which all its workers share."""
    return shared_once.shared_folder(tmp_path_factory)


@pytest.fixture(scope="session")
def demo_clips(shared_folder: Path) -> Path:
    """The folder of rendered demo clips and their truth.json.

    The models are fetched too, because runs on several workers would fetch them at the same time.
    """
    folder = ROOT / "resources" / "demo"
    with shared_once.once(shared_folder, "demo_clips") as is_needed:
        if is_needed:
            subprocess.run([sys.executable, TOOLS / "render_demo.py", folder], check=True)
            results = shared_folder / "models" / "results"
            run_snakemake("models", *DEMO, "--cores", 1, "--config", f"results={results}")
    return folder


@pytest.fixture(scope="session")
def demo_network(shared_folder: Path) -> Path:
    """The record of what the run of the demo tried to contact, see network_watch.py."""
    return shared_folder / "demo" / "network"


@pytest.fixture(scope="session")
def demo(demo_clips: Path, shared_folder: Path, demo_network: Path) -> Path:
    """Results of the demo, run once on two cores for all tests that read them."""
    results = shared_folder / "demo" / "results"
    with shared_once.once(shared_folder, "demo") as is_needed:
        if is_needed:
            demo_network.parent.mkdir(parents=True, exist_ok=True)
            options = ("--cores", 2, "--config", f"results={results}")
            run = run_snakemake(*DEMO, *options, network_record=demo_network)
            console_of(results).write_text(run.stdout)
    return results


@pytest.fixture(scope="session")
def local_results(demo_clips: Path, shared_folder: Path) -> Path:
    """Results of two of the demo's videos, run here on one core; no test changes them."""
    results = shared_folder / "two_videos" / "results"
    with shared_once.once(shared_folder, "two_videos") as is_needed:
        if is_needed:
            run_snakemake("--profile", "profiles/laptop", "--cores", 1, *two_videos(results))
    return results


@pytest.fixture(scope="session")
def fake_cluster(demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> FakeCluster:
    """A fake SLURM cluster that records submitted jobs."""
    return FakeCluster(tmp_path_factory.mktemp("slurm"))


@pytest.fixture(scope="session")
def demo_requests(fake_cluster: FakeCluster) -> list[dict]:
    """All jobs that the demo submits to the fake cluster."""
    # Local rules would run and find no tables, so these targets need none.
    targets = ("page", "movement", f"{fake_cluster.results}/unedited/methods.md")
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
