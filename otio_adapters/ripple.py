"""Edits on one track: blade, remove, add time, replace. Pure: a track goes in, another comes out.

    split      AAAAAA        ->  AAA|AAA
    remove     AAA[AA]BBB    ->  AAABBB
    add_time   AAA^AAABB     ->  AAA...AAABB      a clip that spans it is split, a gap grows
    replace    AAA[AA]BBB    ->  AAAXXXXBBB

Positions are frames of the timeline's rate, counted from the start of the track. OTIO's own edit algorithms
exist in C++ alone, work on one track, and delete the wrong child in 0.18.1. A dissolve is never cut: an edit
at its cut or inside its span raises `UnsupportedEdit` with its name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from otio_adapters.errors import UnsupportedEdit
from otio_adapters.links import LinkNumbers
from otio_adapters.opentime import (
    exact_frames,
    exact_rate,
    exact_value,
    rational_time,
    seconds,
    time_range,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blade:
    """What a cut needs to know: the timeline's rate, and new link numbers for what lies right of the cut."""

    rate: Fraction
    links: LinkNumbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Torn:
    """Time added in the middle of a clip: it leaves `frames` frames of nothing at `start`."""

    start: int
    frames: int
    clip: str


def length(item: otio.core.Composable, rate: Fraction) -> Fraction:
    """How long the item plays, in frames; nothing for a transition, which lies over its neighbours."""
    if isinstance(item, otio.schema.Transition):
        return Fraction(0)
    return exact_frames(item.trimmed_range().duration, rate)


def placed(track: otio.schema.Track, rate: Fraction) -> Iterator[tuple[Fraction, otio.core.Composable]]:
    """Each child with the frame it starts at; a transition is at its cut."""
    at = Fraction(0)
    for item in track:
        yield at, item
        at += length(item, rate)


def track_length(track: otio.schema.Track, rate: Fraction) -> Fraction:
    """The sum of the track's items, in frames."""
    return sum((length(item, rate) for item in track), Fraction(0))


def crossfades(children: Sequence[otio.core.Composable], index: int) -> bool:
    """Whether the transition there has a clip on either side; a fade from or to nothing has not."""
    sides = [*children[index - 1 : index], *children[index + 1 : index + 2]]
    nothing = (otio.schema.Gap, otio.schema.Transition)
    return len(sides) == 2 and not any(isinstance(side, nothing) for side in sides)


def speed(item: otio.core.Item) -> Fraction:
    """How fast the item plays its media. Raises `UnsupportedEdit` where that is not steadily forward."""
    effect = ramp(item)
    if effect is not None:
        raise UnsupportedEdit(
            f"{item.name!r} has the speed effect {effect!r}, which cannot be cut; render it in place in the "
            "editing program first"
        )
    return steady_speed(item)


def steady_speed(item: otio.core.Item) -> Fraction:
    """How many frames of media pass with each frame, whichever way; 1 under a ramp or a freeze."""
    factor = Fraction(1)
    for effect in item.effects:
        if type(effect) is otio.schema.LinearTimeWarp and effect.time_scalar:
            factor *= abs(Fraction(effect.time_scalar).limit_denominator(100_000))
    return factor


def ramp(item: otio.core.Item) -> str | None:
    """The name of the item's ramp, freeze or reversal; None where it plays steadily forward."""
    for effect in item.effects:
        steady = type(effect) is otio.schema.LinearTimeWarp and effect.time_scalar > 0
        if isinstance(effect, otio.schema.TimeEffect) and not steady:
            return str(effect.name or effect.schema_name())
    return None


def split(track: otio.schema.Track, at: int, blade: Blade) -> otio.schema.Track:
    """The track with a cut at frame `at`; the same items where one lies there already."""
    children = _children(track)
    _cut(children, at, blade)
    return _track_of(track, children, blade.rate)


def remove(track: otio.schema.Track, start: int, frames: int, blade: Blade) -> otio.schema.Track:
    """The track without [start, start + frames); what follows moves up. A clip across it loses its middle."""
    return replace(track, start, frames, (), blade)


def replace(
    track: otio.schema.Track,
    start: Fraction | int,
    frames: Fraction | int,
    items: Sequence[otio.core.Composable],
    blade: Blade,
) -> otio.schema.Track:
    """The track with [start, start + frames) taken out and `items`, of whatever length, in its place."""
    children = _children(track)
    _cut(children, start + frames, blade)
    first = _cut(children, start, blade)
    last = _cut(children, start + frames, blade)
    missing = start - track_length(track, blade.rate)
    padding = [gap(missing, blade.rate)] if items and missing > 0 else []
    children[first:last] = padding + [item.deepcopy() for item in items]
    return _track_of(track, children, blade.rate)


def overwrite(
    track: otio.schema.Track, start: int, items: Sequence[otio.core.Composable], blade: Blade
) -> otio.schema.Track:
    """The track with `items` laid over what was there from frame `start`; nothing else moves."""
    frames = sum((length(item, blade.rate) for item in items), Fraction(0))
    return replace(track, start, frames, items, blade)


