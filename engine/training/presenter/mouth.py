"""The mouth in motion: the skin below the nose is pulled over the opening, with teeth and tongue behind it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.training.presenter.canvas import Canvas, Field, Layer, bump, layer, mix, over, smooth
from engine.training.presenter.identity import Identity
from engine.training.presenter.sculpt import CHIN_BOTTOM, FACE_HEIGHT, MOUTH_HALF_WIDTH, mouth_line

JAW_DROP = 1.9  # cm that the chin falls with the jaw fully open
_LIP_RISE, _LIP_FALL = 0.55, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mouth:
    """What the mouth does, each about 0..1; all 0 is shut and at rest.

    `jaw` is down; `spread` (-1 rounded .. 1 wide); `upper` and `lower` lips drawn away from the teeth;
    `press` shuts the lips against each other; `tuck` the lower lip under the upper teeth; `tongue` up.
    """

    jaw: float = 0.0
    spread: float = 0.0
    upper: float = 0.0
    lower: float = 0.0
    press: float = 0.0
    tuck: float = 0.0
    tongue: float = 0.0


def opening(mouth: Mouth) -> float:
    """Distance of the inner lips over the height of the face, as a face mesh measures it."""
    gap = _gaps(mouth)
    return (gap.above + gap.below) / (FACE_HEIGHT + JAW_DROP * mouth.jaw)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gaps:
    """How far the inner lips are from the line where they met, cm, at the middle."""

    above: float
    below: float
    corner_drop: float


def _gaps(mouth: Mouth) -> _Gaps:
    drop = JAW_DROP * mouth.jaw
    corner = 0.28 * drop
    free = (1 - mouth.press) * (1 - 0.85 * mouth.tuck)
    above = (corner * 0.75 + _LIP_RISE * mouth.upper) * free + 0.22 * mouth.tuck
    below = (0.86 * drop - corner + _LIP_FALL * mouth.lower) * free
    return _Gaps(above=max(0.0, above), below=max(0.0, below), corner_drop=corner)


class Lips:
    """One presenter's lower face, on the canvas of the head."""

    def __init__(self, canvas: Canvas, who: Identity, skin: Layer) -> None:
        self._part = canvas.part(left=-8.6, top=-0.9, right=8.6, bottom=CHIN_BOTTOM - who.shape.chin - 2.4)
        self._canvas = canvas.crop(self._part)
        self._skin = np.ascontiguousarray(skin[self._part])
        self._who = who
        x, y = self._canvas.grid()
        self._x = np.asarray(x + 0 * y, np.float32)
        self._y = np.asarray(y + 0 * x, np.float32)
        self._half = MOUTH_HALF_WIDTH * who.shape.mouth_width
        self._hinge = np.asarray(1 - 0.72 * smooth(np.abs(x), 3.2, 7.4), np.float32)
        self._near = bump(self._x, self._y, (0.0, -4.3), (3.6, 2.3))

    @property
    def part(self) -> tuple[slice, slice]:
        """The rows and columns of the head's canvas that `draw` gives."""
        return self._part

    def draw(self, mouth: Mouth) -> Layer:
        """The lower face with the mouth so."""
        gaps = _gaps(mouth)
        across = self._pulled_across(mouth)
        along = np.clip(np.abs(across) / self._half, 0, 1.4)
        seam = (
            mouth_line(np.abs(across), self._who.shape)
            - gaps.corner_drop
            - 0.16 * mouth.spread * np.clip(-along, -1, 0) * 0.5
        )
        arch = _arch(along, mouth)
        top, bottom = seam + gaps.above * arch, seam - gaps.below * arch
        upper = self._upper_skin(mouth, gaps, across, top, arch)
        lower = self._lower_skin(mouth, gaps, across, bottom, arch)
        if gaps.above + gaps.below < 0.02:
            is_lower = np.clip((seam - self._y) * self._canvas.scale + 0.5, 0, 1)[..., None]
            return np.asarray(upper + (lower - upper) * is_lower, np.float32)
        soft = self._canvas.scale * 0.8
        below_top = np.clip((top - self._y) * soft + 0.5, 0, 1)
        above_bottom = np.clip((self._y - bottom) * soft + 0.5, 0, 1)
        hole = layer(self._inside(mouth, gaps, across, top, bottom), upper[..., 3])
        lips = np.asarray(upper + (hole - upper) * below_top[..., None], np.float32)
        out = lower + (lips - lower) * above_bottom[..., None]
        edge = np.minimum(below_top, above_bottom) * (along < 1.02)
        closed = np.clip((seam - self._y) * self._canvas.scale + 0.5, 0, 1)[..., None]
        return np.asarray(
            np.where(
                (along < 1.02)[..., None] | (edge[..., None] > 0), out, upper + (lower - upper) * closed
            ),
            np.float32,
        )

    def _pulled_across(self, mouth: Mouth) -> Field:
        """The x on the resting face that each x shows: rounding narrows the mouth, spreading widens it."""
        wide = 1 + (0.13 if mouth.spread > 0 else 0.36) * mouth.spread - 0.06 * mouth.jaw
        return np.asarray(self._x * (1 + (1 / wide - 1) * self._near), np.float32)

    def _jaw_pull(self, y: Field, mouth: Mouth) -> Field:
        return np.asarray(JAW_DROP * mouth.jaw * smooth(y, -1.4, -7.2) * self._hinge, np.float32)

    def _upper_skin(self, mouth: Mouth, gaps: _Gaps, across: Field, top: Field, arch: Field) -> Layer:
        away = np.maximum(self._y - top, 0)
        at_seam = (gaps.corner_drop - self._jaw_pull(top, mouth)) * smooth(away, 2.6, 0.0)
        pull = self._jaw_pull(self._y, mouth) + at_seam
        thin = 1 - 0.35 * mouth.press + 0.25 * max(0.0, -mouth.spread) * arch
        near = np.exp(-((away / (1.25 * thin)) ** 2))
        return self._pull(across, self._y + pull - gaps.above * arch * near)

    def _lower_skin(self, mouth: Mouth, gaps: _Gaps, across: Field, bottom: Field, arch: Field) -> Layer:
        away = np.maximum(bottom - self._y, 0)
        at_seam = (gaps.corner_drop - self._jaw_pull(bottom, mouth)) * smooth(away, 3.2, 0.0)
        pull = self._jaw_pull(self._y, mouth) + at_seam
        near = np.exp(-((away / 1.35) ** 2))
        tucked = 0.55 * mouth.tuck * arch * np.exp(-((away / 0.8) ** 2))
        pressed = 0.2 * mouth.press * arch * np.exp(-((away / 0.8) ** 2)) * smooth(away, 0.0, 0.3)
        return self._pull(across, self._y + pull + gaps.below * arch * near - tucked - pressed)

    def _pull(self, x: Field, y: Field) -> Layer:
        """The resting skin, read at these places."""
        columns = (x - self._canvas.left) * self._canvas.scale - 0.5
        rows = (self._canvas.top - y) * self._canvas.scale - 0.5
        return np.asarray(
            cv2.remap(
                self._skin,
                columns.astype(np.float32),
                rows.astype(np.float32),
                cv2.INTER_LINEAR,
                borderMode=cv2.BORDER_REPLICATE,
            ),
            np.float32,
        )

    def _inside(self, mouth: Mouth, gaps: _Gaps, x: Field, top: Field, bottom: Field) -> NDArray[np.float32]:
        """The cavity, the tongue, and both rows of teeth, shaded by the lips."""
        drop = JAW_DROP * mouth.jaw
        y = self._y
        colour = np.broadcast_to(np.float32([0.20, 0.055, 0.05]), (*y.shape, 3))
        colour = colour * (0.55 + 0.9 * smooth(y, bottom.mean() + 0.9, bottom.min()))[..., None]
        colour = self._tongue(colour, mouth, x, y, drop)
        colour = self._teeth(colour, x, -4.4 - 0.85 * drop - y, _LOWER_TEETH)
        colour = self._teeth(colour, x, y + 4.47, _UPPER_TEETH)
        shade = smooth(top - y, -0.05, 0.42) * (0.45 + 0.55 * smooth(y - bottom, -0.05, 0.25))
        sides = 1 - 0.62 * smooth(np.abs(x), 0.9, self._half * 0.95)
        return np.asarray(colour * (0.34 + 0.66 * shade * sides)[..., None], np.float32)

    def _tongue(
        self, below: NDArray[np.float32], mouth: Mouth, x: Field, y: Field, drop: float
    ) -> NDArray[np.float32]:
        height = -4.55 - 0.72 * drop + 0.42 + 0.85 * mouth.tongue * min(1.0, 0.35 + drop)
        top = height - 0.3 * (x / 1.5) ** 2 - 0.07 * np.exp(-((x / 0.16) ** 2))
        mask = np.clip((top - y) * self._canvas.scale * 0.5 + 0.5, 0, 1) * smooth(np.abs(x), 1.75, 1.45)
        lit = 0.62 + 0.38 * smooth(top - y, 0.55, 0.05)
        return mix(below, lit[..., None] * np.float32([0.74, 0.37, 0.36]), mask * 0.95)

    def _teeth(self, below: NDArray[np.float32], x: Field, up: Field, row: _Row) -> NDArray[np.float32]:
        """A row of teeth; `up` is the distance from the line of the cutting edges towards the gum."""
        side = np.abs(x)
        height = up - np.interp(side, row.places, row.edges).astype(np.float32)
        mask = np.clip(height * self._canvas.scale * 0.8 + 0.5, 0, 1) * smooth(side, 2.3, 1.9)
        apart = np.min(np.abs(side[..., None] - row.gaps), axis=-1)
        between = 0.28 * np.exp(-((apart / 0.05) ** 2))
        white = np.float32([0.90, 0.865, 0.80]) * (row.brightness * (1 - between))[..., None]
        return mix(below, mix(white, np.float32([0.62, 0.30, 0.30]), smooth(height, 0.85, 1.05)), mask)


