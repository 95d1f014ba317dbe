"""The <file> elements of new media, and what is written out at its first use and only named at the others."""

from __future__ import annotations

import copy
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import MissingMedia
from otio_adapters.fcp7_xml.elements import add, path_url, rate_element, timecode_element
from otio_adapters.media_linker import media_name
from otio_adapters.opentime import exact_frames, exact_rate

_DEFINED = ("sequence", "multiclip", "file")  # outer ones first: one of them holds the others


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


def _file_name(url: str) -> str:
    try:
        return media_name(url)
    except MissingMedia:
        return url.rpartition("/")[2]


class Definitions:
    """What a file writes out, by tag and id, before it is patched."""

    def __init__(self, root: Element) -> None:
        self._whole: dict[tuple[str, str], Element] = {}
        self._count: dict[tuple[str, str], int] = {}
        for tag in _DEFINED:
            for one in root.iter(tag):
                if len(one) and one.get("id"):
                    key = tag, one.get("id", "")
                    self._whole.setdefault(key, copy.deepcopy(one))
                    self._count[key] = self._count.get(key, 0) + 1

    def restore(self, root: Element) -> None:
        """Writes each out at its first use, and there alone: that clip may have gone, or come twice.

        Programs that write out every use are left to it. New ones are written out where they came first into
        the timeline, of which sound may be ahead of the picture.
        """
        for new in root.iter("file"):
            if len(new):
                self._whole.setdefault(("file", new.get("id", "")), copy.deepcopy(new))
        for tag in _DEFINED:
            seen: set[str] = set()
            for element in list(root.iter(tag)):
                name = element.get("id", "")
                if not name or element.getroottree().getroot() is not root:
                    continue
                key = tag, name
                if name not in seen and not len(element) and key in self._whole:
                    _replace(element, copy.deepcopy(self._whole[key]))
                elif name in seen and len(element) and self._count.get(key, 1) == 1:
                    _replace(element, etree.Element(tag, id=name))
                seen.add(name)


def _replace(element: Element, other: Element) -> None:
    other.tail = element.tail
    element.getparent().replace(element, other)
