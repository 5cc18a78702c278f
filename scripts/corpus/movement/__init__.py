"""Movement stage: kinematics, phases and gestures of hands, measured from keypoints.

`measurement` measures one video:

- positions: `keypoint_blocks`, `body_coordinates`, `jitter`, `stabilised_picture`
- speeds: `smoothing_spline`, `local_regression`, `kinematics`, `movement_quality`
- phases: `movement_runs`, `rest_places`, `phases`
- measures of gesture units: `gesture_units`, `gesture_measures`, and the modules they import

`gestures` adds people to gesture units, `person_units` and `hand_use` sum them up for each person.
`gesture_score` is optional.
"""
