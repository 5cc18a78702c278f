"""Table contracts: the columns of every table, with their types and units.

Times are seconds (float64) on the container's clock; `x`, `y` and boxes are pixels of the decoded,
upright frame, origin top left; intervals are half-open; frame numbers count decoded frames from 0.
"""

import pyarrow as pa

STATUSES = {
    "ok": "decoded to its end; a reason then says what was damaged on the way",
    "truncated": "decoded until the file broke off; the rows cover what could be decoded",
    "no_video": "a file without a picture stream, or no media file at all",
    "unavailable": "gone for good at its source: private, removed, geo-blocked, not found",
}

POSE_KEYPOINTS = (
    "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer "
    "left_ear right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow "
    "right_elbow left_wrist right_wrist left_pinky right_pinky left_index right_index left_thumb "
    "right_thumb left_hip right_hip left_knee right_knee left_ankle right_ankle left_heel "
    "right_heel left_foot_index right_foot_index"
).split()
HAND_KEYPOINTS = (
    "wrist thumb_cmc thumb_mcp thumb_ip thumb_tip index_finger_mcp index_finger_pip "
    "index_finger_dip index_finger_tip middle_finger_mcp middle_finger_pip middle_finger_dip "
    "middle_finger_tip ring_finger_mcp ring_finger_pip ring_finger_dip ring_finger_tip pinky_mcp "
    "pinky_pip pinky_dip pinky_tip"
).split()
PARTS = {"pose": POSE_KEYPOINTS, "left_hand": HAND_KEYPOINTS, "right_hand": HAND_KEYPOINTS}
"""Keypoint names by part, in MediaPipe's order. Left and right are the person's own."""

KINEMATIC_POINTS = ("left_wrist", "right_wrist", "left_hand", "right_hand")
"""What movement is measured of. A hand is the middle of its 21 keypoints, or of the pose's."""

HANDS = ("left", "right")
PHASES = {
    "movement": "the hand moves",
    "hold": "the hand is kept still away from rest, before, between or after movements",
    "rest": "the hand is still, and no part of a gesture",
}
"""What a hand does at any time it is seen. Movements and holds in a row are a gesture."""

GESTURE_PHASES = ("movement", "hold")
"""Phases that gestures consist of. Where a movement and a hold overlap, the movement is kept."""

ORIGINS = {
    "workflow": "as the workflow wrote it",
    "changed": "on a tier that the workflow wrote, but moved, renamed or added there",
    "added": "on a tier that somebody added",
}
"""Who made an annotation that comes back from ELAN."""

FACE_LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
"""MTCNN's five points in its order; here left and right are the viewer's."""

_text = pa.dictionary(pa.int32(), pa.string())


def _schema(**columns: tuple[pa.DataType, str]) -> pa.Schema:
    return pa.schema(
        [pa.field(name, dtype, metadata={"doc": doc}) for name, (dtype, doc) in columns.items()]
    )


_FRAME = {
    "frame": (pa.int32(), "number of the decoded frame, from 0"),
    "time_s": (pa.float64(), "presentation time on the container's clock, seconds"),
    "shot": (pa.int32(), "shot the frame belongs to, from 0"),
}

