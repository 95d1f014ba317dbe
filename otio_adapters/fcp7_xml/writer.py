"""xmeml out: a sequence's tracks written into the file they came from, or into an empty one.

What the file holds beside them stays as it is. A clip that is still there keeps its element, with filters,
labels and all; its times are touched only where it has moved or been cut.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcp7_xml.clipitems import (
    ClipItems,
    FileShelf,
    Origin,
    Slot,
    marker_element,
)
from otio_adapters.fcp7_xml.elements import TICKS_PER_SECOND, add, put
from otio_adapters.fcp7_xml.reader import definitions_of, sequence_of, timeline_of
from otio_adapters.fcp7_xml.skeleton import dissolve, empty_sequence
from otio_adapters.guard import read_xml
from otio_adapters.links import groups, linked_sets
from otio_adapters.opentime import exact_frames, timeline_rate
from otio_adapters.ripple import length, track_length

_ITEMS = ("clipitem", "generatoritem", "transitionitem")
_AFTER_LINKS = ("logginginfo", "colorinfo", "labels", "comments", "itemhistory")


def fcp7_bytes(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> bytes:
    """The timeline as xmeml to lie at `path`; `origin` is the file that it was read from, if any.

    Raises `UnwritableOutput` where the timeline holds what xmeml cannot be written with.
    """
    root = _original(timeline, origin) if origin is not None else None
    before: dict[str, Origin] = {}
    if root is None:
        root = empty_sequence(timeline)
    else:
        before = _origins(sequence_of(root, path), timeline_of(sequence_of(root, path), definitions_of(root)))
    _Sequence(root, timeline, path, before).fill()
    etree.indent(root, space="\t")
    return bytes(
        etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype="<!DOCTYPE xmeml>") + b"\n"
    )


def _original(timeline: otio.schema.Timeline, origin: Path) -> Element | None:
    """The tree to patch, if every track of the timeline is one of its own."""
    root = read_xml(origin).getroot()
    sequence = sequence_of(root, origin)
    known = [
        f"{kind}/{i}" for kind in ("video", "audio") for i in range(len(_track_elements(sequence, kind)))
    ]
    return root if known == [_mark(track) for track in timeline.tracks] else None


def _track_elements(sequence: Element, kind: str) -> list[Element]:
    return list(sequence.findall(f"media/{kind}/track"))


def _mark(item: otio.core.SerializableObjectWithMetadata) -> str:
    return str(item.metadata.get("pickup", {}).get("xml", ""))


def _origins(sequence: Element, read: otio.schema.Timeline) -> dict[str, Origin]:
    """The items of the original file by their marks."""
    rate = timeline_rate(read)
    found = {}
    for track in read.tracks:
        kind, number = _mark(track).split("/")
        elements = list(_track_elements(sequence, kind)[int(number)])
        for _, item, slot in slots(track, rate):
            element = elements[int(_mark(item).rpartition("/")[2])]
            found[_mark(item)] = Origin(element=element, item=item, slot=slot)
    return found


def slots(track: otio.schema.Track, rate: Fraction) -> Iterator[tuple[int, otio.core.Composable, Slot]]:
    """Each clip, nested sequence and transition with its index and its place in whole frames."""
    children = list(track)
    at = Fraction(0)
    for index, item in enumerate(children):
        shown = length(item, rate)
        if isinstance(item, otio.schema.Transition):
            before, after = _offsets(item, rate)
            yield index, item, Slot(start=round(at) - before, end=round(at) + after, lead=before, tail=after)
        elif not isinstance(item, otio.schema.Gap):
            head = children[index - 1] if index else None
            tail = children[index + 1] if index + 1 < len(children) else None
            yield (
                index,
                item,
                Slot(
                    start=round(at),
                    end=round(at + shown),
                    lead=_offsets(head, rate)[0] if isinstance(head, otio.schema.Transition) else None,
                    tail=_offsets(tail, rate)[1] if isinstance(tail, otio.schema.Transition) else None,
                ),
            )
        at += shown


def _offsets(transition: otio.schema.Transition, rate: Fraction) -> tuple[int, int]:
    return (
        round(exact_frames(transition.in_offset, rate)),
        round(exact_frames(transition.out_offset, rate)),
    )


class _Sequence:
    """The sequence of a file being filled."""

    def __init__(
        self, root: Element, timeline: otio.schema.Timeline, path: Path, before: dict[str, Origin]
    ) -> None:
        self._root = root
        self._sequence = sequence_of(root, path)
        self._timeline = timeline
        self._before = before
        self._rate = timeline_rate(timeline)
        taken = {one.get("id", "") for tag in ("file", "clipitem", "generatoritem") for one in root.iter(tag)}
        self._items = ClipItems(FileShelf(path.parent, self._rate, taken), self._rate, taken)
        self._elements: dict[tuple[int, int], Element] = {}
        # Resolve links by reference alone.
        self._by_reference = bool(before) and root.find(".//link/clipindex") is None

    def fill(self) -> None:
        files = {one.get("id", ""): copy.deepcopy(one) for one in self._root.iter("file") if len(one)}
        counts = {"video": 0, "audio": 0}
        for index, track in enumerate(self._timeline.tracks):
            kind = "video" if track.kind == otio.schema.TrackKind.Video else "audio"
            self._fill_track(_track_elements(self._sequence, kind)[counts[kind]], index, kind)
            counts[kind] += 1
        self._define_files(files)
        self._link()
        self._mark()
        if total := max((track_length(track, self._rate) for track in self._timeline.tracks), default=0):
            put(self._sequence, "duration", str(math.ceil(total)))

    def _fill_track(self, element: Element, index: int, kind: str) -> None:
        """Puts the track's items where its old ones were, before <enabled>, <locked> and the like."""
        track = self._timeline.tracks[index]
        for old in [child for child in element if child.tag in _ITEMS]:
            element.remove(old)
        for count, (place, item, slot) in enumerate(slots(track, self._rate)):
            origin = self._before.get(_mark(item))
            if isinstance(item, otio.schema.Transition):
                made = self._transition(slot, origin, kind)
            else:
                made = self._items.element(item, slot, origin, sound=kind == "audio")
                self._elements[index, place] = made
            element.insert(count, made)

    def _transition(self, slot: Slot, origin: Origin | None, kind: str) -> Element:
        if origin is not None:
            element = copy.deepcopy(origin.element)
            element.tail = None
        else:
            element = dissolve(self._rate, kind)
        put(element, "start", str(slot.start))
        put(element, "end", str(slot.end))
        if origin is None or (slot.lead, slot.tail) != (origin.slot.lead, origin.slot.tail):
            lead, tail = slot.lead or 0, slot.tail or 0
            put(element, "alignment", "start" if not lead else "end" if not tail else "center")
            # Alignment knows three cuts; Premiere's ticks say any.
            put(element, "cutPointTicks", str(round(Fraction(lead) / self._rate * TICKS_PER_SECOND)))
        return element

    def _define_files(self, files: dict[str, Element]) -> None:
        """A file is written out where it is first used: that clip may have gone, or come twice."""
        seen: set[str] = set()
        for element in list(self._root.iter("file")):
            name = element.get("id", "")
            if name in seen and len(element):
                element.getparent().replace(element, etree.Element("file", id=name))
            elif name not in seen and not len(element) and name in files:
                element.getparent().replace(element, copy.deepcopy(files[name]))
            seen.add(name)

    def _link(self) -> None:
        """Links name clips by track and count, which every cut before them changes: all are written again."""
        for element in self._elements.values():
            for old in element.findall("link"):
                element.remove(old)
        linked = groups(self._timeline) if self._before else linked_sets(self._timeline, self._rate)
        for places in linked:
            members = [place for place in places if place in self._elements]
            for place in members if len(members) > 1 else []:
                element = self._elements[place]
                later = next((i for i, one in enumerate(element) if one.tag in _AFTER_LINKS), len(element))
                for offset, other in enumerate(members):
                    element.insert(later + offset, self._link_to(other))

    def _link_to(self, place: tuple[int, int]) -> Element:
        element = self._elements[place]
        track = element.getparent()
        kind = track.getparent().tag
        clips = [child for child in track if child.tag in {"clipitem", "generatoritem"}]
        link = etree.Element("link")
        add(link, "linkclipref", element.get("id", ""))
        if self._by_reference:
            return link
        add(link, "mediatype", kind)
        add(link, "trackindex", str(_track_elements(self._sequence, kind).index(track) + 1))
        add(link, "clipindex", str(clips.index(element) + 1))
        if kind == "audio":
            add(link, "groupindex", "1")
        return link

    def _mark(self) -> None:
        old = self._sequence.findall("marker")
        spot = list(self._sequence).index(old[0]) if old else len(self._sequence)
        for element in old:
            self._sequence.remove(element)
        for count, marker in enumerate(self._timeline.tracks.markers):
            first = round(exact_frames(marker.marked_range.start_time, self._rate))
            frames = round(exact_frames(marker.marked_range.duration, self._rate))
            kept = _mark(marker).removeprefix("marker/")
            if kept.isdecimal() and int(kept) < len(old):
                element = copy.deepcopy(old[int(kept)])
                put(element, "in", str(first))
                put(element, "out", str(first + frames) if frames > 0 else "-1")
            else:
                element = marker_element(marker, first, frames)
            self._sequence.insert(spot + count, element)
