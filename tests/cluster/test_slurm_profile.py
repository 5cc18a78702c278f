"""What the SLURM profile asks of a cluster, shown without one: a fork's checks need no SLURM."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

import fake_slurm
from repository import ROOT

PROFILE = ROOT / "profiles" / "slurm"
PARTITIONS = yaml.safe_load((PROFILE / "partitions.yaml").read_text())["partitions"]


class StandIn:
    """A cluster that takes every job and runs none."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self.folder = folder
        self.results = folder / "results"
        fake_slurm.install(folder / "bin")

    def run(
        self,
        *arguments: str,
        profile: Path = PROFILE,
        check: bool = True,
        without_sacct: tuple[str, ...] = ("--slurm-status-command", "squeue"),
    ):
        """Run the demo with a profile: what Snakemake prints, and what was submitted."""
        requests = self.folder / f"requests{len(list(self.folder.iterdir()))}"
        requests.mkdir()
        python = str(Path(sys.executable).parent)
        environment = os.environ | {
            "PATH": os.pathsep.join([str(self.folder / "bin"), python, os.environ["PATH"]]),
            "STAND_IN_SLURM": str(requests),
            "STAND_IN_RESULTS": str(self.results),
        }
        command = [sys.executable, "-m", "snakemake", "--profile", str(profile)]
        # A setting on the command line would lie over those of the profile.
        overlays = self.folder / "results.yaml"
        overlays.write_text(f"results: {self.results}\n")
        command += ["--configfile", "config/laptop.yaml", str(overlays), "--latency-wait", "2"]
        command += ["--slurm-init-seconds-before-status-checks", "1", "--nolock"]
        # The stand-in answers as a cluster without accounting.
        command += [*without_sacct, *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=environment, capture_output=True, text=True, timeout=120
        )
        printed = done.stdout + done.stderr
        assert not check or done.returncode == 0, printed[-6000:]
        return printed, fake_slurm.requests(requests)


@pytest.fixture(scope="module")
def cluster(root: Path, demo_clips: Path, tmp_path_factory: pytest.TempPathFactory) -> StandIn:
    return StandIn(root, tmp_path_factory.mktemp("slurm"))


@pytest.fixture(scope="module")
def submitted(cluster: StandIn) -> list[dict]:
    """All requests of the demo."""
    # What is made where Snakemake runs would find no tables.
    return cluster.run("page", "movement", f"{cluster.results}/report/methods.md")[1]


def value(request: dict, *names: str) -> str | None:
    """The value of an option of sbatch, written in any of the usual ways."""
    options = request["options"]
    for name in names:
        if name in options:
            return options[options.index(name) + 1]
        for option in options:
            if option.startswith(f"{name}="):
                return option.partition("=")[2]
    return None


def of_rule(requests: list[dict], rule: str) -> list[dict]:
    found = [request for request in requests if request["rule"] == rule]
    assert found, f"{rule} was not submitted"
    return found


def test_every_rule_goes_to_the_partition_that_fits(submitted: list[dict]) -> None:
    partitions = {r["rule"]: value(r, "-p") for r in submitted}
    assert partitions == {
        "fetch_video": "cpu",
        "index_frames": "cpu",
        "detect_faces": "gpu",
        "embed_faces": "cpu",  # the demo's embedder is dlib
        "extract_keypoints": "gpu",
        "measure_movement": "cpu",
        "cluster_faces": "highmem",
        "people": "cpu",
        "gestures": "cpu",
        "picture_people": "cpu",
        "plot_coverage": "cpu",
        "write_page": "cpu",
        "write_methods": "cpu",
    }


def test_what_is_asked_for_fits_the_partition(submitted: list[dict]) -> None:
    assert len(submitted) == 25
    for request in submitted:
        limits = PARTITIONS[value(request, "-p")]
        assert 0 < int(value(request, "--mem")) <= limits["max_mem_mb"]
        assert 0 < int(value(request, "-t")) <= limits["max_runtime"]
        assert value(request, "--cpus-per-task") == "1"
        assert value(request, "--nodes") == "1"
        on_gpu = value(request, "-p") == "gpu"
        assert (value(request, "--gpus") == "1") == on_gpu


def test_jobs_leave_retries_to_the_main_process(submitted: list[dict]) -> None:
    profile = yaml.safe_load((PROFILE / "profile.yaml").read_text())
    assert profile["retries"] == 2
    for request in submitted:
        assert "--retries 0" in request["script"]
        assert "--no-requeue" in request["options"]


