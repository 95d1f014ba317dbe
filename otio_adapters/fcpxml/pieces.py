"""The timeline to be written, flat: each item with its place, what it was read from, and the sound it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.fcpxml.document import ZERO
from otio_adapters.fcpxml.layout import SOUND
from otio_adapters.fcpxml.rational import on_grid
from otio_adapters.fcpxml.story import Story, Strip
from otio_adapters.media_url import same_file
from otio_adapters.opentime import exact_frames, seconds
from otio_adapters.ripple import heading, held, length, placed, steady_speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A strip of the original file, the item it was read as, and the frames that this had on its track."""

    strip: Strip
    item: otio.core.Item
    start: Fraction
    frames: Fraction


@dataclass(slots=True, kw_only=True, eq=False)
class Piece:
    """A clip or gap. `lane` is None on the storyline; `heard`: it is sound alone; `spine` as a strip's."""

    item: otio.core.Item
    start: Fraction
    frames: Fraction
    heard: bool
    origin: Origin | None
    lane: int | None = None
    spine: str = ""
    sounds: list[Piece] = field(default_factory=list)

    @property
    def end(self) -> Fraction:
        return self.start + self.frames

    @property
    def sound(self) -> Piece | None:
        """The first part of the sound that is in it."""
        return self.sounds[0] if self.sounds else None

    @property
    def idle(self) -> bool:
        return isinstance(self.item, otio.schema.Gap)

    @property
    def url(self) -> str:
        return url_of(self.item)

    @property
    def kept(self) -> Origin | None:
        """What it was read from, if it still plays the same media."""
        origin = self.origin
        alike = origin is not None and type(origin.item) is type(self.item)
        return origin if origin is not None and alike and same_file(url_of(origin.item), self.url) else None

    def skipped(self, rate: Fraction, start: otio.opentime.RationalTime | None = None) -> Fraction:
        """How many frames of its origin come before it; or before another source time, `start`."""
        assert self.origin is not None
        item = self.origin.item
        first = exact_frames(item.source_range.start_time, rate)
        late = exact_frames(start or self.item.trimmed_range().start_time, rate) - first
        return on_grid(late / steady_speed(item) * (heading(item) or 1) + held(self.item))

    @property
    def offset(self) -> Fraction:
        """The second of its media, from the first frame, that it begins at."""
        return offset_of(self.item)


@dataclass(slots=True, kw_only=True, eq=False)
class Joint:
    """A transition over the cut at a frame. `heard`: it fades the sound of its clips as well."""

    item: otio.schema.Transition
    cut: Fraction
    before: Piece | None
    after: Piece | None = None
    heard: bool = False

    @property
    def mark(self) -> str:
        return mark_of(self.item)

    @property
    def shape(self) -> tuple[Fraction, Fraction, Fraction]:
        """Its cut, and the seconds before and after that."""
        return self.cut, seconds(self.item.in_offset), seconds(self.item.out_offset)


def url_of(item: otio.core.Composable) -> str:
    return str(getattr(getattr(item, "media_reference", None), "target_url", None) or "")


def offset_of(item: otio.core.Item) -> Fraction:
    """The second of its media, from the first frame, that the item begins at."""
    reference = getattr(item, "media_reference", None)
    available = reference.available_range if reference is not None else None
    first = seconds(available.start_time) if available is not None else ZERO
    return seconds(item.trimmed_range().start_time) - first


def mark_of(item: otio.core.SerializableObjectWithMetadata) -> str:
    return str(item.metadata.get("pickup", {}).get("xml", ""))


def origins_of(read: otio.schema.Timeline, story: Story) -> dict[tuple[bool, str], Origin]:
    """What the original file was read as, by whether it is the sound of a picture, and mark."""
    found: dict[tuple[bool, str], Origin] = {}
    for track in read.tracks:
        embedded = mark_of(track).startswith(f"{SOUND}/")
        for start, item in placed(track, story.rate):
            strip = story.strips.get(mark_of(item))
            if strip is not None:
                first = found.get((embedded, strip.mark))  # of sound that is in parts
                begin, whole = (first.start, first.item) if first else (start, item)
                frames = start + length(item, story.rate) - begin
                found[embedded, strip.mark] = Origin(strip=strip, item=whole, start=begin, frames=frames)
    return found
