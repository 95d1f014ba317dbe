"""Clip items, made anew or brought up to date from those of the original file."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import UnwritableOutput
from otio_adapters.fcp7_xml.effects import add_speed, move_filters, retime_curve
from otio_adapters.fcp7_xml.elements import TICKS_PER_SECOND, add, number, put, rate_element, rate_of
from otio_adapters.fcp7_xml.files import FileShelf, new_id
from otio_adapters.fcp7_xml.markers import marker_element, place_markers
from otio_adapters.media_url import same_file
from otio_adapters.opentime import exact_frames, seconds
from otio_adapters.ripple import held, ramp, steady_speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where a clip lies: frames [start, end), with what transitions take of its media on either side.

    `lead` and `tail` count the frames before start and after end; None where no transition is.
    """

    start: int
    end: int
    lead: int | None = None
    tail: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A clip of the original file: its element, the item it was read as, and where it lay."""

    element: Element
    item: otio.core.Item
    slot: Slot


class ClipItems:
    """Makes the element of each clip of a sequence that runs at `rate`."""

    def __init__(self, shelf: FileShelf, rate: Fraction, taken: set[str]) -> None:
        self._shelf = shelf
        self._rate = rate
        self._taken = taken
        self._used: set[int] = set()

    def element(self, item: otio.core.Item, slot: Slot, origin: Origin | None, *, sound: bool) -> Element:
        generated = origin is not None and origin.element.tag == "generatoritem"
        if origin is None or (generated and not same_media(item, origin.item)):
            return self._new(item, slot, sound=sound)
        element = copy.deepcopy(origin.element)
        element.tail = None
        if id(origin.element) in self._used:  # the later part of a clip that was cut in two
            element.set("id", new_id("clipitem", self._taken))
        self._used.add(id(origin.element))
        self._place(element, slot)
        if item.enabled != origin.item.enabled:
            put(element, "enabled", "TRUE" if item.enabled else "FALSE")
        if not same_media(item, origin.item):
            self._play(element, item, sound=sound)
            self._cut(element, item, slot)
            by = number(element, "in") - self._replaced(item, slot, origin)
            move_filters(element, by, number(element, "duration"))
            place_markers(element, item, _origin(item), self._rate)
        elif number(origin.element, "end") > origin.slot.end:  # the next clip lay over its end
            self._cut(element, item, slot)
        elif (item.trimmed_range(), slot.lead, slot.tail) != (
            origin.item.trimmed_range(),
            origin.slot.lead,
            origin.slot.tail,
        ):
            self._trim(element, item, slot, origin)
        return element

    def _new(self, item: otio.core.Item, slot: Slot, *, sound: bool) -> Element:
        if not isinstance(item, otio.schema.Clip):
            raise UnwritableOutput(
                f"{item.name!r} is a nested sequence, which new XML is not written with; write .otio, or "
                "flatten it first"
            )
        element = etree.Element("clipitem", id=new_id("clipitem", self._taken))
        add(element, "name", item.name)
        add(element, "duration", str(_media_frames(item, self._rate)))
        element.append(rate_element(self._rate))
        for tag in ("start", "end"):
            add(element, tag)
        add(element, "enabled", "TRUE" if item.enabled else "FALSE")
        for tag in ("in", "out"):
            add(element, tag)
        element.append(self._shelf.file(item, sound=sound))
        if sound:
            track = add(element, "sourcetrack")
            add(track, "mediatype", "audio")
            add(track, "trackindex", "1")
        _retime(element, item)
        for marker in item.markers:
            element.append(_clip_marker(marker, item, self._rate))
        self._place(element, slot)
        self._cut(element, item, slot)
        return element

    def _place(self, element: Element, slot: Slot) -> None:
        put(element, "start", str(slot.start if slot.lead is None else -1))
        put(element, "end", str(slot.end if slot.tail is None else -1))

    def _play(self, element: Element, clip: otio.schema.Clip, *, sound: bool) -> None:
        """Another file in the place of the original's; what names the old one in a bin goes."""
        put(element, "name", clip.name)
        put(element, "duration", str(_media_frames(clip, rate_of(element) or self._rate)))
        file = self._shelf.file(clip, sound=sound)
        old = element.find("file")
        if old is None:
            element.append(file)
        else:
            element.replace(old, file)
        channels = (clip.media_reference.metadata.get("pickup", {}).get("media") or {}).get("channels")
        channel = element.find("sourcetrack/trackindex")
        if channel is not None and channels and number(element, "sourcetrack/trackindex", 1) > channels:
            channel.text = str(channels)
        for tag in ("masterclipid", "subclipinfo", "multiclip"):
            for found in element.findall(tag):
                element.remove(found)

    def _cut(self, element: Element, item: otio.core.Item, slot: Slot) -> None:
        """<in> and <out> count from the media's start, in the retimed clip's own frames."""
        own = rate_of(element) or self._rate
        scale = steady_speed(item)
        begin, end = self._shown(item, slot)
        first = round(begin * own)
        put(element, "in", str(first))
        put(element, "out", str(first + round((end - begin) * own)))
        if element.find("pproTicksIn") is not None:
            put(element, "pproTicksIn", str(round(begin * scale * TICKS_PER_SECOND)))
            put(element, "pproTicksOut", str(round(end * scale * TICKS_PER_SECOND)))

    def _trim(self, element: Element, item: otio.core.Item, slot: Slot, origin: Origin) -> None:
        """Moves <in>, <out> and Premiere's ticks, which may lie between frames, as far as the edges went."""
        own = rate_of(element) or self._rate
        old_in, old_out = number(element, "in", 0), number(element, "out", -1)
        if old_out < old_in:
            self._cut(element, item, slot)
            return
        begins, ends = zip(self._shown(origin.item, origin.slot), self._shown(item, slot), strict=True)
        moved = round((begins[1] - begins[0]) * own), round((ends[1] - ends[0]) * own)
        slip = abs((begins[1] - begins[0]) - moved[0] / own)
        if slip * 2 * self._rate >= 1:
            raise UnwritableOutput(
                f"{item.name!r} would begin at frame {slot.start} of its track between two frames of it, "
                f"at {float(own):g} a second; edit a frame earlier or later, or write .otio"
            )
        put(element, "in", str(old_in + moved[0]))
        put(element, "out", str(old_out + moved[1]))
        ticks = number(element, "pproTicksIn", 0, most=2**62), number(element, "pproTicksOut", 0, most=2**62)
        if ticks[1] > ticks[0]:
            frame = Fraction(ticks[1] - ticks[0], max(old_out - old_in, 1))
            put(element, "pproTicksIn", str(ticks[0] + round(moved[0] * frame)))
            put(element, "pproTicksOut", str(ticks[1] + round(moved[1] * frame)))
        retime_curve(element, number(element, "in"), number(element, "out"), steady_speed(item))
        if held(item):  # <in> names the frame that is shown: what runs on in the clip is moved instead
            move_filters(element, -round(held(item) / self._rate * own), number(element, "duration", 0))

    def _shown(self, item: otio.core.Item, slot: Slot) -> tuple[Fraction, Fraction]:
        """What of the retimed media plays, with transitions: seconds from the media's start."""
        lead, tail = slot.lead or 0, slot.tail or 0
        begin = _media_seconds(item) / steady_speed(item) - Fraction(lead) / self._rate
        return begin, begin + Fraction(slot.end - slot.start + lead + tail) / self._rate

    def _replaced(self, item: otio.core.Item, slot: Slot, origin: Origin) -> int:
        """The frame of the old clip, counted as its <in> is, where the take's <in> now is."""
        own = rate_of(origin.element) or self._rate
        source = item.metadata.get("pickup", {}).get("source_range")
        was = origin.item.trimmed_range().start_time
        late = seconds(source.start_time) - seconds(was) if source else Fraction(0)
        early = Fraction((slot.lead or 0) - (origin.slot.lead or 0)) / self._rate
        return number(origin.element, "in", 0) + round((late / steady_speed(origin.item) - early) * own)


