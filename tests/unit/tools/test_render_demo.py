"""The demo's clips are the same every time, and their truth is what the pictures show."""

import json

import cv2
import numpy as np
import pytest

import index_frames
import render_demo
from corpus.video.reader import Reader


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    directory = tmp_path_factory.mktemp("demo")
    render_demo.render_all(directory)
    return directory


@pytest.fixture(scope="module")
def known(demo):
    return json.loads((demo / "truth.json").read_text())


def test_rendering_again_gives_the_same_bytes(demo, tmp_path):
    pictures = render_demo.portraits()
    render_demo.render(tmp_path / "hopper.mp4", render_demo.CLIPS["hopper"], pictures)
    assert (tmp_path / "hopper.mp4").read_bytes() == (demo / "hopper.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["hopper.mp4"]


def test_what_is_up_to_date_is_left_alone_and_what_is_missing_is_made(demo, monkeypatch):
    rendered = []
    monkeypatch.setattr(render_demo, "render", lambda path, *_: rendered.append(path.name))
    before = (demo / "truth.json").stat().st_mtime_ns
    render_demo.render_all(demo)
    assert rendered == []
    assert (demo / "truth.json").stat().st_mtime_ns == before
    assert not render_demo.is_current(demo, "another script")
    assert not render_demo.is_current(demo.parent, "")


@pytest.mark.parametrize("clip", render_demo.CLIPS)
def test_cuts_are_found_on_the_frames_they_are_on(demo, known, clip):
    truth = known["clips"][clip]
    found = index_frames.index(demo / f"{clip}.mp4", threshold=27.0)
    assert found.cuts == truth["cuts"]
    assert len(found.times) == truth["n_frames"] == len(truth["frames"])
    assert found.size == (truth["width"], truth["height"])
    assert found.times[-1] == pytest.approx((truth["n_frames"] - 1) / truth["fps"])
    assert (found.broken, found.damage) == (None, None)


@pytest.mark.parametrize("clip", render_demo.CLIPS)
def test_portraits_are_where_the_truth_says(demo, known, clip):
    """Each face, cut from a frame by its affine map, lies over the portrait's to 0.3 pixels."""
    truth = known["clips"][clip]
    faces = {"collins": (168, 50, 112, 136), "hopper": (160, 130, 208, 200)}
    pictures = render_demo.portraits()
    wanted = frozenset(range(0, truth["n_frames"], 15)) | set(truth["cuts"])
    for frame in Reader(demo / f"{clip}.mp4", wanted):
        if frame.image is None:
            continue
        for person, affine in truth["frames"][frame.number].items():
            x, y, width, height = faces[person]
            back = cv2.warpAffine(
                frame.image,
                np.array(affine),
                pictures[person].shape[1::-1],
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            )
            seen, original = (
                cv2.cvtColor(picture[y : y + height, x : x + width], cv2.COLOR_RGB2GRAY)
                for picture in (back, pictures[person])
            )
            (dx, dy), _ = cv2.phaseCorrelate(original.astype(np.float64), seen.astype(np.float64))
            assert abs(dx) < 0.3, (clip, frame.number, person)
            assert abs(dy) < 0.3, (clip, frame.number, person)


def test_heads_never_leave_the_frame_or_their_half(known):
    heads = {"collins": (152, 14, 302, 196), "hopper": (145, 20, 378, 340)}
    for name, clip in known["clips"].items():
        for number, people in enumerate(clip["frames"]):
            for person, affine in people.items():
                corners = np.array(heads[person], float).reshape(2, 2)
                (left, top), (right, bottom) = corners @ np.array(affine)[:, :2].T + [
                    affine[0][2],
                    affine[1][2],
                ]
                middle = clip["width"] / 2 * (len(people) == 2 and left > clip["width"] / 2 - 20)
                assert left >= middle, (name, number, person)
                limit = clip["width"] if len(people) == 1 or middle else clip["width"] / 2
                assert right <= limit, (name, number, person)
                assert top >= 0, (name, number, person)
                assert bottom <= clip["height"], (name, number, person)


def test_who_is_in_the_clips(known):
    people = {
        name: {frozenset(frame) for frame in clip["frames"]}
        for name, clip in known["clips"].items()
    }
    hopper, both = frozenset({"hopper"}), frozenset({"collins", "hopper"})
    assert people == {
        "collins": {frozenset({"collins"})},
        "hopper": {hopper},
        "both": {hopper, both},
    }
