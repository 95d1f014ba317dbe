"""Light on a relief: a soft key lamp and its shadow, fill from sky and room, a rim, skin's own glow."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import Canvas, Colour, Field, floats, linear, smooth

Light = NDArray[np.float32]  # (height, width, 3), linear


@dataclass(frozen=True, slots=True, kw_only=True)
class Lamps:
    """The set's light. `key` points from the figure to the key lamp; the rim comes from behind, opposite."""

    key: tuple[float, float, float] = (-0.5, 0.5, 0.7)
    key_colour: Colour = (1.0, 0.96, 0.9)
    key_power: float = 0.85
    fill_colour: Colour = (0.86, 0.92, 1.0)
    fill_power: float = 0.42
    rim_power: float = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """How a material takes light: `wrap` lets it creep round the edge, most for red in skin."""

    wrap: Colour = (0.0, 0.0, 0.0)
    gloss: float = 0.0
    sharpness: float = 12.0
    bumps: float = 1.0  # how much of the relief's slope counts


SKIN = Surface(wrap=(0.42, 0.24, 0.18), gloss=0.16, sharpness=14)
CLOTH = Surface(wrap=(0.2, 0.2, 0.2))


def lit(canvas: Canvas, relief: Field, albedo: Light, lamps: Lamps, surface: Surface) -> Light:
    """The albedo (linear) under the lamps, linear, not yet for display."""
    normal = normals(canvas, relief, surface.bumps)
    key = _unit(lamps.key)
    facing = normal @ key
    shade = cast_shadow(canvas, relief, key) * occlusion(canvas, relief)
    wrap = np.array(surface.wrap, np.float32)
    diffuse = np.clip((facing[..., None] + wrap) / (1 + wrap), 0, None)
    # Where the key's shadow falls, skin still glows red a little from the light that goes through it.
    soft = np.power(shade[..., None], 1 - 0.55 * wrap)
    light = lamps.key_power * diffuse * soft * linear(lamps.key_colour)
    sky = 0.62 + 0.38 * normal[..., 1] + 0.25 * normal[..., 2]
    hollow = occlusion(canvas, relief)
    light = light + lamps.fill_power * (sky * hollow)[..., None] * linear(lamps.fill_colour)
    out = albedo * light
    half = _unit((key[0], key[1], key[2] + 1.0))
    shine = np.power(np.clip(normal @ half, 0, 1), surface.sharpness) * shade
    edge = np.power(np.clip(1 - normal[..., 2], 0, 1), 2.5) * smooth(
        normal[..., 0] * -np.sign(key[0]), 0.1, 0.9
    )
    gleam = surface.gloss * lamps.key_power * shine + lamps.rim_power * edge * (0.3 + 0.7 * hollow)
    return np.asarray(out + gleam[..., None] * linear(lamps.key_colour) * (0.35 + 0.65 * albedo), np.float32)


def normals(canvas: Canvas, relief: Field, bumps: float = 1.0) -> NDArray[np.float32]:
    """(height, width, 3) unit vectors away from the surface."""
    across = cv2.Scharr(relief, cv2.CV_32F, 1, 0) * (canvas.scale / 32 * bumps)
    down = cv2.Scharr(relief, cv2.CV_32F, 0, 1) * (canvas.scale / 32 * bumps)
    normal = np.stack([-across, down, np.ones_like(relief)], axis=-1)
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True), np.float32)


def cast_shadow(canvas: Canvas, relief: Field, key: NDArray[np.float32], softness: float = 0.9) -> Field:
    """1 where the key lamp reaches, 0 in the core of a shadow; marched on a smaller relief."""
    step = max(1, round(canvas.scale / 7))
    size = (max(2, relief.shape[1] // step), max(2, relief.shape[0] // step))
    small = cv2.resize(relief, size, interpolation=cv2.INTER_AREA)
    pixel = relief.shape[1] / size[0] / canvas.scale  # cm
    flat = max(float(np.hypot(key[0], key[1])), 1e-3)
    blocked = np.zeros_like(small)
    for distance in np.arange(0.3, 6.0, pixel):
        move = floats([[1, 0, key[0] / flat * distance / pixel], [0, 1, -key[1] / flat * distance / pixel]])
        ahead = cv2.warpAffine(
            small, move, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
        )
        above = ahead - small - distance * key[2] / flat
        blocked = np.maximum(blocked, above / (0.25 + softness * distance * 0.35))
    open_ = cv2.GaussianBlur(1 - np.clip(blocked, 0, 1), (0, 0), 0.35 / pixel)
    full = (relief.shape[1], relief.shape[0])
    return np.asarray(cv2.resize(open_, full, interpolation=cv2.INTER_CUBIC).clip(0, 1), np.float32)


def occlusion(canvas: Canvas, relief: Field) -> Field:
    """How open each place is to the room: hollows are darker, from creases to sockets."""
    dark = np.zeros_like(relief)
    for radius, strength in ((0.18, 1.6), (0.5, 0.75), (1.3, 0.32)):
        dark = dark + strength * np.clip(canvas.blur(relief, radius) - relief, 0, 0.5)
    return np.asarray(np.exp(-1.5 * dark), np.float32)


def _unit(vector: tuple[float, float, float]) -> NDArray[np.float32]:
    v = np.array(vector, np.float32)
    return np.asarray(v / np.linalg.norm(v), np.float32)
