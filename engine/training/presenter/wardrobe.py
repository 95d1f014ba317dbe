"""Neck, shoulders and clothes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import (
    Canvas,
    Colour,
    Field,
    Layer,
    Points,
    bump,
    display,
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

_SHOULDERS = (
    (4.6, -9.5), (6.0, -11.6), (8.6, -13.0), (12.5, -14.2), (16.8, -15.6), (19.6, -17.4), (21.4, -20.4), (22.4, -25.0),
    (23.0, -31.0), (23.4, -44.0),
)  # fmt: skip


def body(canvas: Canvas, who: Identity) -> Layer:
    """Neck and clothed shoulders on their own canvas; the head's layer goes over it."""
    chance = np.random.default_rng([who.texture_seed, 4])
    broad = 0.95 if who.shape.jaw < 0.99 else 1.06
    painting = _neck(canvas, who)
    garment = who.clothes.garment
    if garment in ("shirt", "blazer"):
        shirt = who.clothes.shirt if garment == "blazer" else who.clothes.colour
        painting = over(_cloth(canvas, who, chance, shirt, _torso(broad, _V_NECK)), painting)
        painting = over(_collar(canvas, who, shirt, chance), painting)
    if garment == "blazer":
        painting = over(
            _cloth(canvas, who, chance, who.clothes.colour, _torso(broad * 1.02, _LAPEL_NECK)), painting
        )
        painting = over(_lapels(canvas, who, chance), painting)
    if garment in ("tee", "sweater"):
        painting = over(_cloth(canvas, who, chance, who.clothes.colour, _torso(broad, _CREW)), painting)
        painting = over(_neckband(canvas, who, 0.9 if garment == "sweater" else 0.6), painting)
    if garment == "turtleneck":
        painting = over(_cloth(canvas, who, chance, who.clothes.colour, _torso(broad, _CREW)), painting)
        painting = over(_roll(canvas, who), painting)
    return painting


_CREW = ((5.1, -12.5), (4.4, -14.0), (2.6, -15.3), (0.0, -15.9))
_V_NECK = ((4.7, -11.6), (3.2, -13.6), (1.2, -16.5), (0.0, -18.6))
_LAPEL_NECK = ((5.7, -12.3), (4.6, -16.0), (2.2, -23.0), (0.0, -29.0))


def _torso(broad: float, neck: tuple[tuple[float, float], ...]) -> Points:
    """The garment's outline: over the shoulders, open at the neck."""
    right = [(x * (1 + (broad - 1) * min(1.0, (x - 4) / 8)), y) for x, y in _SHOULDERS[1:]]
    rise = [(neck[0][0], neck[0][1])]
    side = rise + right
    left = [(-x, y) for x, y in reversed(side)]
    opening = [(-x, y) for x, y in neck[1:-1]] + [neck[-1]] + [(x, y) for x, y in reversed(neck[1:-1])]
    return np.float32([*side, *left, *opening])


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
    mask = canvas.fill(np.float32([*right, *[(-px, py) for px, py in reversed(right)]]), 0.04)
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
    light = light * (1 - under_chin[..., None] * np.array([0.62, 0.70, 0.72], np.float32))
    return layer(display(light), mask)


def _cloth(
    canvas: Canvas, who: Identity, chance: np.random.Generator, colour: Colour, outline: Points
) -> Layer:
    """A garment: the body's roundness, folds that run from the shoulders, a weave."""
    x, y = canvas.grid()
    mask = canvas.fill(outline)
    torso = 5.5 * np.sqrt(np.clip(1 - (x / 24.5) ** 2, 0, 1)) - 2.6 * smooth(y, -21, -12)
    folds = 0.14 * canvas.noise(chance, 4.5)
    drape = (
        0.10 * np.sin(0.9 * np.abs(x) + 0.5 * y + 1.5 * canvas.noise(chance, 6.0)) * smooth(np.abs(x), 4, 10)
    )
    edge = canvas.inflate(mask, 1.0) * 0.7
    weave = 0.003 * canvas.noise(chance, 0.12)
    relief = np.asarray(torso + folds + drape + edge + weave, np.float32)
    tint = linear(colour) * (1 + 0.03 * canvas.noise(chance, 0.1))[..., None]
    light = lit(canvas, relief, np.asarray(tint, np.float32), who.lamps, CLOTH)
    shade = 1 - 0.30 * bump(x, y, (-1.5 * np.sign(who.lamps.key[0]), -13.0), (5.5, 3.2))
    return layer(display(light * shade[..., None]), mask)


