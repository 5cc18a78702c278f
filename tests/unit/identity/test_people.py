"""Names for people: who is meant, who is joined, and what is wrong with a people.tsv."""

import sys

import numpy as np
import pandas as pd
import pytest

import identify_people
from corpus.core.errors import InputError
from corpus.identity import anchors
from corpus.inputs import people_file
from corpus.inputs.people_file import Anchor
from corpus.tables import parquet, schemas

HEADER = "person\tname\tvideo_id\ttime_s\tx\ty\n"


class Results:
    """Tables of three videos. A track: video, cluster, start frame, frames; 5 samples a second.

    A face is 50 pixels wide and moves 10 pixels a frame to the right, from x = 100 * its track.
    """

    def __init__(self, folder, tracks, extra=""):
        self.folder = folder
        self.names = folder / "names.tsv"
        self.manifest = folder / "videos.tsv"
        rows = [f"{video}\thttps://example.org/{video}{extra}" for video in ("v2", "v1", "gone")]
        header = "video_id\tsource" + ("\tlanguage" if extra else "")
        self.manifest.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        for video in ("v2", "v1", "gone"):
            self.video(video, [t for t in tracks if t[0] == video])
        self.clusters(tracks)

    def video(self, video, tracks):
        ok = video != "gone"
        status = {
            "video_id": [video], "source": [f"https://example.org/{video}"],
            "status": ["ok" if ok else "unavailable"], "reason": [None if ok else "private"],
            "sha256": ["00" if ok else None], "width": [640 if ok else None], "n_frames": [50 * ok],
            "is_vfr": [False if ok else None], "n_shots": [1 * ok],
        }  # fmt: skip
        parquet.write(self.folder / f"status/{video}.parquet", "status", status, {})
        frame = [(n, k) for n, (_, _, start, count) in enumerate(tracks)
                 for k in range(start, start + count)]  # fmt: skip
        left = [100.0 * n + 10 * (k - tracks[n][2]) for n, k in frame]
        faces = {
            "frame": [k for _, k in frame], "time_s": [k / 5 for _, k in frame],
            "shot": [0] * len(frame), "track": [n for n, _ in frame],
            "x1": left, "y1": [10.0] * len(frame), "x2": [x + 50 for x in left],
            "y2": [60.0] * len(frame), "quality": [0.5] * len(frame),
        }  # fmt: skip
        parquet.write(self.folder / f"faces/{video}.parquet", "faces", faces, {})

    def clusters(self, tracks):
        seen: dict[str, int] = {}
        rows = []
        for video, cluster, start, count in tracks:
            n = seen[video] = seen.get(video, -1) + 1
            box = [100.0 * n, 10, 100 * n + 50, 60]
            extent = (start / 5, (start + count) / 5, count)
            rows.append((video, n, 0, *extent, cluster, 0.9, start / 5, box, 0.5 + count / 100))
        frame = pd.DataFrame(rows, columns=schemas.SCHEMAS["clusters"].names)
        frame = frame.sort_values(["video_id", "track"])
        parquet.write(self.folder / "clusters.parquet", "clusters", frame, {})

    def run(self, monkeypatch, names=None):
        """tracks, people, corpus and the text of people.tsv."""
        options = {key: self.folder / f"{key}.parquet" for key in ("tracks", "people", "corpus")}
        options |= {"template": self.folder / "people.tsv", "results": self.folder}
        options |= {"videos": self.manifest, "clusters": self.folder / "clusters.parquet"}
        command = ["people"] + [p for key, path in options.items() for p in (f"--{key}", str(path))]
        command.append("--names")
        if names is not None:
            self.names.write_text(names, encoding="utf-8", newline="")
            command.append(str(self.names))
        monkeypatch.setattr(sys, "argv", command)
        identify_people.main()
        read = [parquet.read(options[key]) for key in ("tracks", "people", "corpus")]
        return *read, options["template"].read_text(encoding="utf-8")


TRACKS = [
    ("v1", 0, 0, 20),
    ("v1", 1, 0, 10),
    ("v1", 0, 30, 10),
    ("v2", 0, 0, 5),
    ("v2", 2, 10, 8),
]


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path, TRACKS, extra="\tÅland")


def names_of(table):
    return {row.person: row.name for row in table[["person", "name"]].itertuples(index=False)}


# Without names -----------------------------------------------------------------------------------


