"""Pictures between two others, by optical flow.

A picture at time t between two anchors is made from both: each is moved along the flow to where things are
at t, and the two are blended, the nearer and the better trusted one counting more. Three things keep it true:

- Where the moved anchors agree no better than the unmoved ones do, the flow explains nothing, and the picture
  falls back towards a plain dissolve; a little of that is everywhere.
- Each picture of a morph is exposed, as in a camera, while things move: a quarter of it is the picture before,
  a quarter the one after.
- A blend is softer than its anchors. Fine detail is brought back from whichever anchor is nearer.

The constants were chosen on footage of three speakers with four frames hidden: see `evaluation.morph_bench`.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from engine.media.picture import Picture
from engine.render.flow import LONGEST_SIDE, Field, Plane, flow_between, grid_of, origins, sample

_DISSOLVE_EVERYWHERE = 0.1
_DISSOLVE_UNEXPLAINED = 0.5  # more of it where moving the anchors explains nothing
_REGION = 6.0  # pixels of the flow's grid, over which that is judged
_EXPOSURE = (0.25, 0.5, 0.25)
_DETAIL = 0.5  # of what a blend loses in detail, brought back
_DETAIL_SIZE = 1.0  # pixels in a picture of up to 960 columns
_HANDOVER = 0.1  # of blending weight to either side of one half, over which detail changes its anchor
_LEAST_TRUST = 1e-3
_HIGHEST = 1023.0
_KERNELS = (cv2.INTER_CUBIC, cv2.INTER_LINEAR, cv2.INTER_LINEAR)  # of y, u and v

FloatPlanes = tuple[Plane, Plane, Plane]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moved:
    """An anchor moved to a time: its planes, and its luma on the flow's grid."""

    planes: FloatPlanes
    small: Plane


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moment:
    """The picture at one time: blended, its luma as sharp as one anchor, and how much to dissolve [grid]."""

    planes: FloatPlanes
    sharp: Plane
    dissolve: Plane


