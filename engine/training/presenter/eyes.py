"""The eyes: balls, irises, lids and lashes, drawn anew for each frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engine.training.presenter.canvas import Canvas, Field, Layer, bump, layer, mix, over, smooth
from engine.training.presenter.identity import Identity
from engine.training.presenter.sculpt import EYE, EYE_HALF_WIDTH

_UPPER, _LOWER = 0.52, -0.40  # of the open lids' edges above the middle of the eye, cm
_IRIS = 0.60


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaze:
    """`openness`: 0 shut, 1 as at rest; x and y: where the iris is, cm from the middle of the eye."""

    openness: float = 1.0
    x: float = 0.0
    y: float = 0.0


class Eyes:
    """Both eyes of one presenter, on the canvas of the head."""

    def __init__(self, canvas: Canvas, who: Identity) -> None:
        self._who = who
        self._sides = tuple(_Side(canvas, who, sign) for sign in (-1.0, 1.0))

    def draw(self, painting: Layer, gaze: Gaze) -> None:
        """Paint the eyes into the head's layer, in place."""
        for side in self._sides:
            side.draw(painting, gaze)


class _Side:
    """One eye: what of it does not change, and its part of the canvas."""

    def __init__(self, canvas: Canvas, who: Identity, sign: float) -> None:
        x0 = sign * EYE[0]
        reach = 2.5
        self.part = canvas.part(left=x0 - reach, top=EYE[1] + 1.7, right=x0 + reach, bottom=EYE[1] - 1.4)
        self.canvas = canvas.crop(self.part)
        self.sign = sign
        self.size = who.shape.eye_size
        x, y = self.canvas.grid()
        self.x = np.asarray(x - x0, np.float32)  # towards the picture's right
        self.y = np.asarray(y - EYE[1], np.float32)
        self.along = np.asarray(sign * self.x / (EYE_HALF_WIDTH * self.size), np.float32)  # -1 at the nose
        self.key = np.sign(who.lamps.key[0])
        self.iris = np.array(who.iris, np.float32)
        self.ball = self._ball()
        chance = np.random.default_rng([who.texture_seed, 7, int(sign > 0)])
        made_up = who.lip_colour[0] - who.lip_colour[1] > 0.24
        self.lash_weight = 1.0 if made_up else 0.65
        self.lashes = [
            (float(t), float(chance.uniform(0.75, 1.2)), float(chance.normal(0, 0.12)))
            for t in np.linspace(-0.8, 1.0, 26)
        ]
        self.fibres = chance.standard_normal(64).astype(np.float32)
        self.skin_shadow = np.array(who.skin, np.float32) * np.float32([0.55, 0.42, 0.38])

    def _ball(self) -> np.ndarray:
        """The white of the eye: round, greyer at the sides, pink in the corners."""
        r = np.hypot(self.x / 1.55, self.y / 1.35)
        shade = 0.74 * (1 - 0.34 * np.clip(r, 0, 1.2) ** 2)
        white = shade[..., None] * np.float32([1.0, 0.965, 0.935])
        pink = smooth(np.abs(self.along) + 0 * self.y, 0.62, 1.05)
        tear = bump(self.along, self.y, (-0.93, -0.06), (0.13, 0.2))
        white = mix(white, np.float32([0.70, 0.47, 0.42]), np.clip(0.4 * pink + 0.8 * tear, 0, 1))
        return white

    def lids(self, openness: float) -> tuple[Field, Field]:
        """Heights of the lids' edges over the middle of the eye, along its width."""
        t = np.clip(self.along, -1, 1)
        arch = np.power(np.clip(1 - t**2, 0, 1), 0.62)
        tilt = 0.10 * t  # the outer corner sits higher
        skew = 1 + 0.16 * -t  # the upper lid peaks towards the nose, the lower one away from it
        upper = tilt + _UPPER * self.size * arch * skew
        lower = tilt + _LOWER * self.size * arch * (1 + 0.2 * t)
        shut = lower + 0.05 * arch
        return np.asarray(shut + (upper - shut) * openness, np.float32), np.asarray(
            lower * (0.9 + 0.1 * openness), np.float32
        )

    def draw(self, painting: Layer, gaze: Gaze) -> None:
        canvas = self.canvas
        upper, lower = self.lids(gaze.openness)
        inside = np.abs(self.along) < 1
        pixel = 1 / canvas.scale
        gap = np.minimum(upper - self.y, self.y - lower)
        open_ = np.clip(gap / pixel + 0.5, 0, 1) * inside * smooth(np.abs(self.along), 1.0, 0.93)
        colour = self._inside(gaze, upper)
        region = painting[self.part]
        solid = region[..., 3]
        painted = over(layer(colour, np.asarray(open_ * solid, np.float32)), region)
        self._edges(painted, gaze, upper, lower)
        self._crease(painted, gaze)
        painting[self.part] = painted
        self._lash_strokes(painting, gaze)

    def _inside(self, gaze: Gaze, upper: Field) -> np.ndarray:
        x, y = self.x - gaze.x, self.y - gaze.y - 0.06
        r = np.hypot(x, y)
        soft = 1.2 / self.canvas.scale
        radius = _IRIS * (1 + 0.25 * (self.size - 1))
        angle = np.arctan2(y, x)
        spokes = np.interp((angle + np.pi) * 63 / (2 * np.pi), np.arange(64), self.fibres)
        inner = np.clip(r / radius, 0, 1)
        tone = 0.55 + 0.75 * inner - 0.55 * smooth(inner, 0.72, 1.0) + 0.09 * spokes * smooth(inner, 0.3, 0.5)
        tone = tone * (1.0 + 0.38 * np.clip(-y / radius, -1, 1) - 0.1 * self.key * x / radius)
        iris = self.iris * tone[..., None]
        iris = mix(
            iris,
            self.iris * np.float32([1.45, 1.2, 0.9]),
            0.35 * smooth(inner, 0.62, 0.38) * smooth(inner, 0.28, 0.4),
        )
        iris = mix(iris, np.float32([0.02, 0.018, 0.018]), smooth(r, 0.245 + soft, 0.245 - soft))
        colour = mix(self.ball, iris, smooth(r, radius + 2 * soft, radius - 2 * soft))
        lid = np.clip((upper - self.y) / 0.42, 0, 1)
        colour = colour * (0.42 + 0.58 * smooth(lid, 0.0, 1.0))[..., None]
        glint = np.exp(-np.power(((x + -0.2 * self.key) / 0.115) ** 2 + ((y - 0.2) / 0.13) ** 2, 2.0))
        second = 0.35 * np.exp(-(((x + 0.24 * self.key) / 0.12) ** 2) - ((y + 0.27) / 0.07) ** 2)
        return mix(
            colour,
            np.float32([1, 0.99, 0.97]),
            np.clip(0.92 * glint + second, 0, 1) * smooth(gaze.openness, 0.25, 0.6),
        )

    def _edges(self, painted: Layer, gaze: Gaze, upper: Field, lower: Field) -> None:
        """Lash line above, wet rim below, the shadow that the upper lid's fold throws."""
        ends = smooth(np.abs(self.along), 1.12, 0.9)
        outer = 0.65 + 0.35 * np.clip(self.along, -1, 1)
        thick = 0.055 + 0.03 * outer * self.lash_weight
        line = (
            np.exp(-(((self.y - upper - 0.02) / thick) ** 2)) * ends * (0.55 + 0.4 * self.lash_weight * outer)
        )
        _stain(painted, np.float32([0.07, 0.05, 0.045]), line)
        rim = np.exp(-(((self.y - lower + 0.03) / 0.045) ** 2)) * ends * 0.45 * gaze.openness
        _stain(painted, np.float32([0.86, 0.66, 0.60]) * (0.35 + 0.65 * self.skin_shadow.max() / 0.5), rim)
        under = np.exp(-(((self.y - lower + 0.11) / 0.06) ** 2)) * ends * 0.3
        _stain(painted, self.skin_shadow, under)

    def _crease(self, painted: Layer, gaze: Gaze) -> None:
        t = np.clip(self.along, -1.25, 1.25)
        height = (
            0.10 * t
            + (1.02 - 0.10 * gaze.openness) * self.size * np.power(np.clip(1 - (t / 1.3) ** 2, 0, 1), 0.6)
            - 0.08
        )
        fold = np.exp(-(((self.y - height) / 0.075) ** 2)) * smooth(np.abs(self.along), 1.2, 0.75)
        _stain(painted, self.skin_shadow, fold * (0.22 + 0.4 * gaze.openness))

    def _lash_strokes(self, painting: Layer, gaze: Gaze) -> None:
        upper, _ = self.lids(gaze.openness)
        x0 = self.sign * EYE[0]
        ink = np.zeros(upper.shape, np.uint8)
        row = self.along[0]
        order = np.argsort(row)
        edge = upper[0][order] if upper.shape[0] == 1 else upper.mean(axis=0)[order]
        for t, length, lean in self.lashes:
            base_y = float(np.interp(t, row[order], edge))
            base = np.array([t * EYE_HALF_WIDTH * self.size * self.sign, base_y])
            long = 0.40 * length * (0.55 + 0.45 * max(t, 0)) * (0.7 + 0.3 * self.lash_weight)
            up = 2 * gaze.openness - 1  # shut lids turn the lashes down
            out = np.array([self.sign * (0.75 * t + lean), 0.75 * up])
            mid, tip = base + out * long * 0.55 - [0, 0.04], base + out * long + [0, 0.1 * long * up]
            points = self.canvas.pixels(np.array([base, mid, tip]) + [x0, EYE[1]])
            cv2.polylines(
                ink,
                [np.round(points * 16).astype(np.int32)],
                False,
                round(190 * self.lash_weight),
                1,
                cv2.LINE_AA,
                4,
            )
        _stain(painting[self.part], np.float32([0.05, 0.04, 0.04]), ink.astype(np.float32) / 255)


def _stain(painted: Layer, colour: np.ndarray, strength: Field) -> None:
    """Colour the paint that is there, in place, without making it more opaque."""
    part = np.clip(strength, 0, 1)[..., None]
    painted[..., :3] += (colour * painted[..., 3:] - painted[..., :3]) * part
