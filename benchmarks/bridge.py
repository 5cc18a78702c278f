"""What the bridge adds to a command: the same program directly and through it, turn by turn.

python benchmarks/bridge.py                          the host side and the client alone
python benchmarks/bridge.py --image corpus.sif       with a real container in between
python benchmarks/bridge.py --program squeue         a program of SLURM, where there is one

Also 50 requests at once, and big output. Prints medians, and the ratio.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "containers")]

from bridges import Bridge  # noqa: E402

SHOW = {"sinfo": 'exec head -c "${1:-0}" /dev/zero'}
"""A stand-in for a program of SLURM: it starts as fast as any, and writes as much as it is told."""


def timed(command: list[str]) -> float:
    """Seconds from start to end of a command whose output is read."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    while process.stdout.read(1 << 20):
        pass
    assert process.wait() == 0, command
    return time.perf_counter() - start


def compare(what: str, direct: list[str], through: list[str], times: int) -> tuple[float, float]:
    """Medians of both, measured in turn, so that a busy moment hits both; prints a row."""
    both = [(timed(direct), timed(through)) for _ in range(times)]
    here, there = (statistics.median(values) for values in zip(*both, strict=True))
    row = f"{what:<34} {here * 1000:9.1f} {there * 1000:9.1f} {(there - here) * 1000:9.1f}"
    print(f"{row} {there / here:7.2f}", flush=True)
    return here, there


def at_once(command: list[str], n: int) -> float:
    """Seconds until `n` of a command, all started at once, have ended."""
    start = time.perf_counter()
    processes = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(n)]
    assert {process.wait() for process in processes} == {0}
    return time.perf_counter() - start


def table(direct: list[str], through: list[str], times: int) -> None:
    print(f"{'milliseconds (median)':<34} {'direct':>9} {'bridge':>9} {'added':>9} {'ratio':>7}")
    compare(f"one command, of {times}", direct, through, times)
    if direct[0].endswith("sinfo") and "host_bin" in direct[0]:
        size = str(1 << 30)
        compare("1 GiB of output, of 5", [*direct, size], [*through, size], 5)
    here, there = at_once(direct, 50), at_once(through, 50)
    print(f"{'50 at once':<34} {here * 1000:9.1f} {there * 1000:9.1f} {(there - here) * 1000:9.1f}")


def without_container(times: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Bridge(Path(folder) / "b", SHOW) as bridge:
        direct = [str(bridge.host_bin / "sinfo")]
        table(direct, bridge.command("sinfo"), times)


def with_container(image: Path, program: list[str], times: int) -> None:
    """The same from inside: the measuring runs in the image, the direct command on the host."""
    site = Path(tempfile.mkdtemp()) / "site.ini"
    site.write_text(f"[site]\nimage = {image.resolve()}\n")
    code = (
        "import statistics, subprocess, sys, time\n"
        "taken = []\n"
        "for _ in range(int(sys.argv[1])):\n"
        "    start = time.perf_counter()\n"
        "    subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, check=True)\n"
        "    taken.append(time.perf_counter() - start)\n"
        "print(statistics.median(taken))\n"
    )
    inside = [str(ROOT / "containers" / "exec"), "--site", str(site), "python", "-c", code]
    here, there = [], []
    for _ in range(3):
        for taken, start in ((here, [sys.executable, "-c", code]), (there, inside)):
            command = [*start, str(times // 3), *program]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            taken.append(float(done.stdout))
    a, b = statistics.median(here), statistics.median(there)
    what = f"{' '.join(program)}, from the image"
    print(f"{what:<34} {a * 1000:9.1f} {b * 1000:9.1f} {(b - a) * 1000:9.1f} {b / a:7.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--image", type=Path, help="a .sif file: measure from inside it, too")
    parser.add_argument("--program", default="sinfo", help="which program then (%(default)s)")
    parser.add_argument("--times", type=int, default=201, help="runs of each (%(default)s)")
    options = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    without_container(options.times)
    if options.image:
        if not shutil.which(options.program):
            sys.exit(f"{options.program} is not on PATH here")
        with_container(options.image, [options.program, "--version"], options.times)


if __name__ == "__main__":
    main()
