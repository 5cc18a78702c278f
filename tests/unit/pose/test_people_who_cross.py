"""Two people without a face cross, and the skeleton of one of them slides on to the other."""

import pandas as pd
import pytest

from corpus.pose import body_looks
from corpus.pose.body_following import BodyFollower
from corpus.pose.chunk_extraction import Extractor, extract_chunks
from corpus.pose.chunk_joining import join_chunks
from corpus.pose.chunks import cut_into_chunks
from corpus.pose.confirmed_bodies import keep_confirmed_bodies
from corpus.video.reader import Frame
from dressed_bodies import GREY, ORANGE, dressed_picture
from face_tables import faces_table, track_boxes
from fake_bodies import face_box, fake_body
from fake_body_networks import FakeBodyNetworks

FPS, N_FRAMES = 10, 60
MEETING = 30
"""The frame in which the passer-by is in front of the other person, and is lost."""
STANDING = fake_body(100, 30, 10)
NO_FACES = track_boxes(faces_table(), 99.0)


class NoHands:
    """Finds no hands."""

    def follow(self, frame, bodies, face_sizes):
        yield []
        return {}


def passer_by_at(number):
    return fake_body(100 + 4 * (MEETING - number), 30, 10)


def numbers_of(monkeypatch, colour, chunk_s, faces=NO_FACES):
    """The numbers in each frame; a passer-by in clothes of a colour crosses somebody in grey."""
    monkeypatch.setattr(body_looks, "score_of_look", lambda *_: 0.9)
    networks = FakeBodyNetworks()

    def frames():
        for number in range(N_FRAMES):
            passer_by = passer_by_at(number)
            is_hidden = passer_by.points[0, 0] < 120
            networks.bodies = [passer_by] if is_hidden else [STANDING, passer_by]
            if number > MEETING:
                networks.bodies = [STANDING]
            picture = dressed_picture((STANDING, GREY), (passer_by, colour))
            yield Frame(number, number / FPS, picture)

    table = pd.DataFrame({"frame": range(N_FRAMES), "shot": 0})
    table["time_s"] = table["frame"] / FPS
    chunks = cut_into_chunks(table, chunk_s)
    extracted = []
    networks.run(
        extract_chunks(
            frames(),
            chunks,
            lambda: Extractor(BodyFollower(faces, 0.5, True), NoHands(), faces),
            extracted.append,
        )
    )
    assert len(extracted) == len(chunks)
    return [list(frame.people) for frame in keep_confirmed_bodies(join_chunks(extracted))]


@pytest.mark.fault("inputs", "a skeleton slides on to a passer-by", "it gets a new number")
def test_the_other_person_has_another_number_in_chunks_of_any_length(monkeypatch):
    numbers = numbers_of(monkeypatch, ORANGE, 60.0)
    assert numbers[0] == [-1] and numbers[MEETING - 6] == [-1, -2]
    change = numbers.index([-3])
    assert abs(change - MEETING) <= 4
    assert numbers[MEETING - 4 : change] == [[-2]] * (change - MEETING + 4)
    assert numbers[change:] == [[-3]] * (N_FRAMES - change)
    for chunk_s in (3.5, 2.1, 1.5):
        assert numbers_of(monkeypatch, ORANGE, chunk_s) == numbers, chunk_s


def test_the_number_of_a_face_ends_with_its_person(monkeypatch):
    """The face of the passer-by is turned away before both meet."""
    rows = [(n, n / FPS, 0, 0, face_box(passer_by_at(n))) for n in range(0, 16, 5)]
    faces = track_boxes(faces_table(*rows), 1.8)
    numbers = numbers_of(monkeypatch, ORANGE, 60.0, faces)
    assert numbers[20] == [0, -1]
    change = next(n for n in range(20, N_FRAMES) if 0 not in numbers[n])
    assert abs(change - MEETING) <= 4
    assert len(set(map(tuple, numbers[change:]))) == 1, "one number"
    assert all(0 not in people for people in numbers[change:])
    for chunk_s in (3.5, 2.1):
        assert numbers_of(monkeypatch, ORANGE, chunk_s, faces) == numbers, chunk_s


def test_in_the_same_clothes_the_number_moves_on(monkeypatch):
    numbers = numbers_of(monkeypatch, GREY, 60.0)
    assert numbers[MEETING:] == [[-2]] * (N_FRAMES - MEETING)