def test_the_executor_reads_the_partitions() -> None:
    from snakemake_executor_plugin_slurm.partitions import read_partition_file

    found = {p.name: p.limits for p in read_partition_file(PROFILE / "partitions.yaml")}
    assert list(found) == ["cpu", "gpu", "highmem"]
    assert found["gpu"].max_gpu and not found["cpu"].max_gpu
    assert found["highmem"].max_mem_mb > found["gpu"].max_mem_mb


def test_each_line_of_the_profile_has_its_reason() -> None:
    lines = (PROFILE / "profile.yaml").read_text().splitlines()
    for number, line in enumerate(lines):
        if re.match(r"[a-z][a-z-]*:", line) and not line.startswith(("printshellcmds", "executor")):
            near = lines[max(0, number - 4) : number + 1]
            assert any(re.match(r"# [A-Z]", text) for text in near), f"no reason beside: {line}"


def edited(folder: Path, *lines: str) -> Path:
    """A copy of the profile in which lines were taken out of comments."""
    text = (PROFILE / "profile.yaml").read_text()
    for line in lines:
        found = re.findall(rf"^( *)(?:- )?# (?:- )?{re.escape(line)}.*$", text, re.M)
        assert len(found) == 1, f"not one commented line: {line}"
        text = re.sub(rf"^( *)# ((?:- )?{re.escape(line)}.*)$", r"\1\2", text, flags=re.M)
    if "slurm-requeue: true" in lines:
        # As its comment says: instead of the other.
        text = text.replace("\nslurm-no-requeue: true\n", "\n")
    folder.mkdir()
    (folder / "profile.yaml").write_text(text)
    assert yaml.safe_load(text)
    return folder


SITES = {
    "account": (["slurm_account=my_project"], "fetch_video", ["-A", "my_project"]),
    "constraint": (["constraint=skylake"], "fetch_video", ["-C", "skylake"]),
    "more of sbatch": (['slurm_extra="--mail'], "fetch_video", ["--mail-type=FAIL"]),
    "qos": (["slurm-qos: long"], "fetch_video", ["--qos=long"]),
    "transfer node": (["fetch_video: {"], "fetch_video", ["-p", "transfer"]),
    "gres": (["detect_faces: {gpu"], "detect_faces", ["-p", "gpu", "--gres=gpu:1"]),
    "gres for keypoints": (["extract_keypoints: {gpu"], "extract_keypoints", ["--gres=gpu:1"]),
    "gres for embeddings": (["embed_faces: {gpu"], "embed_faces", ["-p", "gpu", "--gres=gpu:1"]),
    "preemption": (["slurm-requeue: true"], "fetch_video", ["--requeue"]),
    "one rule's partition": (["cluster_faces: {"], "cluster_faces", ["-p", "highmem"]),
}


@pytest.mark.workflow
@pytest.mark.parametrize("site", SITES)
def test_a_site_needs_one_line(
    cluster: StandIn, submitted: list[dict], tmp_path: Path, site: str
) -> None:
    lines, rule, wanted = SITES[site]
    profile = edited(tmp_path / "profile", *lines)
    until = ("--forcerun", rule, "--until", rule)
    found = of_rule(cluster.run("people", "keypoints", *until, profile=profile)[1], rule)
    options = " ".join(found[0]["options"])
    assert " ".join(wanted) in options or all(part in options for part in wanted)
    assert not site.startswith("gres") or "--gpus" not in options


@pytest.mark.workflow
def test_downloads_where_snakemake_runs(
    root: Path, demo_clips: Path, tmp_path: Path, submitted: list[dict]
) -> None:
    """Where nodes have no network: the videos arrive, and no job was submitted for them."""
    cluster = StandIn(root, tmp_path / "slurm")
    profile = edited(tmp_path / "profile", "config: [")
    printed, requests = cluster.run("--until", "videos", profile=profile)
    assert {request["rule"] for request in requests} == {"index_frames"}
    assert "localrule fetch_video" in printed
    assert (cluster.results / "videos" / "both.mp4").resolve() == demo_clips / "both.mp4"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("cluster_faces:mem_mb=900000", ["rule cluster_faces", "mem_mb 900000"]),
        ("detect_faces:mem_mb=20000", ["rule detect_faces", "mem_mb 20000", "gpu 1"]),
        ("index_frames:runtime=99999", ["rule index_frames", "runtime 99999"]),
    ],
)
def test_more_than_any_partition_has_is_refused_before_anything_is_submitted(
    root: Path, demo_clips: Path, tmp_path: Path, asked: str, words: list[str]
) -> None:
    cluster = StandIn(root, tmp_path / "slurm")
    printed, requests = cluster.run("--set-resources", asked, check=False)
    assert requests == []
    for word in [*words, "cpu: mem_mb 8000", "highmem: mem_mb 512000", "--set-resources"]:
        assert word in printed
    assert "Traceback" not in printed


