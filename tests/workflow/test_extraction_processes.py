"""Keypoints do not depend on the number of processes that extract them, and errors are reported."""

import pandas as pd
import pytest

import synthetic_videos as videos
from corpus.core.errors import ModelError
from corpus.pose.chunks import cut_into_chunks
from corpus.pose.extraction import extract_keypoints
from corpus.pose.keypoint_rows import keypoint_rows
from corpus.privacy.erased_heads import ErasedHeads
from face_tables import frames_table
from fake_extraction import fake_extraction
from synthetic_videos import reader_times

SIZE = (160, 120)


def rows_of(extraction, threads):
    """Rows of all keypoints, with those of warm-ups, of chunks of 0.6 s with warm-ups of 0.2 s."""
    chunks = cut_into_chunks(frames_table(extraction.times), 0.6, 0.2, 0.1)
    counts = []
    results = extract_keypoints(extraction, chunks, threads, counts.append, group_s=0.0)
    parts = [part for chunk in results for part in (chunk.warm_up, chunk.frames, chunk.run_out)]
    assert sum(counts) == len(extraction.times)
    return [keypoint_rows(frame) for part in parts for frame in part]


def test_erased_people_are_known_to_all_processes(tmp_path):
    clip = videos.plain(tmp_path / "clip.mp4")
    frames = frames_table(reader_times(clip))
    # The head of the body without a face, in the last second.
    covers = pd.DataFrame({"cover": 0, "frame": range(25, 50), "known_by": "face"})
    covers = covers.assign(time_s=frames["time_s"][25:].to_numpy(), x1=180, y1=40, x2=230, y2=80)
    erased = ErasedHeads(covers, frames[25:])
    expected = rows_of(fake_extraction(clip, SIZE, erased=erased), 1)
    assert rows_of(fake_extraction(clip, SIZE, erased=erased), 2) == expected
    seen = {
        (frame, track)
        for row in expected
        for frame, track in zip(row["frame"], row["track"], strict=True)
    }
    assert {frame for frame, track in seen if track == -1} == set(range(25))
    assert {frame for frame, track in seen if track == 0} == set(range(50))


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
