"""Faults: their text, and the error that shows them."""

import pytest

from corpus.core.errors import InputError
from corpus.inputs.faults import Fault, raise_faults


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("a.tsv", "empty"), "a.tsv: empty"),
        (Fault("a.tsv", "3 cells", 2), "a.tsv, line 2: 3 cells"),
        (Fault("a.tsv", "empty", 2, "source"), "a.tsv, line 2, source: empty"),
        (Fault("--config", "no such key", key="devise"), "--config, devise: no such key"),
    ],
)
def test_the_text_names_file_line_and_key(fault: Fault, text: str) -> None:
    assert str(fault) == text
    assert text.endswith(fault.text) and not fault.text.startswith(fault.file)


def test_no_faults_raise_nothing() -> None:
    raise_faults([])


def test_all_faults_are_in_one_error() -> None:
    faults = [Fault("a.tsv", "empty", line) for line in (1, 2, 3)]
    with pytest.raises(InputError) as error:
        raise_faults(faults)
    assert str(error.value).split("\n") == [f"a.tsv, line {n}: empty" for n in (1, 2, 3)]


def test_faults_beyond_the_limit_are_counted() -> None:
    with pytest.raises(InputError) as error:
        raise_faults([Fault("a.tsv", "empty", line) for line in range(5)], most=2)
    assert str(error.value).split("\n")[2:] == ["... and 3 more"]
