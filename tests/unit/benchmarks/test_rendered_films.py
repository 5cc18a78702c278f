"""Films that are rendered from clips and photographs have the truth that their labels state."""

import itertools

import numpy as np
import pytest
from PIL import Image

import joined_clips
import photo_films
from film_files import FPS, HEIGHT, WIDTH, read_clip, write_film
from film_joins import CUT, Join, dissolve, fade_through_black, join, wipe
from film_truth import Change
from halves import HALVES, half_of, in_half
from labelled_clips import read_appearances, read_labels


def plain(grey, n_pictures, width=8, height=4):
    """A piece of film in one grey level."""
    return np.full((n_pictures, height, width, 3), grey, dtype=np.uint8)


# Halves ------------------------------------------------------------------------------------------


def test_each_person_is_in_one_half_that_others_do_not_change():
    people = [f"person{number}" for number in range(40)]
    halves = [in_half(people, half) for half in HALVES]
    assert sorted(itertools.chain(*halves)) == sorted(people) == in_half(people, None)
    assert all(len(half) >= 10 for half in halves)
    assert in_half(people[:7], "choose") == sorted(set(people[:7]) & set(halves[0]))
    # The last bytes of the SHA-1 of "a" and "e" are b8 and 7f.
    assert [half_of(name) for name in "ae"] == ["choose", "report"]


# Joins -------------------------------------------------------------------------------------------


def test_joined_pieces_change_at_the_stated_times():
    pieces = [plain(200, 30), plain(100, 40), plain(0, 25)]
    film, changes, intervals = join(pieces, [CUT, Join("dissolve", 0.4, dissolve)])
    assert len(film) == 30 + 40 + 25 - 10
    levels = film[:, 0, 0, 0]
    assert (levels[:30] == 200).all() and (levels[30:60] == 100).all() and (levels[70:] == 0).all()
    assert (np.diff(levels[59:71].astype(int)) < 0).all(), "each mixed picture is darker"
    assert changes == [Change(30 / FPS, 30 / FPS), Change(60 / FPS, 70 / FPS)]
    assert intervals == [(0, 30 / FPS), (30 / FPS, 60 / FPS), (70 / FPS, 85 / FPS)]


def test_a_fade_is_black_in_the_middle_and_a_wipe_shows_both():
    shares = np.array([0.25, 0.5, 0.75])
    faded = fade_through_black(plain(200, 3), plain(100, 3), shares)
    assert faded[:, 0, 0, 0].tolist() == [100, 0, 50]
    wiped = wipe(plain(200, 3), plain(100, 3), shares)
    assert [(row == 100).sum() for row in wiped[:, 0, :, 0]] == [2, 4, 6]
    assert wiped[0, 0, 0, 0] == 100 and wiped[0, 0, -1, 0] == 200


# Two people --------------------------------------------------------------------------------------


@pytest.fixture(params=["side_by_side", "swapped_by_cut", "crossing"])
def two_people(request):
    """A film of a bright and a dark person, 50 pictures, and its truth."""
    compose = getattr(joined_clips, request.param)
    return compose(plain(200, 50, 40, 30), plain(100, 60, 40, 30), ("bright", "dark"))


def test_people_are_where_the_truth_says(two_people):
    pictures, truth = two_people
    levels = {"bright": 200, "dark": 100}
    assert {row.person for row in truth.appearances} == set(levels)
    for number, picture in enumerate(pictures):
        time = number / FPS
        for row in truth.appearances:
            if row.start_s <= time < row.end_s:
                level = picture[round(row.y * 30), min(round(row.x * 80), 79), 0]
                assert level == levels[row.person]


def test_both_people_swap_their_places():
    left, right = plain(200, 50, 40, 30), plain(100, 50, 40, 30)
    for compose in (joined_clips.swapped_by_cut, joined_clips.crossing):
        _, truth = compose(left, right, ("one", "two"))
        for person, places in (("one", (0.25, 0.75)), ("two", (0.75, 0.25))):
            own = [row for row in truth.appearances if row.person == person]
            assert (own[0].x, own[-1].x) == places
            assert (own[0].start_s, own[-1].end_s) == (0, 2)


def test_nobody_is_stated_while_one_covers_the_other():
    _, truth = joined_clips.crossing(plain(200, 50), plain(100, 50), ("one", "two"))
    assert not any(row.start_s <= 1.0 < row.end_s for row in truth.appearances)
    assert truth.changes == []


