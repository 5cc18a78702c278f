"""The accuracy benchmark reports its measures in a table and a summary."""

import math

from accuracy_measures import COUNTS, shares
from accuracy_report import (
    WITHOUT_KEYPOINTS,
    hand_lines,
    identity_lines,
    markdown_table,
    people_count_lines,
    table_lines,
    time_lines,
    total,
)


def clip_result(clip="a.mp4", **changes):
    """The measures of a clip without any fault, with some changes."""
    counts = dict.fromkeys(COUNTS, 4)
    result = {"status": "ok", "shots": 1, "tracks": 1, "people": 1, "is_vfr": False, "start_s": 0.5}
    result |= {"frames_ffmpeg": 4, "pts_off_us": 0.0, "people_labelled": None}
    result |= {"hands_shared": 0, "hands_found": 4}
    result |= {"clip": clip, "person": "", "found": "p0001"} | counts | shares(counts)
    return result | changes


def test_the_summary_lists_all_faults():
    clips = [
        clip_result("a.mp4", person="Ada", people_labelled=1),
        clip_result("b.mp4", person="Ada", found="", people=3, people_labelled=2, pts_off_us=7.0),
        clip_result("c.mp4", frames_ffmpeg=5, pts_off_us=math.nan),
        clip_result("d.mp4", people=0, people_labelled=0),
    ]
    assert identity_lines(clips)[0] == (
        "2 labelled clips of 1 people; the workflow found 1 people in them, and nobody in 1 clips"
    )
    assert identity_lines(clips[2:]) == ["No clip is labelled with a person."]
    [wrong] = people_count_lines(clips)
    assert wrong == "1 of 3 clips with a wrong number of people: b.mp4: 3 instead of 2"
    assert people_count_lines(clips[2:3]) == []
    [shared] = hand_lines([*clips, clip_result("e.mp4", hands_shared=2, hands_found=9)])
    assert shared == "1 clips with hands assigned to two people: e.mp4: 2 of 9 hands"
    other_times, other_counts = time_lines(clips)
    assert other_times.endswith(": b.mp4: 7 us; c.mp4: - us"), "NaN is reported"
    assert other_counts.endswith(": c.mp4: 4 instead of 5")
    lines = table_lines(clips, {"a.mp4": ["faces: gone"]}, {"d.mp4": {"faces": 0}})
    assert lines[0].endswith(": a.mp4: faces: gone")
    assert lines[1:] == ["d.mp4 has no people; rows: faces 0"]


def test_all_rows_of_the_table_have_one_width_and_show_differences():
    unavailable = {"status": "unavailable", "shots": 0, "people": math.nan, "is_vfr": None}
    unavailable |= {"start_s": math.nan, "pts_off_us": math.nan, "skeletons_per_frame": math.nan}
    differing = clip_result(people=3, people_labelled=2, frames_ffmpeg=5)
    clips = [differing, clip_result("b/long name.mov", **unavailable)]
    lines = markdown_table([*clips, total(clips, 3)]).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("|---") and lines[1].endswith("-:|")
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert cells[2][:6] == ["a.mp4", "ok", "4 not 5", "1", "1", "3 not 2"]
    assert cells[3][:7] == ["b/long name.mov", "unavailable", "4", "0", "1", "-", "-"]
    assert cells[4][:7] == ["all 2", "", "8", "1", "2", "3", "1.00"]
    assert cells[4][-3:] == ["0", "-", "-"]


def test_without_keypoints_the_table_has_only_the_other_columns():
    counts = {*COUNTS, *shares(dict.fromkeys(COUNTS, 4))} - {"frames"}
    clips = [{name: value for name, value in clip_result().items() if name not in counts}]
    header, _, row, totals = markdown_table([*clips, total(clips, 1)]).splitlines()
    assert [cell.strip() for cell in header.split("|")[1:-1]] == list(WITHOUT_KEYPOINTS)
    assert "| a.mp4 | ok     |      4 |" in row
    assert "| all 1 |        |      4 |" in totals
