"""Glasses, for those who wear them."""

from __future__ import annotations

import numpy as np

from engine.training.presenter.canvas import Canvas, Layer, floats, layer, over, smooth
from engine.training.presenter.identity import Identity
from engine.training.presenter.sculpt import EYE


def spectacles(canvas: Canvas, who: Identity) -> Layer:
    """Frames, arms, a faint reflection on the glass and their shadow; empty for those without."""
    painting = np.zeros((canvas.height, canvas.width, 4), np.float32)
    if not who.glasses:
        return painting
    x, y = canvas.grid()
    chance = np.random.default_rng([who.texture_seed, 9])
    roundness = float(chance.uniform(2.2, 5.0))
    colour = floats([[0.06, 0.05, 0.05], [0.20, 0.12, 0.07], [0.35, 0.33, 0.31]][int(chance.integers(3))])
    wide, tall, thick = 2.65, 1.95, float(chance.uniform(0.13, 0.26))
    side = np.abs(x) + 0 * y
    across, down = (side - EYE[0] - 0.12) / wide, (y - EYE[1] + 0.12) / tall
    reach = np.power(np.power(np.abs(across), roundness) + np.power(np.abs(down), roundness), 1 / roundness)
    away = (reach - 1) * (wide + tall) / 2
    frame = np.clip((thick / 2 - np.abs(away)) * canvas.scale + 0.5, 0, 1)
    bridge = np.exp(-(((y - EYE[1] - 0.35 + 0.12 * side**2) / (thick * 0.55)) ** 2)) * smooth(
        side, 0.75, 0.55
    )
    arm = (
        np.clip((0.16 - np.abs(y - EYE[1] - 0.55)) * canvas.scale + 0.5, 0, 1)
        * smooth(side, 5.7, 5.85)
        * smooth(side, 7.4, 7.3)
    )
    solid = np.asarray(np.clip(frame + bridge + arm, 0, 1), np.float32)
    light = (
        0.85
        + 0.5 * np.clip(-down, -1, 1) * -0.6
        + 0.5 * np.exp(-(((away + thick * 0.2) / 0.05) ** 2)) * (down > 0.3)
    )
    shadow = canvas.blur(np.roll(solid, (round(0.3 * canvas.scale), 0), axis=(0, 1)), 0.14)
    glass = smooth(away, 0.0, -0.1)
    slant = np.exp(-(((across + 0.55 * down - 0.25) / 0.22) ** 2)) * glass
    painting = layer(floats([0.06, 0.03, 0.02]), np.asarray(0.35 * shadow, np.float32))
    painting = over(layer(floats([0.95, 0.97, 1.0]), np.asarray(0.075 * slant, np.float32)), painting)
    return over(layer(colour * light[..., None], solid), painting)
