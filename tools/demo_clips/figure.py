"""A drawn figure: the head and chest of Grace Hopper's portrait on a drawn body with two arms.

MediaPipe has to accept the figure as a person, with hands that its hand model finds. Arms and
fingers are therefore drawn as rounded limbs with shading, in the colours of the portrait. All
positions are pixels of the portrait, which has no body below its row 600, unless they are said to
be pixels of the frame.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from demo_clips.arm_motion import FINGER_BASES, ArmJoints
from demo_clips.frames import HEIGHT, WIDTH, Placement, smooth_for_scale, warp

Colour = tuple[float, float, float]
JACKET, TROUSERS, SKIN = (30.0, 32.0, 46.0), (22.0, 23.0, 34.0), (214.0, 164.0, 138.0)
GOLD, CUFF, SEAM = (200.0, 165.0, 80.0), (235.0, 235.0, 235.0), (10.0, 10.0, 16.0)
LIGHT = (-0.35, -0.5, 0.79)
"""Direction towards the lamp: from the left, from above, and from the camera."""
BODY_SIZE = (1400, 512)
BUST_END, BUST_FADE = 600, 60
"""Last row of the portrait, and the number of rows above it in which it fades into the body."""
BUST = [
    *((146, 185), (143, 115), (172, 92), (176, 62), (215, 36), (252, 24), (292, 27), (336, 47)),
    *((352, 79), (370, 96), (371, 175), (375, 195), (373, 225), (359, 262), (351, 292)),
    *((334, 308), (331, 322), (400, 353), (440, 368), (428, 430), (420, 600), (104, 600)),
    *((96, 430), (84, 375), (132, 351), (196, 323), (199, 300), (173, 290), (161, 262)),
    *((154, 220), (156, 192)),
]
"""Outline of the hat, head and chest in the portrait. The shoulders are drawn."""
TRUNK = [
    *((66, 430), (100, 385), (160, 350), (362, 350), (418, 385), (462, 430), (448, 540)),
    *((430, 630), (428, 690), (448, 790), (454, 840), (68, 840), (74, 790), (94, 690)),
    *((92, 630), (76, 540)),
]
LEGS = [(72, 830), (450, 830), (442, 1400), (282, 1400), (262, 950), (240, 1400), (80, 1400)]
BUTTONS = ((245, 665), (245, 725), (245, 785))


@dataclass(frozen=True)
class Limb:
    """A rounded limb between two points (2,), with the radius at each of them."""

    start: np.ndarray
    end: np.ndarray
    start_radius: float
    end_radius: float
    colour: Colour

    def placed(self, placement: Placement) -> "Limb":
        """Return the limb in pixels of the frame."""
        scale, *corner = placement
        start, end = (point * scale + corner for point in (self.start, self.end))
        return Limb(start, end, self.start_radius * scale, self.end_radius * scale, self.colour)


class Figure:
    """The parts of the figure that do not move against each other.

    Parameters
    ----------
    portrait
        The portrait, (600, 512, 3) uint8 RGB.
    scale
        Pixels of the frame per pixel of the portrait.
    backdrop
        Colour behind the figure, RGB.
    """

    def __init__(self, portrait: np.ndarray, scale: float, backdrop: Colour) -> None:
        self.scale, self.backdrop = scale, _shaded_backdrop(backdrop)
        self.body = smooth_for_scale(_draw_body(), scale)
        self.bust = smooth_for_scale(_cut_out_bust(portrait), scale)

    def draw(self, corner: tuple[float, float], arms: list[ArmJoints], number: int) -> np.ndarray:
        """Draw a frame, (HEIGHT, WIDTH, 3) uint8 RGB.

        `corner` is where the portrait's top left pixel lies, and `number` selects the postures of
        the arms.
        """
        placement = (self.scale, *corner)
        image = self.backdrop.copy()
        _overlay(image, self.body, placement)
        for arm in arms:
            _draw_limb(image, _upper_arm(arm, number).placed(placement))
        _overlay(image, self.bust, placement)
        for arm in arms:
            for limb in (*_forearm(arm, number), *_hand(arm, number)):
                _draw_limb(image, limb.placed(placement))
        return np.rint(image).clip(0, 255).astype(np.uint8)


# Body --------------------------------------------------------------------------------------------


def _shaded_backdrop(colour: Colour) -> np.ndarray:
    """A wall that is brighter behind the head than in the corners, (HEIGHT, WIDTH, 3)."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    distance = np.sqrt((x - WIDTH / 2) ** 2 + (y - HEIGHT / 3) ** 2)
    return ((1.1 - distance / 1150)[..., None] * np.array(colour)).astype(np.float32)


def _draw_body() -> np.ndarray:
    """The trunk in its jacket and the legs, (*BODY_SIZE, 4) RGB and opacity."""
    body = np.zeros((*BODY_SIZE, 4), np.float32)
    _draw_cloth(body, LEGS, TROUSERS)
    _draw_cloth(body, TRUNK, JACKET)
    cv2.line(body, (262, 560), (262, 836), (*SEAM, 1.0), 5)
    for button in BUTTONS:
        cv2.circle(body, button, 13, (*GOLD, 1.0), -1)
    return body


