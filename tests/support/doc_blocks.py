"""Do what a page of the documentation says: write its code blocks to files, run its commands.

A line such as "In `rules/mine.smk`:" above a block names its file. The block becomes this
file; a `diff` block changes it. A `bash` block without a file is run as it stands, and a `text`
block below it shows its output. All other blocks are examples, and are skipped.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

BLOCK = re.compile(
    r"(?:^(?P<intro>[^\n]*:)\n\n)?^```(?P<kind>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
FILE = re.compile(r"\bIn `(?P<file>[^`]+)`[^`]*:$")


@dataclass(frozen=True)
class Block:
    """One block of a page: commands to run, or lines of a file."""

    text: str
    kind: str = "bash"
    file: str | None = None
    """File that the block belongs to; None for commands."""
    output: str | None = None
    """What the page shows as the output of the commands."""

    def write(self, folder: Path) -> None:
        """Write the block to its file in a folder, or make its changes in the existing file."""
        assert self.file
        path = folder / self.file
        if self.kind == "diff":
            path.write_text(self._changed(path.read_text(encoding="utf-8")), encoding="utf-8")
            return
        assert not path.exists(), f"{path} exists: show what changes in a diff block"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.text, encoding="utf-8")

    def _changed(self, text: str) -> str:
        """The text of a file with the changes of a diff block."""
        lines = self.text.splitlines(keepends=True)
        before = "".join(line[1:] or line for line in lines if line[0] != "+")
        after = "".join(line[1:] or line for line in lines if line[0] != "-")
        assert text.count(before) == 1, (
            f"{self.file} contains {text.count(before)} times:\n{before}"
        )
        return text.replace(before, after)

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

    def follow(self, folder: Path) -> None:
        """Write the block, or run it and compare the output with that on the page."""
        if self.file is not None:
            self.write(folder)
            return
        printed = self.run(folder)
        if self.output is not None:
            assert printed.rstrip() == self.output.rstrip()


def read_blocks(page: Path) -> list[Block]:
    """The blocks of a page that are files or commands, in their order."""
    blocks: list[Block] = []
    for match in BLOCK.finditer(page.read_text(encoding="utf-8")):
        place = FILE.search(match["intro"] or "")
        if place:
            blocks.append(Block(match["text"], match["kind"], place["file"]))
        elif match["kind"] == "bash":
            blocks.append(Block(match["text"]))
        elif match["kind"] == "text" and blocks and blocks[-1].kind == "bash":
            blocks[-1] = replace(blocks[-1], output=match["text"])
    return blocks
