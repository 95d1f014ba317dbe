"""Markers of a sequence, and the element that one is written as."""

from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcp7_xml.elements import add, number, put, rate_of
from otio_adapters.opentime import exact_frames


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
        mark = str(marker.metadata.get("pickup", {}).get("xml", "")).removeprefix("marker/")
        if mark.isdecimal() and int(mark) < len(old):
            kept.add(int(mark))
            _retime(old[int(mark)], first, frames, rate)
        else:
            fresh.append(marker_element(marker, round(first), round(frames)))
    for element in reversed(fresh):
        sequence.insert(spot, element)
    for index, element in enumerate(old):
        if index not in kept:
            sequence.remove(element)


def _retime(element: Element, first: Fraction, frames: Fraction, rate: Fraction) -> None:
    own = rate_of(element) or rate
    begin, length = round(first * own / rate), round(frames * own / rate)
    was, was_end = number(element, "in", 0), number(element, "out", -1)
    if (begin, length) != (was, max(was_end - was, 0)):
        put(element, "in", str(begin))
        put(element, "out", str(begin + length) if length > 0 else "-1")
