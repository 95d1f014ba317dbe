"""What a timeline holds, feature by feature: facts that can be looked for again after an edit.

Every fact says where it stands in frames of the timeline as it is after the edit, so that the facts of the
timeline before are those of the one after. A clip that the edit cut stands in no frame but at the cut: what
is to be found there again is whatever one of its pieces has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise, product
from pathlib import Path

import opentimelineio as otio

from otio_adapters.errors import TimelineError, UnsupportedEdit
from otio_adapters.links import link_of
from otio_adapters.media_url import told_name
from otio_adapters.opentime import exact_frames, is_drop_frame, seconds, timeline_rate, to_timecode
from otio_adapters.placement import Ripple
from otio_adapters.ripple import length, placed, speed, window_start

_KINDS = (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)
_CUT = "cut"

Where = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing of a feature, as it can be compared; `told` is how a person is told of it."""

    feature: str
    value: Where
    told: str = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where an item stands: its track, and its start frame or `_CUT`; `frames` is None where it was cut."""

    track: tuple[str, int]
    start: Fraction | str
    frames: Fraction | None
    told: str

    @property
    def where(self) -> Where:
        return (self.track, self.start)


class FactReader:
    """The facts of one timeline, counted in frames at `rate`, whatever its own rate is."""

    def __init__(self, timeline: otio.schema.Timeline, rate: Fraction, folder: Path) -> None:
        self._timeline = timeline
        self._rate = rate
        self._folder = folder

    def facts(self, cut: Ripple, *, edited: bool) -> Iterator[Fact]:
        """Those outside the removal; `edited`: the timeline is the one after it."""
        self._cut = cut
        self._edited = edited
        yield from self._whole()
        numbers: Counter[str] = Counter()
        groups: dict[int, list[list[_Spot]]] = {}
        for track in self._timeline.tracks:
            if not isinstance(track, otio.schema.Track):
                continue
            used = any(
                not isinstance(item, otio.schema.Gap) and not self._is_gone(start, length(item, self._rate))
                for start, item in self._placed(track)
            )
            number = numbers[track.kind]
            numbers[track.kind] += used
            yield from self._track(track, (track.kind, number) if used else (track.kind, -1))
            yield from self._items(track, (track.kind, number), groups)
        yield from self._links(groups)

    def _whole(self) -> Iterator[Fact]:
        timeline, rate = self._timeline, timeline_rate(self._timeline)
        dropped = is_drop_frame(timeline)
        told = f"{float(rate):g} frames a second" + (", drop-frame" if dropped else "")
        yield Fact(feature="frame rate", value=(rate, dropped), told=told)
        start = timeline.global_start_time
        if start is not None and start.value:
            told = f"the start timecode {self._timecode(Fraction(0))}"
            yield Fact(feature="start timecode", value=(seconds(start),), told=told)
        for marker in timeline.tracks.markers:
            yield self._timed_marker("timeline markers", (), marker, "")
        for name in (*_keys(timeline), *_keys(timeline.tracks)):
            yield Fact(feature="metadata", value=(name,), told=f"the timeline's {name}")

    def _track(self, track: otio.schema.Track, number: tuple[str, int]) -> Iterator[Fact]:
        told = f"{track.kind.lower()} track {track.name!r}" if track.name else f"a {track.kind.lower()} track"
        yield Fact(feature="tracks", value=(number, track.name), told=told)
        if is_locked(track):
            yield Fact(feature="locked tracks", value=(number, track.name), told=told)
        if not track.enabled:
            yield Fact(feature="disabled tracks", value=(number, track.name), told=told)
        for marker in track.markers:
            yield self._timed_marker("track markers", number, marker, f" of {told}")
        for name in _keys(track):
            yield Fact(feature="metadata", value=(number, name), told=f"{name} of {told}")

    def _timed_marker(self, feature: str, where: Where, marker: otio.schema.Marker, of: str) -> Fact:
        """A marker whose frames are the timeline's. Where it ends is not told: the cut may lie in it."""
        start = exact_frames(marker.marked_range.start_time, self._rate)
        told = f"the marker {marker.name!r} at {self._timecode(start)}{of}"
        moved = start if self._edited else self._cut.start(start)
        return Fact(feature=feature, value=(where, moved, marker.name, marker.comment), told=told)

    def _items(
        self, track: otio.schema.Track, number: tuple[str, int], groups: dict[int, list[list[_Spot]]]
    ) -> Iterator[Fact]:
        name = track.name or f"{track.kind[:1]}{number[1] + 1}"
        yield from self._gaps(track, number, name)
        for start, item in self._placed(track):
            if isinstance(item, otio.schema.Gap):
                continue
            frames = length(item, self._rate)
            label = f"{item.name!r} at {self._timecode(start)} on {name}"
            spots = list(self._spots(number, (start, frames), label))
            for spot in spots:
                yield from self._item(item, spot, (start, frames), captions=track.kind not in _KINDS)
            link = link_of(item)
            if link is not None and spots:
                groups.setdefault(link, []).append(spots)

    def _placed(self, track: otio.schema.Track) -> Iterator[tuple[Fraction, otio.core.Composable]]:
        """The track's items with the frame of the timeline that each starts at."""
        offset = window_start(track, self._rate)
        return ((start - offset, item) for start, item in placed(track, self._rate))

    def _spots(self, track: tuple[str, int], span: tuple[Fraction, Fraction], label: str) -> Iterator[_Spot]:
        """Where the item stands after the edit; a piece of a cut clip stands at the cut as well."""
        start, frames = span
        end = start + frames
        cut = self._cut
        if self._edited:
            yield _Spot(track=track, start=start, frames=frames, told=label)
            if start <= cut.at <= end:
                yield _Spot(track=track, start=_CUT, frames=None, told=label)
        elif end <= cut.at or start >= cut.at + cut.removed:
            yield _Spot(track=track, start=cut.start(start), frames=frames, told=label)
        elif not self._is_gone(start, frames):
            yield _Spot(track=track, start=_CUT, frames=None, told=label)

    def _is_gone(self, start: Fraction, frames: Fraction) -> bool:
        """Whether all of it was removed."""
        end = self._cut.at + self._cut.removed
        return not self._edited and start >= self._cut.at and start < end and start + frames <= end

    def _gaps(self, track: otio.schema.Track, number: tuple[str, int], name: str) -> Iterator[Fact]:
        """What lies empty between two items; the edit may change the gap that it meets, or close it."""
        cut = self._cut
        begin = Fraction(0)
        for start, item in self._placed(track):
            if isinstance(item, otio.schema.Gap):
                continue
            met = not self._edited and begin <= cut.at + cut.removed and start >= cut.at
            if start > begin and not met:
                moved = begin if self._edited else cut.start(begin)
                told = f"the gap at {self._timecode(begin)} on {name}"
                yield Fact(feature="gaps", value=(number, moved, start - begin), told=told)
            begin = start + length(item, self._rate)

    def _item(
        self, item: otio.core.Composable, spot: _Spot, span: tuple[Fraction, Fraction], *, captions: bool
    ) -> Iterator[Fact]:
        where = spot.where
        for name in _keys(item):
            yield Fact(feature="metadata", value=(where, name), told=f"{name} of {spot.told}")
        if isinstance(item, otio.schema.Transition):
            offsets = (exact_frames(time, self._rate) for time in (item.in_offset, item.out_offset))
            value = (where, item.transition_type, item.name, *offsets)
            yield Fact(feature="transitions", value=value, told=f"the transition {spot.told}")
            return
        kind = "captions" if captions else "clips"
        if not captions and not isinstance(item, otio.schema.Clip):
            kind = "nested sequences"
        contents = len(item.find_clips()) if kind == "nested sequences" else 0
        yield Fact(feature=kind, value=(where, spot.frames, contents), told=spot.told)
        yield Fact(feature="clip names", value=(where, item.name), told=f"the name of {spot.told}")
        if not item.enabled:
            told = f"{spot.told} is disabled"
            yield Fact(feature="disabled clips", value=where, told=told)
        yield from self._effects(item, spot)
        yield from self._source(item, spot, span)
        yield from self._clip_markers(item, spot, span)
        if isinstance(item, otio.schema.Clip):
            yield from self._media(item, spot)

    def _effects(self, item: otio.core.Item, spot: _Spot) -> Iterator[Fact]:
        for effect in item.effects:
            name = effect.name or effect.effect_name or effect.schema_name()
            if isinstance(effect, otio.schema.TimeEffect):
                # The last digit of a float is not what OTIO's JSON gives back.
                factor = Fraction(getattr(effect, "time_scalar", 1)).limit_denominator(100_000)
                value = (spot.where, effect.schema_name(), factor)
                yield Fact(feature="speed effects", value=value, told=f"the speed of {spot.told}")
            else:
                yield Fact(feature="effects", value=(spot.where, name), told=f"{name!r} of {spot.told}")

    def _source(self, item: otio.core.Item, spot: _Spot, span: tuple[Fraction, Fraction]) -> Iterator[Fact]:
        """Where in its media the item begins; of a cut one where the first piece begins and the last ends."""
        start = seconds(item.trimmed_range().start_time)
        told = f"the source timecode of {spot.told}"
        begins = Fact(feature="source timecode", value=(*spot.where, "in", start), told=told)
        if spot.start != _CUT:
            yield begins
            return
        first, frames = span
        cut = self._cut
        if first < cut.at:
            yield begins
        try:
            end = start + frames / self._rate * speed(item)
        except UnsupportedEdit:
            return
        if first + frames > cut.at + (0 if self._edited else cut.removed):
            yield Fact(feature="source timecode", value=(*spot.where, "out", end), told=told)

    def _clip_markers(
        self, item: otio.core.Item, spot: _Spot, span: tuple[Fraction, Fraction]
    ) -> Iterator[Fact]:
        """The markers on the item's media, but for those in what was removed of it."""
        for marker in item.markers:
            at = seconds(marker.marked_range.start_time)
            if spot.start == _CUT and not self._edited and self._is_removed(item, at, span[0]):
                continue
            value = (spot.where, at, marker.name, marker.comment)
            yield Fact(feature="clip markers", value=value, told=f"the marker {marker.name!r} of {spot.told}")

    def _is_removed(self, item: otio.core.Item, at: Fraction, start: Fraction) -> bool:
        try:
            offset = (at - seconds(item.trimmed_range().start_time)) * self._rate / speed(item)
        except UnsupportedEdit:
            return True
        return self._cut.at <= start + offset < self._cut.at + self._cut.removed

    def _media(self, clip: otio.schema.Clip, spot: _Spot) -> Iterator[Fact]:
        active = clip.active_media_reference_key
        for key, reference in clip.media_references().items():
            if isinstance(reference, otio.schema.GeneratorReference):
                value = (spot.where, reference.generator_kind)
                told = f"the generator of {spot.told}"
                yield Fact(feature="titles and generators", value=value, told=told)
                continue
            url = getattr(reference, "target_url", None) or getattr(reference, "target_url_base", None)
            feature = "media references" if key == active else "alternative media"
            if url:
                place = spot.where if key == active else (*spot.where, key)
                told = f"{self._file(url)} of {spot.told}"
                yield Fact(feature=feature, value=(place, self._file(url)), told=told)

    def _file(self, url: str) -> str:
        try:
            return told_name(url, self._folder)
        except TimelineError:
            return url

    def _links(self, groups: dict[int, list[list[_Spot]]]) -> Iterator[Fact]:
        """What is linked, pair by pair in the order of tracks and time."""
        for members in groups.values():
            for one, other in pairwise(members):
                for a, b in product(one, other):
                    told = f"the link of {a.told} with {b.told}"
                    yield Fact(feature="links", value=(a.where, b.where), told=told)

    def _timecode(self, frame: Fraction) -> str:
        begins = self._timeline.global_start_time
        first = exact_frames(begins, self._rate) if begins is not None else Fraction(0)
        return to_timecode(int(first + frame), self._rate, drop_frame=is_drop_frame(self._timeline))


def is_locked(track: otio.schema.Track) -> bool:
    """Whether the program that the track is from keeps it locked."""
    spaces = (("Resolve_OTIO", "Locked"), ("pickup", "locked"))
    return any(bool(track.metadata.get(space, {}).get(key)) for space, key in spaces)


def _keys(thing: otio.core.SerializableObjectWithMetadata) -> Iterator[str]:
    """What metadata it has, two levels deep; our own is no part of the project."""
    for name, value in thing.metadata.items():
        if name == "pickup":
            continue
        yield from (f"{name}/{key}" for key in value) if hasattr(value, "keys") and len(value) else (name,)
