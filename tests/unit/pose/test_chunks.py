"""A video is cut into chunks by shot and time; every frame is in one of them."""

import numpy as np
import pytest

from corpus.pose.chunks import CHUNK_S, RUN_OUT_S, WARM_UP_S, cut_into_chunks, group_chunks
from corpus.video.frame_sampling import sample_frames
from face_tables import frames_table


def kept(chunk):
    """The frames of a chunk whose keypoints are kept."""
    return chunk.kept_frames.tolist()


def test_a_short_shot_is_one_chunk():
    [chunk] = cut_into_chunks(frames_table(np.arange(50) / 25))
    assert (chunk.number, chunk.shot, chunk.n_warm_up, chunk.n_run_out) == (0, 0, 0, 0)
    assert chunk.frames.tolist() == list(range(50))


def test_a_long_shot_is_cut_into_equal_parts_with_warm_ups_and_run_outs():
    frames = frames_table(100 + np.arange(25 * 150) / 25)
    chunks = cut_into_chunks(frames)
    assert [len(kept(chunk)) for chunk in chunks] == [1250, 1250, 1250]
    assert [number for chunk in chunks for number in kept(chunk)] == list(range(3750))
    assert [chunk.n_warm_up for chunk in chunks] == [0, 50, 50]
    for chunk in chunks[1:]:
        assert chunk.times[chunk.n_warm_up] - chunk.times[0] == pytest.approx(WARM_UP_S)
    assert [chunk.n_run_out for chunk in chunks] == [27, 27, 0]
    for chunk in chunks[:-1]:
        assert 0 <= RUN_OUT_S - (chunk.times[-1] - chunk.times[-28]) < 0.04


def test_chunks_and_warm_ups_do_not_cross_cuts():
    shots = np.repeat([0, 1, 2], [30, 20, 2000])
    chunks = cut_into_chunks(frames_table(np.arange(2050) / 25, shots))
    assert [chunk.shot for chunk in chunks] == [0, 1, 2, 2]
    assert [chunk.frames[0] for chunk in chunks] == [0, 30, 50, 1000]
    assert [chunk.number for chunk in chunks] == [0, 1, 2, 3]
    for chunk in chunks:
        assert set(shots[chunk.frames]) == {chunk.shot}


def test_parts_have_nearly_equal_lengths_at_any_frame_rate():
    random = np.random.default_rng(1)
    for length_s in (59.9, 61, 119, 200, 3601):
        times = np.sort(random.uniform(0, length_s, round(12 * length_s)))
        chunks = cut_into_chunks(frames_table(times))
        lengths = [times[kept(chunk)[-1]] - times[kept(chunk)[0]] for chunk in chunks]
        assert max(lengths) <= CHUNK_S
        assert min(lengths) > 0.97 * max(lengths)


def test_parts_of_a_frozen_picture_without_frames_are_left_out():
    chunks = cut_into_chunks(frames_table([0.0, 0.04, 3600.0, 3600.04]))
    assert [kept(chunk) for chunk in chunks] == [[0, 1], [2, 3]]
    assert [chunk.n_warm_up for chunk in chunks] == [0, 0]


def test_sampled_frames_are_cut_by_time():
    frames = sample_frames(frames_table(np.arange(25 * 100) / 25), 2)
    chunks = cut_into_chunks(frames)
    assert [len(kept(chunk)) for chunk in chunks] == [100, 100]
    assert [chunk.n_warm_up for chunk in chunks] == [0, 4]
    assert [chunk.n_run_out for chunk in chunks] == [2, 0]


def test_a_video_without_frames_has_no_chunks():
    assert cut_into_chunks(frames_table([])) == []
    assert group_chunks([]) == []


def test_short_shots_are_grouped_and_long_ones_stay_alone():
    shots = np.repeat(range(31), [*[250] * 30, 3000])
    chunks = cut_into_chunks(frames_table(np.arange(10500) / 25, shots))
    groups = group_chunks(chunks)
    assert [len(group) for group in groups] == [5, 6, 5, 5, 5, 4, 1, 1]
    assert [chunk for group in groups for chunk in group] == chunks


@pytest.mark.parametrize("seconds", [61, 65, 125, 185])
def test_groups_are_about_equally_long(seconds):
    """Otherwise a core that was requested would be idle."""
    shots = np.arange(25 * seconds) // 70
    groups = group_chunks(cut_into_chunks(frames_table(np.arange(25 * seconds) / 25, shots)))
    lengths = [sum(chunk.length_s for chunk in group) for group in groups]
    assert len(groups) == -(-seconds // 60)
    assert max(lengths) - min(lengths) < 3.5
