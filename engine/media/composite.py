"""Rendered pixels put into the source's own picture, so that nothing outside the mask changes.

Outside the mask every sample is the source's, chroma included: a sample of chroma is inside only where both
of its luma columns are. The seam lies inside the mask: from its edge inward the source becomes the rendered
picture. All is done on the planes of YUV, at the source's depth; what is outside never leaves its codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from engine.media.picture import Picture, Plane

Mask = NDArray[np.bool_]  # (height, width), true where the picture is rendered anew
Indices = NDArray[np.intp]
Shares = NDArray[np.float32]  # of the rendered sample in the result, 0..1

_FEATHERS = 64  # ours: seams in the picture's shorter side: 16 pixels of 1080, half a latent's edge
_RINGS = 2  # ours: seams in the width of the ring in which colours are compared
_LEAST, _MOST = 4, 1019  # codes that a 10-bit picture may hold; the others are for synchronisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Seam:
    """How rendered pixels meet the source's.

    Over `feather` pixels inward from the mask's edge the one becomes the other; None takes what suits the
    picture's size. `weight` is the rendered picture's share where the seam has ended, less than 1 while a
    region comes or goes.
    """

    weight: float = 1.0
    feather: int | None = None

    def width(self, height: int, width: int) -> int:
        """Of the feather, in pixels, in a picture of this size."""
        return max(2, min(height, width) // _FEATHERS) if self.feather is None else self.feather


WHOLE = Seam()


def composite(source: Picture, rendered: Picture, mask: Mask, seam: Seam = WHOLE) -> Picture:
    """The source with the rendered picture inside the mask; `source` itself where that changes nothing.

    Within two seams of the mask's edge their colours are compared, and made the same: for frames whose source
    shows what the rendered frame shows.
    """
    inset = Inset.of(mask, seam)
    return inset.composite(source, rendered, inset.match(source, rendered))


def crossfaded(source: Picture, rendered: Picture, weight: float) -> Picture:
    """The two pictures faded into one; with a weight of 0 or 1 it is the one or the other itself."""
    if weight <= 0 or weight >= 1:
        return source if weight <= 0 else rendered
    y, u, v = (
        _blended(one, other, weight) for one, other in zip(source.planes, rendered.planes, strict=True)
    )
    return Picture(y=y, u=u, v=v)


# ------------------------------------------------------------------------------------------ colour

_COMPARED = 20_000  # ours: samples at most of each plane: more of them tell no more
_STEADY = 4.0  # ours: codes; plainer rings than that say nothing of contrast
_GAINS = (0.9, 1.1)  # ours: a decoder's contrast is off by a few percent; more is another content
_AGREEING = 30.0  # ours: codes from the median difference, within which two pixels show the same
_FURTHEST = 40.0  # ours: codes, 4 %, by which a mean may be moved, for the same reason


Match = tuple[float, float]  # a rendered code c becomes the first times c, plus the second
Matches = tuple[Match, Match, Match]  # of y, u and v
UNMATCHED: Match = (1.0, 0.0)


def _plane_match(source: Plane, rendered: Plane) -> Match:
    """Gain and offset that give `rendered` the mean and deviation of `source`, within bounds.

    Where the two show different things, such as a jaw that has opened further, they are not compared.
    """
    if not source.size:
        return UNMATCHED
    apart = source.astype(np.float32) - rendered
    apart = np.abs(apart - np.median(apart))
    same = apart <= max(_AGREEING, float(np.median(apart)))
    one, other = source[same], rendered[same]
    wanted, given = float(one.mean()), float(other.mean())
    gain = (float(one.std()) + _STEADY) / (float(other.std()) + _STEADY)
    gain = min(max(gain, _GAINS[0]), _GAINS[1])
    move = min(max(wanted - given, -_FURTHEST), _FURTHEST)
    return gain, given + move - gain * given


# ------------------------------------------------------------------------------------------ the inset


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _PlaneInset:
    """The mask in one plane: shares of the samples of a window, and where in it colours are compared."""

    window: tuple[slice, slice]
    shares: Shares
    ring: tuple[Indices, Indices]  # rows and columns of the window

    @classmethod
    def of(cls, top: int, left: int, shares: Shares, ring: Mask) -> Self:
        """For a window whose corner is (top, left)."""
        rows, columns = shares.shape
        chosen = np.flatnonzero(ring)
        chosen = chosen[:: max(1, chosen.size // _COMPARED)]
        return cls(
            window=(slice(top, top + rows), slice(left, left + columns)),
            shares=shares,
            ring=(chosen // columns, chosen % columns),
        )

    def in_ring(self, plane: Plane) -> Plane:
        """The samples in which colours are compared."""
        return plane[self.window][self.ring]

    def put(self, source: Plane, rendered: Plane, match: Match) -> Plane:
        """The source's plane with the rendered samples in it."""
        out = source.copy()
        part = rendered[self.window].astype(np.float32)
        if match != UNMATCHED:
            part *= match[0]
            part += match[1]
            np.clip(part, _LEAST, _MOST, out=part)
        out[self.window] = _blended(source[self.window], part, self.shares)
        return out


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Inset:
    """Where rendered samples lie in a picture, and with what share: a mask made ready.

    The frames of a latent have the same box, and may have the same inset.
    """

    shape: tuple[int, ...]
    planes: tuple[_PlaneInset, ...]  # of y, u and v; none where the mask is empty

    @classmethod
    def of(cls, mask: Mask, seam: Seam = WHOLE) -> Self:
        """The mask's inset, for pictures of its size, which have an even width."""
        height, width = mask.shape
        feather = seam.width(height, width)
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        if not rows.size or seam.weight <= 0:
            return cls(shape=mask.shape, planes=())
        # A pixel more on each side, where the picture has one: from it depths are measured.
        top, bottom = max(0, int(rows[0]) - 1), min(height, int(rows[-1]) + 2)
        left, right = max(0, int(columns[0]) - 1) & ~1, min(width, (int(columns[-1]) + 3) & ~1)
        depths = _depths(mask[top:bottom, left:right])
        shares = _shares(depths, feather, min(seam.weight, 1.0))
        ring = (depths > 0) & (depths <= max(1, _RINGS * feather))
        both = np.minimum(shares[:, ::2], shares[:, 1::2])
        chroma = _PlaneInset.of(top, left // 2, both, ring[:, ::2] & ring[:, 1::2])
        return cls(shape=mask.shape, planes=(_PlaneInset.of(top, left, shares, ring), chroma, chroma))

    def match(self, source: Picture, rendered: Picture) -> Matches:
        """How rendered colours become the source's, as the ring just inside the mask's edge tells.

        Only for frames whose source shows what the rendered frame shows. Where there is no ring, all stays.
        """
        self._check(source, rendered)
        matches = [
            _plane_match(inset.in_ring(one), inset.in_ring(other))
            for inset, one, other in zip(self.planes, source.planes, rendered.planes, strict=False)
        ]
        y, u, v = matches or [UNMATCHED] * 3
        return y, u, v

    def composite(
        self, source: Picture, rendered: Picture, matches: Matches = (UNMATCHED, UNMATCHED, UNMATCHED)
    ) -> Picture:
        """The source's picture with the rendered one inside the mask; `source` itself for an empty mask."""
        self._check(source, rendered)
        if not self.planes:
            return source
        y, u, v = (
            inset.put(one, other, match)
            for inset, one, other, match in zip(
                self.planes, source.planes, rendered.planes, matches, strict=True
            )
        )
        return Picture(y=y, u=u, v=v)

    def _check(self, *pictures: Picture) -> None:
        for picture in pictures:
            if picture.y.shape != self.shape:
                raise ValueError(f"a picture of {picture.y.shape} under a mask of {self.shape}")


def _depths(mask: Mask) -> Shares:
    """How far each pixel lies inside the mask: 0 outside, 1 at its edge. The picture's end is no edge."""
    if mask.all():
        return np.full(mask.shape, np.inf, np.float32)
    measured: Any = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(measured, np.float32)


def _shares(depths: Shares, feather: int, weight: float) -> Shares:
    """From 0 outside to `weight` where the seam ends; in a mask too slim for its seam, at its middle."""
    width = min(float(feather), float(depths.max()) - 1)
    ramp = np.minimum(depths * np.float32(1 / (width + 1)), 1)
    rising = ramp * np.float32(-2 * weight)
    rising += np.float32(3 * weight)
    rising *= ramp
    rising *= ramp
    return np.asarray(rising, np.float32)


def _blended(source: Plane, rendered: Plane | Shares, share: Shares | float) -> Plane:
    mixed = rendered.astype(np.float32)
    mixed -= source
    mixed *= np.float32(share) if isinstance(share, float) else share
    mixed += source
    return np.asarray(np.rint(mixed, out=mixed), np.uint16)
