"""Pictures between two others, by optical flow.

A picture at time t between two anchors is made from both: each is moved along the flow to where things are at
t, and the two are blended. There are two manners of doing so, since there are two things to want.

Within one continuous movement (`FAITHFUL`) there is a true picture to be near to. The anchors are blended all
the way, the nearer and the better trusted one counting more; where the moved anchors agree no better than the
unmoved ones do, the flow explains nothing, and the picture falls back towards a dissolve; and each picture is
exposed, as in a camera, while things move: a quarter of it is the picture before, a quarter the one after.

Across a cut (`SEAMLESS`) there is no truth, and a soft or a double picture between sharp ones would show.
The first anchor is moved as far as the middle, the second from there on, and they change over while they lie
upon each other: within a few pictures, or more slowly where a step would show. Where the flow is in doubt
they never do so slowly, since what the flow left behind would show as a ghost.

A blend is softer than its anchors. Fine detail is brought back, region by region, from one anchor or the
other. Each patch of the picture changes anchor at a moment of its own, so that the detail of the whole does
not change in one step. The constants were chosen on footage of three speakers: see `evaluation.morph_bench`.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from engine.media.picture import Picture
from engine.render.flow import LONGEST_SIDE, Field, Plane, arrival, flow_between, grid_of, origins, sample

_REGION = 6.0  # pixels of the flow's grid, over which is judged whether the flow explains something
_DETAIL_SIZE = 0.8  # pixels in a picture of up to 960 columns
_MOST_DETAIL = 2.0  # of what a blend loses, brought back
_MOST_GAIN = 1.8  # by which a picture's own detail is amplified where that is not enough
_LEAST_DETAIL = 0.1  # mean square, below which there is nothing to bring back
_BLOCK, _BLOCKS = 8, 2.0  # pixels, and blocks, over which the amount of detail is judged
_AGAIN = np.float32(0.65)  # of a picture's detail that is left when detail is taken of it a second time
_ONE_SIDED = 0.05  # of blending weight to either side, over which a patch's detail changes its anchor
_SPREAD = 0.45  # of blending weight to either side of one half, within which patches do so
_PATCH = 8  # pixels of the flow's grid
_PATCHES = 20100803  # seed of the order in which they do
_DOUBTFUL = 0.08  # of time to either side of the middle: the change-over where the flow is in doubt
_LEAST_TRUST = 1e-3
_LEAST_SHARE = 0.02  # of an anchor before it is its turn: where the other uncovers what it does not show
_HIGHEST = 1023.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How two moved anchors become one picture.

    `change` is how far around the middle, in time, one gives way to the other (1/2: all the way), and
    `doubtful` how far where the flow is not to be trusted. `exposure` is the share of the pictures before and
    after in each. `dissolve` is the least share of a dissolve, and `fallback` how much more of it there is
    where the flow explains nothing. `detail` is the least share of the anchors' fine detail.
    """

    change: float
    doubtful: float
    exposure: float
    dissolve: float
    fallback: float
    detail: float

    def changed(self, time: float) -> float:
        """How far one has given way to the other, 0..1."""
        return min(max((time - 0.5) / (2 * self.change) + 0.5, 0.0), 1.0)


FAITHFUL = Manner(change=0.5, doubtful=0.5, exposure=0.25, dissolve=0.1, fallback=0.5, detail=0.6)
SEAMLESS = Manner(change=0.15, doubtful=_DOUBTFUL, exposure=0.0, dissolve=0.0, fallback=0.0, detail=1.03)

FloatPlanes = tuple[Plane, Plane, Plane]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moved:
    """An anchor moved to a time: its planes; its luma's detail; its luma and its trust on the flow's grid."""

    planes: FloatPlanes
    detail: Plane
    small: Plane
    trust: Plane


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Moment:
    """The picture at one time: blended; detail of luma from one anchor each; how much to dissolve [grid]."""

    planes: FloatPlanes
    detail: Plane
    dissolve: Plane | None


