"""Living faces, still pictures and copies are told apart by their pixels, in rendered scenes."""

import numpy as np
import pytest

from scenes_of_faces import HEIGHT, WIDTH, Face, Scene, at

POSTER = Face("collins", at(230, 30, 0.9))
SPEAKER = Face("hopper", at(50, 40, 0.7), alive=1, bordered=False)


def pan(time_s):
    """A camera that pans and zooms by a seventh in 5 s."""
    scale = 1 + 0.03 * time_s
    return np.array([[scale, 0, -6 * time_s], [0, scale, -2 * time_s], [0, 0, 1]])


def shake(time_s):
    """A camera in a hand."""
    x, y, turn = 5 * np.sin(2.1 * time_s), 3 * np.sin(3.3 * time_s), 0.01 * np.sin(1.7 * time_s)
    return np.array([[1, -turn, x], [turn, 1, y], [0, 0, 1]])


def carried(time_s):
    """A picture that is carried through the scene."""
    x, y = 200 + 8 * time_s, 50 + 5 * np.sin(2 * time_s)
    return np.array([[0.9, 0.03, x], [-0.03, 0.9, y], [0, 0.00005, 1]])


def tile(person, alive, x, y=50, scale=0.6, **options):
    """A living face on a screen."""
    return Face(person, at(x, y, scale), alive, **options)


@pytest.mark.parametrize("camera", [lambda _: np.eye(3), pan, shake])
def test_a_poster_is_a_picture_beside_a_living_person(camera):
    scene = Scene([SPEAKER, POSTER], camera, passer_by=True)
    assert scene.kinds() == (["person", "picture"], {})


def test_a_poster_that_is_carried_is_a_picture():
    carried_poster = Face("collins", carried)
    assert Scene([SPEAKER, carried_poster], passer_by=True).kinds() == (["person", "picture"], {})


def test_the_same_poster_twice_is_two_pictures():
    posters = [POSTER, Face("collins", at(60, 60, 0.7))]
    assert Scene(posters, passer_by=True).kinds() == (["picture", "picture"], {})


def test_a_living_person_on_a_screen_is_a_person():
    assert Scene([tile("hopper", 1, 40), tile("collins", 2, 220, scale=0.9)]).kinds() == (
        ["person", "person"],
        {},
    )


@pytest.mark.parametrize(
    "scene",
    [
        pytest.param(Scene([SPEAKER, POSTER], frozen=True), id="frozen recording"),
        pytest.param(
            Scene([Face("hopper", at(-5, -60, 2.5))], pan), id="camera pans over a photograph"
        ),
        pytest.param(Scene([SPEAKER, POSTER], seconds=2.4), id="short"),
        pytest.param(
            Scene([Face("hopper", at(150, 20, 0.8), bordered=False)], passer_by=True),
            id="sits still without a border",
        ),
    ],
)
def test_without_evidence_a_face_is_a_person(scene):
    kinds, copies = scene.kinds()
    assert set(kinds) == {"person"}
    assert not copies


@pytest.mark.parametrize(
    ("delay_s", "mirrored"), [(0.0, False), (0.4, False), (0.9, False), (0.3, True)]
)
def test_the_face_on_a_screen_behind_the_speaker_is_a_copy(delay_s, mirrored):
    screen = tile("hopper", 1, 240, delay_s=delay_s, mirrored=mirrored)
    assert Scene([SPEAKER, screen]).kinds() == (["person", "copy"], {1: 0})


def test_the_later_of_two_screens_is_the_copy():
    screens = [tile("hopper", 1, 20, delay_s=0.5, scale=0.8), tile("hopper", 1, 230, scale=0.6)]
    assert Scene(screens).kinds() == (["copy", "person"], {0: 1})


def test_the_smaller_of_two_simultaneous_screens_is_the_copy():
    screens = [tile("hopper", 1, 20, scale=0.6), tile("hopper", 1, 230, scale=0.8)]
    assert Scene(screens).kinds() == (["copy", "person"], {0: 1})


def test_two_copies_name_the_living_face():
    screens = [tile("hopper", 1, x, 60, 0.5, delay_s=0.3) for x in (180, 280)]
    assert Scene([SPEAKER, *screens]).kinds() == (["person", "copy", "copy"], {1: 0, 2: 0})


def test_a_copy_of_an_erased_person_names_nobody():
    scene = Scene([SPEAKER, tile("hopper", 1, 240, delay_s=0.4)])
    assert scene.kinds(erased=(0,)) == (["person"], {})


def test_twins_who_move_differently_are_two_people():
    assert Scene([SPEAKER, tile("hopper", 2, 240)]).kinds() == (["person", "person"], {})


def test_a_picture_of_the_speaker_is_no_copy():
    picture = Face("hopper", at(240, 50, 0.6))
    assert Scene([SPEAKER, picture]).kinds() == (["person", "picture"], {})


def test_the_border_must_surround_the_face():
    window = np.full((HEIGHT + 120, WIDTH + 120, 3), 120, np.uint8)
    window[70:, 180:400] = 220
    still = Face("hopper", at(150, 20, 0.8), bordered=False)
    assert Scene([still], passer_by=True, backdrop=window).kinds() == (["person"], {})
