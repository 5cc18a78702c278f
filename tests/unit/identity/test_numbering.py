"""Numbers of people."""

import numpy as np

from corpus.identity.numbering import number_people


def test_people_are_numbered_by_time_on_screen():
    labels = np.array([0, 1, 1, 5, 4, 2])
    seconds = np.array([3.0, 1, 1, 5, 2, 3])
    starts = [("b", 0.0), ("a", 1.0), ("b", 2.0), ("c", 0.0), ("c", 1.0), ("a", 5.0)]
    assert number_people(labels, seconds, starts).tolist() == [2, 3, 3, 0, 4, 1]
    assert number_people(labels[:0], seconds[:0], []).tolist() == []
