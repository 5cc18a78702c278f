"""Configuration and manifest as Snakemake reads them: faults, and the paths that rules get."""

import os
import re
import subprocess
from pathlib import Path

import pytest

import started_snakemake
from repository import ROOT

CONFIG = ROOT / "config"
ADDRESS = "https://example.org/a"
HEADER = "video_id\tsource\n"


def snakemake(
    *options: str | Path, directory: Path, cwd: Path | None = None
) -> subprocess.CompletedProcess:
    """Run Snakemake in a directory; `cwd` is where it starts, if that is another one."""
    words = ["--directory", str(directory), *map(str, options)]
    environment = os.environ | {"NO_COLOR": "1", "XDG_CACHE_HOME": str(directory / "cache")}
    return started_snakemake.run(words, cwd or directory, environment)


@pytest.mark.fault("inputs", "faults in several keys", "one message before any job")
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
            "dlib, facenet-vggface2, facenet-casia-webface)",
        ),
        (
            {"mine.yaml": "videos: gone.tsv"},
            "gone.tsv: cannot be read (No such file or directory); it is the manifest, "
            "config key videos",
        ),
        (
            {"mine.yaml": "faces:\n  best: 3\n  best: 4\n"},
            "mine.yaml, line 3, faces.best: given twice, first in line 2; remove one of the two",
        ),
        (
            {"mine.yaml": "custom_rules:\n  - mine.smk\n"},
            "mine.yaml, line 1, custom_rules: 'mine.smk'; no such file",
        ),
    ],
    ids=["manifest", "config", "no manifest", "key twice", "no rules"],
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
include: "{ROOT}/rules/scripts.smk"
include: "{ROOT}/rules/model_files.smk"
include: "{ROOT}/rules/stage_inputs.smk"
include: "{ROOT}/rules/estimates.smk"
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


@pytest.mark.fault("inputs", "a configuration file is not YAML", "reported with file and line")
@pytest.mark.parametrize(
    ("profile", "text", "fault"),
    [
        ("laptop", "faces:\n\tbest: 3\n", "line 2: a tab; use spaces instead"),
        (
            "slurm",
            "device cpu\nfaces: {best: 3}\n",
            "line 1: a colon and a space are missing; write device: cpu",
        ),
    ],
)
def test_a_profile_reports_a_file_that_is_not_yaml(tmp_path, profile, text, fault):
    """Snakemake reads the file before the Snakefile, and its own message names no file."""
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    done = snakemake("-n", "--profile", f"profiles/{profile}", "--configfile", file, cwd=ROOT,
                     directory=tmp_path)  # fmt: skip
    assert done.returncode == 1
    assert f"{file}, {fault}" in done.stderr.splitlines()
    assert "Traceback" not in done.stderr


def test_without_a_profile_snakemake_reads_the_files_before_the_rules(tmp_path):
    """So no rule can give a better message than its traceback; docs say to use a profile."""
    (tmp_path / "Snakefile").write_text("open('rules_were_read', 'w')\nrule all:\n")
    (tmp_path / "mine.yaml").write_text("device: cpu\n")
    done = snakemake("-n", "--configfile", "mine.yaml", "page", directory=tmp_path)
    assert done.returncode == 1 and "FileNotFoundError" in done.stdout + done.stderr
    assert not (tmp_path / "rules_were_read").exists()
    profile = ("--profile", "profiles/laptop", "--configfile", tmp_path / "mine.yaml", "page")
    done = snakemake("-n", *profile, cwd=ROOT, directory=tmp_path)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "page: not a configuration file" in done.stderr


MINE = """
rule my_stage:
    output:
        "<results>/mine.txt",
    container:
        image("my_stage")
    shell:
        "touch {output}"
"""


def test_images_can_be_given_for_own_rules_and_no_others(tmp_path):
    (tmp_path / "mine.smk").write_text(MINE)
    (tmp_path / "mine.yaml").write_text("custom_rules: [mine.smk]\n")
    command = ("my_stage", "-n", "--snakefile", ROOT / "Snakefile", "--configfile", "mine.yaml")
    good = snakemake(*command, "--config", "containers={my_stage: docker://x}", directory=tmp_path)
    assert good.returncode == 0, good.stderr
    bad = snakemake(*command, "--config", "containers={my_stag: docker://x}", directory=tmp_path)
    assert bad.returncode == 1
    message = (
        "--config, containers.my_stag: no such key; did you mean containers.my_stage? (it must"
    )
    assert message in bad.stdout + bad.stderr


def test_a_fault_on_the_command_line_is_reported_as_such(tmp_path):
    done = snakemake(
        *("-n", "--snakefile", ROOT / "Snakefile", "--config", "device=gpu"), directory=tmp_path
    )
    assert done.returncode != 0
    assert "--config, device: 'gpu'; it must be one of auto, cpu, cuda" in done.stdout + done.stderr
