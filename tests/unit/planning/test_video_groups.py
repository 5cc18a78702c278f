"""Videos are cut into groups of a limited size, which hardly change when videos are added."""

from pathlib import Path

from corpus.planning.video_groups import cut_into_groups, overlapping_files

IDS = [f"clip{number}" for number in range(2000)]


def test_each_video_is_in_one_group_of_limited_size() -> None:
    groups = cut_into_groups(reversed(IDS), 50)
    assert sorted(video for group in groups.values() for video in group) == sorted(IDS)
    assert max(map(len, groups.values())) <= 50
    assert 2000 / len(groups) > 25, "groups are at least half full on average"
    assert all(group == sorted(group) for group in groups.values())
    assert groups == cut_into_groups(IDS, 50), "the order of the manifest does not matter"


def test_few_videos_are_one_group() -> None:
    assert cut_into_groups(["b", "a"], 2) == {"g": ["a", "b"]}
    assert cut_into_groups([], 2) == {}


def test_a_new_video_changes_only_its_own_group() -> None:
    before = cut_into_groups(IDS, 50)
    for video in ("new1", "new2", "new3"):
        after = cut_into_groups([*IDS, video], 50)
        changed = {name for name in before if after.get(name) != before[name]}
        assert len(changed) == 1
        [name] = changed
        assert all(other.startswith(name) for other in after.keys() - (before.keys() - changed))
        assert cut_into_groups(IDS, 50) == before, "and so does its removal"


def test_records_of_other_cuts_that_shared_videos_are_found(tmp_path: Path) -> None:
    for name in ("g", "g0", "g01", "g011", "g010", "g00", "g1"):
        (tmp_path / f"{name}.json").touch()
    found = {file.stem for file in overlapping_files(tmp_path, "g01")}
    assert found == {"g", "g0", "g011", "g010"}
