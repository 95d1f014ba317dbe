"""Takes on the timeline: where a clip's frames give way to rendered ones, and all else keeps in step."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from otio_adapters.clip_place import ClipPlace, clip_at, clip_names, find_clip, linked_audio
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.links import LinkNumbers
from otio_adapters.media_linker import note_facts
from otio_adapters.opentime import exact_frames, exact_rate, exact_value, time_range
from otio_adapters.placement import Hole, Placed, Placement, PlaceReport, Ripple
from otio_adapters.ripple import Blade, Torn, add_time, part, remove, replace, track_length

__all__ = [
    "SOURCE_KEY",
    "ClipPlace",
    "Hole",
    "PlaceReport",
    "Placed",
    "Placement",
    "Ripple",
    "RippleMode",
    "clip_names",
    "duration",
    "find_clip",
    "linked_audio",
    "place_takes",
]

SOURCE_KEY = "PICKUP_SOURCE"  # under this the take's clip keeps a reference to what it replaces
RippleMode = Literal["all", "linked"]
_LOCKS = (("Resolve_OTIO", "Locked"), ("pickup", "locked"))


def place_takes(
    timeline: otio.schema.Timeline,
    place: ClipPlace,
    placements: Sequence[Placement],
    ripple: RippleMode = "all",
    trims: Sequence[Ripple] = (),
) -> PlaceReport:
    """A new timeline with the takes in the clip at `place` and in its linked sound.

    `trims`: time that goes from the clip's own head or tail, where no take is needed.
    With `ripple="all"` a change of length moves every track and marker; with "linked" only the clip's own
    track and those of its linked sound. The given timeline is left alone. Raises `UnsupportedEdit` where the
    edit meets a dissolve, a speed effect, or a locked track that would have to change.
    """
    ordered = sorted(placements, key=lambda placement: placement.start)
    _check(place, ordered)
    sound = linked_audio(timeline, place)
    edit = _Edit(timeline, place, sound, ripple)
    steps: list[Placement | Ripple] = [*ordered, *trims]
    for step in sorted(steps, key=lambda step: -_first(step)):
        if isinstance(step, Placement):
            edit.put(step)
        else:
            edit.ripple(step)
    edit.check_locks(timeline)
    ripples = [*trims, *(ripple for placement in ordered for ripple in placement.ripples)]
    return PlaceReport(
        timeline=edit.timeline,
        placed=_placed(ordered, trims),
        holes=_holes(edit.holes, ripples),
        duration_before=duration(timeline, place.rate),
        duration_after=duration(edit.timeline, place.rate),
    )


def duration(timeline: otio.schema.Timeline, rate: Fraction) -> int:
    """The timeline's length in frames: its longest track's, up to the next whole frame."""
    lengths = [track_length(track, rate) for track in timeline.tracks if isinstance(track, otio.schema.Track)]
    return -int(-max(lengths, default=Fraction(0)) // 1)


def _check(place: ClipPlace, ordered: Sequence[Placement]) -> None:
    """Placements that contradict each other are a fault of the caller, not of the timeline."""
    at = place.at
    for placement in ordered:
        inside = at <= placement.start and placement.length >= 0 and placement.end <= place.end
        first, count = placement.source_range
        inside = inside and placement.facts.rate == place.rate
        if not inside or count <= 0 or first < 0 or first + count > placement.facts.frames:
            raise ValueError(
                f"the take {placement.name} does not fit into the clip {place.name}: {placement}"
            )
        moved = sum(ripple.added - ripple.removed for ripple in placement.ripples)
        spread = all(
            placement.start <= one.at and one.at + one.removed <= placement.end for one in placement.ripples
        )
        if moved != placement.change or not spread:
            raise ValueError(
                f"the ripples of {placement.name} do not make up its change of length: {placement}"
            )
        at = Fraction(placement.end)


def _first(step: Placement | Ripple) -> int:
    return step.start if isinstance(step, Placement) else step.at


def _placed(ordered: Sequence[Placement], trims: Sequence[Ripple]) -> tuple[Placed, ...]:
    found = []
    moved = -sum(trim.removed for trim in trims if ordered and trim.at < ordered[0].start)
    for placement in ordered:
        start = placement.start + moved
        found.append(Placed(name=placement.name, start=start, frames=placement.source_range[1]))
        moved += placement.change
    return tuple(found)


def _holes(torn: Sequence[Hole], ripples: Sequence[Ripple]) -> tuple[Hole, ...]:
    """The holes, which were noted in frames of the old timeline, in frames of the new one."""
    return tuple(
        Hole(
            track=hole.track,
            start=hole.start + sum(one.added - one.removed for one in ripples if one.at < hole.start),
            frames=hole.frames,
            clip=hole.clip,
        )
        for hole in sorted(torn, key=lambda hole: (hole.start, hole.track))
    )


def _covered(placement: Placement, one: ClipPlace) -> tuple[Fraction, Fraction]:
    """The old frames [start, end) of the clip that the take replaces; empty where it does not reach it."""
    return max(one.at, Fraction(placement.start)), min(one.end, Fraction(placement.end))


def _meets(placement: Placement, one: ClipPlace) -> bool:
    """Whether the take goes into the clip; one that replaces nothing goes where it is put in."""
    start, end = _covered(placement, one)
    return start < end or (placement.length == 0 and one.at <= placement.start <= one.end)


def _span(placement: Placement, one: ClipPlace) -> tuple[Fraction, Fraction]:
    """The frames [start, end) that the take then fills on the clip's track, of the timeline up to there.

    Sound that starts later or ends sooner than the picture is filled from where its edge has moved to.
    """
    start, end = _covered(placement, one)
    new_start, new_end = start, end
    for ripple in sorted(placement.ripples, key=lambda ripple: -ripple.at):
        new_start = ripple.start(new_start) if start > placement.start else start
        new_end = ripple.end(new_end)
    if end == placement.end:
        new_end = Fraction(placement.start + placement.source_range[1])
    return new_start, new_end


class _Edit:
    """One edit under way: a copy of the timeline, changed from its end to its start.

    In that order, the frames of every placement and ripple still to come are those of the old timeline.
    """

    def __init__(
        self,
        timeline: otio.schema.Timeline,
        place: ClipPlace,
        sound: tuple[ClipPlace, ...],
        mode: RippleMode,
    ) -> None:
        self.timeline = timeline.deepcopy()
        self.holes: list[Hole] = []
        self._mode = mode
        self._blade = Blade(rate=place.rate, links=LinkNumbers(timeline))
        self._clips = {one: clip_at(timeline, one) for one in (place, *sound)}

    def put(self, placement: Placement) -> None:
        met = [one for one in self._clips if _meets(placement, one)]
        for ripple in sorted(placement.ripples, key=lambda ripple: -ripple.at):
            self.ripple(ripple)
        for one in met:
            start, end = _span(placement, one)
            track = self.timeline.tracks[one.track]
            take = self._take(placement, one)
            self.timeline.tracks[one.track] = replace(track, start, end - start, (take,), self._blade)

    def check_locks(self, before: otio.schema.Timeline) -> None:
        for number, (old, new) in enumerate(zip(before.tracks, self.timeline.tracks, strict=True), start=1):
            locked = any(old.metadata.get(space, {}).get(key) for space, key in _LOCKS)
            if locked and old.find_clips() and not old.is_equivalent_to(new):
                name = repr(old.name) if old.name else str(number)
                raise UnsupportedEdit(f"track {name} is locked and would have to move; unlock it first")

    def ripple(self, ripple: Ripple) -> None:
        """Takes the time out of every track that moves, and puts the new time in."""
        own = {one.track for one in self._clips}
        for index, before in enumerate(self.timeline.tracks):
            if self._mode == "linked" and index not in own:
                continue
            if not isinstance(before, otio.schema.Track):
                raise UnsupportedEdit(
                    f"{before.name!r} is a nested sequence in place of a track; flatten it first"
                )
            track, hole = self._rippled(before, ripple)
            filled = any(one.track == index and one.at < ripple.at < one.end for one in self._clips)
            if hole is not None and not filled:
                name = track.name or f"track {index + 1}"
                self.holes.append(Hole(track=name, start=hole.start, frames=hole.frames, clip=hole.clip))
            _move_markers(track, ripple, self._blade.rate)
            self.timeline.tracks[index] = track
        if self._mode == "all":
            _move_markers(self.timeline.tracks, ripple, self._blade.rate)

    def _rippled(self, track: otio.schema.Track, ripple: Ripple) -> tuple[otio.schema.Track, Torn | None]:
        shorter = remove(track, ripple.at, ripple.removed, self._blade) if ripple.removed else track
        return add_time(shorter, ripple.at, ripple.added, self._blade) if ripple.added else (shorter, None)

    def _take(self, placement: Placement, one: ClipPlace) -> otio.schema.Clip:
        """The clip again, effects, metadata and markers and all, but playing the take."""
        rate = self._blade.rate
        start, end = _covered(placement, one)
        new_start, new_end = _span(placement, one)
        take = part(self._clips[one], start - one.at, end - start, rate)
        replaced = take.source_range
        first = placement.facts.start + placement.source_range[0] + new_start - placement.start
        _retime_markers(take, placement, start, rate)
        take.name = placement.name
        take.source_range = time_range(first, new_end - new_start, rate)
        nameless = otio.schema.Clip.DEFAULT_MEDIA_KEY  # a hostile file may leave the key empty
        references = {key or nameless: one for key, one in take.media_references().items()}
        active = take.active_media_reference_key or nameless
        if take.media_reference is not None:
            references.setdefault(SOURCE_KEY, take.media_reference.deepcopy())
        references[active] = _reference(placement)
        take.set_media_references(references, active)
        if "pickup" not in take.metadata:
            take.metadata["pickup"] = {}
        take.metadata["pickup"].setdefault("source_range", replaced)
        self._blade.links.split(take, ("take", placement.start))
        return take


def _reference(placement: Placement) -> otio.schema.ExternalReference:
    """Resolve finds media by bare paths only, not by file:// URLs; the other programs take both."""
    reference = otio.schema.ExternalReference(target_url=placement.media.as_posix())
    reference.name = placement.media.name
    note_facts(reference, placement.facts)
    reference.metadata["pickup"]["drop_frame"] = placement.drop_frame
    return reference


