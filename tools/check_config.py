"""Check configuration files without starting Snakemake.

python tools/check_config.py config/mine.yaml

Several files are merged like those of --configfile: later ones have priority. The message about a
fault names the file, the line, and what to change.

The profiles in profiles/ call this program with the options of Snakemake. It then checks only
the form of --config and whether the files of --configfile are YAML, because Snakemake's own message
about that names neither the file nor the line. Snakemake checks keys and values later.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.core.errors import InputError
from corpus.inputs.config_options import option_faults
from corpus.inputs.config_syntax import SUFFIXES, syntax_faults
from corpus.inputs.faults import raise_faults

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Check the files that the command line names."""
    arguments = parse_arguments()
    try:
        raise_faults(list(option_faults(arguments.snakemake)))
        check_form(arguments.files or configfiles(arguments.snakemake))
        if arguments.files:
            check_values(arguments.files)
            print(f"{', '.join(map(str, arguments.files))}: no faults")
    except InputError as error:
        sys.exit(str(error))


def check_form(files: Sequence[Path]) -> None:
    """Raise InputError for files that are not YAML, and for keys that are given twice."""
    raise_faults([fault for file in files for fault in syntax_faults(file)])


def check_values(files: Sequence[Path]) -> None:
    """Raise InputError for wrong keys and values, and for faults in the files that they name."""
    # Imported here, because the check of the form needs neither.
    from corpus.inputs import manifest, people_file, settings
    from corpus.inputs.local_files import find_file

    config: dict = {}
    for file in reversed(files):
        settings.add_missing_keys(config, yaml.safe_load(file.read_text(encoding="utf-8")))
    settings.read(config, files)
    settings.check_files(config, ROOT, files)
    settings.check_images(config, ROOT, None, files)
    videos, people = (
        path if (path := Path(find_file(config[key]))).exists() else ROOT / config[key]
        for key in ("videos", "people")
    )
    rows = manifest.read(videos)
    if people.exists():
        people_file.check(people, rows)


def configfiles(options: Sequence[str]) -> list[Path]:
    """The files of --configfile among the options of Snakemake.

    Raises InputError if a target follows the option: Snakemake would read it as a file.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--configfile", "--configfiles", nargs="+", type=Path, default=[])
    files = parser.parse_known_args(options)[0].configfile
    for word in files[1:]:
        if word.suffix not in SUFFIXES:
            raise InputError(
                f"{word}: not a configuration file, which ends in .yaml, .yml or .json. Give "
                "targets before --configfile, or after --"
            )
    return files


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="configuration files (YAML)")
    parser.add_argument("--snakemake", action="store_true", help="options of Snakemake follow")
    own, option, of_snakemake = _split_at(sys.argv[1:], "--snakemake")
    arguments = parser.parse_args([*own, *option])
    if not arguments.files and not arguments.snakemake:
        parser.error("name at least one configuration file")
    arguments.snakemake = of_snakemake
    return arguments


def _split_at(words: list[str], word: str) -> tuple[list[str], list[str], list[str]]:
    """The words before a word, the word if it is there, and the words after it."""
    place = words.index(word) if word in words else len(words)
    return words[:place], words[place : place + 1], words[place + 1 :]


if __name__ == "__main__":
    main()
