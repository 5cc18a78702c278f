"""The accuracy benchmark writes valid inputs of the workflow, and serves the clips to it."""

from argparse import Namespace
from urllib.request import urlopen

import accuracy
from corpus.inputs import manifest


def test_the_manifest_is_valid(tmp_path):
    ids = accuracy.video_ids(["a/b #1?.mkv", "50%.mp4", "-é.mov"])
    text = accuracy.manifest_text(ids, 1234)
    (tmp_path / "videos.tsv").write_text(text)
    rows = manifest.read(tmp_path / "videos.tsv")
    assert rows["a_b__1_"]["source"] == "http://127.0.0.1:1234/a/b%20%231%3F.mkv"
    suffixes = [manifest.media_suffix(row["source"], "none") for row in rows.values()]
    assert suffixes == ["mkv", "mp4", "mov"]
    assert accuracy.manifest_port(text) == 1234
    assert accuracy.manifest_port("") == 0


def test_an_equal_manifest_is_not_written_again(tmp_path):
    config_file = accuracy.write_inputs(tmp_path, {"a.mp4": "a"}, 1234, {"device": "cpu"})
    videos = tmp_path / "videos.tsv"
    before = videos.stat().st_mtime_ns
    assert accuracy.write_inputs(tmp_path, {"a.mp4": "a"}, 1234, {"device": "cpu"}) == config_file
    assert videos.stat().st_mtime_ns == before
    accuracy.write_inputs(tmp_path, {"a.mp4": "a"}, 4321, {})
    assert ":4321/a.mp4" in videos.read_text()


def test_options_take_precedence_over_the_users_file_and_that_over_the_defaults(tmp_path):
    user_settings = {"results": "elsewhere", "faces": {"embedder": "facenet-vggface2", "best": 3}}
    config = accuracy.configuration(user_settings, {"faces": {"embedder": "dlib"}}, tmp_path)
    assert config["faces"] == {"embedder": "dlib", "best": 3}
    assert config["device"] == "cpu"
    assert config["results"] == str(tmp_path / "results")
    config = accuracy.configuration(user_settings, {}, tmp_path)
    assert config["faces"]["embedder"] == "facenet-vggface2"
    assert accuracy.configuration({}, {}, tmp_path)["faces"] == {"embedder": "dlib"}


def test_clips_are_served_with_the_media_type_of_videos(tmp_path):
    (tmp_path / "a b.ts").write_bytes(b"1234")
    with accuracy.serve(tmp_path, 0) as port:
        response = urlopen(f"http://127.0.0.1:{port}/a%20b.ts")
        assert response.headers["Content-Type"] == "video/ts"
        assert response.read() == b"1234"
        with accuracy.serve(tmp_path, port) as other_port:
            assert other_port != port, "the port is in use"


def test_labels_beside_the_clips_are_read_unless_others_are_given(tmp_path):
    nothing = Namespace(labels=None, appearances=None)
    assert accuracy.read_truth(tmp_path, ["a.mp4"], nothing) == ({}, {})
    (tmp_path / "LABELS.csv").write_text("clip,person\na.mp4,Ada\n")
    (tmp_path / "APPEARANCES.csv").write_text("clip,start_s,end_s,person\na.mp4,0,1,Ada\n")
    labels, appearances = accuracy.read_truth(tmp_path, ["a.mp4"], nothing)
    assert labels["a.mp4"]["person"] == appearances["a.mp4"][0].person == "Ada"
    other = tmp_path / "other.csv"
    other.write_text("clip,person\na.mp4,Bo\n")
    labels, _ = accuracy.read_truth(tmp_path, ["a.mp4"], Namespace(labels=other, appearances=None))
    assert labels["a.mp4"]["person"] == "Bo"
