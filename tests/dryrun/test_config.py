"""What the user writes: the configuration and the manifest, and how mistakes in them are told."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from corpus.core.errors import InputError
from corpus.inputs import manifest, settings
from corpus.inputs.config_lines import place
from corpus.tables import schemas
from repository import ROOT

CONFIG = ROOT / "config"
SHIPPED = sorted(CONFIG.glob("*.yaml"))
ADDRESS = "https://example.org/a"


def laid_over(overlay: dict) -> dict:
    """The checked configuration with `overlay` on it; sections are merged as Snakemake does."""
    settings.complete(overlay, ROOT)
    settings.check(overlay, ROOT)
    return overlay


# The manifest ------------------------------------------------------------------------------------


@pytest.fixture
def videos(tmp_path):
    """Write a manifest; beside it lie a video, a text and a folder."""
    (tmp_path / "talk.mp4").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "folder.mp4").mkdir()

    def write(content: str | bytes) -> Path:
        path = tmp_path / "videos.tsv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_manifest_keeps_order_and_own_columns(videos):
    path = videos(f"video_id\tsource\tspeaker\nb\ttalk.mp4\tÅsa\na-_9\t{ADDRESS}\t\n")
    rows = manifest.read(path)
    assert list(rows) == ["b", "a-_9"]
    assert rows["b"] == {"video_id": "b", "source": "talk.mp4", "speaker": "Åsa"}
    assert manifest.extra_columns(rows) == ("speaker",)


@pytest.mark.parametrize(
    "content",
    [
        f"video_id\tsource\r\na\t{ADDRESS}\r\n",
        f"video_id\tsource\ra\t{ADDRESS}\r",
        f"\ufeffvideo_id\tsource\na\t{ADDRESS}\n",
        f"# mine\n\nvideo_id\tsource\n  \n# one\na\t{ADDRESS}",
        f" video_id \tsource\na \t {ADDRESS}\n",
        f"source\tvideo_id\n{ADDRESS}\ta\n",
    ],
    ids=["crlf", "cr", "bom", "comments", "spaces", "order"],
)
def test_manifest_tolerates_what_editors_do(videos, content):
    assert manifest.read(videos(content)) == {"a": {"video_id": "a", "source": ADDRESS}}


@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x85", '"'])
def test_a_line_is_a_row_whatever_a_cell_holds(videos, mark):
    rows = manifest.read(videos(f"video_id\tsource\ttitle\na\t{ADDRESS}\tone{mark}two\n"))
    assert rows["a"]["title"] == f"one{mark}two"


HEADER = "video_id\tsource\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "videos.tsv: empty; the first line must name the columns video_id and source"),
        (HEADER, "videos.tsv: no video below the header"),
        (
            f"video_id,source\na,{ADDRESS}\n",
            "line 1: no column video_id and source; columns are separated by tabs, not commas",
        ),
        ("video_id;source\n", "columns are separated by tabs, not semicolons"),
        ("video_id source\n", "columns are separated by tabs, not spaces"),
        ("Video_id\tsource\n", "line 1: no column video_id; did you mean it by 'Video_id'?"),
        ("video_id\turl\n", "line 1: no column source"),
        ("video_id\tsource\tsource\n", "line 1: column source is there twice"),
        ("video_id\tsource\t\n", "line 1: column 3 has no name"),
        ("video_id\tsource\twidth\n", "line 1: column width: the workflow makes a column"),
        (f"{HEADER}\t{ADDRESS}\n", "line 2, video_id: empty"),
        (f"{HEADER}a\t\n", "line 2, source: empty"),
        (f"{HEADER}a\n", "line 2: 1 cells, but the header names 2 columns; columns are"),
        (f"{HEADER}a\t{ADDRESS}\tb\n", "line 2: 3 cells, but the header names 2 columns"),
        (
            f"{HEADER}a\t{ADDRESS}\n\na\t{ADDRESS}/2\n",
            "line 4, video_id: 'a' is also on line 2",
        ),
        (
            f"{HEADER}a\t{ADDRESS}\nA\t{ADDRESS}\n",
            "line 3, video_id: 'A' differs only by case from 'a' on line 2",
        ),
        (f"{HEADER}a b\t{ADDRESS}\n", "line 2, video_id: 'a b' is also a file name; use only"),
        (f"{HEADER}../a\t{ADDRESS}\n", "line 2, video_id: '../a' is also a file name"),
        (f"{HEADER}a.b\t{ADDRESS}\n", "line 2, video_id: 'a.b' is also a file name"),
        (f"{HEADER}é\t{ADDRESS}\n", "line 2, video_id: 'é' is also a file name"),
        (f"{HEADER}$(x)\t{ADDRESS}\n", "line 2, video_id: '$(x)' is also a file name"),
        (f"{HEADER}a\tgone.mp4\n", "line 2, source: no file "),
        (f"{HEADER}a\tresources/demo/a.mp4\n", "/resources/demo/a.mp4; `make demo` renders it"),
        (f"{HEADER}a\tfolder.mp4\n", "folder.mp4 is a folder; give each of its videos a row"),
        (f"{HEADER}a\tnotes.txt\n", "line 2, source: 'notes.txt' is no web address, nor"),
        (f"{HEADER}a\ttalk\n", "line 2, source: 'talk' is no web address, nor"),
        (f"{HEADER}a\tfile:///a.mp4\n", "give a local file's path without file://"),
        (f"{HEADER}a\tt{{x}}.mp4\n", "braces and angle brackets are placeholders"),
        (HEADER.encode() + b"a\thttps://example.org/\xe9\n", "line 2: not UTF-8"),
        (f"{HEADER}a\t{ADDRESS}\n".encode("utf-16"), "line 1: not UTF-8"),
    ],
)
def test_manifest_faults_name_the_place(videos, content, message):
    path = videos(content)
    with pytest.raises(InputError) as error:
        manifest.read(path)
    assert message in str(error.value)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_manifest_names_all_faulty_rows_but_not_endlessly(videos):
    rows = "".join(f"a {i}\t{ADDRESS}\n" for i in range(13))
    with pytest.raises(InputError) as error:
        manifest.read(videos(HEADER + rows))
    lines = str(error.value).split("\n")
    assert [re.search(r"line \d+", line).group() for line in lines[:-1]] == [
        f"line {number}" for number in range(2, 12)
    ]
    assert lines[-1] == "... and 3 more"


@pytest.mark.parametrize("name", ["gone.tsv", "folder.mp4"])
def test_manifest_that_cannot_be_read(videos, name):
    path = videos("").with_name(name)
    with pytest.raises(InputError, match=rf"{name}: cannot be read .* config key videos"):
        manifest.read(path)


def test_a_job_does_not_look_for_other_jobs_files(videos):
    assert manifest.read(videos(f"{HEADER}a\tgone.mp4\n"), look=False)


@pytest.mark.parametrize(
    ("source", "suffix"),
    [
        ("a/talk.MP4", "mp4"),
        ("a.b/talk.mkv", "mkv"),
        ("https://example.org/a.webm?token=1#t=3", "webm"),
        ("https://www.youtube.com/watch?v=9U4Ha9HQvMo", "mkv"),
        ("https://example.org/talk.mp4/play", "mkv"),
        ("https://example.org", "mkv"),
        ("https://example.org/list.m3u8", "mkv"),
    ],
)
def test_suffix(source, suffix):
    assert manifest.media_suffix(source, "mkv") == suffix


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("talk.mp4", "config/talk.mp4"),
        ("../resources/demo/a.mp4", "resources/demo/a.mp4"),
        ("/data/a.mp4", "/data/a.mp4"),
    ],
)
def test_local_paths_start_at_the_manifest(source, path):
    assert not manifest.is_url(source)
    assert manifest.local_path(source, Path("config/videos.tsv")) == path


def test_reserved_columns_are_the_corpus_tables():
    assert list(manifest.CORPUS_COLUMNS) == schemas.SCHEMAS["corpus"].names


def test_row_schema_says_what_the_code_checks():
    schema = yaml.safe_load((CONFIG / "schemas/videos.schema.yaml").read_text())
    Draft202012Validator.check_schema(schema)
    assert tuple(schema["required"]) == manifest.REQUIRED
    assert schema["properties"]["video_id"]["pattern"] == f"^{manifest.VIDEO_ID.pattern}$"
    reserved = schema["propertyNames"]["not"]["enum"]
    assert (*manifest.REQUIRED, *reserved) == manifest.CORPUS_COLUMNS
    for path in CONFIG.glob("*.tsv"):
        if "people" not in path.name:
            for row in manifest.read(path, look=False).values():
                Draft202012Validator(schema).validate(row)


# The configuration -------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SHIPPED, ids=[path.stem for path in SHIPPED])
def test_shipped_configs_are_valid(path):
    config = laid_over(yaml.safe_load(path.read_text()))
    assert manifest.read(ROOT / config["videos"], look=False)
    header = (ROOT / config["people"]).read_text().splitlines()[0]
    assert header.split("\t") == "person name video_id time_s x y".split()


def test_shipped_corpora_do_not_share_files():
    configs = [laid_over(yaml.safe_load(path.read_text())) for path in SHIPPED]
    for key in ("videos", "people", "results"):
        assert len({config[key] for config in configs}) == len(SHIPPED)


def test_the_demo_needs_no_release_page_and_takes_a_gpu_only_where_there_is_one():
    config = laid_over(yaml.safe_load((CONFIG / "laptop.yaml").read_text()))
    assert (config["device"], config["faces"]["embedder"]) == ("auto", "dlib")
    assert config["faces"]["best"] == 6, "other keys of the section stay"


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"devise": "cpu"}, "config, devise: no such key; did you mean device?"),
        ({"embedder": "dlib"}, "config, embedder: no such key; did you mean faces.embedder?"),
        ({"qqq": 1}, "config, qqq: no such key; it must be one of videos, people, annotations"),
        ({5: 1}, "config, 5: no such key"),
        ({"faces": {"embeder": "dlib"}}, "faces.embeder: no such key; did you mean faces.embedder"),
        (
            {"faces": {"embedder": "dlibb"}},
            "config, faces.embedder: 'dlibb'; did you mean dlib? (it must be one of "
            "facenet-vggface2, facenet-casia-webface, dlib)",
        ),
        ({"device": "gpu"}, "config, device: 'gpu'; it must be one of auto, cpu, cuda"),
        ({"faces": None}, "config, faces: empty; it must be a section with keys of its own"),
        ({"faces": "dlib"}, "config, faces: 'dlib'; it must be a section"),
        ({"faces": {"best": "six"}}, "config, faces.best: 'six'; it must be a whole number"),
        ({"faces": {"best": 5.5}}, "config, faces.best: 5.5; it must be a whole number"),
        ({"faces": {"best": True}}, "config, faces.best: True; it must be a whole number"),
        ({"faces": {"best": "inf"}}, "config, faces.best: 'inf'; it must be a whole number"),
        ({"faces": {"best": 0}}, "config, faces.best: 0; it must be at least 1"),
        ({"faces": {"min_size": 2}}, "config, faces.min_size: 2.0; it must be at most 1"),
        ({"fetch": {"timeout_s": 0}}, "config, fetch.timeout_s: 0.0; it must be more than 0"),
        ({"fetch": {"subtitles": "en"}}, "fetch.subtitles: 'en'; it must be a list such as"),
        ({"fetch": {"rate_limit": "2MB"}}, "fetch.rate_limit: '2MB' does not fit; it is this: "),
        ({"keypoints": {"full_frame": "maybe"}}, "'maybe'; it must be true or false"),
        ({"results": None}, "config, results: empty; it must be text"),
        ({"results": ""}, "config, results: '' does not fit"),
        ({"results": "a/{b}"}, "config, results: 'a/{b}' does not fit"),
        ({"results": "results/"}, "config, results: 'results/' does not fit"),
        ({"models": {"dlip": {}}}, "config, models.dlip: no such key; did you mean models.dlib?"),
        (
            {"clustering": {"add": "assign"}},
            "config, clustering.add: 'assign' needs clustering.known, the clusters.parquet of an",
        ),
        (
            {"clustering": {"known": "gone.parquet"}},
            "config, clustering.known: 'gone.parquet'; no such file. Copy an earlier run's",
        ),
        (
            {"containers": {"detect_face": "x.sif"}},
            "config, containers.detect_face: no such key; did you mean containers.detect_faces?",
        ),
        (
            {"containers": {"all": "gone.sif"}},
            "config, containers.all: 'gone.sif'; no such file",
        ),
        ({"containers": {"all": "a b"}}, "containers.all: 'a b' does not fit; it is this: A .sif"),
        ({"clustering": {"add": "asign"}}, "config, clustering.add: 'asign'; did you mean assign?"),
        (
            {"models": {"hand_landmarker_full": {"file": "a"}}},
            "config, models.hand_landmarker_full: lacks sha256",
        ),
        (
            {"models": {"hand_landmarker_full": {"sha256": "0" * 64}}},
            "config, models.hand_landmarker_full: give either file or url",
        ),
        (
            {"models": {"hand_landmarker_full": {"file": "a", "sha256": "abc"}}},
            "config, models.hand_landmarker_full.sha256: 'abc' does not fit; it is this: Checksum",
        ),
    ],
)
def test_config_faults_name_the_key_and_what_it_may_be(overlay, message):
    with pytest.raises(InputError) as error:
        laid_over(overlay)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_run_does_not_take_the_people_that_it_writes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    for name in ("clusters", "known"):
        (tmp_path / f"out/{name}.parquet").touch()
    laid_over({"results": "out", "clustering": {"known": "out/known.parquet"}})
    with pytest.raises(InputError, match=r"clustering.known: .*; this run writes it anew"):
        laid_over(
            {"results": "out", "clustering": {"known": str(tmp_path / "out/clusters.parquet")}}
        )


def test_all_config_faults_are_told_at_once():
    with pytest.raises(InputError) as error:
        laid_over({"devise": "cpu", "faces": {"best": 0, "min_size": "x"}})
    assert len(str(error.value).split("\n")) == 3


@pytest.mark.parametrize("spelling", [5, 5.0, "5", "5.0"])
def test_one_number_has_one_spelling(spelling):
    faces = laid_over({"faces": {"best": spelling, "samples_per_second": spelling}})["faces"]
    assert (repr(faces["best"]), repr(faces["samples_per_second"])) == ("5", "5.0")


def test_text_from_the_command_line_becomes_what_is_meant():
    config = laid_over(
        {"fetch": {"cookies": "null", "rate_limit": "2M"}, "keypoints": {"full_frame": "False"}}
    )
    assert (config["fetch"]["cookies"], config["fetch"]["rate_limit"]) == (None, "2M")
    assert config["keypoints"]["full_frame"] is False


def flat(config: dict, section: str = "") -> dict:
    """Keys with their sections, as in the README; the models are the user's own."""
    values = {}
    for key, value in config.items():
        nested = isinstance(value, dict) and value
        values |= flat(value, f"{section}{key}.") if nested else {section + key: value}
    return values


