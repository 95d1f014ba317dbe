"""A timeline as a person or a script looks at it: tracks, clips, rates, timecodes and media."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import msgspec
import opentimelineio as otio

from engine.protocol import Ratio
from otio_adapters.application import application
from otio_adapters.errors import MissingMedia, TimelineError
from otio_adapters.formats import format_of
from otio_adapters.links import link_of
from otio_adapters.media_linker import absolute_name, home, resolve
from otio_adapters.opentime import exact_frames, exact_rate, is_drop_frame, timeline_rate, to_timecode
from otio_adapters.read import read
from otio_adapters.ripple import length, placed, ramp, steady_speed, window_start
from otio_adapters.sequences import index_of, names_of
from otio_adapters.takes import duration
from otio_adapters.timeline_facts import is_locked


class ItemView(msgspec.Struct, frozen=True, kw_only=True):
    """Something on a track, `start` and `frames` in frames of the timeline; sound may lie between frames.

    `source`: the timecode of the media where it begins. `found`: whether the media is there; None for what
    plays no file. `notes`: whatever else is to be known of it.
    """

    kind: str  # clip, nested sequence or transition
    name: str
    start: float
    frames: float
    source: str = ""
    rate: float | None = None  # of the media
    media: str = ""
    found: bool | None = None
    enabled: bool = True
    link: int | None = None
    notes: tuple[str, ...] = ()


class TrackView(msgspec.Struct, frozen=True, kw_only=True):
    """A track, with its items in order; what lies between them is empty."""

    name: str
    kind: str
    frames: float
    enabled: bool
    locked: bool
    items: tuple[ItemView, ...]


class MediaView(msgspec.Struct, frozen=True, kw_only=True):
    path: str
    uses: int
    found: bool


class MarkerView(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    start: float
    timecode: str


class TimelineView(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of `pickup timeline show --json`; the tracks are in the file's order.

    `start` is the timecode of the first frame, `first` its number. `sequences`: the names of all that are in
    the file, if it is several; `sequence` is the place of this one, from 1.
    """

    file: str
    format: str
    application: str
    name: str
    rate: Ratio
    drop_frame: bool
    start: str
    first: int
    duration: int
    tracks: tuple[TrackView, ...]
    media: tuple[MediaView, ...]
    markers: tuple[MarkerView, ...]
    sequence: int = 1
    sequences: tuple[str, ...] = ()

    def timecode(self, frame: float) -> str:
        """The timecode of a frame counted from the timeline's first."""
        return to_timecode(self.first + int(frame), self.rate.exact, drop_frame=self.drop_frame)


def view(path: Path, sequence: str = "") -> TimelineView:
    """Raises `TimelineError` for what cannot be read."""
    return view_of(read(path, sequence), path)


def view_of(timeline: otio.schema.Timeline, path: Path) -> TimelineView:
    """Of a timeline as it was read from `path`, or changed since."""
    return _Looking(timeline, path).view()


