"""Changes to one track: what of it gives way, to what. All are checked before the first of them is made.

    remove     AAA[AA]BBB    ->  AAABBB
    overwrite  AAA[AA]BBB    ->  AAAXXBBB
    insert     AAA^AAABB     ->  AAAXXXAAABB
    add time   AAA^AAABB     ->  AAA...AAABB      a gap there grows

Positions are frames of the timeline, counted from its start. A dissolve is never cut (see `transitions`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import TimeRange

from otio_adapters.errors import UnsupportedEdit
from otio_adapters.opentime import exact_frames, time_range
from otio_adapters.ripple import (
    Blade,
    Frames,
    Laid,
    duration_like,
    gap,
    keep,
    length,
    part,
    uncuttable,
    window_start,
)
from otio_adapters.transitions import Mixes


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Frames [start, end), of the timeline as it was before any change, give way to `items`, or to nothing.

    `added`: frames of nothing that come in at `start`: they make a gap beside them longer, and are left out
    where nothing follows. `handles`: spare frames of media before the first item and after the last.
    """

    start: Frames
    end: Frames
    items: tuple[otio.core.Item, ...] = ()
    added: int = 0
    handles: tuple[Frames, Frames] = (0, 0)

    def shown(self, rate: Fraction) -> Fraction:
        """The frames that come in."""
        return sum((length(item, rate) for item in self.items), Fraction(self.added))


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """Time added in the middle of a clip left `frames` frames of nothing at `start` of the old timeline."""

    start: Frames
    frames: int
    clip: str


