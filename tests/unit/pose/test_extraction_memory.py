"""Images of a chunk are freed although its keypoints are kept until it is complete."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import synthetic_videos as videos

BENCHMARKS = Path(__file__).resolve().parents[3] / "benchmarks"
SECONDS = 15
PROGRAM = """
import resource
import sys
from pathlib import Path

import chunk_costs
from corpus.pose.chunks import cut_into_chunks
from corpus.pose.extraction import extract_keypoints
from corpus.video.pictures import PictureFormat
from face_tables import frames_table


class NoBoxes:
    def at(self, time_s, shot):
        return {}


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


film = Path(sys.argv[1])
times = chunk_costs.frame_times(film)
extraction = chunk_costs.PlaceholderExtraction(
    film, times, PictureFormat((640, 480)), True, (film, film), "cpu", 0.5, True, NoBoxes()
)
chunks = cut_into_chunks(frames_table(times))
start = peak_mb()
[chunk] = extract_keypoints(extraction, chunks, 1, lambda _: None)
assert len(chunk.frames) == len(times)
print(peak_mb() - start)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="how glibc allocates memory")
def test_memory_does_not_grow_by_the_images_of_a_chunk(tmp_path):
    film = videos.silent(tmp_path / "film.mp4", size="640x480", seconds=SECONDS)
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, film],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(BENCHMARKS), *sys.path])},
        stdout=subprocess.PIPE,
        check=True,
    )
    images_mb = SECONDS * 25 * 640 * 480 * 3 / 1e6
    assert float(run.stdout) < images_mb / 3
