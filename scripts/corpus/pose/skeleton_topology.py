"""What is drawn of a skeleton: visible keypoints, and connections between them as in MediaPipe.

Source of the connections: PoseLandmarksConnections and HandLandmarksConnections of
mediapipe.tasks.python.vision.
"""

from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS

_POSE_LINES = (
    "nose-left_eye_inner left_eye_inner-left_eye left_eye-left_eye_outer left_eye_outer-left_ear "
    "nose-right_eye_inner right_eye_inner-right_eye right_eye-right_eye_outer "
    "right_eye_outer-right_ear mouth_left-mouth_right left_shoulder-right_shoulder "
    "left_shoulder-left_elbow left_elbow-left_wrist left_wrist-left_pinky left_wrist-left_index "
    "left_wrist-left_thumb left_pinky-left_index right_shoulder-right_elbow "
    "right_elbow-right_wrist right_wrist-right_pinky right_wrist-right_index "
    "right_wrist-right_thumb right_pinky-right_index left_shoulder-left_hip "
    "right_shoulder-right_hip left_hip-right_hip left_hip-left_knee right_hip-right_knee "
    "left_knee-left_ankle right_knee-right_ankle left_ankle-left_heel right_ankle-right_heel "
    "left_heel-left_foot_index right_heel-right_foot_index left_ankle-left_foot_index "
    "right_ankle-right_foot_index"
)
_FINGERS = (
    (0, 1, 2, 3, 4),
    (0, 5, 6, 7, 8),
    (9, 10, 11, 12),
    (13, 14, 15, 16),
    (0, 17, 18, 19, 20),
)
_PALM = ((5, 9), (9, 13), (13, 17))

POSE_CONNECTIONS = [
    tuple(POSE_KEYPOINTS.index(keypoint) for keypoint in line.split("-"))
    for line in _POSE_LINES.split()
]
"""Pairs of indices in POSE_KEYPOINTS."""
HAND_CONNECTIONS = [
    *(pair for finger in _FINGERS for pair in zip(finger, finger[1:], strict=False)),
    *_PALM,
]
"""Pairs of indices in HAND_KEYPOINTS."""
assert max(map(max, HAND_CONNECTIONS)) == len(HAND_KEYPOINTS) - 1

MIN_VISIBILITY = 0.5
"""Lowest visibility of a body keypoint that is drawn. MediaPipe guesses the position of keypoints
that it does not see."""
HEAD_KEYPOINTS = range(POSE_KEYPOINTS.index("mouth_right") + 1)
"""Indices in POSE_KEYPOINTS of nose, eyes, ears and mouth, which are drawn without dots."""
WRISTS = {"L": POSE_KEYPOINTS.index("left_wrist"), "R": POSE_KEYPOINTS.index("right_wrist")}
"""Indices in POSE_KEYPOINTS of the wrists, by the label that is drawn beside them."""
