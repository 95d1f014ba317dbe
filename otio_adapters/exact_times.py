"""Times made exact once, where a timeline comes in; what no time can be is refused there."""

from __future__ import annotations

from pathlib import Path

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.opentime import exact_float

MAX_FRAMES = 2**40  # years, counted in samples of sound


def make_exact(timeline: otio.schema.Timeline, path: Path) -> None:
    """In place: 29.97 becomes 30000/1001 in every time that OTIO knows of. Raises `UnreadableTimeline`."""
    _make_rates_exact(timeline)
    _check_ranges(timeline, path)


def _check_ranges(timeline: otio.schema.Timeline, path: Path) -> None:
    """Every item on a track must say how long it plays, and no time is beyond what frames can count."""
    for item in (item for track in timeline.tracks if isinstance(track, otio.schema.Track) for item in track):
        if isinstance(item, otio.schema.Transition):
            times = (item.in_offset, item.out_offset)
        else:
            try:
                shown = item.trimmed_range()
            except otio.exceptions.OTIOError as error:
                raise UnreadableTimeline(
                    f"{path}: {item.name!r} has no source range, and how long its media is is not said"
                ) from error
            times = (shown.start_time, shown.duration)
        first, frames = times[0].value, times[1].value
        if not (-MAX_FRAMES < first < MAX_FRAMES and 0 <= frames < MAX_FRAMES):
            raise UnreadableTimeline(f"{path}: {item.name!r} has the impossible range {times[0]}, {times[1]}")


def _make_rates_exact(timeline: otio.schema.Timeline) -> None:
    if timeline.global_start_time is not None:
        timeline.global_start_time = _exact_time(timeline.global_start_time)
    _make_item_exact(timeline.tracks)
    for child in timeline.tracks.find_children():
        if isinstance(child, otio.schema.Transition):
            child.in_offset = _exact_time(child.in_offset)
            child.out_offset = _exact_time(child.out_offset)
        else:
            _make_item_exact(child)


def _make_item_exact(item: otio.core.Item) -> None:
    item.source_range = _exact_range(item.source_range)
    for marker in item.markers:
        marker.marked_range = _exact_range(marker.marked_range)
    if isinstance(item, otio.schema.Clip):
        for reference in item.media_references().values():
            if reference is not None and reference.available_range is not None:
                reference.available_range = _exact_range(reference.available_range)


def _exact_range(span: TimeRange | None) -> TimeRange | None:
    return span and TimeRange(_exact_time(span.start_time), _exact_time(span.duration))


def _exact_time(time: RationalTime) -> RationalTime:
    return RationalTime(time.value, exact_float(time.rate))
