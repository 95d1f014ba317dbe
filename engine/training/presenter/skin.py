"""The skin of the head: its colour from place to place, the lips, the lines of age; lit, the mouth shut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from engine.training.presenter.canvas import (
    Canvas,
    Colour,
    Field,
    Layer,
    bump,
    display,
    floats,
    layer,
    linear,
    mix,
    over,
    sideways,
    smooth,
)
from engine.training.presenter.ears import ears
from engine.training.presenter.identity import Identity
from engine.training.presenter.light import SKIN, Light, lit
from engine.training.presenter.sculpt import (
    EYE,
    MOUTH_HALF_WIDTH,
    FaceShape,
    head_mask,
    head_relief,
    mouth_line,
)
from engine.training.presenter.whiskers import beard, beard_area, brows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Head:
    """The bare head, lit: its layer, and its depth in cm."""

    painting: Layer
    relief: Field


def head(canvas: Canvas, who: Identity) -> Head:
    """The head with ears, lips, brows and beard; eyes and hair come later."""
    chance = np.random.default_rng([who.texture_seed, 1])
    relief = head_relief(canvas, who.shape)
    pores = canvas.noise(chance, 0.09) * 0.0025 + canvas.noise(chance, 0.3) * 0.003
    albedo = _albedo(canvas, who, chance)
    light = lit(canvas, relief + pores + _lines(canvas, who.shape), albedo, who.lamps, SKIN)
    light = _moisten_lips(canvas, who, light)
    painting = layer(display(light), head_mask(canvas, who.shape))
    painting = brows(canvas, over(painting, ears(canvas, who)), who, chance)
    return Head(painting=beard(canvas, painting, who, chance), relief=relief)


def _albedo(canvas: Canvas, who: Identity, chance: np.random.Generator) -> Light:
    """The skin's colour in linear light, lips and nostrils included."""
    x, y = canvas.grid()
    side = sideways(x + 0 * y)
    mottle = sum(
        depth * canvas.noise(chance, size) for depth, size in ((0.022, 0.35), (0.018, 0.9), (0.012, 0.12))
    )
    colour = linear(who.skin) * (1 + floats(mottle))[..., None]
    for tint, amount in _tints(canvas, who, chance):
        colour = floats(colour * (1 - amount[..., None] * floats(tint)))
    spread = 0.62 * who.shape.nose_width
    nostril = bump(side, y + 0.25 * (side - 0.6), (spread, -2.0 - who.shape.nose_length), (0.30, 0.14))
    colour = colour * (1 - 0.82 * nostril)[..., None]
    lips = lip_mask(canvas, who.shape)
    line = np.exp(-(((y - mouth_line(side, who.shape)) / 0.075) ** 2)) * lips
    wrinkles = 1 + 0.05 * canvas.noise(chance, 0.11)
    return mix(colour, linear(who.lip_colour) * (wrinkles * (1 - 0.45 * line))[..., None], 0.88 * lips)


def _tints(canvas: Canvas, who: Identity, chance: np.random.Generator) -> Iterator[tuple[Colour, Field]]:
    """What is taken from R, G and B, and where: blush, shadows at the eyes, lids, freckles, a shaved chin."""
    x, y = canvas.grid()
    side = sideways(x + 0 * y)
    blush = 0.5 * bump(side, y, (4.4, -0.6), (1.9, 1.6)) + 0.4 * bump(side, y, (0.0, -1.2), (1.1, 0.8))
    blush = blush + 0.2 * bump(side, y, (0.0, -8.0), (1.6, 1.1)) + 0.1 * canvas.noise(chance, 1.2)
    yield (-0.02, 0.13, 0.13), floats(blush)
    bags = (0.6 + 0.6 * who.shape.age) * bump(side, y, (2.7, 1.1), (1.3, 0.6))
    yield (0.12, 0.15, 0.10), floats(bags + 0.7 * bump(side, y, (1.7, 2.5), (0.6, 0.7)))
    lid = np.exp(-(((side - EYE[0]) / 1.7) ** 4) - (((y - EYE[1] - 0.3) / 0.75) ** 4))
    yield (0.10, 0.17, 0.16), floats(lid)
    if who.freckles > 0.1:
        spots = smooth(canvas.noise(chance, 0.16), 1.5, 2.4) * np.exp(-(((y - 0.6) / 2.2) ** 2))
        yield (0.7, 1.0, 1.0), floats(0.3 * min(who.freckles, 1.0) * spots * smooth(side, 6.8, 6.2))
    if not who.made_up:
        shadow = 0.10 if who.beard == "none" else 0.22
        yield (1.0, 0.85, 0.7), floats(shadow * beard_area(side, y))


def lip_mask(canvas: Canvas, shape: FaceShape) -> Field:
    """The red of the shut lips: a bow above, a round below."""
    x, y = canvas.grid()
    along = np.abs(x) / (MOUTH_HALF_WIDTH * shape.mouth_width)
    bow = 0.95 * np.power(np.clip(1 - along, 0, 1), 0.75)
    bow = bow - 0.16 * np.exp(-((along / 0.1) ** 2)) + 0.10 * np.exp(-(((along - 0.17) / 0.13) ** 2))
    bowl = 1.12 * np.power(np.clip(1 - along**2.2, 0, 1), 0.85)
    middle = mouth_line(floats(np.abs(x)), shape)
    above = np.clip((bow * shape.lips * 0.95 - (y - middle)) / 0.12 + 0.5, 0, 1)
    below = np.clip((bowl * shape.lips * 0.98 - (middle - y)) / 0.14 + 0.5, 0, 1)
    return floats(above * below * smooth(along, 1.02, 0.94))


def _moisten_lips(canvas: Canvas, who: Identity, light: Light) -> Light:
    x, y = canvas.grid()
    towards_key = float(np.sign(who.lamps.key[0]))
    shine = bump(x, y, (0.35 * towards_key, -4.82), (0.85, 0.13))
    shine = shine + 0.4 * bump(x, y, (0.5 * towards_key, -3.72), (0.35, 0.08))
    broken = 1 + 0.35 * canvas.noise(np.random.default_rng(who.texture_seed), 0.1)
    return floats(light + (0.10 * shine * broken * lip_mask(canvas, who.shape))[..., None])


def _lines(canvas: Canvas, shape: FaceShape) -> Field:
    """Lines of age: forehead, crow's feet."""
    x, y = canvas.grid()
    side, deep = np.abs(x), max(0.0, shape.age - 0.15)
    lines = np.zeros((canvas.height, canvas.width))
    for height in (6.1, 7.0, 7.8):
        bow = height + 0.25 * np.cos(x * 0.7) - 0.012 * x**2
        lines -= 0.07 * deep * np.exp(-(((y - bow) / 0.12) ** 2)) * smooth(side, 5, 2)
    beside_eye = smooth(side, 4.7, 5.1) * smooth(side, 6.3, 5.5)
    for slant in (-0.35, 0.0, 0.35):
        foot = EYE[1] + 0.1 + slant * (side - 4.3)
        lines -= 0.08 * deep * np.exp(-(((y - foot) / 0.09) ** 2)) * beside_eye
    return floats(lines)
