"""The results do not depend on the locale, nor on a home folder that can be written."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from locales import locale_variables
from synthetic_videos import plain
from workflow_runs import DEMO, run_snakemake

NAME = "Łódź (日本) ä.mp4"
"""Name of a video; ISO-8859-1 has only the last of its letters."""


def tables(folder: Path, results: Path) -> dict[str, bytes]:
    """Run the download and the index of one video. Returns all results by name."""
    run_snakemake(
        *("videos", *DEMO, "--cores", 1, "--config", f"results={results}"),
        *(f"videos={folder / 'videos.tsv'}", f"people={folder / 'none.tsv'}"),
    )
    files = [results / "videos/v.mp4.json", *sorted(results.glob("*/v.parquet"))]
    return {str(file.relative_to(results)): file.read_bytes() for file in files}


@pytest.mark.fault(
    "environment",
    "a locale in ISO-8859-1, a name with other letters, and a home folder that does not exist",
    "the same bytes as in UTF-8",
)
def test_results_do_not_depend_on_the_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain(tmp_path / NAME, seconds=0.4)
    (tmp_path / "videos.tsv").write_text(f"video_id\tsource\nv\t{NAME}\n", encoding="utf-8")
    expected = tables(tmp_path, tmp_path / "utf8")
    for variable, value in locale_variables(tmp_path / "l", "en_US.ISO-8859-1").items():
        monkeypatch.setenv(variable, value)
    monkeypatch.setenv("HOME", "/proc/nobody")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    found = tables(tmp_path, tmp_path / "latin1")
    assert found == expected and len(found) >= 3
    [status] = pq.read_table(tmp_path / "latin1/status/v.parquet").to_pylist()
    assert status["source"] == NAME
