"""Takes on the timeline: where a clip's frames give way to rendered ones, and all else keeps in step.

Every track of the timeline is in sync: time that goes or comes with a take goes or comes on all of them, and
a clip, nested sequence or gap across that moment is cut or made longer. Locked tracks cannot follow, and are
refused where they would have to.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from otio_adapters.clip_place import ClipPlace, clip_names, find_clip, linked_audio
from otio_adapters.cover import SOURCE_KEY
from otio_adapters.errors import UnwritableOutput
from otio_adapters.formats import format_of
from otio_adapters.loss import check_tracks
from otio_adapters.native import resolve
from otio_adapters.placement import Hole, Lay, Placed, Placement, PlaceReport, Ripple, RippleMode, Splice
from otio_adapters.ripple import track_length
from otio_adapters.timeline_edit import TimelineEdit

__all__ = [
    "SOURCE_KEY",
    "ClipPlace",
    "Hole",
    "Lay",
    "PlaceReport",
    "Placed",
    "Placement",
    "Ripple",
    "RippleMode",
    "Splice",
    "check_lay",
    "clip_names",
    "duration",
    "find_clip",
    "linked_audio",
    "place_takes",
    "put_takes",
]


def place_takes(
    timeline: otio.schema.Timeline,
    place: ClipPlace,
    placements: Sequence[Placement],
    ripple: RippleMode = "all",
    trims: Sequence[Ripple] = (),
    *,
    lay: Lay = "replace",
) -> PlaceReport:
    """As `put_takes`, on a copy: the given timeline is left alone."""
    return put_takes(timeline.deepcopy(), place, placements, ripple, trims, lay=lay)


def put_takes(
    timeline: otio.schema.Timeline,
    place: ClipPlace,
    placements: Sequence[Placement],
    ripple: RippleMode = "all",
    trims: Sequence[Ripple] = (),
    *,
    lay: Lay = "replace",
) -> PlaceReport:
    """Puts the takes into the clip at `place` and into its linked sound, in place.

    `trims`: time that goes from the clip's own head or tail, where no take is needed.
    With `ripple="all"` a change of length moves every track and marker; with "linked" only the clip's own
    track and those of its linked sound. Raises `UnsupportedEdit` where the edit meets a dissolve, a speed
    that is not steadily forward, or a locked track that would have to change; nothing has changed then.
    """
    ordered = sorted(placements, key=lambda placement: placement.start)
    _check(place, ordered)
    placed = _placed(ordered, trims)
    edit = TimelineEdit(timeline, place, placements=ordered, trims=trims, mode=ripple, lay=lay)
    before = edit.frames
    splice = Splice(
        placements=tuple(ordered),
        trims=tuple(sorted(trims, key=lambda trim: trim.at)),
        ripple=ripple,
        track=_number(timeline, place.track),
        sound_tracks=tuple(sorted({_number(timeline, track) for track in edit.sound_tracks})),
    )
    holes = edit.make(placed)
    ripples = [*trims, *(ripple for placement in ordered for ripple in placement.ripples)]
    return PlaceReport(
        timeline=timeline,
        placed=placed,
        holes=_holes(holes, ripples),
        duration_before=before,
        duration_after=edit.frames,
        splice=splice if lay == "replace" else None,
    )


def check_lay(lay: Lay, timeline: otio.schema.Timeline, out: Path) -> None:
    """Raises `UnwritableOutput`, with the reason, where takes laid so cannot be written to `out`."""
    form = format_of(out, to_write=True)
    if not form.native:
        check_tracks(timeline, form.suffix)
    if form.native and not (lay == "reference" and resolve.speaks(timeline)):
        return
    if lay == "reference":
        holder = "Resolve" if form.native else form.suffix
        raise UnwritableOutput(
            f"{holder} keeps one media reference a clip, so a take cannot be its second one; replace it, or "
            "lay the take above it"
        )
    if lay == "above" and form.suffix == ".edl":
        raise UnwritableOutput(f"{out.name}: an edit list has one track of picture, and none above it")


def duration(timeline: otio.schema.Timeline, rate: Fraction) -> int:
    """The timeline's length in frames: its longest track's, up to the next whole frame."""
    lengths = [track_length(track, rate) for track in timeline.tracks if isinstance(track, otio.schema.Track)]
    return -int(-max(lengths, default=Fraction(0)) // 1)


def _number(timeline: otio.schema.Timeline, index: int) -> int:
    """Which one of its kind a track is, counted from 1."""
    kind = timeline.tracks[index].kind
    return sum(getattr(track, "kind", None) == kind for track in timeline.tracks[: index + 1])


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
        for ripples in (placement.ripples, placement.marks):
            moved = sum(ripple.added - ripple.removed for ripple in ripples)
            spread = all(
                placement.start <= one.at and one.at + one.removed <= placement.end for one in ripples
            )
            if moved != placement.change or not spread:
                raise ValueError(
                    f"the ripples of {placement.name} do not make up its change of length: {placement}"
                )
        at = Fraction(placement.end)


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
