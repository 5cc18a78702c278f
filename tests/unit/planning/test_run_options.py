"""The options of a run that a later run of the same corpus needs."""

import pytest

from corpus.planning.run_options import options_of_corpus

LAPTOP = ["--profile", "profiles/laptop"]
MINE = ["--configfile", "config/mine.yaml"]


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ([*LAPTOP, *MINE], [*LAPTOP, *MINE]),
        (["page", "csv", *LAPTOP, *MINE], [*LAPTOP, *MINE]),
        ([*MINE, *LAPTOP], [*LAPTOP, *MINE]),
        (["--profile=profiles/laptop", "--configfile=config/mine.yaml"], [*LAPTOP, *MINE]),
        (["-F", "-R", "write_page", "-c", "4", *MINE], ["--cores", "4", *MINE]),
        (["--configfile", "a.yaml", "b.yaml", "-n"], ["--configfile", "a.yaml", "b.yaml"]),
        (["--config", "title=Two words", "--report", "a.zip"], ["--config", "title=Two words"]),
        (["-s", "../flow/Snakefile", "-d", "."], ["--snakefile", "../flow/Snakefile",
                                                  "--directory", "."]),
        ([*LAPTOP, "--configfile", "/home/anna/mine.yaml"], []),
        ([*LAPTOP, "--config", "results=/home/anna/results"], []),
        (["--profile=~/profiles/slurm"], []),
        ([], []),
    ],
)  # fmt: skip
def test_options_of_the_corpus_are_kept(arguments, options):
    assert options_of_corpus(arguments) == options
