"""The timeline below the image."""

from corpus.overlay.colour import BACKGROUND
from corpus.overlay.timeline import Timeline, format_time
from corpus.overlay.timeline_rows import TimelineRow


def test_the_timeline_shows_presence_and_hands_and_marks_the_current_time():
    rows = [
        TimelineRow("Ada", (230, 159, 0), [(0, 2)], {"left": [(1, 1.5, "movement")]}),
        TimelineRow("Bo", (86, 180, 233), [(3, 4)], {}),
    ]
    timeline = Timeline(400, 12, [(0, 2), (2, 4)], rows)
    image = timeline.draw(1.25)
    assert image.shape == (timeline.height, 400, 3)
    height = timeline.row_height
    assert (image[height + 6, timeline._x(1.25, 0)] == 255).all(), "the mark of the current time"
    first, second = image[height : 2 * height], image[2 * height : 3 * height]
    x = timeline._x(1.1, 0)
    assert (first[5, x] == (230, 159, 0)).all(), "the left hand moves, in the upper half"
    assert not (first[-5, x] == (230, 159, 0)).all() and not (first[-5, x] == BACKGROUND).all()
    assert (second[5, x] == BACKGROUND).all(), "Bo is not on screen yet"
    assert (timeline.draw(3.5)[5] != image[5]).any(), "the time code"


def test_a_long_video_has_pages_and_people_without_a_row_are_counted():
    rows = [TimelineRow(f"p{n:04d}", (200, 0, 0), [(0, 9000)], {}) for n in range(9)]
    timeline = Timeline(640, 14, [(0, 9000)], rows)
    assert len(timeline.rows) == 6 and timeline.n_hidden_rows == 3 and timeline.height < 260
    first_page, second_page = timeline.draw(29.9), timeline.draw(30.1)
    assert timeline._x(29.9, 0) > 600 and timeline._page[0] == 1
    assert (first_page != second_page).any()
    timeline.draw(9001.0)


def test_times_have_the_format_of_players():
    assert format_time(3.48, 10) == "0:03.480" and format_time(75.9996, 100) == "1:16.000"
    assert format_time(3723.5, 4000) == "1:02:03.500"
    assert format_time(65, 100, milliseconds=False) == "1:05"
    assert format_time(-0.5, 10) == "0:00.000"
