"""Bodies are followed from frame to frame, with and without a face."""

import numpy as np
import pytest

from corpus.pose import body_following, body_looks
from corpus.pose.body_following import BodyFollower
from corpus.pose.body_state import FRESH_INTERVAL_S
from corpus.pose.chunks import WARM_UP_S
from corpus.pose.regions import Region
from corpus.pose.requests import FindBodies, TrackBody
from corpus.video.reader import Frame
from face_tables import FPS, faces_table, track_boxes
from fake_bodies import face_box, fake_body, white_image
from fake_body_networks import FakeBodyNetworks, body_region

NO_FACES = track_boxes(faces_table(), 99.0)


class Film:
    """Follows fake bodies through successive frames.

    Attributes
    ----------
    networks
        Its `bodies` are those in the picture.
    things
        Those of the bodies that are not people: looks at them do not succeed.
    picture
        The pixels of each frame.
    """

    def __init__(self, monkeypatch, *bodies, faces=NO_FACES, fps=FPS, full_frame=True):
        self.networks, self.things, self.fps = FakeBodyNetworks(*bodies), [], fps
        self.follower = BodyFollower(faces, 0.5, full_frame)
        self.frame_number, self.picture = 0, white_image()
        monkeypatch.setattr(body_looks, "score_of_look", self.score_of_look)

    def score_of_look(self, found, region, look, shape):
        assert found == []
        centres = [
            body_region(body).centre
            for body in self.networks.bodies
            if not any(body is thing for thing in self.things)
        ]
        is_near = any(np.linalg.norm(centre - region.centre) < 5 for centre in centres)
        return 0.9 if is_near else None

    def show(self, *bodies, shot=0):
        """Follow the next frame, which shows these bodies; returns the bodies by number."""
        if bodies:
            self.networks.bodies = list(bodies)
        self.networks.requests.clear()
        frame = Frame(self.frame_number, self.frame_number / self.fps, self.picture)
        self.frame_number += 1
        return self.networks.run(self.follower.follow(frame, shot))

    def show_frames(self, count, shot=0):
        """The numbers in each of the next frames."""
        return [list(self.show(shot=shot)) for _ in range(count)]

    def n_requests(self, kind):
        """Number of requests of a kind in the last frame."""
        return sum(isinstance(request, kind) for request in self.networks.requests)


def faces_of(body, start, end, track=0, others=()):
    """Boxes of a track whose face is that of a body from one frame to another."""
    rows = [(n, n / FPS, 0, track, face_box(body)) for n in range(start, end + 1, 5)]
    return track_boxes(faces_table(*rows, *others), 99.0)


# Bodies with a face ------------------------------------------------------------------------------


def test_a_face_says_where_the_body_is_and_then_the_frame_before(monkeypatch):
    body = fake_body(200, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 100), full_frame=False)
    assert film.show() == {0: body}
    assert (film.n_requests(TrackBody), film.n_requests(FindBodies)) == (2, 0)
    for step in range(1, 10):
        moved = fake_body(200 + 0.5 * step, 60)
        assert film.show(moved) == {0: moved}
        assert (film.n_requests(TrackBody), film.n_requests(FindBodies)) == (1, 0)


def regions_from(start, monkeypatch):
    """The regions by frame in which a body is looked for, if the extraction begins at `start`.

    The suggested regions amplify the differences of the regions before, as those of the networks.
    """
    body = fake_body(200, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 100), full_frame=False)
    film.networks.reaction, film.frame_number = 1.0, start
    regions = {}
    for frame in range(start, 80):
        film.show()
        regions[frame] = [request.region for request in film.networks.requests]
    return regions


def test_regions_do_not_depend_on_the_first_frame_for_long(monkeypatch):
    early, late = regions_from(0, monkeypatch), regions_from(19, monkeypatch)
    forgotten = round(FRESH_INTERVAL_S * FPS)
    assert any(repr(early[frame]) != repr(late[frame]) for frame in range(20, forgotten))
    for frame in range(forgotten + 1, 80):
        assert repr(early[frame]) == repr(late[frame]), frame
    assert WARM_UP_S >= 2 * FRESH_INTERVAL_S, "a warm-up contains a fresh region at any frame rate"


def test_a_body_that_is_lost_is_searched_at_once_and_then_in_intervals(monkeypatch):
    body, far_away = fake_body(200, 60), fake_body(30, 200)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 100), full_frame=False)
    film.show()
    searches = []
    for _ in range(20):
        assert film.show(far_away) == {}
        searches.append(film.n_requests(FindBodies))
    assert searches[0] > 0
    assert sum(count > 0 for count in searches) <= 1 + 20 / FPS / 0.2
    for _ in range(6):
        people = film.show(body)
    assert people == {0: body}


