"""Clip items, made anew or brought up to date from those of the original file."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import MissingMedia, UnwritableOutput
from otio_adapters.fcp7_xml.elements import (
    TICKS_PER_SECOND,
    add,
    path_url,
    put,
    rate_element,
    rate_of,
    timecode_element,
)
from otio_adapters.media_linker import media_name
from otio_adapters.opentime import exact_frames, exact_rate, seconds
from otio_adapters.ripple import ramp, steady_speed


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


class FileShelf:
    """The <file> elements, one for each media file: written out at its first use, named at the others."""

    def __init__(self, folder: Path, rate: Fraction, taken: set[str]) -> None:
        self._folder = folder
        self._rate = rate
        self._taken = taken
        self._ids: dict[str, str] = {}

    def file(self, clip: otio.schema.Clip, *, sound: bool) -> Element:
        reference = clip.media_reference or otio.schema.MissingReference()
        url = getattr(reference, "target_url", None) or ""
        key = path_url(url, self._folder) if url else f"offline:{clip.name}"
        if key in self._ids:
            return etree.Element("file", id=self._ids[key])
        self._ids[key] = new_id("file", self._taken)
        element = etree.Element("file", id=self._ids[key])
        add(element, "name", reference.name or _file_name(url) if url else clip.name)
        if url:
            add(element, "pathurl", key)
        self._describe(element, reference, sound=sound)
        return element

    def _describe(self, element: Element, reference: otio.core.MediaReference, *, sound: bool) -> None:
        pickup = reference.metadata.get("pickup", {})
        facts = pickup.get("media", {})
        available = reference.available_range
        rate = exact_rate(available.duration.rate) if available is not None else self._rate
        element.append(rate_element(rate))
        if available is not None:
            add(element, "duration", str(round(exact_frames(available.duration, rate))))
            start = round(exact_frames(available.start_time, rate))
            element.append(timecode_element(start, rate, drop_frame=bool(pickup.get("drop_frame"))))
        media = add(element, "media")
        if facts.get("width") or not sound:
            add(media, "video").append(picture_element(facts, rate))
        if facts.get("channels") or sound:
            audio = add(media, "audio")
            audio.append(sound_element(facts))
            add(audio, "channelcount", str(facts.get("channels") or 2))


def picture_element(facts: dict[str, int], rate: Fraction) -> Element:
    element = etree.Element("samplecharacteristics")
    element.append(rate_element(rate))
    add(element, "width", str(facts.get("width") or 1920))
    add(element, "height", str(facts.get("height") or 1080))
    add(element, "anamorphic", "FALSE")
    add(element, "pixelaspectratio", "square")
    add(element, "fielddominance", "none")
    return element


def sound_element(facts: dict[str, int]) -> Element:
    element = etree.Element("samplecharacteristics")
    add(element, "depth", "16")
    add(element, "samplerate", str(facts.get("sample_rate") or 48_000))
    return element


def new_id(stem: str, taken: set[str]) -> str:
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    taken.add(f"{stem}-{number}")
    return f"{stem}-{number}"


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
        elif (item.trimmed_range(), slot.lead, slot.tail) == (
            origin.item.trimmed_range(),
            origin.slot.lead,
            origin.slot.tail,
        ):
            return element
        self._cut(element, item, slot)
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
        for tag in ("masterclipid", "subclipinfo"):
            for found in element.findall(tag):
                element.remove(found)

    def _cut(self, element: Element, item: otio.core.Item, slot: Slot) -> None:
        """<in> and <out> count from the media's start, in the retimed clip's own frames."""
        own = rate_of(element) or self._rate
        lead, tail = slot.lead or 0, slot.tail or 0
        scale = steady_speed(item)
        begin = _media_seconds(item) / scale - Fraction(lead) / self._rate
        frames = Fraction(slot.end - slot.start + lead + tail) / self._rate
        first = round(begin * own)
        put(element, "in", str(first))
        put(element, "out", str(first + round(frames * own)))
        if element.find("pproTicksIn") is not None:
            put(element, "pproTicksIn", str(round(begin * scale * TICKS_PER_SECOND)))
            put(element, "pproTicksOut", str(round((begin + frames) * scale * TICKS_PER_SECOND)))


def _file_name(url: str) -> str:
    try:
        return media_name(url)
    except MissingMedia:
        return url.rpartition("/")[2]


def same_media(item: otio.core.Item, other: otio.core.Item) -> bool:
    if type(item) is not type(other):
        return False
    mine, theirs = (getattr(one, "media_reference", None) for one in (item, other))
    urls = [getattr(one, "target_url", None) for one in (mine, theirs)]
    return urls[0] == urls[1] and [e.schema_name() for e in item.effects] == [
        e.schema_name() for e in other.effects
    ]


def _media_seconds(item: otio.core.Item) -> Fraction:
    """Where in its media, from the first frame, the item begins."""
    start = seconds(item.trimmed_range().start_time)
    reference = getattr(item, "media_reference", None)
    available = reference.available_range if reference is not None else None
    return start - seconds(available.start_time) if available is not None else start


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
    scale = steady_speed(item)
    if scale == 1:
        return
    effect = add(add(element, "filter"), "effect")
    for tag, value in (
        ("name", "Time Remap"),
        ("effectid", "timeremap"),
        ("effectcategory", "motion"),
        ("effecttype", "motion"),
        ("mediatype", "video"),
    ):
        add(effect, tag, value)
    for name, value in (
        ("variablespeed", "0"),
        ("speed", f"{float(scale * 100):g}"),
        ("reverse", "FALSE"),
        ("frameblending", "FALSE"),
    ):
        parameter = add(effect, "parameter")
        add(parameter, "parameterid", name)
        add(parameter, "name", name)
        add(parameter, "value", value)


def _clip_marker(marker: otio.schema.Marker, item: otio.core.Item, rate: Fraction) -> Element:
    reference = getattr(item, "media_reference", None)
    available = reference.available_range if reference is not None else None
    origin = seconds(available.start_time) if available is not None else Fraction(0)
    first = round((seconds(marker.marked_range.start_time) - origin) * rate)
    return marker_element(marker, first, round(exact_frames(marker.marked_range.duration, rate)))


def marker_element(marker: otio.schema.Marker, first: int, frames: int) -> Element:
    element = etree.Element("marker")
    add(element, "comment", marker.comment)
    add(element, "name", marker.name)
    add(element, "in", str(first))
    add(element, "out", str(first + frames) if frames > 0 else "-1")
    return element
