"""Optical flow between two pictures, both ways, and how far it is to be trusted.

OpenCV's DIS on luma, on a grid of at most 960 columns or rows. Its result depends on how many threads
search (patches are handed on within a thread's stripe), so OpenCV's own threads stay off here; the two
directions run in two threads of ours instead. The same two pictures give the same flow on any number of
cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
import numpy.typing as npt

from engine.media.picture import Picture

Plane = npt.NDArray[np.float32]  # [rows, columns]
Field = npt.NDArray[np.float32]  # [rows, columns, (x, y)]

LONGEST_SIDE = 960  # of the grid that flow is searched on
_DISAGREEMENT = 30.0  # squared pixels between the way there and back at which trust has fallen to 1/e
_MISSED = 4.0  # squared pixels by which an origin misses its destination when trust has fallen to 1/e
_SMOOTHING = 3.0  # pixels: without it hair and skin wrinkle where the search was in doubt
_TEN_TO_EIGHT_BITS = 0.25
# Pixels: a patch of 8 on the finest grid that is searched, of every fourth. Beyond narrower pictures OpenCV
# reads memory that is not theirs, and may crash.
_LEAST_SIDE = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Flow:
    """Motion between two pictures, in pixels of its own grid, which is the picture's over `scale`.

    What lies at p in the first picture lies at p + forward(p) in the second; `backward` is the way back.
    The trusts, 0..1, say how well the two agree, seen from the first and from the second picture. `first` and
    `second` are the pictures' luma on that grid, 0..255.
    """

    scale: Fraction
    first: Plane
    second: Plane
    forward: Field
    backward: Field
    forward_trust: Plane
    backward_trust: Plane


@contextmanager
def opencv_in_one_thread() -> Iterator[None]:
    """No threads of OpenCV's own within: what it computes must not depend on how many there are."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def flow_between(first: Picture, second: Picture, pool: ThreadPoolExecutor) -> Flow:
    """The flow between two pictures of one size. Call it within `opencv_in_one_thread`."""
    scale = _scale(first.y.shape)
    small = [pool.submit(_luma, picture.y, scale) for picture in (first, second)]
    one, two = (future.result() for future in small)
    there, back = pool.submit(_search, one, two), pool.submit(_search, two, one)
    forward, backward = there.result(), back.result()
    grid = grid_of(one.shape)
    trusts = [
        pool.submit(_trust, forward, backward, grid),
        pool.submit(_trust, backward, forward, grid),
    ]
    return Flow(
        scale=scale,
        first=one.astype(np.float32),
        second=two.astype(np.float32),
        forward=forward,
        backward=backward,
        forward_trust=trusts[0].result(),
        backward_trust=trusts[1].result(),
    )


def grid_of(shape: tuple[int, ...]) -> Field:
    """Each pixel's own place, (x, y)."""
    rows, columns = shape[:2]
    xs = np.arange(columns, dtype=np.float32)
    ys = np.arange(rows, dtype=np.float32)
    return np.stack(np.meshgrid(xs, ys), axis=-1)


def sample(plane: npt.NDArray[np.float32], places: Field, interpolation: int = cv2.INTER_LINEAR) -> Plane:
    """The plane at fractional places; beyond the border its nearest pixel."""
    return np.asarray(
        cv2.remap(plane, places, None, interpolation, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def origins(flow: Field, grid: Field, time: float) -> Field:
    """Where each pixel of the picture at `time` (0..1 along the flow) comes from.

    The flow is known at its origin, not at its destination: found by one step of fixed-point iteration, which
    on these flows is as good as three.
    """
    nearly = grid - time * flow
    return grid - time * sample(flow, nearly)


def arrival(flow: Field, grid: Field, places: Field, time: float) -> Plane:
    """How near each pixel's `origins` do come to it, 1 to 0: not at all where something is uncovered."""
    missed = places + time * sample(flow, places) - grid
    return np.asarray(np.exp(-_squared(missed) / _MISSED), np.float32)


def _scale(shape: tuple[int, ...]) -> Fraction:
    return Fraction(max(1, -(-max(shape) // LONGEST_SIDE)))


def _luma(plane: npt.NDArray[np.uint16], scale: Fraction) -> npt.NDArray[np.uint8]:
    rows, columns = plane.shape
    eight = cv2.convertScaleAbs(plane, alpha=_TEN_TO_EIGHT_BITS)
    if scale > 1:
        size = (round(columns / scale), round(rows / scale))
        eight = cv2.resize(eight, size, interpolation=cv2.INTER_AREA)
    return np.asarray(eight, np.uint8)


def _search(first: npt.NDArray[np.uint8], second: npt.NDArray[np.uint8]) -> Field:
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    rows, columns = first.shape
    found = search.calc(_wide_enough(first), _wide_enough(second), None)[:rows, :columns]
    return np.asarray(cv2.GaussianBlur(found, (0, 0), _SMOOTHING), np.float32)


def _wide_enough(plane: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Its last row and column repeated where it is narrower than what is searched with."""
    down, across = (max(0, _LEAST_SIDE - side) for side in plane.shape)
    if not (down or across):
        return plane
    return np.pad(plane, ((0, down), (0, across)), mode="edge")


def _trust(there: Field, back: Field, grid: Field) -> Plane:
    """1 where the way there and back ends where it began."""
    astray = there + sample(back, grid + there)
    return np.asarray(np.exp(-_squared(astray) / _DISAGREEMENT), np.float32)


def _squared(field: Field) -> Plane:
    """The vectors' lengths, squared. Summing over the last axis takes NumPy eight times as long."""
    across, down = field[..., 0], field[..., 1]
    return np.asarray(across * across + down * down, np.float32)