class TrackEdit:
    """The changes of one track, none of which overlap. Raises `UnsupportedEdit` before anything changes.

    `length`: how long the track's content is, in frames: before `make`, and after it.
    """

    def __init__(self, track: otio.schema.Track, laid: Laid, changes: Sequence[Change], blade: Blade) -> None:
        self._track = track
        self._blade = blade
        self._children = list(laid.children)
        self._starts = list(laid.starts)
        self._end = self._starts[-1]
        self.length = Fraction(self._end)
        self._offset = Fraction(0)
        self._window: TimeRange | None = None
        ordered = sorted(changes, key=lambda change: (change.start, change.end))
        self._changes = [one for one in self._in_content(ordered) if one.items or one.start < self._end]
        mixes = Mixes(self._children, self._starts, blade.clock)
        for change in self._changes:
            self._check_cuts(change)
            mixes.check(change)
        self._spanned = {id(change): self._spanned_by(change) for change in self._changes}

    @property
    def alters(self) -> bool:
        """Whether anything but gaps lies on the track, and something is moved, cut or put in."""
        busy = any(not isinstance(item, otio.schema.Gap) for item in self._children)
        return bool(self._changes) and (busy or any(change.items for change in self._changes))

    def make(self) -> tuple[Torn, ...]:
        """Makes the changes in place, the last one first: what lies before it is then still where it was."""
        missing = max((one.start for one in self._changes if one.items), default=0) - self._end
        if missing > 0:
            self._track.append(gap(missing, self._blade.rate))
            self._children.append(self._track[-1])
            self._starts.append(self._end + missing)
            self.length += missing
        torn: list[Torn] = []
        for index, change in reversed(list(enumerate(self._changes))):
            touched = index > 0 and self._changes[index - 1].end == change.start
            torn += self._make(change, touched=touched)
        if self._window is not None:
            self._track.source_range = self._window
        return tuple(torn)

    def _in_content(self, changes: Sequence[Change]) -> Iterator[Change]:
        """The changes in frames of the track's content, of which it may show only a part: its window.

        Kdenlive gives every track a window as long as the timeline, longer than what lies on it.
        """
        window = self._track.source_range
        if window is None:
            yield from changes
            return
        rate = self._blade.rate
        self._offset = window_start(self._track, rate)
        shown = exact_frames(window.duration, rate)
        last = self._offset + shown
        for change in changes:
            moved = replace(change, start=change.start + self._offset, end=change.end + self._offset)
            if moved.start >= last:
                continue
            if moved.end > last and self._end > last:
                raise UnsupportedEdit(
                    f"track {self._track.name!r} ends at {self._blade.clock.code(shown)}, amid what the edit "
                    "takes out, and has more content beyond; trim that away first"
                )
            shown += change.shown(rate) - (min(moved.end, last) - moved.start)
            yield moved
        self._window = time_range(exact_frames(window.start_time, rate), max(shown, Fraction(0)), rate)

    def _check_cuts(self, change: Change) -> None:
        code = self._blade.clock.code
        for at in {change.start, change.end}:
            index = bisect_right(self._starts, at) - 1
            if at <= self._starts[max(index, 0)] or index >= len(self._children):
                continue
            what = uncuttable(self._children[index])
            if what is not None:
                begin = code(self._starts[index] - self._offset)
                raise UnsupportedEdit(
                    f"{self._children[index].name!r} at {begin} {what}, and the edit would cut it at "
                    f"{code(at - self._offset)}; render it in place in the editing program first"
                )

    def _make(self, change: Change, *, touched: bool) -> Iterator[Torn]:
        """`touched`: the change to come ends where this one starts, and may take what lies left of it."""
        idle = self._idle_over(change, touched=touched)
        if idle is not None:
            self._resize(idle, change.added - (change.end - change.start))
            return
        last = self._cut(change.end, keep_transition=False)
        tail = len(self._track) - last
        first = self._cut(change.start, keep_transition=True)
        for index in range(len(self._track) - tail - 1, first - 1, -1):
            self.length -= length(self._track[index], self._blade.rate)
            del self._track[index]
        self._settle(first, change.start)
        for item in reversed(change.items):
            self.length += length(item, self._blade.rate)
            self._track.insert(first, item)
        if change.added and first < len(self._track):
            self._add_time(first, change.added, touched=touched)
            spanned = self._spanned[id(change)]
            if spanned is not None and not isinstance(spanned, otio.schema.Gap):
                yield Torn(start=change.start - self._offset, frames=change.added, clip=spanned.name)

    def _settle(self, index: int, at: Frames) -> None:
        """Forgets what lies from frame `at` on, at that index: no change to come reaches there."""
        self._children = self._children[:index]
        self._starts = [*self._starts[:index], at]

    def _cut(self, at: Frames, *, keep_transition: bool) -> int:
        """Puts a cut there; returns the index of what then lies right of it.

        A transition at the cut stays on its left with `keep_transition`, else on its right.
        """
        at = min(at, self._starts[-1])
        index = bisect_right(self._starts, at) - 1 if keep_transition else bisect_left(self._starts, at)
        if index < len(self._starts) and self._starts[index] == at:
            return index
        index = bisect_right(self._starts, at) - 1
        item, rate = self._children[index], self._blade.rate
        first, whole = at - self._starts[index], length(item, rate)
        right = part(item, first, whole - first, rate)
        self._blade.links.split(right, at - self._offset, at - self._offset + whole - first)
        keep(item, 0, first, rate)
        self._track.insert(index + 1, right)
        self._settle(index + 1, at)
        return index + 1

    def _add_time(self, index: int, frames: int, *, touched: bool) -> None:
        self.length += frames
        for beside in (index,) if touched else (index - 1, index):
            if beside >= 0 and isinstance(self._track[beside], otio.schema.Gap):
                idle = self._track[beside]
                _set_length(idle, length(idle, self._blade.rate) + frames, self._blade.rate)
                return
        self._track.insert(index, gap(frames, self._blade.rate))

    def _resize(self, index: int, frames: Frames) -> None:
        """Makes the gap at that index longer or shorter."""
        self.length += frames
        idle, rate = self._track[index], self._blade.rate
        whole = length(idle, rate) + frames
        if whole:
            _set_length(idle, whole, rate)
        else:
            del self._track[index]

    def _idle_over(self, change: Change, *, touched: bool) -> int | None:
        """The index of the gap that all of the change lies in, where only time goes or comes.

        One that is `touched` has to begin there: of what lies left of it the change to come knows the frames.
        """
        if change.items:
            return None
        last = bisect_right(self._starts, change.start)
        for index in range(
            max(bisect_left(self._starts, change.start) - 1, 0), min(last, len(self._children))
        ):
            begin, end = self._starts[index], self._starts[index + 1]
            idle = isinstance(self._children[index], otio.schema.Gap)
            starts_there = begin == change.start if touched else begin <= change.start
            if idle and starts_there and change.end <= end:
                self._settle(index + (change.start > begin), change.start)
                return index
        return None

    def _spanned_by(self, change: Change) -> otio.core.Item | None:
        """The item that lies across both edges of the change."""
        index = bisect_right(self._starts, change.start) - 1
        inside = index < len(self._children) and self._starts[index] < change.start
        return self._children[index] if inside and change.end < self._starts[index + 1] else None


def _set_length(idle: otio.schema.Gap, frames: Fraction, rate: Fraction) -> None:
    whole = idle.trimmed_range()
    idle.source_range = TimeRange(whole.start_time, duration_like(whole.duration, frames, rate))