class Morph:
    """Pictures between two anchors. Use it within `flow.opencv_in_one_thread`."""

    def __init__(self, before: Picture, after: Picture, pool: ThreadPoolExecutor) -> None:
        self._before = _floats(before)
        self._after = _floats(after)
        self._pool = pool
        self._flow = flow_between(before, after, pool)
        self._grid = grid_of(self._flow.first.shape)
        self._full_grids = {plane.shape: grid_of(plane.shape) for plane in self._before}
        self._unmoved = _regional(self._flow.first - self._flow.second)

    def pictures(self, count: int) -> Iterator[Picture]:
        """`count` pictures, evenly spaced between the anchors, which are not among them."""
        times = [index / (count + 1) for index in range(count + 2)]
        earlier, now = self._before, self._moment(times[1])
        for index in range(1, count + 1):
            last = index == count
            later = None if last else self._moment(times[index + 1])
            after = self._after if later is None else later.planes
            exposed = (earlier, now.planes, after)
            yield self._finished(_exposure(exposed), now, times[index])
            if later is not None:
                earlier, now = now.planes, later

    def picture(self, time: Fraction) -> Picture:
        """The picture at `time`, between 0 and 1, alone: for a clip that is played at another speed."""
        moment = self._moment(float(time))
        return self._finished(moment.planes, moment, float(time))

    def _moment(self, time: float) -> _Moment:
        flow = self._flow
        from_first = self._pool.submit(self._moved, self._before, flow.forward, time)
        from_second = self._pool.submit(self._moved, self._after, flow.backward, 1 - time)
        first, second = from_first.result(), from_second.result()
        weight = self._weight(time)
        luma, *chroma = (
            self._pool.submit(_blended, one, other, weight)
            for one, other in zip(first.planes, second.planes, strict=True)
        )
        sharp = _blended(first.planes[0], second.planes[0], _one_sided(weight))
        unexplained = np.clip(_regional(first.small - second.small) / (self._unmoved + 1), 0, 1)
        return _Moment(
            planes=(luma.result(), chroma[0].result(), chroma[1].result()),
            sharp=sharp,
            dissolve=_DISSOLVE_EVERYWHERE + _DISSOLVE_UNEXPLAINED * unexplained,
        )

    def _moved(self, anchor: FloatPlanes, field: Field, time: float) -> _Moved:
        """An anchor moved along the flow, with its luma on the flow's grid."""
        places = origins(field, self._grid, time)
        away = places - self._grid
        planes = tuple(
            sample(plane, self._places(away, plane.shape), _KERNELS[index])
            for index, plane in enumerate(anchor)
        )
        small = self._flow.first if anchor is self._before else self._flow.second
        y, u, v = planes
        return _Moved(planes=(y, u, v), small=sample(small, places))

    def _places(self, away: Field, shape: tuple[int, int]) -> Field:
        """Where each pixel of a plane of this shape comes from, given how far away that is on the grid."""
        rows, columns = shape
        stretch = np.array([columns / away.shape[1], rows / away.shape[0]], np.float32)
        wide = away if away.shape[:2] == shape else cv2.resize(away, (columns, rows))
        return np.asarray(wide * stretch + self._full_grids[shape], np.float32)

    def _weight(self, time: float) -> Plane:
        """How much of the first anchor there is in the picture, 0..1, on the flow's grid."""
        first = (1 - time) * (self._flow.forward_trust + _LEAST_TRUST)
        second = time * (self._flow.backward_trust + _LEAST_TRUST)
        return np.asarray(first / (first + second), np.float32)

    def _finished(self, planes: FloatPlanes, moment: _Moment, time: float) -> Picture:
        """With a dissolve where the flow explains nothing, and with the detail that blending took away."""
        done = tuple(
            self._pool.submit(self._dissolved, plane, moment.dissolve, index, time)
            for index, plane in enumerate(planes)
        )
        y, u, v = (future.result() for future in done)
        return Picture(y=_whole(y + _DETAIL * _detail(moment.sharp - y)), u=_whole(u), v=_whole(v))

    def _dissolved(self, plane: Plane, dissolve: Plane, index: int, time: float) -> Plane:
        plain = cv2.addWeighted(self._before[index], 1 - time, self._after[index], time, 0)
        share = _stretched(dissolve, plane.shape)
        return np.asarray(plane + share * (plain - plane), np.float32)


def _floats(picture: Picture) -> FloatPlanes:
    y, u, v = (plane.astype(np.float32) for plane in picture.planes)
    return y, u, v


def _whole(plane: Plane) -> npt.NDArray[np.uint16]:
    return np.clip(np.rint(plane), 0, _HIGHEST).astype(np.uint16)


def _stretched(plane: Plane, shape: tuple[int, ...]) -> Plane:
    rows, columns = shape
    return np.asarray(cv2.resize(plane, (columns, rows)), np.float32)


def _regional(difference: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(np.abs(difference), (0, 0), _REGION), np.float32)


def _blended(first: Plane, second: Plane, weight: Plane) -> Plane:
    return np.asarray(second + _stretched(weight, first.shape) * (first - second), np.float32)


def _one_sided(weight: Plane) -> Plane:
    """The weight hardened: one anchor or the other, but for a narrow handover."""
    return np.asarray(np.clip((weight - 0.5) / (2 * _HANDOVER) + 0.5, 0, 1), np.float32)


def _exposure(moments: tuple[FloatPlanes, FloatPlanes, FloatPlanes]) -> FloatPlanes:
    before, now, after = (np.float32(share) for share in _EXPOSURE)
    y, u, v = (before * one + now * two + after * three for one, two, three in zip(*moments, strict=True))
    return y, u, v


def _detail(plane: Plane) -> Plane:
    """The plane without what is larger than the finest detail."""
    size = _DETAIL_SIZE * max(1.0, max(plane.shape) / LONGEST_SIDE)
    return np.asarray(plane - cv2.GaussianBlur(plane, (0, 0), size), np.float32)
