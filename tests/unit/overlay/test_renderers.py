"""Rendered images: skeletons over the image, and masked heads."""

import numpy as np

import processed_video
import video_exports
from corpus.overlay.palette import person_colours
from corpus.tables import parquet
from noise_video import is_changed, noise_video, read_images
from processed_video import NAMES, ProcessedVideo
from synthetic_videos import from_pictures

processed, write_video = processed_video.processed, video_exports.write_video


def test_an_overlay_keeps_the_image_and_draws_people_in_their_colours(processed, write_video):
    shown, original = read_images(write_video(processed, "overlay")), read_images(processed.video())
    assert shown[0].shape[1] == 160 and shown[0].shape[0] > 140 and shown[0].shape[0] % 2 == 0
    far = (slice(2, 10), slice(148, 158))
    assert np.abs(shown[5][far].astype(int) - original[5][far]).max() < 8
    colours = person_colours(NAMES)
    for person, x in (("p0001", 45), ("p0002", 110)):
        near = shown[5][20:110, x - 30 : x + 30].reshape(-1, 3).astype(int)
        assert np.abs(near - colours[person]).sum(axis=1).min() < 60, person


def test_faces_are_masked_in_every_frame(processed, write_video, tmp_path):
    """Faces are detected in every fifth frame only, and people move in between."""
    source = noise_video(processed, tmp_path)
    before, after = read_images(source), read_images(write_video(processed, "blurred", source))
    for frame in range(20):
        for x in (40 + frame, 110):
            assert is_changed(before[frame], after[frame], x, 30), (frame, x)
    corner = (slice(100, 118), slice(2, 8))
    assert np.abs(after[5][corner].astype(int) - before[5][corner]).mean() < 20


def test_faces_are_masked_without_keypoints(processed, write_video, tmp_path):
    """Masks are interpolated between detections, up to the last detection."""
    processed.empty("keypoints")
    source = noise_video(processed, tmp_path)
    before, after = read_images(source), read_images(write_video(processed, "blurred", source))
    assert all(is_changed(before[n], after[n], 110, 30) for n in range(20))
    assert all(is_changed(before[n], after[n], 40 + n, 30) for n in range(6))


def test_heads_of_bodies_without_a_detected_face_are_masked(processed, write_video, tmp_path):
    """Also shortly before and after the body is located, but not in the next shot."""
    source = noise_video(processed, tmp_path)
    before, after = read_images(source), read_images(write_video(processed, "blurred", source))
    assert all(is_changed(before[n], after[n], 75, 40, 2) for n in range(10))
    assert not is_changed(before[15], after[15], 75, 40, 2)


def test_the_mask_follows_a_face_that_is_no_longer_detected(tmp_path, write_video):
    """The face is detected in the first frame only."""
    rolling = ProcessedVideo(tmp_path, [0.04 * n for n in range(20)], cut=20)
    faces = parquet.read(rolling.path("faces"))
    rolling.write("faces", faces[(faces["frame"] == 0) & (faces["track"] == 0)])
    rolling.empty("keypoints")
    noise = np.random.default_rng(3).integers(0, 256, (12, 16, 3), np.uint8)
    head = np.kron(noise, np.ones((3, 3, 1), np.uint8))
    images = []
    for n in range(20):
        image = np.full((120, 160, 3), 128, np.uint8)
        image[12:48, 16 + 4 * n : 64 + 4 * n] = head
        images.append(image)
    source = from_pictures(tmp_path / "moving.mp4", images, [40 * n for n in range(20)])
    before, after = read_images(source), read_images(write_video(rolling, "blurred", source))
    for n in range(20):
        assert is_changed(before[n], after[n], 40 + 4 * n, 30), n
