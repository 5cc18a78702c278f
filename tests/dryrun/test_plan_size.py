"""Plans stay small: few files per job, no list of all videos in each job, even batches."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.faces.embedders import EMBEDDERS
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.planning.lost_files import MOVEMENT_TABLES
from dry_run_plans import files_of_rule, videos_by_rule
from empty_files import touch_files

STAGES = ("fetch_video", "index_frames", "detect_faces", "extract_keypoints")
STAGES += ("measure_movement",)
N_VIDEOS = 7
IDS = {f"video{n}" for n in range(N_VIDEOS)}


@pytest.fixture
def settings(tmp_path: Path) -> list[str]:
    """Settings of a corpus of web addresses without results."""
    rows = [f"{video}\thttps://example.org/{video}" for video in sorted(IDS)]
    manifest = tmp_path / "videos.tsv"
    manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
    values = {"videos": manifest, "results": tmp_path / "results", "people": tmp_path / "none.tsv"}
    return [*(f"{key}={value}" for key, value in values.items()), "device=cpu"]


@pytest.fixture
def corpus(settings: list[str]) -> tuple[str, ...]:
    """Snakemake's options for that corpus."""
    return ("--profile", "profiles/laptop", "--config", *settings)


def test_jobs_have_few_inputs(snakemake: Callable, corpus: tuple[str, ...]) -> None:
    printed = snakemake("--dry-run", *corpus).stdout
    n_jobs = {rule: len(videos) for rule, videos in videos_by_rule(printed).items()}
    assert {rule: n_jobs[rule] for rule in STAGES} == dict.fromkeys(STAGES, N_VIDEOS)

    def most_inputs(rule: str) -> int:
        return max(len(inputs) for inputs in files_of_rule(printed, rule, "input"))

    assert most_inputs("fetch_video") == 0
    assert all(most_inputs(rule) <= 7 for rule in STAGES)
    assert most_inputs("cluster_faces") == N_VIDEOS


def test_batches_are_slices_of_the_videos(
    snakemake: Callable, corpus: tuple[str, ...], tmp_path: Path
) -> None:
    all_videos, slices = {rule: [] for rule in STAGES}, []
    for batch in (1, 2):
        if batch == 2:
            # The last batch requires the results of the first.
            processed_videos = set().union(*slices)
            for table in ("embeddings", "keypoints", *MOVEMENT_TABLES):
                touch_files(
                    tmp_path / "results",
                    *(f"{table}/{video}.parquet" for video in processed_videos),
                )
        people_batch = ("people", "-n", *corpus, "--batch", f"cluster_faces={batch}/2")
        people = videos_by_rule(snakemake(*people_batch).stdout)
        movement_batch = ("movement", "-n", *corpus, "--batch", f"movement={batch}/2")
        movement = videos_by_rule(snakemake(*movement_batch).stdout)
        assert ("cluster_faces" in people) == ("identify_people" in people) == (batch == 2)
        slices.append(set(people["detect_faces"]))
        assert slices[-1] == set(movement["measure_movement"]), "both targets have the same slices"
        for rule in STAGES[:3]:
            assert set(people[rule]) == set(movement[rule]) == slices[-1]
        for rule in STAGES:
            all_videos[rule] += people.get(rule) or movement[rule]
    assert all(sorted(videos) == sorted(IDS) for videos in all_videos.values()), "each video once"
    assert {len(videos) for videos in slices} == {3, 4}


def test_the_rules_are_read_without_listing_all_videos(root: Path) -> None:
    """Each job on a node reads the rules, but needs only one video."""
    names = ("fetch", "frames", "faces", "keypoints", "identity", "movement", "exports")
    files = [root / "Snakefile", *(root / "rules" / f"{name}.smk" for name in names)]
    lists = [
        f"{file.name}: {line.strip()}"
        for file in files
        for line in file.read_text().splitlines()
        if re.search(r"video=VIDEOS\b", line)
    ]
    assert lists == [], "use all_tables(), which lists them only for a job that needs them"


REMOTE_JOB = ("--dry-run", "--mode", "remote", "--nolock", "--no-hooks")
"""Options of a job on a node, which reads the rules again."""


