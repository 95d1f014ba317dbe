"""The pictures of a take, drawn in turn along its course."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from types import TracebackType

from engine.media.decode import Reel
from engine.media.picture import Picture
from engine.render.bridge import Bridge, bridged, small_picture
from engine.render.changed import changed_part, dissolved
from engine.render.course import Course, Cut
from engine.render.footage import FootageStore
from engine.render.morph import FAITHFUL, Morph

_THREADS = 2
_CONTEXT = Fraction(3, 5)  # seconds of footage on either side of a cut, which its steps are compared with


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
                yield from self._crossing(bridge)
            frame = bridge.end
        yield from map(self._at, range(frame, len(self._course.positions)))

    def _crossing(self, bridge: Bridge) -> Iterator[Picture]:
        """The bridge's pictures: morphed where its two ends differ.

        Elsewhere they differ in grain, and in what their codec made of it. All of that exchanged at once is a
        step longer than any in still footage: it changes over as slowly as what is morphed.
        """
        before, after = self._at(bridge.start - 1), self._at(bridge.end)
        crop = changed_part(before, after)
        if crop is None:
            yield from Morph(before, after, self._pool, bridge.manner).pictures(bridge.frames)
            return
        ends = crop.cut(before), crop.cut(after)
        parts = Morph(*ends, self._pool, bridge.manner).pictures(bridge.frames)
        for index, part in enumerate(parts, start=1):
            changed = bridge.manner.changed(index / (bridge.frames + 1))
            yield crop.paste(dissolved(before, after, changed), part)

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
        first, last = self._footage
        before = range(max(left - self._context, first), min(left, last - 1) + 1)
        after = range(max(right, first), min(right + self._context, last - 1) + 1)
        small = self._small({*before, *after, *(round(positions[frame]) for frame in rewritten)})
        around = {frame: small[round(positions[frame])] for frame in rewritten}
        sides = tuple([small[frame] for frame in side] for side in (before, after))
        return bridged(cut, around, sides, self._pool)

    def _small(self, frames: set[int]) -> dict[int, Picture]:
        """Small pictures of source frames: made beside the decoding of the next."""
        made = {
            frame: self._pool.submit(small_picture, self._store.picture(frame)) for frame in sorted(frames)
        }
        return {frame: picture.result() for frame, picture in made.items()}
