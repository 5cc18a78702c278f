"""Rule files of the user, named by the config key custom_rules."""

from collections.abc import Callable
from pathlib import Path

import pytest

from empty_files import touch_files
from planned_jobs import Jobs, plan_all

RULE = """
default_outputs.append(all_tables("brightness"))
default_outputs.append("<results>/brightness.txt")


rule measure_brightness:
    input:
        video=MEDIA,
        **video_tables("frames"),
    output:
        "<results>/brightness/{video}.parquet",
    container:
        image("measure_brightness")
    resources:
        **request("measure_brightness", mem_mb=700, runtime=20, gpu=0),
    params:
        **code("index_frames"),
        settings=settings_flags("index_frames"),
    shell:
        "touch {output}"


rule summarise_brightness:
    input:
        all_tables("brightness"),
        rules.identify_people.output.people,
    output:
        "<results>/brightness.txt",
    shell:
        "touch {output}"
"""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a study with two videos and a rule file in a folder below it."""
    folder = tmp_path_factory.mktemp("study")
    (folder / "videos.tsv").write_text("video_id\tsource\na\ta.mp4\nb\tb.mp4\n")
    touch_files(folder, "a.mp4", "b.mp4", "mine/rules.smk")
    (folder / "mine/rules.smk").write_text(RULE)
    return folder


@pytest.fixture(scope="module")
def jobs(study: Path) -> Jobs:
    """Plan of the default target with these rules."""
    config = {"videos": "videos.tsv", "device": "cpu", "custom_rules": ["mine/rules.smk"]}
    # The name of an own rule is a valid key, as that of any rule.
    config["containers"] = {"measure_brightness": "docker://example.org/image"}
    return plan_all(study, ["all"], [config])[0]


def test_the_default_target_makes_what_custom_rules_add(jobs: Jobs) -> None:
    outputs = {file for job in jobs["measure_brightness"] for file in job["output"]}
    assert outputs == {f"results/brightness/{video}.parquet" for video in "ab"}
    assert jobs["summarise_brightness"][0]["output"] == ["results/brightness.txt"]


def test_the_efficiency_report_waits_for_custom_rules(jobs: Jobs) -> None:
    [job] = jobs["report_efficiency"]
    assert {f"results/brightness/{video}.parquet" for video in "ab"} < set(job["input"])
    assert "results/brightness.txt" in job["input"]


def test_the_numbers_of_a_rule_double_at_each_attempt(jobs: Jobs) -> None:
    assert [job["requests"] for job in jobs["measure_brightness"]] == [[[700, 20], [1400, 40]]] * 2


def test_other_names_of_containers_are_refused(snakemake: Callable, study: Path) -> None:
    command = ("--dry-run", "--directory", study, "--config", "videos=videos.tsv")
    command += ("custom_rules=[mine/rules.smk]", "containers={measure_britness: docker://a}")
    run = snakemake(*command, check=False)
    assert run.returncode != 0
    assert "did you mean containers.measure_brightness?" in run.stdout


def test_a_rule_without_requests_is_told_where_they_belong(
    snakemake: Callable, study: Path
) -> None:
    (study / "lacking.smk").write_text(RULE.replace(", mem_mb=700, runtime=20, gpu=0", ""))
    command = ("--dry-run", "--directory", study, "--config", "videos=videos.tsv")
    run = snakemake(*command, "custom_rules=[lacking.smk]", check=False)
    assert run.returncode != 0
    assert '**request("measure_brightness", mem_mb=1000, runtime=10)' in run.stdout