def _move_markers(item: otio.core.Item, ripple: Ripple, rate: Fraction) -> None:
    """Moves markers of a track or of the whole timeline. One inside a removal comes to lie at its start."""
    for marker in item.markers:
        span = marker.marked_range
        start = exact_frames(span.start_time, rate)
        end = start + exact_frames(span.duration, rate)
        moved, moved_end = ripple.start(start), ripple.end(end)
        marker.marked_range = TimeRange(
            _shifted(span.start_time, moved - start, rate),
            _shifted(span.duration, max(moved_end - moved, Fraction(0)) - (end - start), rate)
            if end > start
            else span.duration,
        )


def _retime_markers(take: otio.schema.Clip, placement: Placement, start: Fraction, rate: Fraction) -> None:
    """The markers on the clip's own media, moved to the same moments of the take."""
    origin = take.source_range.start_time
    for marker in take.markers:
        span = marker.marked_range
        frame = start + exact_frames(span.start_time - origin, rate)
        for ripple in sorted(placement.ripples, key=lambda ripple: -ripple.at):
            frame = ripple.start(frame)
        first = placement.facts.start + placement.source_range[0] + frame - placement.start
        marker.marked_range = time_range(first, exact_frames(span.duration, rate), rate)


def _shifted(time: RationalTime, frames: Fraction, rate: Fraction) -> RationalTime:
    """The time moved by frames of the timeline, in its own rate."""
    own = exact_rate(time.rate)
    return RationalTime(float(exact_value(time.value) + frames * own / rate), time.rate)