def test_a_talk_is_split_into_parts_without_a_gap():
    talk = np.arange(60, dtype=np.uint8)[:, None, None, None]
    pieces = list(joined_clips.parts(talk))
    assert len(pieces) == 2
    assert np.array_equal(np.concatenate(pieces), talk)


def test_films_of_labelled_clips_have_labels(tmp_path, monkeypatch):
    monkeypatch.setattr(joined_clips, "PIECE_S", 1.2)
    for person, grey in (("a", 200), ("b", 100)):
        write_film(tmp_path / "clips" / f"{person}.mp4", plain(grey, 30, 64, 48))
    labels = tmp_path / "clips" / "LABELS.csv"
    labels.write_text("clip,person\na.mp4,a\nb.mp4,b\n")
    clips = joined_clips.clips_of_people(tmp_path / "clips", labels, "choose")
    films = dict(joined_clips.films(clips))
    assert sorted(films) == [
        "a-b_beside.mp4", "a-b_crossing.mp4", "a-b_cut.mp4", "a-b_swapped.mp4",
        "a_part1.mp4", "b_part1.mp4",
    ]  # fmt: skip
    pictures, truth = films["a-b_cut.mp4"]
    assert pictures.shape == (60, HEIGHT, WIDTH, 3)
    assert [change.start_s for change in truth.changes] == [1.2]
    assert abs(int(pictures[29, 9, 9, 0]) - 200) < 5 and abs(int(pictures[30, 9, 9, 0]) - 100) < 5


# Photographs -------------------------------------------------------------------------------------


def test_films_of_photographs_show_each_photograph_once_for_its_time(tmp_path):
    for person, n_photos in (("a", 3), ("b", 2)):
        for number in range(n_photos):
            path = tmp_path / "photos" / person / f"{number}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (40, 30), (50 + 40 * number,) * 3).save(path)
    photos = photo_films.photographs(tmp_path / "photos", None)
    films = dict(photo_films.films(photos))
    assert sorted(films) == ["a.mp4", "all_people_1.mp4", "b.mp4", "slides_1.mp4"]
    shown = [row.person for _, truth in films.values() for row in truth.appearances]
    assert sorted(shown) == ["a"] * 3 + ["b"] * 2
    _, truth = films["all_people_1.mp4"]
    assert [row.person for row in truth.appearances] == ["a", "b"]
    lengths = [row.end_s - row.start_s for row in truth.appearances]
    assert lengths == pytest.approx(photo_films.SECONDS[:2])
    pictures, truth = films["slides_1.mp4"]
    assert truth.changes is None, "the cuts between slides are not measured"
    slide = pictures[0]
    assert slide[0, 0, 0] == photo_films.PAPER and slide[240, 190, 0] == 130


def test_a_transition_between_photographs_takes_time_from_neither(tmp_path):
    Image.new("RGB", (40, 30), (50, 50, 50)).save(tmp_path / "1.png")
    photo = photo_films.Photograph("a", tmp_path / "1.png")
    pictures, truth = photo_films.show([photo] * 3, [Join("dissolve", 0.4, dissolve)])
    lengths = [row.end_s - row.start_s for row in truth.appearances]
    assert lengths == pytest.approx(photo_films.SECONDS[:3])
    assert len(pictures) == round((sum(photo_films.SECONDS[:3]) + 2 * 0.4) * FPS)


def test_rendered_films_are_read_with_their_labels(tmp_path, monkeypatch):
    Image.new("RGB", (40, 30), (50, 50, 50)).save(tmp_path / "1.png")
    (tmp_path / "photos" / "a").mkdir(parents=True)
    (tmp_path / "1.png").rename(tmp_path / "photos" / "a" / "1.png")
    work = tmp_path / "work"
    arguments = ["photo_films.py", str(tmp_path / "photos"), "--work", str(work)]
    monkeypatch.setattr("sys.argv", arguments)
    photo_films.main()
    [film] = [path.name for path in work.glob("*.mp4")]
    assert len(read_clip(work / film, 64, 48)) == 15
    assert read_labels(work / "LABELS.csv", [film])[film]["person"] == "a"
    [appearance] = read_appearances(work / "APPEARANCES.csv", [film])[film]
    assert (appearance.person, appearance.end_s) == ("a", 0.6)
