"""Requests to the networks are answered in batches, as MediaPipe's landmarkers would answer."""

import numpy as np
import pytest

from corpus.pose import requests
from corpus.pose.pose_networks import Networks
from corpus.pose.regions import Region
from corpus.pose.requests import (
    FindBodies,
    FindPalms,
    FoundBody,
    TrackBody,
    TrackedBody,
    TrackedHand,
    TrackHand,
    answer,
    run,
)
from gesturing_figure import figure_with_raised_hands, keypoint_networks
from portraits import model_file, portraits
from reference_landmarkers import reference_bodies, reference_hands

POSE_MODEL, HAND_MODEL = "pose_landmarker_bundled", "hand_landmarker_bundled"
LEFT_HAND, RIGHT_HAND = (310, 100, 430, 240), (210, 100, 330, 240)
"""Boxes around the raised hands of the figure, pixels."""


class FakeNetwork:
    """A network with given outputs for each image, which records the images it was given."""

    def __init__(self, side, **outputs):
        self.side, self.outputs, self.batches = side, outputs, []

    def __call__(self, images):
        assert images.dtype == np.float32
        assert images.shape[1:] == (self.side, self.side, 3)
        self.batches.append(images.copy())
        return {
            name: np.repeat(value[None].astype(np.float32), len(images), axis=0)
            for name, value in self.outputs.items()
        }


def fake_detector(side, count, values, *logits):
    """A detector that finds boxes of a tenth of the image at its first anchors."""
    boxes = np.zeros((count, values))
    boxes[:, 2:4] = side / 10
    boxes[:, 5::2] = -side / 10  # keypoints above the anchor
    boxes[:, 4:6] = 0  # but the first one
    scores = np.full((count, 1), -9.0)
    # Two anchors have the same position: use every second one, far enough apart.
    scores[: 16 * len(logits) : 16, 0] = logits
    return FakeNetwork(side, boxes=boxes, scores=scores)


def fake_networks(*logits):
    body = {"landmarks": np.full(195, 128.0), "presence": np.array([0.9])}
    body |= {"heatmaps": np.full((64, 64, 39), -9.0), "world": np.zeros(117)}
    hand = {"landmarks": np.arange(63), "presence": np.array([0.8])}
    hand |= {"handedness": np.array([0.3]), "world": np.zeros(63)}
    return Networks(
        fake_detector(224, 2254, 12, *logits),
        FakeNetwork(256, **body),
        fake_detector(192, 2016, 18, *logits),
        FakeNetwork(224, **hand),
        "cpu",
    )


def white_image(value=255):
    return np.full((100, 200, 3), value, np.uint8)


def square(x=50.0, y=50.0, side=40.0, rotation=0.0):
    return Region(np.array([x, y]), side, rotation)


def whole(image):
    height, width = image.shape[:2]
    return (0, 0, width, height)


def upright(image):
    height, width = image.shape[:2]
    return Region(np.array([width, height]) / 2, float(max(width, height)), 0.0)


def cut(image, box):
    x1, y1, x2, y2 = box
    return image[y1:y2, x1:x2]


# Batches -----------------------------------------------------------------------------------------


def test_requests_of_one_kind_are_one_batch_and_answers_keep_their_order():
    networks, image = fake_networks(2.0), white_image()
    asked = [
        TrackHand(image, square(rotation=0.5)),
        FindBodies(image, whole(image), 1),
        TrackBody(image, square(20.0)),
        TrackHand(image, square(80.0)),
        FindPalms(image, square(), 1),
        TrackBody(image, square(60.0)),
    ]
    answers = answer(networks, asked)
    assert [type(result) for result in answers] == [
        *(TrackedHand, list, TrackedBody, TrackedHand, list, TrackedBody)
    ]
    sizes = [[len(batch) for batch in network.batches] for network in networks[:4]]
    assert sizes == [[1], [2], [1], [2]]
    assert answers[5].keypoints.points[0, 0] - answers[2].keypoints.points[0, 0] == 40


def test_no_requests_run_no_network():
    networks = fake_networks()
    assert answer(networks, []) == []
    assert all(not network.batches for network in networks[:4])


def test_a_generator_is_sent_its_answers_and_returns_its_result():
    image, seen = white_image(), []

    def follow():
        seen.append((yield [TrackBody(image, square()), TrackHand(image, square())]))
        seen.append((yield []))
        return "result"

    assert run(fake_networks(), follow()) == "result"
    (body, hand), nothing = seen
    assert (body.presence, hand.presence) == (pytest.approx(0.9), pytest.approx(0.8))
    assert nothing == []


