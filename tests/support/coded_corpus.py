"""A corpus with coders' ELAN files of known agreement, for tests of agreement."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest

import import_elan
import measure_agreement
import plot_agreement
from corpus.elan.document import Annotation, Tier
from corpus.elan.eaf_writer import format_document
from corpus.tables import parquet
from corpus.tables.values import PHASES

Rows = Sequence[tuple[float, float, str]]
"""Start and end in seconds, and a text."""
LENGTH_S = 20.0


def eaf_text(tiers: Mapping[str, Rows]) -> str:
    """An ELAN file without a video, as ELAN writes it: `tiers` by name."""
    return format_document(
        [
            Tier(
                name,
                "default-lt",
                tuple(Annotation(round(a * 1000), round(b * 1000), text) for a, b, text in rows),
            )
            for name, rows in tiers.items()
        ],
        None,
        {},
        {},
    ).replace("written_tiers", "other_tiers")


def phase_rows(phases: Mapping[tuple[int, str], Rows]) -> pd.DataFrame:
    """The table phases; `phases` by track and hand. Rest ends a gesture."""
    rows, gesture = [], -1
    for (track, hand), intervals in phases.items():
        was_rest = True
        for start_s, end_s, phase in intervals:
            gesture += was_rest and phase != "rest"
            was_rest = phase == "rest"
            rows.append((0, track, hand, phase, start_s, end_s, None if was_rest else gesture))
    columns = ["shot", "track", "hand", "phase", "start_s", "end_s", "gesture"]
    return pd.DataFrame(rows, columns=columns)


class CodedCorpus:
    """Results with one person, p0001, in each video, and a folder of annotations."""

    def __init__(self, folder: Path, videos: Sequence[str]) -> None:
        self.results, self.annotations = folder / "results", folder / "annotations"
        self.manifest = folder / "videos.tsv"
        self.annotations.mkdir(parents=True)
        rows = "".join(f"{video}\tvideos/{video}.mp4\n" for video in videos)
        self.manifest.write_text(f"video_id\tsource\n{rows}")
        tracks = [(video, 0, 0, 0.0, LENGTH_S, "p0001", "person") for video in videos]
        columns = ["video_id", "track", "shot", "start_s", "end_s", "person", "kind"]
        self._write("tracks", pd.DataFrame(tracks, columns=columns))
        self._write("people", pd.DataFrame({"person": ["p0001"], "name": ["Ada"]}))
        for video in videos:
            shots = pd.DataFrame({"shot": [0], "start_s": [0.0], "end_s": [LENGTH_S]})
            self._write("shots", shots, f"shots/{video}")
            self.set_phases(video, {})

    def _write(self, table: str, rows: pd.DataFrame, name: str = "") -> None:
        parquet.write(self.results / f"{name or table}.parquet", table, rows, {})

    def set_phases(self, video: str, phases: Mapping[tuple[int, str], Rows]) -> None:
        """What the workflow found in a video, by track and hand."""
        assert all(row[2] in PHASES for rows in phases.values() for row in rows)
        self._write("phases", phase_rows(phases), f"phases/{video}")

    def code(self, name: str, tiers: Mapping[str, Rows]) -> None:
        """Save an ELAN file in the folder of annotations."""
        (self.annotations / name).write_text(eaf_text(tiers), "utf-8")

    def list_tiers(self, *lines: str) -> None:
        """Write coders.tsv."""
        (self.annotations / "coders.tsv").write_text("\n".join(lines) + "\n", "utf-8")

    def measure(self, monkeypatch: pytest.MonkeyPatch) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Run import_elan, measure_agreement and plot_agreement. Returns the two tables."""
        files = sorted(map(str, self.annotations.glob("*.eaf")))
        common = [f"--results={self.results}", f"--videos={self.manifest}"]
        tables = [self.results / f"{name}.parquet" for name in ("agreement", "agreement_overlaps")]
        annotations = self.results / "annotations.parquet"
        options = [*common, "--container=mp4", "--files", *files, f"--output={annotations}"]
        run_script(monkeypatch, import_elan, options)
        options = [*common, "--files", *files, f"--annotations={annotations}"]
        options += [f"--coders={self.annotations / 'coders.tsv'}", f"--output={tables[0]}"]
        run_script(monkeypatch, measure_agreement, [*options, f"--overlaps={tables[1]}"])
        (self.results / "report").mkdir(exist_ok=True)
        plot, table, page = (
            self.results / "report" / f"agreement.{suffix}" for suffix in ("svg", "tsv", "html")
        )
        options = [f"--agreement={tables[0]}", f"--overlaps={tables[1]}", f"--plot={plot}"]
        run_script(monkeypatch, plot_agreement, [*options, f"--table={table}", f"--page={page}"])
        agreement, overlaps = (parquet.read(table) for table in tables)
        return agreement, overlaps


def run_script(monkeypatch: pytest.MonkeyPatch, script, options: list[str]) -> None:
    """Run the main function of a script with options."""
    monkeypatch.setattr(sys, "argv", ["script", *options])
    script.main()
