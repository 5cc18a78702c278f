"""Files of the user that are outputs of the workflow are refused."""

import os
from pathlib import Path
from typing import get_args

import pytest

from corpus.core.locations import Locations
from corpus.inputs import own_files, settings
from corpus.inputs.settings_model import Settings
from corpus.inputs.settings_section import PathText, key_names

RESULTS = "results/mine"
PATTERNS = [
    f"{RESULTS}/videos/{{video,[A-Za-z0-9_-]+}}.{{ext,mov|mp4}}",
    f"{RESULTS}/elan/talk.eaf",
    f"{RESULTS}/exports/{{kind,overlay|blurred}}/{{video}}.mp4",
    f"{RESULTS}/logs/fetch_model/{{model_file}}.log",
    f"{RESULTS}/people.tsv",
    f"{RESULTS}/clusters.parquet",
    "resources/models/{model_file,dlib[.]dat|facenet[.]pt}",
]
"""Outputs as in the rules."""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: folders with results, the user's files, and links."""
    for folder in ("config", "recordings", "results/mine/videos", "results/mine/elan", "other"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "linked").symlink_to("results")
    (tmp_path / "results" / "mine" / "videos" / "talk.mp4").touch()
    (tmp_path / "recordings" / "own.mp4").touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def places(results: str = RESULTS) -> own_files.OutputPlaces:
    """The places of outputs, for another folder of results if given."""
    patterns = [pattern.replace(RESULTS, results) for pattern in PATTERNS]
    return own_files.OutputPlaces(results, patterns, Locations())


def config_with(**changes: object) -> dict:
    """A complete configuration of a corpus with the manifest config/mine.tsv."""
    config: dict = {"videos": "config/mine.tsv", "people": "config/p.tsv", "results": RESULTS}
    config |= changes
    settings.read(config)
    for key in own_files.FOLDERS:
        config[key] = config[key] or f"config/mine_{key}"
    return config


def key_faults(**changes: object) -> dict[str, str]:
    """Faults in the keys of a configuration."""
    return dict(own_files.key_faults(config_with(**changes), places(), str))


@pytest.mark.fault(
    "inputs",
    "a file of the user that nothing names is where the link to a local video would be",
    "refused before any job; files and links that the workflow made are not",
)
def test_a_video_that_the_workflow_did_not_make_is_refused(project: Path) -> None:
    videos = Path(RESULTS, "videos")
    (videos / "made.mp4").touch()
    (videos / "made.mp4.json").touch()
    (videos / "linked.mp4").symlink_to(project / "recordings" / "own.mp4")
    names = ("talk.mp4", "made.mp4", "linked.mp4", "new.mp4")
    media_files = [f"{RESULTS}/videos/{name}" for name in names]
    [(key, message)] = own_files.unnamed_video_faults(RESULTS, media_files)
    assert key == "results" and f"did not make {RESULTS}/videos/talk.mp4" in message
    assert list(own_files.unnamed_video_faults("results/none", media_files)) == []


@pytest.mark.parametrize("key", own_files.FOLDERS)
def test_a_file_in_place_of_a_folder_is_refused(project: Path, key: str) -> None:
    fault = key_faults(**{key: "recordings/own.mp4"})[key]
    assert fault == (
        f"'recordings/own.mp4' is a file. Name another folder; null is config/mine_{key}"
    )


def source_faults(*sources: str) -> list[str]:
    """Faults in the sources of the manifest config/mine.tsv."""
    rows = {f"v{n}": {"video_id": f"v{n}", "source": source} for n, source in enumerate(sources)}
    lines = [f"{video}\t{row['source']}" for video, row in rows.items()]
    Path("config/mine.tsv").write_text("\n".join(["video_id\tsource", *lines]) + "\n")
    return [str(fault) for fault in own_files.source_faults(rows, "config/mine.tsv", places())]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            "results/mine/videos/talk.mp4",
            marks=pytest.mark.fault(
                "inputs",
                "a source is an output of the workflow",
                "refused before any job, with the file, the line and what to do",
            ),
        ),
        "results/mine/videos/new.mp4",
        "results/mine/videos/deeper/talk.mp4",
        "results/mine/elan/other.eaf",
        "results/mine/exports/overlay/talk.mp4",
        "results/mine/exports/talk.mp4",
        "results/mine/covers/talk.parquet",
        "results/mine/people.tsv",
        "results/mine/videos",
        "resources/models/dlib.dat",
        "linked/mine/people.tsv",
        "recordings/../results/mine/people.tsv",
        "results/other/../mine/./people.tsv",
    ],
)
def test_an_output_is_found_by_every_path(project: Path, path: str) -> None:
    for spelling in (path, str(project / path), f"config/../{path}"):
        assert places().place_of(spelling), spelling