def test_tables_without_names(results, monkeypatch):
    tracks, found, corpus, text = results.run(monkeypatch)
    assert list(zip(tracks["video_id"], tracks["track"], strict=True)) == [
        ("v1", 0), ("v1", 1), ("v1", 2), ("v2", 0), ("v2", 1),
    ]  # fmt: skip
    assert tracks["person"].tolist() == ["p0001", "p0002", "p0001", "p0001", "p0003"]
    assert found["person"].tolist() == ["p0001", "p0002", "p0003"]
    assert found["name"].isna().all()
    assert found["seconds"].tolist() == pytest.approx([7.0, 2.0, 1.6])
    assert found["n_videos"].tolist() == [2, 1, 1]
    assert found["n_tracks"].tolist() == [3, 1, 1]
    assert found["best_video_id"].tolist() == ["v1", "v1", "v2"]
    assert found["best_track"].tolist() == [0, 1, 1]
    assert corpus["video_id"].tolist() == ["v2", "v1", "gone"], "in the manifest's order"
    assert corpus["n_face_tracks"].tolist() == [2, 3, 0]
    assert corpus["n_people"].tolist() == [2, 2, 0]
    assert corpus["status"].tolist() == ["ok", "ok", "unavailable"]
    assert corpus["language"].tolist() == ["Åland"] * 3
    assert np.isnan(corpus["width"].iloc[2])
    assert text.splitlines()[:2] == [HEADER.rstrip("\n"), "p0001\t\tv1\t0.000\t25\t35"]


def test_an_empty_corpus(tmp_path, monkeypatch):
    results = Results(tmp_path, [])
    tracks, found, corpus, text = results.run(monkeypatch, HEADER)
    assert (len(tracks), len(found), text) == (0, 0, HEADER)
    assert corpus["n_people"].tolist() == [0, 0, 0]
    with pytest.raises(InputError, match="line 2, person: no 'p0001' in this corpus, where nobody"):
        results.run(monkeypatch, "person\tname\np0001\tAda\n")
    with pytest.raises(InputError, match="no face was found in this video"):
        results.run(monkeypatch, HEADER + "\tAda\tgone\t1\t1\t1\n")


# Naming ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "person\tname\np0002\tAda\n",
        "name\tperson\r\n# a comment\r\n\r\nAda\tp0002\r\n",
        "\ufeffperson\tname\np0002\tAda",
        "y\tx\ttime_s\tvideo_id\tname\n30\t130\t0.5\tv1\tAda\n",
        HEADER + "p0002\tAda\np0001\t\tnowhere\tx\n",
        HEADER + "p0001\tAda\tv1\t0.5\t130\t30\n",  # the anchor decides
        HEADER + "p0999\tAda\tv1\t0.5\t130\t30\n",
    ],
)
def test_people_get_names(results, monkeypatch, text):
    _, found, _, template = results.run(monkeypatch, text)
    assert found["name"].dropna().to_dict() == {1: "Ada"}
    assert "p0002\tAda\tv1\t0.000\t125\t35\n" in template


def test_people_of_one_name_are_one(results, monkeypatch):
    text = "person\tname\np0003\tAda\np0002\tAda\n"
    tracks, found, corpus, template = results.run(monkeypatch, text)
    assert tracks["person"].tolist() == ["p0001", "p0002", "p0001", "p0001", "p0002"]
    assert found["person"].tolist() == ["p0001", "p0002"]
    assert found["seconds"].tolist() == pytest.approx([7.0, 3.6])
    assert found["n_videos"].tolist() == [2, 2]
    assert corpus["n_people"].tolist() == [2, 2, 0]
    assert [line.split("\t")[:2] for line in template.splitlines()[1:]] == [
        ["p0001", ""], ["p0002", "Ada"], ["p0003", "Ada"],
    ]  # fmt: skip


def test_joining_may_change_the_order_but_no_ids(results, monkeypatch):
    results.clusters([("v1", 0, 0, 10), ("v1", 1, 20, 9), ("v2", 2, 0, 8)])
    _, found, _, _ = results.run(monkeypatch, "person\tname\np0002\tAda\np0003\tAda\n")
    assert found["person"].tolist() == ["p0002", "p0001"]


def test_a_composed_letter_is_the_same_letter(results, monkeypatch):
    _, found, _, _ = results.run(monkeypatch, "person\tname\np0002\tÅsa\np0003\tA\u030asa\n")
    assert found["name"].dropna().tolist() == ["Åsa"]


def test_the_template_is_a_people_tsv(results, monkeypatch):
    names = "person\tname\np0002\tAda\np0003\tAda\np0001\tBo\n"
    first = results.run(monkeypatch, names)
    second = results.run(monkeypatch, first[3])
    for a, b in zip(first, second, strict=True):
        assert a.equals(b) if isinstance(a, pd.DataFrame) else a == b


def test_anchors_survive_clustering_anew(results, monkeypatch):
    _, _, _, template = results.run(monkeypatch, "person\tname\np0001\tBo\np0003\tAda\n")
    renumbered = {0: 2, 1: 0, 2: 1}
    results.clusters([(video, renumbered[c], *rest) for video, c, *rest in TRACKS])
    _, found, _, _ = results.run(monkeypatch, template)
    names = names_of(found)
    assert names["p0003"] == "Bo"
    assert names["p0002"] == "Ada"
    assert pd.isna(names["p0001"])


