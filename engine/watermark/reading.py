"""The mark found in a film, wherever in it and whatever became of the file.

Each frame's cells are averaged; what is around them, and what stays over a cycle, is taken out. The frames of
each place in the cycle are added up over spans of 64 frames, 128 and so on. In each span every place of the
picture and of the cycle is tried for the pilots, and where they stand out, the bits are read.

How often is a mark seen where there is none? The pattern's signs are as tosses of a coin to a picture that
knows nothing of them: the pilots' sum is normal, with the deviation of what is added. At `_FOUND` deviations,
all places that are tried counted, some four an hour pass; of those one in 65,536 checks.

Letters: K patterns, P frames of a cycle, R and C rows and columns of cells.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from engine.media.decode import every_picture
from engine.media.picture import Plane
from engine.watermark.code import BITS, Floats, decoded
from engine.watermark.weave import CELL, CYCLE, HOLD, PATTERNS, PILOT, TILE, roles_KRC, signs_KRC

Value = TypeVar("Value", bound=np.generic)

SPAN = 4 * CYCLE  # frames of the shortest span
_FOUND = 5.5  # ours: see above
_SIDES = (12, 24, 48, 96)  # ours: cells along the edge of what is looked at as one place: 48 to 384 pixels
_STEADY = 1.5  # ours: codes; what moves less counts as moving so much
_LEAST_SPREAD = np.float32(1)  # ours: a thousandth of what it is where anything moves
_CLIPPED = 1.5  # ours: deviations beyond which a cell is an edge that moved


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """`identity`: the first eight hex digits of the take's hash. Seen in frames [first, last) of the film."""

    identity: str
    first: int
    last: int


def marks_in(film: Path) -> tuple[Mark, ...]:
    """One for each take, in order. Raises MissingMedia, BadMedia, TruncatedMedia, NoSuchStream."""
    return joined(marks_of(picture.y for picture in every_picture(film)))


