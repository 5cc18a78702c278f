"""Find tables that were made with other settings or models than most tables of their kind."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from corpus.report.lineage import PARAMETERS_WITHOUT_EFFECT, most_frequent
from corpus.report.verification.result_files import ResultFile
from corpus.tables import parquet

NOT_COMPARED = (*PARAMETERS_WITHOUT_EFFECT, "device")
"""Parameters that may differ among the videos of a corpus. The methods text reports the devices."""


@dataclass
class Settings:
    """The values of each parameter and model in the tables of the videos."""

    names: dict[tuple[str, str], dict[str, list[str]]] = field(default_factory=dict)
    """Names of the files by table and parameter, then by value."""

    def add(self, file: ResultFile, metadata: dict[bytes, bytes]) -> None:
        """Add the provenance in the metadata of one table. A value None had no effect there."""
        provenance = json.loads(metadata.get(parquet.PROVENANCE_KEY, b"{}"))
        for section in ("parameters", "models"):
            for name, value in provenance.get(section, {}).items():
                if value is not None and name not in NOT_COMPARED:
                    by_value = self.names.setdefault((file.table or "", name), {})
                    by_value.setdefault(str(value), []).append(file.name)

    def differences(self) -> Iterator[tuple[str, str]]:
        """Yield name and reason of each table with another value than most tables of its kind."""
        for (_, name), by_value in self.names.items():
            usual = most_frequent(Counter({value: len(files) for value, files in by_value.items()}))
            for value, files in by_value.items():
                if value != usual:
                    for file in files:
                        yield file, f"made with {name} {value:.20}; most tables with {usual:.20}"
