"""The configuration: defaults, conversion, faults, and agreement of schema, README and rules."""

import re

import pytest
import yaml
from jsonschema import Draft202012Validator

from corpus.core.errors import InputError
from corpus.inputs import manifest, settings
from repository import ROOT

CONFIG = ROOT / "config"
CONFIGS = sorted(CONFIG.glob("*.yaml"))


def checked(overlay: dict) -> dict:
    """The complete configuration with the values of `overlay`. Raises InputError if invalid."""
    settings.normalise(overlay, ROOT)
    settings.check(overlay, ROOT)
    return overlay


@pytest.mark.parametrize("path", CONFIGS, ids=[path.stem for path in CONFIGS])
def test_the_configurations_in_the_repository_are_valid(path):
    config = checked(yaml.safe_load(path.read_text()))
    assert manifest.read(ROOT / config["videos"], check_files=False)
    header = (ROOT / config["people"]).read_text().splitlines()[0]
    assert header.split("\t") == "person name video_id time_s x y".split()


def test_the_corpora_in_the_repository_do_not_share_files():
    configs = [checked(yaml.safe_load(path.read_text())) for path in CONFIGS]
    for key in ("videos", "people", "results"):
        assert len({config[key] for config in configs}) == len(CONFIGS)


def test_the_demo_uses_dlib_and_a_gpu_only_if_available():
    config = checked(yaml.safe_load((CONFIG / "laptop.yaml").read_text()))
    assert (config["device"], config["faces"]["embedder"]) == ("auto", "dlib")
    assert config["faces"]["best"] == 6, "keys that laptop.yaml does not set keep their defaults"


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
        ({"fetch": {"rate_limit": "2MB"}}, "fetch.rate_limit: '2MB' is not valid; expected: "),
        ({"keypoints": {"full_frame": "maybe"}}, "'maybe'; it must be true or false"),
        ({"results": None}, "config, results: empty; it must be text"),
        ({"results": ""}, "config, results: '' is not valid"),
        ({"results": "a/{b}"}, "config, results: 'a/{b}' is not valid"),
        ({"results": "results/"}, "config, results: 'results/' is not valid"),
        ({"models": {"dlip": {}}}, "config, models.dlip: no such key; did you mean models.dlib?"),
        (
            {"clustering": {"add": "assign"}},
            "config, clustering.add: 'assign' needs clustering.known, the clusters.parquet of an",
        ),
        (
            {"clustering": {"known": "gone.parquet"}},
            "config, clustering.known: 'gone.parquet'; no such file. Copy results/clusters.parquet "
            "of an earlier run to this path",
        ),
        (
            {"containers": {"detect_face": "x.sif"}},
            "config, containers.detect_face: no such key; did you mean containers.detect_faces?",
        ),
        (
            {"containers": {"all": "gone.sif"}},
            "config, containers.all: 'gone.sif'; no such file",
        ),
        ({"containers": {"all": "a b"}}, "containers.all: 'a b' is not valid; expected: A .sif"),
        ({"clustering": {"add": "asign"}}, "config, clustering.add: 'asign'; did you mean assign?"),
        (
            {"models": {"hand_landmarker_full": {"file": "a"}}},
            "config, models.hand_landmarker_full: sha256 is missing",
        ),
        (
            {"models": {"hand_landmarker_full": {"sha256": "0" * 64}}},
            "config, models.hand_landmarker_full: give either file or url",
        ),
        (
            {"models": {"hand_landmarker_full": {"file": "a", "sha256": "abc"}}},
            "config, models.hand_landmarker_full.sha256: 'abc' is not valid; expected: Checksum",
        ),
    ],
)
def test_each_fault_names_the_key_and_what_is_allowed(overlay, message):
    with pytest.raises(InputError) as error:
        checked(overlay)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_known_people_cannot_be_the_output_of_the_same_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    for name in ("clusters", "known"):
        (tmp_path / f"out/{name}.parquet").touch()
    checked({"results": "out", "clustering": {"known": "out/known.parquet"}})
    with pytest.raises(InputError, match=r"clustering.known: .*; this run overwrites the file"):
        checked({"results": "out", "clustering": {"known": str(tmp_path / "out/clusters.parquet")}})


def test_all_faults_are_reported_together():
    with pytest.raises(InputError) as error:
        checked({"devise": "cpu", "faces": {"best": 0, "min_size": "x"}})
    assert len(str(error.value).split("\n")) == 3


@pytest.mark.parametrize("spelling", [5, 5.0, "5", "5.0"])
def test_all_spellings_of_a_number_become_the_same_value(spelling):
    faces = checked({"faces": {"best": spelling, "samples_per_second": spelling}})["faces"]
    assert (repr(faces["best"]), repr(faces["samples_per_second"])) == ("5", "5.0")


def test_text_from_the_command_line_is_converted():
    config = checked(
        {"fetch": {"cookies": "null", "rate_limit": "2M"}, "keypoints": {"full_frame": "False"}}
    )
    assert (config["fetch"]["cookies"], config["fetch"]["rate_limit"]) == (None, "2M")
    assert config["keypoints"]["full_frame"] is False


def by_full_key(config: dict, section: str = "") -> dict:
    """The values by key with section, as in the README: `faces.embedder`."""
    values = {}
    for key, value in config.items():
        nested = isinstance(value, dict) and value
        values |= by_full_key(value, f"{section}{key}.") if nested else {section + key: value}
    return values


def test_the_schema_is_strict_and_describes_every_key():
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
    defaults = set(by_full_key(yaml.safe_load((CONFIG / "config.yaml").read_text())))
    schema_keys = settings.keys(settings.schema(ROOT))
    schema_keys = {key for key in schema_keys if not key.startswith(("models.", "containers."))}
    assert defaults == schema_keys - (sections - defaults)


def test_the_schema_has_a_container_key_for_every_rule():
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


def test_the_readme_describes_every_key_and_its_default():
    readme = (CONFIG / "README.md").read_text()
    schema = settings.schema(ROOT)
    for key in settings.keys(schema) + list(schema["$defs"]["model"]["properties"]):
        if key.startswith("containers."):
            continue  # one key per rule; the README describes them together
        assert f"`{key}`" in readme, key
    defaults = by_full_key(yaml.safe_load((CONFIG / "config.yaml").read_text()))
    described = dict(re.findall(r"^\| `([a-z._]+)` \| `([^`]+)` \|", readme, re.MULTILINE))
    assert set(described) == set(defaults) - {"fetch.format", "models"}
    assert {key: yaml.safe_load(value) for key, value in described.items()} == {
        key: defaults[key] for key in described
    }
