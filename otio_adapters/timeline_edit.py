"""An edit of a whole timeline: what changes on each track, checked on all of them before any is touched."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import TimeRange

from otio_adapters.clip_place import ClipPlace, check_steady, clip_at, linked_audio
from otio_adapters.cover import Cover, cover_of, outside, silenced, take_of
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.links import LinkNumbers
from otio_adapters.opentime import clock_of, exact_frames
from otio_adapters.placement import Hole, Lay, Placed, Placement, Ripple, RippleMode
from otio_adapters.ripple import Blade, gap, laid, later
from otio_adapters.track_changes import Change, TrackEdit

_LOCKS = (("Resolve_OTIO", "Locked"), ("pickup", "locked"))


def is_locked(track: otio.schema.Track) -> bool:
    """Whether the track's program keeps it from being changed. OTIO itself knows no locks."""
    return any(track.metadata.get(space, {}).get(key) for space, key in _LOCKS)


class TimelineEdit:
    """Takes and trims of one clip, prepared. Raises `UnsupportedEdit`, with nothing changed."""

    def __init__(
        self,
        timeline: otio.schema.Timeline,
        place: ClipPlace,
        *,
        placements: Sequence[Placement],
        trims: Sequence[Ripple],
        mode: RippleMode,
        lay: Lay,
    ) -> None:
        self._timeline = timeline
        self._place = place
        self._laid = [laid(track, place.rate) for track in timeline.tracks]
        self._sound = linked_audio(timeline, place, self._laid)
        self._placements = placements
        self._trims = trims
        self._mode = mode
        self._lay = lay
        takes = [(placement.start, placement.end) for placement in placements]
        links = LinkNumbers([track.children for track in self._laid], takes)
        self._blade = Blade(clock=clock_of(timeline, place.rate), links=links)
        self._above = self._takes_above() if lay == "above" else []
        self._edits = list(self._track_edits())
        edited = {index for index, _ in self._edits}
        self._still = [
            Fraction(track.starts[-1])
            for index, track in enumerate(self._laid)
            if index not in edited and track.starts
        ]

    @property
    def frames(self) -> int:
        """How long the timeline is, up to the next whole frame: before `make`, and after it."""
        lengths = [*self._still, *(edit.length for _, edit in self._edits)]
        return math.ceil(max(lengths, default=Fraction(0)))

    @property
    def sound_tracks(self) -> tuple[int, ...]:
        """Indices of the tracks that hold the clip's linked sound."""
        return tuple(sound.track for sound in self._sound)

    def make(self, placed: Sequence[Placed]) -> tuple[Hole, ...]:
        """Makes the edit; returns where it tore clips apart, in frames of the old timeline.

        `placed`: where each take comes to lie.
        """
        holes: list[Hole] = []
        marks = sorted(self._marks(), key=lambda ripple: -ripple.at)
        for index, edit in self._edits:
            track = self._timeline.tracks[index]
            torn = edit.make()
            if not self._is_covered(index):
                name = track.name or f"track {index + 1}"
                holes += [
                    Hole(track=name, start=int(one.start), frames=one.frames, clip=one.clip) for one in torn
                ]
            for ripple in marks:
                _move_markers(track, ripple, self._blade.rate)
        if self._mode == "all":
            self._move_timeline(marks)
        self._lay_above(placed)
        return tuple(holes)

    def _marks(self) -> Iterator[Ripple]:
        yield from self._trims
        for placement in self._placements:
            yield from placement.marks

    def _track_edits(self) -> Iterator[tuple[int, TrackEdit]]:
        own = {one.track for one in (self._place, *self._sound)}
        for index, track in enumerate(self._timeline.tracks):
            if self._mode == "linked" and index not in own:
                continue
            if not isinstance(track, otio.schema.Track):
                raise UnsupportedEdit(
                    f"{track.name or track.schema_name()!r} lies in the timeline in place of a track; put "
                    "it on a track first"
                )
            changes = self._changes(index)
            edit = TrackEdit(track, self._laid[index], changes, self._blade)
            if edit.alters and is_locked(track):
                name = repr(track.name) if track.name else str(index + 1)
                raise UnsupportedEdit(f"track {name} is locked and would have to move; unlock it first")
            yield index, edit

    def _changes(self, index: int) -> list[Change]:
        """Takes on the clips of the track, and what their ripples and the trims do beside those."""
        clips = [one for one in (self._place, *self._sound) if one.track == index]
        covered_above = self._lay == "above" and index == self._place.track
        found = [Change(start=trim.at, end=trim.at + trim.removed, added=trim.added) for trim in self._trims]
        for placement in self._placements:
            covers = _covers(placement, () if covered_above else clips)
            found += [self._cover(cover) for cover in covers]
            for ripple in placement.ripples:
                found += outside(ripple, covers)
        return found

    def _cover(self, cover: Cover) -> Change:
        check_steady(self._timeline, cover.place)
        clip = clip_at(self._timeline, cover.place)
        if self._lay == "above":
            return silenced(cover, clip, self._blade)
        return cover.change(take_of(cover, clip, self._lay, self._blade))

    def _is_covered(self, index: int) -> bool:
        """A hole in the clip itself is filled by the take above it."""
        return self._lay == "above" and index == self._place.track

    def _takes_above(
        self,
    ) -> list[tuple[Cover, otio.schema.Clip, tuple[tuple[Cover, otio.schema.Clip], ...]]]:
        """Each take's picture, and its sound for each linked sound of the clip: both of a stereo pair."""
        found = []
        track = self._timeline.tracks[self._place.track]
        for placement in self._placements:
            seen = cover_of(placement, self._place)
            assert seen is not None
            take = self._take_above(seen)
            # A dissolve under the edge of a take above it would be seen in half.
            TrackEdit(track, self._laid[self._place.track], [seen.change(take.deepcopy())], self._blade)
            heard = (cover_of(placement, one) for one in self._sound)
            sounds = tuple((cover, self._take_above(cover)) for cover in heard if cover is not None)
            found.append((seen, take, sounds))
        return found

    def _take_above(self, cover: Cover) -> otio.schema.Clip:
        return take_of(cover, clip_at(self._timeline, cover.place), self._lay, self._blade)

    def _lay_above(self, placed: Sequence[Placed]) -> None:
        """Puts the takes on a new track above the clip's, their sound on as many after the linked sound's."""
        if not self._above:
            return
        picture: list[tuple[Fraction, otio.schema.Clip]] = []
        sound: dict[int, list[tuple[Fraction, otio.schema.Clip]]] = {}
        for one, (seen, take, sounds) in zip(placed, self._above, strict=True):
            picture.append((Fraction(one.start), take))
            for heard, spoken in sounds:
                at = one.start + heard.new_start - seen.placement.start
                sound.setdefault(heard.place.track, []).append((at, spoken))
        new = [(self._place.track + 1, otio.schema.TrackKind.Video, picture)]
        for _, takes in sorted(sound.items()):
            new.append((max(sound) + 1, otio.schema.TrackKind.Audio, takes))
        for index, kind, takes in sorted(new[::-1], key=lambda track: -track[0]):
            self._timeline.tracks.insert(index, _track(kind, takes, self._blade.rate))

    def _move_timeline(self, ripples: Sequence[Ripple]) -> None:
        """The timeline's own markers, and its window on its tracks, which only few programs give it."""
        stack, rate = self._timeline.tracks, self._blade.rate
        for ripple in ripples:
            _move_markers(stack, ripple, rate)
            if stack.source_range is not None:
                stack.source_range = _moved(stack.source_range, ripple, rate)


