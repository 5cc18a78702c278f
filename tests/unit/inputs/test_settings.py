"""The configuration: defaults, conversion, faults, flags of the rules, and images by rule."""

import re
from collections import OrderedDict
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from configurations import checked
from corpus.core.errors import InputError
from corpus.faces.embedders import EMBEDDERS
from corpus.inputs import manifest, settings
from corpus.inputs.model_catalogue import CATALOGUE, Package
from repository import ROOT

CONFIG = ROOT / "config"
CONFIGS = sorted(CONFIG.glob("*.yaml"))
RULES = ("detect_faces", "cluster_faces", "my_stage")


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


def test_the_default_models_come_from_the_package_index():
    config = checked({})
    names = [*EMBEDDERS[config["faces"]["embedder"]].models]
    names += [
        f"{kind}_landmarker_{config['keypoints'][f'{kind}_model']}" for kind in ("pose", "hand")
    ]
    assert [name for name in names if not isinstance(CATALOGUE[name].source, Package)] == []


@pytest.mark.parametrize("path", CONFIGS, ids=[path.stem for path in CONFIGS])
def test_the_configurations_use_dlib_and_a_gpu_only_if_available(path):
    config = checked(yaml.safe_load(path.read_text()))
    assert (config["device"], config["faces"]["embedder"]) == ("auto", "dlib")
    assert config["faces"]["best"] == 6, "keys that laptop.yaml does not set keep their defaults"