def _arch(along: Field, mouth: Mouth) -> Field:
    """The shape of the opening from the middle (1) to the corner (0): pointed when wide, round when rounded."""
    power = 2.0 if mouth.spread >= 0 else 2.0 + 0.6 * mouth.spread
    return np.asarray(
        np.power(np.clip(1 - np.power(np.clip(along, 0, 1), power), 0, 1), 0.82 + 0.15 * mouth.spread),
        np.float32,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Row:
    """Half a row of teeth, from the middle outwards: cutting edge over place, and where the gaps are, cm."""

    places: NDArray[np.float32]
    edges: NDArray[np.float32]
    gaps: NDArray[np.float32]
    brightness: float


def _row(widths: tuple[float, ...], edges: tuple[float, ...], brightness: float) -> _Row:
    ends = np.cumsum(widths, dtype=np.float32)
    starts = ends - np.float32(widths)
    corners = np.stack([starts + 0.03, ends - 0.03], axis=1).reshape(-1)
    return _Row(
        places=corners,
        edges=np.repeat(np.float32(edges), 2),
        gaps=np.concatenate([[0.0], ends]).astype(np.float32),
        brightness=brightness,
    )


_UPPER_TEETH = _row((0.84, 0.66, 0.70, 0.6), (0.0, 0.07, 0.02, 0.12), 0.88)
_LOWER_TEETH = _row((0.52, 0.56, 0.62, 0.6), (0.0, 0.01, 0.0, 0.08), 0.72)
