"""The resource model: requests grow with the input and with each attempt."""

from dataclasses import replace

import pytest

from corpus.planning import resource_model
from corpus.planning.resource_model import InputFacts
from corpus.pose.chunks import CHUNK_S
from corpus.pose.extraction import GPU_LANES, GPU_PROCESSES

TASKS = tuple(resource_model.MEMORY)
VIDEO = InputFacts(
    size_mb=20, width=1280, height=720, n_frames=1500, duration_s=60, n_shots=8,
    n_faces=500, n_tracks=12, max_people=3, n_videos=10, n_embeddings=5000,
)  # fmt: skip
"""A video and a corpus of which all facts are known."""


def request(task: str, facts: InputFacts, attempt: int = 1) -> tuple[int, int]:
    """Memory in MB and time in minutes that a task requests."""
    memory = resource_model.memory_mb(task, facts, attempt)
    return memory, resource_model.minutes(task, facts, attempt)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize(
    "larger",
    [
        {"size_mb": 4000},
        {"width": 3840, "height": 2160},
        {"n_frames": 15000},
        {"n_frames": 15000, "duration_s": 600, "n_faces": 5000, "n_shots": 80},
        {"n_faces": 5000},
        {"n_faces": 5000, "n_tracks": 120, "max_people": 30},
        {"min_size": 0.01},
        {"batch_size": 64},
        {"best": 20},
        {"bodies_without_face": 1},
        {"dimensions": 512},
        {"n_videos": 10000},
        {"n_embeddings": 200_000},
        {"n_guessed_embeddings": 200_000},
        {"n_tracks": 30_000},
    ],
    ids=lambda larger: ",".join(larger),
)
def test_larger_input_never_requests_less(task, larger):
    before, after = request(task, VIDEO), request(task, replace(VIDEO, **larger))
    assert after[0] >= before[0] and after[1] >= before[1]


@pytest.mark.parametrize(
    ("task", "larger", "memory_grows", "time_grows"),
    [
        ("index_frames", {"n_frames": 150_000}, False, True),
        ("detect_faces", {"n_frames": 150_000}, False, True),
        ("detect_faces", {"n_faces": 200_000}, True, True),
        ("detect_faces", {"dimensions": 512}, True, True),
        ("detect_faces", {"width": 3840, "height": 2160}, True, True),
        ("detect_faces", {"min_size": 0.01}, True, True),
        ("detect_faces", {"batch_size": 64}, True, False),
        ("detect_faces_mtcnn", {"n_faces": 200_000}, True, True),
        ("detect_faces_mtcnn", {"min_size": 0.01}, True, True),
        ("extract_keypoints", {"n_faces": 5000}, False, True),
        ("extract_keypoints", {"max_people": 30}, True, False),
        ("cluster_faces", {"n_embeddings": 50_000}, True, True),
        ("cluster_faces", {"n_guessed_embeddings": 50_000}, True, False),
        ("cluster_faces", {"n_embeddings": 9_000_000, "dimensions": 512}, True, True),
        ("identify_people", {"n_tracks": 3_000_000}, True, True),
    ],
)
def test_a_task_requests_more_of_what_larger_input_needs(task, larger, memory_grows, time_grows):
    before, after = request(task, VIDEO), request(task, replace(VIDEO, **larger))
    assert (after[0] > before[0], after[1] > before[1]) == (memory_grows, time_grows)


def test_a_long_video_gets_more_cores_which_need_memory_and_save_time():
    def cores(minutes: float, n_gpus: int = 0, people: int = 2) -> int:
        facts = replace(
            VIDEO,
            n_frames=round(1500 * minutes),
            duration_s=60 * minutes,
            n_faces=round(300 * people * minutes),
        )
        return resource_model.cores("extract_keypoints", facts, n_gpus)

    assert cores(0.1) == cores(1) == 1
    assert cores(2) == 2
    assert cores(3.5) == 3, "a process for two minutes of work"
    assert cores(3.5, people=8) == 4, "at most a process for each chunk of a minute"
    assert cores(30) > 2
    assert cores(240) == resource_model.MAX_CORES
    assert cores(240, n_gpus=1) == resource_model.MAX_GPU_CORES
    long = replace(VIDEO, n_frames=90_000, duration_s=3600, n_faces=36_000)
    one, eight = (
        (
            resource_model.memory_mb("extract_keypoints", replace(long, threads=n)),
            resource_model.minutes("extract_keypoints", long, threads=n),
        )
        for n in (1, 8)
    )
    assert 5 * one[0] < eight[0] < 9 * one[0]
    assert eight[1] < one[1] / 4
    longer = replace(long, n_frames=900_000, duration_s=36_000, n_faces=360_000)
    assert resource_model.memory_mb("extract_keypoints", longer) == one[0]