def _covers(placement: Placement, clips: Sequence[ClipPlace]) -> tuple[Cover, ...]:
    found = tuple(cover for one in clips if (cover := cover_of(placement, one)) is not None)
    # What is put in between two clips of one track goes there once.
    return found if placement.length else found[:1]


def _track(
    kind: str, takes: Sequence[tuple[Fraction, otio.schema.Clip]], rate: Fraction
) -> otio.schema.Track:
    track = otio.schema.Track("Pickup", kind=kind)
    at = Fraction(0)
    for start, take in takes:
        if start > at:
            track.append(gap(start - at, rate))
        track.append(take)
        at = start + exact_frames(take.source_range.duration, rate)
    return track


def _move_markers(item: otio.core.Item, ripple: Ripple, rate: Fraction) -> None:
    """Moves markers of a track or of the whole timeline. One inside a removal comes to lie at its start."""
    for marker in item.markers:
        marker.marked_range = _moved(marker.marked_range, ripple, rate)


def _moved(span: TimeRange, ripple: Ripple, rate: Fraction) -> TimeRange:
    start = exact_frames(span.start_time, rate)
    end = start + exact_frames(span.duration, rate)
    moved, moved_end = ripple.start(start), ripple.end(end)
    if (moved, moved_end) == (start, end):
        return span
    frames = max(moved_end - moved, Fraction(0)) - (end - start) if end > start else Fraction(0)
    return TimeRange(later(span.start_time, moved - start, rate), later(span.duration, frames, rate))