def test_a_generator_may_ask_nothing():
    def follow():
        return 7
        yield []

    assert run(fake_networks(), follow()) == 7


# Inputs and outputs ------------------------------------------------------------------------------


def test_networks_get_the_range_of_values_they_expect():
    networks, image = fake_networks(), white_image()
    part, region = (150, 0, 200, 100), square(0.0)  # half black
    answer(
        networks,
        [
            FindBodies(image, part, 1),
            TrackBody(image, region),
            FindPalms(image, region, 1),
            TrackHand(image, region),
        ],
    )
    ranges = [
        (network.batches[0].min(), pytest.approx(network.batches[0].max()))
        for network in networks[:4]
    ]
    assert ranges == [(-1, 1), (pytest.approx(1), 1), (0, 1), (pytest.approx(1), 1)]


def test_the_detector_of_bodies_sees_nothing_around_its_box():
    networks, image = fake_networks(), white_image()
    answer(networks, [FindBodies(image, (80, 0, 120, 100), 1)])
    (crop,) = networks.pose_detector.batches[0]
    columns = crop[112, :, 0]
    assert (columns[:64] == -1).all() and (columns[-66:] == -1).all()
    assert columns[70:154] == pytest.approx(1)


def test_a_body_is_located_in_the_frame():
    (found,) = answer(fake_networks(2.0), [FindBodies(white_image(), (100, 0, 200, 100), 3)])
    (body,) = found
    anchor = 4 / 224 * 100
    assert body.score == pytest.approx(1 / (1 + np.exp(-2)))
    assert body.region.centre == pytest.approx([100 + anchor, anchor], rel=1e-5)
    # Its second keypoint is a tenth of 100 pixels above.
    assert body.region.side == pytest.approx(2 * 10 * 1.25, rel=1e-5)
    assert body.head == pytest.approx(
        np.array([95, -5, 105, 5]) + [anchor, anchor, anchor, anchor], rel=1e-5
    )


def test_a_hand_is_located_in_the_rotated_region():
    region = square(100.0, 50.0, side=80.0, rotation=np.pi / 2)
    (found,) = answer(fake_networks(2.0), [FindPalms(white_image(), region, 1)])
    (palm,) = found
    anchor = 4 / 192 * 80
    # The upper left corner of the region is its upper right corner in the frame, (140, 10).
    # The hand is half a box to the right of the palm: upwards in the region.
    assert palm.region.centre == pytest.approx([140 - anchor + 4, 10 + anchor], rel=1e-5)
    assert palm.region.side == pytest.approx(2.6 * 8, rel=1e-5)
    assert palm.region.rotation == pytest.approx(np.pi / 2)


@pytest.mark.parametrize("kind", [FindBodies, FindPalms])
def test_limit_and_lowest_score_select_detections(kind):
    image = white_image()
    place = whole(image) if kind is FindBodies else upright(image)
    networks = fake_networks(0.1, 2.0, 1.0)

    def scores(**options):
        (found,) = answer(networks, [kind(image, place, **options)])
        return [detection.score for detection in found]

    high, middle, low = (1 / (1 + np.exp(-logit)) for logit in (2.0, 1.0, 0.1))
    assert scores(limit=9, min_score=0.5) == pytest.approx([high, middle, low])
    assert scores(limit=2, min_score=0.5) == pytest.approx([high, middle])
    assert scores(limit=9, min_score=0.6) == pytest.approx([high, middle])


def test_an_answer_does_not_depend_on_other_requests():
    image = figure_with_raised_hands()
    networks = keypoint_networks()
    asked = [
        FindBodies(image, whole(image), 1),
        FindBodies(image, (100, 0, 500, 480), 1),
        FindPalms(image, Region(np.array([270.0, 160.0]), 150.0, 0.0), 1),
    ]
    together = answer(networks, asked)
    alone = [answer(networks, [request])[0] for request in asked]
    assert [values(found) for found in together] == [values(found) for found in alone]
    assert all(together)


def values(found):
    return [
        (*detection.region.centre, detection.region.side, detection.region.rotation)
        for detection in found
    ]


# MediaPipe as the reference ----------------------------------------------------------------------


def assert_points(points, expected):
    """Hands agree to a tenth of a pixel; in depth, which is uncertain, to a pixel."""
    assert points[:, :2] == pytest.approx(expected[:, :2], abs=0.1)
    assert points[:, 2] == pytest.approx(expected[:, 2], abs=1)


def find_and_track_body(image):
    (found,) = yield [FindBodies(image, whole(image), 1)]
    (tracked,) = yield [TrackBody(image, found[0].region)]
    return tracked


