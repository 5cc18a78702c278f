"""Targets agreement and tune on the demo, with an edited file of the workflow as a coder's."""

from pathlib import Path

import pytest
import yaml

from corpus.tables import parquet
from eaf_validator import find_violations
from workflow_runs import DEMO

FILES = ("agreement.parquet", "agreement_overlaps.parquet", "annotations.parquet")
FILES += tuple(f"report/agreement.{suffix}" for suffix in ("svg", "tsv", "html"))
FILES += ("report/tuning.yaml", "report/tuning.tsv")
"""What the two targets make."""


@pytest.fixture
def coded(demo: Path, tmp_path: Path) -> Path:
    """A folder of annotations: one movement of the hands in the demo was deleted by a coder."""
    text = (demo / "elan/hands.eaf").read_text("utf-8")
    lines = text.splitlines(keepends=True)
    [first, *_] = [n for n, line in enumerate(lines) if ">movement<" in line]
    # The annotation has four lines: its element, the aligned annotation, its text, and both ends.
    start = max(n for n in range(first) if "<ANNOTATION>" in lines[n])
    end = min(n for n in range(first, len(lines)) if "</ANNOTATION>" in lines[n])
    (tmp_path / "hands.eve.eaf").write_text("".join(lines[:start] + lines[end + 1 :]), "utf-8")
    assert find_violations(tmp_path / "hands.eve.eaf") == []
    (tmp_path / "coders.tsv").write_text(
        "coder\tfile\ttier\tcontent\thand\n"
        "eve\t{video}.eve.eaf\t* left hand\tphases\tleft\n"
        "eve\t{video}.eve.eaf\t* right hand\tphases\tright\n"
    )
    return tmp_path


def test_one_deleted_movement_is_the_only_difference(demo: Path, coded: Path, snakemake) -> None:
    try:
        settings = ("--config", f"results={demo}", f"annotations={coded}")
        snakemake("agreement", "tune", *DEMO, *settings)
        agreement = parquet.read(demo / "agreement.parquet")
        corpus = agreement[(agreement["scope"] == "corpus") & (agreement["time"] == "all")]
        phases = corpus.set_index("level").loc["phases"]
        assert phases["n_b"] - phases["n_a"] == 1
        assert phases["n_matched"] == phases["n_linked"] == phases["n_a"]
        assert phases["kappa_linked"] == pytest.approx(1)
        assert phases["prefilled_a"] == 1 and phases["overlap"] < 1
        tuning = (demo / "report/tuning.yaml").read_text("utf-8")
        assert "Not cross-validated, because fewer than 3 videos are coded." in tuning
        assert set(yaml.safe_load(tuning) or {}) <= {"movement"}
        assert all((demo / name).exists() for name in FILES)
    finally:
        for name in FILES:
            path = demo / name
            path.unlink(missing_ok=True)
            path.with_name(f".{path.name}.checksum").unlink(missing_ok=True)