@pytest.mark.parametrize("task", resource_model.DETECTION_TASKS)
@pytest.mark.parametrize("dimensions", resource_model.EMBEDDER_NEEDS)
def test_a_long_video_is_searched_for_faces_on_more_cores(task, dimensions):
    short, long = (
        replace(
            VIDEO,
            n_frames=25 * seconds,
            duration_s=seconds,
            n_faces=10 * seconds,
            dimensions=dimensions,
        )
        for seconds in (10, 3600)
    )
    most = resource_model.MAX_DETECTION_CORES
    assert resource_model.cores(task, short) == 1
    assert resource_model.cores(task, long) == most
    assert resource_model.cores(task, long, n_gpus=1) == 1
    one, all_cores = (
        (
            resource_model.memory_mb(task, replace(long, threads=n)),
            resource_model.minutes(task, long, threads=n) - resource_model.START_MINUTES,
        )
        for n in (1, most)
    )
    assert one[0] < all_cores[0] < most * one[0]
    assert all_cores[1] == pytest.approx(one[1] / most, abs=1)


def test_the_time_for_embedding_counts_for_the_cores():
    crowd = replace(VIDEO, n_faces=20 * VIDEO.n_faces)
    assert resource_model.cores("detect_faces", VIDEO) == 1
    assert resource_model.cores("detect_faces", crowd) > 1


@pytest.mark.parametrize("size_mb", [30, 200, 3000])
def test_the_request_of_index_frames_follows_from_the_file_size(size_mb):
    facts = InputFacts(size_mb=size_mb)
    larger = replace(facts, size_mb=2 * size_mb)
    assert request("index_frames", larger) > request("index_frames", facts)


@pytest.mark.parametrize("task", TASKS)
def test_each_attempt_requests_twice_as_much(task):
    first, second, third = (request(task, VIDEO, attempt) for attempt in (1, 2, 3))
    for one, two, four in zip(first, second, third, strict=True):
        assert one < two < four
        assert two == pytest.approx(2 * one, abs=2)
    assert resource_model.scale_by_attempt(10, 1) == 10


def test_fetching_requests_more_at_each_attempt_too():
    assert [resource_model.fetch_mb(attempt) for attempt in (1, 2)] == [1000, 2000]
    assert [resource_model.model_minutes(attempt) for attempt in (1, 2)] == [60, 120]
    assert [resource_model.download_minutes(attempt) for attempt in (1, 2)] == [240, 480]
    assert resource_model.link_minutes(InputFacts(size_mb=1)) < 15
    assert resource_model.link_minutes(InputFacts(size_mb=100_000)) > 60


@pytest.mark.parametrize("task", TASKS)
def test_unknown_input_is_estimated(task):
    assumed = InputFacts(size_mb=resource_model.ASSUMED_SIZE_MB)
    assert request(task, InputFacts()) == request(task, assumed)
    empty = InputFacts(size_mb=0, n_frames=0, n_faces=0, n_tracks=0, max_people=0)
    assert request(task, empty)[1] <= resource_model.START_MINUTES + 2


def test_estimates_follow_from_what_is_known():
    by_size = resource_model.fill_unknown(InputFacts(size_mb=10))
    assert by_size.width * by_size.height == pytest.approx(1920 * 1080, rel=0.05)
    assert by_size.n_frames == pytest.approx(10 * resource_model.MPX_PER_MB / 2.1, rel=0.05)
    large = resource_model.fill_unknown(InputFacts(size_mb=9000))
    assert large.height == pytest.approx(2160, rel=0.01)
    indexed = InputFacts(size_mb=10, n_frames=300, duration_s=10, width=640, height=360)
    filled = resource_model.fill_unknown(indexed)
    assert filled.n_faces == 10 * 5 * resource_model.ASSUMED_PEOPLE
    assert filled.max_people == resource_model.ASSUMED_PEOPLE
    assert resource_model.fill_unknown(VIDEO) == VIDEO


def clustering_mb(n_embeddings: int, n_guessed: int = 0, dimensions: int = 512) -> int:
    """Memory that the clustering requests for a number of faces."""
    facts = InputFacts(
        n_embeddings=n_embeddings, n_guessed_embeddings=n_guessed, dimensions=dimensions
    )
    return resource_model.memory_mb("cluster_faces", facts)


def test_the_clustering_of_a_small_corpus_fits_a_small_node() -> None:
    """What the measurements say, with margin; more faces than were measured get a wider one."""
    assert clustering_mb(0) == 1700
    assert clustering_mb(50_000) < 2500
    measured = resource_model.MEASURED_EMBEDDINGS
    assert clustering_mb(measured + 1) > 1.9 * clustering_mb(measured)
    assert 16_000 < clustering_mb(1_000_000) < 21_000


