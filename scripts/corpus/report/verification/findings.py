"""What a check of the results found, and the text about it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from corpus.core.wording import count_noun

ADVICE = {
    "damaged": "cannot be read. Delete these files, then run snakemake as before.",
    "altered": "not as the workflow wrote them. Keep a copy of what you edited on purpose, delete"
    " the files, then run snakemake as before.",
    "outdated": "made from inputs, or with settings, that were replaced since. Run snakemake as"
    " before. If it has nothing to do, delete these files first.",
    "missing": "other files were made from them. Run snakemake as before.",
    "foreign": "not made by this workflow for this corpus. Move them out of the results.",
}
"""Kinds of findings in the order of the report, with what they mean and what to do."""


@dataclass(frozen=True, order=True)
class Finding:
    """One file with a fault. `name` is its path relative to the results folder."""

    kind: str
    """One of `ADVICE`."""
    name: str
    reason: str


@dataclass
class Report:
    """All findings, and how many files were checked."""

    results: Path
    findings: list[Finding] = field(default_factory=list)
    n_checked: int = 0
    n_unrecorded: int = 0
    """Files without a record of their checksum, made before the workflow recorded it."""
    n_absent_videos: int = 0
    """Videos that are links to files which are not on this machine."""
    notes: list[str] = field(default_factory=list)

    def add(self, kind: str, name: str, reason: str) -> None:
        """Add a finding, unless there is one about the same file."""
        if name not in self.names:
            self.names.add(name)
            self.findings.append(Finding(kind, name, reason))

    names: set[str] = field(default_factory=set)
    """Names of the files that have a finding."""

    def lines(self, limit: int | None = None) -> Iterable[str]:
        """Lines of text: the findings by kind, at most `limit` of each, then what was checked."""
        for kind, advice in ADVICE.items():
            found = sorted(finding for finding in self.findings if finding.kind == kind)
            if not found:
                continue
            yield f"{kind.upper()} ({count_noun(len(found), 'file')}): {advice}"
            for finding in found[:limit]:
                yield f"  {self.results / finding.name}: {finding.reason}"
            if limit and len(found) > limit:
                yield f"  ... and {len(found) - limit} more; --all lists them"
        yield from self._limits()
        faults = count_noun(len(self.findings), "file")
        yield f"{self.n_checked} files checked, {faults} with faults."

    def _limits(self) -> Iterable[str]:
        yield from self.notes
        if self.n_absent_videos:
            videos = count_noun(self.n_absent_videos, "video")
            yield f"{videos} not checked: links to files that are not on this machine."
        if self.n_unrecorded:
            files = count_noun(self.n_unrecorded, "file")
            yield (
                f"{files} checked only for being readable: made by a version of the workflow that"
                " recorded no checksums."
            )
