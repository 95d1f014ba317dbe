"""The skin: its colour from place to place, lips, brows, beard, ears; lit, with the mouth shut and no eyes yet."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import (
    Canvas,
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
from engine.training.presenter.light import SKIN, Light, Surface, lit
from engine.training.presenter.sculpt import (
    EYE,
    MOUTH_HALF_WIDTH,
    FaceShape,
    head_mask,
    head_relief,
    mouth_line,
)

Strokes = list[tuple[Points, float]]  # polylines in cm, and how dark each is


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
    painting = over(painting, _ears(canvas, who))
    brow = tuple(0.75 * channel for channel in who.hair.colour)
    painting = over(layer(brow, 0.5 * _brow_shade(canvas, who) * painting[..., 3]), painting)
    painting = _draw(canvas, painting, _brows(who, chance), who.hair.colour, 0.03)
    return Head(painting=_beard(canvas, painting, who, chance), relief=relief)


def _albedo(canvas: Canvas, who: Identity, chance: np.random.Generator) -> Light:
    x, y = canvas.grid()
    side = sideways(x + 0 * y)
    colour = np.broadcast_to(linear(who.skin), (canvas.height, canvas.width, 3)).copy()
    blush = 0.5 * bump(side, y, (4.4, -0.6), (1.9, 1.6)) + 0.4 * bump(side, y, (0.0, -1.2), (1.1, 0.8))
    blush = blush + 0.2 * bump(side, y, (0.0, -8.0), (1.6, 1.1)) + 0.1 * canvas.noise(chance, 1.2)
    colour *= 1 + blush[..., None] * np.array([0.02, -0.13, -0.13], np.float32)
    shadow = bump(side, y, (2.7, 1.1), (1.3, 0.6)) * (0.6 + 0.6 * who.shape.age) + 0.7 * bump(
        side, y, (1.7, 2.5), (0.6, 0.7)
    )
    colour *= 1 - shadow[..., None] * np.array([0.12, 0.15, 0.10], np.float32)
    lid = np.exp(-(((side - EYE[0]) / 1.7) ** 4) - (((y - EYE[1] - 0.3) / 0.75) ** 4))
    colour *= 1 - lid[..., None] * np.array([0.10, 0.17, 0.16], np.float32)
    mottle = (
        0.022 * canvas.noise(chance, 0.35)
        + 0.018 * canvas.noise(chance, 0.9)
        + 0.012 * canvas.noise(chance, 0.12)
    )
    colour *= (1 + mottle)[..., None]
    if who.freckles > 0.1:
        spots = (
            smooth(canvas.noise(chance, 0.16), 1.5, 2.4) * np.exp(-(((y - 0.6) / 2.2) ** 2)) * (side < 6.5)
        )
        colour *= 1 - 0.3 * min(who.freckles, 1.0) * spots[..., None] * np.array([0.7, 1.0, 1.0], np.float32)
    shaved = _beard_area(side, y, who.shape)
    if who.beard != "none" or who.brow_weight > 0.94:
        depth = 0.1 if who.beard == "none" else 0.22
        colour *= 1 - depth * shaved[..., None] * np.array([1.0, 0.85, 0.7], np.float32)
    nostril = bump(
        side,
        y + 0.25 * (side - 0.6),
        (0.62 * who.shape.nose_width, -2.0 - who.shape.nose_length),
        (0.30, 0.14),
    )
    colour *= 1 - 0.82 * nostril[..., None]
    lips = lip_mask(canvas, who.shape)
    line = np.exp(-(((y - mouth_line(side, who.shape)) / 0.075) ** 2)) * (
        side < MOUTH_HALF_WIDTH * who.shape.mouth_width
    )
    wrinkles = 1 + 0.05 * canvas.blur(canvas.noise(chance, 0.11), 0.02)
    painted = linear(who.lip_colour) * wrinkles[..., None] * (1 - 0.45 * (line * lips)[..., None])
    return mix(colour, painted, 0.88 * lips)


def lip_mask(canvas: Canvas, shape: FaceShape) -> Field:
    """The red of the shut lips: a bow above, a round below."""
    x, y = canvas.grid()
    along = np.abs(x) / (MOUTH_HALF_WIDTH * shape.mouth_width)
    taper = np.clip(1 - along, 0, 1)
    bow = (
        0.95 * np.power(taper, 0.75)
        - 0.16 * np.exp(-((along / 0.1) ** 2))
        + 0.10 * np.exp(-(((along - 0.17) / 0.13) ** 2))
    )
    bowl = 1.12 * np.power(np.clip(1 - along**2.2, 0, 1), 0.85)
    middle = mouth_line(np.abs(x), shape)
    above = np.clip((bow * shape.lips * 0.95 - (y - middle)) / 0.12 + 0.5, 0, 1)
    below = np.clip((bowl * shape.lips * 0.98 - (middle - y)) / 0.14 + 0.5, 0, 1)
    return np.asarray(above * below * smooth(along, 1.02, 0.94), np.float32)


def _moisten_lips(canvas: Canvas, who: Identity, light: Light) -> Light:
    x, y = canvas.grid()
    shine = bump(x, y, (0.35 * np.sign(who.lamps.key[0]), -4.82), (0.85, 0.13)) + 0.4 * bump(
        x, y, (0.5 * np.sign(who.lamps.key[0]), -3.72), (0.35, 0.08)
    )
    broken = 1 + 0.35 * canvas.noise(np.random.default_rng(who.texture_seed), 0.1)
    return np.asarray(light + (0.10 * shine * broken * lip_mask(canvas, who.shape))[..., None], np.float32)


def _lines(canvas: Canvas, shape: FaceShape) -> Field:
    """Lines of age: forehead, crow's feet."""
    x, y = canvas.grid()
    deep = max(0.0, shape.age - 0.15)
    lines = np.zeros((canvas.height, canvas.width), np.float32)
    for height in (6.1, 7.0, 7.8):
        bow = height + 0.25 * np.cos(x * 0.7) - 0.012 * x**2
        lines = lines - 0.07 * deep * np.exp(-(((y - bow) / 0.12) ** 2)) * smooth(np.abs(x), 5, 2)
    side = np.abs(x)
    for slant in (-0.35, 0.0, 0.35):
        foot = EYE[1] + 0.1 + slant * (side - 4.3)
        lines = lines - 0.08 * deep * np.exp(-(((y - foot) / 0.09) ** 2)) * smooth(side, 4.7, 5.1) * smooth(
            side, 6.3, 5.5
        )
    return np.asarray(lines, np.float32)


