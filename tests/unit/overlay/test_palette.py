"""Colours of people."""

from corpus.overlay.palette import PALETTE, person_colours


def test_colours_of_people_follow_their_numbers_whoever_else_is_there():
    colours = person_colours(["p0008", "p0001", "p0003", "p0011"])
    assert list(colours.values()) == [PALETTE[7], PALETTE[0], PALETTE[2], PALETTE[2]]
    assert person_colours(["p0011"]) == {"p0011": PALETTE[2]}
    assert len(set(PALETTE)) == 8
