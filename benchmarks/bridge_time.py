"""What the bridge adds to a command, and what singreqrun adds: the same programs, turn by turn.

python benchmarks/bridge_time.py                       directly, and over the bridge
python benchmarks/bridge_time.py --singreqrun FOLDER   and over a clone of singreqrun
python benchmarks/bridge_time.py --image corpus.sif    also with a real container in between, which
                                                       needs SLURM's `sinfo`

Prints medians in milliseconds. singreqrun's client is compiled with gcc and cosmopolitan.h.
"""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "containers")]

from bridge_commands import Bridge  # noqa: E402

STAND_IN = 'if [ "${1:-}" = sleep ]; then exec sleep 1; fi; exec head -c "${1:-0}" /dev/zero'
"""For a program of SLURM: it writes as many zeros as it is told, or takes a second."""

Way = tuple[list[str], dict[str, str]]
"""How a command is started: its beginning, and the environment."""


class Singreqrun:
    """The peer's client and executor, at work; a context. `start` is the way to go through it."""

    def __init__(self, clone: Path, folder: Path, host_bin: Path) -> None:
        self.clone, self.folder, self.host_bin = clone, folder, host_bin

    def __enter__(self) -> "Singreqrun":
        client, requests = self.folder / "client", self.folder / "req_run"
        header = Path(__file__).with_name("cosmopolitan.h")
        source = self.clone / "clients" / "unix" / "client.c"
        gcc = ["gcc", "-O2", "-w", "-include", header, "-o", client, source]
        subprocess.run(gcc, check=True)
        (self.folder / "bin").mkdir()
        (self.folder / "bin" / "sinfo").symlink_to(client)
        requests.mkdir()
        os.mkfifo(requests / "reqs")
        # As in its coordinator.sh.
        pipe = f"tail -f '{requests}/reqs' | bash '{self.clone}/executor.sh' '{self.folder}'"
        host = os.environ | {"PATH": f"{self.host_bin}:/usr/bin:/bin", "NO_CLEANUP": "1"}
        self.process = subprocess.Popen(["bash", "-c", pipe], env=host, start_new_session=True)
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        environment = {"PATH": path, "SINGREQRUN2_PREFIX": f"{requests}/"}
        self.way: Way = ["/usr/bin/env", "sinfo"], environment
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)


def timed(way: Way, *arguments: str) -> float:
    """Milliseconds from start to end of a command whose output is read."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [*way[0], *arguments], env=way[1], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    while process.stdout.read(1 << 20):
        pass
    assert process.wait() == 0, way
    return (time.perf_counter() - start) * 1000


def at_once(way: Way, n: int, *arguments: str) -> float:
    """Milliseconds until `n` of a command, all started at once, have ended."""
    start = time.perf_counter()
    quiet = {"stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    processes = [subprocess.Popen([*way[0], *arguments], env=way[1], **quiet) for _ in range(n)]
    assert {process.wait() for process in processes} == {0}
    return (time.perf_counter() - start) * 1000


def row(what: str, ways: dict[str, Way], measure, times: int) -> None:
    """Medians of each way, measured in turn, so that a busy moment hits all; printed."""
    taken = {name: [] for name in ways}
    for _ in range(times):
        for name, way in ways.items():
            taken[name].append(measure(way))
    medians = [statistics.median(values) for values in taken.values()]
    print(f"{what:<30}" + "".join(f"{median:13.1f}" for median in medians), flush=True)


def table(ways: dict[str, Way], times: int) -> None:
    print(f"{'milliseconds (median)':<30}" + "".join(f"{name:>13}" for name in ways))
    row("a command that does nothing", ways, timed, times)
    row("100 MB of output", ways, lambda way: timed(way, str(100_000_000)), 3)
    row("50 at once", ways, lambda way: at_once(way, 50), 3)
    row("10 at once, a second each", ways, lambda way: at_once(way, 10, "sleep"), 1)


def without_container(times: int, singreqrun: Path | None) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        with Bridge(folder / "b", {"sinfo": STAND_IN}) as bridge:
            usual = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
            ways = {
                "directly": ([str(bridge.host_bin / "sinfo")], usual),
                "bridge": (bridge.command("sinfo"), usual),
            }
            if singreqrun is None:
                table(ways, times)
                return
            (folder / "peer").mkdir()
            with Singreqrun(singreqrun.resolve(), folder / "peer", bridge.host_bin) as peer:
                table(ways | {"singreqrun": peer.way}, times)


def with_container(image: Path, times: int) -> None:
    """`sinfo --version` on the host and in the image, measured there, in turn."""
    if not shutil.which("sinfo"):
        sys.exit("sinfo is not on PATH here")
    code = (
        "import statistics, subprocess, sys, time\n"
        "taken = []\n"
        "for _ in range(int(sys.argv[1])):\n"
        "    start = time.perf_counter()\n"
        "    subprocess.run(['sinfo', '--version'], stdout=subprocess.DEVNULL, check=True)\n"
        "    taken.append(time.perf_counter() - start)\n"
        "print(statistics.median(taken) * 1000)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site.ini"
        site.write_text(f"[site]\nimage = {image.resolve()}\n")
        inside = [str(ROOT / "containers" / "exec"), "--site", str(site), "python", "-c", code]
        ways = {"directly": [sys.executable, "-c", code], "bridge": inside}

        def measured(command: list[str]) -> float:
            command = [*command, str(times // 3)]
            return float(subprocess.run(command, capture_output=True, check=True).stdout)

        row("sinfo --version, from an image", ways, measured, 3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--singreqrun", type=Path, help="a clone of it, to be measured, too")
    parser.add_argument("--image", type=Path, help="a .sif file: measure from inside it, too")
    parser.add_argument("--times", type=int, default=201, help="runs of each (%(default)s)")
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    without_container(options.times, options.singreqrun)
    if options.image:
        with_container(options.image, options.times)


if __name__ == "__main__":
    main()
