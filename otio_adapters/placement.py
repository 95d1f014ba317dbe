"""What is to be placed on a timeline, and what came of it: values."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import opentimelineio as otio

from otio_adapters.media_linker import MediaFacts

RippleMode = Literal["all", "linked"]
"""Which tracks a change of length moves: every one, or those of the clip and of its linked sound."""

Lay = Literal["replace", "above", "reference"]
"""Where a take goes: in place of what it replaces, on tracks of its own above it, or in its place with the
replaced media as the clip's other reference, under its own key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ripple:
    """Time that really vanishes or appears: frames [at, at + removed) go, then `added` come in at `at`.

    In frames of the timeline as it was before any edit.
    """

    at: int
    removed: int = 0
    added: int = 0

    def start(self, frame: Fraction) -> Fraction:
        """Where something that starts at `frame` starts afterwards; in a removal, its start."""
        if frame < self.at:
            return frame
        if frame < self.at + self.removed:
            return Fraction(self.at)
        return frame - self.removed + self.added

    def end(self, frame: Fraction) -> Fraction:
        """Where something that ends before `frame` ends afterwards."""
        if frame <= self.at:
            return frame
        if frame <= self.at + self.removed:
            return Fraction(self.at)
        return frame - self.removed + self.added


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A take, and the timeline frames [start, start + length) that it replaces.

    `facts` describe the take's file, picture and sound: `facts.start` is the timecode of its first frame.
    `source_range` is (first, count) of the frames to show, counted from the file's first: the rest are
    handles. Its rate is the timeline's. The ripples lie in [start, start + length] and sum up to the
    change in length. `moments`, where they are other ones: how time runs on and is cut within the take, which
    the markers that lie there follow.
    """

    start: int
    length: int
    media: Path
    name: str
    facts: MediaFacts
    source_range: tuple[int, int]
    ripples: tuple[Ripple, ...] = ()
    moments: tuple[Ripple, ...] = ()
    drop_frame: bool = False

    @property
    def end(self) -> int:
        return self.start + self.length

    @property
    def change(self) -> int:
        return self.source_range[1] - self.length

    @property
    def marks(self) -> tuple[Ripple, ...]:
        """What markers follow."""
        return self.moments or self.ripples


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """Nothing, where added time tore a clip of another track apart; frames of the new timeline."""

    track: str
    start: int
    frames: int
    clip: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a take came to lie in the new timeline, in frames."""

    name: str
    start: int
    frames: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """The edit itself, for a program that makes it in its own project: `placements` in order of time.

    Tracks are numbered as editing programs do: picture tracks from the lowest, sound tracks from the first.
    """

    placements: tuple[Placement, ...]
    trims: tuple[Ripple, ...]
    ripple: RippleMode
    track: int
    sound_tracks: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReport:
    """The new timeline and what was done. Durations in frames at the timeline's rate.

    `splice`: of takes that replaced what was there.
    """

    timeline: otio.schema.Timeline
    placed: tuple[Placed, ...]
    holes: tuple[Hole, ...]
    duration_before: int
    duration_after: int
    splice: Splice | None = None
