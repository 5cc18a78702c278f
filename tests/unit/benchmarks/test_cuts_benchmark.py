"""The benchmark of the detection of shots counts what was found, missed and false."""

import cuts
import synthetic_videos as videos
from film_truth import Change
from shot_films import Film


def films(folder):
    cut = videos.from_shots(folder / "cut.mp4", [20, 20])
    still = videos.from_shots(folder / "still.mp4", [40])
    return [Film(cut, "cut", [Change(0.8, 0.8)]), Film(still, "lamp", [])]


def test_found_missed_and_false_starts_are_counted(tmp_path):
    detectors = {"right": lambda frames: [20], "none": lambda frames: []}
    results = cuts.measure(films(tmp_path), detectors | {"here": cuts.detect_here})
    assert results["right"]["kinds"]["cut"] == [True]
    assert results["right"]["false"] == ["lamp"]
    assert results["none"]["kinds"]["cut"] == [False]
    assert results["none"]["false"] == []
    assert (results["here"]["kinds"]["cut"], results["here"]["false"]) == ([True], [])


def test_table_has_a_row_for_each_detector(tmp_path):
    results = cuts.measure(films(tmp_path), {"right": lambda frames: [20]})
    header, _, row = cuts.to_markdown(results).splitlines()
    assert header.startswith("| detector | cut | dissolve | fade | wipe | shaped wipe | push |")
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    assert cells[:3] == ["right", "1 / 1", "0 / 0"]
    assert cells[-3:-1] == ["0", "1"]


def test_previous_detectors_find_a_cut_between_unlike_pictures(tmp_path):
    results = cuts.measure(
        films(tmp_path)[:1], {"adaptive": cuts.adaptive, "content": cuts.content}
    )
    assert [result["kinds"]["cut"] for result in results.values()] == [[True], [True]]