def joined(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Those of one identity as one; a span says nothing new where a part of it was read before."""
    known: dict[str, list[Mark]] = {}
    for mark in marks:
        seen = known.setdefault(mark.identity, [])
        if not any(mark.first <= part.first and part.last <= mark.last for part in seen):
            seen.append(mark)
    whole = (
        Mark(
            identity=identity,
            first=min(part.first for part in seen),
            last=max(part.last for part in seen),
        )
        for identity, seen in known.items()
    )
    return tuple(sorted(whole, key=lambda mark: (mark.first, mark.identity)))


def marks_of(planes: Iterable[Plane]) -> Iterator[Mark]:
    """`planes`: luma of 10 bits, all of one size."""
    for first, last, summed_PRC in _spans(planes):
        yield from (Mark(identity=found, first=first, last=last) for found in _identities(summed_PRC))


# ------------------------------------------------------------------------------------------ spans


def _spans(planes: Iterable[Plane]) -> Iterator[tuple[int, int, Floats]]:
    """First and last frame of each span, and its sums; each of the longer ones is two of the half length."""
    waiting: list[tuple[int, Floats] | None] = []
    begun, frame = 0, 0
    summed_PRC: Floats | None = None
    for frame, residual_RC in enumerate(_residuals(planes)):
        if summed_PRC is None:
            begun, summed_PRC = frame, np.zeros((CYCLE, *residual_RC.shape), np.float32)
        summed_PRC[frame % CYCLE] += residual_RC
        if frame + 1 - begun == SPAN:
            yield from _grown(waiting, begun, summed_PRC)
            summed_PRC = None
    # What is left at the end is a span, and so is that with each that it follows on.
    left = None if summed_PRC is None else (begun, summed_PRC)
    if left is not None:
        yield begun, frame + 1, left[1]
    for earlier in waiting:
        if earlier is not None and left is not None:
            left = earlier[0], earlier[1] + left[1]
            yield left[0], frame + 1, left[1]
        left = left or earlier


def _grown(
    waiting: list[tuple[int, Floats] | None], begun: int, summed_PRC: Floats
) -> Iterator[tuple[int, int, Floats]]:
    """The new span, and each that it makes whole with one that waits."""
    end = begun + SPAN
    for level in count():
        yield begun, end, summed_PRC
        if level == len(waiting):
            waiting.append(None)
        earlier = waiting[level]
        if earlier is None:
            waiting[level] = (begun, summed_PRC)
            return
        waiting[level] = None
        begun, summed_PRC = earlier[0], earlier[1] + summed_PRC


def _residuals(planes: Iterable[Plane]) -> Iterator[Floats]:
    """What of each frame's cells is neither their surroundings' nor stays; of deviation 1, and clipped."""
    around: deque[Floats] = deque()
    total_RC: Floats | None = None
    pending: deque[Floats] = deque()
    for plane in planes:
        detail_RC = _detail(plane)
        total_RC = detail_RC if total_RC is None else total_RC + detail_RC
        around.append(detail_RC)
        pending.append(detail_RC)
        if len(around) > CYCLE:
            total_RC = total_RC - around.popleft()
        if len(pending) > CYCLE // 2:
            yield _residual(pending.popleft(), total_RC / np.float32(len(around)))
    while pending:
        assert total_RC is not None
        yield _residual(pending.popleft(), total_RC / np.float32(len(around)))


def _residual(detail_RC: Floats, staying_RC: Floats) -> Floats:
    moved_RC = detail_RC - staying_RC
    variance_RC = np.maximum(cv2.blur(moved_RC * moved_RC, (5, 5)), 0)
    deviation_RC = np.sqrt(variance_RC) + np.float32(_STEADY)
    return np.asarray(np.clip(moved_RC / deviation_RC, -_CLIPPED, _CLIPPED), np.float32)


def _detail(plane: Plane) -> Floats:
    """The cells' means, less those of what is around them. Less than a cell at an edge is left out."""
    rows, columns = (max(1, side // CELL) for side in plane.shape)
    whole = plane[: rows * CELL, : columns * CELL]
    cells_RC = cv2.resize(whole, (columns, rows), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cells_RC - cv2.blur(cells_RC, (3, 3)), np.float32)


# ------------------------------------------------------------------------------------------ one span


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Place:
    """Where the pilots stand out most, among places of one size: `strength` in deviations."""

    strength: float
    turn: int  # frames by which the cycle begins later
    side: int
    row: int
    column: int


def _identities(summed_PRC: Floats) -> Iterator[str]:
    """Those that are read in the span, mostly none."""
    shape = summed_PRC.shape[1:]
    if min(shape) < _SIDES[0]:
        return
    turned_PRC = summed_PRC + np.roll(summed_PRC, -1, axis=0)  # each with the one that has the same pattern
    assert HOLD == 2
    pilots_KRC = _tiled(np.where(roles_KRC() == PILOT, signs_KRC(), np.float32(0)), shape)
    best: dict[int, _Place] = {}
    for turn in range(CYCLE):
        for place in _places(turned_PRC, pilots_KRC, turn):
            if place.side not in best or place.strength > best[place.side].strength:
                best[place.side] = place
    read = (_read(turned_PRC, pilots_KRC, place) for place in best.values() if place.strength >= _FOUND)
    yield from sorted({identity for identity in read if identity is not None})


def _places(turned_PRC: Floats, pilots_KRC: Floats, turn: int) -> Iterator[_Place]:
    """The best of each size, for one turn of the cycle."""
    agreed_RC, spread_RC = _pilots(turned_PRC, pilots_KRC, turn)
    for side in _SIDES:
        if side > max(agreed_RC.shape) and side != _SIDES[0]:
            break
        # Sums that run over a picture end a little below 0 where nothing in it moves.
        strength_RC = _boxed(agreed_RC, side) / np.sqrt(np.maximum(_boxed(spread_RC, side), _LEAST_SPREAD))
        row, column = np.unravel_index(int(np.argmax(strength_RC)), strength_RC.shape)
        strength = float(strength_RC[row, column])
        yield _Place(strength=strength, turn=turn, side=side, row=int(row), column=int(column))


def _pilots(turned_PRC: Floats, pilots_KRC: Floats, turn: int) -> tuple[Floats, Floats]:
    """How far each cell's pilots agree with the pattern, and the variance of that by chance."""
    agreed_RC = np.zeros(pilots_KRC.shape[1:], np.float32)
    spread_RC = np.zeros_like(agreed_RC)
    for pattern, pilots_RC in enumerate(pilots_KRC):
        part_RC = pilots_RC * turned_PRC[(turn + HOLD * pattern) % CYCLE]
        agreed_RC += part_RC
        spread_RC += part_RC * part_RC
    return agreed_RC, spread_RC


def _read(turned_PRC: Floats, pilots_KRC: Floats, place: _Place) -> str | None:
    """The bits of the cells around the place, each cell as loud as the pilots around it are clear."""
    agreed_RC, spread_RC = _pilots(turned_PRC, pilots_KRC, place.turn)
    reach = 2 * place.side
    window = tuple(slice(max(0, at - reach), at + reach) for at in (place.row, place.column))
    clear_RC = _boxed(agreed_RC, _SIDES[0]) / np.maximum(_boxed(spread_RC, _SIDES[0]), _LEAST_SPREAD)
    loud_RC = np.maximum(clear_RC, 0)[window]
    soft = np.zeros(BITS + 1)  # the pilots' own first
    for pattern in range(PATTERNS):
        signs_RC, roles_RC = (
            _tiled(tile[pattern], agreed_RC.shape)[window] for tile in (signs_KRC(), roles_KRC())
        )
        told_RC = signs_RC * turned_PRC[(place.turn + HOLD * pattern) % CYCLE][window] * loud_RC
        soft += np.bincount((roles_RC - PILOT).ravel(), weights=told_RC.ravel(), minlength=BITS + 1)
    return decoded(soft[1:].astype(np.float32))


def _boxed(values_RC: Floats, side: int) -> Floats:
    """Sums over squares around each cell; nothing lies beyond the picture."""
    return np.asarray(
        cv2.boxFilter(values_RC, -1, (side, side), normalize=False, borderType=cv2.BORDER_CONSTANT),
        np.float32,
    )


def _tiled(tile: npt.NDArray[Value], shape: tuple[int, ...]) -> npt.NDArray[Value]:
    """The pattern, of which the last two axes are rows and columns, over a picture of so many cells."""
    rows, columns = shape
    times = (*[1] * (tile.ndim - 2), -(-rows // TILE), -(-columns // TILE))
    return np.tile(tile, times)[..., :rows, :columns]
