"""The workflow's rule files: every configuration can be planned, every rule follows the style."""

import re
from pathlib import Path
from statistics import median

import pytest

from corpus.core.devices import has_nvidia_gpu
from corpus.planning.resource_model import MAX_DETECTION_CORES
from dry_run_plans import (
    Plans,
    gpus_by_rule,
    jobs_by_rule,
    requests,
    rules_before,
    threads_by_rule,
)
from rule_files import RULES

# Each of these is planned once for all tests.
DEFAULT = ("config", ())
FACENET_ON_GPU = ("asl", ("device=cuda", "faces={embedder: facenet-vggface2}"))
DEMO_ON_CPU = ("laptop", ("device=cpu",))
DEMO_ON_GPU = ("laptop", ("device=cuda",))
CLUSTERING_ON_GPU = (
    "laptop",
    ("device=cpu", "faces={embedder: facenet-vggface2}", "clustering={device: cuda}"),
)


@pytest.mark.parametrize(
    ("configuration", "n_videos"), [(DEFAULT, 8), (FACENET_ON_GPU, 20), (DEMO_ON_CPU, 4)]
)
def test_every_configuration_can_be_planned(
    plans: Plans, configuration: tuple, n_videos: int
) -> None:
    n_jobs = jobs_by_rule(plans.of(*configuration))
    for rule in ("fetch_video", "index_frames", "detect_faces", "extract_keypoints"):
        assert n_jobs[rule] == n_videos
    assert n_jobs["cluster_faces"] == n_jobs["identify_people"] == 1


@pytest.mark.parametrize(
    ("target", "stages"),
    [
        ("videos", {"fetch_video", "index_frames"}),
        ("faces", {"fetch_video", "index_frames", "detect_faces"}),
        ("keypoints", {"fetch_video", "index_frames", "detect_faces", "extract_keypoints"}),
    ],
)
def test_a_target_runs_only_the_stages_it_needs(
    plans: Plans, target: str, stages: set[str]
) -> None:
    assert rules_before(plans.of(*DEMO_ON_CPU), target) - {"fetch_model"} == stages


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_all_directives_that_the_style_requires(name: str) -> None:
    body = RULES[name]
    assert body.lstrip().startswith('"""'), "no docstring"
    required = ("log:", "benchmark:", "conda:", f'image("{name}")', f'**request("{name}"')
    assert [directive for directive in required if directive not in body] == []
    assert len(re.findall(rf'^        \*\*code\("{name}"', body, re.M)) == 1
    assert "retries" not in body, "retries go in the profile: a job on a cluster would repeat them"
    assert "lambda" not in body


def test_rules_can_be_read_at_a_glance() -> None:
    lengths = [1 + sum(bool(line.strip()) for line in body.splitlines()) for body in RULES.values()]
    assert median(lengths) < 30 and max(lengths) <= 50
    assert [name for name, body in RULES.items() if "threads: 1\n" in body] == []


@pytest.mark.parametrize("name", RULES)
def test_a_rule_header_names_inputs_steps_and_outputs(name: str) -> None:
    header = RULES[name].split('"""')[1]
    assert [heading for heading in ("Input:", "Steps:", "Output:") if heading not in header] == []


@pytest.mark.parametrize("name", ["detect_faces", "extract_keypoints"])
def test_rules_that_can_use_a_gpu_request_it(root: Path, name: str) -> None:
    rows = (root / "rules" / "resources.smk").read_text()
    assert '"gpu": ' in re.search(rf'"{name}": {{.*?}},\n', rows, re.DOTALL)[0]


def test_each_rule_has_a_script_of_its_name(root: Path) -> None:
    assert len(RULES) >= 8
    for name in RULES:
        assert (root / "scripts" / f"{name}.py").exists()


FETCH_COMMAND = """
    shell:
        \"\"\"
        python {params.script:q} \\
            --video-id={wildcards.video:q} \\
            --source={params.source:q} \\
            --local={input:q} \\
            --media={output.media:q} \\
            --record={output.record:q} \\
            --format={params.format:q} \\
            --subtitles={params.subtitles:q} \\
            {resources.flags} \\
            2>{log:q}
        \"\"\"
"""


@pytest.mark.fault("changes", "the workflow is updated", "no video is downloaded again")
def test_an_update_of_the_workflow_downloads_no_video_again() -> None:
    """Snakemake compares command and params. A video may be gone, and its file would be emptied."""
    body = RULES["fetch_video"]
    assert body.endswith(FETCH_COMMAND)
    params = body.partition("    params:\n")[2].removesuffix(FETCH_COMMAND)
    values = [line.strip() for line in params.splitlines() if "#" not in line]
    assert values == [
        '**code("fetch_video", rerun=False),',
        "source=public_source,",
        "format=download_format,",
        "subtitles=subtitle_languages,",
        "content=video_content,",
    ]


def test_the_rules_that_every_job_reads_stay_small(root: Path) -> None:
    assert len((root / "rules" / "common.smk").read_text().splitlines()) < 100
    assert not (root / "profiles" / "default").exists(), "it would silently override --profile"


# Requests


@pytest.mark.parametrize("configuration", [DEMO_ON_CPU, DEMO_ON_GPU])
def test_the_demo_fits_a_small_partition(plans: Plans, configuration: tuple) -> None:
    jobs = requests(plans.of(*configuration))
    assert {rule for rule, _, _ in jobs} >= {"fetch_video", "index_frames", "identify_people"}
    assert all(100 <= mb <= 8000 and 1 <= minutes <= 60 for _, mb, minutes in jobs), jobs


def test_long_videos_are_searched_on_several_cores_but_not_for_faces_on_a_gpu(
    plans: Plans,
) -> None:
    """The length of a video that is not there yet is assumed to be some minutes."""
    threads = threads_by_rule(plans.of(*DEFAULT))
    # As many as this machine has, if it has fewer.
    (available,) = threads["extract_keypoints"]
    most = 1 if has_nvidia_gpu() else MAX_DETECTION_CORES
    assert threads["detect_faces"] == {min(most, available)}
    assert threads["index_frames"] == {1}
    assert threads_by_rule(plans.of(*FACENET_ON_GPU))["detect_faces"] == {1}


@pytest.mark.parametrize(
    ("configuration", "n_videos", "n_gpus", "n_gpus_for_clustering"),
    [(FACENET_ON_GPU, 20, 1, 0), (CLUSTERING_ON_GPU, 4, 0, 1)],
)
def test_facenet_requests_a_gpu_where_one_can_be_used(
    plans: Plans, configuration: tuple, n_videos: int, n_gpus: int, n_gpus_for_clustering: int
) -> None:
    """Clustering has a key of its own."""
    assert gpus_by_rule(plans.of(*configuration)) == {
        "detect_faces": [n_gpus] * n_videos,
        "extract_keypoints": [n_gpus] * n_videos,
        "cluster_faces": [n_gpus_for_clustering],
    }


@pytest.mark.parametrize(
    ("configuration", "n_videos", "n_gpus"),
    [
        (DEFAULT, 8, int(has_nvidia_gpu())),  # device: auto
        (DEMO_ON_CPU, 4, 0),
        (DEMO_ON_GPU, 4, 1),
    ],
)
def test_networks_that_can_use_a_gpu_request_one(
    plans: Plans, configuration: tuple, n_videos: int, n_gpus: int
) -> None:
    """Also with the embedder dlib, which uses the CPU: the detector uses the GPU."""
    gpus = gpus_by_rule(plans.of(*configuration))
    assert gpus["detect_faces"] == gpus["extract_keypoints"] == [n_gpus] * n_videos
    assert gpus["cluster_faces"] == [0]
