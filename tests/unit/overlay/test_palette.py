"""Colours of people."""

from corpus.overlay.palette import PALETTE, person_colours


def test_people_of_a_video_have_different_colours_that_follow_their_numbers():
    colours = person_colours(["p0001", "p0008", "p0003"])
    assert len(set(colours.values())) == 3
    assert colours["p0001"] == PALETTE[0] and colours["p0003"] == PALETTE[2]
    assert len(person_colours([f"p{n:04d}" for n in range(1, 30)])) == 29
