"""Table contracts: the columns of every table, with their types and units.

Times are seconds (float64) on the clock of the video file. `x`, `y` and boxes are pixels of the
decoded, upright frame, origin top left. Intervals are half-open: the end is not included. Frame
numbers count decoded frames from 0.
"""

import pyarrow as pa

STATUSES = {
    "ok": "decoded to its end; if parts were damaged, `reason` says so",
    "truncated": "decoded up to the point where the file ends early; the tables contain what "
    "could be decoded",
    "no_video": "no video stream, or not a media file",
    "unavailable": "permanently gone at its source: private, removed, geo-blocked or not found",
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
"""Points whose movement is measured. A hand is the mean of its 21 keypoints, or of those that the
pose model places on it."""

HANDS = ("left", "right")
PHASES = {
    "movement": "the hand moves",
    "hold": "the hand is still away from its rest position, before, between or after movements",
    "rest": "the hand is still and not part of a gesture",
}
"""What a hand does while it is visible. Consecutive movements and holds form a gesture."""

GESTURE_PHASES = ("movement", "hold")
"""Phases that gestures consist of. Where a movement and a hold overlap, the movement is kept."""

ORIGINS = {
    "workflow": "written by the workflow and unchanged",
    "changed": "moved, renamed or added on a tier that the workflow wrote",
    "added": "on a tier that an annotator added",
}
"""Origin of an annotation that is read back from ELAN."""

FACE_LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
"""The five landmarks of MTCNN in its order. Left and right are as the viewer sees them."""

_text = pa.dictionary(pa.int32(), pa.string())


def _schema(**columns: tuple[pa.DataType, str]) -> pa.Schema:
    return pa.schema(
        [pa.field(name, dtype, metadata={"doc": doc}) for name, (dtype, doc) in columns.items()]
    )


_FRAME = {
    "frame": (pa.int32(), "number of the decoded frame, from 0"),
    "time_s": (pa.float64(), "presentation time on the clock of the video file, seconds"),
    "shot": (pa.int32(), "shot that contains the frame, from 0"),
}

SCHEMAS: dict[str, pa.Schema] = {
    "frames": _schema(**_FRAME),
    "shots": _schema(
        shot=(pa.int32(), "number of the shot, from 0"),
        start_frame=(pa.int32(), "first frame"),
        end_frame=(pa.int32(), "frame after the last one"),
        start_s=(pa.float64(), "time of the first frame, seconds"),
        end_s=(pa.float64(), "end of the last frame, seconds"),
    ),
    "status": _schema(
        video_id=(pa.string(), "id in the manifest"),
        source=(pa.string(), "address or path in the manifest"),
        status=(pa.string(), "one of " + ", ".join(STATUSES)),
        reason=(
            pa.string(),
            "what is wrong with the video, as reported by the tool that failed; null if nothing is",
        ),
        sha256=(pa.string(), "sha256 of the media file"),
        width=(pa.int32(), "size of the upright frame, pixels"),
        height=(pa.int32(), "size of the upright frame, pixels"),
        n_frames=(pa.int64(), "number of decoded frames"),
        start_s=(pa.float64(), "time of the first frame, seconds"),
        duration_s=(
            pa.float64(),
            "from the start of the first frame to the end of the last, seconds",
        ),
        is_vfr=(pa.bool_(), "true if the frame rate varies"),
        n_shots=(pa.int32(), "number of shots"),
    ),
    "faces": _schema(
        **_FRAME,
        track=(pa.int32(), "face track within the video, from 0"),
        x1=(pa.float32(), "left edge, pixels"),
        y1=(pa.float32(), "top edge, pixels"),
        x2=(pa.float32(), "right edge, pixels"),
        y2=(pa.float32(), "bottom edge, pixels"),
        score=(pa.float32(), "probability of a face, from the detector"),
        landmarks=(
            pa.list_(pa.list_(pa.float32(), 2), 5),
            "5 x (x, y) pixels: " + ", ".join(FACE_LANDMARKS) + " as the viewer sees them",
        ),
        quality=(pa.float32(), "0 to 1: how suitable the face is for recognition"),
    ),
    "embeddings": _schema(
        track=(pa.int32(), "face track within the video"),
        frame=_FRAME["frame"],
        time_s=_FRAME["time_s"],
        embedding=(pa.list_(pa.float32()), "face embedding; its length depends on the embedder"),
    ),
    "keypoints": _schema(
        **_FRAME,
        track=(
            pa.int32(),
            "face track of the person; -1, -2, ... for bodies whose face was not detected",
        ),
        part=(_text, "one of " + ", ".join(PARTS)),
        keypoint=(_text, "name of the keypoint in MediaPipe"),
        x=(pa.float32(), "pixels"),
        y=(pa.float32(), "pixels"),
        z=(
            pa.float32(),
            "estimated depth in pixels at the scale of x, relative to the midpoint of the hips "
            "or the wrist",
        ),
        visibility=(
            pa.float32(),
            "0 to 1: probability that the keypoint is in the picture and not occluded; null for "
            "hands",
        ),
        score=(
            pa.float32(),
            "0 to 1: probability that a pose keypoint is in the picture; for hands, the "
            "handedness score",
        ),
        world_x=(
            pa.float32(),
            "metres, as estimated; the origin is the midpoint of the hips or the centre of the "
            "hand",
        ),
        world_y=(pa.float32(), "metres, as estimated; same origin"),
        world_z=(pa.float32(), "metres, as estimated; same origin"),
    ),
    "kinematics": _schema(
        **_FRAME,
        track=(pa.int32(), "track of the person, as in keypoints"),
        point=(_text, "one of " + ", ".join(KINEMATIC_POINTS)),
        x=(
            pa.float32(),
            "shoulder widths to the right in the picture, from the midpoint of the shoulders",
        ),
        y=(pa.float32(), "shoulder widths upwards, from the midpoint of the shoulders"),
        speed=(pa.float32(), "speed in the image plane, shoulder widths per second"),
        acceleration=(
            pa.float32(),
            "length of the acceleration vector, shoulder widths per second squared",
        ),
        world_x=(
            pa.float32(),
            "metres to the right of the midpoint of the shoulders, as estimated",
        ),
        world_y=(pa.float32(), "metres above the midpoint of the shoulders, as estimated"),
        world_z=(
            pa.float32(),
            "metres towards the camera from the midpoint of the shoulders, as estimated",
        ),
        world_speed=(pa.float32(), "speed in space, metres per second, as estimated"),
        world_acceleration=(
            pa.float32(),
            "length of the acceleration vector in space, metres per second squared",
        ),
        interpolated=(pa.bool_(), "true if the point was interpolated between neighbouring frames"),
    ),
    "phases": _schema(
        shot=_FRAME["shot"],
        track=(pa.int32(), "track of the person, as in keypoints"),
        hand=(_text, "left or right, the person's own"),
        phase=(_text, "one of " + ", ".join(PHASES)),
        start_s=(pa.float64(), "start, seconds"),
        end_s=(pa.float64(), "end, seconds"),
        gesture=(
            pa.int32(),
            "gesture that contains it, numbered within the video from 0; null at rest",
        ),
        peak_speed=(pa.float32(), "highest speed, shoulder widths per second"),
        mean_speed=(pa.float32(), "mean speed, shoulder widths per second"),
        path_length=(pa.float32(), "length of the path, shoulder widths"),
        world_path_length=(
            pa.float32(),
            "length of the path in space, metres, as estimated; null if the model gave none",
        ),
    ),
    "gestures": _schema(
        gesture=(pa.int32(), "number within the video, from 0"),
        person=(pa.string(), "id of the person; null for a body whose face was not detected"),
        track=(pa.int32(), "track of the person, as in keypoints"),
        hand=(_text, "left or right, the person's own"),
        shot=_FRAME["shot"],
        start_s=(pa.float64(), "time at which the hand leaves its rest position, seconds"),
        end_s=(pa.float64(), "time at which the hand rests again, seconds"),
        n_movements=(pa.int32(), "number of movements, which holds separate"),
        hold_s=(pa.float64(), "total duration of its holds, seconds"),
        peak_speed=(pa.float32(), "highest speed, shoulder widths per second"),
        mean_speed=(pa.float32(), "mean speed including holds, shoulder widths per second"),
        path_length=(pa.float32(), "length of the path, shoulder widths"),
        world_path_length=(
            pa.float32(),
            "length of the path in space, metres, as estimated; null if the model gave none",
        ),
    ),
    "covers": _schema(
        **_FRAME,
        cover=(
            pa.int32(),
            "number of the head within the video, from 0; it does not identify a person",
        ),
        known_by=(_text, "face or body: what was detected in the frame"),
        x1=(pa.float32(), "left edge of the covered ellipse, pixels"),
        y1=(pa.float32(), "top edge, pixels"),
        x2=(pa.float32(), "right edge, pixels"),
        y2=(pa.float32(), "bottom edge, pixels"),
    ),
    "clusters": _schema(
        video_id=(pa.string(), "id in the manifest"),
        track=(pa.int32(), "face track within the video"),
        shot=(pa.int32(), "shot within the video"),
        start_s=(pa.float64(), "time of the first detection, seconds"),
        end_s=(
            pa.float64(),
            "one sampling interval after the last detection, or the end of the shot, seconds",
        ),
        n_faces=(pa.int32(), "number of detections in the track"),
        cluster=(
            pa.int32(),
            "number of the person, from 0, in descending order of time on screen, without gaps; "
            "with the config key clustering.known, people keep the numbers of the earlier run",
        ),
        probability=(
            pa.float32(),
            "0 to 1: share of the track's faces that vote for the person, times their mean "
            "membership; "
            "a known track keeps the value of the earlier run if new tracks are assigned",
        ),
        best_time_s=(pa.float64(), "time of the best face of the track, seconds"),
        best_box=(pa.list_(pa.float32(), 4), "x1, y1, x2, y2 of that face, pixels"),
        best_quality=(pa.float32(), "quality of that face"),
    ),
    "tracks": _schema(
        video_id=(pa.string(), "id in the manifest"),
        track=(pa.int32(), "face track within the video"),
        shot=(pa.int32(), "shot within the video"),
        start_s=(pa.float64(), "start of the track, seconds"),
        end_s=(pa.float64(), "end of the track, seconds"),
        n_faces=(pa.int32(), "number of detections in the track"),
        person=(
            pa.string(),
            "person id within this corpus: p0001, p0002, ...; with the config key "
            "clustering.known, "
            "it stays the same when videos are added",
        ),
        probability=(pa.float32(), "0 to 1: confidence that the track is this person"),
    ),
    "people": _schema(
        person=(
            pa.string(),
            "p0001, p0002, ...; rows are in descending order of time on screen, and so are ids, "
            "unless "
            "names merge people or the config key clustering.known is set",
        ),
        name=(pa.string(), "name from people.tsv, or null"),
        n_videos=(pa.int32(), "number of videos that show the person"),
        n_tracks=(pa.int32(), "number of face tracks"),
        seconds=(pa.float64(), "time with the face on screen, seconds"),
        best_video_id=(pa.string(), "video with the best face"),
        best_track=(pa.int32(), "track of that face"),
        best_time_s=(pa.float64(), "time of that face, seconds"),
        best_box=(pa.list_(pa.float32(), 4), "x1, y1, x2, y2 of that face, pixels"),
    ),
    "corpus": _schema(
        video_id=(pa.string(), "id in the manifest"),
        source=(pa.string(), "address or path in the manifest"),
        status=(pa.string(), "one of " + ", ".join(STATUSES)),
        reason=(
            pa.string(),
            "what is wrong with the video, as reported by the tool that failed; null if nothing is",
        ),
        sha256=(pa.string(), "sha256 of the media file"),
        width=(pa.int32(), "size of the upright frame, pixels"),
        height=(pa.int32(), "size of the upright frame, pixels"),
        n_frames=(pa.int64(), "number of decoded frames"),
        start_s=(pa.float64(), "time of the first frame, seconds"),
        duration_s=(
            pa.float64(),
            "from the start of the first frame to the end of the last, seconds",
        ),
        is_vfr=(pa.bool_(), "true if the frame rate varies"),
        n_shots=(pa.int32(), "number of shots"),
        n_face_tracks=(pa.int32(), "number of face tracks"),
        n_people=(pa.int32(), "number of people, by their faces"),
    ),
    "pictures": _schema(
        person=(pa.string(), "person as clustered, before names merge people"),
        rank=(pa.int32(), "0 for the best face of the person, then 1, 2, ..."),
        video_id=(pa.string(), "id in the manifest"),
        track=(pa.int32(), "face track within the video"),
        time_s=(pa.float64(), "time of the frame, seconds"),
        quality=(pa.float32(), "0 to 1: how suitable the face is for recognition"),
        jpeg=(pa.binary(), "the face with a margin, as a JPEG file"),
    ),
    "annotations": _schema(
        video_id=(pa.string(), "id in the manifest"),
        tier=(pa.string(), "name of the tier"),
        parent=(pa.string(), "parent tier, or null"),
        kind=(pa.string(), "linguistic type of the tier"),
        participant=(pa.string(), "participant of the tier, or null"),
        annotator=(pa.string(), "annotator of the tier, or null"),
        start_s=(pa.float64(), "start, seconds on the clock of the video file"),
        end_s=(pa.float64(), "end, seconds"),
        value=(pa.string(), "text of the annotation"),
        origin=(pa.string(), "one of " + ", ".join(ORIGINS)),
        file=(pa.string(), "name of the ELAN file, within the annotations folder"),
    ),
}


def schema(table: str, extra: tuple[str, ...] = (), vector: int | None = None) -> pa.Schema:
    """Schema of `table`, followed by `extra` text columns, the user's own columns of the manifest.

    `vector` is the length of the embeddings, which depends on the embedder.
    """
    fields = list(SCHEMAS[table]) + [pa.field(name, pa.string()) for name in extra]
    if vector is not None:
        fields = [
            f.with_type(pa.list_(pa.float32(), vector)) if f.name == "embedding" else f
            for f in fields
        ]
    return pa.schema(fields)
