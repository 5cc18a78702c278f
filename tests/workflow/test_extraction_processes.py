"""Keypoints do not depend on the number of processes that extract them, and errors are reported."""

import pytest

import synthetic_videos as videos
from corpus.core.errors import ModelError
from corpus.pose.chunks import cut_into_chunks
from corpus.pose.extraction import extract_keypoints
from corpus.pose.keypoint_rows import keypoint_rows
from face_tables import frames_table
from fake_extraction import fake_extraction

SIZE = (160, 120)


def rows_of(extraction, threads):
    """Rows of all keypoints, with those of warm-ups, of chunks of 0.6 s with warm-ups of 0.2 s."""
    chunks = cut_into_chunks(frames_table(extraction.times), 0.6, 0.2)
    counts = []
    results = extract_keypoints(extraction, chunks, threads, counts.append, group_s=0.0)
    frames = [frame for chunk in results for frame in [*chunk.warm_up, *chunk.frames]]
    assert sum(counts) == len(extraction.times)
    return [keypoint_rows(frame) for frame in frames]


@pytest.mark.parametrize("suffix", ["mp4", "mpg"])
def test_keypoints_do_not_depend_on_the_number_of_processes(tmp_path, suffix):
    clip = videos.plain(tmp_path / f"clip.{suffix}")
    expected = rows_of(fake_extraction(clip, SIZE), 1)
    assert rows_of(fake_extraction(clip, SIZE), 3) == expected
    assert rows_of(fake_extraction(clip, SIZE, lanes=2), 2) == expected


@pytest.mark.fault(
    "interruptions", "a worker process of extract_keypoints fails", "its one line is the job's"
)
def test_an_error_in_a_process_is_that_of_one_process(tmp_path):
    clip = videos.plain(tmp_path / "clip.mp4")
    for threads in (1, 2):
        with pytest.raises(ModelError) as error:
            rows_of(fake_extraction(clip, SIZE, faulty_frame=31), threads)
        assert str(error.value) == "frame 31 does not please the model"
