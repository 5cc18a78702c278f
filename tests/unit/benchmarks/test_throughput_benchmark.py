"""Films, jobs and tables of the benchmark throughput.py."""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import reference_loops
import stage_runs
import throughput as benchmark
import throughput_films
import throughput_plot
import throughput_report as report
import timed_job
from corpus.core.errors import CorpusError, InputError
from placed_bodies import body, rows
from stage_runs import STAGES, Job
from throughput_films import Film
from throughput_report import REFERENCE, Row

CPU_PER_SECOND = {"before": 2.0, "now": 0.5, REFERENCE: 0.25}
START_S = 3.0


def measured(version: str, stage: str, seconds: float, repeat: int, kind: str = "480p_2") -> Row:
    """A row whose cost per second differs by 10 % from one repetition to the next."""
    cpu_s = START_S + CPU_PER_SECOND[version] * (1 + 0.1 * repeat) * seconds
    return Row(version, f"{kind}_{seconds}", kind, seconds, 2, repeat, stage, cpu_s, 2 * cpu_s, 100)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    stages = {version: STAGES for version in ("before", "now")} | {REFERENCE: report.REFERENCES}
    measurements = [
        measured(version, stage, seconds, repeat)
        for version, names in stages.items()
        for stage in names
        for seconds in (2.0, 8.0)
        for repeat in range(3)
    ]
    whole = ("now", "480p_2_120s_all", report.END_TO_END, 120.0, 2, 0)
    measurements.append(Row(*whole, "total", 260.0, 140.0, 0))
    for minutes in (2, 20):
        sparse = ("now", f"sparse{minutes}", report.SPARSE, 60.0 * minutes, 2, 0)
        measurements.append(Row(*sparse, "extract_keypoints", 9, 9, 500 + minutes))
    return report.summarise(pd.DataFrame(measurements))


def test_cost_is_the_difference_of_two_lengths_and_the_rest_is_the_start(table) -> None:
    row = table[(table["version"] == "now") & (table["stage"] == "detect_faces")].iloc[0]
    assert row["per_second"] == pytest.approx(0.55)
    assert (row["low"], row["high"]) == pytest.approx((0.5, 0.6))
    assert row["start_s"] == pytest.approx(START_S)
    assert (row["runs"], row["peak_mb"]) == (3, 100)


def test_the_tables_say_what_is_derived_and_what_was_not_measured(table) -> None:
    text = report.text(table)
    assert "**480 lines, 2 people**" in text and "median of 3 runs and extremes" in text
    assert "| detect_faces | 2.200 (2.000 to 2.400) | 0.550 (0.500 to 0.600) |" in text
    assert "| all stages | **11.00** | **2.75** |" in text
    # 0.55 s for each second of 25 frames of two people.
    assert "| extract_keypoints, ms per person and frame | 44.0 | 11.0 |" in text
    assert "| extract_keypoints, relative to before | 1.00 | 0.25 |" in text
    assert "| extract_keypoints, relative to MediaPipe alone | 8.00 | 2.00 |" in text
    assert "| MediaPipe alone | 0.275 (0.250 to 0.300) |" in text
    assert "| extract_keypoints | 100 | 100 |" in text
    assert "derived" in text and "No GPU was seen" in text
    # An hour costs 2.75 core-hours.
    assert "| 480 lines, 2 people | node, 32 cores | 21 | 5 |" in text
    assert "| now | 120 | 260 | 140 |" in text
    assert "| now, extract_keypoints | 502 | 520 |" in text


def test_a_version_can_have_fewer_stages_and_others() -> None:
    stages = {
        "before": ["detect_faces", "embed_faces", "fetch_video"],
        "now": ["detect_faces", "x"],
    }
    measurements = [
        measured(version, stage, seconds, 0)
        for version, names in stages.items()
        for stage in names
        for seconds in (2.0, 8.0)
    ]
    text = report.text(report.summarise(pd.DataFrame(measurements)))
    assert "CPU seconds per second of video, one run" in text
    assert "| embed_faces | 2.000 |  |" in text
    assert "| x |  | 0.500 |" in text
    assert "| all stages | **4.00** | **1.00** |" in text
    assert "fetch_video" not in text


def test_a_cost_that_is_lost_in_the_noise_is_not_given_as_a_number() -> None:
    costs = [(2.0, 1.0), (8.0, 0.9)]
    lengths = [
        measured("now", "measure_movement", seconds, 0)._replace(cpu_s=cpu_s)
        for seconds, cpu_s in costs
    ]
    text = report.text(report.summarise(pd.DataFrame(lengths)))
    assert "| measure_movement | below 0.01 |" in text


