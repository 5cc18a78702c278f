"""docs/as_module.md: another workflow uses this one, and a study has a folder of its own."""

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

import doc_blocks
import started_snakemake
import synthetic_videos
from dry_run_plans import files_of_rule, jobs_by_rule
from repository import ROOT

BLOCKS = doc_blocks.read_blocks(ROOT / "docs" / "as_module.md")
MODULE_FILES = [block for block in BLOCKS if block.file in ("config.yaml", "Snakefile")]
RUN_MODULE, RUN_IN_FOLDER = (block for block in BLOCKS if block.file is None)


def write_corpus(folder: Path) -> None:
    """Write a manifest with one short video."""
    synthetic_videos.plain(folder / "talk.mp4", seconds=1)
    (folder / "videos.tsv").write_text("video_id\tsource\ntalk\ttalk.mp4\n")


@pytest.fixture(scope="module")
def importing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a workflow that uses this one as a module, as on the page."""
    folder = tmp_path_factory.mktemp("importing")
    (folder / "video-corpus-workflow").symlink_to(ROOT)
    write_corpus(folder)
    for block in MODULE_FILES:
        block.write(folder)
    return folder


def plan(folder: Path, *options: str, command: str = "snakemake --cores 1") -> str:
    """The plan of a workflow in a folder. Raises AssertionError with the output if it fails."""
    program, *words = shlex.split(command.replace("\\\n", " "))
    assert program == "snakemake"
    done = started_snakemake.run([*words, "--dry-run", *options], folder, merged=True)
    if done.returncode:
        raise AssertionError(done.stdout)
    return done.stdout


@pytest.fixture(scope="module")
def full_plan(importing: Path) -> str:
    """The plan of all files of the importing workflow, also of those that another test made."""
    return plan(importing, "--forceall")


def test_the_targets_of_a_module_are_in_its_own_folder(full_plan: str) -> None:
    [inputs] = files_of_rule(full_plan, "all", "input")
    own = inputs.pop()
    assert own == "results/n_shots/talk.txt"
    assert {"results/corpus/videos/talk.mp4", "results/corpus/kinematics/talk.parquet"} < set(
        inputs
    )
    assert {"results/corpus/people.tsv", "results/corpus/report/index.html"} < set(inputs)
    assert all(file.startswith("results/corpus/") for file in inputs)


def test_all_rules_of_a_module_have_its_prefix(full_plan: str) -> None:
    jobs = jobs_by_rule(full_plan)
    assert set(jobs) - {"all", "count_shots"} == {n for n in jobs if n.startswith("corpus_")}
    assert {"corpus_fetch_video", "corpus_write_page", "corpus_report_efficiency"} < set(jobs)


def test_a_job_of_a_module_runs(importing: Path) -> None:
    RUN_MODULE.run(importing)
    assert (importing / "results/n_shots/talk.txt").read_text() == "1\n"
    assert (importing / "results/corpus/logs/index_frames/talk.log").exists()
    assert not (importing / "results/shots").exists()


def test_a_module_may_set_the_folder_of_results_as_a_pathvar(importing: Path) -> None:
    snakefile = (importing / "Snakefile").read_text()
    statement = 'config["corpus"]\n'
    assert statement in snakefile
    pathvars = f'{statement}    pathvars:\n        results="elsewhere",\n'
    (importing / "pathvars.smk").write_text(snakefile.replace(statement, pathvars))
    printed = plan(importing, "--snakefile", "pathvars.smk")
    [inputs] = files_of_rule(printed, "all", "input")
    assert all(file.startswith("elsewhere/") for file in inputs[:-1])
    assert "elsewhere/logs/index_frames/talk.log" in printed


def test_one_workflow_analyses_two_corpora(importing: Path) -> None:
    statements = [
        f'module {name}:\n    snakefile: "video-corpus-workflow/Snakefile"\n'
        f'    config: {{"videos": "videos.tsv", "results": "{name}"}}\n'
        for name in ("first", "second")
    ]
    page = (ROOT / "docs" / "as_module.md").read_text()
    uses = re.findall(r"^use rule \* from (?:first|second) .*$", page, re.MULTILINE)
    assert len(uses) == 2
    inputs = "rules.first_videos.input, rules.second_videos.input"
    target = f"rule both:\n    default_target: True\n    input: {inputs}\n"
    (importing / "two.smk").write_text("\n".join([*statements, *uses, target]))
    [files] = files_of_rule(plan(importing, "--snakefile", "two.smk"), "both", "input")
    assert {file.split("/")[0] for file in files} == {"first", "second"}


def test_a_fault_in_the_configuration_of_a_module_names_the_key_and_no_file(
    importing: Path,
) -> None:
    (importing / "fault.yaml").write_text("corpus:\n  faces:\n    min_size: 3\n")
    with pytest.raises(AssertionError, match="\nconfig, faces.min_size: 3"):
        plan(importing, "--configfile", "fault.yaml")


def test_a_study_has_a_folder_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "video-corpus-workflow").symlink_to(ROOT)
    for block in BLOCKS:
        if block.file == "study/config.yaml":
            block.write(tmp_path)
    write_corpus(tmp_path / "study")
    RUN_IN_FOLDER.run(tmp_path)
    shots = pd.read_parquet(tmp_path / "study" / "results" / "shots" / "talk.parquet")
    assert len(shots) == 1
    assert (tmp_path / "study" / ".snakemake").is_dir()


@pytest.mark.parametrize("profile", ["laptop", "slurm"])
def test_the_profiles_work_from_another_folder(tmp_path: Path, profile: str) -> None:
    """They find the partitions and the check of configuration files in the workflow's folder."""
    (tmp_path / "video-corpus-workflow").symlink_to(ROOT)
    (tmp_path / "study").mkdir()
    write_corpus(tmp_path / "study")
    config = tmp_path / "study" / "config.yaml"
    config.write_text("videos: videos.tsv\nfaces: {embedder: dlib}\n")
    command = RUN_IN_FOLDER.text.strip().replace("profiles/laptop", f"profiles/{profile}")
    jobs = jobs_by_rule(plan(tmp_path, command=command))
    assert set(jobs) == {"fetch_video", "index_frames", "videos"}
    config.write_text("videos: videos.tsv\nfaces:\n\tbest: 3\n")
    with pytest.raises(AssertionError, match="study/config.yaml, line 3: a tab; use spaces"):
        plan(tmp_path, command=command)
