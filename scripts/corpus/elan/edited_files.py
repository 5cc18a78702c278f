"""The ELAN files in the folder of annotations.

The rules import this module in every job: use only the standard library.
"""

from pathlib import Path


def edited_files(folder: Path) -> list[Path]:
    """The .eaf files in a folder, sorted; also those that end in .EAF.

    Hidden files are not read, nor the backups that ELAN makes (`v.eaf.001`).
    """
    files = (file for file in folder.glob("*") if file.suffix.lower() == ".eaf")
    return sorted(file for file in files if not file.name.startswith("."))
