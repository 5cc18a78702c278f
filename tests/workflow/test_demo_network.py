"""The run of the demo contacts nobody."""

from pathlib import Path

import pytest

import network_watch
from requirements import require


@pytest.mark.fault(
    "network", "any program of the demo looks up or contacts an address", "none does"
)
def test_demo_contacts_nobody(demo: Path, demo_network: Path) -> None:
    require(network_watch.missing())
    assert "scripts/extract_keypoints.py" in demo_network.read_text()
    assert network_watch.contacts(demo_network) == []
