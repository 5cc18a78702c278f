"""Names of people: who is named, who is merged, and which errors of people.tsv are reported."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import identify_people
from corpus.core.errors import InputError
from corpus.identity.people import merge_by_name, merge_conflicts
from corpus.inputs import people_file
from corpus.tables import parquet
from erasable_corpus import CLUSTER_COLUMNS
from script_runs import default_flags, run_script

HEADER = "person\tname\tvideo_id\ttime_s\tx\ty\n"
VIDEOS = ("v2", "v1", "gone")
FPS = 5
OUTPUT_TABLES = ("tracks", "people", "corpus")

Track = tuple[str, int, int, int]
"""Video, cluster, first frame and number of frames."""


class Results:
    """Tables of three videos, at 5 frames per second. The video gone could not be downloaded.

    A face is 50 pixels wide. It starts at x = 100 times the number of its track and moves 10 pixels
    to the right in each frame.
    """

    def __init__(self, folder: Path, tracks: list[Track], with_language: bool = False) -> None:
        self.folder = folder
        self.names = folder / "names.tsv"
        self.manifest = folder / "videos.tsv"
        extra_header, extra_cell = ("\tlanguage", "\tÅland") if with_language else ("", "")
        rows = [f"{video}\thttps://example.org/{video}{extra_cell}" for video in VIDEOS]
        lines = ["video_id\tsource" + extra_header, *rows]
        self.manifest.write_text("\n".join(lines) + "\n", encoding="utf-8")
        for video in VIDEOS:
            self.write_video(video, [track for track in tracks if track[0] == video])
        self.write_clusters(tracks)

    def write_video(self, video: str, tracks: list[Track]) -> None:
        """Write the tables status and faces of a video."""
        is_ok = video != "gone"
        status = {
            "video_id": [video],
            "source": [f"https://example.org/{video}"],
            "status": ["ok" if is_ok else "unavailable"],
            "reason": [None if is_ok else "private"],
            "sha256": ["00" if is_ok else None],
            "width": [640 if is_ok else None],
            "n_frames": [50 * is_ok],
            "is_vfr": [False if is_ok else None],
            "n_shots": [1 * is_ok],
        }
        parquet.write(self.folder / f"status/{video}.parquet", "status", status, {})
        rows = [
            {
                "frame": start + step,
                "time_s": (start + step) / FPS,
                "shot": 0,
                "track": track_number,
                "x1": 100.0 * track_number + 10 * step,
                "y1": 10.0,
                "x2": 100.0 * track_number + 10 * step + 50,
                "y2": 60.0,
                "quality": 0.5,
            }
            for track_number, (_, _, start, n_frames) in enumerate(tracks)
            for step in range(n_frames)
        ]
        columns = ("frame", "time_s", "shot", "track", "x1", "y1", "x2", "y2", "quality")
        faces = {column: [row[column] for row in rows] for column in columns}
        parquet.write(self.folder / f"faces/{video}.parquet", "faces", faces, {})

    def write_clusters(self, tracks: list[Track]) -> None:
        """Write the clusters table; longer tracks have better faces."""
        n_tracks: dict[str, int] = {}
        rows = []
        for video, cluster, start, n_frames in tracks:
            track_number = n_tracks.get(video, 0)
            n_tracks[video] = track_number + 1
            box = [100.0 * track_number, 10, 100 * track_number + 50, 60]
            extent = (start / FPS, (start + n_frames) / FPS, n_frames)
            best = (start / FPS, box, 0.5 + n_frames / 100)
            rows.append((video, track_number, 0, *extent, cluster, 0.9, *best))
        table = pd.DataFrame(rows, columns=CLUSTER_COLUMNS)
        table = table.sort_values(["video_id", "track"])
        parquet.write(self.folder / "clusters.parquet", "clusters", table, {})

    def run(
        self, monkeypatch: pytest.MonkeyPatch, names: str | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, str]:
        """Run identify_people.py with the text of a people.tsv, if given.

        Returns tracks, people, corpus and the text of the people.tsv that is written.
        """
        options = {name: self.folder / f"{name}.parquet" for name in OUTPUT_TABLES}
        options |= {"template": self.folder / "people.tsv", "results": self.folder}
        options |= {"videos": self.manifest, "clusters": self.folder / "clusters.parquet"}
        command = [word for name, path in options.items() for word in (f"--{name}", path)]
        command.append("--names")
        if names is not None:
            self.names.write_text(names, encoding="utf-8", newline="")
            command.append(self.names)
        run_script(monkeypatch, identify_people, *default_flags("identify_people"), *command)
        tracks, people, corpus = (parquet.read(options[name]) for name in OUTPUT_TABLES)
        return tracks, people, corpus, options["template"].read_text(encoding="utf-8")


TRACKS = [
    ("v1", 0, 0, 20),
    ("v1", 1, 0, 10),
    ("v1", 0, 30, 10),
    ("v2", 0, 0, 5),
    ("v2", 2, 10, 8),
]


@pytest.fixture
def results(tmp_path) -> Results:
    return Results(tmp_path, TRACKS, with_language=True)


def names_of(people: pd.DataFrame) -> dict[str, str]:
    """Names by person id."""
    return dict(zip(people["person"], people["name"], strict=True))


# Without names


def test_tables_are_complete_without_names(results, monkeypatch):
    tracks, people, corpus, text = results.run(monkeypatch)
    assert list(zip(tracks["video_id"], tracks["track"], strict=True)) == [
        ("v1", 0), ("v1", 1), ("v1", 2), ("v2", 0), ("v2", 1),
    ]  # fmt: skip
    assert tracks["person"].tolist() == ["p0001", "p0002", "p0001", "p0001", "p0003"]
    assert people["person"].tolist() == ["p0001", "p0002", "p0003"]
    assert people["name"].isna().all()
    assert people["seconds"].tolist() == pytest.approx([7.0, 2.0, 1.6])
    assert people["n_videos"].tolist() == [2, 1, 1]
    assert people["n_tracks"].tolist() == [3, 1, 1]
    assert people["best_video_id"].tolist() == ["v1", "v1", "v2"]
    assert people["best_track"].tolist() == [0, 1, 1]
    assert corpus["video_id"].tolist() == ["v2", "v1", "gone"], "in the manifest's order"
    assert corpus["n_face_tracks"].tolist() == [2, 3, 0]
    assert corpus["n_people"].tolist() == [2, 2, 0]
    assert corpus["status"].tolist() == ["ok", "ok", "unavailable"]
    assert corpus["language"].tolist() == ["Åland"] * 3
    assert np.isnan(corpus["width"].iloc[2])
    assert text.splitlines()[:2] == [HEADER.rstrip("\n"), "p0001\t\tv1\t0.000\t25\t35"]


def test_a_corpus_without_faces_gives_empty_tables(tmp_path, monkeypatch):
    results = Results(tmp_path, [])
    tracks, people, corpus, text = results.run(monkeypatch, HEADER)
    assert (len(tracks), len(people), text) == (0, 0, HEADER)
    assert corpus["n_people"].tolist() == [0, 0, 0]
    with pytest.raises(InputError, match="line 2, person: no 'p0001' in this corpus, where nobody"):
        results.run(monkeypatch, "person\tname\np0001\tAda\n")
    with pytest.raises(InputError, match="no face was found in this video"):
        results.run(monkeypatch, HEADER + "\tAda\tgone\t1\t1\t1\n")


# Names


@pytest.mark.parametrize(
    "text",
    [
        "person\tname\np0002\tAda\n",
        "name\tperson\r\n# a comment\r\n\r\nAda\tp0002\r\n",
        "\ufeffperson\tname\np0002\tAda",
        "y\tx\ttime_s\tvideo_id\tname\n30\t130\t0.5\tv1\tAda\n",
        HEADER + "p0002\tAda\np0001\t\tnowhere\tx\n",
        HEADER + "p0001\tAda\tv1\t0.5\t130\t30\n",  # the anchor takes precedence
        HEADER + "p0999\tAda\tv1\t0.5\t130\t30\n",
    ],
)
def test_people_get_names_by_id_or_anchor(results, monkeypatch, text):
    _, people, _, template = results.run(monkeypatch, text)
    assert people["name"].dropna().to_dict() == {1: "Ada"}
    assert "p0002\tAda\tv1\t0.000\t125\t35\n" in template


def test_people_with_the_same_name_are_merged(results, monkeypatch):
    text = "person\tname\np0003\tAda\np0002\tAda\n"
    tracks, people, corpus, template = results.run(monkeypatch, text)
    assert tracks["person"].tolist() == ["p0001", "p0002", "p0001", "p0001", "p0002"]
    assert people["person"].tolist() == ["p0001", "p0002"]
    assert people["seconds"].tolist() == pytest.approx([7.0, 3.6])
    assert people["n_videos"].tolist() == [2, 2]
    assert corpus["n_people"].tolist() == [2, 2, 0]
    assert [line.split("\t")[:2] for line in template.splitlines()[1:]] == [
        ["p0001", ""], ["p0002", "Ada"], ["p0003", "Ada"],
    ]  # fmt: skip


def test_merging_can_change_the_order_but_not_the_ids(results, monkeypatch):
    results.write_clusters([("v1", 0, 0, 10), ("v1", 1, 20, 9), ("v2", 2, 0, 8)])
    _, people, _, _ = results.run(monkeypatch, "person\tname\np0002\tAda\np0003\tAda\n")
    assert people["person"].tolist() == ["p0002", "p0001"]


def test_a_composed_and_a_decomposed_letter_are_the_same(results, monkeypatch):
    _, people, _, _ = results.run(monkeypatch, "person\tname\np0002\tÅsa\np0003\tA\u030asa\n")
    assert people["name"].dropna().tolist() == ["Åsa"]


def test_the_template_is_a_valid_people_file(results, monkeypatch):
    names = "person\tname\np0002\tAda\np0003\tAda\np0001\tBo\n"
    first = results.run(monkeypatch, names)
    second = results.run(monkeypatch, first[3])
    for a, b in zip(first, second, strict=True):
        assert a.equals(b) if isinstance(a, pd.DataFrame) else a == b


def test_anchors_stay_valid_when_people_get_other_ids(results, monkeypatch):
    _, _, _, template = results.run(monkeypatch, "person\tname\np0001\tBo\np0003\tAda\n")
    new_cluster = {0: 2, 1: 0, 2: 1}
    results.write_clusters([(video, new_cluster[old], *span) for video, old, *span in TRACKS])
    _, people, _, _ = results.run(monkeypatch, template)
    names = names_of(people)
    assert names["p0003"] == "Bo"
    assert names["p0002"] == "Ada"
    assert pd.isna(names["p0001"])


def test_merging_people_who_are_on_screen_together_gives_a_warning(results, monkeypatch, caplog):
    _, people, _, _ = results.run(monkeypatch, "person\tname\np0001\tAda\np0002\tAda\n")
    assert people["person"].tolist() == ["p0001", "p0003"]
    assert "v1: p0001 and p0002 are both on screen at 0.000 s" in caplog.text


def test_anchored_videos_are_those_of_rows_with_a_name(tmp_path):
    path = tmp_path / "people.tsv"
    path.write_text(HEADER + "p0001\tAda\n\tBo\tv2\t1\t1\t1\n\t\tv1\t1\t1\t1\n\tCy\tnowhere\n")
    assert people_file.anchored_videos(path) == {"v2", "nowhere"}
    path.write_text("nonsense")
    assert people_file.anchored_videos(path) == set()
    assert people_file.anchored_videos(tmp_path / "none.tsv") == set()


# Errors


@pytest.mark.fault(
    "inputs", "wrong anchors, ids and doubles in the file of names", "named with line and column"
)
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: no column name"),
        ("person\tnmae\n", "line 1: 'nmae': no such column; did you mean name?"),
        ("person name\n", "line 1: 'person name': no such column; "),
        ("person,nmae\n", "line 1: 'nmae': no such column; did you mean name?"),
        ("person\tname\tname\n", "line 1: column name occurs twice"),
        ("name\ttime_s\n", "line 1: no column person, nor video_id, x, y of an anchor"),
        ("person\tname\np0004\tA\n", "line 2, person: no 'p0004' in this corpus; its people are "
         "p0001 to p0003"),
        ("person\tname\n\tA\n", "line 2: neither a person nor an anchor"),
        ("person\tname\np0001\tA\tB\n", "line 2: 'B' is beyond the 2 columns of the header"),
        (HEADER + "\tA\tv3\t1\t1\t1\n", "line 2, video_id: no 'v3' in the manifest"),
        (HEADER + "\tA\tv1\t1\t1\n", "line 2, y: empty; an anchor needs video_id, time_s, x, y"),
        (HEADER + "\tA\tv1\t1,5,0\t1\tnan\n", "line 2, time_s: '1,5,0' is not a number"),
        (HEADER + "\tA\tv1\t1\t1\t1\n", "line 2, anchor: no face at (1, 1) in v1 at 1 s; "
         "at this time, p0001 is at x 50 to 100"),
        ("person\tname\np0001\tA\n\np0001\tB\n", "line 4, name: p0001 is 'B' here and 'A' on "
         "line 2"),
    ],
)  # fmt: skip
def test_each_error_names_the_line_and_the_column(results, monkeypatch, text, message):
    with pytest.raises(InputError) as error:
        results.run(monkeypatch, text)
    assert f"{results.names}, {message}" in str(error.value)
    assert not (results.folder / "tracks.parquet").exists()


def test_all_errors_are_reported_together(results, monkeypatch):
    text = HEADER + "p0009\tA\n\tB\tv1\tx\ty\t1\np0001\tC\n\tD\tv1\t0\t25\t35\np0002\tE\n"
    with pytest.raises(InputError) as error:
        results.run(monkeypatch, text)
    lines = [line.partition(", line ")[2] for line in str(error.value).splitlines()]
    assert [line[0] for line in lines] == ["2", "3", "3", "5"]
    assert lines[3] == "5, name: p0001 is 'D' here and 'C' on line 4"


def people_of(**columns: list) -> pd.DataFrame:
    """The columns of two tracks that are on screen at the same time, before names merge them."""
    tracks = {"video_id": ["v", "v"], "start_s": [0.0, 0.0], "end_s": [2.0, 2.0]}
    return pd.DataFrame(tracks | {"person": ["p0001", "p0002"], "kind": ["person", None]} | columns)


@pytest.mark.parametrize(
    ("kind", "n_warnings"), [("person", 1), (None, 1), ("picture", 0), ("copy", 0)]
)
def test_a_person_can_be_on_screen_with_pictures_and_copies(kind, n_warnings):
    tracks = people_of(kind=["person", kind])
    merged = tracks.assign(person="p0001")
    assert len(merge_conflicts(tracks, merged, 0.2)) == n_warnings


def test_tracks_of_merged_people_have_the_higher_probability_and_no_other_person():
    """Without this, a track that resembles the person it was merged with would stay in doubt."""
    tracks = people_of(
        probability=[0.3, 0.9], other_person=["p0002", "p0003"], other_probability=[0.6, 0.1]
    )
    merged = merge_by_name(tracks, {"p0001": "Ada", "p0002": "Ada"})
    assert merged["probability"].tolist() == [0.6, 0.9]
    assert merged["other_person"].isna().tolist() == [True, False]
    assert merged["other_probability"].isna().tolist() == [True, False]
