"""The mouth in motion: the skin below the nose is pulled apart, with teeth and tongue behind it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engine.training.presenter.canvas import Canvas, Field, Layer, bump, floats, layer, smooth
from engine.training.presenter.cavity import Hole, cavity
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Opened:
    """A mouth laid out on the canvas: for each pixel its x on the resting face, and the lips' inner edges."""

    mouth: Mouth
    gaps: _Gaps
    across: Field
    arch: Field
    top: Field
    bottom: Field


class Lips:
    """One presenter's lower face, on the canvas of the head."""

    def __init__(self, canvas: Canvas, who: Identity, skin: Layer) -> None:
        bottom = CHIN_BOTTOM - who.shape.chin - 2.4
        self._part = canvas.part(left=-8.6, top=-0.9, right=8.6, bottom=bottom)
        self._canvas = canvas.crop(self._part)
        self._skin = np.ascontiguousarray(skin[self._part])
        self._who = who
        x, y = self._canvas.grid()
        self._x, self._y = floats(x + 0 * y), floats(y + 0 * x)
        self._half = MOUTH_HALF_WIDTH * who.shape.mouth_width
        self._hinge = floats(1 - 0.72 * smooth(np.abs(x), 3.2, 7.4))
        self._near = bump(self._x, self._y, (0.0, -4.3), (3.6, 2.3))

    @property
    def part(self) -> tuple[slice, slice]:
        """The rows and columns of the head's canvas that `draw` gives."""
        return self._part

    def draw(self, mouth: Mouth) -> Layer:
        """The lower face with the mouth so."""
        opened = self._opened(mouth)
        upper, lower = self._upper_skin(opened), self._lower_skin(opened)
        scale = self._canvas.scale
        middle = (opened.top + opened.bottom) / 2
        skin = floats(upper + (lower - upper) * np.clip((middle - self._y) * scale + 0.5, 0, 1)[..., None])
        within = np.minimum(opened.top - self._y, self._y - opened.bottom)
        share = np.clip(within * 0.8 * scale + 0.5, 0, 1) * smooth(opened.top - opened.bottom, 0.0, 0.08)
        left, top, width, height = cv2.boundingRect((share > 0).astype(np.uint8))
        if width:
            hole = (slice(top, top + height), slice(left, left + width))
            inside = layer(cavity(self._hole(opened, hole)), skin[hole][..., 3])
            skin[hole] += (inside - skin[hole]) * share[hole][..., None]
        return skin

    def _opened(self, mouth: Mouth) -> _Opened:
        gaps = _gaps(mouth)
        # Rounding narrows the mouth, spreading widens it.
        wide = 1 + (0.13 if mouth.spread > 0 else 0.36) * mouth.spread - 0.06 * mouth.jaw
        across = floats(self._x * (1 + (1 / wide - 1) * self._near))
        along = np.clip(np.abs(across) / self._half, 0, 1.4)
        seam = mouth_line(np.abs(across), self._who.shape) - gaps.corner_drop
        seam = seam + 0.08 * mouth.spread * np.minimum(along, 1)
        arch = _arch(floats(along), mouth)
        return _Opened(
            mouth=mouth,
            gaps=gaps,
            across=across,
            arch=arch,
            top=floats(seam + gaps.above * arch),
            bottom=floats(seam - gaps.below * arch),
        )

    def _hole(self, opened: _Opened, part: tuple[slice, slice]) -> Hole:
        return Hole(
            x=opened.across[part],
            y=self._y[part],
            top=opened.top[part],
            bottom=opened.bottom[part],
            half_width=self._half,
            drop=JAW_DROP * opened.mouth.jaw,
            tongue=opened.mouth.tongue,
            scale=self._canvas.scale,
        )

    def _jaw_pull(self, y: Field, mouth: Mouth) -> Field:
        return floats(JAW_DROP * mouth.jaw * smooth(y, -1.4, -7.2) * self._hinge)

    def _upper_skin(self, opened: _Opened) -> Layer:
        mouth, gaps = opened.mouth, opened.gaps
        away = np.maximum(self._y - opened.top, 0)
        at_seam = (gaps.corner_drop - self._jaw_pull(opened.top, mouth)) * smooth(away, 2.6, 0.0)
        pull = self._jaw_pull(self._y, mouth) + at_seam
        thin = 1 - 0.35 * mouth.press + 0.25 * max(0.0, -mouth.spread) * opened.arch
        near = np.exp(-((away / (1.25 * thin)) ** 2))
        return self._pull(opened.across, floats(self._y + pull - gaps.above * opened.arch * near))

    def _lower_skin(self, opened: _Opened) -> Layer:
        mouth, gaps = opened.mouth, opened.gaps
        away = np.maximum(opened.bottom - self._y, 0)
        at_seam = (gaps.corner_drop - self._jaw_pull(opened.bottom, mouth)) * smooth(away, 3.2, 0.0)
        pull = self._jaw_pull(self._y, mouth) + at_seam
        stretched = gaps.below * np.exp(-((away / 1.35) ** 2))
        rolled_in = (0.55 * mouth.tuck + 0.2 * mouth.press * smooth(away, 0.0, 0.3)) * np.exp(
            -((away / 0.8) ** 2)
        )
        return self._pull(opened.across, floats(self._y + pull + (stretched - rolled_in) * opened.arch))

    def _pull(self, x: Field, y: Field) -> Layer:
        """The resting skin, read at these places."""
        columns = floats((x - self._canvas.left) * self._canvas.scale - 0.5)
        rows = floats((self._canvas.top - y) * self._canvas.scale - 0.5)
        return floats(cv2.remap(self._skin, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))


def _arch(along: Field, mouth: Mouth) -> Field:
    """The opening's shape from the middle (1) to the corner (0): pointed when wide, round when rounded."""
    power = 2.0 + 0.6 * min(mouth.spread, 0.0)
    fall = np.clip(1 - np.power(np.clip(along, 0, 1), power), 0, 1)
    return floats(np.power(fall, 0.82 + 0.15 * mouth.spread))