def test_schema_is_strict_and_described_everywhere():
    schema = settings.schema(ROOT)
    Draft202012Validator.check_schema(schema)

    def walk(name: str, rule: dict) -> None:
        if rule.get("type") == "object":
            assert rule["additionalProperties"] is False, name
        for key, inner in rule.get("properties", {}).items():
            assert inner.get("description") or "$ref" in inner, f"{name}.{key}"
            walk(f"{name}.{key}", inner)

    walk("config", schema)
    walk("model", schema["$defs"]["model"])


def test_every_key_has_a_default():
    sections = set(yaml.safe_load((CONFIG / "config.yaml").read_text()))
    defaults = set(flat(yaml.safe_load((CONFIG / "config.yaml").read_text())))
    known = settings.keys(settings.schema(ROOT))
    known = {key for key in known if not key.startswith(("models.", "containers."))}
    assert defaults == known - (sections - defaults)


def test_every_rule_can_have_an_image_of_its_own():
    named = re.compile(
        r'^rule (\w+):(?:\n    .*|\n)*?    container:\n        image\("(\w+)"\)', re.M
    )
    rules, commands = [], 0
    for file in (ROOT / "rules").glob("*.smk"):
        rules += named.findall(file.read_text())
        commands += file.read_text().count("\n    shell:")
    assert len(rules) == commands > 20
    assert all(rule == image for rule, image in rules)
    keys = settings.schema(ROOT)["properties"]["containers"]["properties"]
    assert sorted(keys) == sorted(["all", *(rule for rule, _ in rules)])


