"""The networks of keypoints contact nobody, and neither does the reference of tests."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import network_watch
from portraits import model_file
from repository import ROOT, SCRIPTS
from requirements import require

NETWORKS = """
import sys
from pathlib import Path
import numpy as np
from corpus.pose.pose_networks import open_networks
networks = open_networks(Path(sys.argv[1]), Path(sys.argv[2]), "cpu")
for network in networks[:4]:
    network(np.zeros((1, network.side, network.side, 3), np.float32))
"""
"""Opens the networks and runs each of them."""
REFERENCE = """
import sys
from pathlib import Path
import numpy as np
import mediapipe_guard
exec(sys.argv[2])
from mediapipe_reference import mediapipe as mp
options = mp.tasks.vision.HandLandmarkerOptions(
    base_options=mp.tasks.BaseOptions(model_asset_path=sys.argv[1])
)
with mp.tasks.vision.HandLandmarker.create_from_options(options) as hands:
    hands.detect(mp.Image(mp.ImageFormat.SRGB, np.zeros((256, 256, 3), np.uint8)))
"""
"""Opens a landmarker of MediaPipe and searches an image; a statement can change the guard first."""
GUARD = {
    "filter of sockets": "pass",
    "refused proxy": "mediapipe_guard.forbid_sockets = lambda: False",
    "none": "mediapipe_guard.forbid_connections = lambda: None",
}
HOSTILE = {
    "https_proxy": "http://proxy.example.org:3128",
    "HTTPS_PROXY": "http://192.0.2.1:3128",
    "all_proxy": "socks5h://192.0.2.2:1080",
    "no_proxy": "*",
    "NO_PROXY": "*",
}
"""Proxies by name and by number, and none for all hosts."""


@pytest.fixture(autouse=True)
def _tools() -> None:
    require(network_watch.missing())


def contacts_of(folder: Path, code: str, *arguments: str, **variables: str) -> list[str]:
    """Run Python code; return what it tried to contact."""
    record = folder / "network"
    command = network_watch.watched([sys.executable, "-c", code, *arguments], record)
    paths = os.pathsep.join([str(SCRIPTS), str(ROOT / "benchmarks")])
    environment = os.environ | {"PYTHONPATH": paths} | variables
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return network_watch.contacts(record)


def test_networks_contact_nobody(tmp_path: Path) -> None:
    models = [str(model_file(f"{part}_landmarker_bundled")) for part in ("pose", "hand")]
    assert contacts_of(tmp_path, NETWORKS, *models, HOME=str(tmp_path), **HOSTILE) == []


def contacts_of_reference(folder: Path, guard: str, **variables: str) -> list[str]:
    model = str(model_file("hand_landmarker_bundled"))
    (folder / ".curlrc").write_text('proxy = "http://192.0.2.3:3128"\n')
    return contacts_of(folder, REFERENCE, model, GUARD[guard], HOME=str(folder), **variables)


@pytest.mark.parametrize(
    "guard",
    [
        pytest.param(
            "filter of sockets",
            marks=pytest.mark.fault(
                "network", "MediaPipe sends its report in tests and benchmarks", "it cannot"
            ),
        ),
        pytest.param(
            "refused proxy",
            marks=pytest.mark.fault(
                "network", "the same on a system without a filter of sockets", "it cannot"
            ),
        ),
    ],
)
def test_reference_contacts_nobody(tmp_path: Path, guard: str) -> None:
    assert contacts_of_reference(tmp_path, guard, **HOSTILE) == []


def test_reference_without_guard_is_recorded(tmp_path: Path) -> None:
    """If this fails, MediaPipe sends no reports any more, and the guard can go."""
    assert contacts_of_reference(tmp_path, "none", https_proxy="http://192.0.2.1:3128")


@pytest.mark.parametrize(
    "attempt",
    [
        "try: socket.getaddrinfo('example.org', 443)\nexcept OSError: pass",
        "socket.socket().connect_ex(('192.0.2.1', 443))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))",
        "socket.socket(socket.AF_INET6).connect_ex(('::1', 9))",
    ],
    ids=["look-up", "connection", "datagram", "IPv6"],
)
def test_attempts_are_recorded(tmp_path: Path, attempt: str) -> None:
    assert contacts_of(tmp_path, f"import socket\n{attempt}")


def test_look_ups_by_a_service_of_the_machine_are_recorded(tmp_path: Path) -> None:
    """Other Unix sockets are not."""
    (tmp_path / "nscd").mkdir()
    for name, is_contact in (("nscd/socket", True), ("nscd/absent", False), ("other", False)):
        path = tmp_path / name
        code = "import socket, sys; socket.socket(socket.AF_UNIX).connect_ex(sys.argv[1])"
        with socket.socket(socket.AF_UNIX) as service:
            if path.name != "absent":
                service.bind(str(path))
                service.listen()
            assert bool(contacts_of(tmp_path, code, str(path))) == is_contact, name
