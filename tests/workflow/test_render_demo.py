"""The demo clips are reproducible, and their ground truth agrees with their frames."""

import json

import cv2
import numpy as np
import pytest

import render_demo
from corpus.inputs.settings_videos import Shots
from corpus.video.frame_index import index_frames
from corpus.video.reader import Reader


@pytest.fixture(scope="module")
def truth(demo_clips):
    return json.loads((demo_clips / "truth.json").read_text())


@pytest.mark.parametrize("clip", ["hopper", "hands"])
def test_rendering_again_gives_the_same_bytes(demo_clips, clip, tmp_path):
    file, pictures = tmp_path / f"{clip}.mp4", render_demo.portraits()
    render_demo.render(file, render_demo.CLIPS[clip], pictures)
    assert file.read_bytes() == (demo_clips / file.name).read_bytes()
    assert list(tmp_path.iterdir()) == [file]


def test_clips_that_are_up_to_date_are_not_rendered_again(demo_clips, monkeypatch):
    rendered = []
    monkeypatch.setattr(render_demo, "render", lambda path, *_: rendered.append(path.name))
    before = (demo_clips / "truth.json").stat().st_mtime_ns
    render_demo.render_all(demo_clips)
    assert rendered == []
    assert (demo_clips / "truth.json").stat().st_mtime_ns == before
    assert not render_demo.is_up_to_date(demo_clips, "another script")
    assert not render_demo.is_up_to_date(demo_clips.parent, "")


def test_old_clips_stay_until_all_new_ones_are_rendered(tmp_path, monkeypatch):
    """Another process may render the clips, or read them, at the same time."""
    names = {"truth.json", *(f"{clip}.mp4" for clip in render_demo.CLIPS)}
    for name in names:
        (tmp_path / name).write_text('{"made_by": "old"}')

    def render_until(path, *_, last="hands.mp4"):
        assert {file.read_text() for file in tmp_path.glob("*.mp4")} == {'{"made_by": "old"}'}
        assert path.name != last
        path.write_text("new")

    monkeypatch.setattr(render_demo, "render", render_until)
    with pytest.raises(AssertionError):
        render_demo.render_all(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == names
    assert not render_demo.is_up_to_date(tmp_path, render_demo.source_sha256())
    monkeypatch.setattr(render_demo, "render", lambda *options: render_until(*options, last=""))
    render_demo.render_all(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == names
    assert render_demo.is_up_to_date(tmp_path, render_demo.source_sha256())
    assert (tmp_path / "hands.mp4").read_text() == "new"


@pytest.mark.parametrize("clip", render_demo.CLIPS)
def test_cuts_are_detected_on_the_right_frames(demo_clips, truth, clip):
    expected = truth["clips"][clip]
    threshold = Shots().threshold
    index = index_frames(demo_clips / f"{clip}.mp4", threshold)
    assert [(start.frame, start.kind) for start in index.transitions] == [
        (frame, "cut") for frame in expected["cuts"]
    ]
    assert len(index.times) == expected["n_frames"] == len(expected["frames"])
    assert index.pictures.largest == (expected["width"], expected["height"])
    assert index.times[-1] == pytest.approx((expected["n_frames"] - 1) / expected["fps"])
    assert (index.truncation, index.damage) == (None, None)


@pytest.mark.parametrize("clip", render_demo.CLIPS)
def test_portraits_are_where_the_ground_truth_says(demo_clips, truth, clip):
    """Each face, mapped from a frame back to the portrait, is less than 0.3 pixels off."""
    expected = truth["clips"][clip]
    faces = {"collins": (168, 50, 112, 136), "hopper": (160, 130, 208, 200)}
    pictures = render_demo.portraits()
    sample = frozenset(range(0, expected["n_frames"], 15)) | set(expected["cuts"])
    for frame in Reader(demo_clips / f"{clip}.mp4", sample):
        if frame.image is None:
            continue
        for person, affine in expected["frames"][frame.number].items():
            x, y, width, height = faces[person]
            mapped_back = cv2.warpAffine(
                frame.image,
                np.array(affine),
                pictures[person].shape[1::-1],
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            )
            in_frame, in_portrait = (
                cv2.cvtColor(picture[y : y + height, x : x + width], cv2.COLOR_RGB2GRAY)
                for picture in (mapped_back, pictures[person])
            )
            (dx, dy), _ = cv2.phaseCorrelate(
                in_portrait.astype(np.float64), in_frame.astype(np.float64)
            )
            assert abs(dx) < 0.3, (clip, frame.number, person)
            assert abs(dy) < 0.3, (clip, frame.number, person)


def test_heads_stay_in_the_frame_and_in_their_half(truth):
    heads = {"collins": (152, 14, 302, 196), "hopper": (145, 20, 378, 340)}
    for name, clip in truth["clips"].items():
        for frame_number, people in enumerate(clip["frames"]):
            for person, affine in people.items():
                corners = np.array(heads[person], float).reshape(2, 2)
                (left, top), (right, bottom) = corners @ np.array(affine)[:, :2].T + [
                    affine[0][2],
                    affine[1][2],
                ]
                middle = clip["width"] / 2
                left_limit = middle * (len(people) == 2 and left > middle - 20)
                assert left >= left_limit, (name, frame_number, person)
                right_limit = clip["width"] if len(people) == 1 or left_limit else middle
                assert right <= right_limit, (name, frame_number, person)
                assert top >= 0, (name, frame_number, person)
                assert bottom <= clip["height"], (name, frame_number, person)


def test_clips_show_the_expected_people(truth):
    people = {
        name: {frozenset(frame) for frame in clip["frames"]}
        for name, clip in truth["clips"].items()
    }
    hopper, both_people = frozenset({"hopper"}), frozenset({"collins", "hopper"})
    assert people == {
        "collins": {frozenset({"collins"})},
        "hopper": {hopper},
        "both": {hopper, both_people},
        "hands": {hopper},
    }
