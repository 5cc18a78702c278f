"""The last lines of a run: what was made, what failed and why, and what to open."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from corpus.planning.finished_run import FailedJob, FinishedRun
from corpus.report import run_summary
from corpus.tables import parquet
from small_corpus import SmallCorpus

COMMAND = "snakemake --profile profiles/laptop --configfile config/mine.yaml"


def lines_of(results: Path, run: FinishedRun) -> list[str]:
    """The summary of a run, with the results folder called `results`."""
    lines = run_summary.summary_lines(results, run, COMMAND, "config/mine_people.tsv")
    assert len(lines) <= 6
    return [line.replace(str(results), "results") for line in lines]


def failed_jobs(folder: Path, *videos: str) -> list[FailedJob]:
    """Failed jobs of one rule with their logs."""
    logs = [folder / "logs" / "extract_keypoints" / f"{video}.log" for video in videos]
    for log in logs:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(f"INFO started\nERROR {log.stem}.tflite is missing\nERROR second\n")
    return [FailedJob("extract_keypoints", log.stem, [str(log)]) for log in logs]


def write_page(results: Path) -> None:
    """A page in the results folder."""
    (results / "report").mkdir(parents=True, exist_ok=True)
    (results / "report" / "index.html").touch()


def test_a_complete_run_says_what_to_open_and_what_to_do_next(tmp_path):
    SmallCorpus(tmp_path, {"a": "ok", "b": "truncated"}, [("a", "p0001", 2.0)])
    write_page(tmp_path)
    assert lines_of(tmp_path, FinishedRun(Counter(write_page=1))) == [
        "Made: 2 videos, 8.0 s, 2 shots, 1 person.",
        "Failed: nothing.",
        "Open results/report/index.html in a browser to explore the results.",
        "All files are in results; docs/results.md describes them.",
        "Next: name the people on the page, under People, and save them as config/mine_people.tsv.",
    ]


def test_videos_without_a_result_are_named_with_their_reason():
    corpus = pd.DataFrame(
        [
            ("a", "ok", None),
            ("b", "truncated", "the file ends early"),
            *[(f"gone{i}", "unavailable", "HTTP Error 404") for i in range(5)],
            ("text", "no_video", "a text file"),
        ],
        columns=["video_id", "status", "reason"],
    )
    assert run_summary.failed_line(FinishedRun(), corpus) == (
        "Failed: 1 video no_video (text: a text file); "
        "5 videos unavailable (gone0, gone1, gone2, 2 more: HTTP Error 404)."
    )


def test_a_part_names_downloads_that_failed(tmp_path):
    pending = {"gone": "Connection refused", "talk": "timed out"}
    run = FinishedRun(Counter(fetch_video=3), is_whole=False, folders=["videos"], pending=pending)
    assert lines_of(tmp_path, run) == [
        "Made: the files of 3 jobs (3 fetch_video).",
        "Failed: 2 videos not downloaded yet (gone, talk: Connection refused).",
        "The files are in videos.",
        f"Next: download what is missing with {COMMAND}",
    ]


def test_a_part_names_few_files_and_where_they_are_shown(tmp_path):
    file = "results/annotations.parquet"
    run = FinishedRun(Counter(import_elan=1), is_whole=False, file=file, folders=["results"])
    assert lines_of(tmp_path, run)[2:] == [f"The file is {file}."]
    write_page(tmp_path)
    assert lines_of(tmp_path, run)[2:] == [
        f"The file is {file}.",
        "Open or reload results/report/index.html to see what is new.",
    ]
    faces = FinishedRun(Counter(detect_faces=4), is_whole=False, folders=["results/faces"])
    assert lines_of(tmp_path, faces)[2:] == ["The files are in results/faces."]


def test_a_part_names_videos_without_a_result(tmp_path):
    SmallCorpus(tmp_path, {"a": "ok", "b": "unavailable", "c": "unavailable"}, [])
    run = FinishedRun(Counter(playable=1), is_whole=False, videos=["a", "b", "new"])
    assert lines_of(tmp_path, run)[1].startswith("Failed: 1 video unavailable (b")
    pending = replace(run, pending={"b": "timed out"})
    assert lines_of(tmp_path, pending)[1] == ("Failed: 1 video not downloaded yet (b: timed out).")


def test_a_failed_run_names_the_jobs_their_errors_and_how_to_continue(tmp_path):
    write_page(tmp_path)
    jobs = failed_jobs(tmp_path, "a", "b")
    missing = Counter(extract_keypoints=2, measure_movement=2, write_page=1)
    run = FinishedRun(Counter(detect_faces=3, index_frames=3), missing, jobs)
    assert lines_of(tmp_path, run) == [
        "Made: 6 of 11 jobs (3 detect_faces, 3 index_frames).",
        "Failed: 2 jobs (2 extract_keypoints); 3 jobs did not run, since they need these.",
        "  extract_keypoints a: a.tflite is missing (log: results/logs/extract_keypoints/a.log)",
        "  extract_keypoints b: b.tflite is missing (log: results/logs/extract_keypoints/b.log)",
        "Open results/report/index.html, which an earlier run made, in a browser. "
        "All files are in results.",
        f"Next: correct the cause, and continue with {COMMAND}",
    ]


def test_of_many_failed_jobs_one_is_shown_and_the_others_are_counted(tmp_path):
    run = FinishedRun(failed=failed_jobs(tmp_path, *"abcd"), missing=Counter(extract_keypoints=4))
    lines = lines_of(tmp_path, run)
    assert lines[:2] == ["Made: 0 of 4 jobs.", "Failed: 4 jobs (4 extract_keypoints)."]
    assert lines[2].startswith("  extract_keypoints a: a.tflite is missing")
    assert lines[3] == "  and 3 more, with logs in results/logs/extract_keypoints"
    assert len(lines) == 6


def test_an_unfinished_run_does_not_read_the_table_of_an_earlier_one(tmp_path):
    SmallCorpus(tmp_path, {"a": "no_video"}, [])
    earlier = parquet.read(tmp_path / "corpus.parquet")
    SmallCorpus(tmp_path, {"a": "ok"}, [])
    parquet.write(tmp_path / "corpus.parquet", "corpus", earlier, {})
    run = FinishedRun(missing=Counter(write_page=1), videos=["a"])
    assert lines_of(tmp_path, run)[1] == "Failed: the run was stopped; 1 job did not run."


def test_a_stopped_run_can_be_continued(tmp_path):
    run = FinishedRun(Counter(fetch_video=1), Counter(fetch_video=3))
    lines = lines_of(tmp_path, run)
    assert "Failed: the run was stopped; 3 jobs did not run." in lines
    assert lines[-1] == f"Next: continue with {COMMAND}"


def test_a_part_lists_its_jobs_and_folders(tmp_path):
    run = FinishedRun(Counter(export_textgrid=4), is_whole=False, folders=["results/exports"])
    assert lines_of(tmp_path, run) == [
        "Made: the files of 4 jobs (4 export_textgrid).",
        "Failed: nothing.",
        "The files are in results/exports.",
    ]


def test_a_run_without_jobs_says_that_all_is_up_to_date(tmp_path):
    SmallCorpus(tmp_path, {"a": "ok", "b": "truncated"}, [("a", "p0001", 2.0)])
    write_page(tmp_path)
    lines = lines_of(tmp_path, FinishedRun())
    assert lines[0] == (
        "Nothing to do: all requested results are up to date (2 videos, 8.0 s, 2 shots, 1 person)."
    )
    assert lines[2] == "Open results/report/index.html in a browser to explore the results."


def test_a_damaged_table_is_named_and_the_others_are_summarised(tmp_path):
    SmallCorpus(tmp_path, {"a": "ok"}, [("a", "p0001", 2.0)])
    write_page(tmp_path)
    (tmp_path / "people.parquet").write_bytes(b"damaged")
    lines = lines_of(tmp_path, FinishedRun(Counter(write_page=1)))
    assert lines[0] == "Made: 1 video, 4.0 s, 1 shot."
    assert lines[1].startswith("Failed: results/people.parquet: not a readable table")
    assert "delete it and run" in lines[1]
    assert lines[2] == "Open results/report/index.html in a browser to explore the results."
    assert lines[-1] == f"Next: delete the damaged tables, and make them again with {COMMAND}"


def test_jobs_of_further_rules_are_counted_as_jobs(tmp_path):
    finished = Counter(a=4, b=3, c=2, d=2, e=1)
    lines = lines_of(tmp_path, FinishedRun(finished, Counter(f=1)))
    assert lines[0] == "Made: 12 of 13 jobs (4 a, 3 b, 2 c, 3 jobs of 2 other rules)."


def test_a_long_error_keeps_its_cause_and_its_advice(tmp_path):
    [job] = failed_jobs(tmp_path, "a")
    advice = "delete it and run the workflow again"
    Path(job.logs[0]).write_text(f"ERROR k.parquet: not a readable table ({'x' * 900}); {advice}\n")
    [line] = run_summary.job_lines(FinishedRun(failed=[job]))
    assert line.startswith("  extract_keypoints a: k.parquet: not a readable table (")
    assert f"{advice} (log: {job.logs[0]})" in line
    assert len(line) < 600


@pytest.mark.parametrize(
    ("typed", "continued"),
    [
        ("--profile p -R measure_movement plot_people --retries 0", "--profile p --retries 0"),
        ("-F --configfile=c.yaml page", "--configfile=c.yaml page"),
        ("page -f --forcerun=all -j2 --forceall", "page -j2"),
        ("-R fetch_video -- page", "-- page"),
    ],
)
def test_a_continued_run_forces_no_job_that_is_done(typed, continued):
    assert run_summary.continued_command(typed.split()) == continued.split()