def test_faces_that_are_only_guessed_add_at_most_what_an_upper_bound_allows() -> None:
    bound = resource_model.MAX_GUESSED_MB
    assert clustering_mb(0) < clustering_mb(0, n_guessed=50_000) < bound
    assert clustering_mb(50_000, n_guessed=10**8) == bound
    assert clustering_mb(5_000_000, n_guessed=10**8) == clustering_mb(5_000_000) > bound


def test_embedded_faces_of_a_video_are_guessed_from_its_length_or_size() -> None:
    settings = {"best": 6, "samples_per_second": 5}
    ten_minutes = InputFacts(n_frames=15_000, duration_s=600, **settings)
    assert 3000 < resource_model.n_embedded_faces(ten_minutes) < 5000
    assert resource_model.n_embedded_faces(InputFacts(size_mb=2, **settings)) < 150
    assert resource_model.n_embedded_faces(InputFacts(n_frames=0, **settings)) == 0


def test_a_gpu_job_requests_additional_host_memory():
    on_cpu = resource_model.memory_mb("detect_faces", VIDEO)
    on_gpu = resource_model.memory_mb("detect_faces", VIDEO, n_gpus=1)
    assert on_gpu == on_cpu + resource_model.GPU_MB


@pytest.mark.parametrize(
    ("threads", "minutes", "n_processes"),
    [(1, 100, 1), (3, 100, 3), (8, 100, 4), (4, 10, 1), (4, 20, 2)],
)
def test_each_process_that_extracts_keypoints_on_a_gpu_requests_host_memory(
    threads, minutes, n_processes
):
    facts = replace(VIDEO, threads=threads, duration_s=60.0 * minutes)
    on_cpu, on_gpu = (
        resource_model.memory_mb("extract_keypoints", facts, n_gpus=n_gpus) for n_gpus in (0, 1)
    )
    assert on_gpu == on_cpu + n_processes * resource_model.GPU_MB
    others = [resource_model.memory_mb("detect_faces", facts, n_gpus=n) for n in (0, 1)]
    assert others[1] == others[0] + resource_model.GPU_MB


def test_no_more_processes_use_a_gpu_than_cores_are_requested():
    assert resource_model.MAX_GPU_CORES == GPU_PROCESSES
    assert (resource_model.GPU_LANES, resource_model.CHUNK_S) == (GPU_LANES, CHUNK_S)


def test_detector_image_sizes_are_those_of_detect_faces():
    full_hd = InputFacts(width=1920, height=1080, min_size=0.06)
    searched, pyramid = resource_model.detector_mpx(full_hd)
    assert searched == pytest.approx(0.8 * 0.8 * 16 / 9)
    assert pyramid == pytest.approx(0.2 * 0.2 * 16 / 9)
    small = resource_model.detector_mpx(InputFacts(width=160, height=120))
    assert small[0] == pytest.approx(0.0192)


@pytest.mark.parametrize("task", TASKS[:5])
def test_a_video_without_frames_and_faces_requests_the_minimum(task):
    facts = InputFacts(n_frames=0, n_shots=0, n_faces=0, n_tracks=0, max_people=0)
    assert request(task, facts)[1] <= resource_model.START_MINUTES + 2


@pytest.mark.parametrize(
    "tasks",
    [
        ("index_frames", "detect_faces"),
        ("index_frames", "detect_faces_mtcnn"),
        ("extract_keypoints", "measure_movement"),
    ],
)
def test_a_group_requests_what_its_tasks_need_one_after_the_other(tasks: tuple[str, ...]) -> None:
    facts = InputFacts(size_mb=5.0)
    alone = [resource_model.memory_mb(task, facts) for task in tasks]
    assert max(alone) < resource_model.group_mb(tasks, facts) <= sum(alone) + 100
    assert resource_model.group_mb(tasks, facts, attempt=2) == 2 * resource_model.group_mb(
        tasks, facts
    )
    one, many = (resource_model.group_minutes(tasks, facts, n) for n in (1, 100))
    single = sum(resource_model.minutes(task, facts) for task in tasks)
    assert one <= single and one < many < 100 * single


def test_comparing_gestures_requests_twice_what_was_measured() -> None:
    # Measured: 100,000 gestures take 0.85 GB and 9.3 minutes on one core.
    assert 2 * 9.3 < resource_model.comparison_minutes(1, 100_000) < 3 * 9.3 + 10
    assert resource_model.comparison_mb(100_000) >= 2 * 850
    four_times = resource_model.comparison_minutes(0, 200_000) - resource_model.START_MINUTES
    once = resource_model.comparison_minutes(0, 100_000) - resource_model.START_MINUTES
    assert 3.8 * once <= four_times <= 4.2 * once
    assert resource_model.comparison_mb(1_000_000) > resource_model.comparison_mb(100_000)
    assert resource_model.comparison_mb(0, attempt=2) == 2 * resource_model.comparison_mb(0)
