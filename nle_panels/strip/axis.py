"""The strip's axis: everything that is and that was, in order. Pure.

    edited  |-------|      |++++|--------|
    strip   |-------|xxxxxx|++++|--------|        xx struck, ++ new
    clip    |-------|------|    |--------|

What is struck stays in its place and new words get theirs, so that nothing leaps away under the hand that
edits.
Strip frames are counted from the first; places within a frame are floats, for drawing only.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import islice

from nle_panels.player.playlist import CLIP, Playlist, Segment
from nle_panels.steps import filled


class Kind(Enum):
    KEPT = auto()
    STRUCK = auto()
    NEW = auto()
    RETIMED = auto()
    ANEW = auto()  # the same words, their picture rendered anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """`frames` strip frames from `start`. `clip`: the clip frames [start, end) they are; None for new words.

    `edited`: the first frame of the edited clip that plays it; None where it is struck. `rendered`: it comes
    from a take. `speech`: as in `Segment`.
    """

    kind: Kind
    start: int
    frames: int
    clip: tuple[int, int] | None
    edited: int | None
    rendered: bool = False
    speech: int | None = None

    @property
    def stop(self) -> int:
        return self.start + self.frames

    @property
    def pace(self) -> float:
        """Clip frames in a strip frame."""
        return (self.clip[1] - self.clip[0]) / self.frames if self.clip else 0.0


class Axis:
    """A value: made once for an edit. `frames`: how long the strip is."""

    def __init__(self, playlist: Playlist, clip_frames: int) -> None:
        for _ in self._assemble(playlist, clip_frames):
            pass

    @classmethod
    def in_steps(cls, playlist: Playlist, clip_frames: int) -> Iterator[Axis | None]:
        """Some stretches at a time; the axis comes last."""
        made = cls.__new__(cls)
        yield from made._assemble(playlist, clip_frames)
        yield made

    def _assemble(self, playlist: Playlist, clip_frames: int) -> Iterator[None]:
        stretches: list[Stretch] = []
        yield from filled(stretches, _stretches(playlist, clip_frames))
        self.stretches = tuple(stretches)
        self.frames = self.stretches[-1].stop if self.stretches else 0
        yield
        self._starts = tuple(stretch.start for stretch in self.stretches)
        clips = ((s.clip[0], number) for number, s in enumerate(self.stretches) if s.clip)
        played = ((s.edited, number) for number, s in enumerate(self.stretches) if s.edited is not None)
        self._clip_starts = sorted(clips)
        yield
        self._edited_starts = sorted(played)

    @property
    def edited_frames(self) -> int:
        """How many are played."""
        if not self._edited_starts:
            return 0
        start, number = self._edited_starts[-1]
        return start + self.stretches[number].frames

    def number_at(self, frame: float) -> int:
        """The number of the stretch that a strip frame lies in; the nearest at either end."""
        return max(0, bisect_right(self._starts, frame) - 1)

    def strip_of_edited(self, edited: int) -> int:
        """Where a frame of the edited clip lies."""
        stretch, at = self._found(self._edited_starts, edited)
        return stretch.start + min(edited - at, stretch.frames)

    def strip_of_clip(self, clip: float) -> float:
        """Where a place in the clip lies."""
        stretch, at = self._found(self._clip_starts, clip)
        return stretch.start + (clip - at) / (stretch.pace or 1.0)

    def edited_at(self, frame: float) -> int:
        """The frame that is played at a place of the strip; in what is struck the next that is played."""
        for stretch in self.stretches[self.number_at(frame) :]:
            if stretch.edited is not None:
                return stretch.edited + max(0, min(int(frame - stretch.start), stretch.frames - 1))
        return max(0, self.edited_frames - 1)

    def clip_at(self, frame: float) -> float | None:
        """The place in the clip; None in new words."""
        if not self.stretches:
            return None
        stretch = self.stretches[self.number_at(frame)]
        return None if stretch.clip is None else stretch.clip[0] + (frame - stretch.start) * stretch.pace

    def goes_on(self, stretch: Stretch) -> tuple[int, int]:
        """From where to where the same footage goes on around a stretch, at most over its two neighbours."""
        number = self.number_at(stretch.start)
        low, high = stretch.start, stretch.stop
        if number and _is_one(self.stretches[number - 1], stretch):
            low = self.stretches[number - 1].start
        if number + 1 < len(self.stretches) and _is_one(stretch, self.stretches[number + 1]):
            high = self.stretches[number + 1].stop
        return low, high

    def _found(self, starts: list[tuple[int, int]], at: float) -> tuple[Stretch, int]:
        """The last stretch that starts at or before a place, and where it does."""
        if not starts:
            return Stretch(kind=Kind.KEPT, start=0, frames=0, clip=None, edited=0), 0
        found = max(0, bisect_right(starts, at, key=lambda pair: pair[0]) - 1)
        start, number = starts[found]
        return self.stretches[number], start


def _is_one(left: Stretch, right: Stretch) -> bool:
    """Whether footage goes on from one to the other as if there were no border."""
    if left.clip is None or right.clip is None or left.pace != right.pace:
        return False
    return left.clip[1] == right.clip[0] and (left.kind is Kind.STRUCK) == (right.kind is Kind.STRUCK)


def _stretches(playlist: Playlist, clip_frames: int) -> Iterator[Stretch]:
    at = place = 0
    for number, (segment, edited) in enumerate(zip(playlist.segments, playlist.starts, strict=False)):
        upto = max(at, segment.clip[0] if segment.clip else _next_clip(playlist, number, clip_frames))
        yield from _struck(place, at, upto)
        place += upto - at
        yield Stretch(
            kind=_kind(segment),
            start=place,
            frames=segment.frames,
            clip=segment.clip,
            edited=edited,
            rendered=segment.source != CLIP,
            speech=segment.speech,
        )
        place += segment.frames
        at = segment.clip[1] if segment.clip else upto
    yield from _struck(place, at, clip_frames)


def _next_clip(playlist: Playlist, number: int, clip_frames: int) -> int:
    """What new words stand for lies before them: up to the clip frame that is played next."""
    following = (later.clip[0] for later in islice(playlist.segments, number, None) if later.clip)
    return next(following, clip_frames)


def _struck(place: int, start: int, end: int) -> Iterator[Stretch]:
    if start < end:
        yield Stretch(kind=Kind.STRUCK, start=place, frames=end - start, clip=(start, end), edited=None)


def _kind(segment: Segment) -> Kind:
    if segment.clip is None:
        return Kind.NEW
    if segment.retimed:
        return Kind.RETIMED
    return Kind.ANEW if segment.anew else Kind.KEPT
