"""Join the keypoints of chunks: bodies without a face keep their number across the borders.

Each chunk numbers its bodies without a face on its own. The warm-up of a chunk shows frames of the
chunk before, and the run-out of that one shows frames of this chunk, so that a body that both of
them see is recognised.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from corpus.pose.bodies import same_body
from corpus.pose.chunk_extraction import ChunkKeypoints
from corpus.pose.confirmed_bodies import renumber
from corpus.pose.keypoints import FrameKeypoints, PeopleKeypoints


def join_chunks(chunks: Iterable[ChunkKeypoints]) -> Iterator[FrameKeypoints]:
    """Yield the frames of successive chunks; bodies without a face have numbers of the video.

    The numbers are -1, -2, ... in the order of first appearance. Frames of warm-ups and
    run-outs are left out.
    """
    n_numbers = 0
    previous: Mapping[int, PeopleKeypoints] = {}
    for chunk in chunks:
        numbers = _number_as_before(chunk, previous)
        for frame in chunk.frames:
            for number in sorted((track for track in frame.people if track < 0), reverse=True):
                if number not in numbers:
                    n_numbers += 1
                    numbers[number] = -n_numbers
        renumbered = [renumber(frame, numbers) for frame in chunk.frames]
        yield from renumbered
        run_out = [renumber(frame, numbers) for frame in chunk.run_out]
        previous = {frame.number: frame.people for frame in [*renumbered, *run_out]}


def _number_as_before(
    chunk: ChunkKeypoints, previous: Mapping[int, PeopleKeypoints]
) -> dict[int, int]:
    """Numbers in the chunk before of bodies without a face, by their numbers in this chunk.

    A body is the one of the chunk before that agrees with it in most of the frames of both chunks
    that show both bodies. That one may have the number of a face track: its face was seen before
    the warm-up. `previous` are the people of the chunk before, by frame.
    """
    agreeing, common = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for frame in [*chunk.warm_up, *chunk.frames[: len(previous)]]:
        for number, parts in frame.people.items():
            for other, other_parts in previous.get(frame.number, {}).items():
                if number < 0:
                    common[number, other] += 1
                    agreeing[number, other] += same_body(parts["pose"], other_parts["pose"])
    pairs = [pair for pair in agreeing if 2 * agreeing[pair] > common[pair]]
    together = {
        (number, other)
        for frame in chunk.frames
        for number in frame.people
        for other in frame.people
    }
    numbers: dict[int, int] = {}
    for number, other in sorted(pairs, key=lambda pair: (-agreeing[pair], -pair[0], -pair[1])):
        is_taken = number in numbers or other in numbers.values()
        if not (is_taken or (other >= 0 and (number, other) in together)):
            numbers[number] = other
    return numbers
