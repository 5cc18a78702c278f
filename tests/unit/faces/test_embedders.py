"""Values of clustering.same_person that were set for an earlier version are noticed."""

import pytest

from corpus.faces.embedders import EMBEDDERS, unusual_distance


@pytest.mark.parametrize("name", EMBEDDERS)
def test_the_value_of_the_embedder_and_values_near_it_give_no_warning(name: str) -> None:
    usual = EMBEDDERS[name].same_person
    for same_person in (None, usual, 0.9 * usual, 1.1 * usual):
        assert unusual_distance(name, same_person) is None


@pytest.mark.fault(
    "changes",
    "clustering.same_person of an earlier version, where it was a merging distance",
    "a warning names the key, its meaning and what to do",
)
@pytest.mark.parametrize(
    ("same_person", "result"),
    [(0.35, "one person becomes several"), (1.04, "several people become one")],
)
def test_a_value_far_from_it_gives_a_warning(same_person: float, result: str) -> None:
    warning = unusual_distance("dlib", same_person)
    assert warning is not None
    assert warning.startswith(f"clustering.same_person: {same_person:g} is far from 0.63")
    assert result in warning
    assert warning.endswith("Remove it, or fit it with benchmarks/calibration.py")
