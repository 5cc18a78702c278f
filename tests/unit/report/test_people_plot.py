"""The plot of people."""

import pandas as pd
import pytest

from corpus.report import people_plot, plot_style
from people_table import make_people
from svg_texts import figure_texts


def test_people_have_their_names_and_numbers_of_videos() -> None:
    name = '<b>"Zoë" & $x_1$</b>, 王小明'
    texts = figure_texts(people_plot.draw(make_people(2, name=[name, None])))
    assert f"{name}  p0001" in texts and "p0002" in texts
    assert "1 video" in texts and "2 videos" in texts


def test_long_names_are_shortened() -> None:
    texts = figure_texts(people_plot.draw(make_people(1, name=["A" * 100])))
    [label] = [text for text in texts if "AAA" in text]
    assert "…" in label and len(label) < plot_style.MAX_NAME_LENGTH + 10


def test_without_people_the_plot_shows_a_message() -> None:
    texts = figure_texts(people_plot.draw(make_people(0)))
    assert texts == ["No person was found in this corpus."]


def test_the_curve_shows_all_of_many_people() -> None:
    figure = people_plot.draw(make_people(300))
    left, right = figure.axes
    assert len(left.patches) == people_plot.MAX_BARS
    [points] = right.collections
    assert len(points.get_offsets()) == 300
    texts = figure_texts(figure)
    assert "All 300 people" in texts and "p0026" not in texts


@pytest.mark.parametrize(("share", "rank"), [(0.5, 1), (0.51, 2), (0.8, 2), (1.0, 3)])
def test_number_of_people_who_make_up_a_share(share: float, rank: int) -> None:
    people = pd.DataFrame({"seconds": [5.0, 3.0, 2.0]})
    assert people_plot.rank_reaching(people, share) == rank