class Morph:
    """Pictures between two anchors. Use it within `flow.opencv_in_one_thread`."""

    def __init__(self, before: Picture, after: Picture, pool: ThreadPoolExecutor, manner: Manner) -> None:
        self._manner = manner
        self._before = _floats(before)
        self._after = _floats(after)
        self._pool = pool
        self._flow = flow_between(before, after, pool)
        self._grid = grid_of(self._flow.first.shape)
        # Both chromas in one, [rows, columns, 2]: they move alike.
        self._chroma = np.dstack(self._before[1:]), np.dstack(self._after[1:])
        self._full_grids = {plane.shape: grid_of(plane.shape) for plane in self._before}
        self._order = _order(self._flow.first.shape)
        self._unmoved = _regional(self._flow.first - self._flow.second)
        self._detail = _amount(self._before[0]), _amount(self._after[0])

    def pictures(self, count: int) -> Iterator[Picture]:
        """`count` pictures, evenly spaced between the anchors, which are not among them."""
        times = [index / (count + 1) for index in range(count + 2)]
        earlier, now = self._before, self._moment(times[1])
        finishing: Future[Picture] | None = None  # while the next moment is made
        for index in range(1, count + 1):
            last = index == count
            later = None if last else self._moment(times[index + 1])
            if finishing is not None:
                yield finishing.result()
            after = self._after if later is None else later.planes
            exposed = _exposed((earlier, now.planes, after), self._manner.exposure)
            finishing = self._pool.submit(self._finished, exposed, now, times[index])
            if later is not None:
                earlier, now = now.planes, later
        if finishing is not None:
            yield finishing.result()

    def picture(self, time: Fraction) -> Picture:
        """The picture at `time`, between 0 and 1, alone: for a clip that is played at another speed."""
        moment = self._moment(float(time))
        return self._finished(moment.planes, moment, float(time))

    def _moment(self, time: float) -> _Moment:
        from_first = self._pool.submit(self._moved, 0, time)
        from_second = self._pool.submit(self._moved, 1, 1 - time)
        first, second = from_first.result(), from_second.result()
        weight = self._weight(time, first.trust, second.trust)
        y, u, v = (
            self._pool.submit(_blended, one, other, weight)
            for one, other in zip(first.planes, second.planes, strict=True)
        )
        detail = _blended(first.detail, second.detail, _one_sided(weight, self._order))
        return _Moment(
            planes=(y.result(), u.result(), v.result()),
            detail=detail,
            dissolve=self._dissolve(first, second),
        )

    def _dissolve(self, first: _Moved, second: _Moved) -> Plane | None:
        """How much of a dissolve there is to be, on the flow's grid."""
        manner = self._manner
        if not manner.dissolve and not manner.fallback:
            return None
        unexplained = np.clip(_regional(first.small - second.small) / (self._unmoved + 1), 0, 1)
        return np.asarray(manner.dissolve + manner.fallback * unexplained, np.float32)

    def _moved(self, anchor: int, time: float) -> _Moved:
        """An anchor, the first or the second, moved along the flow."""
        flow = self._flow
        field = (flow.forward, flow.backward)[anchor]
        trust = (flow.forward_trust, flow.backward_trust)[anchor]
        small = (flow.first, flow.second)[anchor]
        luma, chroma = (self._before[0], self._after[0])[anchor], self._chroma[anchor]
        places = origins(field, self._grid, time)
        away = places - self._grid
        y = sample(luma, self._places(away, luma.shape), cv2.INTER_CUBIC)
        u, v = cv2.split(sample(chroma, self._places(away, chroma.shape)))
        return _Moved(
            planes=(y, np.asarray(u, np.float32), np.asarray(v, np.float32)),
            detail=_detail(y),
            small=sample(small, places),
            trust=sample(trust, places) * arrival(field, self._grid, places, time),
        )

    def _places(self, away: Field, shape: tuple[int, ...]) -> Field:
        """Where each pixel of a plane of this shape comes from, given how far away that is on the grid."""
        rows, columns = shape[:2]
        stretch = np.array([columns / away.shape[1], rows / away.shape[0]], np.float32)
        wide = cv2.resize(away * stretch, (columns, rows))  # scaled while small: at full size it costs most
        return np.asarray(cv2.add(wide, self._full_grids[rows, columns], wide), np.float32)

    def _weight(self, time: float, first: Plane, second: Plane) -> Plane:
        """How much of the first anchor the picture has, 0..1, on the flow's grid, given their trusts."""
        manner = self._manner
        over = 2 * (manner.doubtful + (manner.change - manner.doubtful) * np.minimum(first, second))
        changed = np.clip((time - 0.5) / over + 0.5, _LEAST_SHARE, 1 - _LEAST_SHARE)
        one, other = (1 - changed) * (first + _LEAST_TRUST), changed * (second + _LEAST_TRUST)
        return np.asarray(one / (one + other), np.float32)

    def _finished(self, planes: FloatPlanes, moment: _Moment, time: float) -> Picture:
        """With a dissolve where the flow explains nothing, and with the detail that blending took away."""
        y, u, v = self._dissolved(planes, moment.dissolve, time)
        wanted = np.float32(self._manner.detail**2) * ((1 - time) * self._detail[0] + time * self._detail[1])
        return Picture(y=_whole(_with_detail(y, moment.detail, wanted)), u=_whole(u), v=_whole(v))

    def _dissolved(self, planes: FloatPlanes, dissolve: Plane | None, time: float) -> FloatPlanes:
        if dissolve is None:
            return planes
        y, u, v = (
            _blended(cv2.addWeighted(before, 1 - time, after, time, 0), plane, dissolve)
            for before, after, plane in zip(self._before, self._after, planes, strict=True)
        )
        return y, u, v


