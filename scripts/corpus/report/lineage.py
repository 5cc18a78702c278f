"""How the tables of a corpus were made, read from their own metadata, and where they differ.

All videos of a corpus should be analysed in the same way. The tables of a corpus that grew over
time may come from two versions of a tool, or from two kinds of device. Reports then show the most
frequent value and list the differences.

Two things are not reported as differences. The commits of the workflow: a table stays valid as
long as the code that makes it stays the same, even if other code changed. And the removal of
people from some tables.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from corpus.core.progress import with_progress
from corpus.core.wording import count_noun, join_words
from corpus.tables import parquet
from corpus.tables.schemas import all_tables

VIDEO_STEPS = {
    table.rule: table.name for table in all_tables().values() if table.rule and table.per_video
}
"""Steps that write one table per video, and the table that holds the provenance of the step."""
CORPUS_STEPS = {
    table.rule: table.name for table in all_tables().values() if table.rule and not table.per_video
}
"""Steps that write one table for the corpus, and the table that holds the provenance."""
OPTIONAL_STEPS = ("score_gestures", "measure_agreement")
"""Steps that the default settings and target leave out. Their tables can be there without being
part of what a report describes: from a run with other settings, or of another target."""
PARAMETERS_WITHOUT_EFFECT = ("batch_size",)
"""Parameters that do not change the results."""
SEARCHING_STEPS = ("index_frames", "detect_faces", "extract_keypoints")
"""Steps that search the frames for people, or that cause such a step to run. If one of them runs
again, it finds people again who were removed from the results."""

_Value = TypeVar("_Value")
ProvenanceField = tuple[str, str]
"""Section of the metadata (parameters, tools or models) and name of the entry in it."""


@dataclass
class StepProvenance:
    """Provenance of all tables of one step: how many tables have which value of each entry."""

    value_counts: dict[ProvenanceField, Counter] = field(default_factory=dict)
    workflow_counts: Counter = field(default_factory=Counter)
    """Number of tables by (version, commit) of the workflow."""
    n_removed_tracks: int = 0
    """Number of face tracks that were removed from the tables after they were made, because a
    person was erased."""

    def add(self, provenance: dict) -> None:
        """Count the metadata of one more table.

        Entries that are None are skipped: the table did not need them. An example is the device of
        a video without frames.
        """
        workflow = provenance["workflow"]
        self.workflow_counts[workflow["version"], workflow["commit"]] += 1
        self.n_removed_tracks += provenance.get("tracks_taken_out", 0)
        for section in ("parameters", "tools", "models"):
            for name, value in provenance[section].items():
                if value is not None:
                    self.value_counts.setdefault((section, name), Counter())[value] += 1

    @property
    def inconsistent_fields(self) -> list[ProvenanceField]:
        """Entries that affect the results and have several values among the tables, sorted."""
        return sorted(
            (section, name)
            for (section, name), counts in self.value_counts.items()
            if len(counts) > 1 and name not in PARAMETERS_WITHOUT_EFFECT
        )

    @property
    def parameters(self) -> dict:
        """The most frequent value of each parameter."""
        return self._most_frequent_values("parameters")

    @property
    def tools(self) -> dict[str, str]:
        """The most frequent version of each tool."""
        return self._most_frequent_values("tools")

    @property
    def models(self) -> dict[str, str]:
        """The most frequent sha256 of each model, by file name."""
        return self._most_frequent_values("models")

    def _most_frequent_values(self, wanted_section: str) -> dict:
        return {
            name: most_frequent(counts)
            for (section, name), counts in self.value_counts.items()
            if section == wanted_section
        }


def most_frequent(counts: Counter[_Value]) -> _Value:
    """The most frequent value. Of equally frequent values, the first in text order."""
    return _by_frequency(counts)[0][0]


def _by_frequency(counts: Counter) -> list[tuple]:
    """Pairs of value and count, the most frequent first, then in text order of the values."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))


def read_steps(
    results: Path, videos: list[str], optional: Collection[str] = ()
) -> dict[str, StepProvenance]:
    """Read the provenance of each step that ran.

    `results` is the results folder, `videos` are the ids of the videos that have frames, and
    `optional` are those of `OPTIONAL_STEPS` that the report describes. Returns the provenance by
    step name, in the order of the workflow.
    """
    left_out = set(OPTIONAL_STEPS).difference(optional)
    steps: dict[str, StepProvenance] = {}
    for video in with_progress(videos, "provenance", len(videos), "videos"):
        for step, table in VIDEO_STEPS.items():
            if step not in left_out:
                _add_table(steps, step, results / table / f"{video}.parquet")
    for step, table in CORPUS_STEPS.items():
        if step not in left_out:
            _add_table(steps, step, results / f"{table}.parquet")
    return steps


def _add_table(steps: dict[str, StepProvenance], step: str, path: Path) -> None:
    """Add the metadata of one table to its step, if the table exists."""
    if path.exists():
        steps.setdefault(step, StepProvenance()).add(parquet.read_provenance(path))


def workflow_counts(steps: Iterable[StepProvenance]) -> Counter[tuple[str, str]]:
    """Number of tables, over all steps, by (version, commit) of the workflow."""
    return sum((step.workflow_counts for step in steps), Counter())


def workflow_versions(steps: Iterable[StepProvenance]) -> list[tuple[str, str, int]]:
    """Version and commit of the workflow, and how many tables it wrote, the most frequent first.

    More than one workflow version is reported, but not treated as an inconsistency.
    """
    return [(*version, n_tables) for version, n_tables in _by_frequency(workflow_counts(steps))]


def abbreviate_commit(commit: str) -> str:
    """The first 8 characters of a commit, and a note if the code had uncommitted changes."""
    return f"{commit[:8]} with changes" if commit.endswith("+changes") else commit[:8]


def describe_differences(steps: dict[str, StepProvenance]) -> list[str]:
    """One sentence for each parameter, tool or model that has several values within one step.

    A sentence gives the number of videos with each value. The device counts as a parameter.
    Checksums of models are shortened to 8 characters.
    """
    sentences = []
    for step, provenance in steps.items():
        for section, name in provenance.inconsistent_fields:
            values = [
                f"{str(value)[:8] if section == 'models' else value} in {count_noun(n, 'video')}"
                for value, n in _by_frequency(provenance.value_counts[section, name])
            ]
            sentences.append(f"`{name}` of the step `{step}` was {join_words(values)}")
    return sentences


def suggest_reruns(steps: dict[str, StepProvenance]) -> str:
    """What to do about the differences, or an empty text if there are none.

    Running the steps again makes the tables consistent. If people were removed from the results,
    the text warns that a step that searches the frames would find them again.
    """
    inconsistent = [step for step, provenance in steps.items() if provenance.inconsistent_fields]
    if not inconsistent:
        return ""
    option = f"`--forcerun {' '.join(inconsistent)}`"
    if count_removed_tracks(steps) and set(inconsistent) & set(SEARCHING_STEPS):
        return (
            f"Report the differences. Running snakemake with {option} would make the tables "
            "consistent, but it would search the videos again and find the people who were removed."
        )
    return (
        "Report the differences, or make the tables consistent: run snakemake as before, with "
        f"{option} added."
    )


def count_removed_tracks(steps: dict[str, StepProvenance]) -> int:
    """Number of face tracks that were removed because a person was erased from the results."""
    return steps["detect_faces"].n_removed_tracks if "detect_faces" in steps else 0
