"""A fake Apptainer: it records its arguments and runs the command on this machine."""

import json
import subprocess
import sys
from pathlib import Path

from bridge_commands import CONTAINERS

APPTAINER = """#!{python} -IS
import json, os, sys
if sys.argv[1:] == ["--version"]:
    sys.exit(print("apptainer version 1.4.5"))
image = next(i for i, word in enumerate(sys.argv) if word.endswith(".sif"))
with open({seen!r}, "w") as file:
    json.dump({{"name": sys.argv[0], "options": sys.argv[1:image], "image": sys.argv[image],
               "environment": dict(os.environ)}}, file)
command = sys.argv[image + 1:]
first = [value for name, value in os.environ.items() if name.endswith("ENV_PREPEND_PATH")]
os.environ["PATH"] = ":".join(first) + ":/usr/bin:/bin"
os.execvp(command[0], command)
"""


class ApptainerMachine:
    """A machine with a fake Apptainer, an image and a site file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.seen_file = folder / "seen.json"
        self.image = folder / "an image.sif"
        self.image.write_bytes(b"image")
        self.site = folder / "site.ini"
        self.set(f"image = {self.image}")
        self.add("apptainer")
        (self.bin / "python3").symlink_to(sys.executable)
        self.environment = {"PATH": f"{self.bin}:/usr/bin:/bin", "CORPUS_SITE": str(self.site)}

    def add(self, name: str) -> None:
        """Install the fake Apptainer under a name."""
        file = self.bin / name
        file.write_text(APPTAINER.format(python=sys.executable, seen=str(self.seen_file)))
        file.chmod(0o755)

    def set(self, *lines: str) -> None:
        """Write the site file."""
        self.site.write_text("\n".join(["[site]", *lines]) + "\n")

    def run(self, *command: str, program: str = "exec", **settings) -> subprocess.CompletedProcess:
        """Run a program of the folder `containers` and wait for it to end."""
        settings = {"env": self.environment, "capture_output": True, "text": True} | settings
        settings.setdefault("cwd", self.folder)
        return subprocess.run([CONTAINERS / program, *command], timeout=60, **settings)

    @property
    def seen(self) -> dict:
        """Name, options, image and environment of the last call of the fake Apptainer."""
        return json.loads(self.seen_file.read_text())

    @property
    def binds(self) -> list[str]:
        """Values of the options `--bind` of the last call."""
        options = self.seen["options"]
        return [options[i + 1] for i, option in enumerate(options) if option == "--bind"]
