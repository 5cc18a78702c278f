"""Items are prepared ahead in a thread, and come in order."""

import pytest

from corpus.core.prefetching import prefetched


def test_items_come_in_order_and_few_are_made_ahead():
    made = []

    def items():
        for item in range(20):
            made.append(item)
            yield item

    for item in prefetched(items(), 3):
        assert max(made) <= item + 4
    assert made == list(range(20))
    assert list(prefetched([], 2)) == []


def test_an_exception_comes_at_its_place():
    def items():
        yield 1
        yield 2
        raise OSError("the disk failed")

    results = prefetched(items(), 5)
    assert [next(results), next(results)] == [1, 2]
    with pytest.raises(OSError, match="the disk failed"):
        next(results)
    assert list(results) == []


def test_it_can_be_closed_early():
    results = prefetched(range(1000), 2)
    assert next(results) == 0
    results.close()
