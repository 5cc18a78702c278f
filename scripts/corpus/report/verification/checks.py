"""Check all files of a results folder. No other file is read, and nothing is written."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.core import file_records
from corpus.core.checksums import sha256
from corpus.core.progress import with_progress
from corpus.elan.edit_detection import is_unedited
from corpus.report.verification.findings import Report
from corpus.report.verification.result_files import ResultFile, classify, list_files
from corpus.report.verification.settings import Settings
from corpus.tables import schemas, seals

UNREADABLE = (OSError, pa.ArrowException, ValueError, KeyError, TypeError)
"""Errors of reading a damaged file."""


@dataclass
class Check:
    """A check of one results folder. Call `run` once."""

    results: Path
    with_videos: bool = True
    """Whether to compare the content of videos with their checksums, or only their sizes."""
    ignored: tuple[str, ...] = ()
    """Patterns of names that are not checked, such as outputs of custom rules."""
    identities: dict[tuple[str, str], str] = field(default_factory=dict)
    """Identity of each table and download record, by folder and stem (`file_records.Inputs`)."""
    settings: Settings = field(default_factory=Settings)
    report: Report = field(init=False)

    def run(self) -> Report:
        """Check every file; return the report."""
        self.report = Report(self.results)
        files = [classify(name) for name in list_files(self.results)]
        files = [file for file in files if not self._is_ignored(file.name)]
        videos = self._videos(files)
        for file in with_progress(files, "content", len(files), "files"):
            self._check_content(file, videos)
        for name, reason in self.settings.differences():
            self.report.add("outdated", name, reason)
        for file in with_progress(files, "inputs", len(files), "files"):
            if file.name not in self.report.names and file.kind in ("table", "output"):
                self._check_inputs(file)
        records = [file for file in files if _key(file.name) in self.identities]
        records = [file for file in records if file.kind == "record"]
        for file in with_progress(records, "videos", len(records), "files"):
            if file.name not in self.report.names:
                self._check_media(file)
        return self.report

    def _is_ignored(self, name: str) -> bool:
        return any(fnmatch(name, pattern) for pattern in self.ignored)

    def _videos(self, files: Iterable[ResultFile]) -> set[str]:
        """Ids of the corpus: those in corpus.parquet, or else those with a status."""
        try:
            return set(pq.read_table(self.results / "corpus.parquet")["video_id"].to_pylist())
        except UNREADABLE:
            return {file.video for file in files if file.table == "status" and file.video}

    def _check_content(self, file: ResultFile, videos: set[str]) -> None:
        """Check that a file belongs to the corpus and has the content that was recorded."""
        if file.kind in ("foreign", "partial"):
            reason = "no rule makes it" if file.kind == "foreign" else "left by a job that ended"
            self.report.add("foreign", file.name, reason)
            return
        if file.video and videos and file.video not in videos:
            self.report.add("foreign", file.name, f"there is no video {file.video} in the corpus")
            return
        checks = {
            "table": self._check_table,
            "output": self._check_output,
            "record": self._check_download,
            "checksum": self._check_record,
        }
        if file.kind in checks:
            self.report.n_checked += file.kind != "checksum"
            checks[file.kind](file)

    def _check_table(self, file: ResultFile) -> None:
        path = self.results / file.name
        try:
            with pq.ParquetFile(path) as opened:
                metadata, names = opened.metadata.metadata, opened.schema_arrow.names
            intact = seals.is_intact(path)
            if intact is None and seals.INPUTS in (metadata or {}):
                intact = False  # only the entry of the checksum itself is damaged
            if intact is None:
                _read_rows(path)
        except UNREADABLE as error:
            self.report.add("damaged", file.name, _reason(path, error))
            return
        if intact is False:
            self._add_altered_table(path, file.name)
            return
        if identity := seals.identity(metadata):
            self.identities[_key(file.name)] = identity[: file_records.IDENTITY_DIGITS]
        if file.video and metadata:
            self.settings.add(file, metadata)
        columns = schemas.SCHEMAS[file.table or ""].names
        if names[: len(columns)] != columns:
            self.report.add("damaged", file.name, f"columns are not those of {file.table}")
        self.report.n_unrecorded += intact is None

    def _add_altered_table(self, path: Path, name: str) -> None:
        """Report a table with another checksum; it is damaged if its rows cannot be read."""
        try:
            _read_rows(path)
        except UNREADABLE as error:
            self.report.add("damaged", name, _reason(path, error))
        else:
            self.report.add("altered", name, "content differs from its checksum")

    def _check_output(self, file: ResultFile) -> None:
        path = self.results / file.name
        try:
            record = file_records.read_record(path)
        except UNREADABLE:
            self.report.add("altered", file.name, "the record of its checksum is not readable")
            return
        if record is None:
            self.report.n_unrecorded += 1
            if path.suffix == ".eaf" and not is_unedited(path, path.read_bytes()):
                self.report.add("altered", file.name, "saved in ELAN, or edited, since")
        elif sha256(path) != record[0]:
            kind = "altered" if path.stat().st_size else "damaged"
            reason = "content differs from its checksum" if kind == "altered" else "has 0 bytes"
            self.report.add(kind, file.name, reason)

    def _check_record(self, file: ResultFile) -> None:
        folder, _, name = file.name.rpartition("/")
        described = f"{folder}/" * bool(folder) + name[1:].removesuffix(".checksum")
        if not (self.results / described).exists():
            self.report.add("missing", described, "its checksum is recorded")

    def _check_download(self, file: ResultFile) -> None:
        """Read the record of a download."""
        path = self.results / file.name
        try:
            _size_and_checksum(path)
        except UNREADABLE as error:
            self.report.add("damaged", file.name, _reason(path, error))
            return
        self.identities[_key(file.name)] = sha256(path)[: file_records.IDENTITY_DIGITS]

    def _check_media(self, file: ResultFile) -> None:
        """Compare a video with the record of its download."""
        path = self.results / file.name
        size, checksum = _size_and_checksum(path)
        media, name = path.with_suffix(""), file.name.removesuffix(".json")
        if not media.exists():
            if media.is_symlink():
                self.report.n_absent_videos += 1
            else:
                self.report.add("missing", name, "the record of its download exists")
        elif media.stat().st_size != size:
            reason = f"{media.stat().st_size} bytes instead of {size}"
            self.report.add("altered", name, reason)
        elif self.with_videos and checksum and sha256(media) != checksum:
            self.report.add("altered", name, "content differs from the sha256 in its record")

    def _check_inputs(self, file: ResultFile) -> None:
        """Compare the inputs that a file was made from with those that exist now."""
        path = self.results / file.name
        if file.kind == "table":
            inputs = seals.inputs(seals.file_metadata(path))
        else:
            inputs = (file_records.read_record(path) or ("", {}))[1]
        keys = [(folder, stem) for folder, stems in inputs.items() for stem in stems]
        videos = (
            {stem.partition(".")[0] for folder, stem in keys if folder} if file.video else set()
        )
        if others := sorted(videos - {file.video}):
            self.report.add("foreign", file.name, f"was made for the video {others[0]}")
            return
        for folder, stem in keys:
            self._check_input(file, (folder, stem), inputs[folder][stem])
        if file.table == "status":
            self._check_row_counts(file)

    def _check_input(self, file: ResultFile, key: tuple[str, str], identity: str) -> None:
        name = _name(key)
        if name in self.report.names or self.identities.get(key) == identity:
            return
        if key in self.identities:
            if key[0] == "videos":
                self.report.add("altered", name, "changed since tables were made from it")
            else:
                self.report.add("outdated", file.name, f"made from another version of {name}")
        elif not (self.results / name).exists():
            self.report.add("missing", name, f"{file.name} was made from it")

    def _check_row_counts(self, file: ResultFile) -> None:
        """Compare the numbers in a status table with the tables of frames and shots."""
        rows = pq.read_table(self.results / file.name).to_pylist()
        if len(rows) != 1 or rows[0]["video_id"] != file.video:
            self.report.add("foreign", file.name, f"is not about the video {file.video}")
            return
        for table, column in (("frames", "n_frames"), ("shots", "n_shots")):
            path = self.results / table / f"{file.video}.parquet"
            if path.exists() and f"{table}/{path.name}" not in self.report.names:
                n_rows = pq.read_metadata(path).num_rows
                if n_rows != rows[0][column]:
                    reason = f"{n_rows} rows; {file.name} says {rows[0][column]}"
                    self.report.add("outdated", f"{table}/{path.name}", reason)


def _key(name: str) -> tuple[str, str]:
    """Folder and stem of a table or download record, as in the inputs of other files."""
    folder, _, file = name.rpartition("/")
    return folder, file.removesuffix(file_records.TABLE_SUFFIX)


def _name(key: tuple[str, str]) -> str:
    """The name of the file with a key."""
    folder, stem = key
    suffix = "" if folder == "videos" else file_records.TABLE_SUFFIX
    return f"{folder}/" * bool(folder) + stem + suffix


def _size_and_checksum(record: Path) -> tuple[int, str | None]:
    """Size and sha256 of a video from the record of its download."""
    content = json.loads(record.read_text(encoding="utf-8"))
    return content["size"], content["sha256"]


def _read_rows(path: Path) -> None:
    """Decode a whole table in pieces. Raises an error for damaged data."""
    with pq.ParquetFile(path) as file:
        for _ in file.iter_batches():
            pass


def _reason(path: Path, error: Exception) -> str:
    """One line about an error of reading."""
    if not path.stat().st_size:
        return "has 0 bytes"
    return str(error).splitlines()[0][:120] if str(error) else type(error).__name__
