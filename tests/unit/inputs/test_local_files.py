"""Paths that people write: other forms of the same letters, ~, and paths of other systems."""

import unicodedata
from pathlib import Path

import pytest

from corpus.core.errors import InputError
from corpus.inputs import local_files, manifest, settings

COMPOSED = unicodedata.normalize("NFC", "Zoë é")
DECOMPOSED = unicodedata.normalize("NFD", "Zoë é")
MIXED = COMPOSED[:3] + DECOMPOSED[4:]
FORMS = {"composed": COMPOSED, "decomposed": DECOMPOSED}

each_form = pytest.mark.parametrize(
    ("written", "stored"),
    [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED), (MIXED, DECOMPOSED)],
    ids=["composed", "decomposed", "mixed"],
)


def write_manifest(folder: Path, source: str) -> Path:
    """Write a manifest of one video."""
    path = folder / "videos.tsv"
    path.write_text(f"video_id\tsource\na\t{source}\n", encoding="utf-8")
    return path


@pytest.mark.fault(
    "inputs",
    "a name with accents in one Unicode form, its file in the other (macOS, zip)",
    "the file is found",
)
@each_form
def test_a_source_is_found_in_each_form_of_its_letters(
    tmp_path: Path, written: str, stored: str
) -> None:
    (tmp_path / stored).mkdir()
    file = tmp_path / stored / f"{stored}.mp4"
    file.touch()
    path = write_manifest(tmp_path, f"{written}/{written}.mp4")
    source = manifest.read(path)["a"]["source"]
    assert manifest.local_path(source, path) == str(file)


@each_form
def test_a_new_file_is_in_the_folder_that_exists(tmp_path: Path, written: str, stored: str) -> None:
    (tmp_path / stored).mkdir()
    new = f"{tmp_path}/{written}/{written}"
    assert local_files.find_file(new) == f"{tmp_path}/{stored}/{written}"


@pytest.mark.fault(
    "inputs", "two files whose names differ only in Unicode form", "the exact name is used"
)
def test_of_two_files_the_exact_name_wins(tmp_path: Path) -> None:
    for name in FORMS.values():
        (tmp_path / f"{name}.mp4").touch()
    for name in FORMS.values():
        file = f"{tmp_path}/{name}.mp4"
        assert manifest.local_path(file, "videos.tsv") == file
    path = write_manifest(tmp_path, f"{MIXED}.mp4")
    with pytest.raises(InputError, match=r"line 2, source: no file .* has several files with this"):
        manifest.read(path)


def test_paths_without_accents_are_not_looked_up(tmp_path: Path) -> None:
    assert local_files.find_file(f"{tmp_path}/gone/a.mp4") == f"{tmp_path}/gone/a.mp4"


@pytest.mark.fault("inputs", "~ in a source and in paths of the configuration", "the home folder")
def test_the_home_folder_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "a.mp4").touch()
    path = write_manifest(tmp_path, "~/a.mp4")
    assert manifest.read(path)
    assert manifest.local_path("~/a.mp4", path) == f"{tmp_path}/a.mp4"
    keys = ("videos", "people", "annotations", "results")
    config: dict = {key: f"~/{key}" for key in keys} | {"custom_rules": ["~/a.smk"]}
    config["fetch"] = {"cookies": "~/cookies.txt"}
    config["clustering"] = {"known": "~/known.parquet"}
    settings.read(config)
    assert [config[key] for key in keys] == [f"{tmp_path}/{key}" for key in keys]
    assert config["custom_rules"] == [f"{tmp_path}/a.smk"]
    assert config["fetch"]["cookies"] == f"{tmp_path}/cookies.txt"
    assert config["clustering"]["known"] == f"{tmp_path}/known.parquet"


def test_a_file_may_be_named_like_a_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    (tmp_path / "~").mkdir()
    (tmp_path / "~" / "a.mp4").touch()
    path = write_manifest(tmp_path, "~/a.mp4")
    assert manifest.local_path("~/a.mp4", path) == f"{tmp_path}/~/a.mp4"


MISTAKES = [
    pytest.param(
        "$HOME/a.mp4",
        "environment variables such as $HOME are not replaced; write their value",
        marks=pytest.mark.fault(
            "inputs", "$HOME in a source or a path of the configuration", "refused with the reason"
        ),
    ),
    ("${DATA}/a.mp4", "environment variables such as ${DATA} are not replaced"),
    ("~nobody-here/a.mp4", "there is no home folder ~nobody-here"),
    pytest.param(
        r"videos\a.mp4",
        "write / between folders instead of \\",
        marks=pytest.mark.fault(
            "inputs",
            "a path of Windows in a source or in the configuration",
            "refused with what to write instead",
        ),
    ),
    (r"C:\Users\ada\a.mp4", "this is a path of Windows; write the path on this system"),
    ("d:/a.mp4", "this is a path of Windows; write the path on this system"),
]


@pytest.mark.parametrize(("source", "hint"), MISTAKES)
def test_a_message_explains_paths_of_other_systems(tmp_path: Path, source: str, hint: str) -> None:
    if "{" not in source:
        with pytest.raises(InputError) as error:
            manifest.read(write_manifest(tmp_path, source))
        assert "line 2, source: no file " in str(error.value) and hint in str(error.value)
    config: dict = {"annotations": source.removesuffix(".mp4")}
    with pytest.raises(InputError) as error:
        settings.read(config)
    assert str(error.value).startswith("config, annotations: ") and hint in str(error.value)


@pytest.mark.parametrize("name", ["$a.mp4", "a\\b.mp4"])
def test_files_that_exist_may_have_such_names(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert manifest.read(write_manifest(tmp_path, name))
    settings.read({"people": str(tmp_path / name)})


def test_an_invisible_character_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no file .*; the path contains the invisible .* U\+200B"):
        manifest.read(write_manifest(tmp_path, "a\u200b.mp4"))
    config = {"results": "نتیجه\u200cها"}  # Persian words contain such characters
    settings.read(config)
    assert config["results"] == "نتیجه\u200cها"


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x85"])
@pytest.mark.fault(
    "inputs", "NUL or another control character in a source", "refused with the line and its code"
)
def test_a_control_character_in_a_path_is_a_fault(tmp_path: Path, character: str) -> None:
    path = write_manifest(tmp_path, f"a{character}.mp4")
    code = f"U\\+{ord(character):04X}"
    with pytest.raises(InputError, match=f"line 2, source: .* control character {code}"):
        manifest.read(path)
    with pytest.raises(InputError, match=f"people: .* control character {code}"):
        settings.read({"people": f"a{character}"})


def test_a_path_does_not_begin_like_an_option() -> None:
    with pytest.raises(InputError, match="results: '-x'; commands take it for an option"):
        settings.read({"results": "-x"})
