"""Many videos per job: the plan has few jobs, and runs again what depends on a change."""

import json
import shlex
from pathlib import Path

import pytest

import finished_corpus
from corpus.inputs import erased_folder
from corpus.planning.video_groups import cut_into_groups
from corpus.video_groups.analysis import flags_by_video, parse_arguments
from corpus.video_groups.commands import Stage, Video
from empty_files import touch_files
from finished_corpus import GROUPED, MANIFEST, Plan
from planned_jobs import Jobs, plan_all

IDS = [f"video{number}" for number in range(7)]
STAGES = ("index_frames", "detect_faces", "extract_keypoints", "measure_movement")
STAGES += ("write_skeletons",)
GROUP_RULES = ("fetch_group", "analyse_faces", "analyse_movement")
CORPUS = {"videos": "videos.tsv", "people": "none.tsv", "device": "cpu", "erased": "gone"}


def write_manifest(folder: Path, rows: dict[str, str]) -> None:
    lines = [f"{video}\t{source}" for video, source in rows.items()]
    (folder / "videos.tsv").write_text("\n".join(["video_id\tsource", *lines]) + "\n")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> list[Jobs]:
    """Plans of web addresses without results: in groups, one by one, and exports of groups.

    Somebody was erased from the first video.
    """
    folder = tmp_path_factory.mktemp("fresh")
    write_manifest(folder, {video: f"https://example.org/{video}" for video in IDS})
    touch_files(folder / "gone", f"{erased_folder.MASKS}/video0.parquet")
    grouped = CORPUS | {"videos_per_job": 3}
    [in_groups, single] = plan_all(folder, ["all"], [grouped, CORPUS])
    [exports] = plan_all(folder, ["csv", "blurred"], [grouped])
    return [in_groups, single, exports]


def test_the_plan_has_three_jobs_per_group_and_none_per_video(fresh: list[Jobs]) -> None:
    in_groups, single, _ = fresh
    n_groups = len(cut_into_groups(IDS, 3))
    assert {rule: len(in_groups[rule]) for rule in GROUP_RULES} == dict.fromkeys(
        GROUP_RULES, n_groups
    )
    assert not {"fetch_video", *STAGES} & in_groups.keys()
    assert not {*GROUP_RULES, "file_of_group"} & single.keys()
    assert in_groups.keys() - set(GROUP_RULES) == single.keys() - {"fetch_video", *STAGES}
    for rule in ("cluster_faces", "segment_gestures", "plot_coverage", "write_elan"):
        [job] = in_groups[rule]
        assert len(job["output"]) <= 4 < len(IDS), "an output per video takes an hour for 100,000"
        records = [file for file in job["input"] if "/groups/" in file]
        assert len(records) in (n_groups, 2 * n_groups)


def test_a_group_has_the_commands_of_the_rules_for_single_videos(fresh: list[Jobs]) -> None:
    """So a stage gets the same arguments in both, whatever is changed in its rule."""
    in_groups, single, _ = fresh
    stages = []
    for rule in ("analyse_faces", "analyse_movement"):
        commands = [shlex.split(job["command"][0]) for job in in_groups[rule]]
        [words] = [words for words in commands if any("video0.mp4" in word for word in words)]
        options = parse_arguments("", words[2 : words.index("2>")])
        flags = flags_by_video(options.flags)
        for stage in map(Stage.parse, options.stages):
            stages.append(stage.name)
            own_flags = flags.get((stage.name, "video0"), ())
            [job] = [job for job in single[stage.name] if "/video0." in job["output"][0]]
            command = shlex.split(job["command"][0])
            arguments = command[2 : command.index("2>")]
            assert stage.arguments_for(Video("video0", "mp4"), own_flags) == arguments
            assert ("--covers" in arguments) == (
                stage.name in ("detect_faces", "extract_keypoints")
            )
            tables = [Path(file) for file in job["output"] if file.endswith(".parquet")]
            assert {file.parent.name for file in tables} == set(stage.tables)
    assert tuple(stages) == STAGES


def test_exports_of_a_new_corpus_wait_for_the_groups(fresh: list[Jobs]) -> None:
    exports = fresh[2]
    assert not {"fetch_video", *STAGES} & exports.keys()
    assert set(GROUP_RULES) < exports.keys()
    assert len(exports["export_csv"]) == len(exports["export_video"]) == len(IDS)
    for job in (*exports["export_csv"], *exports["export_video"]):
        assert any("/groups/movement/" in file for file in job["input"])
    waiting = [file for job in exports["file_of_group"] for file in job["output"]]
    assert len(waiting) == len(set(waiting))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return finished_corpus.write(tmp_path_factory.mktemp("grouped") / "corpus", GROUPED)