@pytest.mark.parametrize(
    ("overlay", "message"),
    [
        ({"devise": "cpu"}, "config, devise: no such key; did you mean device?"),
        ({"embedder": "dlib"}, "config, embedder: no such key; did you mean faces.embedder?"),
        ({"qqq": 1}, "config, qqq: no such key; it must be one of title, videos, people"),
        ({5: 1}, "config, 5: no such key"),
        ({"faces": {"embeder": "dlib"}}, "faces.embeder: no such key; did you mean faces.embedder"),
        (
            {"faces": {"embedder": "dlibb"}},
            "config, faces.embedder: 'dlibb'; did you mean dlib? (it must be one of "
            "dlib, facenet-vggface2, facenet-casia-webface)",
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
        ({"fetch": {"rate_limit": 0}}, "fetch.rate_limit: '0' is not valid; expected: "),
        ({"fetch": {"rate_limit": True}}, "fetch.rate_limit: True; it must be text"),
        ({"fetch": {"subtitles": ["e n"]}}, "fetch.subtitles: 'e n' is not valid; expected: "),
        ({"fetch": {"subtitles": ["en", "en"]}}, "fetch.subtitles: 'en' is listed 2 times"),
        ({"exports": {"audio": ["overlai"]}}, "audio: 'overlai'; did you mean overlay? (it must"),
        ({"movement": {"onset_speed": float("nan")}}, "onset_speed: nan; it must be a finite"),
        (
            {"movement": {"offset_speed": 2}},
            "movement.offset_speed: 2.0; it must be at most movement.onset_speed, which is 1",
        ),
        ({"title": 2024}, "config, title: 2024; it must be text (put it in quotes) or null"),
        ({"title": " "}, "config, title: ' ' is not valid; expected: Name of the corpus"),
        ({"custom_rules": ["gone.smk"]}, "config, custom_rules: 'gone.smk'; no such file"),
        ({"custom_rules": "a.smk"}, "config, custom_rules: 'a.smk'; it must be a list"),
        ({"containers": {5: "a.sif"}}, "config, containers.5: a name must be text"),
        ({"faces": {"best": 10**400}}, "config, faces.best: 1000"),
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


def test_a_configuration_may_be_any_mapping():
    """Snakemake gives an OrderedDict for a file in JSON."""
    config = checked(OrderedDict(faces=OrderedDict(best="7")))
    assert config["faces"]["best"] == 7


def test_a_copy_of_a_model_has_only_the_keys_that_are_set():
    copy = {"file": "a", "sha256": "0" * 64}
    assert checked({"models": {"dlib": dict(copy)}})["models"] == {"dlib": copy}


# Spellings of values


@given(st.integers(1, 1000))
def test_spellings_of_a_whole_number_are_one_value(number):
    for spelling in (
        number,
        float(number),
        str(number),
        f"{number}.0",
        f" {number} ",
        f"+{number}",
    ):
        faces = checked({"faces": {"samples_per_second": spelling}})["faces"]
        assert repr(faces["samples_per_second"]) == repr(float(number))


@given(st.floats(-100, 100))
def test_a_number_as_text_is_the_same_number(number):
    heights = [
        checked({"movement": {"rest_height": spelling}})["movement"]["rest_height"]
        for spelling in (number, str(number))
    ]
    assert len(set(map(repr, heights))) == 1 and heights[0] == number


@given(st.integers(1, 10**12))
def test_a_rate_as_a_number_is_the_same_rate_as_text(rate):
    rates = {checked({"fetch": {"rate_limit": given}})["fetch"]["rate_limit"]
             for given in (rate, float(rate), str(rate))}  # fmt: skip
    assert rates == {str(rate)}


TEXTS = st.text("aenu.-1/ ", max_size=5) | st.sampled_from(["auto", "null", "nan", "1e999"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.fault(
    "inputs",
    "arbitrary keys and values in the configuration",
    "accepted, or refused with a message",
)
@given(st.dictionaries(st.sampled_from(settings.keys()), VALUES, max_size=4))
def test_every_configuration_is_accepted_or_refused_with_a_message(values):
    """No value makes the check itself fail, and an accepted one does not change when read again."""
    config = {}
    for key, value in values.items():
        section, _, name = key.rpartition(".")
        if section and isinstance(config.setdefault(section, {}), dict):
            config[section][name] = value
        elif not section:
            config[key] = value
    try:
        settings.read(config)
    except InputError:
        return
    before = repr(config)
    settings.read(config)
    assert repr(config) == before


# Flags of rules


def test_flags_are_written_in_one_way():
    config = checked({"fetch": {"subtitles": ["en", "de"], "rate_limit": "2M"}})
    assert settings.flags(config, "index_frames") == [
        "--deinterlace",
        "--threshold=10.0",
        "--min-length-s=0.5",
    ]
    assert settings.flags(config, "fetch_video")[1:] == ["--subtitles=en,de"]
    assert settings.flags(config, "fetch_video", rerun=False) == [
        "--rate-limit=2M",
        "--timeout-s=30.0",
    ]
    keypoints = settings.flags(config, "extract_keypoints")
    assert "--full-frame" in keypoints
    assert not any(flag.startswith("--frames-per-second") for flag in keypoints)
    config["keypoints"]["full_frame"] = False
    assert "--no-full-frame" in settings.flags(config, "extract_keypoints")


def test_replaced_values_of_flags():
    config = checked({})
    replaced = settings.flags(config, "fetch_video", format="", subtitles=[])
    assert replaced == ["--format=", "--subtitles="]
    assert "--device=cpu" in settings.flags(config, "detect_faces", device="cpu")
    without = settings.flags(config, "detect_faces", device=None)
    assert not any(flag.startswith("--device") for flag in without)
    with pytest.raises(ValueError, match="index_frames gets no flags for device"):
        settings.flags(config, "index_frames", device="cpu")
    assert settings.flags(config, "plot_people") == []


# Images of rules


def test_images_are_accepted_only_for_rules_that_exist():
    settings.check_images(checked({"containers": {}}), ROOT, RULES)
    images = {"all": "docker://a", "my_stage": "docker://b"}
    settings.check_images(checked({"containers": images}), ROOT, RULES)
    with pytest.raises(InputError) as error:
        settings.check_images({"containers": {"detect_face": "gone.sif"}}, ROOT, RULES)
    assert str(error.value) == (
        "config, containers.detect_face: no such key; did you mean containers.detect_faces? (it "
        "must be one of containers.all, containers.cluster_faces, containers.detect_faces, "
        "containers.my_stage)"
    )


def test_every_rule_with_a_command_has_an_image_of_its_own_name():
    named = re.compile(
        r'^rule (\w+):(?:\n    .*|\n)*?    container:\n        image\("(\w+)"\)', re.M
    )
    rules, commands = [], 0
    for file in (ROOT / "rules").glob("*.smk"):
        rules += named.findall(file.read_text())
        commands += file.read_text().count("\n    shell:")
    assert len(rules) == commands > 20
    assert all(rule == image for rule, image in rules)


# Files


@pytest.mark.fault("inputs", "a key of the configuration is given twice", "named with its line")
def test_a_key_that_is_given_twice_is_a_fault_with_its_line(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("faces:\n  best: 3\n  min_size: 0.1\n  best: 4\n")
    with pytest.raises(InputError) as error:
        settings.read(yaml.safe_load(file.read_text()), [file])
    message = f"{file}, line 4, faces.best: given twice, first in line 2; remove one of the two"
    assert str(error.value) == message


def test_faults_name_the_line_of_the_file_and_the_command_line(tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("device: cpu\ncustom_rules: [gone.smk]\n")
    config = yaml.safe_load(file.read_text())
    settings.read(config, [file])
    with pytest.raises(InputError, match=r"mine.yaml, line 2, custom_rules: 'gone.smk'; no such"):
        settings.check_files(config, ROOT, [file])
    with pytest.raises(InputError, match="^--config, device: 'gpu'; it must be one of auto"):
        settings.read({"device": "gpu"}, [file], {"device": "gpu"})


def test_files_are_also_found_in_the_folder_of_the_workflow(tmp_path: Path):
    (tmp_path / "mine.smk").touch()
    config = {"custom_rules": ["mine.smk"], "containers": {"all": "mine.smk"}}
    settings.read(config)
    settings.check_files(config, tmp_path)
    settings.check_images(config, tmp_path, RULES)


def test_a_limit_set_by_another_key_is_located_where_that_key_was_set(tmp_path: Path):
    defaults, mine = CONFIG / "config.yaml", tmp_path / "mine.yaml"
    mine.write_text("\nmovement:\n  onset_speed: 0.3\n")
    config = yaml.safe_load(mine.read_text())
    settings.add_missing_keys(config, yaml.safe_load(defaults.read_text()))
    message = r"mine.yaml, line 3, movement.offset_speed: 0.4; it must be at most .* which is 0.3"
    with pytest.raises(InputError, match=message):
        settings.read(config, [defaults, mine])
    mine.write_text("movement:\n  offset_speed: 2\n")
    config = yaml.safe_load(mine.read_text())
    with pytest.raises(InputError, match="mine.yaml, line 2, movement.offset_speed: 2.0; it must"):
        settings.read(config, [defaults, mine])


def test_settings_of_one_file_win_over_those_of_another():
    config = {"faces": {"best": 3}}
    settings.add_missing_keys(config, {"faces": {"best": 4, "min_size": 0.1}, "device": "cpu"})
    assert config == {"faces": {"best": 3, "min_size": 0.1}, "device": "cpu"}
