"""Locales that the machine may lack, for tests in other languages and character sets."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def locale_variables(folder: Path, name: str) -> dict[str, str]:
    """Environment variables that set a locale, such as `tr_TR.UTF-8`, which is made in `folder`.

    Without the package `locales`, the test is skipped; in CI it fails instead. C and POSIX need no
    package.
    """
    variables = {"LC_ALL": name, "LANG": name, "LANGUAGE": "", "LOCPATH": str(folder)}
    if name in ("C", "POSIX"):
        return variables
    if not shutil.which("localedef") or not Path("/usr/share/i18n/locales").is_dir():
        (pytest.fail if os.environ.get("CI") else pytest.skip)("apt-get install locales")
    language, _, characters = name.partition(".")
    folder.mkdir(parents=True, exist_ok=True)
    # localedef ends with 1 after a warning, for example about a character set that is not ASCII.
    command = ["localedef", "-i", language, "-f", characters, folder / name]
    process = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
    assert process.returncode <= 1 and (folder / name / "LC_CTYPE").exists(), process.stderr
    return variables