# ---------------------------------------------------------------------------------------- hair on the face


def _brow_line(t: Field) -> tuple[Field, Field]:
    """Middle height and half thickness of the right brow, from the nose (t = 0) to the temple (t = 1)."""
    middle = 4.18 + 0.66 * np.sin(np.pi * np.clip(t * 0.80 + 0.10, 0, 1)) ** 1.5 - 0.30 * t**2
    thick = 0.34 * (1 - 0.80 * t**1.5) * np.clip(0.62 + 3 * t, 0, 1)
    return np.asarray(middle, np.float32), np.asarray(thick, np.float32)


def _brow_shade(canvas: Canvas, who: Identity) -> Field:
    """The soft dark of the brow under its hairs."""
    x, y = canvas.grid()
    t = np.asarray((np.abs(x) - 1.3) / 3.85, np.float32)
    middle, thick = _brow_line(np.clip(t, 0, 1))
    within = np.exp(-(((y - middle) / (0.85 * who.brow_weight * thick + 0.03)) ** 2))
    return np.asarray(within * smooth(t, -0.06, 0.10) * smooth(t, 1.04, 0.9), np.float32)


def _brows(who: Identity, chance: np.random.Generator) -> Strokes:
    strokes: Strokes = []
    weight = who.brow_weight
    for sign in (-1.0, 1.0):
        places = chance.beta(1.1, 1.15, int(330 * weight)).astype(np.float32)
        for t, middle, thick in zip(places, *_brow_line(places), strict=True):
            up = float(chance.uniform(-1, 1))
            root = np.array([1.3 + 3.85 * t, middle + up * weight * thick])
            lie = np.radians(62 - 80 * min(1.0, float(t) * 1.7)) - 0.35 * up + 0.16 * chance.normal()
            length = float(chance.uniform(0.28, 0.5)) * (1 - 0.3 * t)
            bend = np.linspace(0, 1, 4)[:, None]
            turn = lie - 0.3 * bend
            hair = root + length * bend * np.hstack([np.cos(turn), np.sin(turn)])
            strokes.append(((hair * [sign, 1]).astype(np.float32), float(chance.uniform(0.25, 0.7))))
    return strokes


def _beard_area(side: Field, y: Field, shape: FaceShape) -> Field:
    jaw = smooth(y, -1.5, -4.5 + 0) * smooth(side - 0.55 * (y + 9) * 0, 1.2, 2.6)
    chin = smooth(y, -5.3, -6.0)
    moustache = np.exp(-(((y + 2.85) / 0.5) ** 2)) * smooth(side, 3.0, 2.2)
    edge = smooth(side * 0.55 - y * 0.6, 3.4, 5.2)
    return np.asarray(np.clip(np.maximum(np.maximum(jaw * edge, chin), moustache), 0, 1), np.float32)


