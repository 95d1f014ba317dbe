"""What shows between the open lips: the dark of the mouth, the tongue, both rows of teeth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import Field, floats, mix, smooth

Paint = NDArray[np.float32]  # (height, width, 3)

_DARK, _TONGUE, _GUM, _ENAMEL = (
    floats(colour)
    for colour in ((0.20, 0.055, 0.05), (0.74, 0.37, 0.36), (0.62, 0.30, 0.30), (0.90, 0.865, 0.80))
)
_UPPER_EDGE, _LOWER_EDGE = -4.47, -4.4  # heights of the cutting edges with the jaw shut, cm


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hole:
    """The opening: x and y of each pixel in cm, the lips' inner edges there, its half width.

    `drop`: how far the jaw is down, cm; `tongue`: how far the tongue is raised, 0..1.
    """

    x: Field
    y: Field
    top: Field
    bottom: Field
    half_width: float
    drop: float
    tongue: float
    scale: float  # pixels a centimetre


def cavity(hole: Hole) -> Paint:
    """Paint the inside of the mouth, shaded by the lips; upper teeth stay, lower teeth go with the jaw."""
    floor = float(hole.bottom.min())
    depth = smooth(hole.y, floor + 1.3, floor)
    colour = np.asarray(_DARK * (0.55 + 0.9 * depth)[..., None], np.float32)
    colour = _tongue(colour, hole)
    colour = _teeth(colour, hole, _LOWER_EDGE - 0.85 * hole.drop - hole.y, _LOWER_TEETH)
    colour = _teeth(colour, hole, hole.y - _UPPER_EDGE, _UPPER_TEETH)
    shade = smooth(hole.top - hole.y, -0.05, 0.42) * (0.45 + 0.55 * smooth(hole.y - hole.bottom, -0.05, 0.25))
    sides = 1 - 0.62 * smooth(np.abs(hole.x), 0.9, hole.half_width * 0.95)
    return np.asarray(colour * (0.34 + 0.66 * shade * sides)[..., None], np.float32)


def _tongue(below: Paint, hole: Hole) -> Paint:
    height = -4.13 - 0.72 * hole.drop + 0.85 * hole.tongue * min(1.0, 0.35 + hole.drop)
    top = height - 0.3 * (hole.x / 1.5) ** 2 - 0.07 * np.exp(-((hole.x / 0.16) ** 2))
    edge = np.clip((top - hole.y) * hole.scale * 0.5 + 0.5, 0, 1)
    lit = 0.62 + 0.38 * smooth(top - hole.y, 0.55, 0.05)
    return mix(below, lit[..., None] * _TONGUE, 0.95 * edge * smooth(np.abs(hole.x), 1.75, 1.45))


def _teeth(below: Paint, hole: Hole, up: Field, row: _Row) -> Paint:
    """A row of teeth; `up` is the distance from the line of the cutting edges towards the gum."""
    side = np.abs(hole.x)
    height = up - floats(np.interp(side, row.places, row.edges))
    mask = np.clip(height * hole.scale * 0.8 + 0.5, 0, 1) * smooth(side, 2.3, 1.9)
    apart = np.min(np.abs(side[..., None] - row.gaps), axis=-1)
    between = 0.28 * np.exp(-((apart / 0.05) ** 2))
    white = _ENAMEL * floats(row.brightness * (1 - between))[..., None]
    return mix(below, mix(white, _GUM, smooth(height, 0.85, 1.05)), mask)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Row:
    """Half a row of teeth, from the middle outwards: cutting edge over place, and where the gaps are, cm."""

    places: NDArray[np.float32]
    edges: NDArray[np.float32]
    gaps: NDArray[np.float32]
    brightness: float


def _row(widths: tuple[float, ...], edges: tuple[float, ...], brightness: float) -> _Row:
    ends = np.cumsum(widths, dtype=np.float32)
    starts = ends - floats(widths)
    corners = np.stack([starts + 0.03, ends - 0.03], axis=1).reshape(-1)
    return _Row(
        places=floats(corners),
        edges=np.repeat(floats(edges), 2),
        gaps=floats([0.0, *ends]),
        brightness=brightness,
    )


_UPPER_TEETH = _row((0.84, 0.66, 0.70, 0.6), (0.0, 0.07, 0.02, 0.12), 0.88)
_LOWER_TEETH = _row((0.52, 0.56, 0.62, 0.6), (0.0, 0.01, 0.0, 0.08), 0.72)
