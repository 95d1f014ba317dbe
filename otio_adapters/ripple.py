"""The items of a track: how long each plays and how fast, where it lies, and how it is cut in two.

OTIO's own edit algorithms exist in C++ alone, work on one track, delete the wrong child in 0.18.1, and do not
know of speeds. Positions are frames of the timeline's rate, counted from the start of the track.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from otio_adapters.errors import UnsupportedEdit
from otio_adapters.links import LinkNumbers
from otio_adapters.opentime import (
    Clock,
    exact_frames,
    exact_rate,
    exact_value,
    rational_time,
    seconds,
    time_range,
)

Frames = Fraction | int
HEADING = "heading"  # in the notes of an effect that plays backwards
_HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blade:
    """What a cut needs to know: what frames are called, and new link numbers for what lies right of it."""

    clock: Clock
    links: LinkNumbers

    @property
    def rate(self) -> Fraction:
        return self.clock.rate


def length(item: otio.core.Composable, rate: Fraction) -> Fraction:
    """How long the item plays, in frames; nothing for a transition, which lies over its neighbours."""
    if isinstance(item, otio.schema.Transition):
        return Fraction(0)
    return exact_frames(item.trimmed_range().duration, rate)


def starts(children: Sequence[otio.core.Composable], rate: Fraction) -> list[Frames]:
    """The frame that each child starts at, and that the last one ends at; a transition is at its cut.

    A timeline has tens of thousands of items, nearly all of a whole length: those are added up as they are.
    """
    found: list[Frames] = [0]
    at: Frames = 0
    own = float(rate)
    for item in children:
        if not isinstance(item, otio.schema.Transition):
            shown = item.duration()
            value = shown.value
            if shown.rate == own and value.is_integer():
                at += int(value)
            else:
                at += exact_frames(shown, rate)
        found.append(at)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """What lies on a track: its children, the frame that each starts at and that the last one ends at."""

    children: Sequence[otio.core.Composable]
    starts: Sequence[Frames]


def laid(track: otio.core.Composable, rate: Fraction) -> Laid:
    """Asked once for an edit: OTIO takes long to answer. What is there in place of a track has no places."""
    children = list(track) if isinstance(track, otio.core.Composition) else []
    return Laid(
        children=children, starts=starts(children, rate) if isinstance(track, otio.schema.Track) else ()
    )


def placed(track: otio.schema.Track, rate: Fraction) -> Iterator[tuple[Fraction, otio.core.Composable]]:
    """Each child with the frame it starts at; a transition is at its cut."""
    children = list(track)
    for at, item in zip(starts(children, rate), children, strict=False):
        yield Fraction(at), item


def window_start(track: otio.schema.Track, rate: Fraction) -> Fraction:
    """The frame of its content that the track begins with, where it shows only a part.

    Tracks made from edit lists are seen to begin a day before their content: the list's timecode was taken
    for a place in it. All of their content shows.
    """
    window = track.source_range
    return max(exact_frames(window.start_time, rate), Fraction(0)) if window is not None else Fraction(0)


def track_length(track: otio.schema.Track, rate: Fraction) -> Fraction:
    """The sum of the track's items, in frames."""
    return Fraction(starts(list(track), rate)[-1])


def crossfades(children: Sequence[otio.core.Composable], index: int) -> bool:
    """Whether the transition there has a clip on either side; a fade from or to nothing has not."""
    sides = [*children[index - 1 : index], *children[index + 1 : index + 2]]
    nothing = (otio.schema.Gap, otio.schema.Transition)
    return len(sides) == 2 and not any(isinstance(side, nothing) for side in sides)


def speed(item: otio.core.Item) -> Fraction:
    """How fast the item plays its media. Raises `UnsupportedEdit` where that is not steadily forward."""
    if warp(item) is not None:
        raise UnsupportedEdit(
            f"{item.name!r} {warp(item)}, which cannot be cut; render it in place in the editing program"
        )
    return steady_speed(item)


def steady_speed(item: otio.core.Item) -> Fraction:
    """How many frames of media pass with each frame, whichever way; 1 under a ramp or a freeze."""
    factor = Fraction(1)
    for effect in _time_effects(item):
        if type(effect) is otio.schema.LinearTimeWarp and effect.time_scalar:
            factor *= abs(Fraction(effect.time_scalar).limit_denominator(100_000))
    return factor


def ramp(item: otio.core.Item) -> str | None:
    """The name of the item's ramp, freeze or reversal; None where it plays steadily forward."""
    effect = _unsteady(item)
    return None if effect is None else str(effect.name or effect.schema_name())


