"""Videos of exports: what is shown, when, and what is not."""

import json
import os
from fractions import Fraction

import av
import numpy as np
import pytest

import export_video
import exported_video
from corpus.overlay.palette import PALETTE, person_colours
from corpus.overlay.text import can_write, paste, render_label, shorten_to_width
from corpus.overlay.timeline import GROUND, Timeline, TimelineRow, clock
from corpus.tables import parquet, schemas
from corpus.video.reader import Reader
from exported_video import NAMES, Found, call, named
from noise_video import INPUT_TABLES, is_changed, noise_video, read_images
from synthetic_videos import (
    CODECS,
    ffmpeg,
    from_pictures,
    pattern,
    tone,
)

found, gone = exported_video.found, exported_video.gone
KINDS = ("overlay", "skeleton", "blurred")
SHOWN = ["phases", "tracks", "people"]


@pytest.fixture
def write(monkeypatch):
    def run(found: Found, kind: str, video=None, *options: str):
        output = found.folder / kind / "v.mp4"
        more = [] if kind == "blurred" else named(found, *SHOWN)
        call(
            monkeypatch, export_video, "--kind", kind, "--video", video or found.video(),
            *named(found, *INPUT_TABLES), *more, *options, "--output", output,
        )  # fmt: skip
        return output

    return run


def times(path) -> list[float]:
    return [frame.time_s for frame in Reader(path)]


def sound(path) -> tuple[float, np.ndarray] | None:
    """Time of the first sample and all samples (n,) of the first channel, or None."""
    with av.open(path) as container:
        if not container.streams.audio:
            return None
        frames = list(container.decode(audio=0))
        samples = [
            frame.to_ndarray().reshape(len(frame.layout.channels), -1)[0] for frame in frames
        ]
        return float(frames[0].pts * frames[0].time_base), np.concatenate(samples)


# When pictures are shown --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_are_shown_when_the_originals_are(found, write, kind):
    assert times(write(found, kind)) == times(found.video())


def test_a_varying_rate_stays(tmp_path, write):
    varying = Found(tmp_path, [0, 0.033, 0.1, 0.101, 0.5, 0.533, 2.0], cut=7)
    assert times(write(varying, "overlay")) == pytest.approx(varying.times, abs=1e-9)


# Sound --------------------------------------------------------------------------------------------


def test_sound_goes_along_only_where_it_is_wanted(found, write, tmp_path):
    source = tmp_path / "talk.mp4"
    ffmpeg(*pattern("160x120", seconds=0.8), *tone(0.8), *CODECS["mp4"], source)
    for kind in KINDS:
        assert sound(write(found, kind, source)) is None
        assert sound(write(found, kind, source, "--sound")) is not None


def test_a_silent_video_has_no_sound_to_keep(found, write):
    assert sound(write(found, "overlay", None, "--sound")) is None


# What must not go along ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_originals_metadata_goes_along(found, write, tmp_path, kind):
    source, words = tmp_path / "phone.mov", tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:01,000\nMy name is Secret\n")
    secrets = {
        "title": "Secret title", "artist": "Secret artist", "comment": "Secret comment",
        "location": "+12.3456+065.4321/", "com.apple.quicktime.location.ISO6709": "+12.3456",
        "make": "SecretPhone", "creation_time": "2021-02-03T04:05:06Z",
    }  # fmt: skip
    tags = [word for key, value in secrets.items() for word in ("-metadata", f"{key}={value}")]
    tags += ["-metadata:s:a", "title=Secret track", "-metadata:s:v", "handler_name=Secret camera"]
    inputs = [*pattern("160x120", seconds=0.8), *tone(0.8), "-i", words]
    movflags = ["-movflags", "use_metadata_tags"]
    ffmpeg(*inputs, *CODECS["mov"][:-2], "-c:s", "mov_text", *tags, *movflags, source)
    assert b"Secret" in source.read_bytes() and b"12.3456" in source.read_bytes()
    output = write(found, kind, source, "--sound")
    raw = output.read_bytes()
    for secret in (b"Secret", b"12.3456", b"2021", b"phone"):
        assert secret not in raw
    with av.open(output) as container:
        assert [s.type for s in container.streams] == ["video", "audio"]
        assert set(container.metadata) <= {
            "comment", "major_brand", "minor_version", "compatible_brands",
        }  # fmt: skip
        assert json.loads(container.metadata["comment"])["step"] == "export_video"


@pytest.mark.parametrize("kind", ["skeleton", "blurred"])
def test_videos_for_sharing_name_nobody(found, write, kind):
    """The same skeletons and covers, whatever people are called."""
    first = write(found, kind).read_bytes()
    people = parquet.read(found.path("people"))
    found.write("people", people.assign(name=["Somebody else", "Another"]))
    assert write(found, kind).read_bytes() == first