def add_time(
    track: otio.schema.Track, at: int, frames: int, blade: Blade
) -> tuple[otio.schema.Track, Torn | None]:
    """The track with `frames` frames of nothing at `at`, and the hole that this tore into a clip, if it did.

    A gap there grows; at an item's edge a gap is put in; after the track's end nothing changes.
    """
    children = _children(track)
    here = [(s, item) for s, item in placed(track, blade.rate) if isinstance(item, otio.core.Item)]
    around = [item for s, item in here if s <= at <= s + length(item, blade.rate)]
    if at >= track_length(track, blade.rate):
        return track.deepcopy(), None
    _refuse_dissolves(children, at, blade.rate)
    idle = next((item for item in around if isinstance(item, otio.schema.Gap)), None)
    if idle is not None:
        index = [item is idle for item in track].index(True)
        children[index] = _resized(idle, length(idle, blade.rate) + frames, blade.rate)
        return _track_of(track, children, blade.rate), None
    torn = next((item for s, item in here if s < at < s + length(item, blade.rate)), None)
    index = _cut(children, at, blade)
    children.insert(index, gap(frames, blade.rate))
    hole = Torn(start=at, frames=frames, clip=torn.name) if torn is not None else None
    return _track_of(track, children, blade.rate), hole


def gap(frames: Fraction | int, rate: Fraction) -> otio.schema.Gap:
    """Nothing, for a number of frames."""
    return otio.schema.Gap(source_range=time_range(0, frames, rate))


def part(
    item: otio.core.Item, first: Fraction | int, frames: Fraction | int, rate: Fraction
) -> otio.core.Item:
    """A copy of the item that plays only its own frames [first, first + frames), with the markers in there.

    First and last part also keep the markers that lie before and after what the item shows.
    """
    whole = item.trimmed_range()
    piece = item.deepcopy()
    start = _later(whole.start_time, first * speed(item), rate) if first else whole.start_time
    piece.source_range = TimeRange(start, _duration_like(whole.duration, Fraction(frames), rate))
    ends_there = first + frames >= length(item, rate)
    begin, end = seconds(start), seconds(start) + Fraction(frames) / rate * speed(item)
    for marker in reversed(list(enumerate(item.markers))):
        at = seconds(marker[1].marked_range.start_time)
        if (first and at < begin) or (not ends_there and at >= end):
            del piece.markers[marker[0]]
    return piece


def _children(track: otio.schema.Track) -> list[otio.core.Composable]:
    return [item.deepcopy() for item in track]


def _track_of(
    track: otio.schema.Track, children: Iterable[otio.core.Composable], rate: Fraction
) -> otio.schema.Track:
    """The track with other children. A track that trims its own content cannot be edited on its frames."""
    before = track_length(track, rate)
    edited = track.deepcopy()
    window = track.source_range
    del edited[:]
    edited.extend(list(children))
    if window is not None:
        shown = exact_frames(window.duration, rate)
        if window.start_time.value or shown < before:
            raise UnsupportedEdit(
                f"track {track.name!r} shows only a part of its content; render it in place, or take the "
                "trim away, before editing it"
            )
        # Kdenlive gives each track a range as long as the timeline.
        edited.source_range = time_range(0, shown + track_length(edited, rate) - before, rate)
    return edited


def _cut(children: list[otio.core.Composable], at: Fraction | int, blade: Blade) -> int:
    """Puts a cut at frame `at` of the list; returns the index of the item that starts there."""
    if at <= 0:
        return 0
    _refuse_dissolves(children, at, blade.rate)
    start = Fraction(0)
    for index, item in enumerate(children):
        if isinstance(item, otio.schema.Transition):
            continue
        if start >= at:
            return index
        end = start + length(item, blade.rate)
        if at < end:
            left = part(item, 0, at - start, blade.rate)
            right = part(item, at - start, end - at, blade.rate)
            blade.links.split(right, at)
            children[index : index + 1] = [left, right]
            return index + 1
        start = end
    return len(children)


def _refuse_dissolves(children: Iterable[otio.core.Composable], at: Fraction | int, rate: Fraction) -> None:
    start = Fraction(0)
    for item in children:
        if isinstance(item, otio.schema.Transition):
            before, after = exact_frames(item.in_offset, rate), exact_frames(item.out_offset, rate)
            if at == start or start - before < at < start + after:
                raise UnsupportedEdit(
                    f"the transition {item.name or item.transition_type or 'without a name'!r} at frame "
                    f"{float(start):g} is where the edit cuts (frame {float(at):g}): move or remove it first"
                )
        start += length(item, rate)


def _later(time: RationalTime, frames: Fraction, rate: Fraction) -> RationalTime:
    """`time` moved by frames of the timeline, in its own rate. Resolve too writes fractions there."""
    own = exact_rate(time.rate)
    return RationalTime(float(exact_value(time.value) + frames * own / rate), time.rate)


def _duration_like(model: RationalTime, frames: Fraction, rate: Fraction) -> RationalTime:
    """A duration in the model's rate where it is whole there, else in the timeline's."""
    own = exact_rate(model.rate)
    value = frames * own / rate
    return rational_time(value, own) if value.denominator == 1 else rational_time(frames, rate)


def _resized(item: otio.core.Item, frames: Fraction, rate: Fraction) -> otio.core.Item:
    whole = item.trimmed_range()
    copy = item.deepcopy()
    copy.source_range = TimeRange(whole.start_time, _duration_like(whole.duration, frames, rate))
    return copy
