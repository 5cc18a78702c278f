"""Exported videos: times, sound, metadata and repeatability."""

import json
import os

import av
import numpy as np
import pytest

import processed_video
import video_exports
from corpus.overlay import renderers
from corpus.tables import parquet
from corpus.video.picture_copy import reason_to_encode
from corpus.video.reader import Reader
from processed_video import SIZE, ProcessedVideo
from synthetic_videos import CODECS, X264, ffmpeg, from_pictures, pattern, tone
from unusual_videos import resized
from video_exports import KINDS

UNEVEN = ("-vf", "settb=1/1000,setpts='PTS+7*mod(N,3)'", "-enc_time_base", "1/1000")
"""FFmpeg options for a frame rate that varies, as that of phones."""

processed, unavailable = processed_video.processed, processed_video.unavailable
write_video = video_exports.write_video


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


@pytest.mark.parametrize("kind", KINDS)
def test_images_are_shown_at_the_times_of_the_original(processed, write_video, kind):
    assert times(write_video(processed, kind)) == times(processed.video())


@pytest.mark.parametrize("kind", ["overlay", "playable"])
def test_a_variable_frame_rate_is_kept(tmp_path, write_video, kind):
    varying = ProcessedVideo(tmp_path, [0, 0.033, 0.1, 0.101, 0.5, 0.533, 2.0], cut=7)
    assert times(write_video(varying, kind)) == pytest.approx(varying.times, abs=1e-9)


def test_sound_is_kept_only_with_the_option_sound(processed, write_video, tmp_path):
    source = tmp_path / "talk.mp4"
    ffmpeg(*pattern("160x120", seconds=0.8), *tone(0.8), *CODECS["mp4"], source)
    for kind in KINDS:
        assert sound(write_video(processed, kind, source)) is None
        assert sound(write_video(processed, kind, source, "--sound")) is not None


def test_a_playable_copy_of_a_rotated_late_video_shows_the_same(tmp_path, write_video):
    """Phones record HEVC or MPEG-4, turned by 90 degrees; the copy is upright and as late."""
    late, source = tmp_path / "late.mp4", tmp_path / "turned.mp4"
    ffmpeg(
        *pattern("160x120", seconds=0.8), "-c:v", "mpeg4", "-q:v", 2, "-output_ts_offset", 1, late
    )
    ffmpeg("-display_rotation", 90, "-i", late, "-copyts", "-c", "copy", source)
    original = list(Reader(source))
    processed = ProcessedVideo(tmp_path, [frame.time_s for frame in original])
    status = parquet.read(processed.path("status"))
    processed.write("status", status.assign(width=120, height=160))
    output = write_video(processed, "playable", source, "--sound")
    with av.open(output) as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert (stream.width, stream.height) == (120, 160)
    copy = [frame for frame in Reader(output) if frame.pixels.max() > 16]
    assert original[0].time_s >= 1 and len(copy) == len(original)
    assert [frame.time_s for frame in copy] == pytest.approx([f.time_s for f in original], abs=1e-4)
    for before, after in zip(original, copy, strict=True):
        assert np.abs(before.pixels.astype(int) - after.pixels).mean() < 12


def packets(path):
    with av.open(path) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def pictures_of(processed, source):
    """Write the index tables for the frames of a video; return its frames."""
    frames = list(Reader(source))
    processed.times = [frame.time_s for frame in frames]
    processed.shot_of, processed.end = [0] * len(frames), frames[-1].time_s + 0.04
    processed.cut = len(frames)
    processed.write_index()
    return frames


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("plain.mp4", CODECS["mp4"]),
        ("matroska.mkv", (*X264, "-c:a", "libopus")),
        ("uneven.mov", (*UNEVEN, *X264)),
    ],
)
def test_pictures_that_every_browser_plays_are_copied(
    processed, write_video, tmp_path, caplog, name, options
):
    """Also with B-frames, which are stored in another order, and for a phone held upright."""
    source = tmp_path / name
    ffmpeg(*pattern("160x120", seconds=1), *tone(1), *options, source)
    if name.endswith(".mov"):
        upright = tmp_path / "upright.mov"
        ffmpeg("-display_rotation", 90, "-i", source, "-c", "copy", upright)
        source = upright
    frames = pictures_of(processed, source)
    is_uneven = np.ptp(np.diff(processed.times)) > 0.01
    assert is_uneven == name.startswith("uneven")
    with caplog.at_level("INFO"):
        output = write_video(processed, "playable", source, "--sound")
    assert "copying" in caplog.text
    assert packets(output) == packets(source)
    copies = list(Reader(output))
    assert [copy.time_s for copy in copies] == pytest.approx(processed.times, abs=1e-6)
    for frame, copy in zip(frames, copies, strict=True):
        assert np.array_equal(frame.pixels, copy.pixels)
    start, samples = sound(output)
    expected_start, expected = sound(source)
    assert start == pytest.approx(expected_start, abs=0.001)
    assert len(samples) == pytest.approx(len(expected), rel=0.05)
    with av.open(output) as container:
        assert {stream.codec.name for stream in container.streams} == {"h264", "aac"}
    raw = output.read_bytes()
    assert raw.index(b"moov") < raw.index(b"mdat"), "the index is at the start"