@pytest.mark.parametrize(
    "path",
    [
        "recordings/own.mp4",
        "results/other/videos/talk.mp4",
        "results/mine/known.parquet",
        "results/mine/mine/people.tsv",
        "results/mine2/people.tsv",
        "results/people.tsv",
        "Results/mine/people.tsv",
        "resources/models/own.dat",
        "config/mine_annotations",
    ],
)
def test_other_files_are_accepted(project: Path, path: str) -> None:
    assert places().place_of(path) is None


@pytest.mark.fault(
    "inputs",
    "a source or its folder is a link into the results",
    "refused before any job, with the file, the line and what to do",
)
def test_links_of_files_and_folders_are_followed(project: Path) -> None:
    Path("recordings/link.mp4").symlink_to("../results/mine/videos/talk.mp4")
    Path("recordings/twice.mp4").symlink_to("link.mp4")
    Path("results/mine/videos/back.mp4").symlink_to("../../../recordings/own.mp4")
    Path("recordings/through.mp4").symlink_to("../results/mine/videos/back.mp4")
    Path("folder").symlink_to("results/mine/videos")
    found = source_faults(
        *("../recordings/own.mp4", "../recordings/link.mp4", "../recordings/twice.mp4"),
        *("../recordings/through.mp4", "../folder/talk.mp4", "https://example.org/a.mp4"),
    )
    assert [fault.split(": ")[0] for fault in found] == [
        f"config/mine.tsv, line {line}, source" for line in (3, 4, 5, 6)
    ]
    assert "the workflow writes results/mine/videos, and would delete or overwrite" in found[0]


@pytest.mark.fault(
    "inputs",
    "a folder inside the results is a link to the folder of the sources",
    "refused before any job, with the file, the line and what to do",
)
def test_links_inside_the_results_are_followed(project: Path) -> None:
    Path("results/linked").mkdir()
    for name, target in (("videos", "recordings"), ("elan", "other")):
        Path("results/linked", name).symlink_to(project / target)
    linked = places("results/linked")
    assert linked.place_of("recordings/own.mp4") == "results/linked/videos"
    assert linked.place_of_folder("other") == "results/linked/elan"
    Path("all").symlink_to("results/linked")
    assert places("all").place_of("recordings/own.mp4") == "all/videos"


def test_a_hard_link_is_accepted_since_deleting_the_output_loses_nothing(project: Path) -> None:
    os.link("results/mine/videos/talk.mp4", "recordings/second_name.mp4")
    assert places().place_of("recordings/second_name.mp4") is None


@pytest.mark.fault(
    "inputs",
    "a file is an output in other capitals, on a file system that ignores case",
    "refused before any job, with the file, the line and what to do",
)
def test_capitals_are_ignored_where_the_file_system_ignores_them(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Locations, "_test_case", lambda self, folder: True)
    assert places("new/mine").place_of("New/Mine/People.TSV")
    assert places().place_of("results/mine/PEOPLE.tsv")


def test_every_key_with_a_path_is_checked(project: Path) -> None:
    """A new key of the configuration that names a file belongs into own_files.named_files."""
    inside = f"{RESULTS}/logs/x"
    config = config_with(
        videos=inside,
        people=inside,
        fetch={"cookies": inside},
        clustering={"known": inside},
        models={"dlib": {"file": inside, "sha256": "0" * 64}},
        containers={"all": inside},
        custom_rules=[inside],
    )
    checked = dict(
        own_files.key_faults(config | dict.fromkeys(own_files.FOLDERS, inside), places(), str)
    )
    paths = {key for key in key_names(Settings) if _names_a_path(key)} - {"fetch.format"}
    files_of_models = {"models.dlib.file", "containers.all"}
    assert set(checked) == paths | files_of_models
    assert all("the workflow writes results/mine/logs" in text for text in checked.values())