def _floats(picture: Picture) -> FloatPlanes:
    y, u, v = (plane.astype(np.float32) for plane in picture.planes)
    return y, u, v


def _whole(plane: Plane) -> npt.NDArray[np.uint16]:
    return np.clip(np.rint(plane), 0, _HIGHEST).astype(np.uint16)


def _stretched(plane: Plane, over: Plane) -> Plane:
    """A plane of the grid stretched over one of the picture."""
    rows, columns = over.shape
    return np.asarray(cv2.resize(plane, (columns, rows)), np.float32)


def _regional(difference: Plane) -> Plane:
    return np.asarray(cv2.GaussianBlur(np.abs(difference), (0, 0), _REGION), np.float32)


def _blended(first: Plane, second: Plane, weight: Plane) -> Plane:
    return np.asarray(second + _stretched(weight, first) * (first - second), np.float32)


def _order(shape: tuple[int, ...]) -> Plane:
    """How much earlier or later than others each place of the grid is, -1..1: the same every time."""
    rows, columns = shape
    size = (rows // _PATCH + 2, columns // _PATCH + 2)
    patches = np.random.default_rng(_PATCHES).uniform(-1, 1, size).astype(np.float32)
    return np.asarray(cv2.resize(patches, (columns, rows)), np.float32)


def _one_sided(weight: Plane, order: Plane) -> Plane:
    """The weight hardened: one anchor or the other, but for a narrow handover."""
    turn = np.float32(0.5) - np.float32(_SPREAD) * order
    return np.asarray(np.clip((weight - turn) / (2 * _ONE_SIDED) + 0.5, 0, 1), np.float32)


def _exposed(moments: tuple[FloatPlanes, FloatPlanes, FloatPlanes], share: float) -> FloatPlanes:
    """The middle one, with a share of the others."""
    if not share:
        return moments[1]
    beside, middle = np.float32(share), np.float32(1 - 2 * share)
    y, u, v = (beside * (one + three) + middle * two for one, two, three in zip(*moments, strict=True))
    return y, u, v


def _with_detail(soft: Plane, detail: Plane, wanted: Plane) -> Plane:
    """The plane with the detail wanted, region by region: some of that given, and then more of its own.

    `wanted` holds mean squares, so that how much to add of what was lost solves a quadratic equation.
    """
    has = _detail(soft)
    lost = detail - has
    a, b, c = _AGAIN**2 * _mean(lost * lost), _AGAIN * _mean(has * lost), _mean(has * has) - wanted
    some = a + _LEAST_DETAIL
    share = np.clip((np.sqrt(np.maximum(b * b - some * c, 0)) - b) / some, 0, _MOST_DETAIL)
    now = a * share * share + 2 * b * share + c + wanted
    gain = (np.clip(np.sqrt(wanted / np.maximum(now, _LEAST_DETAIL)), 1, _MOST_GAIN) - 1) / _AGAIN
    share, gain = _stretched(share + _AGAIN * gain * share, soft), _stretched(gain, soft)
    return np.asarray(soft + share * lost + gain * has, np.float32)


def _mean(squares: Plane) -> Plane:
    """The mean over a region, for each block of pixels."""
    rows, columns = (-(-side // _BLOCK) for side in squares.shape)
    blocks = cv2.resize(squares, (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(blocks, (0, 0), _BLOCKS), np.float32)


def _amount(plane: Plane) -> Plane:
    return _mean(np.square(_detail(plane)))


def _detail(plane: Plane) -> Plane:
    """The plane without what is larger than the finest detail."""
    size = _DETAIL_SIZE * max(1.0, max(plane.shape) / LONGEST_SIDE)
    return np.asarray(plane - cv2.GaussianBlur(plane, (0, 0), size), np.float32)
