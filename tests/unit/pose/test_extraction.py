"""Keypoints of chunks are those of the whole video, for any number of chunks at a time."""

import numpy as np
import pytest

import synthetic_videos as videos
from corpus.pose.chunks import cut_into_chunks
from corpus.pose.extraction import extract_keypoints
from corpus.pose.keypoint_rows import keypoint_rows
from face_tables import frames_table
from fake_extraction import fake_extraction

SIZE = (160, 120)
CHUNK_S, WARM_UP_S, RUN_OUT_S = 0.6, 0.2, 0.1


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """Two seconds with a keyframe every half second."""
    return videos.plain(tmp_path_factory.mktemp("clip") / "clip.mp4")


def chunks_of(extraction, shots=None, per_chunk_s=CHUNK_S, every=1):
    frames = frames_table(extraction.times, shots)[::every]
    return cut_into_chunks(frames, per_chunk_s, WARM_UP_S, RUN_OUT_S)


def rows_of(extraction, chunks, threads=1, group_s=0.0):
    """All rows of the keypoints, and the numbers of the frames and of the chunks."""
    counts = []
    results = list(extract_keypoints(extraction, chunks, threads, counts.append, group_s))
    frames = [frame for chunk in results for frame in chunk.frames]
    assert sum(counts) == len(frames)
    rows = [
        [keypoint_rows(frame) for frame in [*chunk.warm_up, *chunk.frames, *chunk.run_out]]
        for chunk in results
    ]
    return rows, [frame.number for frame in frames], [chunk.number for chunk in results]


def test_a_chunk_equals_the_extraction_without_chunks(clip):
    extraction = fake_extraction(clip, SIZE)
    chunks = chunks_of(extraction)
    assert len(chunks) == 4 and [chunk.n_warm_up for chunk in chunks] == [0, 5, 5, 5]
    [whole] = extract_keypoints(extraction, chunks_of(extraction, None, 99.0), 1, lambda _: None)
    parts = list(extract_keypoints(extraction, chunks, 1, lambda _: None))
    rows = [keypoint_rows(frame) for chunk in parts for frame in chunk.frames]
    assert rows == [keypoint_rows(frame) for frame in whole.frames]
    assert [len(part.warm_up) for part in parts] == [0, 5, 5, 5]
    assert [len(part.run_out) for part in parts] == [2, 2, 2, 0]


@pytest.mark.parametrize("suffix", ["mp4", "mpg"])
def test_keypoints_do_not_depend_on_groups_and_lanes(tmp_path, suffix):
    clip = videos.plain(tmp_path / f"clip.{suffix}")
    shots = np.repeat([0, 1, 2], [30, 3, 17])
    chunks = chunks_of(fake_extraction(clip, SIZE), shots)
    expected = rows_of(fake_extraction(clip, SIZE), chunks)
    assert expected[1:] == (list(range(50)), list(range(5)))
    for lanes, group_s in ((1, 99.0), (2, 0.0), (3, 0.5), (16, 0.0)):
        extraction = fake_extraction(clip, SIZE, lanes=lanes)
        assert rows_of(extraction, chunks, group_s=group_s) == expected, lanes


def test_a_sample_of_the_frames_is_extracted(clip):
    extraction = fake_extraction(clip, SIZE)
    chunks = chunks_of(extraction, every=3)
    expected = rows_of(extraction, chunks)
    assert expected[1] == list(range(0, 50, 3))
    assert rows_of(fake_extraction(clip, SIZE, lanes=2), chunks) == expected


def test_a_video_without_frames_has_no_keypoints(clip):
    assert list(extract_keypoints(fake_extraction(clip, SIZE), [], 4, lambda _: None)) == []


def test_chunks_whose_frames_cannot_be_decoded_are_empty(clip):
    extraction = fake_extraction(clip, SIZE)
    times = np.append(extraction.times, [2.0, 3.0, 4.0])
    chunks = chunks_of(fake_extraction(clip, SIZE, times=times))
    rows, frames, numbers = rows_of(extraction, chunks)
    assert frames == list(range(50))
    assert numbers == list(range(len(chunks)))
