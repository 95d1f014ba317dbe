"""Neck, shoulders and clothes."""

from __future__ import annotations

import numpy as np

from engine.training.presenter.canvas import (
    Canvas,
    Colour,
    Layer,
    Points,
    bump,
    display,
    floats,
    layer,
    linear,
    mix,
    over,
    sideways,
    smooth,
    spline,
)
from engine.training.presenter.identity import Identity
from engine.training.presenter.light import CLOTH, SKIN, Surface, lit

Line = tuple[tuple[float, float], ...]  # (x, y) in cm

_SHOULDERS = (
    (8.6, -13.0), (12.5, -14.2), (16.8, -15.6), (19.6, -17.4), (21.4, -20.4), (22.4, -25.0), (23.0, -31.0),
    (23.4, -44.0),
)  # fmt: skip
_CREW = ((5.2, -12.3), (4.8, -13.6), (3.5, -15.1), (1.8, -15.8), (0.0, -16.0))
_V_NECK = ((5.0, -11.9), (3.2, -13.6), (1.2, -16.5), (0.0, -18.6))
_LAPEL_NECK = ((5.0, -11.7), (4.6, -16.0), (2.2, -23.0), (0.0, -29.0))
_COLLAR_WING = ((4.7, -11.2), (5.2, -12.6), (5.3, -14.4), (3.4, -17.6), (1.6, -15.4), (3.6, -12.6))
_LAPEL = (
    (5.4, -12.3), (6.7, -13.4), (7.4, -17.2), (8.9, -17.8), (8.0, -21.0), (1.2, -32.0), (0.6, -29.0),
    (3.0, -21.0), (4.6, -15.5),
)  # fmt: skip
_ROLL = ((5.0, -9.6), (5.3, -11.5), (5.9, -13.9), (4.2, -15.6), (0.0, -16.4))


def body(canvas: Canvas, who: Identity) -> Layer:
    """Neck and clothed shoulders on their own canvas; the head's layer goes over it."""
    worn, colour = who.clothes.garment, who.clothes.colour
    painting = _neck(canvas, who)
    if worn in ("shirt", "blazer"):
        shirt = who.clothes.shirt if worn == "blazer" else colour
        painting = over(_cloth(canvas, who, shirt, _V_NECK, 0.97 if worn == "blazer" else 1.0), painting)
        painting = over(_mirrored(canvas, who, shirt, _COLLAR_WING), over(_placket(canvas), painting))
    if worn == "blazer":
        painting = over(_cloth(canvas, who, colour, _LAPEL_NECK), painting)
        painting = over(_mirrored(canvas, who, _darker(colour), _LAPEL), painting)
    if worn in ("tee", "sweater", "turtleneck"):
        painting = over(_cloth(canvas, who, colour, _CREW), painting)
        band = _roll(canvas, who) if worn == "turtleneck" else _neckband(canvas, who)
        painting = over(band, painting)
    return painting


def _broad(who: Identity) -> float:
    return 0.95 if who.shape.jaw < 0.99 else 1.05


def _torso(broad: float, neck: Line) -> Points:
    """The garment's outline: over the shoulders, open at the neck."""
    right = [(x * (1 + (broad - 1) * min(1.0, (x - 4) / 8)), y) for x, y in _SHOULDERS]
    side = spline([neck[0], *right], 8, closed=False)
    low = spline(neck, 8, closed=False)[1:]
    mirror = floats([-1, 1])
    return floats([*side, *(side[::-1] * mirror), *(low * mirror), *low[::-1]])


def _darker(colour: Colour) -> Colour:
    red, green, blue = (0.94 * channel for channel in colour)
    return red, green, blue


def _neck(canvas: Canvas, who: Identity) -> Layer:
    x, y = canvas.grid()
    slim = 0.86 if who.shape.jaw < 0.99 else 1.0
    right = [
        (4.7 * slim, -3.0),
        (4.65 * slim, -8.0),
        (4.7 * slim, -11.0),
        (5.6 * slim, -13.0),
        (9.0, -14.8),
        (13.0, -17.0),
        (13.0, -24.0),
    ]
    mask = canvas.fill(floats([*right, *[(-px, py) for px, py in reversed(right)]]), 0.04)
    round_ = 4.2 * np.sqrt(np.clip(1 - (x / 6.2) ** 2, 0, 1)) + 0 * y
    side = sideways(x + 0 * y)
    # The two muscles that run from behind the ears to the pit of the throat, and the collarbones.
    muscle = side - (0.9 + (y + 15.2) * 0.56)
    relief = (
        round_
        + 0.32 * np.exp(-((muscle / 0.75) ** 2)) * smooth(side, 0.3, 1.2) * smooth(y, -15.6, -14.2)
        - 0.5 * bump(x, y, (0.0, -15.3), (0.8, 0.6))
    )
    relief = relief + 0.3 * np.exp(-(((y + 15.6 - 0.12 * side) / 0.5) ** 2)) * smooth(side, 0.8, 2.0)
    if who.shape.jaw > 0.99:
        relief = relief + 0.28 * bump(x, y, (0.0, -12.0), (0.55, 0.8))
    albedo = np.broadcast_to(linear(who.skin), (*mask.shape, 3)).astype(np.float32)
    light = lit(
        canvas, np.asarray(relief, np.float32), albedo, who.lamps, Surface(wrap=SKIN.wrap, gloss=0.04)
    )
    lean = -np.sign(who.lamps.key[0]) * 0.8
    under_chin = smooth(y - 0.05 * (x - lean) ** 2, -15.2, -11.8)
    light = light * (1 - under_chin[..., None] * floats([0.62, 0.70, 0.72]))
    return layer(display(light), mask)


