"""Markers. FCPXML has none of a timeline: those on the storyline's clips stand for them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.fcpxml.document import ZERO
from otio_adapters.fcpxml.rational import on_grid, time_of
from otio_adapters.fcpxml.story import Story, Strip
from otio_adapters.opentime import exact_frames, rational_time, time_range
from otio_adapters.ripple import heading, steady_speed

MARKERS = frozenset({"marker", "chapter-marker"})


def marker_place(strip: Strip, element: Element, rate: Fraction) -> Fraction:
    """The frame of the sequence that a clip's marker is at, exactly."""
    return strip.start + (time_of(element, "start") - strip.local) / strip.pace.local * rate


def shown_markers(strip: Strip, rate: Fraction) -> Iterator[tuple[str, Strip, Element]]:
    """A clip's markers that its trim does not hide, marked by the clip and their count among its children."""
    for count, element in enumerate(strip.clip):
        if element.tag in MARKERS and strip.start <= marker_place(strip, element, rate) < strip.end:
            yield f"{strip.mark}/{count}", strip, element


def storyline_markers(story: Story) -> Iterator[tuple[str, Strip, Element]]:
    """The markers that show on the storyline's own clips."""
    for strip in story.strips.values():
        if not strip.parent:
            yield from shown_markers(strip, story.rate)


def marker_of(mark: str, strip: Strip, element: Element, rate: Fraction) -> otio.schema.Marker:
    """The marker at its frame of the sequence."""
    frames = on_grid(time_of(element, "duration", ZERO) * rate)
    at = on_grid(marker_place(strip, element, rate))
    marker = otio.schema.Marker(element.get("value", ""), time_range(at, max(frames, ZERO), rate))
    marker.comment = element.get("note", "")
    marker.metadata["pickup"] = {"xml": mark}
    return marker


def clip_marker(
    mark: str, strip: Strip, element: Element, item: otio.core.Item, rate: Fraction
) -> otio.schema.Marker:
    """The marker at its frame of the clip's media."""
    marker = marker_of(mark, strip, element, rate)
    into = exact_frames(marker.marked_range.start_time, rate) - on_grid(strip.start)
    first = exact_frames(item.source_range.start_time, rate) + into * steady_speed(item) * (
        heading(item) or 1
    )
    marker.marked_range = otio.opentime.TimeRange(rational_time(first, rate), marker.marked_range.duration)
    return marker
