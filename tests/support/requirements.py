"""Programs and rights that some tests need and that a machine may lack."""

import os

import pytest


def require(lack: str | None) -> None:
    """Skip the test with a message about what is missing, if there is one; in CI the test fails."""
    if lack:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(lack)
