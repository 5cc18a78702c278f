"""Extraction on a GPU, with PyTorch's CPU in its place: the same keypoints as with LiteRT."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

import synthetic_videos
from corpus.core.torch_setup import torch_device
from corpus.networks.torch_network import TorchNetwork
from corpus.pose import extraction
from corpus.pose.chunks import cut_into_chunks
from corpus.pose.extraction import Extraction
from corpus.pose.keypoint_rows import keypoint_rows
from corpus.pose.pose_networks import MEMBERS, Networks, read_members
from corpus.video.pictures import PictureFormat
from face_tables import faces_table, frames_table, track_boxes
from portraits import FACE_BOXES, model_file, portraits
from synthetic_videos import reader_times

N_FRAMES, FRAMES_PER_SECOND = 8, 10
FIRST_FRAMES = [0, 4]
"""First frames of the two chunks."""


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person who moves to the right."""
    person = portraits()["hopper"][:600]
    images = [np.pad(person, ((0, 0), (40 + 3 * n, 80 - 3 * n), (0, 0))) for n in range(N_FRAMES)]
    images = [cv2.resize(image, (320, 300), interpolation=cv2.INTER_AREA) for image in images]
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    return synthetic_videos.from_pictures(
        path, images, range(N_FRAMES), Fraction(1, FRAMES_PER_SECOND)
    )


def networks_of_gpu(pose: Path, hand: Path, device: str) -> Networks:
    """The networks of a GPU with PyTorch on the CPU, and batches of two images."""
    files, processor = read_members(pose, hand), torch_device("cpu")
    opened = {
        name: TorchNetwork(files[name], member.outputs, processor, batch_size=2)
        for name, member in MEMBERS.items()
    }
    return Networks(**opened, device=device)


def keypoints(clip: Path, device: str) -> pd.DataFrame:
    """Keypoints of the clip, extracted in two chunks without warm-ups."""
    box = (FACE_BOXES["hopper"] + [40, 0, 40, 0]) * 0.5
    rows = [
        (n, n / FRAMES_PER_SECOND, 0, 0, box + np.array([1.5, 0, 1.5, 0]) * n)
        for n in range(0, N_FRAMES, 2)
    ]
    job = Extraction(
        video=clip,
        times=np.array(reader_times(clip)),
        picture=PictureFormat((320, 300)),
        may_seek=True,
        models=(model_file("pose_landmarker_bundled"), model_file("hand_landmarker_bundled")),
        device=device,
        confidence=0.5,
        full_frame=False,
        track_boxes=track_boxes(faces_table(*rows), N_FRAMES / FRAMES_PER_SECOND),
    )
    chunks = cut_into_chunks(frames_table(job.times), 0.4, 0.0, 0.0)
    assert [chunk.frames[0] for chunk in chunks] == FIRST_FRAMES
    results = extraction.extract_keypoints(job, chunks, 1, lambda _: None, group_s=0.0)
    frames = [frame for chunk in results for frame in chunk.frames]
    return pd.concat([pd.DataFrame(keypoint_rows(frame)) for frame in frames], ignore_index=True)


def test_keypoints_on_a_gpu_are_those_of_the_cpu(clip: Path, monkeypatch) -> None:
    expected = keypoints(clip, "cpu")
    monkeypatch.setattr(extraction, "open_networks", networks_of_gpu)
    result = keypoints(clip, "cuda")
    names = ["frame", "track", "part", "keypoint"]
    assert result[names].equals(expected[names])
    assert set(expected["frame"]) == set(range(N_FRAMES))
    is_visible = expected["visibility"] > 0.5
    difference = (result[["x", "y"]] - expected[["x", "y"]]).abs().max(axis=1)[is_visible]
    largest = difference.groupby(expected["frame"][is_visible]).max()
    assert largest[FIRST_FRAMES].max() < 0.1
    # A region between two places of the grid may be rounded to one or the other.
    assert (largest < 0.1).mean() >= 0.75
    assert keypoints(clip, "cuda").equals(result), "the same numbers in two runs"
