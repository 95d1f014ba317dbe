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
    smooth,
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
    painting = _draw(canvas, painting, _brows(who, chance), who.hair.colour, 0.055)
    return Head(painting=_beard(canvas, painting, who, chance), relief=relief)


def _albedo(canvas: Canvas, who: Identity, chance: np.random.Generator) -> Light:
    x, y = canvas.grid()
    side = np.abs(x) + 0 * y
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


def _brows(who: Identity, chance: np.random.Generator) -> Strokes:
    strokes: Strokes = []
    weight = who.brow_weight
    for sign in (-1.0, 1.0):
        for _ in range(int(210 * weight)):
            t = float(chance.beta(1.15, 1.1))
            centre = (
                4.12 + 0.75 * np.sin(np.pi * min(1.0, t * 0.92 + 0.05)) ** 1.2 * (1 - 0.25 * t) - 0.15 * t
            )
            thick = 0.36 * weight * (1 - 0.72 * t**1.6) * min(1.0, 0.55 + 3 * t)
            x, y = 1.35 + 3.75 * t, centre + thick * float(chance.uniform(-1, 1))
            angle = np.radians(78 - 88 * min(1.0, t * 1.6)) + 0.18 * chance.normal() - 0.5 * (y - centre)
            length = float(chance.uniform(0.38, 0.62)) * (0.75 + 0.4 * weight)
            bend = np.linspace(0, 1, 4)[:, None]
            turn = angle - 0.35 * bend
            tip = np.array([x, y]) + length * bend * np.hstack([np.cos(turn), np.sin(turn)])
            strokes.append((np.float32(tip * [sign, 1]), float(chance.uniform(0.3, 0.75))))
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


def _ear(canvas: Canvas, who: Identity, sign: float) -> Layer:
    rim: NDArray[np.float32] = np.float32(
        [
            (6.6, 2.6),
            (7.3, 3.3),
            (8.2, 3.45),
            (8.75, 2.7),
            (8.75, 1.5),
            (8.35, 0.2),
            (8.05, -0.9),
            (7.7, -1.75),
            (7.1, -1.8),
            (6.6, -1.0),
        ]
    )
    from engine.training.presenter.canvas import spline

    mask = canvas.fill(spline(rim * [sign, 1]))
    x, y = canvas.grid()
    along = sign * x
    relief = canvas.inflate(mask, 0.45)
    relief = (
        relief
        - 0.45 * bump(along, y, (7.85, 1.0), (0.5, 1.05))
        - 0.25 * bump(along, y, (7.9, 2.3), (0.5, 0.5))
    )
    relief = relief + 0.25 * bump(along, y, (7.3, 0.3), (0.25, 0.5)) - 0.15 * (along - 7)
    skin = np.array(who.skin, np.float32) * np.array([1.0, 0.92, 0.9], np.float32)
    albedo = np.broadcast_to(linear(skin), (*mask.shape, 3)).astype(np.float32)
    light = lit(
        canvas, np.asarray(relief, np.float32), albedo, who.lamps, Surface(wrap=SKIN.wrap, gloss=0.05)
    )
    return layer(display(light * np.float32([0.86, 0.8, 0.8])), mask)
