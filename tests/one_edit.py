"""One edit in the middle of a clip, and what it must do to every frame of a timeline."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from otio_adapters.clip_place import ClipPlace, clip_names, find_clip
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.media_linker import MediaFacts
from otio_adapters.placement import Placement, Ripple
from otio_adapters.read import read
from otio_adapters.takes import place_takes
from otio_adapters.write import write

TAKE = "/takes/take_v001.mov"
LENGTH = 6  # frames that the take replaces
CHANGE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A take over [start, start + LENGTH) that is 5 frames longer; or, without one, 5 frames taken out."""

    start: int
    take: bool

    @property
    def ripple(self) -> Ripple:
        if self.take:
            return Ripple(at=self.start + 3, added=CHANGE)
        return Ripple(at=self.start, removed=CHANGE)

    def kept(self, *, taken: bool) -> tuple[tuple[int, int, int], ...]:
        """The old frames [first, end) that are still there, and how far they moved."""
        if not self.take:
            return (0, self.start, 0), (self.start + CHANGE, 10**9, -CHANGE)
        if taken:
            return (0, self.start, 0), (self.start + LENGTH, 10**9, CHANGE)
        return (0, self.start + 3, 0), (self.start + 3, 10**9, CHANGE)

    def moved(self, frame: int) -> int:
        if frame < self.ripple.at:
            return frame
        return max(frame - self.ripple.removed, self.ripple.at) + self.ripple.added


def place_edit(path: Path, out: Path, *, take: bool, only: str = "") -> Edit:
    """Writes the edit of the longest clip that can be edited; skips where there is none."""
    timeline = read(path)
    names = (only,) if only else clip_names(timeline) if timeline.find_clips() else ()
    places = [place for name in names if (place := editable(timeline, name)) is not None]
    for place in sorted(places, key=lambda place: -place.frames)[:8]:
        if place.frames < 3 * LENGTH:
            break
        edit = Edit(start=place.start + place.frames // 2 - 3, take=take)
        try:
            if take:
                report = place_takes(timeline, place, [take_of(edit, place.rate)])
            else:
                report = place_takes(timeline, place, (), trims=[edit.ripple])
        except UnsupportedEdit:
            continue
        write(report.timeline, out, origin=path)
        return edit
    pytest.skip("none of its clips can be edited")


def editable(timeline: Any, name: str) -> ClipPlace | None:
    try:
        return find_clip(timeline, name)
    except UnsupportedEdit:
        return None


def take_of(edit: Edit, rate: Fraction) -> Placement:
    return Placement(
        start=edit.start,
        length=LENGTH,
        media=Path(TAKE),
        name="take_v001",
        facts=MediaFacts(rate=rate, start=0, frames=30, width=640, height=360, channels=2),
        source_range=(4, LENGTH + CHANGE),
        ripples=(edit.ripple,),
    )
