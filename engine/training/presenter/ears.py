"""The ears."""

from __future__ import annotations

import numpy as np

from engine.training.presenter.canvas import Canvas, Layer, bump, display, layer, linear, over, smooth, spline
from engine.training.presenter.identity import Identity
from engine.training.presenter.light import SKIN, Surface, lit

_EAR = (
    (6.6, 2.6), (7.1, 3.2), (7.8, 3.4), (8.3, 2.8), (8.35, 1.6), (8.1, 0.3), (7.85, -0.9), (7.55, -1.7),
    (7.0, -1.7), (6.6, -1.0),
)  # fmt: skip


def ears(canvas: Canvas, who: Identity) -> Layer:
    """Both ears; the head lies over them."""
    painting = np.zeros((canvas.height, canvas.width, 4), np.float32)
    for sign in (-1.0, 1.0):
        painting = over(_ear(canvas, who, sign), painting)
    return painting


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
