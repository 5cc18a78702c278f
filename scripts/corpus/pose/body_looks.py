"""Look at bodies without a face as often as is needed to know whether they are people."""

from collections.abc import Sequence

import numpy as np

from corpus.pose.body_evidence import look_request, score_of_look
from corpus.pose.body_state import FollowedBody, Scene
from corpus.pose.requests import Steps

LOOK_INTERVAL_S = 0.4
"""Time between two looks at a body that is known to be a person, seconds."""
LOOKS_PER_SECOND = 25.0
"""Looks at a body until it is known whether it is a person."""
MAX_LOOKS = 8
"""Largest number of looks at a body in one frame."""


def look_at_bodies(scene: Scene, faceless: Sequence[FollowedBody]) -> Steps[None]:
    """Add evidence to bodies without a face; several looks at one follow one another."""
    n_looks = [_n_looks(body, scene) for body in faceless]
    for turn in range(max(n_looks, default=0)):
        bodies = [
            body
            for body, count in zip(faceless, n_looks, strict=True)
            if turn < count and not body.evidence.is_rejected
        ]
        if bodies:
            yield from _look_once(scene, bodies)


def _look_once(scene: Scene, bodies: Sequence[FollowedBody]) -> Steps[None]:
    looks = [body.evidence.next_look for body in bodies]
    answers = yield [
        look_request(scene.image, body.region, look)
        for body, look in zip(bodies, looks, strict=True)
    ]
    for body, look, found in zip(bodies, looks, answers, strict=True):
        body.evidence.add(score_of_look(found, body.region, look, scene.image.shape))


def _n_looks(body: FollowedBody, scene: Scene) -> int:
    """How often a body is looked at in this frame."""
    if body.evidence.is_confirmed:
        return int(scene.is_due(LOOK_INTERVAL_S))
    # Half a look less, since times are rounded.
    return int(np.ceil(np.clip(scene.elapsed_s * LOOKS_PER_SECOND - 0.5, 1, MAX_LOOKS)))