SCHEMAS: dict[str, pa.Schema] = {
    "frames": _schema(**_FRAME),
    "shots": _schema(
        shot=(pa.int32(), "number of the shot, from 0"),
        start_frame=(pa.int32(), "first frame"),
        end_frame=(pa.int32(), "frame after the last"),
        start_s=(pa.float64(), "time of the first frame, seconds"),
        end_s=(pa.float64(), "time of the frame after the last, seconds"),
    ),
    "status": _schema(
        video_id=(pa.string(), "id in the manifest"),
        source=(pa.string(), "address or path in the manifest"),
        status=(pa.string(), "one of " + ", ".join(STATUSES)),
        reason=(
            pa.string(),
            "what is wrong, in the words of the tool that failed; or null",
        ),
        sha256=(pa.string(), "of the media file"),
        width=(pa.int32(), "pixels of the upright frame"),
        height=(pa.int32(), "pixels of the upright frame"),
        n_frames=(pa.int64(), "decoded frames"),
        start_s=(pa.float64(), "time of the first frame, seconds"),
        duration_s=(pa.float64(), "from the first frame to the end of the last, seconds"),
        is_vfr=(pa.bool_(), "true where the gaps between frames differ"),
        n_shots=(pa.int32(), "shots"),
    ),
    "faces": _schema(
        **_FRAME,
        track=(pa.int32(), "face track within the video, from 0"),
        x1=(pa.float32(), "left edge, pixels"),
        y1=(pa.float32(), "top edge, pixels"),
        x2=(pa.float32(), "right edge, pixels"),
        y2=(pa.float32(), "bottom edge, pixels"),
        score=(pa.float32(), "detector's probability of a face"),
        landmarks=(
            pa.list_(pa.list_(pa.float32(), 2), 5),
            "5 x (x, y) pixels: " + ", ".join(FACE_LANDMARKS) + " as the viewer sees them",
        ),
        quality=(pa.float32(), "0 to 1: how well the face can be recognised"),
    ),
    "embeddings": _schema(
        track=(pa.int32(), "face track within the video"),
        frame=_FRAME["frame"],
        time_s=_FRAME["time_s"],
        embedding=(pa.list_(pa.float32()), "face embedding; its length is the embedder's"),
    ),
    "keypoints": _schema(
        **_FRAME,
        track=(
            pa.int32(),
            "face track of the person; -1, -2, ... for bodies whose face was not found",
        ),
        part=(_text, "one of " + ", ".join(PARTS)),
        keypoint=(_text, "MediaPipe's name of the keypoint"),
        x=(pa.float32(), "pixels"),
        y=(pa.float32(), "pixels"),
        z=(pa.float32(), "depth in pixels at the scale of x, 0 at the hips' middle or the wrist"),
        visibility=(pa.float32(), "0 to 1, in view and not hidden; null for hands"),
        score=(pa.float32(), "0 to 1: pose keypoint present in the picture; hand's handedness"),
        world_x=(pa.float32(), "metres, origin the hips' middle or the hand's centre"),
        world_y=(pa.float32(), "metres"),
        world_z=(pa.float32(), "metres"),
    ),
    "kinematics": _schema(
        **_FRAME,
        track=(pa.int32(), "track of the person, as in keypoints"),
        point=(_text, "one of " + ", ".join(KINEMATIC_POINTS)),
        x=(pa.float32(), "shoulder widths to the right in the picture, from the shoulders' middle"),
        y=(pa.float32(), "shoulder widths upwards, from the shoulders' middle"),
        speed=(pa.float32(), "shoulder widths a second, in the picture's plane"),
        acceleration=(pa.float32(), "shoulder widths a second squared, length of the vector"),
        world_x=(pa.float32(), "metres to the right, from the shoulders' middle, as estimated"),
        world_y=(pa.float32(), "metres upwards, likewise"),
        world_z=(pa.float32(), "metres towards the camera, likewise"),
        world_speed=(pa.float32(), "metres a second, in space"),
        world_acceleration=(pa.float32(), "metres a second squared, length of the vector"),
        interpolated=(pa.bool_(), "true where the point was not seen in this frame, but around it"),
    ),
    "phases": _schema(
        shot=_FRAME["shot"],
        track=(pa.int32(), "track of the person, as in keypoints"),
        hand=(_text, "left or right, the person's own"),
        phase=(_text, "one of " + ", ".join(PHASES)),
        start_s=(pa.float64(), "start, seconds"),
        end_s=(pa.float64(), "end, seconds"),
        gesture=(pa.int32(), "gesture it belongs to, within the video, from 0; null at rest"),
        peak_speed=(pa.float32(), "shoulder widths a second"),
        mean_speed=(pa.float32(), "shoulder widths a second"),
        path_length=(pa.float32(), "shoulder widths"),
        world_path_length=(pa.float32(), "metres, as estimated; null where the model gave none"),
    ),
    "gestures": _schema(
        gesture=(pa.int32(), "number within the video, from 0"),
        person=(pa.string(), "who; null for a body whose face was not found"),
        track=(pa.int32(), "track of the person, as in keypoints"),
        hand=(_text, "left or right, the person's own"),
        shot=_FRAME["shot"],
        start_s=(pa.float64(), "the hand leaves its rest, seconds"),
        end_s=(pa.float64(), "it is at rest again, seconds"),
        n_movements=(pa.int32(), "stretches of movement, which holds part"),
        hold_s=(pa.float64(), "seconds of the holds in it"),
        peak_speed=(pa.float32(), "shoulder widths a second"),
        mean_speed=(pa.float32(), "shoulder widths a second, holds included"),
        path_length=(pa.float32(), "shoulder widths"),
        world_path_length=(pa.float32(), "metres, as estimated; null where the model gave none"),
    ),
    "covers": _schema(
        **_FRAME,
        cover=(pa.int32(), "number of the head within the video, from 0; it says nothing of whose"),
        known_by=(_text, "face or body: what of it was found in the frame"),
        x1=(pa.float32(), "left edge of the ellipse that is covered, pixels"),
        y1=(pa.float32(), "top edge, pixels"),
        x2=(pa.float32(), "right edge, pixels"),
        y2=(pa.float32(), "bottom edge, pixels"),
    ),
    "clusters": _schema(
        video_id=(pa.string(), "id in the manifest"),
        track=(pa.int32(), "face track within the video"),
        shot=(pa.int32(), "shot within the video"),
        start_s=(pa.float64(), "first detection, seconds"),
        end_s=(
            pa.float64(),
            "a sampling interval after the last detection, or the shot's end, seconds",
        ),
        n_faces=(pa.int32(), "detections in the track"),
        cluster=(
            pa.int32(),
            "number of the person, from 0; by seconds on screen, longest first, without gaps, "
            "unless people keep the numbers of an earlier run (config key clustering.known)",
        ),
        probability=(
            pa.float32(),
            "0 to 1: share of the track's faces times their membership; of a known track, if new "
            "ones are assigned, that of the earlier run",
        ),
        best_time_s=(pa.float64(), "time of the track's best face, seconds"),
        best_box=(pa.list_(pa.float32(), 4), "x1, y1, x2, y2 of that face, pixels"),
        best_quality=(pa.float32(), "quality of that face"),
    ),
    "tracks": _schema(
        video_id=(pa.string(), "id in the manifest"),
        track=(pa.int32(), "face track within the video"),
        shot=(pa.int32(), "shot within the video"),
        start_s=(pa.float64(), "start of the track, seconds"),
        end_s=(pa.float64(), "end of the track, seconds"),
        n_faces=(pa.int32(), "detections in the track"),
        person=(
            pa.string(),
            "person id within this corpus: p0001, p0002, ...; stays when videos are added if "
            "the config key clustering.known is set",
        ),
        probability=(pa.float32(), "0 to 1: how surely the track is this person"),
    ),
    "people": _schema(
        person=(
            pa.string(),
            "p0001, p0002, ...; rows are by seconds on screen, longest first, and so are ids where "
            "neither names join people nor clustering.known is set",
        ),
        name=(pa.string(), "name from people.tsv, or null"),
        n_videos=(pa.int32(), "videos the person is in"),
        n_tracks=(pa.int32(), "face tracks"),
        seconds=(pa.float64(), "seconds with the face on screen"),
        best_video_id=(pa.string(), "video with the best face"),
        best_track=(pa.int32(), "its track"),
        best_time_s=(pa.float64(), "time of the best face, seconds"),
        best_box=(pa.list_(pa.float32(), 4), "x1, y1, x2, y2 of that face, pixels"),
    ),
    "corpus": _schema(
        video_id=(pa.string(), "id in the manifest"),
        source=(pa.string(), "address or path in the manifest"),
        status=(pa.string(), "one of " + ", ".join(STATUSES)),
        reason=(pa.string(), "what is wrong, in the words of the tool that failed; or null"),
        sha256=(pa.string(), "of the media file"),
        width=(pa.int32(), "pixels of the upright frame"),
        height=(pa.int32(), "pixels of the upright frame"),
        n_frames=(pa.int64(), "decoded frames"),
        start_s=(pa.float64(), "time of the first frame, seconds"),
        duration_s=(pa.float64(), "from the first frame to the end of the last, seconds"),
        is_vfr=(pa.bool_(), "true where the gaps between frames differ"),
        n_shots=(pa.int32(), "shots"),
        n_face_tracks=(pa.int32(), "face tracks"),
        n_people=(pa.int32(), "people, by face"),
    ),
    "pictures": _schema(
        person=(pa.string(), "whose face: the person as found, before names join people"),
        rank=(pa.int32(), "0 for the best face of the person, then 1, 2, ..."),
        video_id=(pa.string(), "id in the manifest"),
        track=(pa.int32(), "face track within the video"),
        time_s=(pa.float64(), "time of the frame, seconds"),
        quality=(pa.float32(), "0 to 1: how well the face can be recognised"),
        jpeg=(pa.binary(), "the face with some margin, a JPEG file"),
    ),
    "annotations": _schema(
        video_id=(pa.string(), "id in the manifest"),
        tier=(pa.string(), "name of the tier"),
        parent=(pa.string(), "tier it depends on, or null"),
        kind=(pa.string(), "linguistic type of the tier"),
        participant=(pa.string(), "who the tier is about, or null"),
        annotator=(pa.string(), "who annotated, or null"),
        start_s=(pa.float64(), "start, seconds on the container's clock"),
        end_s=(pa.float64(), "end, seconds"),
        value=(pa.string(), "text of the annotation"),
        origin=(pa.string(), "one of " + ", ".join(ORIGINS)),
        file=(pa.string(), "file it is from, within the folder of annotations"),
    ),
}


def schema(table: str, extra: tuple[str, ...] = (), vector: int | None = None) -> pa.Schema:
    """Schema of `table`, with `extra` text columns at the end (the manifest's own columns).

    `vector` is the length of the embeddings, which depends on the embedder.
    """
    fields = list(SCHEMAS[table]) + [pa.field(name, pa.string()) for name in extra]
    if vector is not None:
        fields = [
            f.with_type(pa.list_(pa.float32(), vector)) if f.name == "embedding" else f
            for f in fields
        ]
    return pa.schema(fields)