def warp(item: otio.core.Item) -> str | None:
    """What an item does that does not play steadily forward, in words; None for one that does."""
    effect = _unsteady(item)
    if effect is None:
        return None
    name = str(effect.name or effect.schema_name())
    scalar = getattr(effect, "time_scalar", None)
    if scalar is None:
        return f"has a variable speed (the effect {name!r})"
    return f"plays backwards (the effect {name!r})" if scalar else f"is a freeze frame (the effect {name!r})"


def uncuttable(item: otio.core.Item) -> str | None:
    """What an item does that two parts of it cannot do, in words; None for one that can be cut in two."""
    return None if heading(item) is not None else warp(item)


def heading(item: otio.core.Item) -> int | None:
    """Which way the source time runs from its start: 1 on, -1 back, 0 not at all; None where nothing tells.

    Programs differ in which end of a reversed clip they call its start. Readers that know it note how it
    runs: on where the file counts the frames of the reversed media, back where it counts those of the media.
    """
    effects = _time_effects(item)
    if not all(isinstance(effect, otio.schema.LinearTimeWarp) for effect in effects):
        return None
    if any(effect.time_scalar == 0 for effect in effects):
        return 0
    back = [effect for effect in effects if effect.time_scalar < 0]
    if not back:
        return 1
    noted = back[0].metadata.get("pickup", {}).get(HEADING)
    return int(noted) if len(back) == 1 and noted in {1, -1} else None


def held(item: otio.core.Item) -> Fraction:
    """How many frames of a still were cut from its head. No source time tells: both parts show one frame.

    Noted for XML, where keyframes count them.
    """
    return Fraction(item.metadata.get("pickup", {}).get(_HELD, 0))


def _unsteady(item: otio.core.Item) -> otio.schema.TimeEffect | None:
    for effect in _time_effects(item):
        steady = type(effect) is otio.schema.LinearTimeWarp and effect.time_scalar > 0
        if not steady:
            return effect
    return None


def _time_effects(item: otio.core.Item) -> list[otio.schema.TimeEffect]:
    """Nearly all items have none; OTIO tells that at once, and walks through nothing in ten times as long."""
    effects = item.effects
    return [one for one in effects if isinstance(one, otio.schema.TimeEffect)] if len(effects) else []


def gap(frames: Frames, rate: Fraction) -> otio.schema.Gap:
    """Nothing, for a number of frames."""
    return otio.schema.Gap(source_range=time_range(0, frames, rate))


def part(item: otio.core.Item, first: Frames, frames: Frames, rate: Fraction) -> otio.core.Item:
    """A copy of the item that plays only its own frames [first, first + frames), with the markers there."""
    piece = item.deepcopy()
    keep(piece, first, frames, rate)
    return piece


def keep(item: otio.core.Item, first: Frames, frames: Frames, rate: Fraction) -> None:
    """In place: the item plays only its own frames [first, first + frames), with the markers in there.

    First and last part also keep the markers that lie before and after what the item shows.
    """
    whole = item.trimmed_range()
    way = heading(item)
    factor = speed(item) if way is None else way * steady_speed(item)
    if first and not factor and "xml" in item.metadata.get("pickup", {}):
        item.metadata["pickup"] = {**item.metadata["pickup"], _HELD: str(held(item) + first)}
    ends_there = first + frames >= exact_frames(whole.duration, rate)
    start = later(whole.start_time, first * factor, rate) if first else whole.start_time
    item.source_range = TimeRange(start, duration_like(whole.duration, Fraction(frames), rate))
    if not len(item.markers):
        return
    begin, lasts = seconds(start), Fraction(frames) / rate * abs(factor)
    for index in range(len(item.markers) - 1, -1, -1):
        into = (seconds(item.markers[index].marked_range.start_time) - begin) * (-1 if factor < 0 else 1)
        if (first and into < 0) or (not ends_there and into >= lasts):
            del item.markers[index]


def later(time: RationalTime, frames: Frames, rate: Fraction) -> RationalTime:
    """`time` moved by frames of the timeline, in its own rate. Resolve too writes fractions there."""
    own = exact_rate(time.rate)
    return RationalTime(float(exact_value(time.value) + frames * own / rate), time.rate)


def duration_like(model: RationalTime, frames: Fraction, rate: Fraction) -> RationalTime:
    """A duration in the model's rate where it is whole there, else in the timeline's."""
    own = exact_rate(model.rate)
    value = frames * own / rate
    return rational_time(value, own) if value.denominator == 1 else rational_time(frames, rate)
