"""How the tables of a corpus were made, out of their own metadata, and where they differ.

All videos are meant to be analysed alike. A corpus that grew may have been made with two versions
of a tool, or on two kinds of device: then the most frequent is told, and what differs beside.

Commits of the workflow are no difference: a table stays good as long as the code that makes it is
the same, whatever else changed. Nor is it one that people were taken out of some tables.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from corpus.core.progress import with_progress
from corpus.core.wording import count_noun, join_words
from corpus.tables import parquet

STEPS = {
    "index_frames": "status",
    "detect_faces": "faces",
    "embed_faces": "embeddings",
    "extract_keypoints": "keypoints",
    "measure_movement": "kinematics",
    "segment_gestures": "gestures",
}
"""The table of each video by whose metadata a step is known."""
CORPUS_STEPS = {"cluster_faces": "clusters", "identify_people": "people"}
"""The same of those that are one for the corpus."""
NO_DIFFERENCE = ("batch_size",)
"""Parameters that do not change what comes out."""
SEARCHES = ("index_frames", "detect_faces", "extract_keypoints")
"""Steps that look for people in the pictures, or lead to one that does: run again, they find those
who were taken out."""

Fact = tuple[str, str]
"""Where a fact stands in the metadata: parameters, tools or models, and its name."""


@dataclass
class Lineage:
    """What is known of one step: how many tables say which value of each fact."""

    values: dict[Fact, Counter] = field(default_factory=dict)
    workflows: Counter = field(default_factory=Counter)
    """Of (version, commit)."""
    taken_out: int = 0
    """Tracks that its tables lost since, as somebody was to be forgotten."""

    def add(self, provenance: dict) -> None:
        """One more table's metadata. What was not needed for it, such as a device, is None."""
        workflow = provenance["workflow"]
        self.workflows[workflow["version"], workflow["commit"]] += 1
        self.taken_out += provenance.get("tracks_taken_out", 0)
        for section in ("parameters", "tools", "models"):
            for name, value in provenance[section].items():
                if value is not None:
                    self.values.setdefault((section, name), Counter())[value] += 1

    @property
    def differing(self) -> list[Fact]:
        """The facts that its tables do not agree in, and that change what comes out."""
        return sorted(
            (section, name)
            for (section, name), counts in self.values.items()
            if len(counts) > 1 and name not in NO_DIFFERENCE
        )

    def _usual(self, section: str) -> dict:
        return {
            name: usual(counts) for (where, name), counts in self.values.items() if where == section
        }

    @property
    def parameters(self) -> dict:
        """The most frequent value of each parameter."""
        return self._usual("parameters")

    @property
    def tools(self) -> dict[str, str]:
        """The most frequent version of each tool."""
        return self._usual("tools")

    @property
    def models(self) -> dict[str, str]:
        """The most frequent sha256 of each model, by its file's name."""
        return self._usual("models")


def short(commit: str) -> str:
    """A commit as it is cited, and whether its code was changed."""
    return commit[:8] + " with changes" * commit.endswith("+changes")


def usual(counts: Counter) -> object:
    """The most frequent value; of equally frequent ones the first in order."""
    return min(counts, key=lambda value: (-counts[value], str(value)))


def read(results: Path, pictured: list[str]) -> dict[str, Lineage]:
    """What each step that ran left in its tables, for the videos that have a picture."""
    found: dict[str, Lineage] = {}
    for video in with_progress(pictured, "provenance", len(pictured), "videos"):
        for step, table in STEPS.items():
            _add(found, step, results / table / f"{video}.parquet")
    for step, table in CORPUS_STEPS.items():
        _add(found, step, results / f"{table}.parquet")
    return found


def _add(found: dict[str, Lineage], step: str, path: Path) -> None:
    if path.exists():
        found.setdefault(step, Lineage()).add(parquet.read_provenance(path))


def workflows(made: Iterable[Lineage]) -> Counter:
    """How many tables each (version, commit) of the workflow made, over all steps."""
    return sum((step.workflows for step in made), Counter())


def states(made: Iterable[Lineage]) -> list[tuple[str, str, int]]:
    """Version and commit of each state of the workflow that made tables, and how many it made, the
    most frequent first. That they are several is a fact, and no fault."""
    return [(*state, number) for state, number in _ranked(workflows(made))]


def differences(made: dict[str, Lineage]) -> list[str]:
    """A sentence for each parameter (such as the device), tool or model in which the tables of one
    step differ, each with its number of videos."""
    told = []
    for step, facts in made.items():
        for section, name in facts.differing:
            shown = [
                f"{str(value)[:8] if section == 'models' else value} in {count_noun(n, 'video')}"
                for value, n in _ranked(facts.values[section, name])
            ]
            told.append(f"`{name}` of the step `{step}` was {join_words(shown)}")
    return told


def advice(made: dict[str, Lineage]) -> str:
    """What to do about `differences`; nothing where there are none."""
    steps = [step for step, facts in made.items() if facts.differing]
    if not steps:
        return ""
    force = f"`--forcerun {' '.join(steps)}`"
    if taken_out(made) and set(steps) & set(SEARCHES):
        return (
            f"Report the differences. Running snakemake with {force} would make the tables alike, "
            "but search videos again and find those who were taken out."
        )
    return (
        "Report the differences, or make the tables alike: run snakemake as always, and with "
        f"{force}."
    )


def taken_out(made: dict[str, Lineage]) -> int:
    """How many face tracks were taken out, as somebody was to be forgotten."""
    return made["detect_faces"].taken_out if "detect_faces" in made else 0


def removals(made: dict[str, Lineage]) -> str:
    """A sentence about tracks that were taken out, which names nobody; nothing where none were."""
    number = taken_out(made)
    if not number:
        return ""
    them = "it" if number == 1 else "them"
    return (
        f"Afterwards, {count_noun(number, 'face track')} and all that was derived from {them} were "
        f"removed at the request of those concerned; the numbers given here do not include {them}."
    )


def _ranked(counts: Counter) -> list[tuple]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