def same_media(item: otio.core.Item, other: otio.core.Item) -> bool:
    if type(item) is not type(other):
        return False
    mine, theirs = (getattr(one, "media_reference", None) for one in (item, other))
    urls = [getattr(one, "target_url", None) or "" for one in (mine, theirs)]
    return same_file(*urls) and [e.schema_name() for e in item.effects] == [
        e.schema_name() for e in other.effects
    ]


def _media_seconds(item: otio.core.Item) -> Fraction:
    """Where in its media, from the first frame, the item begins."""
    return seconds(item.trimmed_range().start_time) - _origin(item)


def _origin(item: otio.core.Item) -> Fraction:
    """The second of its media's first frame."""
    reference = getattr(item, "media_reference", None)
    available = reference.available_range if reference is not None else None
    return seconds(available.start_time) if available is not None else Fraction(0)


def _media_frames(clip: otio.schema.Clip, rate: Fraction) -> int:
    available = clip.media_reference.available_range if clip.media_reference else None
    if available is None:
        available = clip.trimmed_range()
    return max(int(exact_frames(available.duration, rate) / steady_speed(clip)), 1)


def _retime(element: Element, item: otio.core.Item) -> None:
    effect_name = ramp(item)
    if effect_name is not None:
        raise UnwritableOutput(
            f"{item.name!r} has the speed effect {effect_name!r}; XML is written with steady forward speeds "
            "alone, so render it in place first or write .otio"
        )
    if steady_speed(item) != 1:
        add_speed(element, steady_speed(item))


def _clip_marker(marker: otio.schema.Marker, item: otio.core.Item, rate: Fraction) -> Element:
    first = round((seconds(marker.marked_range.start_time) - _origin(item)) * rate)
    return marker_element(marker, first, round(exact_frames(marker.marked_range.duration, rate)))
