"""The workflow in its image on a real SLURM, with real Apptainer.

tests/support/container_images.py builds the images from the recipes. The images do not contain
SLURM: all commands reach the cluster through the bridge.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import container_images
from corpus.report.verification.comparison import compared_files, differences
from image_host import AS_OTHER_USER, Host, open_to_all
from repository import ROOT
from slurm_cluster import Cluster
from slurm_runs import (
    Run,
    queued_jobs,
    running_jobs,
    submissions,
    wait_until,
)
from workflow_runs import (
    N_JOBS,
    N_VIDEOS,
    SHORT_WAITS,
    WITHOUT_SACCT,
    corpus_options,
    one_video,
    started_cluster,
    two_videos,
)

FIRST_WAITS = ("--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "15")


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory, image: Path) -> Iterator[Cluster]:
    yield from started_cluster(tmp_path_factory.mktemp("cluster"))
    Run.end_all()


@pytest.fixture(scope="module")
def host(slurm: Cluster, site: Path) -> Host:
    return Host(site, slurm)


def cluster_options(slurm: Cluster) -> list[str]:
    partitions = str(slurm.folder / "partitions.yaml")
    return ["--slurm-partition-config", partitions, *FIRST_WAITS, *WITHOUT_SACCT]


# The bridge, with a real container


def test_doctor_finds_no_fault(host: Host, tmp_path: Path) -> None:
    status, output = host.run("doctor", "--job", "--", "--partition=highmem")
    assert "FAULT" not in output and status == 0, output
    for link in ("Apptainer", "image", "start", "bridge", "sbatch", "job", "working folder"):
        assert re.search(rf"^ok +{link}: ", output, re.M), output


@pytest.mark.parametrize("status", [0, 7])
def test_exit_status_of_command_and_job_is_returned(host: Host, status: int) -> None:
    assert host.run("exec", "sh", "-c", f"exit {status}")[0] == status
    assert host.run("exec", "sbatch", "--wait", "-o/dev/null", f"--wrap=exit {status}")[0] == status


def test_job_and_its_step_run_in_image(host: Host, tmp_path: Path) -> None:
    (tmp_path / "job's script").write_text(
        "#!/bin/bash\n#SBATCH --partition=highmem\n#SBATCH --output=out\n"
        "which python; srun which python; squeue -h -o %j:%P; echo $1:$TMPDIR; ls /etc/slurm\n"
        "exit 9\n"
    )
    scratch = tmp_path / "scratch of the node"
    scratch.mkdir()
    job = ["sbatch", "--wait", f"--export=ALL,LOCAL_SCRATCH={scratch}", "job's script", "a b"]
    status, _ = host.run("exec", *job, cwd=tmp_path)
    lines = (tmp_path / "out").read_text().splitlines()
    python = "/opt/venv/bin/python"
    assert lines[:4] == [python, python, "job_s_script:highmem", f"a b:{scratch}"]
    assert "No such file" in lines[4]
    assert status == 9


def test_ordinary_user_can_submit_from_image(host: Host, image: Path, tmp_path: Path) -> None:
    """All other tests run as root, who has every permission."""
    work = tmp_path / "of other user"
    work.mkdir()
    os.chown(work, 65534, 65534)
    site = work / "site.ini"
    site.write_text(f"[site]\nimage = {image}\n")
    environment = host.environment | {"HOME": str(work), "USER": "nobody", "LOGNAME": "nobody"}
    script = (
        "id -u; sinfo -h -o %P; sbatch --wait -o out --wrap 'id -u; srun id -u; exit 4'; echo $?"
    )
    command = [*AS_OTHER_USER, ROOT / "containers/exec", "--site", site, "sh", "-c", script]
    with open_to_all(work, image, host.slurm.folder / "slurm.conf", ROOT / "Snakefile"):
        done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    assert lines[:4] == ["65534", "cpu*", "gpu", "highmem"], done.stderr
    assert lines[-1] == "4" and (work / "out").read_text() == "65534\n65534\n"
    assert (work / "out").stat().st_uid == 65534


def test_image_can_start_another_image_on_host(host: Host) -> None:
    script = (
        "apptainer exec $0 sh -c 'echo $APPTAINER_NAME; python -c \"import snakemake\"'; echo $?"
    )
    _, output = host.run("exec", "sh", "-c", script, container_images.FETCH)
    assert output.splitlines()[0] == "fetch.sif"
    assert "No module named 'snakemake'" in output and output.splitlines()[-1] == "1"


def test_fifty_requests_at_once(host: Host) -> None:
    script = "for i in $(seq 50); do sinfo -h -o $i:%P & done; wait"
    status, output = host.run("exec", "sh", "-c", script)
    assert status == 0
    expected = {f"{i}:{p}" for i in range(1, 51) for p in ("cpu*", "gpu", "highmem")}
    assert set(output.split()) == expected and len(output.split()) == 150


def test_request_for_unlisted_program_is_refused(host: Host, tmp_path: Path) -> None:
    """The script of a listed program is changed, so that it requests another program."""
    script = (
        'cd "$1"; B=$(dirname $(command -v squeue)); '
        "sed 's/ squeue \"/ touch \"/' $B/squeue > ask; sh ask ran; echo $?"
    )
    _, output = host.run("exec", "sh", "-c", script, "sh", tmp_path)
    assert output.count("'touch' is not one of") == 2  # logged and answered
    assert output.splitlines()[-1] == "126" and not (tmp_path / "ran").exists()


def test_command_fails_soon_after_host_side_is_killed(host: Host, tmp_path: Path) -> None:
    started, killed = tmp_path / "started", tmp_path / "killed"
    script = (
        f"touch '{started}'; until [ -e '{killed}' ]; do sleep 0.1; done; "
        "time -p sinfo; echo status $?"
    )
    process = host.start("exec", "bash", "-c", script)
    wait_until(started.exists, "the container")
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    bridge = [
        pid for pid in children if b"containers/exec" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    assert len(bridge) == 1
    os.kill(int(bridge[0]), signal.SIGKILL)
    killed.touch()
    output = process.communicate(timeout=60)[0].decode()
    assert "the bridge to the host does not respond" in output and "status 125" in output
    assert float(re.search(r"real ([\d.]+)", output)[1]) < 5
    assert process.returncode == 0


def test_bridge_folder_is_removed_from_tmp(host: Host) -> None:
    def bridge_folders() -> list[str]:
        return [str(p) for p in Path("/tmp").glob(f"corpus-bridge-{os.getuid()}-*")]

    _, output = host.run("exec", "sh", "-c", "command -v squeue")
    folder = output.strip().removesuffix("/bin/squeue")
    assert folder.startswith("/tmp/corpus-bridge-")
    wait_until(lambda: folder not in bridge_folders(), "the end of the bridge")


# The workflow


class ParallelRuns:
    """Runs of one video each. They mostly wait, so they run at the same time."""

    def __init__(self, host: Host, image: Path, video: Path, folder: Path) -> None:
        self.folders = {name: folder / name for name in ("failing", "controller", "rules")}
        self.processes = {}
        for run_folder in self.folders.values():
            run_folder.mkdir()
        run_folder = self.folders["failing"]
        # A site without an answer would not fail the job: the video would be pending.
        cookies = run_folder / "cookies.txt"
        cookies.write_text("no cookies\n")
        faulty = corpus_options(
            run_folder / "r",
            *one_video(run_folder, "http://127.0.0.1:9/clip.mp4"),
            f"fetch={{cookies: {cookies}}}",
        )
        options = cluster_options(host.slurm)
        # At its end, a run removes empty folders of logs; another run may just have made one.
        logs = ("--slurm-logdir", run_folder / "slurm")
        with open(run_folder / "log", "wb") as log:
            arguments = ("videos", *options, *logs, "--retries", "0", *faulty)
            self.processes["failing"] = host.start("run", *arguments, stdout=log)
        run_folder = self.folders["controller"]
        corpus = corpus_options(run_folder / "r", *one_video(run_folder, video))
        submit = [
            "sbatch", "--wait", "--partition=highmem", "--time=30", "--mem=3000",
            f"--output={run_folder / 'log'}", "profiles/slurm/controller.sbatch", "--image",
            "videos", *options, *corpus,
        ]  # fmt: skip
        self.processes["controller"] = subprocess.Popen(
            list(map(str, submit)), cwd=ROOT, env=host.environment
        )
        run_folder = self.folders["rules"]
        corpus = corpus_options(
            run_folder / "r", *one_video(run_folder, video), f"containers={{all: {image}}}"
        )
        keep = ("--slurm-keep-successful-logs", "--slurm-logdir", run_folder / "slurm")
        run = Run(host.slurm, run_folder / "log", "videos", "--sdm", "apptainer", *keep, *corpus)
        self.processes["rules"] = run.process

    def ended(self, name: str) -> tuple[int, str]:
        """Wait for a run to end; return its exit status and its log."""
        status = self.processes[name].wait(900)
        return status, (self.folders[name] / "log").read_text()


@pytest.fixture(scope="module")
def parallel_runs(
    host: Host, image: Path, demo_clips: Path, tmp_path_factory
) -> Iterator[ParallelRuns]:
    runs = ParallelRuns(
        host, image, demo_clips / "both.mp4", tmp_path_factory.mktemp("parallel_runs")
    )
    yield runs
    for process in runs.processes.values():
        process.kill()


@pytest.fixture(scope="module")
def on_cluster(host: Host, parallel_runs: ParallelRuns, tmp_path_factory) -> tuple[Path, str]:
    """Results of two videos from Snakemake in the image, and the output of the run."""
    folder = tmp_path_factory.mktemp("in_image")
    fetch_image = f"containers={{fetch_video: {container_images.FETCH}}}"
    results = folder / "results"
    status, output = host.run(
        "run", "--profile", "profiles/slurm", *cluster_options(host.slurm), *SHORT_WAITS,
        "--slurm-keep-successful-logs", "--slurm-logdir", folder / "slurm",
        "--software-deployment-method", "apptainer",
        "--set-resources", "cluster_faces:mem_mb=20000",
        *two_videos(results, fetch_image), timeout_s=900,
    )  # fmt: skip
    assert status == 0, output[-8000:]
    return folder, output


def test_tables_are_byte_identical_to_local_run(local_results: Path, on_cluster: tuple) -> None:
    assert len(compared_files(local_results)) > 40
    assert list(differences(local_results, on_cluster[0] / "results")) == []


def test_jobs_in_three_partitions_are_completed(slurm: Cluster, on_cluster) -> None:
    jobs = submissions(on_cluster[1])
    assert len(jobs) == N_JOBS
    wait_until(lambda: set(jobs) <= {r["JobId"] for r in slurm.requests()}, "the jobs' records")
    ended = {r["JobId"]: r for r in slurm.requests() if r["JobId"] in jobs}
    assert {r["JobState"] for r in ended.values()} == {"COMPLETED"}
    assert {r["Partition"] for r in ended.values()} == {"cpu", "gpu", "highmem"}


def test_one_rule_ran_in_separate_image(on_cluster: tuple) -> None:
    logs = {rule: "" for rule in ("fetch_video", "index_frames")}
    for rule in logs:
        files = (on_cluster[0] / "slurm" / f"rule_{rule}").rglob("*.log")
        logs[rule] = "\n".join(file.read_text() for file in files)
    assert (
        logs["fetch_video"].count(f"Activating singularity image {container_images.FETCH}")
        >= N_VIDEOS
    )
    assert logs["index_frames"] and "Activating" not in logs["index_frames"]


def test_failing_rule_fails_its_job_and_run(slurm: Cluster, parallel_runs: ParallelRuns) -> None:
    status, output = parallel_runs.ended("failing")
    assert status == 1, output[-4000:]
    (job,) = submissions(output)
    wait_until(lambda: job in {r["JobId"] for r in slurm.requests()}, "the job's record")
    assert [r["JobState"] for r in slurm.requests() if r["JobId"] == job] == ["FAILED"]


def test_controller_can_be_a_job(parallel_runs: ParallelRuns) -> None:
    status, output = parallel_runs.ended("controller")
    assert status == 0, output[-4000:]
    assert len(submissions(output)) == 2


def test_rules_run_in_image_through_slurm(parallel_runs: ParallelRuns, image: Path) -> None:
    """Snakemake runs outside the image; only the commands of the rules run in it."""
    status, output = parallel_runs.ended("rules")
    assert status == 0, output[-4000:]
    logs = (parallel_runs.folders["rules"] / "slurm").rglob("*.log")
    output = "\n".join(file.read_text() for file in logs)
    assert output.count(f"Activating singularity image {image}") >= 2


def test_ctrl_c_cancels_the_jobs(host: Host, slurm: Cluster, demo_clips: Path, tmp_path) -> None:
    """A terminal sends Ctrl-C to all foreground processes, as it does for a user."""
    import pty

    main, side = pty.openpty()
    log = open(tmp_path / "log", "wb")  # noqa: SIM115 - open during the run
    take_terminal = (
        "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    command = [str(ROOT / "containers" / "run"), "videos", *cluster_options(slurm)]
    process = subprocess.Popen(
        [sys.executable, "-c", take_terminal, *command, *two_videos(tmp_path / "r")],
        cwd=ROOT, env=host.environment, stdin=side, stdout=log, stderr=log,
        start_new_session=True,
    )  # fmt: skip
    os.close(side)
    wait_until(lambda: len(running_jobs(slurm)) == N_VIDEOS, "a job at work for each video")
    jobs = running_jobs(slurm)
    os.write(main, b"\x03")
    assert process.wait(60) == 1
    wait_until(lambda: queued_jobs(slurm) == [], "an empty queue")
    assert f"{N_VIDEOS} jobs were cancelled on the cluster" in (tmp_path / "log").read_text()
    wait_until(lambda: set(jobs) <= {r["JobId"] for r in slurm.requests()}, "the jobs' records")
    ends = {r["JobState"] for r in slurm.requests() if r["JobId"] in jobs}
    assert ends == {"CANCELLED"}
    log.close()
