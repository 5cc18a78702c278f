"""Detect shots: hard cuts, and gradual transitions such as dissolves, fades and wipes.

`transitions` searches a whole video; the other modules hold the window of frames that it judges,
the comparison of pictures, the movement of the camera, and the tests for each kind of transition.
"""