PENDING = json.dumps({"status": "pending", "reason": "no network"})
CASES = {
    "unchanged": [],
    "lost table": [("delete", "results/shots/b.parquet")],
    "lost keypoints": [("delete", "results/keypoints/c.parquet")],
    "lost video": [("delete", "results/videos/c.mp4")],
    "pending": [("write", "results/videos/c.mp4.json", PENDING)],
    "replaced video": [("older", "clips/a.mp4", "Video a")],
    "gone video": [("delete", "clips/a.mp4")],
    "lost gestures": [("delete", "results/gestures/b.parquet")],
    "lost thumbnails": [("delete", "results/report/page/b/gestures.js")],
    "added video": [
        ("write", "clips/d.mp4", "video d"),
        ("write", "config/videos.tsv", MANIFEST + "d\t../clips/d.mp4\tfour\n"),
    ],
    "removed video": [
        ("write", "config/videos.tsv", MANIFEST.replace("b\t../clips/b.mp4\ttwo\n", ""))
    ],
}


@pytest.fixture(scope="module")
def plans(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Plan]:
    copies = tmp_path_factory.mktemp("cases")
    planned = finished_corpus.plans_after(corpus, list(CASES.values()), copies, config=GROUPED)
    return dict(zip(CASES, planned, strict=True))


def group_of(video: str, videos: str = "abc") -> str:
    groups = cut_into_groups(videos, GROUPED["videos_per_job"])
    return next(name for name, members in groups.items() if video in members)


def group_jobs(plan: Plan) -> dict[str, list[str]]:
    return {rule: plan.jobs[rule] for rule in GROUP_RULES if rule in plan.jobs}


def test_a_finished_corpus_runs_nothing(plans: dict[str, Plan]) -> None:
    assert plans["unchanged"] == Plan({}, "")


@pytest.mark.parametrize(
    ("case", "video", "rules"),
    [
        ("lost table", "b", ("analyse_faces", "analyse_movement")),
        ("lost keypoints", "c", ("analyse_movement",)),
        ("lost video", "c", GROUP_RULES),
        ("pending", "c", GROUP_RULES),
        ("replaced video", "a", GROUP_RULES),
    ],
)
def test_a_change_of_a_video_runs_only_its_group(
    plans: dict[str, Plan], case: str, video: str, rules: tuple[str, ...]
) -> None:
    assert group_jobs(plans[case]) == dict.fromkeys(rules, [group_of(video)])
    assert ("cluster_faces" in plans[case].rules) == ("analyse_faces" in rules)


@pytest.mark.parametrize(
    ("case", "rule"),
    [("lost gestures", "segment_gestures"), ("lost thumbnails", "compare_gestures")],
)
def test_a_lost_file_of_a_job_for_all_videos_runs_this_job(
    plans: dict[str, Plan], case: str, rule: str
) -> None:
    assert rule in plans[case].rules
    assert group_jobs(plans[case]) == {}


def test_a_local_video_that_is_gone_keeps_its_results(plans: dict[str, Plan]) -> None:
    assert "a.mp4" in plans["gone video"].messages
    assert "analyse_faces" not in plans["gone video"].rules


@pytest.mark.parametrize(("case", "videos"), [("added video", "abcd"), ("removed video", "ac")])
def test_only_groups_with_other_members_run(plans: dict[str, Plan], case: str, videos: str) -> None:
    before, after = (cut_into_groups(v, GROUPED["videos_per_job"]) for v in ("abc", videos))
    changed = sorted(name for name in after if after[name] != before.get(name))
    assert changed
    jobs = group_jobs(plans[case])
    assert {rule: sorted(names) for rule, names in jobs.items()} == dict.fromkeys(
        GROUP_RULES, changed
    )


def test_a_changed_setting_runs_the_groups_of_its_stage(corpus: Path, tmp_path: Path) -> None:
    other = GROUPED | {"movement": {"max_hold_s": 2.0}}
    [plan] = finished_corpus.plans_after(corpus, [[]], tmp_path, config=other)
    assert set(group_jobs(plan)) == {"analyse_movement"}
    assert len(plan.jobs["analyse_movement"]) == len(cut_into_groups("abc", 2))