@pytest.mark.parametrize(
    ("name", "options", "reason"),
    [
        ("old.mp4", ("-c:v", "mpeg4"), "the pictures are mpeg4"),
        ("ten.mp4", (*X264, "-pix_fmt", "yuv420p10le"), "yuv420p10le pixels"),
        ("stream.ts", X264, "format mpegts"),
        ("wide.mp4", (*X264, "-vf", "setsar=2"), "not square"),
        ("late.mp4", (*X264, "-output_ts_offset", "1"), "starts late"),
    ],
)
def test_other_pictures_are_encoded(
    processed, write_video, tmp_path, caplog, name, options, reason
):
    source = tmp_path / name
    ffmpeg(*pattern("160x120", seconds=0.4), *options, source)
    pictures_of(processed, source)
    if name == "wide.mp4":
        status = parquet.read(processed.path("status"))
        processed.write("status", status.assign(pixel_aspect="2:1", width=320))
    with caplog.at_level("INFO"):
        output = write_video(processed, "playable", source)
    assert "encoding the pictures: " in caplog.text and reason in caplog.text
    assert packets(output) != packets(source)


def test_pictures_are_encoded_if_the_file_has_other_frames_than_the_table(
    processed, write_video, tmp_path, caplog
):
    source = tmp_path / "plain.mp4"
    ffmpeg(*pattern("160x120", seconds=0.4), *X264, source)
    frames = pictures_of(processed, source)
    processed.times[4] += 0.001
    processed.write_index()
    with caplog.at_level("INFO"):
        write_video(processed, "playable", source)
    assert "at other times than the tables" in caplog.text
    assert reason_to_encode(source, [frame.time_s for frame in frames], {}, False) is None
    assert "do not give a frame" in reason_to_encode(source, processed.times[:-1], {}, False)


def test_a_silent_video_is_exported_without_sound(processed, write_video):
    assert sound(write_video(processed, "overlay", None, "--sound")) is None


@pytest.mark.parametrize("kind", KINDS)
def test_no_metadata_of_the_original_is_copied(processed, write_video, tmp_path, kind):
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
    output = write_video(processed, kind, source, "--sound")
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
def test_names_do_not_appear_in_videos_for_sharing(processed, write_video, kind):
    """Other names of people give the same video."""
    first = write_video(processed, kind).read_bytes()
    people = parquet.read(processed.path("people"))
    processed.write("people", people.assign(name=["Somebody else", "Another"]))
    assert write_video(processed, kind).read_bytes() == first


def test_a_skeleton_video_does_not_depend_on_the_image(processed, write_video, tmp_path):
    first = write_video(processed, "skeleton").read_bytes()
    noise = np.random.default_rng(0).integers(0, 256, (20, 120, 160, 3), np.uint8)
    source = from_pictures(tmp_path / "noise.mp4", noise, [40 * n for n in range(20)])
    assert write_video(processed, "skeleton", source).read_bytes() == first


def test_pixels_become_square(tmp_path, write_video):
    source = tmp_path / "anamorphic.mp4"
    ffmpeg(*pattern("110x120", seconds=0.8), "-vf", "setsar=16/11", "-c:v", "libx264", source)
    processed = ProcessedVideo(tmp_path, times(source))
    with av.open(write_video(processed, "blurred", source)) as container:
        [stream] = container.streams.video
        assert (stream.width, stream.height) == (160, 120)
        assert stream.sample_aspect_ratio == 1


@pytest.mark.fault(
    "media", "the picture of an exported video changes its size", "the export has one size"
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_that_changes_its_size_is_exported_in_one_size(tmp_path, write_video, kind):
    sizes = [(80, 60)] * 10 + [SIZE] * 10
    noise = np.random.default_rng(0).integers(0, 256, (20, 120, 160, 3), np.uint8)
    source = resized(tmp_path / "source.webm", noise, sizes)
    processed = ProcessedVideo(tmp_path, times(source))
    exported = [frame.pixels.shape[:2] for frame in Reader(write_video(processed, kind, source))]
    assert len(exported) == 20 and len(set(exported)) == 1
    assert exported[0][1] == SIZE[0] and exported[0][0] >= SIZE[1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_repeated_video_export_gives_the_same_bytes(processed, write_video, kind):
    first = write_video(processed, kind).read_bytes()
    assert write_video(processed, kind).read_bytes() == first


@pytest.mark.parametrize("kind", KINDS)
def test_an_unavailable_video_gives_an_empty_file(unavailable, write_video, kind):
    assert write_video(unavailable, kind).read_bytes() == b""


@pytest.mark.parametrize("kind", KINDS)
def test_a_video_without_people_is_exported(tmp_path, write_video, kind):
    alone = ProcessedVideo(tmp_path, [0.04 * n for n in range(12)])
    alone.empty("tracks", "people", "phases", "faces", "keypoints")
    assert len(times(write_video(alone, kind))) == 12


@pytest.mark.fault("interruptions", "an export fails half-way", "no file is left")
def test_a_failed_export_leaves_no_file(processed, write_video, monkeypatch):
    def fail(*_):
        raise RuntimeError("full")

    monkeypatch.setattr(renderers.SkeletonRenderer, "__call__", fail)
    with pytest.raises(RuntimeError):
        write_video(processed, "overlay")
    assert os.listdir(processed.folder / "overlay") == []
