"""Short films of two people in one room, as pictures in memory, with known transitions.

Films are lists of (height, width, 3) uint8 RGB. The people are the portraits of the demo.
"""

from functools import cache

import cv2
import numpy as np

import render_demo

WIDTH, HEIGHT = 256, 192
PEOPLE = ("collins", "hopper")


@cache
def room(person: str) -> np.ndarray:
    """Picture of a person in front of a wall; the wall is the same for both people."""
    random = np.random.default_rng(0)
    wall = cv2.resize(random.integers(60, 200, (9, 12, 3), np.uint8), (WIDTH, HEIGHT))
    portrait = render_demo.portraits()[person][40:460, 60:420]
    wall[40:, 80:176] = cv2.resize(portrait, (96, 152), interpolation=cv2.INTER_AREA)
    return wall


@cache
def outdoors(person: str) -> np.ndarray:
    """Portrait that fills the picture."""
    portrait = render_demo.portraits()[person]
    width = portrait.shape[1]
    return cv2.resize(portrait[: width * HEIGHT // WIDTH], (WIDTH, HEIGHT))


def view(picture: np.ndarray, x: float = 0.0, y: float = 0.0, zoom: float = 1.0) -> np.ndarray:
    """Picture as seen by a camera that is moved by (x, y) pixels and zoomed in."""
    matrix = np.array(
        [
            [zoom, 0, WIDTH / 2 * (1 - zoom) - x * zoom],
            [0, zoom, HEIGHT / 2 * (1 - zoom) - y * zoom],
        ]
    )
    return cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)


@cache
def sensor_noise() -> np.ndarray:
    """Noise of four frames, (4, height, width, 3) int16."""
    return np.random.default_rng(1).normal(0, 3, (4, HEIGHT, WIDTH, 3)).astype(np.int16)


def film(picture: np.ndarray, n_frames: int, pan: float = 0.0) -> list[np.ndarray]:
    """Film with the noise of a sensor; the camera moves `pan` pixels per frame, zoomed in."""
    noise = sensor_noise()
    pictures = (view(picture, pan * n, zoom=1.5) if pan else picture for n in range(n_frames))
    return [
        cv2.add(one.astype(np.int16), noise[n % 4]).clip(0, 255).astype(np.uint8)
        for n, one in enumerate(pictures)
    ]


def mix(before: np.ndarray, after: np.ndarray, share: float, kind: str) -> np.ndarray:
    """Frame of a transition in which `share` of the time has passed."""
    first, second = before.astype(np.float32), after.astype(np.float32)
    y, x = np.mgrid[:HEIGHT, :WIDTH] / np.array([HEIGHT, WIDTH])[:, None, None]
    if kind in ("black", "white"):
        plain = np.full_like(first, 0 if kind == "black" else 255)
        shown, weight = (first, 1 - 2 * share) if share < 0.5 else (second, 2 * share - 1)
        return (shown * weight + plain * (1 - weight)).astype(np.uint8)
    if kind == "dissolve":
        return (first * (1 - share) + second * share).astype(np.uint8)
    progress = {
        "right": x,
        "left": 1 - x,
        "down": y,
        "diagonal": (x + y) / 2,
        "circle": np.hypot(x - 0.5, y - 0.5) / 0.71,
    }[kind]
    return np.where((progress < share)[..., None], after, before)


def joined(
    first: list[np.ndarray], second: list[np.ndarray], n_mixed: int = 0, kind: str = "dissolve"
) -> list[np.ndarray]:
    """Film that changes from one film to another in `n_mixed` frames, in which both play on."""
    n_first = len(first) - n_mixed
    shares = (np.arange(n_mixed) + 1) / (n_mixed + 1)
    mixed = [
        mix(before, after, share, kind)
        for before, after, share in zip(first[n_first:], second[:n_mixed], shares, strict=True)
    ]
    return [*first[:n_first], *mixed, *second[n_mixed:]]