def test_readme_explains_every_key_and_its_default():
    readme = (CONFIG / "README.md").read_text()
    schema = settings.schema(ROOT)
    for key in settings.keys(schema) + list(schema["$defs"]["model"]["properties"]):
        if key.startswith("containers."):
            continue  # the rules, each with the same meaning
        assert f"`{key}`" in readme, key
    defaults = flat(yaml.safe_load((CONFIG / "config.yaml").read_text()))
    told = dict(re.findall(r"^\| `([a-z._]+)` \| `([^`]+)` \|", readme, re.MULTILINE))
    assert set(told) == set(defaults) - {"fetch.format", "models"}
    assert {key: yaml.safe_load(value) for key, value in told.items()} == {
        key: defaults[key] for key in told
    }


# What Snakemake makes of it ----------------------------------------------------------------------


def snakemake(*options: str | Path, directory: Path) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "snakemake", "--directory", directory, *options]
    environment = os.environ | {"NO_COLOR": "1", "XDG_CACHE_HOME": str(directory / "cache")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=directory)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"mine.yaml": "videos: mine.tsv", "mine.tsv": f"{HEADER}a b\t{ADDRESS}\n"},
            "mine.tsv, line 2, video_id: 'a b' is also a file name; use only A-Z a-z 0-9 _ -",
        ),
        (
            {"mine.yaml": "device: cpu\nfaces: {embedder: dlip}"},
            "mine.yaml, line 2, faces.embedder: 'dlip'; did you mean dlib? (it must be one of "
            "facenet-vggface2, facenet-casia-webface, dlib)",
        ),
        (
            {"mine.yaml": "videos: gone.tsv"},
            "gone.tsv: cannot be read (No such file or directory); it is the manifest, "
            "config key videos",
        ),
    ],
    ids=["manifest", "config", "no manifest"],
)
def test_mistakes_stop_before_any_job_with_one_message(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = snakemake(
        *("-n", "--snakefile", ROOT / "Snakefile", "--configfile", "mine.yaml"), directory=tmp_path
    )
    assert done.returncode != 0
    told = (done.stdout + done.stderr).splitlines()
    assert told[1:] == [message], "the first line tells of the overlay"


RULES = f"""
configfile: "{CONFIG}/config.yaml"
include: "{ROOT}/rules/common.smk"
include: "{ROOT}/rules/inputs.smk"
include: "{ROOT}/rules/resources.smk"
pathvars:
    results=config["results"],
rule all:
    default_target: True
    input:
        collect("<results>/{{video}}.txt", video=VIDEOS),
rule look:
    input:
        media=media,
        record=record,
    output:
        "<results>/{{video}}.txt",
    shell:
        "echo {{input.media}} {{input.record}} > {{output}}"
rule fetch:
    input:
        local=local_source,
    output:
        media="<results>/videos/{{video}}.{{ext}}",
        record="<results>/videos/{{video}}.{{ext}}.json",
    params:
        source=source,
    resources:
        gpu=n_gpus,
    shell:
        "echo {{params.source}} {{input.local}} {{resources.gpu}} | tee {{output}}"
"""


def test_rules_get_their_paths_in_any_directory(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data/talk.MP4").touch()
    (tmp_path / "Snakefile").write_text(RULES)
    (tmp_path / "mine.tsv").write_text(f"{HEADER}-a\tdata/talk.MP4\n_b\t{ADDRESS}?c=1\n")
    overlay = "{videos: mine.tsv, results: out/mine, device: cpu, fetch: {container: mkv}}"
    (tmp_path / "mine.yaml").write_text(overlay)
    done = snakemake("--cores", "1", "--configfile", "mine.yaml", directory=tmp_path)
    assert done.returncode == 0, done.stderr
    out = tmp_path / "out/mine"
    local, remote = "out/mine/videos/-a.mp4", "out/mine/videos/_b.mkv"
    assert (out / "-a.txt").read_text() == f"{local} {local}.json\n"
    assert (out / "_b.txt").read_text() == f"{remote} {remote}.json\n"
    assert (tmp_path / local).read_text() == "data/talk.MP4 data/talk.MP4 0\n"
    assert (tmp_path / remote).read_text() == f"{ADDRESS}?c=1 0\n"


def test_shipped_corpus_runs_from_elsewhere(tmp_path):
    (tmp_path / "Snakefile").write_text(RULES)
    done = snakemake("-n", "--quiet", "host", directory=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^fetch +8$", done.stdout + done.stderr, re.MULTILINE)


def test_a_fault_is_placed_in_the_file_that_wins(tmp_path):
    first, last = tmp_path / "first.yaml", tmp_path / "last.yaml"
    first.write_text("device: gpu\nfaces:\n  # chosen\n  embedder: dlip\n  best: 0\n")
    last.write_text("\nfaces: {embedder: dlop}\n")
    assert place("faces.embedder", [first, last]) == f"{last}, line 2"
    assert place("faces.best", [first, last]) == f"{first}, line 5"
    assert place("device", [first, last]) == f"{first}, line 1"
    assert place("device", [first, last], {"device": "gpu"}) == "--config"
    assert place("faces.missing", [first, last]) == place("x", []) == "config"
    last.write_text("")
    assert place("device", [first, last]) == f"{first}, line 1"


def test_a_fault_of_the_command_line_is_placed_there(tmp_path):
    done = snakemake(
        *("-n", "--snakefile", ROOT / "Snakefile", "--config", "device=gpu"), directory=tmp_path
    )
    assert done.returncode != 0
    assert "--config, device: 'gpu'; it must be one of auto, cpu, cuda" in done.stdout + done.stderr
