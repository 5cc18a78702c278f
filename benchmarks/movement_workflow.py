"""Measure movement with the scripts of one copy of the workflow, from keypoints that exist.

The copy is this one, unless another one's folders `scripts` and `tests/support` are in PYTHONPATH.
Versions are therefore compared on the same keypoints and with the same program.
"""

import logging
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.append(str(Path(__file__).resolve().parents[1] / "scripts"))

import pandas as pd

import measure_movement
from corpus.core.file_records import forget_inputs
from corpus.inputs import settings
from corpus.tables import parquet

WORKFLOW = Path(measure_movement.__file__).resolve().parents[1]
"""Copy of the workflow that is measured."""
Interval = tuple[float, float]
"""Start and end in seconds."""
INPUTS = ("keypoints", "frames", "shots", "status")
"""Tables that movement is measured from."""


@dataclass(frozen=True)
class Movement:
    """Tables of one video; those that this version of the workflow does not have are None."""

    kinematics: pd.DataFrame
    phases: pd.DataFrame
    gesture_measures: pd.DataFrame | None = None
    movement_quality: pd.DataFrame | None = None

    def units(self) -> pd.DataFrame:
        """Return one row per gesture unit of one hand: track, hand, start, end and peak speed.

        `peak_speed` is NaN where the unit's peak lies at an extrapolated end.
        """
        moving = self.phases[self.phases["gesture"].notna()]
        units = moving.groupby("gesture").agg(
            track=("track", "first"),
            hand=("hand", "first"),
            start_s=("start_s", "min"),
            end_s=("end_s", "max"),
            peak_speed=("peak_speed", "max"),
        )
        if self.gesture_measures is not None:
            peak_times = self.gesture_measures.set_index("gesture")["peak_time_s"]
            units["peak_speed"] = units["peak_speed"].where(peak_times.reindex(units.index).notna())
        return units.sort_values(["start_s", "track", "hand"]).reset_index()

    def n_person_units(self, side: str) -> int:
        """Return the number of gesture units of the person in which a hand takes part.

        All tracks are taken to be those of one person. A version without the table gesture_measures
        has gesture units of single hands only.
        """
        if self.gesture_measures is None:
            return int((self.units()["hand"] == side).sum())
        from corpus.movement.gestures import add_measures, merge_phases
        from corpus.movement.person_units import number_units

        gestures = merge_phases(self.phases, dict.fromkeys(self.phases["track"], "person"))
        gestures = add_measures(gestures, self.gesture_measures)
        return int(number_units(gestures, ())[gestures["hand"] == side].nunique())


@cache
def output_options() -> dict[str, str]:
    """Return the option of measure_movement.py for each table that its rule writes."""
    rules = (WORKFLOW / "rules" / "movement.smk").read_text(encoding="utf-8")
    rule = rules.partition("rule measure_movement:")[2].partition("\nrule ")[0]
    return {name: option for option, name in re.findall(r"(--[\w-]+) \{output\.(\w+):q\}", rule)}


@cache
def _default_settings() -> dict:
    config: dict = {}
    settings.read(config)
    return config


def measure(tables: Path, video: str, output: Path, **changed: object) -> Movement:
    """Run measure_movement.py on a video.

    Parameters
    ----------
    tables
        Folder with the folders of `INPUTS`.
    video
        Video id: the name of the files without .parquet.
    output
        Folder to write the tables to.
    changed
        Settings of the section `movement` that differ from the defaults.
    """
    flags = settings.flags(_default_settings(), "measure_movement", **changed)
    for name in INPUTS:
        flags += [f"--{name}", str(tables / name / f"{video}.parquet")]
    for name, option in output_options().items():
        (output / name).mkdir(parents=True, exist_ok=True)
        flags += [option, str(output / name / f"{video}.parquet")]
    forget_inputs()
    # Warnings about frame rates would stand between the rows of the tables.
    disabled = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        measure_movement.main(flags)
    finally:
        logging.disable(disabled)
    files = {name: output / name / f"{video}.parquet" for name in output_options()}
    return Movement(**{name: parquet.read(path) for name, path in files.items()})


def default_values() -> dict[str, float]:
    """Return the numbers of the section `movement` of config.yaml."""
    movement = _default_settings()["movement"]
    return {name: value for name, value in movement.items() if not isinstance(value, bool)}


def measured(results: Path, video: str, **changed: object) -> Movement:
    """Measure a video without keeping the tables."""
    with TemporaryDirectory() as folder:
        return measure(results, video, Path(folder), **changed)


def gestures(results: Path, video: str, **changed: object) -> list[Interval]:
    """Return start and end of the gesture units of all people and both hands."""
    units = measured(results, video, **changed).units()
    return list(units[["start_s", "end_s"]].itertuples(index=False, name=None))


def hand_gestures(results: Path, video: str, side: str) -> list[Interval]:
    """Return start and end of the gesture units of one hand of all people."""
    units = measured(results, video).units().query("hand == @side")
    return list(units[["start_s", "end_s"]].itertuples(index=False, name=None))


def measured_units(results: Path, video: str) -> pd.DataFrame | None:
    """Return the table gesture_measures of a video, if this version has it."""
    return measured(results, video).gesture_measures