def n_outputs(snakemake: Callable, snakefile: Path, settings: list[str], *options: str) -> int:
    """Number of outputs of segment_gestures, as printed while the rules are read."""
    command = ("--snakefile", snakefile, *options, "--config", *settings)
    printed = snakemake(*command, check=False).stdout
    return int(re.search(r"^n_outputs (\d+)$", printed, re.M)[1])


@pytest.mark.parametrize("prefix", ["", "corpus_"])
def test_only_the_job_of_a_rule_lists_its_outputs_for_all_videos(
    snakemake: Callable, root: Path, settings: list[str], tmp_path: Path, prefix: str
) -> None:
    """Also where another workflow uses this one as a module, with or without a prefix."""
    snakefile = tmp_path / "Snakefile"
    snakefile.write_text(
        f'module corpus:\n    snakefile: "{root}/Snakefile"\n    config: config\n'
        f"use rule * from corpus as {prefix}*\n"
        f"print('n_outputs', len(rules.{prefix}segment_gestures.output))\n"
    )

    def job_of(name: str) -> tuple[str, ...]:
        return (*REMOTE_JOB, "--target-jobs", f"{prefix}{name}:", "--allowed-rules", prefix + name)

    arguments = (snakemake, snakefile, settings)
    n_of_corpus = 3
    assert n_outputs(*arguments, "--dry-run") == N_VIDEOS + n_of_corpus
    assert n_outputs(*arguments, *job_of("segment_gestures")) == N_VIDEOS + n_of_corpus
    assert n_outputs(*arguments, *job_of("plot_funnel")) == 1 + n_of_corpus


def test_a_job_imports_only_light_modules_to_read_the_rules(root: Path) -> None:
    imports = (
        "from corpus.core import devices, errors\n"
        "from corpus.faces import embedders\n"
        "from corpus.inputs import manifest, model_catalogue, people_file, settings\n"
        "from corpus.planning import code_version, input_facts, resource_model\n"
        "from corpus.tables import schemas\nschemas.all_tables()\n"
    )
    script = f"import sys\n{imports}print(*sys.modules)"
    process = subprocess.run(
        [sys.executable, "-c", script], cwd=root / "scripts", capture_output=True, text=True
    )
    heavy = {"numpy", "pandas", "pyarrow", "av", "torch", "jsonschema"}
    assert process.returncode == 0, process.stderr
    assert heavy & set(process.stdout.split()) == set()


@pytest.mark.fault(
    "changes", "a module or template is edited", "the stages that use it run again, no others"
)
def test_an_edit_reruns_only_the_stages_that_import_the_file(
    snakemake: Callable, root: Path, tmp_path: Path
) -> None:
    """The params of a stage hold the checksum of its files; downloads have none."""
    clone = tmp_path / "clone"
    for name in ("rules", "scripts", "config", "envs", "profiles", "docs"):
        shutil.copytree(root / name, clone / name)
    shutil.copy(root / "Snakefile", clone)
    (tmp_path / "videos.tsv").write_text("video_id\tsource\na\ta.mp4\n")
    tables = ("frames", "shots", "status", "faces", "embeddings", "keypoints")
    touch_files(tmp_path, "a.mp4", "results/videos/a.mp4", "results/videos/a.mp4.json")
    touch_files(tmp_path, *(f"results/{table}/a.parquet" for table in tables))
    names = (*EMBEDDERS["dlib"].models, "pose_landmarker_bundled", "hand_landmarker_bundled")
    touch_files(tmp_path, *(f"resources/models/{CATALOGUE[name].file}" for name in names))
    command = ("--snakefile", clone / "Snakefile", "--directory", tmp_path, "--cores", "1")
    command += ("faces", "keypoints", "--config", "videos=videos.tsv", "device=cpu")
    snakemake("--touch", *command)
    for name in ("pose/hands.py", "video/download_errors.py"):
        with (clone / "scripts" / "corpus" / name).open("a") as file:
            file.write("# An edit.\n")
    printed = snakemake("--dry-run", *command).stdout
    assert videos_by_rule(printed).keys() == {"extract_keypoints", "keypoints"}