def test_the_body_of_a_face_keeps_its_nose_in_the_face(monkeypatch):
    body = fake_body(200, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 100), full_frame=False)
    film.show()
    assert film.show(fake_body(212, 60)) == {}, "somebody else"
    for _ in range(6):
        people = film.show(fake_body(212, 60), body)
    assert people == {0: body}


def test_the_faces_of_neighbours_are_painted_over(monkeypatch):
    body, neighbour = fake_body(200, 60), fake_body(230, 60)
    rows = [(n, n / FPS, 0, 1, face_box(neighbour)) for n in (0, 5, 10)]
    film = Film(monkeypatch, body, neighbour, faces=faces_of(body, 0, 10, 0, rows))
    film.show()
    assert film.show() == {0: body, 1: neighbour}
    own, other = (request.image for request in film.networks.requests[:2])
    assert (own[60, 200] == 255).all() and (own[60, 230] != 255).all()
    assert (other[60, 230] == 255).all() and (other[60, 200] != 255).all()


# The face disappears or appears ------------------------------------------------------------------


def test_a_body_is_followed_on_under_the_number_of_its_track(monkeypatch):
    body = fake_body(200, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 10), full_frame=False)
    assert film.show_frames(60) == [[0]] * 60
    assert film.show(fake_body(30, 200)) == {}
    assert film.show(body) == {}, "it is not searched without a face"


def test_a_body_may_leave_the_place_where_its_face_was_detected_last(monkeypatch):
    body = fake_body(200, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 10), full_frame=False)
    film.show_frames(11)
    for step in range(1, 10):
        assert list(film.show(fake_body(200 + 3 * step, 60))) == [0]


def test_a_track_that_begins_on_a_body_gives_it_its_number(monkeypatch):
    body = fake_body(200, 60)
    second = [(n, n / FPS, 0, 1, face_box(body)) for n in range(30, 41, 5)]
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 10, 0, second))
    assert film.show_frames(50) == [[0]] * 30 + [[1]] * 20
    assert film.follower.numbers() == {}


def test_a_body_has_the_number_of_its_first_face_from_the_start(monkeypatch):
    body = fake_body(200, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 30, 60, track=4))
    assert film.show_frames(40) == [[-1]] * 30 + [[4]] * 10
    assert film.follower.numbers() == {-1: 4}


def test_a_body_whose_face_left_and_that_is_no_person_any_more_is_dropped(monkeypatch):
    body = fake_body(200, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 10), full_frame=False)
    film.things = [body]
    frames = film.show_frames(FPS * 12)
    assert frames[2 * FPS] == [0] and frames[-1] == []


# Bodies without a face ---------------------------------------------------------------------------


def test_bodies_without_a_face_are_found_and_followed(monkeypatch):
    bodies = [fake_body(100, 60), fake_body(300, 60)]
    film = Film(monkeypatch, *bodies)
    assert film.show_frames(30) == [[-1, -2]] * 30
    assert film.follower.numbers() == {-1: -1, -2: -2}
    film.show()
    assert film.n_requests(TrackBody) == 2


def test_things_are_not_followed(monkeypatch):
    thing = fake_body(200, 60)
    film = Film(monkeypatch, thing)
    film.things = [thing]
    frames = film.show_frames(100)
    assert film.follower.numbers() == {}
    assert sum(map(bool, frames)) < 50, "it is rejected, and then ignored for some time"
    assert len({number for frame in frames for number in frame}) < 6


def test_a_person_is_known_before_half_a_second_has_passed(monkeypatch):
    for fps in (25, 10, 5, 1):
        film = Film(monkeypatch, fake_body(200, 60), fps=fps)
        film.show_frames(1 + max(1, int(0.4 * fps)))
        assert film.follower.numbers() == {-1: -1}, fps


def test_the_frame_is_searched_in_parts_and_all_of_it_at_the_start(monkeypatch):
    film = Film(monkeypatch)
    n_parts = []
    for number in range(11):
        film.picture = white_image() - np.uint8(20 * number)
        film.show()
        n_parts.append(film.n_requests(FindBodies))
    assert n_parts == [5, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2]


def test_a_picture_that_does_not_change_is_searched_once_a_second(monkeypatch):
    film = Film(monkeypatch)
    searched = []
    for number in range(60):
        film.show()
        if film.n_requests(FindBodies):
            searched.append(number)
    assert searched == [0, 25, 50]


def test_the_frames_after_a_body_was_lost_are_searched_in_short_intervals(monkeypatch):
    film = Film(monkeypatch, fake_body(200, 60))
    film.show_frames(27)
    film.networks.bodies = [fake_body(-100, 60)]
    searched = []
    for number in range(27, 60):
        film.show()
        if film.n_requests(FindBodies):
            searched.append(number)
    assert searched == [27, 30, 35, 40, 45, 50]