class _Looking:
    def __init__(self, timeline: otio.schema.Timeline, path: Path) -> None:
        self._timeline = timeline
        self._path = path
        self._rate = timeline_rate(timeline)
        begins = timeline.global_start_time
        self._first = int(exact_frames(begins, self._rate)) if begins is not None else 0
        self._media: dict[str, tuple[int, bool]] = {}

    def view(self) -> TimelineView:
        timeline = self._timeline
        tracks = tuple(self._track(track) for track in timeline.tracks)
        return TimelineView(
            file=str(self._path),
            format=format_of(self._path).name,
            application=application(self._path, timeline),
            name=timeline.name,
            rate=Ratio.of(self._rate),
            drop_frame=is_drop_frame(timeline),
            start=self._timecode(Fraction(0)),
            first=self._first,
            duration=duration(timeline, self._rate),
            tracks=tracks,
            media=tuple(MediaView(path=name, uses=n, found=ok) for name, (n, ok) in self._media.items()),
            markers=tuple(self._markers()),
            sequence=index_of(timeline) + 1,
            sequences=names_of(timeline),
        )

    def _timecode(self, frame: Fraction) -> str:
        number = self._first + int(frame)
        return to_timecode(number, self._rate, drop_frame=is_drop_frame(self._timeline))

    def _markers(self) -> Iterator[MarkerView]:
        for marker in self._timeline.tracks.markers:
            start = exact_frames(marker.marked_range.start_time, self._rate)
            yield MarkerView(name=marker.name, start=_number(start), timecode=self._timecode(start))

    def _track(self, track: otio.core.Composition) -> TrackView:
        if not isinstance(track, otio.schema.Track):  # a nested sequence in place of a track
            nested = ItemView(kind="nested sequence", name=track.name, start=0, frames=0)
            return TrackView(
                name=track.name, kind="Nested", frames=0, enabled=True, locked=False, items=(nested,)
            )
        items = tuple(self._items(track))
        return TrackView(
            name=track.name,
            kind=track.kind,
            frames=max((item.start + item.frames for item in items), default=0),
            enabled=track.enabled,
            locked=is_locked(track),
            items=items,
        )

    def _items(self, track: otio.schema.Track) -> Iterator[ItemView]:
        offset = window_start(track, self._rate)
        for begin, item in placed(track, self._rate):
            start = begin - offset
            if isinstance(item, otio.schema.Transition):
                before, after = (exact_frames(t, self._rate) for t in (item.in_offset, item.out_offset))
                name = item.name or item.transition_type
                at, frames = _number(start - before), _number(before + after)
                yield ItemView(kind="transition", name=name, start=at, frames=frames)
            elif not isinstance(item, otio.schema.Gap):
                yield self._item(item, start)

    def _item(self, item: otio.core.Item, start: Fraction) -> ItemView:
        whole = item.trimmed_range()
        rate = exact_rate(whole.start_time.rate)
        media, found = self._look(item) if isinstance(item, otio.schema.Clip) else ("", None)
        return ItemView(
            kind="clip" if isinstance(item, otio.schema.Clip) else "nested sequence",
            name=item.name,
            start=_number(start),
            frames=_number(length(item, self._rate)),
            source=to_timecode(int(exact_frames(whole.start_time, rate)), rate),
            rate=_media_rate(item),
            media=media,
            found=found,
            enabled=item.enabled,
            link=link_of(item),
            notes=tuple(_notes(item)),
        )

    def _look(self, clip: otio.schema.Clip) -> tuple[str, bool | None]:
        """The file that the clip plays, and whether it is there."""
        reference = clip.media_reference
        url = getattr(reference, "target_url", None) or getattr(reference, "target_url_base", None)
        if not url:
            return "", None
        try:
            name = absolute_name(url, home(self._path))
        except TimelineError:
            name = url
        uses, found = self._media.get(name, (0, False))
        if not uses:
            try:
                found = bool(resolve(clip, self._path))
            except MissingMedia:
                found = False
        self._media[name] = (uses + 1, found)
        return name, found


def _number(frames: Fraction) -> float:
    return int(frames) if frames.denominator == 1 else float(frames)


def _media_rate(item: otio.core.Item) -> float | None:
    available = getattr(getattr(item, "media_reference", None), "available_range", None)
    return float(exact_rate(available.duration.rate)) if available is not None else None


def _notes(item: otio.core.Item) -> Iterator[str]:
    fault, factor = ramp(item), steady_speed(item)
    if fault:
        yield f"speed effect {fault}"
    elif factor != 1:
        yield f"speed {float(factor):.0%}"
    others = [one for one in item.effects if not isinstance(one, otio.schema.TimeEffect)]
    if others:
        yield f"{len(others)} effects"
    if item.markers:
        yield f"{len(item.markers)} markers"
    if isinstance(item, otio.schema.Clip) and len(item.media_references()) > 1:
        yield f"{len(item.media_references())} media"
