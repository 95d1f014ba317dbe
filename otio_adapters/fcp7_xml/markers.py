"""Markers of a sequence and of clip items, and the element that one is written as."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcp7_xml.elements import add, number, put, rate_of
from otio_adapters.opentime import exact_frames, seconds


def marker_element(marker: otio.schema.Marker, first: int, frames: int) -> Element:
    element = etree.Element("marker")
    add(element, "comment", marker.comment)
    add(element, "name", marker.name)
    add(element, "in", str(first))
    add(element, "out", str(first + frames) if frames > 0 else "-1")
    return element


def write_markers(sequence: Element, timeline: otio.schema.Timeline, rate: Fraction) -> None:
    """Those of the file stay where they are in it, with new times; the timeline's other ones come after."""
    old = sequence.findall("marker")
    spot = list(sequence).index(old[-1]) + 1 if old else len(sequence)
    kept = set()
    fresh = []
    for marker in timeline.tracks.markers:
        first = exact_frames(marker.marked_range.start_time, rate)
        frames = exact_frames(marker.marked_range.duration, rate)
        count = _count(marker)
        if count is not None and count < len(old):
            kept.add(count)
            _retime(old[count], first, frames, rate)
        else:
            fresh.append(marker_element(marker, round(first), round(frames)))
    for element in reversed(fresh):
        sequence.insert(spot, element)
    for index, element in enumerate(old):
        if index not in kept:
            sequence.remove(element)


def place_markers(element: Element, clip: otio.core.Item, origin: Fraction, rate: Fraction) -> None:
    """A clip item's that show on it, at their moments of the media that it plays now; the others go.

    `origin`: the second of that media's first frame.
    """
    shown = clip.trimmed_range()
    placed = {
        _count(marker): marker.marked_range
        for marker in clip.markers
        if shown.contains(marker.marked_range.start_time)
    }
    for count, old in enumerate(element.findall("marker")):
        span = placed.get(count)
        if span is None:
            element.remove(old)
        else:
            _retime(old, (seconds(span.start_time) - origin) * rate, exact_frames(span.duration, rate), rate)


def _count(marker: otio.schema.Marker) -> int | None:
    """Which one of the file's it is; None for one that is new."""
    mark = str(marker.metadata.get("pickup", {}).get("xml", "")).removeprefix("marker/")
    return int(mark) if mark.isdecimal() else None


def _retime(element: Element, first: Fraction, frames: Fraction, rate: Fraction) -> None:
    own = rate_of(element) or rate
    begin, length = round(first * own / rate), round(frames * own / rate)
    was, was_end = number(element, "in", 0), number(element, "out", -1)
    if (begin, length) != (was, max(was_end - was, 0)):
        put(element, "in", str(begin))
        put(element, "out", str(begin + length) if length > 0 else "-1")
