"""The summary that ends `make demo`."""

import pandas as pd

import summarise
from corpus.tables import parquet, schemas

CORPUS = pd.DataFrame(
    {
        "video_id": ["one", "two", "three"],
        "status": ["ok", "truncated", "no_video"],
        "reason": [None, "the file ends early", "a text file"],
        "duration_s": [10.0, 2.5, None],
        "n_shots": [3, 1, None],
    }
)
PEOPLE = pd.DataFrame(
    {
        "person": ["p0001", "p0002"],
        "name": ["Ada", None],
        "seconds": [9.0, 1.26],
        "n_videos": [2, 1],
    }
)


def test_the_summary_counts_videos_people_and_gestures_and_names_failures():
    gestures = pd.Series(["p0001", "p0001", None])
    assert summarise.summary(CORPUS, PEOPLE, gestures) == [
        "3 videos, 12.5 s, 4 shots, 2 people, 3 gestures",
        "  three: no_video, a text file",
        "  Ada: 9.0 s in 2 videos, 2 gestures",
        "  p0002: 1.3 s in 1 videos, 0 gestures",
    ]


def test_gestures_of_all_videos_of_the_corpus_are_counted(tmp_path):
    columns = schemas.SCHEMAS["gestures"].names
    (tmp_path / "gestures").mkdir()
    for video, people in (("one", ["p0002", None]), ("two", []), ("removed", ["p0001"])):
        rows = pd.DataFrame({"person": people}, dtype=object).reindex(columns=columns)
        texts = ("person", "hand", "region", "source")
        numbers = [name for name in columns if name not in texts]
        rows = rows.assign(hand="left", **dict.fromkeys(numbers, 0))
        parquet.write(tmp_path / "gestures" / f"{video}.parquet", "gestures", rows, {})
    found = summarise.read_gestures(tmp_path, CORPUS["video_id"])
    assert found[found.notna()].tolist() == ["p0002"] and len(found) == 2
