"""Hair: a dark volume, and thousands of strands over it that follow how it is combed and catch the light."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import Canvas, Field, Layer, Points, floats, layer, smooth
from engine.training.presenter.haircut import Cut, Shell, haircut, outline
from engine.training.presenter.identity import Identity

_SHINE = (0.06, 0.057, 0.053)  # what the brightest strands add of the lamp's own colour


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HairLayers:
    """`front` lies on the head, `back` behind neck and head."""

    front: Layer
    back: Layer | None


def hair(canvas: Canvas, who: Identity) -> HairLayers:
    """Paint the hair on the head's canvas."""
    nothing = np.zeros((canvas.height, canvas.width, 4), np.float32)
    if who.hair.style == "bald":
        return HairLayers(front=nothing, back=None)
    if who.hair.style == "buzz":
        return HairLayers(front=_buzzed(canvas, who), back=None)
    brush = _Brush(
        canvas=canvas, who=who, cut=haircut(who), chance=np.random.default_rng([who.texture_seed, 3])
    )
    back = None if brush.cut.back is None else brush.paint(brush.cut.back, 0.55)
    return HairLayers(front=brush.paint(brush.cut.front, 1.0), back=back)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Brush:
    """What it takes to paint one person's hair."""

    canvas: Canvas
    who: Identity
    cut: Cut
    chance: np.random.Generator

    def paint(self, outline: Points, light: float) -> Layer:
        """The hair within an outline, lit by a part of the lamps' `light`."""
        canvas = self.canvas
        mask = canvas.fill(outline)
        facing = floats(_facing(canvas, canvas.inflate(mask, 2.2), self.who) * light)
        # Where the hair thins out, at its edges, skin shows between the strands.
        ragged = canvas.blur(mask, 0.22) + 0.07 * canvas.noise(self.chance, 0.22)
        under = floats(self.who.hair.colour) * (0.34 + 0.42 * facing)[..., None]
        strands = self._strands(layer(under, smooth(ragged, 0.45, 0.8)), mask, facing)
        reach = canvas.blur(mask, self.cut.loose) + 0.05 * canvas.noise(self.chance, 0.3)
        return floats(strands * smooth(reach, 0.12, 0.5)[..., None])

    def _strands(self, base: Layer, mask: Field, facing: Field) -> Layer:
        """Draw each strand, dark ones first; bright where hair of its lie would shine."""
        canvas, chance = self.canvas, self.chance
        paths = _paths(_roots(canvas, mask, self.cut.strands, chance), self.cut, chance)
        fine = 2
        size = (canvas.width * fine, canvas.height * fine)
        sheet = np.ascontiguousarray(cv2.resize(base, size, interpolation=cv2.INTER_LINEAR))
        places = np.round(((canvas.pixels(paths) + 0.5) * fine - 0.5) * 16).astype(np.int32)
        shade = self._shades(paths, facing)
        thin = max(1, round(0.035 * canvas.scale * fine))
        for index in np.argsort(shade + chance.normal(0, 0.3, len(paths))):
            bright = float(np.clip(shade[index], 0.2, 1.5))
            ink = floats(self.who.hair.colour) * bright + floats(_SHINE) * max(0.0, bright - 0.75)
            colour = (float(ink[0]), float(ink[1]), float(ink[2]), 1.0)
            cv2.polylines(sheet, [places[index]], False, colour, thin, cv2.LINE_8, 4)
        return floats(cv2.resize(sheet, (canvas.width, canvas.height), interpolation=cv2.INTER_AREA))

    def _shades(self, paths: NDArray[np.float32], facing: Field) -> NDArray[np.float32]:
        """How bright each strand is, by how its middle faces the key lamp."""
        middle = self.canvas.pixels(paths[:, paths.shape[1] // 2]).round().astype(int)
        columns = np.clip(middle[:, 0], 0, self.canvas.width - 1)
        at = facing[np.clip(middle[:, 1], 0, self.canvas.height - 1), columns]
        band = np.exp(-(((at - 0.74) / 0.13) ** 2))
        return floats(0.34 + 0.62 * at + 0.34 * band + self.chance.normal(0, 0.11, len(paths)))


def _facing(canvas: Canvas, volume: Field, who: Identity) -> Field:
    """How much each place of the hair faces the key lamp, 0..1."""
    key = np.array(who.lamps.key, np.float32)
    key /= np.linalg.norm(key)
    x, y = canvas.grid()
    across = cv2.Sobel(volume, cv2.CV_32F, 1, 0, ksize=3) * canvas.scale / 8 - x / 11
    down = cv2.Sobel(volume, cv2.CV_32F, 0, 1, ksize=3) * canvas.scale / 8 + (y - 5) / 14
    normal = np.stack([-across, down, np.full_like(volume, 0.9)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.asarray(canvas.blur(np.clip(normal @ key, 0, 1).astype(np.float32), 0.25), np.float32)


def _roots(canvas: Canvas, mask: Field, count: int, chance: np.random.Generator) -> Points:
    rows, columns = np.nonzero(mask > 0.5)
    if len(rows) == 0:
        return np.zeros((0, 2), np.float32)
    chosen = chance.integers(len(rows), size=count)
    x = canvas.left + (columns[chosen] + chance.random(count)) / canvas.scale
    y = canvas.top - (rows[chosen] + chance.random(count)) / canvas.scale
    return np.stack([x, y], axis=1).astype(np.float32)


def _paths(roots: Points, cut: Cut, chance: np.random.Generator) -> NDArray[np.float32]:
    """(strands, points, 2): each strand's way along the combing, from its root on."""
    steps = 9
    count = len(roots)
    length = cut.length * chance.uniform(0.5, 1.1, (count, 1)).astype(np.float32) / steps
    lean = chance.normal(0, cut.spread, count).astype(np.float32)
    phase = chance.uniform(0, 2 * np.pi, count)
    at, way = roots, [roots]
    for step in range(steps):
        direction = _turned(cut.combing(at), lean)
        swing = np.cos(phase + step * 1.3) * cut.curl
        aside = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
        at = np.asarray(at + length * direction + aside * swing[:, None], np.float32)
        way.append(at)
    return np.stack(way, axis=1).astype(np.float32)


def _turned(directions: Points, angle: NDArray[np.float32]) -> Points:
    c, s = np.cos(angle), np.sin(angle)
    x, y = directions[:, 0], directions[:, 1]
    return np.stack([c * x - s * y, s * x + c * y], axis=1).astype(np.float32)


def _buzzed(canvas: Canvas, who: Identity) -> Layer:
    """A few millimetres: a shadow on the scalp with a grain."""
    chance = np.random.default_rng([who.texture_seed, 3])
    mask = canvas.fill(
        outline(Shell(lift=0.12, sides=0.02, recede=0.5 * who.shape.age - 0.1, ears=1.6)), 0.28
    )
    grain = 0.80 + 0.12 * canvas.noise(chance, 0.07)
    facing = _facing(canvas, canvas.inflate(mask, 3.0), who)
    colour = np.array(who.hair.colour, np.float32) * (0.55 + 0.75 * facing)[..., None]
    return layer(colour, np.asarray(np.clip(mask * grain, 0, 0.92), np.float32))