def test_a_film_of_one_length_has_no_cost_per_second() -> None:
    one = report.summarise(pd.DataFrame([measured("now", "detect_faces", 2.0, 0)]))
    assert one["per_second"].isna().all()
    assert "detect_faces" not in report.text(one)


def test_a_whole_run_alone_has_a_table(tmp_path: Path) -> None:
    whole = Row("now", "f", report.END_TO_END, 60.0, 2, 0, "total", 200.0, 120.0, 0)
    options = benchmark.parse_arguments(["--work", str(tmp_path)])
    benchmark.publish([whole], options)
    text = (tmp_path / "throughput.md").read_text()
    assert "| now | 60 | 200 | 120 |" in text and "One hour" not in text
    assert not (tmp_path / "throughput.svg").exists()


def test_equal_tables_give_an_equal_plot(table, tmp_path: Path) -> None:
    paths = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for path in paths:
        throughput_plot.draw(table, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert b"<dc:date>" not in paths[0].read_bytes()


def test_measurements_are_kept_and_continued(tmp_path: Path) -> None:
    store = benchmark.Store(tmp_path / "rows.jsonl")
    row = measured("now", "index_frames", 2.0, 0)
    store.add([row], "abc")
    again = benchmark.Store(tmp_path / "rows.jsonl")
    assert again.rows == [row._replace(commit="abc")]
    assert again.has("now", "abc", row.film, 0)
    assert not again.has("now", "abc", row.film, 1) and not again.has("now", "def", row.film, 0)


@pytest.mark.parametrize(
    ("film", "size"),
    [((480, 1), (640, 480)), ((480, 2), (852, 480)), ((1080, 2), (1920, 1080))],
)
def test_films_have_the_usual_shapes(film, size) -> None:
    film = Film(*film, 2.0)
    assert (film.width, film.height) == size
    assert film.n_frames == 50
    assert Film(480, 2, 0.6).name == "480p_2_0_6s"


def test_people_stand_side_by_side_and_clips_run_back_and_forth(monkeypatch) -> None:
    clip = np.zeros((4, 2, 2, 3), np.uint8) + np.arange(4, dtype=np.uint8)[:, None, None, None]
    clip[:, :, 0] += 100
    monkeypatch.setattr(throughput_films, "read_cell", lambda *_: clip)
    shown = list(throughput_films.pictures(Film(2, 2, 0.32), [Path("a")]))
    assert [picture[0, 1, 0] for picture in shown] == [0, 1, 2, 3, 2, 1, 0, 1]
    # The second person is mirrored and starts elsewhere.
    assert [picture[0, 2, 0] for picture in shown[:4]] == [2, 3, 2, 1]
    assert shown[0][0, 3, 0] == 102


def test_a_clip_of_one_picture_is_repeated() -> None:
    assert [throughput_films.back_and_forth(1, position) for position in range(3)] == [0, 0, 0]


def test_boxes_around_people_have_a_margin(tmp_path: Path) -> None:
    path = tmp_path / "keypoints.parquet"
    rows(3, 1, body()).to_parquet(path)
    [box] = reference_loops.person_boxes(path)[3].values()
    # The skeleton reaches from (34, 40) to (66, 90).
    assert box.tolist() == [34 - 12.5, 40 - 12.5, 66 + 12.5, 90 + 12.5]


def test_time_and_memory_of_a_job_and_its_processes(tmp_path: Path, monkeypatch) -> None:
    code = "import subprocess, sys; bytearray(30_000_000); sys.exit(3)"
    status, needed = timed_job.run_job([sys.executable, "-c", code])
    assert status == 3
    assert needed["cpu_s"] > 0 and needed["wall_s"] > 0 and needed["peak_mb"] > 5


def test_descendants_of_a_process_that_is_gone() -> None:
    assert timed_job.descendants(2**22 + 1) == [2**22 + 1]
    assert timed_job.proportional_memory(2**22 + 1) == 0


def test_the_program_in_place_of_python_passes_status_and_arguments(
    tmp_path: Path, monkeypatch
) -> None:
    times = tmp_path / "jobs.jsonl"
    script = tmp_path / "detect_faces.py"
    script.write_text("import sys; sys.exit(len(sys.argv))\n")
    monkeypatch.setenv("JOB_TIMES", str(times))
    monkeypatch.setenv("JOB_PYTHON", sys.executable)
    monkeypatch.setattr(sys, "argv", ["timed_job.py", str(script), "--a", "b c"])
    with pytest.raises(SystemExit) as end:
        timed_job.main()
    assert end.value.code == 3
    [job] = stage_runs.read_jobs(times)
    assert (job.stage, job.status) == ("detect_faces", 3)


def test_the_inputs_of_a_run(tmp_path: Path) -> None:
    film = tmp_path / "a film.mp4"
    work = tmp_path / "work"
    config = stage_runs.write_inputs(work, {"v": film}, {"keypoints": {"full_frame": False}})
    assert (work / "videos.tsv").read_text() == f"video_id\tsource\nv\t{film}\n"
    assert "full_frame: false" in config.read_text()
    modified = (work / "videos.tsv").stat().st_mtime_ns
    stage_runs.write_inputs(work, {"v": film}, {})
    assert (work / "videos.tsv").stat().st_mtime_ns == modified


@pytest.mark.parametrize("text", ["videos: a.tsv\n", "videos: a.tsv\nvideos_per_job: 1\n"])
def test_films_share_a_job_where_the_version_can_do_this(tmp_path: Path, text: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.yaml").write_text(text)
    expected = {"videos_per_job": 9} if "per_job" in text else {}
    assert stage_runs.in_groups(tmp_path, 9) == expected


def test_jobs_run_with_the_program_that_measures_them(tmp_path: Path, monkeypatch) -> None:
    started = {}

    def run(command: list, env: dict) -> object:
        started.update(command=list(map(str, command)), env=env)
        line = Job("index_frames", 0, 1.5, 2.0, 90.0)._asdict()
        Path(env["JOB_TIMES"]).write_text(json.dumps(line) + "\n")
        return type("Run", (), {"returncode": started.get("fails", 0)})

    monkeypatch.setattr(stage_runs.subprocess, "run", run)
    workflow, work = tmp_path / "workflow", tmp_path / "work"
    jobs = stage_runs.run_workflow(workflow, work, {"v": tmp_path / "v.mp4"}, ["phases"], cores=2)
    assert jobs == [Job("index_frames", 0, 1.5, 2.0, 90.0)]
    assert started["command"][-1] == f"{work}/results/phases/v.parquet"
    first = Path(started["env"]["PATH"].split(":")[0], "python")
    assert first.parent == work / "bin" and "timed_job.py" in first.read_text()
    assert started["env"]["OMP_NUM_THREADS"] == "1"
    started["fails"] = 1
    with pytest.raises(CorpusError, match="did not finish"):
        stage_runs.run_workflow(workflow, work, {}, [])


def test_versions_alternate_and_finished_runs_are_not_repeated(tmp_path: Path, monkeypatch) -> None:
    order = []

    def stages(film, path, version, workflow, work, repeat):
        order.append((film.name, version, repeat))
        return [measured(version, "index_frames", film.seconds, repeat)._replace(film=film.name)]

    monkeypatch.setattr(benchmark, "measure_stages", stages)
    monkeypatch.setattr(benchmark, "measure_references", lambda *_: [])
    monkeypatch.setattr(benchmark, "keypoints_of", lambda *_: None)
    monkeypatch.setattr(throughput_films, "write", lambda *_: Path("film.mp4"))
    arguments = ["--films", "480p_2", "--repeats", "2", "--work", str(tmp_path)]
    options = benchmark.parse_arguments(arguments)
    options.clips = []
    versions = {"before": tmp_path, "now": tmp_path}
    store = benchmark.Store(tmp_path / "rows.jsonl")
    benchmark.measure(options, versions, store)
    assert len(order) == 8 and order[:2] == [("480p_2_2s", "before", 0), ("480p_2_2s", "now", 0)]
    benchmark.measure(options, versions, store)
    assert len(order) == 8


def test_results_of_two_runs_are_in_different_folders(tmp_path: Path) -> None:
    assert benchmark.new_folder(tmp_path / "a") == tmp_path / "a"
    (tmp_path / "a").mkdir()
    assert benchmark.new_folder(tmp_path / "a") == tmp_path / "a.1"


def test_missing_clips_are_named(tmp_path: Path) -> None:
    clip = str(tmp_path / "absent.mp4")
    with pytest.raises(InputError, match=r"--clips: .*absent.mp4: no such file"):
        benchmark.main(["--clips", clip, "--work", str(tmp_path)])
