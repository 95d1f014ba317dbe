"""An edit on trial: a few frames go from the middle of the longest clip, on all tracks."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.clip_place import ClipPlace
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.opentime import timeline_rate
from otio_adapters.placement import PlaceReport, Ripple
from otio_adapters.ripple import length, starts, window_start
from otio_adapters.takes import place_takes
from otio_adapters.transitions import Mix, mixes_of

FRAMES = 5  # of shorter clips as many as leave one on either side, and one of two
_TRIES = 24  # ours: each try copies the timeline; where so many clips refuse the edit, the next one will too


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The timeline after the cut, the clip and the frames that were cut, and why longer clips were not."""

    report: PlaceReport
    place: ClipPlace
    cut: Ripple
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """A clip or a nested sequence, and what would be cut of it: None of one that is too short."""

    place: ClipPlace
    cut: Ripple | None
    nested: bool


def trial_cut(timeline: otio.schema.Timeline) -> Trial:
    """Takes `FRAMES` frames out of the middle of the longest clip that can be cut.

    Raises `UnsupportedEdit` with the longest clip's reason where none can, and `UnreadableTimeline` for a
    timeline without clips.
    """
    timeline_rate(timeline)  # that of an empty one is unknown
    refused: list[str] = []
    for choice in _longest_first(timeline):
        place, cut = choice.place, choice.cut
        if cut is None:
            refused.append(f"{place.name!r} has {float(place.length):g} frames, too few to lose any")
            break
        try:
            report = place_takes(timeline, place, (), trims=(cut,))
        except UnsupportedEdit as error:
            refused.append(str(error))
            if len(refused) == _TRIES:
                break
        else:
            return Trial(report=report, place=place, cut=cut, refused=tuple(refused))
    raise UnsupportedEdit(
        refused[0] if refused else f"the timeline {timeline.name!r} has no clips on its tracks"
    )


def _longest_first(timeline: otio.schema.Timeline) -> list[_Choice]:
    """The clips, picture before sound; of those that begin and end together the first one.

    Where there is a choice nothing is removed whole, and nested sequences are not cut.
    """
    alike: dict[tuple[Fraction, Fraction], _Choice] = {}
    for choice in sorted(_choices(timeline), key=lambda one: one.nested):
        alike.setdefault((choice.place.at, choice.place.length), choice)
    short = sorted((one.place.at, one.place.end) for one in alike.values() if one.place.length <= FRAMES)
    return sorted(alike.values(), key=lambda one: (one.nested, _swallows(one.cut, short), -one.place.length))


def _swallows(cut: Ripple | None, spans: Sequence[tuple[Fraction, Fraction]]) -> bool:
    """Whether any of the spans, which are in order, would be gone; so would a clip too short to be cut."""
    if cut is None:
        return True
    end = Fraction(cut.at + cut.removed)
    inside = spans[bisect_left(spans, (Fraction(cut.at),)) : bisect_left(spans, (end,))]
    return any(last <= end for _, last in inside)


def _choices(timeline: otio.schema.Timeline) -> Iterator[_Choice]:
    rate = timeline_rate(timeline)
    tracks = [pair for pair in enumerate(timeline.tracks) if isinstance(pair[1], otio.schema.Track)]
    for number, track in sorted(tracks, key=lambda pair: pair[1].kind != otio.schema.TrackKind.Video):
        offset = window_start(track, rate)
        children = list(track)
        begins = starts(children, rate)
        mixes = {mix.index: mix for mix in mixes_of(children, begins, rate)}
        for index, item in enumerate(children):
            if isinstance(item, otio.core.Item) and not isinstance(item, otio.schema.Gap):
                place = ClipPlace(
                    name=item.name or f"clip {index + 1} of {track.name or f'track {number + 1}'}",
                    track=number,
                    index=index,
                    at=Fraction(begins[index]) - offset,
                    length=length(item, rate),
                    rate=rate,
                )
                cut = _middle(place, mixes.get(index - 1), mixes.get(index + 1))
                yield _Choice(place=place, cut=cut, nested=not isinstance(item, otio.schema.Clip))


def _middle(place: ClipPlace, head: Mix | None, tail: Mix | None) -> Ripple | None:
    """The middle of what transitions at its head and tail leave of the clip; of all where that is none."""
    if place.length < 2:
        return None
    first = place.at + (head.after if head is not None else 1)
    end = place.end - (tail.before if tail is not None else 1)
    if end - first < 1:  # one frame of two, or one that a transition at the other end leaves
        first = place.at if head is None and tail is not None else first
        end = place.end if tail is None else end
    if end - first < 1:
        first, end = place.at, place.end
    frames = max(min(FRAMES, int(end - first)), 1)
    return Ripple(at=math.ceil(first + (end - first - frames) / 2), removed=frames)