def _cloth(canvas: Canvas, who: Identity, colour: Colour, neck: Line, share: float = 1.0) -> Layer:
    """A garment: the body's roundness, folds, a weave. `share` of its breadth is for what is worn under."""
    chance = np.random.default_rng([who.texture_seed, 4, len(neck)])
    x, y = canvas.grid()
    mask = canvas.fill(_torso(share * _broad(who), neck))
    torso = 5.5 * np.sqrt(np.clip(1 - (x / 24.5) ** 2, 0, 1)) - 2.6 * smooth(y, -21, -12)
    folds = 0.14 * canvas.noise(chance, 4.5)
    fall = 0.9 * np.abs(x) + 0.5 * y + 1.5 * canvas.noise(chance, 6.0)
    drape = 0.10 * np.sin(fall) * smooth(np.abs(x), 4, 10)
    edge = canvas.inflate(mask, 1.0) * 0.7
    weave = 0.003 * canvas.noise(chance, 0.12)
    relief = np.asarray(torso + folds + drape + edge + weave, np.float32)
    tint = linear(colour) * (1 + 0.03 * canvas.noise(chance, 0.1))[..., None]
    light = lit(canvas, relief, np.asarray(tint, np.float32), who.lamps, CLOTH)
    shade = 1 - 0.30 * bump(x, y, (-1.5 * np.sign(who.lamps.key[0]), -13.0), (5.5, 3.2))
    return layer(display(light * shade[..., None]), mask)


def _piece(canvas: Canvas, who: Identity, colour: Colour, outline: Points) -> Layer:
    """A small piece of cloth that lies on another and throws a soft shadow on it."""
    mask = canvas.fill(outline)
    relief = canvas.inflate(mask, 0.5) + 0.15 * canvas.grid()[1]
    albedo = floats(np.broadcast_to(linear(colour), (*mask.shape, 3)))
    light = display(lit(canvas, floats(relief), albedo, who.lamps, CLOTH))
    shadow = layer(floats([0.02, 0.02, 0.03]), floats(0.45 * canvas.blur(mask, 0.35) * (1 - mask)))
    return over(layer(light, mask), shadow)


def _mirrored(canvas: Canvas, who: Identity, colour: Colour, right: Line) -> Layer:
    """A piece on the right and its like on the left: the wings of a collar, a pair of lapels."""
    left = _piece(canvas, who, colour, floats(right) * floats([-1, 1]))
    return over(left, _piece(canvas, who, colour, floats(right)))


def _placket(canvas: Canvas) -> Layer:
    """The edge of a buttoned shirt."""
    x, y = canvas.grid()
    edge = 0.25 * np.exp(-(((x - 0.35) / 0.07) ** 2)) * smooth(y, -18.6, -19.0)
    return layer(floats([0.05, 0.05, 0.06]), floats(edge))


def _neckband(canvas: Canvas, who: Identity) -> Layer:
    width = 0.9 if who.clothes.garment == "sweater" else 0.6
    right = spline(_CREW, 8, closed=False)
    inner = floats([*(right * floats([-1, 1])), *right[-2::-1]]) + floats([0, 0.12])
    outer = inner * floats([1.06, 1]) - floats([0, width])
    return _piece(canvas, who, _darker(who.clothes.colour), floats([*inner, *outer[::-1]]))


def _roll(canvas: Canvas, who: Identity) -> Layer:
    """A turtleneck's collar."""
    lower = [*_ROLL, *[(-x, y) for x, y in reversed(_ROLL[:-1])]]
    outline = spline(floats([*lower, (-3.0, -10.4), (0.0, -10.8), (3.0, -10.4)]), 8)
    mask = canvas.fill(outline)
    x, y = canvas.grid()
    ribs = 0.05 * np.sin(x * 11) * smooth(np.abs(x), 5.6, 5.0)
    relief = 3.5 * np.sqrt(np.clip(1 - (x / 6.6) ** 2, 0, 1)) + canvas.inflate(mask, 0.5) + ribs + 0 * y
    albedo = np.broadcast_to(linear(who.clothes.colour), (*mask.shape, 3)).astype(np.float32)
    light = lit(canvas, np.asarray(relief, np.float32), albedo, who.lamps, CLOTH)
    light = mix(light, light * 0.5, smooth(y + 0.04 * x**2, -13.5, -10.2))
    return layer(display(light), mask)
