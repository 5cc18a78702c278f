"""The clips of the demo: portraits under a moving camera, and a figure that moves its arms.

`frames` holds the size and rate of all clips, `portraits` reads the two pictures, `camera_moves`
and `gesture_clip` define the clips; `figure` and `arm_motion` draw and move the figure.
"""
