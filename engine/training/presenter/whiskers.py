"""Hair on the face: brows and beard."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engine.training.presenter.canvas import Canvas, Field, Layer, Points, floats, layer, over, smooth
from engine.training.presenter.identity import Identity


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stroke:
    """One hair: its way in cm, and how dark it is, 0..1."""

    way: Points
    strength: float


def brows(canvas: Canvas, painting: Layer, who: Identity, chance: np.random.Generator) -> Layer:
    """The painting with brows on it."""
    shade = floats(0.5 * _brow_shade(canvas, who) * painting[..., 3])
    painting = over(layer(0.75 * floats(who.hair.colour), shade), painting)
    return _drawn(canvas, painting, _brow_hairs(who, chance), who, 0.03)


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


def _brow_hairs(who: Identity, chance: np.random.Generator) -> list[Stroke]:
    strokes: list[Stroke] = []
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
            strokes.append(Stroke(way=floats(hair * [sign, 1]), strength=float(chance.uniform(0.25, 0.7))))
    return strokes


def beard_area(side: Field, y: Field) -> Field:
    """Where a beard grows, 0..1: jaw, chin and upper lip."""
    jaw = smooth(y, -1.5, -4.5) * smooth(side, 1.2, 2.6) * smooth(side * 0.55 - y * 0.6, 3.4, 5.2)
    chin = smooth(y, -5.3, -6.0)
    moustache = np.exp(-(((y + 2.85) / 0.5) ** 2)) * smooth(side, 3.0, 2.2)
    return floats(np.maximum(np.maximum(jaw, chin), moustache))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Growth:
    """A beard's hairs: how many are sown, their length and width in cm, how dark they are."""

    sown: int
    length: float
    width: float
    strength: float


_GROWTHS = {
    "stubble": _Growth(sown=5200, length=0.11, width=0.03, strength=0.42),
    "full": _Growth(sown=9000, length=0.55, width=0.045, strength=0.62),
    "goatee": _Growth(sown=5200, length=0.5, width=0.045, strength=0.62),
}


def beard(canvas: Canvas, painting: Layer, who: Identity, chance: np.random.Generator) -> Layer:
    """The painting with the beard on it, if there is one."""
    if who.beard == "none":
        return painting
    growth = _GROWTHS[who.beard]
    x = floats(chance.uniform(-7.2, 7.2, growth.sown))
    y = floats(chance.uniform(-9.9, -1.5, growth.sown))
    grown = beard_area(floats(np.abs(x)), y)
    if who.beard == "goatee":
        grown = floats(grown * smooth(np.abs(x), 3.0, 2.2))
    on_lips = (np.abs(x) < 2.35) & (y > -5.35) & (y < -3.35)
    keep = (chance.random(growth.sown) < grown) & ~on_lips
    strokes: list[Stroke] = []
    bend = np.linspace(0, 1, 3)[:, None]
    for px, py in zip(x[keep], y[keep], strict=True):
        out = floats([px * 0.09, -1.0]) + 0.22 * chance.normal(size=2)
        long = growth.length * float(chance.uniform(0.5, 1.2)) * (0.55 if py > -3.4 else 1.0)
        way = floats(floats([px, py]) + long * bend * out)
        strokes.append(Stroke(way=way, strength=growth.strength * float(chance.uniform(0.5, 1.0))))
    return _drawn(canvas, painting, strokes, who, growth.width)


def _drawn(canvas: Canvas, painting: Layer, strokes: list[Stroke], who: Identity, width: float) -> Layer:
    """Hairs on a layer, drawn on a finer sheet so that they may be thinner than a pixel."""
    fine = 3
    sheet = np.zeros((canvas.height * fine, canvas.width * fine), np.uint8)
    thick = max(1, round(width * canvas.scale * fine))
    for stroke in strokes:
        place = np.round(((canvas.pixels(stroke.way) + 0.5) * fine - 0.5) * 16).astype(np.int32)
        cv2.polylines(sheet, [place], False, round(255 * stroke.strength), thick, cv2.LINE_AA, 4)
    small = cv2.resize(sheet, (canvas.width, canvas.height), interpolation=cv2.INTER_AREA)
    ink = floats(small) / np.float32(255) * painting[..., 3]
    return over(layer(0.8 * floats(who.hair.colour), floats(ink)), painting)
