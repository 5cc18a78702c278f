"""Do what a page of the documentation says: write its code blocks to files, run its commands.

A line that ends in a colon says what happens with the block below it:

    In `rules/brightness.smk`:                     the block becomes this file
    In `config/mine.yaml`, below `videos: a.tsv`:  the block is inserted below this line of the file

A `bash` block is run as it stands. All other blocks are output or examples, and are skipped.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(
    r"(?:^(?P<intro>[^\n]*:)\n\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
FILE = re.compile(r"\bIn `(?P<file>[^`]+)`(?:, below `(?P<anchor>[^`]+)`)?:$")


@dataclass(frozen=True)
class Block:
    """One block of a page: commands to run, or lines of a file."""

    text: str
    file: str | None = None
    """File that the block belongs to; None for commands."""
    anchor: str | None = None
    """Line of the file below which the block is inserted; None if it is the whole file."""

    def write(self, folder: Path) -> None:
        """Write the block to its file in a folder, or insert it into the existing file."""
        path = folder / self.file
        if self.anchor is None:
            assert not path.exists(), f"{path} exists: say below which line the block belongs"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [n for n, line in enumerate(lines, start=1) if line.strip() == self.anchor]
        assert len(places) == 1, f"{path}: {self.anchor!r} is on the lines {places}"
        lines.insert(places[0], self.text)
        path.write_text("".join(lines), encoding="utf-8")

    def run(self, folder: Path) -> str:
        """Run the commands in a folder, with the programs of the environment; return the output."""
        environment = os.environ | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        }
        process = subprocess.run(
            ["bash", "-e", "-c", self.text],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.returncode == 0, f"{self.text}\n{process.stdout[-8000:]}"
        return process.stdout

    def follow(self, folder: Path) -> str:
        """Write or run the block; return the output of its commands."""
        return self.run(folder) if self.file is None else self.write(folder) or ""


def read_blocks(page: Path) -> list[Block]:
    """The blocks of a page that are files or commands, in their order."""
    blocks = []
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        place = FILE.search(match["intro"] or "")
        if place:
            blocks.append(Block(match["text"], place["file"], place["anchor"]))
        elif match["kind"] == "bash":
            blocks.append(Block(match["text"]))
    return blocks
