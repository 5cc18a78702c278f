"""Each kind of fault is found in each kind of result file, and nothing else is reported."""

import shutil
from pathlib import Path

import pytest

import verify_results
from complete_results import VIDEOS, write_complete_results, write_output, write_table
from corpus.core import side_files
from corpus.core.file_records import forget_inputs, record_path
from corpus.report.verification import result_files
from corpus.report.verification.checks import Check
from corpus.report.verification.comparison import compared_files
from corpus.tables import parquet, schemas
from rule_files import RULES, outputs

NAMES = sorted(
    {table.file.format(video="v") for table in schemas.all_tables().values()}
    | {pattern.format(video="v") for pattern in result_files.VIDEO_FILES}
    | {*result_files.CORPUS_FILES, "videos/v.mp4", "videos/v.mp4.json"}
)
"""A file of every kind."""


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_complete_results(tmp_path_factory.mktemp("complete") / "results")


@pytest.fixture
def results(complete: Path, tmp_path: Path) -> Path:
    """A copy with new modification times, as `cp -r` makes it."""
    return shutil.copytree(complete, tmp_path / "copy", copy_function=shutil.copyfile)


def found(results: Path, **options: object) -> dict[str, str]:
    """Kind of fault by the name of the file."""
    return {finding.name: finding.kind for finding in Check(results, **options).run().findings}


def test_complete_results_have_no_faults(results: Path) -> None:
    report = Check(results).run()
    assert report.findings == []
    assert report.n_checked == len(list(results.rglob("[!.]*.*"))) - len(VIDEOS)
    assert (report.n_unrecorded, report.n_absent_videos) == (0, 0)


def test_every_output_of_a_rule_is_known(results: Path) -> None:
    patterns = {output for rule in RULES for output in outputs(rule)}
    # The records of groups are notes for the workflow, and not checked.
    patterns -= {f"groups/{kind}/{{group}}.json" for kind in ("fetch", "faces", "movement")}
    patterns.remove("{file}")  # stands for outputs of other rules
    assert len(patterns) > 30
    for pattern in patterns:
        name = pattern.replace("{{video}}", "v").replace("{video}", "v").replace("{ext}", "mp4")
        name = name.replace("{kind}", "overlay").replace("csv/{table}/", "csv/keypoints/")
        file = result_files.classify(name.replace("{table}", "tracks"))
        assert file.kind in ("table", "output", "media", "record"), pattern
        assert (file.video == "v") == ("{video}" in pattern), pattern


_PAIRS = ["corpus.parquet", "status/v.parquet", "videos/v.mp4", "videos/v.mp4.json"]
"""Two pairs of files. The files of a pair are not changed together, because one of them is needed
to notice that files belong to a video, or that a video is missing."""
_ALTERNATING = [*_PAIRS, *(name for name in NAMES if name not in _PAIRS)]
HALVES = [sorted(_ALTERNATING[::2]), sorted(_ALTERNATING[1::2])]
"""Files of all kinds are changed in two steps, so that a file that is reported by mistake, because
another one was changed, is noticed."""


@pytest.mark.fault("tables", "one bit of a result file of any kind flips", "exactly it is named")
@pytest.mark.parametrize("names", HALVES, ids=["even", "odd"])
def test_one_changed_bit_is_found(results: Path, names: list[str]) -> None:
    contents = {name: (results / name).read_bytes() for name in names}
    for share in (0, 0.4, 0.8, 1):
        for name, content in contents.items():
            changed = bytearray(content)
            changed[round(share * (len(content) - 1))] ^= 1
            (results / name).write_bytes(changed)
        kinds = found(results)
        assert sorted(kinds) == names, share
        assert set(kinds.values()) <= {"altered", "damaged"}