def test_a_skeleton_video_shows_nothing_of_the_picture(found, write, tmp_path):
    first = write(found, "skeleton").read_bytes()
    noise = np.random.default_rng(0).integers(0, 256, (20, 120, 160, 3), np.uint8)
    source = from_pictures(tmp_path / "noise.mp4", noise, [40 * n for n in range(20)])
    assert write(found, "skeleton", source).read_bytes() == first


# What is shown ------------------------------------------------------------------------------------


def test_the_overlay_keeps_the_picture_and_adds_people_below_and_on_it(found, write):
    shown, original = read_images(write(found, "overlay")), read_images(found.video())
    assert shown[0].shape[1] == 160 and shown[0].shape[0] > 140 and shown[0].shape[0] % 2 == 0
    far = (slice(2, 10), slice(148, 158))
    assert np.abs(shown[5][far].astype(int) - original[5][far]).max() < 8
    tints = person_colours(NAMES)
    for person, x in (("p0001", 45), ("p0002", 110)):
        near = shown[5][20:110, x - 30 : x + 30].reshape(-1, 3).astype(int)
        assert np.abs(near - tints[person]).sum(axis=1).min() < 60, person


def test_a_name_that_the_font_lacks_is_an_id(found):
    assert can_write(NAMES["p0001"]) and can_write("Ωμέγα Жук") and not can_write("明")
    who = export_video.cast.Cast(parquet.read(found.path("tracks")), {"p0001": "明", "p0002": "Bo"})
    assert [export_video.written(who, person) for person in NAMES] == ["p0001", "Bo"]


def test_pixels_that_are_not_square_stay_so(tmp_path, monkeypatch, write):
    source = tmp_path / "anamorphic.mp4"
    ffmpeg(*pattern("160x120", seconds=0.8), "-vf", "setsar=16/11", "-c:v", "libx264", source)
    found = Found(tmp_path, times(source))
    with av.open(write(found, "blurred", source)) as container:
        assert container.streams.video[0].sample_aspect_ratio == Fraction(16, 11)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_each_time(found, write, kind):
    first = write(found, kind).read_bytes()
    assert write(found, kind).read_bytes() == first


@pytest.mark.parametrize("kind", KINDS)
def test_a_video_that_is_gone_is_an_empty_file(gone, write, kind):
    assert write(gone, kind).read_bytes() == b""


@pytest.mark.parametrize("kind", KINDS)
def test_nobody(tmp_path, write, kind):
    alone = Found(tmp_path, [0.04 * n for n in range(12)])
    for table in ("tracks", "people", "phases", "faces", "keypoints"):
        alone.write(table, {name: [] for name in schemas.SCHEMAS[table].names})
    assert len(times(write(alone, kind))) == 12


def test_nothing_is_left_of_a_video_that_fails(found, write, monkeypatch):
    def fail(*_):
        raise RuntimeError("full")

    monkeypatch.setattr(export_video.Skeletons, "__call__", fail)
    with pytest.raises(RuntimeError):
        write(found, "overlay")
    assert os.listdir(found.folder / "overlay") == []


# Covered faces ------------------------------------------------------------------------------------


def test_faces_are_covered_in_every_frame(found, write, tmp_path):
    """Faces were looked for in every fifth frame; people move in between."""
    source = noise_video(found, tmp_path)
    before, after = read_images(source), read_images(write(found, "blurred", source))
    for frame in range(20):
        for x in (40 + frame, 110):
            assert is_changed(before[frame], after[frame], x, 30), (frame, x)
    corner = (slice(100, 118), slice(2, 8))
    assert np.abs(after[5][corner].astype(int) - before[5][corner]).mean() < 20


def test_faces_alone_are_enough(found, write, tmp_path):
    """Without bodies the boxes go on: between detections, and to where the face was last seen."""
    found.write("keypoints", {name: [] for name in schemas.SCHEMAS["keypoints"].names})
    source = noise_video(found, tmp_path)
    before, after = read_images(source), read_images(write(found, "blurred", source))
    assert all(is_changed(before[n], after[n], 110, 30) for n in range(20))
    assert all(is_changed(before[n], after[n], 40 + n, 30) for n in range(6))


def test_bodies_whose_face_was_not_found_are_covered(found, write, tmp_path):
    """Also just before they are first seen, and after they are lost, but not in the next shot."""
    source = noise_video(found, tmp_path)
    before, after = read_images(source), read_images(write(found, "blurred", source))
    assert all(is_changed(before[n], after[n], 75, 40, 2) for n in range(10))
    assert not is_changed(before[15], after[15], 75, 40, 2)


