"""Bodies without a face keep their number across the borders of chunks."""

from corpus.pose.chunk_extraction import ChunkKeypoints
from corpus.pose.chunk_joining import join_chunks
from corpus.pose.confirmed_bodies import keep_confirmed_bodies
from corpus.pose.keypoints import FrameKeypoints
from fake_bodies import fake_body

FPS = 10
LEFT, MIDDLE, RIGHT = 60.0, 200.0, 340.0


def chunk(number, warm_up, frames, *people, shot=0, run_out=()):
    """A chunk with frames, and frames of a warm-up and a run-out: ranges of numbers.

    `people` are (track, position, frames) of bodies.
    """

    def keypoints(frame_numbers):
        return [
            FrameKeypoints(
                frame,
                frame / FPS,
                shot,
                {
                    track: {"pose": fake_body(position + frame, 60)}
                    for track, position, seen in people
                    if frame in seen
                },
            )
            for frame in frame_numbers
        ]

    return ChunkKeypoints(number, shot, keypoints(warm_up), keypoints(frames), keypoints(run_out))


def positions(frames):
    """{track: {position: numbers of frames}}; the position is that of frame 0."""
    found = {}
    for frame in frames:
        for track, parts in frame.people.items():
            position = round(parts["pose"].points[0, 0] - frame.number)
            found.setdefault(track, {}).setdefault(position, []).append(frame.number)
    return found


ALWAYS = range(1000)
FIRST, SECOND = (range(0, 0), range(0, 20)), (range(10, 20), range(20, 40))


def test_a_body_in_two_chunks_keeps_its_number():
    joined = list(
        join_chunks(
            [
                chunk(0, *FIRST, (-1, LEFT, ALWAYS), (-2, RIGHT, ALWAYS)),
                # In the next chunk, their numbers are exchanged.
                chunk(1, *SECOND, (-1, RIGHT, ALWAYS), (-2, LEFT, ALWAYS)),
            ]
        )
    )
    assert [frame.number for frame in joined] == list(range(40))
    assert positions(joined) == {
        -1: {LEFT: list(range(40))},
        -2: {RIGHT: list(range(40))},
    }


def test_numbers_follow_the_first_appearance_and_are_not_used_again():
    joined = join_chunks(
        [
            chunk(0, *FIRST, (-3, LEFT, range(4, 9)), (-5, RIGHT, range(2, 9))),
            chunk(1, *SECOND, (-1, MIDDLE, range(30, 40))),
            chunk(2, range(0), range(40, 50), (-1, MIDDLE, ALWAYS), shot=1),
        ]
    )
    assert positions(joined) == {
        -1: {RIGHT: list(range(2, 9))},
        -2: {LEFT: list(range(4, 9))},
        -3: {MIDDLE: list(range(30, 40))},
        -4: {MIDDLE: list(range(40, 50))},
    }


def test_a_body_whose_face_was_seen_before_the_warm_up_keeps_its_track():
    joined = join_chunks(
        [
            chunk(0, *FIRST, (7, LEFT, ALWAYS), (-1, RIGHT, ALWAYS)),
            chunk(1, *SECOND, (-1, RIGHT, ALWAYS), (-2, LEFT, ALWAYS)),
        ]
    )
    assert positions(joined) == {7: {LEFT: list(range(40))}, -1: {RIGHT: list(range(40))}}


def test_a_track_that_is_beside_the_body_is_somebody_else():
    joined = join_chunks(
        [
            chunk(0, *FIRST, (7, LEFT, ALWAYS)),
            chunk(1, *SECOND, (-1, LEFT, ALWAYS), (7, MIDDLE, range(30, 40))),
        ]
    )
    assert positions(joined) == {
        7: {LEFT: list(range(20)), MIDDLE: list(range(30, 40))},
        -1: {LEFT: list(range(20, 40))},
    }


def test_one_body_does_not_get_the_number_of_another_that_passes_by():
    """The bodies agree in only a few frames of the warm-up."""
    joined = join_chunks(
        [
            chunk(0, *FIRST, (-1, LEFT, range(13)), (-2, RIGHT, range(13, 20))),
            chunk(1, *SECOND, (-1, RIGHT, ALWAYS)),
        ]
    )
    assert positions(joined) == {
        -1: {LEFT: list(range(13))},
        -2: {RIGHT: list(range(13, 40))},
    }


def test_a_body_that_appears_near_a_border_is_recognised_in_the_run_out():
    """A body counts only after some time, so that the chunk after does not see it earlier."""
    joined = join_chunks(
        [
            chunk(0, *FIRST, (-4, LEFT, range(18, 25)), run_out=range(20, 25)),
            chunk(1, *SECOND, (-1, LEFT, range(22, 40)), (-2, RIGHT, range(22, 40))),
        ]
    )
    assert positions(joined) == {
        -1: {LEFT: [18, 19, *range(22, 40)]},
        -2: {RIGHT: list(range(22, 40))},
    }


def test_a_body_that_is_seen_on_both_sides_of_a_border_is_confirmed_by_its_whole_time():
    def chunks(end):
        return [
            chunk(0, *FIRST, (-1, LEFT, range(18, 20))),
            chunk(1, *SECOND, (-1, LEFT, range(18, end))),
        ]

    for end, is_confirmed in ((22, False), (23, True)):
        kept = positions(keep_confirmed_bodies(join_chunks(chunks(end))))
        assert kept == ({-1: {LEFT: list(range(18, end))}} if is_confirmed else {})


def test_chunks_are_joined_one_at_a_time():
    def chunks():
        yield chunk(0, *FIRST, (-1, LEFT, ALWAYS))
        raise AssertionError("the next chunk is read after the frames of the first")

    frames = join_chunks(chunks())
    assert [next(frames).number for _ in range(20)] == list(range(20))
    assert list(join_chunks([])) == []
