"""Items are processed in several threads, and the results come in order."""

import threading
import weakref

import pytest

from corpus.core.worker_threads import mapped_in_order


class Item:
    """An item that weak references can point to, unlike a number."""

    def __init__(self, number):
        self.number = number


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_results_come_in_order_and_few_items_exist(n_threads):
    alive, most = weakref.WeakSet(), 0

    def items():
        nonlocal most
        for number in range(20):
            item = Item(number)
            alive.add(item)
            most = max(most, len(alive))
            yield item
            del item

    functions = [lambda item: [item]] * n_threads
    numbers = []
    for result in mapped_in_order(functions, items()):
        numbers.append(result.pop().number)
    assert numbers == list(range(20))
    assert most <= n_threads + 1
    assert list(mapped_in_order(functions, [])) == []


def test_each_function_is_in_one_call_at_a_time_and_all_work_at_once():
    all_are_busy = threading.Barrier(3, timeout=10)
    errors = []

    class Worker:
        def __init__(self):
            self.lock = threading.Lock()

        def __call__(self, item):
            if not self.lock.acquire(blocking=False):
                errors.append(item)
            all_are_busy.wait()
            self.lock.release()
            return 2 * item

    assert list(mapped_in_order([Worker() for _ in range(3)], range(9))) == list(range(0, 18, 2))
    assert errors == []


@pytest.mark.parametrize("n_threads", [1, 2, 3])
def test_the_first_exception_comes_at_its_place(n_threads):
    def items():
        yield from (1, 2, 0)
        raise OSError("the disk failed")

    results = mapped_in_order([lambda item: 6 // item] * n_threads, items())
    assert [next(results), next(results)] == [6, 3]
    with pytest.raises(ZeroDivisionError):
        next(results)
    results = mapped_in_order([lambda item: item] * n_threads, items())
    assert [next(results) for _ in range(3)] == [1, 2, 0]
    with pytest.raises(OSError, match="the disk failed"):
        next(results)
    assert list(results) == []


@pytest.mark.fault(
    "interruptions", "Ctrl-C while detect_faces uses several cores", "no further batch is begun"
)
def test_calls_that_have_not_begun_are_omitted_after_an_interruption():
    begun, may_end = [], threading.Event()

    def function(item):
        begun.append(item)
        may_end.wait(10)

    def items():
        yield from range(2)
        may_end.set()
        raise KeyboardInterrupt

    n_before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        list(mapped_in_order([function] * 2, items()))
    assert set(begun) <= {0, 1}
    assert threading.active_count() == n_before


def test_calls_that_have_not_begun_are_omitted_when_it_is_closed():
    begun, may_end = [], threading.Event()

    def function(item):
        begun.append(item)
        if item > 0:
            may_end.wait(10)
        return item

    n_before = threading.active_count()
    results = mapped_in_order([function] * 2, range(1000))
    assert next(results) == 0
    may_end.set()
    results.close()
    assert len(begun) <= 4
    assert threading.active_count() == n_before