def test_a_lost_head_is_followed(tmp_path, write):
    """A face seen only in the first frames goes on being covered where it moves to."""
    rolling = Found(tmp_path, [0.04 * n for n in range(20)], cut=20)
    faces = parquet.read(rolling.path("faces"))
    rolling.write("faces", faces[(faces["frame"] == 0) & (faces["track"] == 0)])
    rolling.write("keypoints", {name: [] for name in schemas.SCHEMAS["keypoints"].names})
    noise = np.random.default_rng(3).integers(0, 256, (12, 16, 3), np.uint8)
    head = np.kron(noise, np.ones((3, 3, 1), np.uint8))
    images = []
    for n in range(20):
        image = np.full((120, 160, 3), 128, np.uint8)
        image[12:48, 16 + 4 * n : 64 + 4 * n] = head
        images.append(image)
    source = from_pictures(tmp_path / "moving.mp4", images, [40 * n for n in range(20)])
    before, after = read_images(source), read_images(write(rolling, "blurred", source))
    for n in range(20):
        assert is_changed(before[n], after[n], 40 + 4 * n, 30), n


@pytest.mark.workflow
def test_the_demo_without_faces(demo, monkeypatch, tmp_path):
    """The workflow's own detector finds nobody, its embedder knows none of the covered faces."""
    from corpus.faces.embedding_networks import Dlib
    from portraits import detector, model_file

    output = tmp_path / "both.mp4"
    inputs = [w for t in INPUT_TABLES for w in (f"--{t}", demo / t / "both.parquet")]
    video = next((demo / "videos").glob("both.mp4"))
    call(
        monkeypatch,
        export_video,
        "--kind",
        "blurred",
        "--video",
        video,
        *inputs,
        "--output",
        output,
    )
    images = read_images(output)
    found = [detector()([image])[0] for image in images[::4]]
    assert sum(len(boxes) for boxes, _, _ in found) == 0
    dlib = Dlib(*(model_file(name) for name in ("dlib", "dlib_landmarks")))
    known = np.stack(parquet.read(demo / "embeddings/both.parquet")["embedding"])
    faces = parquet.read(demo / "faces/both.parquet")
    for row in faces[faces["frame"] % 20 == 0].itertuples():
        [seen] = dlib([images[row.frame]], [np.array([row.x1, row.y1, row.x2, row.y2])])
        assert np.linalg.norm(known - seen, axis=1).min() > 0.6, "dlib's distance of one person"


# Letters, colours and the time bar ----------------------------------------------------------------


def test_letters_are_pasted_within_the_picture():
    image = np.zeros((20, 30, 3), np.uint8)
    for x, y in ((-500, 0), (25, 15), (-3, -3), (0, 400)):
        paste(image, render_label("Ab", 12, (255, 255, 255), (10, 20, 30)), x, y)
    assert image[19, 29].any() and image[0, 0].any()


def test_a_long_name_is_cut():
    text = shorten_to_width("Wolfeschlegelsteinhausenbergerdorff", 12, 80)
    assert text.endswith("…") and render_label(text, 12, (1, 2, 3)).shape[1] <= 82
    assert shorten_to_width("Bo", 12, 80) == "Bo"


def test_colours_differ_and_stay():
    few = person_colours(["p0001", "p0008", "p0003"])
    assert len(set(few.values())) == 3 and few["p0001"] == PALETTE[0] and few["p0003"] == PALETTE[2]
    assert len(person_colours([f"p{n:04d}" for n in range(1, 30)])) == 29


def test_the_time_bar_shows_what_is_now():
    rows = [
        TimelineRow("Ada", (230, 159, 0), [(0, 2)], {"left": [(1, 1.5, "movement")]}),
        TimelineRow("Bo", (86, 180, 233), [(3, 4)], {}),
    ]
    bar = Timeline(400, 12, [(0, 2), (2, 4)], rows)
    drawn = bar.draw(1.25, 0)
    assert drawn.shape == (bar.height, 400, 3)
    at = bar._x(1.25, 0)
    assert (drawn[bar.row + 6, at] == 255).all(), "the line that is now"
    first, second = drawn[bar.row : 2 * bar.row], drawn[2 * bar.row : 3 * bar.row]
    x = bar._x(1.1, 0)
    assert (first[5, x] == (230, 159, 0)).all(), "the left hand moves, in the upper half"
    assert not (first[-5, x] == (230, 159, 0)).all() and not (first[-5, x] == GROUND).all()
    assert (second[5, x] == GROUND).all(), "Bo is not there yet"
    assert (bar.draw(3.5, 1)[5] != drawn[5]).any(), "the time code"


def test_long_videos_have_pages_and_many_people_a_number():
    rows = [TimelineRow(f"p{n:04d}", (200, 0, 0), [(0, 9000)], {}) for n in range(9)]
    bar = Timeline(640, 14, [(0, 9000)], rows)
    assert len(bar.rows) == 6 and bar.more == 3 and bar.height < 260
    one, two = bar.draw(29.9, 0), bar.draw(30.1, 0)
    assert bar._x(29.9, 0) > 600 and bar._page[0] == 1
    assert (one != two).any()
    bar.draw(9001.0, 0)


def test_clock():
    assert clock(3.48, 10) == "0:03.480" and clock(75.9996, 100) == "1:16.000"
    assert clock(3723.5, 4000) == "1:02:03.500" and clock(65, 100, whole=True) == "1:05"
    assert clock(-0.5, 10) == "0:00.000"
