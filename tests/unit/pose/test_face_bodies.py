"""The body of a face is looked for below the face, then detected around it."""

import numpy as np

from corpus.pose.body_state import Scene
from corpus.pose.face_bodies import face_region, find_bodies_of_faces
from corpus.pose.requests import FindBodies, FoundBody, TrackBody, TrackedBody
from corpus.video.reader import Frame
from fake_bodies import face_box, fake_body, white_image
from fake_body_networks import FakeBodyNetworks, body_region

BODY, STRANGER = fake_body(200, 60), fake_body(260, 60)
FACE = face_box(BODY)
SCENE = Scene(Frame(0, 0.0, white_image()), {0: FACE}, (), [], None)


class ScriptedNetworks(FakeBodyNetworks):
    """Answers the requests to follow a body with these bodies, in this order."""

    def __init__(self, *tracked, detected=()):
        super().__init__()
        self.tracked, self.detected = iter(tracked), list(detected)

    def _answer(self, request):
        if isinstance(request, FindBodies):
            return self.detected
        body = next(self.tracked)
        return TrackedBody(body or BODY, 0.9 if body else 0.1, body_region(body or BODY))


def find(networks):
    return networks.run(find_bodies_of_faces(SCENE, [0], 0.5))


def test_the_region_is_below_the_face():
    region = face_region(np.array([90.0, 40, 110, 60]))
    assert region.centre.tolist() == [100, 116] and region.side == 216 and region.rotation == 0


def test_a_body_below_the_face_needs_no_detector():
    networks = ScriptedNetworks(BODY, BODY)
    (body,) = find(networks)
    assert body.keypoints is BODY and body.number == 0 and body.face is FACE
    assert [type(request) for request in networks.requests] == [TrackBody, TrackBody]


def test_a_region_that_moves_on_to_somebody_else_is_kept():
    (body,) = find(ScriptedNetworks(BODY, STRANGER))
    assert body.keypoints is BODY
    assert np.allclose(body.region.centre, face_region(FACE).centre)


def test_the_detector_is_asked_if_there_is_no_body_below_the_face():
    nearest = FoundBody(body_region(BODY), 0.6, FACE + 2)
    other = FoundBody(body_region(STRANGER), 0.9, face_box(STRANGER))
    networks = ScriptedNetworks(None, STRANGER, BODY, BODY, detected=[other, nearest])
    (body,) = find(networks)
    assert body.keypoints is BODY
    assert networks.requests[3].region is nearest.region, "that with its head nearest to the face"
    boxes = [request.box for request in networks.requests if isinstance(request, FindBodies)]
    assert boxes == [(100, 20, 300, 210)]


def test_a_narrower_crop_is_searched_last():
    networks = ScriptedNetworks(None, None)
    assert find(networks) == []
    boxes = [request.box for request in networks.requests if isinstance(request, FindBodies)]
    assert boxes == [(100, 20, 300, 210), (140, 30, 260, 150)]