def test_a_cluster_without_accounting_is_told_before_anything_is_submitted(
    root: Path, demo_clips: Path, tmp_path: Path
) -> None:
    """Else Snakemake would wait forever for jobs that have long ended."""
    cluster = StandIn(root, tmp_path / "slurm")
    printed, requests = cluster.run(check=False, without_sacct=())
    assert requests == []
    assert "slurm-status-command: squeue" in printed
    # And the line that it names is the remedy.
    profile = edited(tmp_path / "profile", "slurm-status-command: squeue")
    _, requests = cluster.run("videos", "--until", "fetch_video", profile=profile, without_sacct=())
    assert len(requests) == 3


@pytest.mark.workflow
def test_batches_of_the_clustering_rule_take_each_video_once(
    root: Path, demo_clips: Path, tmp_path: Path
) -> None:
    """Run in turn, as docs/scale.md says; the last one clusters."""
    cluster = StandIn(root, tmp_path / "slurm")
    batches = [
        cluster.run("people", "--batch", f"cluster_faces={number}/3")[1] for number in (1, 2, 3)
    ]
    videos = [{r["wildcards"].get("video") for r in batch} - {None} for batch in batches]
    assert sorted(video for batch in videos for video in batch) == ["both", "collins", "hopper"]
    rules = [[request["rule"] for request in batch] for batch in batches]
    assert "cluster_faces" not in rules[0] + rules[1]
    assert rules[2][-2:] == ["cluster_faces", "people"]


def test_an_explicit_partition_is_left_to_slurm(
    root: Path, demo_clips: Path, tmp_path: Path
) -> None:
    cluster = StandIn(root, tmp_path / "slurm")
    asked = ("--set-resources", "fetch_video:slurm_partition=fat", "fetch_video:mem_mb=900000")
    # Partitions that none of the demo's jobs fits.
    tiny = tmp_path / "partitions.yaml"
    tiny.write_text("partitions:\n  tiny: {max_runtime: 1, max_mem_mb: 1}\n")
    described = ("--slurm-partition-config", str(tiny))
    _, requests = cluster.run("videos", "--until", "fetch_video", *asked, *described)
    assert {value(request, "-p") for request in requests} == {"fat"}


def test_a_video_too_long_for_any_partition_is_named(
    root: Path, demo_clips: Path, tmp_path: Path
) -> None:
    """By the functions of its length, before anything is submitted where that is known."""
    cluster = StandIn(root, tmp_path / "slurm")
    short = tmp_path / "partitions.yaml"
    short.write_text("partitions:\n  short: {max_runtime: 10, max_mem_mb: 30000, max_gpu: 1}\n")
    described = ("--slurm-partition-config", str(short))
    printed, requests = cluster.run("people", *described, check=False)
    assert requests == []
    assert re.search(r"No partition allows what rule \w+.* asks for: runtime \d\d", printed)
    assert "short: mem_mb 30000, runtime 10" in printed


def find(name: str) -> Callable:
    """One of the functions under test, imported late: it needs no SLURM."""
    from corpus.planning import slurm

    return getattr(slurm, name)


@pytest.fixture(scope="module")
def partitions() -> tuple:
    return find("read_partitions")(PROFILE / "partitions.yaml")


def test_a_later_attempt_asks_for_no_more_than_there_is(partitions: tuple) -> None:
    limited = find("limited")
    assert limited(4000, 4000, partitions, "mem_mb") == 4000
    assert limited(900_000, 300_000, partitions, "mem_mb") == 512_000
    assert limited(32_000, 8000, partitions, "mem_mb", n_gpus=1) == 16_000
    assert limited(9999, 600, partitions, "runtime") == 4320


def test_a_first_attempt_for_more_than_there_is_names_the_partitions(partitions: tuple) -> None:
    from corpus.core.errors import InputError

    with pytest.raises(InputError, match=r"rule x.*mem_mb 600000(.|\n)*highmem: mem_mb 512000"):
        find("limited")(600_000, 600_000, partitions, "mem_mb", who="rule x")


def test_without_partitions_nothing_is_limited() -> None:
    assert find("limited")(10**9, 10**9, (), "mem_mb") == 10**9


def test_jobs_of_an_earlier_run_are_told_by_rule_video_and_folder() -> None:
    listing = [
        "7|rule_detect_faces_wildcards_a|/data/corpus",
        "8|rule_detect_faces_wildcards_a|/data/other",
        "9|rule_detect_faces_wildcards_b|/data/corpus",
        "10|(null)|/data/corpus",
        "nonsense",
    ]
    wanted = {"rule_detect_faces_wildcards_a", "rule_people"}
    assert find("still_there")(listing, "/data/corpus", wanted) == ["7"]
