"""Plans that several tests read."""

from pathlib import Path

import pytest

from dry_run_plans import Plans


@pytest.fixture(scope="session")
def plans(demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Plans:
    """Plans of the workflow without results. Each configuration is planned only once."""
    return Plans(tmp_path_factory.mktemp("planned"))