def find_and_track_hand(image):
    (found,) = yield [FindPalms(image, upright(image), 1)]
    (tracked,) = yield [TrackHand(image, found[0].region)]
    return tracked


def test_bodies_are_those_of_mediapipe():
    images = [*portraits().values(), figure_with_raised_hands()]  # upright, upright, wide
    for image, (reference,) in zip(
        images, reference_bodies(images, model_file(POSE_MODEL)), strict=True
    ):
        body = run(keypoint_networks(), find_and_track_body(image))
        distance = np.linalg.norm((body.keypoints.points - reference.points)[:, :2], axis=1)
        assert np.median(distance) < 0.1
        assert distance.max() < 1
        assert body.keypoints.points[:, 2] == pytest.approx(reference.points[:, 2], abs=5)
        assert body.keypoints.world == pytest.approx(reference.world, abs=0.003)
        assert body.keypoints.visibility == pytest.approx(reference.visibility, abs=0.01)
        assert body.keypoints.score == pytest.approx(reference.presence, abs=0.01)
        assert body.presence > 0.5


@pytest.fixture
def palm_direction_of_mediapipe(monkeypatch):
    """Turn hands by 27 degrees, as MediaPipe does, see `requests.PALM_DIRECTION`."""
    monkeypatch.setattr(requests, "PALM_DIRECTION", 90.0)


@pytest.mark.usefixtures("palm_direction_of_mediapipe")
def test_hands_are_those_of_mediapipe():
    images = [cut(figure_with_raised_hands(), box) for box in (LEFT_HAND, RIGHT_HAND)]
    for image, (reference,) in zip(
        images, reference_hands(images, model_file(HAND_MODEL)), strict=True
    ):
        hand = run(keypoint_networks(), find_and_track_hand(image))
        assert_points(hand.keypoints.points, reference.points)
        assert hand.keypoints.world == pytest.approx(reference.world, abs=0.001)
        assert hand.keypoints.left == (reference.side == "Left")
        assert hand.keypoints.score == pytest.approx(np.full(21, reference.score), abs=0.01)


def test_two_bodies_are_tracked_as_mediapipe_tracks_them():
    """Followed for three frames: the regions of tracked bodies are those of MediaPipe."""
    figure = figure_with_raised_hands()[:, 160:480]
    image = np.hstack([figure, figure[:, ::-1]])
    frames = [np.roll(image, 2 * shift, axis=0) for shift in range(3)]
    references = reference_bodies(frames, model_file(POSE_MODEL), count=2, video=True)
    networks = keypoint_networks()
    (found,) = answer(networks, [FindBodies(frames[0], whole(image), 2)])
    regions = [body.region for body in found]
    for frame, reference in zip(frames, references, strict=True):
        bodies = answer(networks, [TrackBody(frame, region) for region in regions])
        expected = sorted(body.points[:, :2].tolist() for body in reference)
        actual = sorted(body.keypoints.points[:, :2].tolist() for body in bodies)
        distance = np.linalg.norm(np.array(actual) - expected, axis=2)
        assert distance.shape == (2, 33)
        assert np.median(distance) < 0.1
        # A foot outside the image may or may not be refined by its heat map.
        assert np.percentile(distance, 97) < 1
        regions = [body.next_region for body in bodies]


@pytest.mark.usefixtures("palm_direction_of_mediapipe")
def test_a_hand_is_tracked_as_mediapipe_tracks_it():
    image = cut(figure_with_raised_hands(), LEFT_HAND)
    frames = [np.roll(image, 2 * shift, axis=1) for shift in range(3)]
    networks = keypoint_networks()
    (found,) = answer(networks, [FindPalms(image, upright(image), 1)])
    region = found[0].region
    for frame, (reference,) in zip(
        frames, reference_hands(frames, model_file(HAND_MODEL), video=True), strict=True
    ):
        (hand,) = answer(networks, [TrackHand(frame, region)])
        assert_points(hand.keypoints.points, reference.points)
        region = hand.next_region


def test_a_part_without_a_body_or_hand_has_none():
    image = figure_with_raised_hands()[:, :160]
    found = answer(
        keypoint_networks(),
        [FindBodies(image, whole(image), 4), FindPalms(image, upright(image), 2)],
    )
    assert found == [[], []]


def test_detections_have_the_fields_that_followers_need():
    image = portraits()["collins"]
    (found,) = answer(keypoint_networks(), [FindBodies(image, whole(image), 1)])
    (body,) = found
    assert isinstance(body, FoundBody)
    x1, y1, x2, y2 = body.head
    assert 179 < (x1 + x2) / 2 < 268 and 61 < (y1 + y2) / 2 < 176
