"""Annotations of ELAN files for the search of the page."""

import pandas as pd
import pytest

from corpus.report.page.annotation_list import COLUMNS, describe, field_name


@pytest.mark.parametrize(
    ("tier", "participant", "name"),
    [
        ("Anna left hand notes", "Anna", "notes"),
        ("Anna right hand 2 notes", "Anna", "notes"),
        ("no face left hand notes", None, "notes"),
        ("Gesture type", None, "gesture_type"),
        ("words@Anna", "Anna", "words"),
        ("Übersetzung (DE)", None, "übersetzung_de"),
        ("Anna", "Anna", "annotation"),
    ],
)
def test_a_field_is_named_after_its_tier(tier, participant, name):
    assert field_name(tier, participant) == name


def test_only_texts_on_added_tiers_are_described():
    rows = [
        ("b", "words", "default-lt", None, 2.0, 2.5, " there ", "added"),
        ("a", "Anna left hand gestures", "gesture", "Anna", 1.0, 2.0, "gesture 4", "added"),
        ("a", "Anna left hand notes", "note", "Anna", 1.0, 2.0, "beat", "added"),
        ("a", "Anna left hand notes", "note", "Anna", 3.0, 4.0, "", "added"),
        ("a", "shots", "shot", None, 0.0, 9.0, "0", "workflow"),
        ("a", "shots", "shot", None, 0.0, 9.0, "cut", "changed"),
        ("a", "no face right hand notes", "note", None, 5.0, 6.0, "who", "added"),
        ("a", "types", "gesture", None, 0.5, 0.75, "iconic", "added"),
    ]
    content = describe(pd.DataFrame(rows, columns=COLUMNS))
    assert content["tiers"] == [
        {"field": "notes", "hand": "left", "participant": "Anna"},
        {"field": "notes", "hand": "right", "participant": ""},
        {"field": "types", "hand": None, "participant": None},
        {"field": "words", "hand": None, "participant": None},
    ]
    assert content["rows"] == {
        "video": ["a", "a", "a", "b"],
        "tier": [2, 0, 1, 3],
        "start": [500, 1000, 5000, 2000],
        "end": [750, 2000, 6000, 2500],
        "text": ["iconic", "beat", "who", "there"],
    }


def test_a_table_without_annotations_is_described():
    content = describe(pd.DataFrame(columns=COLUMNS).astype(object))
    assert content["tiers"] == [] and content["rows"]["video"] == []
