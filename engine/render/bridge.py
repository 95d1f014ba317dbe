"""How many frames bridge a cut: as few as keep every step within what the clip itself does.

It is tried out on small pictures. The measure of a step is its mean absolute difference in luma, over the
whole picture and over the part in which the two sides of the cut differ most; the clip's own steps are those
of the footage around the cut, measured in the same places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from engine.evaluation.fidelity import Luma, luma_of, step
from engine.media.picture import Picture, Plane
from engine.render.course import Cut
from engine.render.morph import SEAMLESS, Manner, Morph

LONGEST_SIDE = 360  # of the small pictures
_PERCENTILE = 99
_SLOWER_CHANGES = (0.3, 0.5)
_STILL = 1e-3  # the least that counts as a step of the footage
# ours: of the clip's own step. The full picture's steps come out a little longer than the small one's.
_MARGIN = 0.7
Place = tuple[slice, slice] | npt.NDArray[np.bool_]

_DIFFERENT = 80  # percentile of difference above which a pixel belongs to the part that differs


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """Frames [start, end) of the take are rewritten, to lead from frame start - 1 to frame `end`."""

    start: int
    end: int
    manner: Manner = SEAMLESS

    @property
    def frames(self) -> int:
        return self.end - self.start


def bridged(
    cut: Cut, around: dict[int, Picture], context: Sequence[Sequence[Picture]], pool: ThreadPoolExecutor
) -> Bridge:
    """The shortest bridge over the cut that makes no step the footage does not make itself.

    `around` holds small pictures of the take's frames that the bridge may rewrite or hang on, by number;
    `context` stretches of the footage, small. Where the longest bridge is not enough, its two sides change
    over more slowly; where nothing is, the bridge with the shortest longest step is taken.
    """
    yardstick = _Yardstick(cut, around, context)
    tried: list[tuple[float, Bridge]] = []
    longest = max(cut.before, cut.after)
    reach = min(1, longest)
    while reach <= longest:
        bridge = Bridge(start=cut.at - min(reach, cut.before), end=cut.at + min(reach, cut.after))
        excess = yardstick.excess(bridge, pool)
        if excess <= _MARGIN:
            return bridge
        tried.append((excess, bridge))
        reach = _next_reach(reach, longest, bridge, excess)
    for change in _SLOWER_CHANGES:
        bridge = replace(tried[-1][1], manner=replace(SEAMLESS, change=change))
        excess = yardstick.excess(bridge, pool)
        if excess <= _MARGIN:
            return bridge
        tried.append((excess, bridge))
    return min(tried, key=lambda trial: trial[0])[1]


def _next_reach(reach: int, longest: int, bridge: Bridge, excess: float) -> int:
    """The reach to try next. Steps shrink at most as their number grows: shorter bridges need no trial."""
    steps = (bridge.frames + 1) * excess / _MARGIN
    least = int((steps - 1) // 2)
    return max(reach + 1, min(least, longest)) if reach < longest else longest + 1


class _Yardstick:
    """Measures bridges over one cut against the footage around it."""

    def __init__(self, cut: Cut, around: dict[int, Picture], context: Sequence[Sequence[Picture]]) -> None:
        self._around = around
        sides = luma_of(around[cut.at - 1]), luma_of(around[cut.at])
        self._places: tuple[Place, ...] = (np.s_[:, :], _where_different(*sides))
        own = [[luma_of(picture) for picture in stretch] for stretch in context]
        self._usual = [_usual(own, place) for place in self._places]

    def excess(self, bridge: Bridge, pool: ThreadPoolExecutor) -> float:
        """The longest step along the bridge, as a share of the footage's own."""
        before, after = self._around[bridge.start - 1], self._around[bridge.end]
        between: Iterable[Picture] = ()
        if bridge.frames:
            between = Morph(before, after, pool, bridge.manner).pictures(bridge.frames)
        path = [luma_of(picture) for picture in (before, *between, after)]
        return max(
            max(_steps(path, place)) / max(usual, _STILL)
            for place, usual in zip(self._places, self._usual, strict=True)
        )


def small_picture(picture: Picture) -> Picture:
    """The picture at `LONGEST_SIDE`, its width even."""
    rows, columns = picture.y.shape
    scale = min(1.0, LONGEST_SIDE / max(rows, columns))
    height, half = max(8, round(rows * scale)), max(4, round(columns * scale / 2))
    return Picture(
        y=_shrunk(picture.y, (2 * half, height)),
        u=_shrunk(picture.u, (half, height)),
        v=_shrunk(picture.v, (half, height)),
    )


def _shrunk(plane: Plane, size: tuple[int, int]) -> Plane:
    skip = max(1, plane.shape[0] // (2 * size[1]))  # every second pixel or so is enough to average over
    return np.asarray(cv2.resize(plane[::skip, ::skip], size, interpolation=cv2.INTER_AREA), np.uint16)


def _where_different(one: Luma, other: Luma) -> npt.NDArray[np.bool_]:
    difference = cv2.GaussianBlur(np.abs(one - other), (0, 0), 3)
    return np.asarray(difference >= np.percentile(difference, _DIFFERENT))


def _steps(pictures: Sequence[Luma], place: Place) -> list[float]:
    return [step(one[place], other[place]) for one, other in pairwise(pictures)]


def _usual(stretches: Sequence[Sequence[Luma]], place: Place) -> float:
    """The footage's own 99th percentile."""
    own = [length for stretch in stretches for length in _steps(stretch, place)]
    return float(np.percentile(own, _PERCENTILE)) if own else 0.0
