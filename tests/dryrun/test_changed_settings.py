"""Each changed key of the configuration runs exactly those rules again that depend on it."""

import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

from coded_files import write_coding
from configurations import all_fields, with_value
from corpus.core.errors import InputError
from corpus.faces.embedders import EMBEDDERS
from corpus.inputs import settings
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.inputs.settings_section import about
from corpus.planning.lost_files import MOVEMENT_TABLES
from dry_run_plans import jobs_by_rule
from empty_files import touch_files
from known_people_files import write_known_people
from planned_jobs import Jobs, plan_all, rules_with_changes

FIELDS = dict(all_fields())
TARGETS = ["all", "csv", "openpose", "pose", "textgrid", "overlays", "skeletons", "blurred"]
TARGETS += ["playable"]
TARGETS += ["annotations", "agreement"]
MODEL = "facenet-vggface2"
"""A model that the configuration below uses. This embedder depends on `device`, dlib does not."""
BASE = {
    "videos": "videos.tsv",
    "people": "people.tsv",
    "annotations": "edited",
    "device": "cpu",
    "faces": {"embedder": MODEL},
    "report": {"pictures": True},
    "movement": {"gesture_score": True},
    # Without it, `add` has no effect.
    "clustering": {"known": "known.parquet"},
    "models": {MODEL: {"file": "mine.pt", "sha256": "0" * 64}},
}
OTHER_VALUES: dict[str, object] = {
    "title": "Another corpus",
    "videos": "others.tsv",
    "people": "names.tsv",
    "annotations": "edited_again",
    "results": "elsewhere",
    "erased": "erased_elsewhere",
    "fetch.format": "worst",
    "fetch.cookies": "cookies.txt",
    "fetch.rate_limit": "2M",
    "keypoints.frames_per_second": 5.0,
    "clustering.same_person": 3.0,
    "clustering.certainty": 9.0,
    "clustering.usual_distance": 0.5,
    "clustering.known": "older.parquet",
    "containers": {"all": "docker://example.org/image"},
    "models": {},
    "custom_rules": ["mine.smk"],
    "models.file": "other.pt",
    "models.sha256": "1" * 64,
}
"""Values of keys that are no number, no choice and no switch."""
MODEL_CHOICES = ("faces.embedder", "keypoints.pose_model", "keypoints.hand_model")
REASONS = {
    "fetch.cookies": "a way to reach the video, which is the same",
    "fetch.rate_limit": "a way to reach the video, which is the same",
    "fetch.timeout_s": "a way to reach the video, which is the same",
    "fetch.on_login_node": "where a job runs",
    "erased": "erasing somebody edits the tables; only jobs that run for another reason read it",
    "privacy.readable_by_others": "the rights of files that are made later",
    "containers": "Snakemake compares images, if they are used (--rerun-triggers software-env)",
    "custom_rules": "rules of the user",
}
"""Keys that run no rule again, and why."""


def keys() -> list[str]:
    """All keys; those of a copy of a model as `models.file`."""
    return [key.replace("models.dlib.", "models.") for key in FIELDS]


def field_of(key: str):
    return FIELDS[key.replace("models.", "models.dlib.")]


OF_SINGLE_VIDEOS = {
    "fetch_video",
    "index_frames",
    "detect_faces",
    "extract_keypoints",
    "measure_movement",
    "write_skeletons",
}
OF_GROUPS = {"fetch_group", "analyse_faces", "analyse_movement", "file_of_group"}
WITH_OTHER_FILES = {"segment_gestures", "write_elan", "plot_coverage", "measure_agreement"}
WITH_OTHER_FILES |= {"write_methods", "compare_gestures"}
"""Rules that name all tables or write a file for each video. With groups, they name records and the
first file."""


def overlay(key: str, value: object) -> dict:
    """The configuration below with another value of a key."""
    name = key.replace("models.", f"models.{MODEL}.")
    config, change = deepcopy(BASE), with_value(name, value)
    section = config
    *sections, last = name.split(".")
    for part in sections:
        section, change = section.setdefault(part, {}), change[part]
    section[last] = change[last]
    if key == "models.url":
        del section["file"]
    if key == "faces.embedder":
        # People of an earlier run can only be used with the same embedder.
        config["clustering"]["known"] = None
    return config


def values_of_other_keys(key: str) -> Iterator[object]:
    """Values that keys of the same section have: a bare value would hide the change."""
    section = key.rpartition(".")[0]
    for other in keys():
        if other != key and other.rpartition(".")[0] == section:
            yield field_of(other).default


def candidates(key: str) -> Iterator[object]:
    """Other values of a key, the most deceptive first. Not all of them are valid."""
    field = field_of(key)
    if key in OTHER_VALUES:
        yield OTHER_VALUES[key]
    elif key == "models.url":
        yield "https://example.org/model"
    elif isinstance(field.default, bool):
        yield not current_value(key)
    elif get_origin(field.annotation) is Literal:
        yield from get_args(field.annotation)
    elif isinstance(field.default, list):
        yield []
    else:
        yield from values_of_other_keys(key)
        yield from (field.default + 1, field.default * 0.9, field.default * 1.1)


def current_value(key: str) -> object:
    config = deepcopy(BASE)
    settings.read(config)
    for part in key.replace("models.", f"models.{MODEL}.").split("."):
        config = config.get(part) if isinstance(config, dict) else None
    return config


