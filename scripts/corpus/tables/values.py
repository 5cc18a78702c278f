"""Values that columns of the tables can have: statuses, keypoints, phases and so on."""

STATUSES = {
    "ok": "decoded to its end; if parts were damaged, `reason` says so",
    "truncated": "decoded up to the point where the file ends early; the tables contain what "
    "could be decoded",
    "no_video": "no video stream, or not a media file",
    "unavailable": "permanently gone at its source: private, removed, geo-blocked or not found",
    "pending": "not downloaded yet, for a reason that may pass; the next run tries again",
}

POSE_KEYPOINTS: list[str] = list(
    (
        "nose left_eye_inner left_eye left_eye_outer right_eye_inner right_eye right_eye_outer "
        "left_ear right_ear mouth_left mouth_right left_shoulder right_shoulder left_elbow "
        "right_elbow left_wrist right_wrist left_pinky right_pinky left_index right_index "
        "left_thumb right_thumb left_hip right_hip left_knee right_knee left_ankle right_ankle "
        "left_heel right_heel left_foot_index right_foot_index"
    ).split()
)
HAND_KEYPOINTS: list[str] = list(
    (
        "wrist thumb_cmc thumb_mcp thumb_ip thumb_tip index_finger_mcp index_finger_pip "
        "index_finger_dip index_finger_tip middle_finger_mcp middle_finger_pip middle_finger_dip "
        "middle_finger_tip ring_finger_mcp ring_finger_pip ring_finger_dip ring_finger_tip "
        "pinky_mcp pinky_pip pinky_dip pinky_tip"
    ).split()
)
PARTS = {"pose": POSE_KEYPOINTS, "left_hand": HAND_KEYPOINTS, "right_hand": HAND_KEYPOINTS}
"""Keypoint names by part, in MediaPipe's order. Left and right are the person's own."""

KINEMATIC_POINTS = ("left_wrist", "right_wrist", "left_hand", "right_hand")
KINEMATIC_SOURCES = ("pose", "hand")
"""Points whose movement is measured. A hand is the mean of its 21 keypoints, or of those that the
pose model places on it."""

HANDS = ("left", "right")
TRANSITIONS = {
    "start": "the video begins",
    "cut": "hard cut",
    "dissolve": "one picture turns into the next",
    "fade": "dissolve through black, white or another plain picture",
    "wipe": "the next picture replaces the first one part by part",
}
PHASES = {
    "movement": "the hand moves",
    "hold": "the hand is still away from its rest position, before, between or after movements",
    "rest": "the hand is still and not part of a gesture",
}
"""What a hand does while it is visible. Consecutive movements and holds form a gesture."""

GESTURE_PHASES = ("movement", "hold")
"""Phases that gestures consist of. Where a movement and a hold overlap, the movement is kept."""

GESTURE_REGIONS = ("center-center", "center", "periphery", "extreme periphery")
"""Regions of gesture space (McNeill 1992), from the inside to the outside."""

ORIGINS = {
    "workflow": "written by the workflow and unchanged",
    "changed": "moved, renamed or added on a tier that the workflow wrote",
    "added": "on a tier that an annotator added",
}
"""Origin of an annotation that is read back from ELAN."""

FACE_LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
"""The five landmarks of MTCNN in its order. Left and right are as the viewer sees them."""

KINDS = {
    "person": "a living face, or one that gives no evidence against it",
    "picture": "a face on a still picture in the scene, such as a slide, a poster or a photograph",
    "copy": "the live image of a face that is in the same picture already, such as on a screen",
}
"""What the face of a track is. docs/kinds.md says how each is recognised."""