def _names_a_path(key: str) -> bool:
    """Whether a key of the configuration has the type of a path."""
    section = Settings
    *parents, name = key.split(".")
    for parent in parents:
        found = section.model_fields[parent].annotation
        if not hasattr(found, "model_fields"):
            return False
        section = found
    field = section.model_fields[name]
    lengths = [getattr(item, "min_length", None) for item in field.metadata]
    return 1 in lengths or PathText in get_args(field.annotation)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"people": f"{RESULTS}/people.tsv"},
            "'results/mine/people.tsv'; the workflow writes it, and would delete or overwrite your "
            "file. Save your names in another file, such as config/mine_people.tsv",
            marks=pytest.mark.fault(
                "inputs",
                "people names people.tsv in the results",
                "refused before any job, with a path that can be used",
            ),
        ),
        pytest.param(
            {"annotations": f"{RESULTS}/elan"},
            "'results/mine/elan'; the workflow writes it, and would delete or overwrite your file. "
            "Name another folder; null is config/mine_annotations",
            marks=pytest.mark.fault(
                "inputs",
                "annotations names the folder elan in the results",
                "refused before any job, with a path that can be used",
            ),
        ),
        pytest.param(
            {"clustering": {"known": f"{RESULTS}/clusters.parquet"}},
            "'results/mine/clusters.parquet'; the workflow writes it, and would delete or "
            "overwrite your file. Copy it, for example to config/mine_known.parquet, and name the "
            "copy",
            marks=pytest.mark.fault(
                "inputs",
                "clustering.known names clusters.parquet of the same results",
                "refused before any job, with a path that can be used",
            ),
        ),
    ],
)
def test_the_message_says_where_to_put_the_file(project: Path, changes: dict, message: str) -> None:
    assert list(key_faults(**changes).values()) == [message]


def test_files_beside_the_outputs_and_of_other_results_are_accepted(project: Path) -> None:
    assert not key_faults(
        people="results/other/people.tsv",
        clustering={"known": f"{RESULTS}/known.parquet"},
        containers={"all": "docker://results/mine/people.tsv"},
    )


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"results": "."}, "is the folder of the manifest mine.tsv"),
        ({"results": "../project"}, "is the folder of the manifest mine.tsv"),
        ({"results": "config", "videos": "linked/mine.tsv"}, "is the folder of the manifest"),
        ({"results": "../workflow"}, "contains the workflow itself"),
        ({"results": ".."}, "contains the workflow itself"),
        ({"results": "../home"}, "contains your home folder"),
        ({"results": "~"}, "contains your home folder"),
        ({"results": "other/home"}, "contains your home folder"),
        (
            {"results": "notes/mine", "annotations": "notes"},
            "lies in the folder of the key annotations, notes",
        ),
        ({"results": "linked/notes.txt"}, "is a file"),
        (
            {"results": "notes", "annotations": "notes"},
            "lies in the folder of the key annotations, notes",
        ),
    ],
)
@pytest.mark.fault(
    "inputs",
    "results is the folder of the workflow, the manifest or the annotations, or the home folder",
    "refused before any job, with the key and its line",
)
def test_results_need_a_folder_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict, kind: str
) -> None:
    project = tmp_path / "project"
    for folder in ("config", "../workflow", "../home", "other"):
        (tmp_path / "project" / folder).mkdir(parents=True)
    (project / "linked").symlink_to("config")
    (project / "config" / "notes.txt").touch()
    (project / "other" / "home").symlink_to("../../home")
    monkeypatch.chdir(project)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    config = config_with(**({"videos": "mine.tsv"} | changes))
    faults = own_files.results_faults(config, tmp_path / "workflow", [], Locations())
    [(key, message)] = faults
    assert key == "results" and kind in message
    assert message.endswith("name a folder of its own, such as results/mine")


@pytest.mark.parametrize("results", ["results", "results/mine", "workflow/results", "../results"])
def test_usual_folders_of_results_are_accepted(project: Path, results: str) -> None:
    config = config_with(results=results)
    assert not list(own_files.results_faults(config, project / "workflow", PATTERNS, Locations()))


def test_two_modules_cannot_share_a_folder_of_results(project: Path) -> None:
    faults = own_files.results_faults(config_with(), project / "x", PATTERNS * 2, Locations())
    assert ["another module" in message for _, message in faults] == [True]


@pytest.mark.fault(
    "inputs",
    "two corpora have the same folder of results, without a common video",
    "refused before any job, with some videos of the other corpus",
)
def test_results_of_another_corpus_are_refused(project: Path) -> None:
    for video in ("a", "b", "c", "d"):
        Path(f"results/mine/videos/{video}.mp4.json").touch()
        Path(f"results/mine/videos/{video}.info.json").touch()
    [(key, message)] = own_files.other_corpus_fault(RESULTS, {"talk": {}}, "config/mine.tsv")
    assert key == "results"
    assert "contains the videos a, b, c and 1 more of another corpus" in message
    assert not list(own_files.other_corpus_fault(RESULTS, {"talk": {}, "c": {}}, "config/mine.tsv"))
    assert not list(own_files.other_corpus_fault("results/new", {"talk": {}}, "config/mine.tsv"))
