"""The pictures of a take, drawn in turn along its course."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from types import TracebackType

from engine.media.decode import Reel
from engine.media.picture import Picture
from engine.render.bridge import Bridge, bridged, small_picture
from engine.render.course import Course, Cut
from engine.render.footage import FootageStore
from engine.render.morph import FAITHFUL, Morph

_THREADS = 2
_CONTEXT = 1  # seconds of footage on either side of a cut, which its steps are compared with


class Drawing:
    """Draws a course over a reel. Use it within `flow.opencv_in_one_thread`."""

    def __init__(self, course: Course, reel: Reel, footage: tuple[int, int], rate: Fraction) -> None:
        self._course = course
        self._store = FootageStore(reel)
        self._footage = footage
        self._context = round(_CONTEXT * rate)
        self._pool = ThreadPoolExecutor(_THREADS, "drawing")
        self._pair: tuple[int, Morph] | None = None

    def __enter__(self) -> Drawing:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._pool.shutdown()

    def bridges(self) -> tuple[Bridge, ...]:
        """The frames of the take that are rewritten."""
        return tuple(self._bridge(cut) for cut in self._course.cuts)

    def pictures(self) -> Iterator[Picture]:
        """Every picture of the take. Raises TruncatedMedia, BadMedia."""
        frame = 0
        for bridge in self.bridges():
            yield from map(self._at, range(frame, bridge.start))
            if bridge.frames:
                morph = Morph(self._at(bridge.start - 1), self._at(bridge.end), self._pool, bridge.manner)
                yield from morph.pictures(bridge.frames)
            frame = bridge.end
        yield from map(self._at, range(frame, len(self._course.positions)))

    def _at(self, frame: int) -> Picture:
        """The picture of the take's frame where no bridge rewrites it."""
        position = self._course.positions[frame]
        if position.denominator == 1:
            return self._store.picture(int(position))
        before = int(position // 1)
        if self._pair is None or self._pair[0] != before:
            one, other = self._store.picture(before), self._store.picture(before + 1)
            self._pair = before, Morph(one, other, self._pool, FAITHFUL)
        return self._pair[1].picture(position - before)

    def _bridge(self, cut: Cut) -> Bridge:
        rewritten = range(cut.at - cut.before - 1, cut.at + cut.after + 1)
        positions = self._course.positions
        left, right = round(positions[cut.at - 1]), round(positions[cut.at])
        sides = (self._small(left - self._context, left), self._small(right, right + self._context))
        around = {frame: small_picture(self._store.picture(round(positions[frame]))) for frame in rewritten}
        return bridged(cut, around, sides, self._pool)

    def _small(self, start: int, end: int) -> list[Picture]:
        first, last = self._footage
        return [
            small_picture(self._store.picture(frame))
            for frame in range(max(start, first), min(end, last - 1) + 1)
        ]
