"""Movement stage: kinematics, phases and gestures of hands, measured from keypoints.

`measurement` measures one video, `gestures` merges phases into gestures; the other modules hold the
body coordinates, the smoothing and the phase rules that these two use.
"""
