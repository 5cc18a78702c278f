"""Fixtures for the container images, which are built while other tests run."""

import os
from pathlib import Path

import pytest

import container_images
from repository import ROOT


@pytest.fixture(scope="session", autouse=True)
def image_build(request: pytest.FixtureRequest) -> None:
    """Start to build the container images if a collected test needs them."""
    items = [item for item in request.session.items if item.get_closest_marker("cluster")]
    needed = any("image" in item.fixturenames for item in items)
    if needed and not container_images.missing():
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
def site(tmp_path_factory: pytest.TempPathFactory, image: Path) -> Path:
    """A site file with the image and the folder of pytest, which is not in a home folder."""
    folder = tmp_path_factory.getbasetemp()
    file = folder / "site.ini"
    binds = f"binds =\n    {folder}\n    {ROOT / 'resources'}\n"
    cache = f"cache = {folder / 'cache'}\n"
    file.write_text(f"[site]\nimage = {image}\n{binds}{cache}tmp = $LOCAL_SCRATCH\n")
    return file
