"""The frame is searched in parts, and known people are not found again."""

import numpy as np

from corpus.pose.body_search import distinct_regions, frame_parts, head_box, parts_to_search
from corpus.pose.body_state import Scene
from corpus.pose.regions import Region
from corpus.pose.requests import FoundBody
from corpus.video.reader import Frame
from fake_bodies import fake_body, white_image


def region(x, y, side):
    return Region(np.array([x, y], float), float(side), 0.0)


def detection(score, x, y, side):
    return FoundBody(region(x, y, side), score, np.zeros(4))


def test_parts_cover_the_frame_and_overlap():
    for width, height in ((640, 480), (1920, 1080), (480, 854)):
        whole, *parts = frame_parts(width, height)
        assert whole == (0, 0, width, height)
        assert len(parts) == 13
        for grid in (parts[:4], parts[4:]):
            count = np.zeros((height, width), int)
            for x1, y1, x2, y2 in grid:
                count[y1:y2, x1:x2] += 1
            assert count.min() == 1 and count.max() >= 4


def test_small_frames_have_few_parts():
    assert len(frame_parts(400, 300)) == 5
    assert frame_parts(320, 240) == ((0, 0, 320, 240),)


def test_each_search_has_another_part():
    searched = []
    for n in range(14):
        time_s = round(0.2 * n, 3)
        scene = Scene(
            Frame(n, time_s, white_image(640, 480)), {}, (), [], time_s - 0.04 if n else None
        )
        searched.append(parts_to_search(scene))
    assert searched[0] == list(frame_parts(640, 480))
    assert all(parts[0] == (0, 0, 640, 480) for parts in searched)
    assert {parts[1] for parts in searched[1:]} == set(frame_parts(640, 480)[1:])


def test_detections_of_one_body_in_several_parts_are_one():
    found = [
        detection(0.5, 100, 100, 60),
        detection(0.8, 105, 98, 70),
        detection(0.6, 200, 100, 60),
        detection(0.9, 300, 100, 60),
    ]
    regions = distinct_regions(found, [region(310, 105, 60)])
    assert [list(each.centre) for each in regions] == [[105, 98], [200, 100]]


def test_bodies_of_different_size_at_one_place_are_two():
    found = [detection(0.5, 100, 100, 60), detection(0.8, 100, 100, 130)]
    assert len(distinct_regions(found, [])) == 2


def test_the_head_of_a_body_is_painted_over():
    x1, y1, x2, y2 = head_box(fake_body(200, 60))
    assert (x1 + x2) / 2 == 200 and (y1 + y2) / 2 == 60
    assert 20 < x2 - x1 < 30, "a little more than the face of 20 pixels"
