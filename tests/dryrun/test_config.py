"""Configuration and manifest as Snakemake reads them: faults, and the paths that rules get."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from repository import ROOT

CONFIG = ROOT / "config"
ADDRESS = "https://example.org/a"
HEADER = "video_id\tsource\n"


def snakemake(*options: str | Path, directory: Path) -> subprocess.CompletedProcess:
    """Run Snakemake in a directory."""
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
def test_faults_stop_snakemake_before_any_job_with_one_message(tmp_path, files, message):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    done = snakemake(
        *("-n", "--snakefile", ROOT / "Snakefile", "--configfile", "mine.yaml"), directory=tmp_path
    )
    assert done.returncode != 0
    lines = (done.stdout + done.stderr).splitlines()
    assert lines[1:] == [message], "the first line is Snakemake's, about the configuration file"


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


def test_rules_get_the_paths_of_their_files_in_any_directory(tmp_path):
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


def test_the_default_corpus_works_from_another_directory(tmp_path):
    (tmp_path / "Snakefile").write_text(RULES)
    done = snakemake("-n", "--quiet", "host", directory=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^fetch +8$", done.stdout + done.stderr, re.MULTILINE)


def test_a_fault_on_the_command_line_is_reported_as_such(tmp_path):
    done = snakemake(
        *("-n", "--snakefile", ROOT / "Snakefile", "--config", "device=gpu"), directory=tmp_path
    )
    assert done.returncode != 0
    assert "--config, device: 'gpu'; it must be one of auto, cpu, cuda" in done.stdout + done.stderr
