"""Seams between tokens that were made anew, levelled: each is given a ramp so that it meets its neighbours.

A small model's tokens are patches that do not overlap, and each errs a little in its own brightness: the eye
sees their edges before anything else. What is added to a token is bilinear, four values in each colour, such
that across its edges the picture goes on as it does on either side of them; tokens of the film stay as they
are, and hold the others. By least squares, frame by frame: what is held at the mask's edge cannot flicker.

H W pixels, T tokens made anew, K seams, S pixels along a token's side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.model.autoencoder import Frame

# ours: how much a ramp's steepness counts against a jump at a seam of the same size.
_EASE = 0.02
_LEAST = 1e-6  # keeps what nothing holds where it is

_Corners = tuple[int, int]
_RIGHT, _LEFT, _BOTTOM, _TOP = (1, 3), (0, 2), (2, 3), (0, 1)  # of 0 1 above 2 3


def levelled(frames: Iterable[Frame], masks: Iterable[NDArray[np.bool_]]) -> Iterator[Frame]:
    """Each frame [H, W, 3] with the tokens of its mask [rows, columns] levelled."""
    for frame, mask in zip(frames, masks, strict=False):
        yield frame if not mask.any() or mask.all() else _level(frame, mask)


def _level(frame: Frame, mask: NDArray[np.bool_]) -> Frame:
    side = frame.shape[0] // mask.shape[0]
    plan = _plan(mask.tobytes(), mask.shape, side)
    jumps_KS3 = np.concatenate([_across(frame, side)[plan.across], _down(frame, side)[plan.down]])
    corners_T43 = (plan.solved @ jumps_KS3.reshape(-1, 3)).reshape(-1, 4, 3)
    ramps_TSS3 = np.einsum("kij,tkc->tijc", _ramps(side), corners_T43)
    out = frame.copy()
    for (row, column), ramp_SS3 in zip(np.argwhere(mask), ramps_TSS3, strict=True):
        out[row * side : (row + 1) * side, column * side : (column + 1) * side] += ramp_SS3
    return np.clip(out, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Plan:
    """Which seams there are, between tokens side by side and one above the other; `solved` [T * 4, K * S]
    makes corners of jumps.
    """

    across: NDArray[np.bool_]
    down: NDArray[np.bool_]
    solved: NDArray[np.float32]


@lru_cache(maxsize=64)
def _plan(told: bytes, shape: tuple[int, int], side: int) -> _Plan:
    mask = np.frombuffer(told, np.bool_).reshape(shape)
    number = np.where(mask, mask.cumsum().reshape(shape) - 1, -1)
    pairs = [
        ((number[:, :-1], number[:, 1:]), (_RIGHT, _LEFT)),
        ((number[:-1], number[1:]), (_BOTTOM, _TOP)),
    ]
    rows: list[NDArray[np.float64]] = []
    kinds = []
    for (before, behind), edges in pairs:
        seams = (before >= 0) | (behind >= 0)
        kinds.append(seams)
        for tokens in zip(before[seams], behind[seams], strict=True):
            rows.append(_seam(tokens, edges, int(mask.sum()), side))
    meets = np.concatenate(rows)
    flat = _flat(int(mask.sum())) * np.sqrt(_EASE * side)
    both = meets.T @ meets + flat.T @ flat + _LEAST * np.eye(meets.shape[1])
    solved = np.linalg.solve(both, meets.T)
    return _Plan(across=kinds[0], down=kinds[1], solved=solved.astype(np.float32))


def _seam(
    tokens: tuple[int, int], edges: tuple[_Corners, _Corners], count: int, side: int
) -> NDArray[np.float64]:
    """[S, T * 4]: by how much the corners of the two tokens lessen the jump at each pixel of their seam."""
    along = (np.arange(side) + 0.5) / side
    meets = np.zeros((side, count * 4))
    for token, (first, last), sign in zip(tokens, edges, (1, -1), strict=True):
        if token >= 0:
            meets[:, token * 4 + first] += sign * (1 - along)
            meets[:, token * 4 + last] += sign * along
    return meets


def _flat(count: int) -> NDArray[np.float64]:
    """The steepness of each token's ramp along its four sides."""
    one = np.zeros((4, 4))
    for row, (first, last) in enumerate((_TOP, _BOTTOM, _LEFT, _RIGHT)):
        one[row, first], one[row, last] = 1, -1
    return np.asarray(np.kron(np.eye(count), one), np.float64)


def _across(frame: Frame, side: int) -> NDArray[np.float32]:
    """[rows, columns - 1, S, 3]: the jump at each seam between tokens side by side, beyond what the picture
    changes on either side of it.
    """
    last, first = frame[:, side - 1 : -1 : side], frame[:, side::side]
    before = last - frame[:, side - 2 : -1 : side][:, : last.shape[1]]
    behind = frame[:, side + 1 :: side] - first
    jump = first - last - (before + behind) / 2
    return np.asarray(jump.reshape(-1, side, *jump.shape[1:]).swapaxes(1, 2), np.float32)


def _down(frame: Frame, side: int) -> NDArray[np.float32]:
    """The same of tokens one above the other, [rows - 1, columns, S, 3]."""
    return _across(frame.swapaxes(0, 1), side).swapaxes(0, 1)


def _ramps(side: int) -> NDArray[np.float32]:
    """[4, S, S]: the corners' shares of each pixel."""
    along = (np.arange(side) + 0.5) / side
    back = 1 - along
    return np.asarray(
        [np.outer(down, across) for down in (back, along) for across in (back, along)], np.float32
    )
