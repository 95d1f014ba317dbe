"""The eyes: balls, irises, lids and lashes, drawn anew for each frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import Canvas, Field, Layer, bump, floats, layer, mix, over, smooth
from engine.training.presenter.identity import Identity
from engine.training.presenter.sculpt import EYE, EYE_HALF_WIDTH

_UPPER, _LOWER = 0.52, -0.40  # of the open lids' edges above the middle of the eye, cm
_IRIS = 0.60
_LASHES = 36


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaze:
    """`openness`: 0 shut, 1 as at rest; x and y: where the iris is, cm from the middle of the eye."""

    openness: float = 1.0
    x: float = 0.0
    y: float = 0.0


class Eyes:
    """Both eyes of one presenter, on the canvas of the head."""

    def __init__(self, canvas: Canvas, who: Identity) -> None:
        self._sides = tuple(_Side(canvas, who, sign) for sign in (-1.0, 1.0))

    def draw(self, painting: Layer, gaze: Gaze) -> None:
        """Paint the eyes into the head's layer, in place."""
        for side in self._sides:
            side.draw(painting, gaze)


class _Side:
    """One eye: what of it does not change, and its part of the canvas.

    `x` and `y` run from the middle of the eye; `along` from -1 at the nose to 1 at the temple.
    """

    def __init__(self, canvas: Canvas, who: Identity, sign: float) -> None:
        self._sign = sign
        self._middle = floats([sign * EYE[0], EYE[1]])
        self._part = canvas.part(
            left=sign * EYE[0] - 2.5, top=EYE[1] + 1.7, right=sign * EYE[0] + 2.5, bottom=EYE[1] - 1.4
        )
        self._canvas = canvas.crop(self._part)
        x, y = self._canvas.grid()
        self._x, self._y = floats(x - sign * EYE[0]), floats(y - EYE[1])
        self._size = who.shape.eye_size
        self._along = floats(sign * self._x / (EYE_HALF_WIDTH * self._size))
        self._key = float(np.sign(who.lamps.key[0]))
        self._iris = floats(who.iris)
        self._skin_shadow = floats(who.skin) * floats([0.55, 0.42, 0.38])
        self._ball = self._white()
        chance = np.random.default_rng([who.texture_seed, 7, int(sign > 0)])
        self._lash_weight = 1.0 if who.made_up else 0.65
        drawn = [(chance.uniform(0.75, 1.2), chance.normal(0, 0.12)) for _ in range(_LASHES)]
        length, lean = np.array(drawn).T
        self._lashes = _Lashes(place=np.linspace(-0.8, 1.0, _LASHES), length=length, lean=lean)
        self._fibres = floats(chance.standard_normal(64))

    def draw(self, painting: Layer, gaze: Gaze) -> None:
        """Paint the eye into the layer, in place."""
        upper, lower = self._lids(gaze.openness)
        gap = np.minimum(upper - self._y, self._y - lower)
        open_ = np.clip(gap * self._canvas.scale + 0.5, 0, 1) * smooth(np.abs(self._along), 1.0, 0.93)
        region = painting[self._part]
        painted = over(layer(self._between_lids(gaze, upper), floats(open_ * region[..., 3])), region)
        self._line_edges(painted, gaze, upper, lower)
        self._fold(painted, gaze)
        _stain(painted, floats([0.05, 0.04, 0.04]), self._lash_ink(gaze, upper))
        painting[self._part] = painted

    def _lids(self, openness: float) -> tuple[Field, Field]:
        """Heights of the upper and the lower lid's edge along the eye, one row."""
        t = np.clip(self._along, -1, 1)
        arch = np.power(np.clip(1 - t**2, 0, 1), 0.62)
        tilt = 0.10 * t  # the outer corner sits higher
        # The upper lid peaks towards the nose, the lower one away from it.
        upper = tilt + _UPPER * self._size * arch * (1 - 0.16 * t)
        lower = tilt + _LOWER * self._size * arch * (1 + 0.2 * t)
        shut = lower + 0.05 * arch
        return floats(shut + (upper - shut) * openness), floats(lower * (0.9 + 0.1 * openness))

    def _white(self) -> NDArray[np.float32]:
        """The white of the eye: round, greyer at the sides, pink in the corners."""
        r = np.hypot(self._x / 1.55, self._y / 1.35)
        white = (0.74 * (1 - 0.34 * np.clip(r, 0, 1.2) ** 2))[..., None] * floats([1.0, 0.965, 0.935])
        pink = 0.4 * smooth(np.abs(self._along) + 0 * self._y, 0.62, 1.05)
        tear = 0.8 * bump(self._along, self._y, (-0.93, -0.06), (0.13, 0.2))
        return mix(white, floats([0.70, 0.47, 0.42]), np.clip(pink + tear, 0, 1))

    def _between_lids(self, gaze: Gaze, upper: Field) -> NDArray[np.float32]:
        """Ball, iris, pupil, the upper lid's shadow, and the lamp's reflection."""
        x, y = floats(self._x - gaze.x), floats(self._y - gaze.y - 0.06)
        r = np.hypot(x, y)
        soft = 1.2 / self._canvas.scale
        radius = _IRIS * (0.75 + 0.25 * self._size)
        colour = mix(
            self._ball, self._iris_paint(x, y, radius), smooth(r, radius + 2 * soft, radius - 2 * soft)
        )
        colour = mix(colour, floats([0.02, 0.018, 0.018]), smooth(r, 0.245 + soft, 0.245 - soft))
        under_lid = smooth(upper - self._y, 0.0, 0.42)
        colour = colour * (0.42 + 0.58 * under_lid)[..., None]
        glint = np.exp(-((((x - 0.2 * self._key) / 0.115) ** 2 + ((y - 0.2) / 0.13) ** 2) ** 2))
        bounce = 0.35 * np.exp(-(((x + 0.24 * self._key) / 0.12) ** 2) - ((y + 0.27) / 0.07) ** 2)
        shine = np.clip(0.92 * glint + bounce, 0, 1) * smooth(gaze.openness, 0.25, 0.6)
        return mix(colour, floats([1, 0.99, 0.97]), shine)

    def _iris_paint(self, x: Field, y: Field, radius: float) -> NDArray[np.float32]:
        """Fibres, a dark outer ring, a warm inner one, lighter below where light falls through."""
        out = np.clip(np.hypot(x, y) / radius, 0, 1)
        turn = (np.arctan2(y, x) + np.pi) * 63 / (2 * np.pi)
        fibres = 0.09 * np.interp(turn, np.arange(64), self._fibres) * smooth(out, 0.3, 0.5)
        tone = 0.55 + 0.75 * out - 0.55 * smooth(out, 0.72, 1.0) + fibres
        tone = tone * (1.0 + 0.38 * np.clip(-y / radius, -1, 1) - 0.1 * self._key * x / radius)
        warm = 0.3 * smooth(out, 0.62, 0.38) * smooth(out, 0.28, 0.4)
        return mix(self._iris * tone[..., None], self._iris * floats([1.3, 1.12, 0.9]), warm)

    def _line_edges(self, painted: Layer, gaze: Gaze, upper: Field, lower: Field) -> None:
        """The dark line of the lashes' roots above, the wet rim below and the shade under it."""
        ends = smooth(np.abs(self._along), 1.12, 0.9)
        outer = 0.65 + 0.35 * np.clip(self._along, -1, 1)
        thick = 0.055 + 0.03 * outer * self._lash_weight
        line = np.exp(-(((self._y - upper - 0.02) / thick) ** 2)) * (0.55 + 0.4 * self._lash_weight * outer)
        _stain(painted, floats([0.07, 0.05, 0.045]), floats(line * ends))
        rim = 0.45 * gaze.openness * np.exp(-(((self._y - lower + 0.03) / 0.045) ** 2))
        bright = 0.35 + 1.3 * float(self._skin_shadow.max())
        _stain(painted, floats([0.86, 0.66, 0.60]) * min(1.0, bright), floats(rim * ends))
        under = 0.3 * np.exp(-(((self._y - lower + 0.11) / 0.06) ** 2))
        _stain(painted, self._skin_shadow, floats(under * ends))

    def _fold(self, painted: Layer, gaze: Gaze) -> None:
        """The crease above the upper lid, shallower when the lid is down."""
        t = np.clip(self._along, -1.25, 1.25)
        rise = np.power(np.clip(1 - (t / 1.3) ** 2, 0, 1), 0.6)
        height = 0.10 * t + (1.02 - 0.10 * gaze.openness) * self._size * rise - 0.08
        crease = np.exp(-(((self._y - height) / 0.075) ** 2)) * smooth(np.abs(self._along), 1.2, 0.75)
        _stain(painted, self._skin_shadow, floats(crease * (0.22 + 0.4 * gaze.openness)))

    def _lash_ink(self, gaze: Gaze, upper: Field) -> Field:
        ink = np.zeros((self._canvas.height, self._canvas.width), np.uint8)
        order = np.argsort(self._along[0])
        places, heights = self._along[0][order], upper[0][order]
        up = 2 * gaze.openness - 1  # shut lids turn the lashes down
        t = self._lashes.place
        base = floats(
            np.stack([t * EYE_HALF_WIDTH * self._size * self._sign, np.interp(t, places, heights)], 1)
        )
        reach = (0.55 + 0.45 * np.maximum(t, 0)) * (0.7 + 0.3 * self._lash_weight)
        long = 0.27 * self._lashes.length * reach
        way = np.stack([self._sign * (0.75 * t + self._lashes.lean), np.full_like(t, 0.75 * up)], 1)
        out, tip = floats(long[:, None] * way), floats(np.outer(0.1 * long * up, (0, 1)))
        bent = np.stack([base, base + floats(0.55) * out - floats([0, 0.04]), base + out + tip], 1)
        points = np.round(self._canvas.pixels(bent + self._middle) * 16).astype(np.int32)
        cv2.polylines(ink, list(points), False, round(190 * self._lash_weight), 1, cv2.LINE_AA, 4)
        return floats(ink) / np.float32(255)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lashes:
    """The lashes of the upper lid: where along the eye, how long, and how far each leans, about 0."""

    place: NDArray[np.float64]
    length: NDArray[np.float64]
    lean: NDArray[np.float64]


def _stain(painted: Layer, colour: NDArray[np.float32], strength: Field) -> None:
    """Colour the paint that is there, in place, without making it more opaque."""
    part = np.clip(strength, 0, 1)[..., None]
    painted[..., :3] += (colour * painted[..., 3:] - painted[..., :3]) * part
