"""An edit on trial: a few frames go from the middle of the longest clip, on all tracks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio

from otio_adapters.clip_place import ClipPlace, clip_at
from otio_adapters.errors import UnsupportedEdit
from otio_adapters.opentime import timeline_rate
from otio_adapters.placement import PlaceReport, Ripple
from otio_adapters.ripple import length, placed, window_start
from otio_adapters.takes import place_takes

FRAMES = 5  # of shorter clips as many as leave one on either side, and one of two
_TRIES = 24  # ours: each try copies the timeline; where so many clips refuse the edit, the next one will too


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The timeline after the cut, the clip and the frames that were cut, and why longer clips were not."""

    report: PlaceReport
    place: ClipPlace
    cut: Ripple
    refused: tuple[str, ...]


def trial_cut(timeline: otio.schema.Timeline) -> Trial:
    """Takes `FRAMES` frames out of the middle of the longest clip that can be cut.

    Raises `UnsupportedEdit` with the longest clip's reason where none can, and `UnreadableTimeline` for a
    timeline without clips.
    """
    timeline_rate(timeline)  # that of an empty one is unknown
    refused: list[str] = []
    for place in _longest_first(timeline):
        cut = _middle(place)
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


def _middle(place: ClipPlace) -> Ripple | None:
    if place.length < 2:
        return None
    frames = max(min(FRAMES, int(place.length) - 2), 1)
    return Ripple(at=math.ceil(place.at + (place.length - frames) / 2), removed=frames)


def _longest_first(timeline: otio.schema.Timeline) -> list[ClipPlace]:
    """The clips, picture before sound; of those that begin and end together the first one.

    Where there is a choice nothing is removed whole, and nested sequences are not cut.
    """
    alike: dict[tuple[Fraction, Fraction], ClipPlace] = {}
    for place in sorted(_items(timeline), key=lambda place: _is_nested(timeline, place)):
        alike.setdefault((place.at, place.length), place)
    short = [place for place in alike.values() if place.length <= FRAMES]
    return sorted(
        alike.values(),
        key=lambda place: (_is_nested(timeline, place), _swallows(_middle(place), short), -place.length),
    )


def _swallows(cut: Ripple | None, places: Sequence[ClipPlace]) -> bool:
    """Whether any of them would be gone; so would a clip too short to be cut."""
    return cut is None or any(cut.at <= one.at and one.end <= cut.at + cut.removed for one in places)


def _is_nested(timeline: otio.schema.Timeline, place: ClipPlace) -> bool:
    return not isinstance(clip_at(timeline, place), otio.schema.Clip)


def _items(timeline: otio.schema.Timeline) -> Iterator[ClipPlace]:
    rate = timeline_rate(timeline)
    tracks = [pair for pair in enumerate(timeline.tracks) if isinstance(pair[1], otio.schema.Track)]
    for number, track in sorted(tracks, key=lambda pair: pair[1].kind != otio.schema.TrackKind.Video):
        offset = window_start(track, rate)
        for index, (start, item) in enumerate(placed(track, rate)):
            if isinstance(item, otio.core.Item) and not isinstance(item, otio.schema.Gap):
                yield ClipPlace(
                    name=item.name or f"clip {index + 1} of {track.name or f'track {number + 1}'}",
                    track=number,
                    index=index,
                    at=start - offset,
                    length=length(item, rate),
                    rate=rate,
                )
