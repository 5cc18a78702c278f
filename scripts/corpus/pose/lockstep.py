"""Answer the requests of several followers together, so that a GPU gets large batches."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from corpus.pose.requests import Answer, Request, Steps

AnswerRequests = Callable[[Sequence[Request]], list[Answer]]
"""A function that answers requests, in their order."""


@dataclass(eq=False)
class _Lane:
    """A task that has begun."""

    position: int
    steps: Steps[None]
    requests: Sequence[Request] = field(default_factory=list)

    def advance(self, answers: list | None) -> bool:
        """Go on until the next requests; return False if the task has ended."""
        try:
            self.requests = next(self.steps) if answers is None else self.steps.send(answers)
            return True
        except StopIteration:
            return False


def in_lockstep(answer: AnswerRequests, tasks: Iterable[Steps[None]], width: int) -> Iterator[None]:
    """Run generators of requests, up to `width` of them at the same time.

    Each round answers the next requests of all of them in one call, and is followed by a `yield`.
    The next task begins when one ends, unless an earlier one is far behind: what the tasks produce
    is wanted in their order, and would accumulate in memory.
    """
    waiting = iter(tasks)
    lanes: list[_Lane] = []
    n_begun = 0
    try:
        while True:
            n_begun = _begin_tasks(lanes, waiting, n_begun, width)
            if not lanes:
                return
            answers = answer([request for lane in lanes for request in lane.requests])
            start = 0
            for lane in lanes.copy():
                end = start + len(lane.requests)
                if not lane.advance(answers[start:end]):
                    lanes.remove(lane)
                start = end
            yield
    finally:
        for lane in lanes:
            lane.steps.close()


def _begin_tasks(
    lanes: list[_Lane], waiting: Iterator[Steps[None]], n_begun: int, width: int
) -> int:
    """Begin tasks until `lanes` are full, or their first task is far behind the next one.

    Takes and returns the number of tasks that have begun.
    """
    while len(lanes) < width and not (lanes and n_begun >= lanes[0].position + 2 * width):
        steps = next(waiting, None)
        if steps is None:
            break
        lane = _Lane(n_begun, steps)
        n_begun += 1
        if lane.advance(None):
            lanes.append(lane)
    return n_begun