def test_a_detected_part_of_a_body_is_looked_at_once_a_second(monkeypatch):
    body = fake_body(200, 60)
    looked_at = []
    for start in (0, 6):
        film = Film(monkeypatch, body)
        film.networks.parts = [Region(body_region(body).centre, 20.0, 0.0)]
        film.frame_number = start
        frames = []
        for number in range(start, 80):
            assert list(film.show()) == [-1]
            if film.n_requests(TrackBody) > 1 and number > start:
                frames.append(number)
        looked_at.append([number for number in frames if number > 40])
    assert looked_at[0] == looked_at[1] == [50, 75], "at fixed times"


def test_the_whole_frame_is_not_searched_if_this_is_switched_off(monkeypatch):
    film = Film(monkeypatch, fake_body(200, 60), full_frame=False)
    assert film.show_frames(20) == [[]] * 20
    assert film.networks.requests == []


def test_a_skeleton_that_jumps_is_another_body(monkeypatch):
    film = Film(monkeypatch, fake_body(200, 60))
    assert film.show_frames(20)[-1] == [-1]
    for step in range(1, 6):
        assert list(film.show(fake_body(200 + 3 * step, 60))) == [-1], "somebody who walks"
    assert list(film.show(fake_body(245, 60))) == [-2]
    assert film.follower.numbers() == {-1: -1}, "and has to prove to be a person"
    film.show_frames(20)
    assert film.follower.numbers() == {-1: -1, -2: -2}


@pytest.mark.fault("inputs", "a body jumps while its face is hidden", "it loses its number")
def test_a_person_whose_face_is_hidden_does_not_become_a_passer_by(monkeypatch):
    body, passer_by = fake_body(200, 60), fake_body(245, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 10), full_frame=False)
    assert film.show_frames(30)[-1] == [0]
    assert list(film.show(passer_by)) == [-1]


def test_two_skeletons_of_one_body_are_one(monkeypatch):
    bodies = [fake_body(100, 60), fake_body(180, 60)]
    film = Film(monkeypatch, *bodies, faces=faces_of(bodies[0], 0, 100))
    assert film.show_frames(20)[-1] == [0, -1]
    for x in np.arange(180, 99, -3.0):
        people = film.show(bodies[0], fake_body(x, 60))
    assert list(people) == [0], "the one with the face"


def test_a_body_that_is_found_again_at_its_place_keeps_its_number(monkeypatch):
    body, far_away = fake_body(200, 60), fake_body(200, 60, 4)
    for n_frames, numbers in ((10, {-1}), (40, {-2})):
        film = Film(monkeypatch, body)
        film.things = [far_away]
        film.show_frames(20)
        film.networks.bodies = [fake_body(-100, 60)]
        assert film.show_frames(n_frames) == [[]] * n_frames
        film.networks.bodies = [body]
        assert {number for frame in film.show_frames(20)[5:] for number in frame} == numbers


def test_of_two_bodies_that_meet_the_one_that_moved_on_keeps_its_number(monkeypatch):
    standing = fake_body(200, 60)
    film = Film(monkeypatch, standing, fake_body(300, 60))
    film.show_frames(20)
    for x in np.arange(300, 120, -6.0):
        walking = fake_body(x, 60)
        hidden = 165 < x < 235
        people = film.show(walking) if hidden else film.show(standing, walking)
    noses = {number: body.points[0, 0] for number, body in people.items()}
    assert noses[-2] == 126, "the number of the person who walked past"
    assert -1 not in noses or noses[-1] == 200


def test_hands_before_the_chest_are_not_a_person(monkeypatch):
    body, badge = fake_body(200, 60, 30), fake_body(200, 110, 10)
    film = Film(monkeypatch, body, badge, fake_body(60, 110, 10))
    assert film.show_frames(20)[-1] == [-1, -3], "but a small person beside the body is one"


def test_bodies_are_forgotten_at_a_cut(monkeypatch):
    body = fake_body(200, 60)
    film = Film(monkeypatch, body, faces=faces_of(body, 0, 10))
    film.show_frames(20)
    assert list(film.show(body, shot=1)) == [-1]


def test_following_survives_times_that_jump_back(monkeypatch):
    film = Film(monkeypatch, fake_body(200, 60))
    film.frame_number = 1000
    film.show_frames(20)
    film.frame_number = 5
    assert film.show_frames(20) == [[-1]] * 20


def test_crowds_are_limited(monkeypatch):
    bodies = [fake_body(20 + 50 * n, 20 + 100 * row, 8) for n in range(8) for row in range(3)]
    film = Film(monkeypatch, *bodies)
    for _ in range(6):
        people = film.show()
    assert len(people) == body_following.MAX_BODIES