@pytest.mark.parametrize("name", ["keypoints/v.parquet", "elan/v.eaf", "videos/v.mp4.json"])
def test_one_changed_file_is_the_only_one_reported(results: Path, name: str) -> None:
    content = bytearray((results / name).read_bytes())
    content[len(content) // 3] ^= 1
    (results / name).write_bytes(content)
    assert list(found(results)) == [name]


@pytest.mark.fault(
    "tables", "a result file of any kind has 0 bytes or is cut in half", "exactly it is named"
)
@pytest.mark.parametrize("names", HALVES, ids=["even", "odd"])
@pytest.mark.parametrize("share", [0, 0.5])
def test_a_cut_file_is_found(results: Path, names: list[str], share: float) -> None:
    for name in names:
        content = (results / name).read_bytes()
        (results / name).write_bytes(content[: round(share * len(content))])
    assert sorted(found(results)) == names


@pytest.mark.fault(
    "tables", "a result file from which others were made is deleted", "reported as missing"
)
@pytest.mark.parametrize("names", HALVES, ids=["even", "odd"])
def test_a_deleted_file_is_missing(results: Path, names: list[str]) -> None:
    for name in names:
        (results / name).unlink()
    assert found(results) == dict.fromkeys(names, "missing")


@pytest.mark.fault(
    "changes", "a table is made again with other content", "the files made from it are outdated"
)
def test_files_made_from_a_replaced_table_are_outdated(results: Path) -> None:
    forget_inputs()
    write_table(results / "phases" / "v.parquet", "phases", "v")
    outdated = found(results)
    assert set(outdated.values()) == {"outdated"}
    assert {"gestures/v.parquet", "elan/v.eaf", "report/index.html"} <= set(outdated)
    assert not [name for name in outdated if name.startswith("keypoints") or "/w." in name]


@pytest.mark.fault(
    "changes", "some tables were made with other settings", "these tables are outdated"
)
def test_tables_made_with_other_settings_are_outdated(results: Path) -> None:
    path = results / "faces" / "w.parquet"
    provenance = parquet.read_provenance(path)
    provenance["parameters"]["size"] = 2
    forget_inputs()
    parquet.write(path, "faces", {"frame": [1]}, provenance)
    reasons = {finding.name: finding.reason for finding in Check(results).run().findings}
    assert reasons["faces/w.parquet"] == "made with size 2; most tables with 1"


@pytest.mark.fault(
    "tables",
    "results contain tables of a removed video, other files, or partial files",
    "reported as foreign",
)
@pytest.mark.parametrize(
    "name",
    [
        "frames/gone.parquet",
        "elan/gone.eaf",
        "videos/gone.mp4",
        "notes.txt",
        "faces/v.csv",
        "report/old/index.html",
        "frames/.partial.0a1b2c.17.aabbcc.v.parquet",
    ],
)
def test_foreign_files_are_found(results: Path, name: str) -> None:
    (results / name).parent.mkdir(exist_ok=True)
    shutil.copyfile(results / "frames/v.parquet", results / name)
    assert found(results) == {name: "foreign"}
    assert found(results, ignored=(name,)) == {}


def test_another_table_under_the_name_of_a_table_is_found(results: Path) -> None:
    shutil.copyfile(results / "shots/v.parquet", results / "faces/v.parquet")
    assert found(results)["faces/v.parquet"] == "damaged"
    shutil.copyfile(results / "status/w.parquet", results / "status/v.parquet")
    assert found(results)["status/v.parquet"] in ("foreign", "outdated")


@pytest.mark.fault(
    "tables",
    "a table of one video is replaced by that of another",
    "exactly it is named as foreign",
)
def test_a_table_of_another_video_is_foreign(results: Path) -> None:
    shutil.copyfile(results / "keypoints/w.parquet", results / "keypoints/v.parquet")
    assert found(results)["keypoints/v.parquet"] == "foreign"


def test_a_link_to_a_video_that_is_elsewhere_is_not_a_fault(results: Path) -> None:
    media = results / "videos/v.mp4"
    media.unlink()
    media.symlink_to("../../sources/v.mp4")
    report = Check(results).run()
    assert (report.findings, report.n_absent_videos) == ([], 1)


@pytest.mark.parametrize("name", ["files", "annotations"])
def test_what_each_run_writes_again_for_the_page_is_neither_foreign_nor_compared(
    results: Path, name: str
) -> None:
    before = compared_files(results)
    side_files.write_json_side_file(results / "report/page", name, {"run_options": "--cores 2"})
    assert Check(results).run().findings == []
    assert compared_files(results) == before


def test_results_without_records_are_read_and_counted(results: Path) -> None:
    path = results / "people.tsv"
    record_path(path).unlink()
    assert Check(results).run().n_unrecorded == 1
    eaf = results / "elan/v.eaf"
    record_path(eaf).unlink()
    eaf.write_text(eaf.read_text() + " ")
    assert found(results) == {"elan/v.eaf": "altered"}


def test_logs_benchmarks_and_elans_own_files_are_not_checked(results: Path) -> None:
    for name in ("logs/a/v.log", "benchmarks/a/v.tsv", "videos/.partial/v.1/x", "elan/v.pfsx"):
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).write_text("text")
    assert found(results) == {}


def test_the_command_lists_faults_with_what_to_do(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr("sys.argv", ["verify_results.py", str(results)])
    verify_results.main()
    assert capsys.readouterr().out.endswith(" files checked, 0 files with faults.\n")
    (results / "frames/v.parquet").write_bytes(b"")
    write_output(results / "exports.txt")
    with pytest.raises(SystemExit) as stopped:
        verify_results.main()
    assert stopped.value.code == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == (
        "DAMAGED (1 file): cannot be read. Delete these files, then run snakemake as before."
    )
    assert lines[1] == f"  {results}/frames/v.parquet: has 0 bytes"
    assert lines[2].startswith("FOREIGN (1 file): ") and lines[-1].endswith("2 files with faults.")