def is_valid(config: dict) -> bool:
    try:
        settings.read(deepcopy(config))
    except InputError:
        return False
    return True


def another_value(key: str) -> object:
    """The first of `candidates` that is valid and differs."""
    field = field_of(key)
    of_type = (int, float) if isinstance(field.default, int | float) else object
    return next(
        value
        for value in candidates(key)
        if isinstance(value, of_type)
        and value != current_value(key)
        and is_valid(overlay(key, value))
    )


def expected_rules(key: str, before: Jobs) -> set[str]:
    """Rules that should run again when a key changes, without those that follow from them."""
    if key == "results":
        return {rule for rule in before if rule != "fetch_model"}
    if key == "videos_per_job":
        return OF_SINGLE_VIDEOS | OF_GROUPS | WITH_OTHER_FILES
    if key.startswith("models"):
        return {"fetch_model"} | ({"detect_faces"} if key in ("models", "models.sha256") else set())
    known = about(field_of(key))
    new_model = {"fetch_model"} if key in MODEL_CHOICES else set()
    return set(known.rules if known.rerun else ()) | set(known.reruns) | new_model


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a local video, a video to download, and all files that the keys name."""
    folder = tmp_path_factory.mktemp("changed")
    manifest = "video_id\tsource\na\ta.mp4\nb\thttps://example.org/b\n"
    for name in ("videos.tsv", "others.tsv"):
        (folder / name).write_text(manifest)
    for name in ("people.tsv", "names.tsv"):
        (folder / name).write_text("person\tname\n")
    touch_files(folder, "a.mp4", "mine.pt", "other.pt")
    for name in ("known.parquet", "older.parquet"):
        write_known_people(folder / name, MODEL)
    touch_files(folder, "mine.smk")
    for name in ("edited", "edited_again"):
        write_coding(folder / name)
    return folder


# These keys are in the same params of the same rule.
UNSWAPPED = deepcopy(BASE)
UNSWAPPED["clustering"] |= {"min_cluster_size": 3, "min_samples": 2}
SWAPPED = deepcopy(BASE)
SWAPPED["clustering"] |= {"min_cluster_size": 2, "min_samples": 3}


@pytest.fixture(scope="module")
def plans(folder: Path) -> dict[str, Jobs]:
    """The plan of each configuration in which one key differs, by key; of none as ''."""
    configurations = {"": BASE} | {key: overlay(key, another_value(key)) for key in keys()}
    configurations |= {"unswapped": UNSWAPPED, "swapped": SWAPPED}
    planned = plan_all(folder, TARGETS, list(configurations.values()))
    return dict(zip(configurations, planned, strict=True))


@pytest.mark.fault(
    "changes", "each key of the configuration is changed", "the rules that depend on it run again"
)
@pytest.mark.parametrize("key", keys())
def test_a_changed_key_runs_the_rules_that_depend_on_it(plans: dict[str, Jobs], key: str) -> None:
    before, after = plans[""], plans[key]
    changed, expected = rules_with_changes(before, after), expected_rules(key, before)
    assert changed <= expected, "no other rule runs again for a reason of its own"
    assert {rule for rule in expected if before.get(rule) == after.get(rule)} == set()
    assert bool(changed) != (key in REASONS)


@pytest.mark.fault("changes", "two values of the configuration are swapped", "the rules run again")
def test_swapped_values_are_seen(plans: dict[str, Jobs]) -> None:
    assert rules_with_changes(plans["unswapped"], plans["swapped"]) == {"cluster_faces"}


def test_snakemake_runs_a_rule_again_if_its_flags_change(
    snakemake: Callable, tmp_path: Path
) -> None:
    """Also if the new value is that of another key, and if two values are swapped."""
    (tmp_path / "videos.tsv").write_text("video_id\tsource\na\ta.mp4\n")
    tables = ("frames", "shots", "status", "faces", "embeddings", "keypoints")
    touch_files(tmp_path, "a.mp4", "results/videos/a.mp4", "results/videos/a.mp4.json")
    touch_files(tmp_path, "results/clusters.parquet")
    touch_files(tmp_path, *(f"results/{table}/a.parquet" for table in (*tables, *MOVEMENT_TABLES)))
    # Older than the models, so that --touch records how each file was made.
    for table in (tmp_path / "results").glob("**/*.parquet"):
        os.utime(table, (1e9, 1e9))
    names = (*EMBEDDERS["dlib"].models, "pose_landmarker_bundled", "hand_landmarker_bundled")
    touch_files(tmp_path, *(f"resources/models/{CATALOGUE[name].file}" for name in names))
    command = ("--directory", tmp_path, "--cores", "1", "results/clusters.parquet", "movement")
    config = ("--config", "videos=videos.tsv", "device=cpu")
    snakemake("--touch", *command, *config, "clustering={min_cluster_size: 3, min_samples: 2}")
    changes = (
        "movement={min_visibility: 0.75}",
        "clustering={min_cluster_size: 2, min_samples: 3}",
    )
    printed = snakemake("--dry-run", *command, *config, *changes).stdout
    assert jobs_by_rule(printed) == {"cluster_faces": 1, "measure_movement": 1, "movement": 1}
