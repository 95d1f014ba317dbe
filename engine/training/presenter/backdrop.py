"""The room behind the presenter, out of focus."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import Canvas, Colour, Field, bump, display, linear, smooth
from engine.training.presenter.identity import Identity

Light = NDArray[np.float32]


def backdrop(canvas: Canvas, who: Identity) -> NDArray[np.float32]:
    """(height, width, 3) sRGB: the wall with its light, and what stands before it, blurred as by a lens."""
    full = (canvas.width, canvas.height)
    # Nothing of it is sharp, so a third of the size will do.
    canvas = Canvas.covering(
        left=canvas.left,
        top=canvas.top,
        right=canvas.left + canvas.width / canvas.scale,
        bottom=canvas.top - canvas.height / canvas.scale,
        scale=canvas.scale / 3,
    )
    chance = np.random.default_rng([who.texture_seed, 5])
    scene = _wall(canvas, who)
    if who.room == "office":
        scene = _office(canvas, scene, chance)
    elif who.room == "window":
        scene = _window(canvas, scene, chance)
    elif who.room == "shelf":
        scene = _shelf(canvas, scene, chance)
    if who.room != "paper":
        scene = _lens_blur(scene, 0.85 * canvas.scale)
    seen = display(scene * _vignette(canvas)[..., None])
    return np.asarray(cv2.resize(seen, full, interpolation=cv2.INTER_CUBIC), np.float32).clip(0, 1)


def _wall(canvas: Canvas, who: Identity) -> Light:
    """A pool of light on the wall, brighter on the side away from the key, as a cameraman sets it."""
    x, y = canvas.grid()
    away = -np.sign(who.lamps.key[0])
    reach = max(canvas.width / canvas.scale, 30.0)
    pool = np.exp(-(((x - away * 0.16 * reach) / (0.34 * reach)) ** 2) - ((y - 3) / (0.40 * reach)) ** 2)
    return np.asarray(linear(who.wall) * (0.30 + 0.75 * pool)[..., None], np.float32)


def _vignette(canvas: Canvas) -> Field:
    across = np.linspace(-1, 1, canvas.width, dtype=np.float32)[None, :]
    down = np.linspace(-1, 1, canvas.height, dtype=np.float32)[:, None]
    return np.asarray(1 - 0.16 * (across**2 + 0.8 * down**2), np.float32)


def _box(
    canvas: Canvas, scene: Light, box: tuple[float, float, float, float], colour: Colour, power: float = 1.0
) -> None:
    """Fill (left, top, right, bottom) cm with a colour, in place."""
    left, top, right, bottom = box
    rows, columns = canvas.part(left=left, top=top, right=right, bottom=bottom)
    scene[rows, columns] = linear(colour) * power


def _office(canvas: Canvas, scene: Light, chance: np.random.Generator) -> Light:
    """Far panels, a plant, two lamps."""
    x, y = canvas.grid()
    for _ in range(5):
        left = float(chance.uniform(-55, 50))
        grey = float(chance.uniform(0.16, 0.5))
        box = (
            left,
            float(chance.uniform(8, 40)),
            left + float(chance.uniform(5, 14)),
            float(chance.uniform(-30, -5)),
        )
        _box(canvas, scene, box, (grey, grey * 1.02, grey * 1.05), 0.9)
    side = float(chance.choice([-1, 1]))
    for _ in range(60):
        leaf = bump(
            x,
            y,
            (side * float(chance.normal(27, 3.5)), float(chance.normal(-5, 6))),
            (float(chance.uniform(0.6, 1.4)), float(chance.uniform(1.5, 3))),
        )
        green = linear((0.20, float(chance.uniform(0.26, 0.36)), 0.20))
        scene = scene * (1 - leaf[..., None]) + green * leaf[..., None]
    return _lamps(scene, canvas, chance, count=5)


def _window(canvas: Canvas, scene: Light, chance: np.random.Generator) -> Light:
    """Daylight through panes at one side."""
    side = float(chance.choice([-1, 1]))
    for column in range(2):
        for row in range(3):
            left = side * 25 - 12 + column * 12.5
            top = 34 - row * 17
            _box(canvas, scene, (left, top, left + 11.3, top - 15.6), (0.86, 0.91, 0.97), 1.25 - 0.12 * row)
    _box(canvas, scene, (side * 25 - 13, -17, side * 25 + 14, -19.5), (0.75, 0.74, 0.72), 0.8)
    return scene


def _shelf(canvas: Canvas, scene: Light, chance: np.random.Generator) -> Light:
    """Book shelves."""
    for top in (33.0, 16.0, -1.0, -18.0):
        _box(canvas, scene, (-62, top - 14.6, 62, top - 16.2), (0.40, 0.30, 0.22), 0.75)
        place = -62.0
        while place < 62:
            wide = float(chance.uniform(1.3, 3.4))
            tall = float(chance.uniform(8.5, 13.5))
            if chance.random() < 0.82:
                hue = np.clip(
                    float(chance.uniform(0.16, 0.62)) * chance.normal((1.05, 0.95, 0.86), 0.13), 0.04, 0.8
                )
                box = (place, top - 14.6 + tall, place + wide - 0.15, top - 14.6)
                _box(canvas, scene, box, (float(hue[0]), float(hue[1]), float(hue[2])), 0.75)
            place += wide
    return _lamps(scene, canvas, chance, count=2)


def _lamps(scene: Light, canvas: Canvas, chance: np.random.Generator, count: int) -> Light:
    """Small bright lights, which the lens turns into discs."""
    x, y = canvas.grid()
    for _ in range(count):
        at = (float(chance.choice([-1, 1]) * chance.uniform(16, 45)), float(chance.uniform(4, 24)))
        spot = smooth(np.hypot(x - at[0], y - at[1]), 0.75, 0.55)
        scene = scene + spot[..., None] * linear((1.0, 0.86, 0.66)) * float(chance.uniform(2.0, 5.0))
    return np.asarray(scene, np.float32)


def _lens_blur(scene: Light, radius: float) -> Light:
    """The disc of confusion of an open lens, on a smaller picture where it is large."""
    step = max(1, int(radius // 5))
    height, width = scene.shape[:2]
    small = cv2.resize(scene, (max(8, width // step), max(8, height // step)), interpolation=cv2.INTER_AREA)
    reach = radius / step
    size = int(np.ceil(reach)) * 2 + 1
    y, x = np.mgrid[:size, :size] - size // 2
    disc = np.clip(reach + 0.5 - np.hypot(x, y), 0, 1).astype(np.float32)
    soft = cv2.filter2D(small, -1, disc / disc.sum(), borderType=cv2.BORDER_REFLECT)
    soft = cv2.GaussianBlur(soft, (0, 0), max(0.8, reach * 0.45))
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
