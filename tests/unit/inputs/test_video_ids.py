"""Ids of videos: lengths that file names allow, and forms that Snakemake refuses."""

import re
from pathlib import Path

import pytest
from snakemake.io import PeriodicityDetector

from corpus.core.atomic_files import partial_path
from corpus.export import openpose
from corpus.inputs import manifest
from corpus.inputs.video_ids import MAX_LENGTH, MAX_REPEATS, id_faults
from rule_files import RULES, outputs

LONGEST_FILE_NAME = 255
"""Bytes that Linux and macOS allow in the name of a file."""


def test_the_longest_id_fits_into_the_names_of_all_files() -> None:
    video = "v" * MAX_LENGTH
    suffix = max(manifest.VIDEO_SUFFIXES, key=len)
    patterns = [output.rpartition("/")[2] for rule in RULES for output in outputs(rule)]
    names = [pattern.replace("{ext}", suffix) for pattern in patterns if "{video}" in pattern]
    assert f"{{video}}.{suffix}.json" in names and "{video}.parquet" in names
    # Copies of edited ELAN files get a number; subtitles have a language; ELAN makes backups.
    names += ["{video}.eaf", "{video}.999.eaf", "{video}.eaf.001", "{video}.zh-Hant-en-US.json3"]
    files = [name.replace("{video}", video) for name in names]
    longest = max((partial_path(Path(file)).name for file in files), key=len)
    assert len(longest) <= LONGEST_FILE_NAME
    assert len(f"{video}_{10**12 - 1}_keypoints.json") <= LONGEST_FILE_NAME
    assert "{frame:012d}_keypoints.json" in Path(openpose.__file__).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("video", "message"),
    [
        pytest.param(
            "ab" * 100 + "c",
            "has 201 characters; use at most 200",
            marks=pytest.mark.fault(
                "inputs",
                "an id that is too long for the names of files",
                "refused before any job, with its length and the limit",
            ),
        ),
        pytest.param(
            "a" * 190,
            "ends with 'a' repeated more than 19 times",
            marks=pytest.mark.fault(
                "inputs",
                "an id that repeats one letter 190 times",
                "refused before any job; other videos are not blocked without a reason",
            ),
        ),
        ("x" + "ab1" * 20, "ends with 'ab1' repeated more than 19 times"),
    ],
)
def test_an_id_that_cannot_work_is_refused(video: str, message: str) -> None:
    [fault] = id_faults(video)
    assert message in fault


@pytest.mark.parametrize(
    "video", ["ab1" * 66 + "cd", "a" * MAX_REPEATS, "a" * 30 + "b", "-x", "--help", "_", "CON"]
)
def test_other_ids_are_accepted(video: str) -> None:
    assert list(id_faults(video)) == []
    assert PeriodicityDetector().is_periodic(video) is None


@pytest.mark.parametrize("unit", ["a", "ab", "0-_x", "abcdefghij"])
@pytest.mark.parametrize("n_repeats", [MAX_REPEATS, MAX_REPEATS + 1])
def test_the_limit_of_repeats_is_that_of_snakemake(unit: str, n_repeats: int) -> None:
    video = "z" * (len(unit) < 10) + unit * n_repeats
    refused = PeriodicityDetector().is_periodic(video) is not None
    assert bool(list(id_faults(video))) == refused == (n_repeats > MAX_REPEATS)


@pytest.mark.fault(
    "inputs", "an id that begins with a dash", "no command takes it for an option, in any rule"
)
@pytest.mark.parametrize("name", RULES)
def test_no_command_takes_an_id_for_an_option(name: str) -> None:
    shell = RULES[name].partition("shell:")[2]
    wildcards = re.findall(r"\S*\{wildcards\.video[^}]*\}", shell)
    assert [text for text in wildcards if not re.match(r"\"?--[a-z-]+=\{wildcards", text)] == []
