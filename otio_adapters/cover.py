"""What a take covers of a clip, and the clip that then plays there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.clip_place import ClipPlace
from otio_adapters.media_linker import note_facts
from otio_adapters.opentime import exact_frames, seconds, time_range
from otio_adapters.placement import Lay, Placement, Ripple
from otio_adapters.ripple import Blade, gap, part, steady_speed
from otio_adapters.track_changes import Change

SOURCE_KEY = "PICKUP_SOURCE"  # under this the take's clip keeps a reference to what it replaces


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """Where a take meets a clip: the old frames [start, end) give way to [new_start, new_end).

    The latter count from the timeline with the take's own ripples made and none before it. Sound that starts
    later or ends sooner than the picture is covered from where its edge has moved to.
    """

    placement: Placement
    place: ClipPlace
    start: Fraction
    end: Fraction
    new_start: Fraction
    new_end: Fraction

    @property
    def frames(self) -> Fraction:
        return self.new_end - self.new_start

    @property
    def first(self) -> Fraction:
        """The frame of the take's file that is shown first."""
        return self.placement.source_range[0] + self.new_start - self.placement.start

    def change(self, take: otio.schema.Clip) -> Change:
        """The take in place of what it covers."""
        tail = self.placement.facts.frames - self.first - self.frames
        return Change(start=self.start, end=self.end, items=(take,), handles=(self.first, tail))

    def absorbs(self, at: int) -> bool:
        """Whether time that comes in at that frame is part of the take."""
        placement = self.placement
        head = at == self.start == placement.start
        return head or self.start < at < self.end or at == self.end == placement.end


def cover_of(placement: Placement, place: ClipPlace) -> Cover | None:
    """None where the take does not reach the clip; one that replaces nothing goes where it is put in."""
    start, end = max(place.at, Fraction(placement.start)), min(place.end, Fraction(placement.end))
    inserted = placement.length == 0 and place.at <= placement.start <= place.end
    if start >= end and not inserted:
        return None
    new_start, new_end = start, end
    for ripple in sorted(placement.ripples, key=lambda ripple: -ripple.at):
        new_start = ripple.start(new_start) if start > placement.start else start
        new_end = ripple.end(new_end)
    if end == placement.end:
        new_end = Fraction(placement.start + placement.source_range[1])
    return Cover(placement=placement, place=place, start=start, end=end, new_start=new_start, new_end=new_end)


def outside(ripple: Ripple, covers: tuple[Cover, ...]) -> Iterator[Change]:
    """What a ripple does to a track beside the takes on it."""
    if ripple.added and not any(cover.absorbs(ripple.at) for cover in covers):
        yield Change(start=ripple.at, end=ripple.at, added=ripple.added)
    at, end = Fraction(ripple.at), Fraction(ripple.at + ripple.removed)
    for cover in sorted(covers, key=lambda cover: cover.start):
        if at < min(cover.start, end):
            yield Change(start=at, end=min(cover.start, end))
        at = max(at, cover.end)
    if at < end:
        yield Change(start=at, end=end)


def take_of(cover: Cover, clip: otio.schema.Clip, lay: Lay, blade: Blade) -> otio.schema.Clip:
    """The clip again, effects, metadata, markers and all, but playing the take, at the take's own speed."""
    placement, rate = cover.placement, blade.rate
    take = part(clip, cover.start - cover.place.at, cover.end - cover.start, rate)
    replaced, speed = take.source_range, steady_speed(take)
    _move_markers(take, cover, speed, rate)
    take.name = placement.name
    take.source_range = time_range(placement.facts.start + cover.first, cover.frames, rate)
    for index in range(len(take.effects) - 1, -1, -1):
        if isinstance(take.effects[index], otio.schema.TimeEffect):
            del take.effects[index]
    _refer(take, placement, lay)
    noted = dict(take.metadata.get("pickup", {}))
    noted.setdefault("source_range", replaced)
    if speed != 1:
        noted.setdefault("source_speed", str(speed))
    take.metadata["pickup"] = noted
    # What lies under a take is no part of its group.
    blade.links.join(take, ("above" if lay == "above" else "take", placement.start, placement.end))
    return take


def silenced(cover: Cover, clip: otio.schema.Clip, blade: Blade) -> Change:
    """The sound that a take lies above of, switched off, with the take's ripples made in it.

    Its pieces go with those of the picture, which is cut at the ripples alone.
    """
    items: list[otio.core.Item] = []
    at, rate = cover.start, blade.rate
    ripples = sorted(cover.placement.ripples, key=lambda ripple: ripple.at)
    cuts = [Fraction(cut) for one in ripples for cut in (one.at, one.at + one.removed)]

    def keep_up_to(end: Fraction) -> None:
        if at < end:
            piece = part(clip, at - cover.place.at, end - at, rate)
            piece.enabled = False
            if begun := [cut for cut in cuts if cut <= at]:
                blade.links.split(
                    piece, begun[-1], min((cut for cut in cuts if cut >= end), default=cover.place.end)
                )
            items.append(piece)

    for ripple in ripples:
        if cover.start <= ripple.at <= cover.end:
            keep_up_to(Fraction(ripple.at))
            at = max(at, Fraction(ripple.at))
            if ripple.added and cover.absorbs(ripple.at):
                items.append(gap(ripple.added, rate))
        at = max(at, min(Fraction(ripple.at + ripple.removed), cover.end))
    keep_up_to(cover.end)
    return Change(start=cover.start, end=cover.end, items=tuple(items))


def _refer(take: otio.schema.Clip, placement: Placement, lay: Lay) -> None:
    """The take's file, and the media that it replaces under another key.

    That key is the clip's own with "reference". Switching back moves no source range by itself: the one of
    the replaced media is in the clip's metadata, `pickup.source_range`.
    """
    nameless = otio.schema.Clip.DEFAULT_MEDIA_KEY  # a hostile file may leave the key empty
    references = {key or nameless: one for key, one in take.media_references().items()}
    active = take.active_media_reference_key or nameless
    if lay == "reference":
        active = placement.name
    elif take.media_reference is not None:
        references.setdefault(SOURCE_KEY, take.media_reference.deepcopy())
    references[active] = _reference(placement)
    take.set_media_references(references, active)


def _reference(placement: Placement) -> otio.schema.ExternalReference:
    """Resolve finds media by bare paths only, not by file:// URLs; the other programs take both."""
    reference = otio.schema.ExternalReference(target_url=placement.media.as_posix())
    reference.name = placement.media.name
    note_facts(reference, placement.facts)
    reference.metadata["pickup"]["drop_frame"] = placement.drop_frame
    return reference


def _move_markers(take: otio.schema.Clip, cover: Cover, speed: Fraction, rate: Fraction) -> None:
    """The markers on the clip's own media, moved to the same moments of the take."""
    placement = cover.placement
    origin = seconds(take.source_range.start_time)
    for marker in take.markers:
        span = marker.marked_range
        start = cover.start + (seconds(span.start_time) - origin) * rate / speed
        end = start + exact_frames(span.duration, rate) / speed
        for ripple in sorted(placement.marks, key=lambda ripple: -ripple.at):
            start, end = ripple.start(start), ripple.end(end)
        first = placement.facts.start + placement.source_range[0] + start - placement.start
        marker.marked_range = time_range(first, max(end - start, Fraction(0)), rate)
