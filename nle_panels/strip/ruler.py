"""The strip's ruler: where round timecodes of the edit lie. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from nle_panels.strip.scene import Scene
from nle_panels.strip.seen import Seen

ROOM = 100  # pixels between two timecodes at least
_IN_FIVES, _IN_SIXES = (1, 2, 5, 10, 15), (1, 2, 6, 12)  # ours: frames between two; from there on seconds
_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 7200)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """`x`: pixels from the left of what is seen."""

    x: float
    code: str


def tick_step(rate: Fraction, scale: float) -> int:
    """Frames between two timecodes that have room: a part of the second that goes into it evenly, as timecode
    counts it, or whole seconds.
    """
    second = math.ceil(rate)
    parts = _IN_FIVES if second % 5 == 0 else _IN_SIXES
    steps = [step for step in parts if second % step == 0 and 2 * step <= second]
    steps += [second * count for count in _SECONDS]
    return next((step for step in steps if step * scale >= ROOM), steps[-1])


def ticks(scene: Scene, seen: Seen) -> Iterator[Tick]:
    """Those that are seen. What is struck has no timecode: the edit goes on counting behind it."""
    axis, clock = scene.axis, scene.clock
    first = axis.edited_at(seen.left)
    stop = min(axis.edited_at(seen.right) + 1, axis.edited_frames)
    for frame in clock.steps(tick_step(clock.rate, seen.scale), first, stop):
        yield Tick(x=seen.x_of(axis.strip_of_edited(frame)), code=clock.code(frame))
