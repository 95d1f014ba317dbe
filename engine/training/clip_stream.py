"""Training clips drawn in other processes, and handed over in their order."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import cv2

from engine.errors import WorkerLost
from engine.training.clips import ClipPlan, TrainingClip, draw

_AHEAD = 2  # recordings that each worker has drawn or is drawing before they are asked for


def drawn_clips(plan: ClipPlan, first: int, last: int, workers: int = 0) -> Iterator[TrainingClip]:
    """Clips `first` up to `last`, the last apart, the same for any number of workers; 0 draws them here.

    Raises as `draw` does; WorkerLost where a process of ours ended of itself.
    """
    if workers <= 0:
        yield from (draw(plan, index) for index in range(first, last))
        return
    # Spawned: forked children of a process that runs torch may hang.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start)
    try:
        yield from _in_order(pool, plan, _pieces(plan, first, last), workers * _AHEAD)
    except BrokenProcessPool as error:
        raise WorkerLost("a process that draws training clips ended: too little memory? Use fewer") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _in_order(
    pool: ProcessPoolExecutor, plan: ClipPlan, pieces: Iterator[range], ahead: int
) -> Iterator[TrainingClip]:
    coming: deque[Future[list[TrainingClip]]] = deque()
    for piece in pieces:
        coming.append(pool.submit(_draw_all, plan, piece))
        if len(coming) >= ahead:
            yield from coming.popleft().result()
    while coming:
        yield from coming.popleft().result()


def _pieces(plan: ClipPlan, first: int, last: int) -> Iterator[range]:
    """A recording's clips are drawn together: it is painted once for them."""
    while first < last:
        end = min(last, (first // plan.each + 1) * plan.each)
        yield range(first, end)
        first = end


def _start() -> None:
    cv2.setNumThreads(1)  # there are as many workers as there are cores for them


def _draw_all(plan: ClipPlan, piece: range) -> list[TrainingClip]:
    return [draw(plan, index) for index in piece]
