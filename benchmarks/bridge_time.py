"""Measure the time that the bridge and singreqrun add to a command.

python benchmarks/bridge_time.py                       directly and over the bridge
python benchmarks/bridge_time.py --singreqrun FOLDER   also over a clone of singreqrun
python benchmarks/bridge_time.py --image corpus.sif    also from inside a real container; requires
                                                       SLURM's `sinfo`

All routes run the same programs, one route after the other in turn. The medians are printed in
milliseconds. The client of singreqrun is compiled with gcc and cosmopolitan.h.
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
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests" / "support"), str(ROOT / "containers")]

from bridge_commands import Bridge  # noqa: E402

FAKE_SINFO = 'if [ "${1:-}" = sleep ]; then exec sleep 1; fi; exec head -c "${1:-0}" /dev/zero'
"""Shell script that replaces a SLURM program: it writes as many zero bytes as its argument says, or
sleeps for one second."""

Route = tuple[list[str], dict[str, str]]
"""How a command is started: the first words of its command line, and its environment."""


class Singreqrun:
    """Context manager that runs the client and the executor of singreqrun.

    Inside the context, `route` starts `sinfo` through them.
    """

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
        # The same pipe as in singreqrun's coordinator.sh.
        pipe = f"tail -f '{requests}/reqs' | bash '{self.clone}/executor.sh' '{self.folder}'"
        host = os.environ | {"PATH": f"{self.host_bin}:/usr/bin:/bin", "NO_CLEANUP": "1"}
        self.process = subprocess.Popen(["bash", "-c", pipe], env=host, start_new_session=True)
        path = f"{self.folder / 'bin'}:/usr/bin:/bin"
        environment = {"PATH": path, "SINGREQRUN2_PREFIX": f"{requests}/"}
        self.route: Route = ["/usr/bin/env", "sinfo"], environment
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)


def time_command(route: Route, *arguments: str) -> float:
    """Run a command and read its output; return the milliseconds from its start to its end."""
    command, environment = route
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, *arguments], env=environment, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL
    )
    while process.stdout.read(1 << 20):
        pass
    assert process.wait() == 0, route
    return (time.perf_counter() - start) * 1000


def time_parallel_commands(route: Route, n: int, *arguments: str) -> float:
    """Start a command `n` times at once; return the milliseconds until all have ended."""
    command, environment = route
    start = time.perf_counter()
    no_streams = {"stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    processes = [
        subprocess.Popen([*command, *arguments], env=environment, **no_streams) for _ in range(n)
    ]
    assert {process.wait() for process in processes} == {0}
    return (time.perf_counter() - start) * 1000


def print_medians(
    title: str, routes: dict[str, object], measure: Callable[..., float], repeats: int
) -> None:
    """Measure each route `repeats` times and print one line with the medians.

    The routes alternate, so that other load on the machine affects all of them equally.
    """
    durations = {name: [] for name in routes}
    for _ in range(repeats):
        for name, route in routes.items():
            durations[name].append(measure(route))
    medians = [statistics.median(values) for values in durations.values()]
    print(f"{title:<30}" + "".join(f"{median:13.1f}" for median in medians), flush=True)


def print_table(routes: dict[str, Route], repeats: int) -> None:
    """Print the medians of all measurements without a container, one line per measurement."""
    print(f"{'milliseconds (median)':<30}" + "".join(f"{name:>13}" for name in routes))

    def large_output(route: Route) -> float:
        return time_command(route, str(100_000_000))

    def many_commands(route: Route) -> float:
        return time_parallel_commands(route, 50)

    def slow_commands(route: Route) -> float:
        return time_parallel_commands(route, 10, "sleep")

    print_medians("a command that does nothing", routes, time_command, repeats)
    print_medians("100 MB of output", routes, large_output, 3)
    print_medians("50 at once", routes, many_commands, 3)
    print_medians("10 at once, 1 second each", routes, slow_commands, 1)


def measure_without_container(repeats: int, singreqrun: Path | None) -> None:
    """Compare a direct call, the bridge and, if its clone is given, singreqrun."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        with Bridge(folder / "b", {"sinfo": FAKE_SINFO}) as bridge:
            environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
            routes = {
                "directly": ([str(bridge.host_bin / "sinfo")], environment),
                "bridge": (bridge.command("sinfo"), environment),
            }
            if singreqrun is None:
                print_table(routes, repeats)
                return
            (folder / "peer").mkdir()
            with Singreqrun(singreqrun.resolve(), folder / "peer", bridge.host_bin) as peer:
                print_table(routes | {"singreqrun": peer.route}, repeats)


def measure_with_container(image: Path, repeats: int) -> None:
    """Compare `sinfo --version` on the host and in the image; each measures its own time."""
    if not shutil.which("sinfo"):
        sys.exit("--image requires SLURM's sinfo, which is not on the PATH")
    code = (
        "import statistics, subprocess, sys, time\n"
        "durations = []\n"
        "for _ in range(int(sys.argv[1])):\n"
        "    start = time.perf_counter()\n"
        "    subprocess.run(['sinfo', '--version'], stdout=subprocess.DEVNULL, check=True)\n"
        "    durations.append(time.perf_counter() - start)\n"
        "print(statistics.median(durations) * 1000)\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site.ini"
        site.write_text(
            f"[site]\nimage = {image.resolve()}\n", encoding="utf-8", errors="surrogateescape"
        )
        in_image = [str(ROOT / "containers" / "exec"), "--site", str(site), "python", "-c", code]
        commands = {"directly": [sys.executable, "-c", code], "bridge": in_image}

        def run_measurement(command: list[str]) -> float:
            command = [*command, str(repeats // 3)]
            return float(subprocess.run(command, capture_output=True, check=True).stdout)

        print_medians("sinfo --version, from an image", commands, run_measurement, 3)


def main() -> None:
    """Print the medians of all requested routes."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--singreqrun", type=Path, help="clone of singreqrun to measure as well")
    parser.add_argument("--image", type=Path, help=".sif file: also measure from inside this image")
    parser.add_argument(
        "--times", type=int, default=201, help="repetitions of each command (default: %(default)s)"
    )
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    measure_without_container(options.times, options.singreqrun)
    if options.image:
        measure_with_container(options.image, options.times)


if __name__ == "__main__":
    main()