def test_joining_people_seen_together_is_allowed_but_told(results, monkeypatch, caplog):
    _, found, _, _ = results.run(monkeypatch, "person\tname\np0001\tAda\np0002\tAda\n")
    assert found["person"].tolist() == ["p0001", "p0003"]
    assert "v1: p0001 and p0002 are both on screen at 0.000 s" in caplog.text


# Anchors -----------------------------------------------------------------------------------------


def test_an_anchor_hits_a_moving_face():
    """Two faces overlap, and one leaves where the next shot begins."""
    tracks = pd.DataFrame(
        {"track": [0, 1, 2], "start_s": [0.0, 0.0, 2.0], "end_s": [2.0, 2.0, 4.0],
         "person": ["p1", "p2", "p3"]}
    )  # fmt: skip
    faces = pd.DataFrame(
        [(0, 0, 0, 100), (0, 1, 100, 200), (1, 0, 60, 160), (1, 1, 60, 160), (2, 2, 60, 160)],
        columns=["track", "time_s", "x1", "x2"],
    ).assign(y1=0.0, y2=50.0)

    def at(time_s, x):
        return anchors.hit(Anchor("v", time_s, x, 25), tracks, faces, 0.2)

    assert at(0, 50) == "p1"
    assert at(0, 90) == "p2", "the nearer middle"
    assert at(0.9, 185) == "p1", "between detections"
    assert at(0.9, 65) == "p2"
    assert at(1.9, 120) == "p2"
    assert at(2.0, 130) == "p3", "intervals are half-open"
    assert at(2.1, 195) == "p1", "missed by less than the slack"
    assert at(4.1, 70) == "p3"
    with pytest.raises(LookupError, match="nearest is p3, on screen 2.000 to 4.000 s"):
        at(9, 70)
    with pytest.raises(LookupError, match="at 3 s; then p3 is at x 60 to 160, y 0 to 50"):
        at(3, 500)


def test_only_anchored_videos_of_named_rows_are_asked_for(tmp_path):
    path = tmp_path / "people.tsv"
    path.write_text(HEADER + "p0001\tAda\n\tBo\tv2\t1\t1\t1\n\t\tv1\t1\t1\t1\n\tCy\tnowhere\n")
    assert people_file.anchored_videos(path) == {"v2", "nowhere"}
    path.write_text("nonsense")
    assert people_file.anchored_videos(path) == set()
    assert people_file.anchored_videos(tmp_path / "none.tsv") == set()


# Mistakes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: no column name"),
        ("person\tnmae\n", "line 1: 'nmae': no such column; did you mean name?"),
        ("person,name\n", "line 1: 'person,name': no such column; "),
        ("person\tname\tname\n", "line 1: column name is there twice"),
        ("name\ttime_s\n", "line 1: no column person, nor video_id, x, y of an anchor"),
        ("person\tname\np0004\tA\n", "line 2, person: no 'p0004' in this corpus; its people are "
         "p0001 to p0003"),
        ("person\tname\n\tA\n", "line 2, neither a person nor an anchor"),
        ("person\tname\np0001\tA\tB\n", "line 2: 'B' is beyond the 2 columns of the header"),
        (HEADER + "\tA\tv3\t1\t1\t1\n", "line 2, video_id: no 'v3' in the manifest"),
        (HEADER + "\tA\tv1\t1\t1\n", "line 2, y: empty; an anchor needs video_id, time_s, x, y"),
        (HEADER + "\tA\tv1\t1,5\t1\tnan\n", "line 2, time_s: '1,5' is no number"),
        (HEADER + "\tA\tv1\t1\t1\t1\n", "line 2, anchor: no face at (1, 1) in v1 at 1 s; then "
         "p0001 is at x 50 to 100"),
        ("person\tname\np0001\tA\n\np0001\tB\n", "line 4, name: p0001 is 'B' here and 'A' on "
         "line 2"),
    ],
)  # fmt: skip
def test_mistakes_are_told(results, monkeypatch, text, message):
    with pytest.raises(InputError) as error:
        results.run(monkeypatch, text)
    assert f"{results.names}, {message}" in str(error.value)
    assert not (results.folder / "tracks.parquet").exists()


def test_all_mistakes_are_told_at_once(results, monkeypatch):
    text = HEADER + "p0009\tA\n\tB\tv1\tx\ty\t1\np0001\tC\n\tD\tv1\t0\t25\t35\np0002\tE\n"
    with pytest.raises(InputError) as error:
        results.run(monkeypatch, text)
    lines = [line.partition(", line ")[2] for line in str(error.value).splitlines()]
    assert [line[0] for line in lines] == ["2", "3", "3", "5"]
    assert lines[3] == "5, name: p0001 is 'D' here and 'C' on line 4"