def _piece(
    canvas: Canvas, who: Identity, colour: Colour, outline: NDArray[np.float32], thick: float
) -> Layer:
    """A small piece of cloth that lies on another and throws a soft shadow on it."""
    mask = canvas.fill(outline)
    relief = canvas.inflate(mask, thick) + 0.15 * canvas.grid()[1]
    albedo = np.broadcast_to(linear(colour), (*mask.shape, 3)).astype(np.float32)
    light = display(lit(canvas, np.asarray(relief, np.float32), albedo, who.lamps, CLOTH))
    shadow = layer(
        np.float32([0.02, 0.02, 0.03]), np.asarray(0.45 * canvas.blur(mask, 0.35) * (1 - mask), np.float32)
    )
    return over(layer(light, mask), shadow)


def _collar(canvas: Canvas, who: Identity, colour: Colour, chance: np.random.Generator) -> Layer:
    painting = np.zeros((canvas.height, canvas.width, 4), np.float32)
    for sign in (-1.0, 1.0):
        wing = np.float32(
            [(4.85, -10.9), (5.35, -12.4), (5.5, -14.4), (3.4, -17.6), (1.6, -15.4), (3.6, -12.6)]
        ) * [sign, 1]
        painting = over(_piece(canvas, who, colour, np.float32(wing), 0.5), painting)
    x, y = canvas.grid()
    placket = np.exp(-(((x - 0.35) / 0.07) ** 2)) * smooth(y, -18.6, -19.0) * 0.25
    return over(painting, layer(np.float32([0.05, 0.05, 0.06]), np.asarray(placket, np.float32)))


def _lapels(canvas: Canvas, who: Identity, chance: np.random.Generator) -> Layer:
    painting = np.zeros((canvas.height, canvas.width, 4), np.float32)
    colour = tuple(float(v) for v in np.array(who.clothes.colour) * 0.95)
    for sign in (-1.0, 1.0):
        wing = [
            (5.5, -12.0),
            (6.7, -13.4),
            (7.4, -17.2),
            (8.9, -17.8),
            (8.0, -21.0),
            (1.2, -32.0),
            (0.6, -29.0),
            (3.0, -21.0),
            (4.6, -15.5),
        ]
        piece = _piece(
            canvas, who, (colour[0], colour[1], colour[2]), np.float32(np.float32(wing) * [sign, 1]), 0.6
        )
        painting = over(piece, painting)
    return painting


def _neckband(canvas: Canvas, who: Identity, width: float) -> Layer:
    right = [(5.15, -12.2), (4.5, -13.9), (2.7, -15.2), (0.0, -15.8)]
    path = [(-x, y) for x, y in right] + [(x, y) for x, y in reversed(right[:-1])]
    inner = np.float32(path)
    outer = inner + np.float32([0, -width]) + inner * np.float32([0.06, 0])
    colour = np.array(who.clothes.colour) * 0.93
    return _piece(
        canvas,
        who,
        (float(colour[0]), float(colour[1]), float(colour[2])),
        np.float32([*inner, *outer[::-1]]),
        0.4,
    )


def _roll(canvas: Canvas, who: Identity) -> Layer:
    """A turtleneck's collar."""
    right = [(5.0, -9.6), (5.3, -11.5), (5.9, -13.9), (4.0, -15.1), (0.0, -15.7)]
    lower = [*right, *[(-x, y) for x, y in reversed(right[:-1])]]
    outline = spline(np.float32([*lower, (-3.0, -10.4), (0.0, -10.8), (3.0, -10.4)]), 8)
    mask = canvas.fill(outline)
    x, y = canvas.grid()
    ribs = 0.05 * np.sin(x * 11) * smooth(np.abs(x), 5.6, 5.0)
    relief = 3.5 * np.sqrt(np.clip(1 - (x / 6.6) ** 2, 0, 1)) + canvas.inflate(mask, 0.5) + ribs + 0 * y
    albedo = np.broadcast_to(linear(who.clothes.colour), (*mask.shape, 3)).astype(np.float32)
    light = lit(canvas, np.asarray(relief, np.float32), albedo, who.lamps, CLOTH)
    light = mix(light, light * 0.5, smooth(y + 0.04 * x**2, -13.5, -10.2))
    return layer(display(light), mask)
