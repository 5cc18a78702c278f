"""Fixtures for the tests of privacy."""

from pathlib import Path

import pytest

from erasable_corpus import ErasableCorpus


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ErasableCorpus:
    """A corpus of three people, any of whom a test can erase."""
    return ErasableCorpus(tmp_path, monkeypatch)