def _beard(canvas: Canvas, painting: Layer, who: Identity, chance: np.random.Generator) -> Layer:
    if who.beard == "none":
        return painting
    count, length, width, strong = {
        "stubble": (5200, 0.11, 0.03, 0.42),
        "full": (9000, 0.55, 0.045, 0.62),
        "goatee": (5200, 0.5, 0.045, 0.62),
    }[who.beard]
    x = chance.uniform(-7.2, 7.2, count).astype(np.float32)
    y = chance.uniform(-9.9, -1.5, count).astype(np.float32)
    grown = _beard_area(np.abs(x), y, who.shape)
    if who.beard == "goatee":
        grown = grown * smooth(np.abs(x), 3.0, 2.2)
    mouth = (np.abs(x) < 2.35) & (y > -5.35) & (y < -3.35)
    keep = (chance.random(count) < grown) & ~mouth
    strokes: Strokes = []
    for px, py in zip(x[keep], y[keep], strict=True):
        out = np.array([px * 0.09, -1.0]) + 0.22 * chance.normal(size=2)
        bend = np.linspace(0, 1, 3)[:, None]
        long = length * float(chance.uniform(0.5, 1.2)) * (0.55 if py > -3.4 else 1.0)
        strokes.append((np.float32([px, py] + long * bend * out), strong * float(chance.uniform(0.5, 1.0))))
    return _draw(canvas, painting, strokes, who.hair.colour, width)


def _draw(
    canvas: Canvas, painting: Layer, strokes: Strokes, colour: tuple[float, float, float], width: float
) -> Layer:
    """Hairs on a layer: each a thin line, drawn on a finer canvas so that it may be thinner than a pixel."""
    fine = 3
    ink = np.zeros((canvas.height, canvas.width), np.float32)
    sheet = np.zeros((canvas.height * fine, canvas.width * fine), np.uint8)
    thick = max(1, round(width * canvas.scale * fine))
    for points, strength in strokes:
        fixed = np.round(((canvas.pixels(points) + 0.5) * fine - 0.5) * 16).astype(np.int32)
        cv2.polylines(sheet, [fixed], False, round(255 * strength), thick, cv2.LINE_AA, 4)
    ink = (
        cv2.resize(sheet, (canvas.width, canvas.height), interpolation=cv2.INTER_AREA).astype(np.float32)
        / 255
    )
    ink = np.clip(ink, 0, 1)
    hairs = layer(np.array(colour, np.float32) * 0.8, ink * painting[..., 3])
    return over(hairs, painting)


# ---------------------------------------------------------------------------------------- ears


def _ears(canvas: Canvas, who: Identity) -> Layer:
    painting = np.zeros((canvas.height, canvas.width, 4), np.float32)
    for sign in (-1.0, 1.0):
        painting = over(_ear(canvas, who, sign), painting)
    return painting


_EAR = (
    (6.6, 2.6), (7.1, 3.2), (7.8, 3.4), (8.3, 2.8), (8.35, 1.6), (8.1, 0.3), (7.85, -0.9), (7.55, -1.7), (7.0, -1.7),
    (6.6, -1.0),
)  # fmt: skip


def _ear(canvas: Canvas, who: Identity, sign: float) -> Layer:
    mask = canvas.fill(spline(np.array(_EAR, np.float32) * [sign, 1]))
    x, y = canvas.grid()
    along = np.asarray(sign * x, np.float32)
    rim = np.exp(-(((canvas.inflate(mask, 1.0) - 0.55) / 0.2) ** 2)) * smooth(y, -1.2, -0.2)
    bowl = bump(along, y, (7.45, 0.9), (0.42, 0.95)) + 0.6 * bump(along, y, (7.7, 2.35), (0.35, 0.45))
    flap = bump(along, y, (7.15, 0.45), (0.2, 0.45))
    relief = canvas.inflate(mask, 0.4) + 0.22 * rim - 0.5 * bowl + 0.3 * flap - 0.35 * (along - 7)
    skin = np.array(who.skin, np.float32) * np.array([0.98, 0.88, 0.85], np.float32)
    albedo = np.broadcast_to(linear(skin), (*mask.shape, 3)) * (1 - 0.35 * bowl)[..., None]
    surface = Surface(wrap=SKIN.wrap, gloss=0.05)
    light = lit(canvas, np.asarray(relief, np.float32), np.asarray(albedo, np.float32), who.lamps, surface)
    return layer(display(0.72 * light), mask)
