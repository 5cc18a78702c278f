"""A picture of a whole body with both hands, and the networks that find them."""

from dataclasses import replace
from functools import cache

import numpy as np

import render_demo
from corpus.pose.pose_networks import Networks, open_networks
from demo_clips.arm_motion import Turn
from demo_clips.gesture_clip import HANDS, HANGING, RAISED
from portraits import model_file

RAISED_FROM_THE_START = (Turn(-2.0, -1.0, HANGING, RAISED),)


@cache
def keypoint_networks() -> Networks:
    """The networks of bodies and hands on the CPU."""
    files = (model_file(f"{part}_landmarker_bundled") for part in ("pose", "hand"))
    return open_networks(*files, "cpu")


@cache
def figure_with_raised_hands() -> np.ndarray:
    """A frame (480, 640, 3) of the demo's figure, with both hands beside its chin."""
    arms = dict.fromkeys(("left", "right"), RAISED_FROM_THE_START)
    return next(replace(HANDS, n_frames=2, arms=arms).images(render_demo.portraits()))
