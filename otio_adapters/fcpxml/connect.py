"""What hangs on what: connected clips and markers put into the clips of the storyline that they are at."""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcpxml.clips import Shot
from otio_adapters.fcpxml.markers import MARKERS, marker_of, marker_place, shown_markers
from otio_adapters.fcpxml.pieces import mark_of
from otio_adapters.fcpxml.rational import on_grid, put_time
from otio_adapters.fcpxml.story import Story, Strip
from otio_adapters.opentime import exact_frames
from otio_adapters.ripple import heading, steady_speed

# The order of a clip's children in Apple's definition of the format: what is connected, markers, and these.
_MARKER_ITEMS = MARKERS | {"rating", "keyword", "analysis-marker"}
_SOURCES = {"audio-channel-source", "audio-role-source", "sync-source"}
_LAST = frozenset(_SOURCES | {"filter-video", "filter-video-mask", "filter-audio", "metadata", "reserved"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Hanging:
    """A connected element: a clip or a secondary storyline. `mark` and `parent` are the original file's."""

    element: Element
    start: Fraction
    mark: str = ""
    parent: str = ""


class Tree:
    """The shots of a sequence, with what goes into each of them."""

    def __init__(self, story: Story, storyline: Sequence[Shot], others: Iterable[Shot]) -> None:
        self._story = story
        self._storyline = storyline
        self._starts = [shot.piece.start for shot in storyline]
        self._shots: dict[str, list[Shot]] = {}
        for shot in (*storyline, *others):
            if shot.piece.origin is not None:
                self._shots.setdefault(shot.piece.origin.strip.mark, []).append(shot)
        self._held: dict[Shot, list[tuple[str, Element]]] = {}
        self._marked: dict[Shot, list[tuple[str, Element]]] = {}

    def hang(self, one: Hanging) -> None:
        """Connects the element to the clip it was connected to, or to what is there now."""
        shot = self._parent(one)
        put_time(one.element, "offset", shot.second(one.start, self._story.rate))
        self._held.setdefault(shot, []).append((one.mark, one.element))

    def _parent(self, one: Hanging) -> Shot:
        shots = self._shots.get(one.parent, [])
        for shot in shots:
            if shot.start <= one.start < shot.end:
                return shot
        strip = self._story.strips.get(one.parent)
        old = self._old_start(one.mark)
        inside = strip is not None and old is not None and strip.start <= old < strip.end
        if shots and not inside:
            return min(shots, key=lambda shot: max(shot.start - one.start, one.start - shot.end))
        return self._at(one.start)

    def _old_start(self, mark: str) -> Fraction | None:
        found = self._story.rows.get(mark) or self._story.strips.get(mark)
        return found.start if found else None

    def _at(self, frame: Fraction) -> Shot:
        """The clip of the storyline that is at a frame, or the last before it."""
        return self._storyline[max(bisect_right(self._starts, frame) - 1, 0)]

    def mark(self, markers: Iterable[otio.schema.Marker]) -> None:
        """Puts the timeline's markers onto the storyline."""
        rate = self._story.rate
        for marker in markers:
            frame = exact_frames(marker.marked_range.start_time, rate)
            shot = self._at(frame)
            origin = self._marker_origin(mark_of(marker))
            if origin is not None:
                place = marker_place(*origin, rate)
                frame += place - on_grid(place)
            self._add_marker(shot, marker, shot.second(frame, rate))

    def mark_clip(self, shot: Shot) -> None:
        """Puts a connected clip's own markers onto it."""
        rate = self._story.rate
        item = shot.piece.item
        kept = shot.piece.kept
        before = {mark_of(one): one for one in kept.item.markers} if kept else {}
        first = exact_frames(item.trimmed_range().start_time, rate)
        for marker in item.markers:
            start = marker.marked_range.start_time
            same = before.get(mark_of(marker))
            origin = self._marker_origin(mark_of(marker))
            if origin is not None and same is not None and same.marked_range.start_time == start:
                frame = marker_place(*origin, rate)
                local = origin[0].local + (frame - origin[0].start) / rate * origin[0].pace.local
            else:
                into = (exact_frames(start, rate) - first) / steady_speed(item) * (heading(item) or 1)
                local = shot.second(shot.piece.start + into, rate)
            self._add_marker(shot, marker, local)

    def _marker_origin(self, mark: str) -> tuple[Strip, Element] | None:
        number, _, count = mark.partition("/")
        strip = self._story.strips.get(number)
        if strip is None or not count.isdecimal() or int(count) >= len(strip.clip):
            return None
        element = strip.clip[int(count)]
        return (strip, element) if element.tag in MARKERS else None

    def _add_marker(self, shot: Shot, marker: otio.schema.Marker, local: Fraction) -> None:
        mark = mark_of(marker)
        origin = self._marker_origin(mark)
        rate = self._story.rate
        frames = exact_frames(marker.marked_range.duration, rate)
        if origin is None:
            element = etree.Element("marker", start="", duration="", value=marker.name)
            put_time(element, "duration", max(frames, Fraction(1)) / rate)
            if marker.comment:
                element.set("note", marker.comment)
        else:
            strip, old = origin
            element = copy.deepcopy(old)
            element.tail = None
            read = marker_of(mark, strip, old, rate)
            if frames != exact_frames(read.marked_range.duration, rate):
                put_time(element, "duration", frames / rate)
            if marker.name != read.name:
                element.set("value", marker.name)
            if marker.comment != read.comment:
                element.set("note", marker.comment)
        put_time(element, "start", local)
        self._marked.setdefault(shot, []).append((mark, element))

    def settle(self, shot: Shot) -> None:
        """Puts what the shot holds in the places of what it held."""
        held, marked = _by_mark(self._held.get(shot, ())), _by_mark(self._marked.get(shot, ()))
        origin = shot.piece.origin
        shown = {mark for mark, *_ in shown_markers(origin.strip, self._story.rate)} if origin else set()
        for child, mark in shot.slots.items():
            if child.tag in MARKERS and mark not in shown:
                put = [] if shot.again or shot.piece.kept is None else [child]  # hidden by the clip's trim
            else:
                put = (marked if child.tag in MARKERS else held).pop(mark, [])
            _replace(child, put)
        _insert(shot.clip, [one for found in held.values() for one in found], _MARKER_ITEMS | _LAST)
        _insert(shot.clip, [one for found in marked.values() for one in found], _LAST)


def _by_mark(found: Iterable[tuple[str, Element]]) -> dict[str, list[Element]]:
    made: dict[str, list[Element]] = {}
    for mark, element in found:
        made.setdefault(mark, []).append(element)
    return made


def _replace(child: Element, put: list[Element]) -> None:
    parent = child.getparent()
    assert parent is not None
    if put == [child]:
        return
    tail = child.tail
    for one in reversed(put):
        one.tail = tail
        child.addnext(one)
    child.tail = None
    parent.remove(child)


def _insert(parent: Element, put: list[Element], before: frozenset[str]) -> None:
    """Puts elements ahead of the first child whose tag is one of `before`, or last."""
    spot = next((count for count, one in enumerate(parent) if one.tag in before), len(parent))
    parent[spot:spot] = put