def _draw_cloth(layer: np.ndarray, outline: list[tuple[int, int]], colour: Colour) -> None:
    """Draw an area of cloth that gets darker towards its edges."""
    mask = _fill(outline)
    depth = cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5)
    brightness = 0.6 + 0.5 * np.sqrt(np.clip(depth / 90, 0, 1))
    opacity = cv2.GaussianBlur(mask, (0, 0), 3)[..., None]
    layer[..., :3] += (brightness[..., None] * np.array(colour) - layer[..., :3]) * opacity
    layer[..., 3:] += (1 - layer[..., 3:]) * opacity


def _fill(outline: list[tuple[int, int]]) -> np.ndarray:
    """1 within an outline and 0 outside, BODY_SIZE."""
    mask = np.zeros(BODY_SIZE, np.uint8)
    cv2.fillPoly(mask, [np.array(outline, np.int32)], 255, cv2.LINE_AA)
    return mask / 255


def _cut_out_bust(portrait: np.ndarray) -> np.ndarray:
    """The head and chest of the portrait, (*BODY_SIZE, 4) RGB and opacity."""
    bust = np.zeros((*BODY_SIZE, 4), np.float32)
    bust[:BUST_END, :, :3] = portrait
    rows_left = (BUST_END - np.arange(BODY_SIZE[0])) / BUST_FADE
    mask = cv2.GaussianBlur(_fill(BUST), (0, 0), 2.5)
    bust[..., 3] = mask * np.clip(rows_left, 0, 1)[:, None]
    return bust


def _overlay(image: np.ndarray, layer: np.ndarray, placement: Placement) -> None:
    """Draw a layer of the body in a frame."""
    left = max(0, int(placement[1]))
    columns = slice(left, left + int(BODY_SIZE[1] * placement[0]) + 2)
    placed = warp(layer, placement, (0, 0, 0, 0))[:, columns]
    image[:, columns] += (placed[..., :3] - image[:, columns]) * placed[..., 3:].clip(0, 1)


# Limbs -------------------------------------------------------------------------------------------


def _upper_arm(arm: ArmJoints, number: int) -> Limb:
    return Limb(arm.shoulder[number], arm.elbow[number], 60, 47, JACKET)


def _forearm(arm: ArmJoints, number: int) -> Iterator[Limb]:
    """The sleeve with three gold stripes, and the cuff."""
    elbow, wrist = arm.elbow[number], arm.wrist[number]
    along, across = arm.along[number], arm.thumbwards[number]
    yield Limb(elbow, wrist, 47, 34, JACKET)
    for share in (0.70, 0.76, 0.82):
        centre, half_width = elbow + share * (wrist - elbow), 0.93 * (47 - 13 * share)
        yield Limb(centre - half_width * across, centre + half_width * across, 4, 4, GOLD)
    yield Limb(wrist - 16 * along, wrist - 2 * along, 30, 29, CUFF)


def _hand(arm: ArmJoints, number: int) -> Iterator[Limb]:
    """The fingers, from the little finger to the thumb, and the back of the hand over them."""
    thumb, *fingers = ([joint[number] for joint in finger] for finger in arm.fingers())
    for base, middle, last, tip in reversed(fingers):
        yield Limb(base, middle, 13, 12.5, SKIN)
        yield Limb(middle, last, 12.5, 11.5, SKIN)
        yield Limb(last, tip, 11.5, 9.5, SKIN)
    for start, end, radii in zip(thumb, thumb[1:], ((17, 14), (14, 13), (13, 11)), strict=False):
        yield Limb(start, end, *radii, SKIN)
    for along, thumbwards in FINGER_BASES:
        root = arm.hand_point(6, 0.55 * thumbwards)[number]
        yield Limb(root, arm.hand_point(along, thumbwards)[number], 20, 16, SKIN)


def _draw_limb(image: np.ndarray, limb: Limb) -> None:
    """Draw a limb in a frame, as a tapered cylinder with rounded ends under the lamp."""
    rows, columns = _box_around(limb)
    x = np.arange(columns.start, columns.stop) - limb.start[0]
    y = np.arange(rows.start, rows.stop)[:, None] - limb.start[1]
    axis_x, axis_y = limb.end - limb.start
    length_squared = max(axis_x**2 + axis_y**2, 1e-9)
    share = np.clip((x * axis_x + y * axis_y) / length_squared, 0, 1)
    radius = limb.start_radius + share * (limb.end_radius - limb.start_radius)
    # The direction of the surface at each pixel; its length in the image plane is at most 1.
    normal_x, normal_y = (x - share * axis_x) / radius, (y - share * axis_y) / radius
    distance_squared = normal_x**2 + normal_y**2
    depth = np.sqrt(np.clip(1 - distance_squared, 0, 1))
    light = np.clip(normal_x * LIGHT[0] + normal_y * LIGHT[1] + depth * LIGHT[2], 0, 1)
    opacity = np.clip(radius * (1 - np.sqrt(distance_squared)) + 0.5, 0, 1)[..., None]
    part = image[rows, columns]
    part += ((0.4 + 0.75 * light)[..., None] * np.array(limb.colour) - part) * opacity


def _box_around(limb: Limb) -> tuple[slice, slice]:
    """Rows and columns of the part of a frame that contains a limb."""
    margin = max(limb.start_radius, limb.end_radius) + 2
    low = np.floor(np.minimum(limb.start, limb.end) - margin).astype(int)
    high = np.ceil(np.maximum(limb.start, limb.end) + margin).astype(int)
    left, right = np.clip([low[0], high[0]], 0, WIDTH)
    top, bottom = np.clip([low[1], high[1]], 0, HEIGHT)
    return slice(top, bottom), slice(left, right)
