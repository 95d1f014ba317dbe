"""The resources of new media: an asset for each file, a format for each rate and size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import count
from pathlib import Path

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import MissingMedia
from otio_adapters.fcpxml.document import ZERO, format_rate, source_of
from otio_adapters.fcpxml.pieces import Piece, offset_of, url_of
from otio_adapters.fcpxml.rational import time_of, time_text
from otio_adapters.media_url import absolute_name, file_url, media_name
from otio_adapters.opentime import exact_rate, seconds
from otio_adapters.ripple import steady_speed

# Those that Final Cut Pro has names for; it takes others without one.
_SIZES = {(1920, 1080): "1080", (1280, 720): "720", (3840, 2160): "3840x2160", (4096, 2160): "4096x2160"}
_EFFECTS = {
    "Cross Dissolve": "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265",
    "Audio Crossfade": "FFAudioTransition",
    "Placeholder": ".../Generators.localized/Elements.localized/Placeholder.localized/Placeholder.motn",
}


@dataclass(slots=True)
class _Use:
    """What a timeline plays of a file: its picture, its sound, up to which second from its first frame."""

    seen: bool = False
    heard: bool = False
    end: Fraction = ZERO


class Shelf:
    """<resources> being added to. An asset holds all that the timeline plays of its file."""

    def __init__(self, root: Element, folder: Path, rate: Fraction, timeline: otio.schema.Timeline) -> None:
        found = root.find("resources")
        self._resources = found if found is not None else etree.Element("resources")
        if found is None:
            root.insert(0, self._resources)
        self._ids = {one.get("id", "") for one in root.iter() if isinstance(one.tag, str)}
        self._numbers: dict[str, Iterator[int]] = {}
        self._folder = folder
        self._rate = rate
        self._assets: dict[str, list[Element]] = {}
        for one in root.iterfind("resources/asset"):
            self._assets.setdefault(source_of(one), []).append(one)
        self._uses: dict[str, _Use] = {}
        for clip in timeline.find_clips():
            if url := url_of(clip):
                use = self._uses.setdefault(self._address(url), _Use())
                heard = getattr(clip.parent(), "kind", "") == otio.schema.TrackKind.Audio
                use.heard, use.seen = use.heard or heard, use.seen or not heard
                played = seconds(clip.trimmed_range().duration) * steady_speed(clip)
                use.end = max(use.end, offset_of(clip) + played)

    def asset(self, piece: Piece) -> Element:
        """The asset of the file that the piece plays."""
        address = self._address(piece.url)
        if address not in self._assets:
            asset = self._new("asset", name=_file_name(piece), start="0s", duration="0s")
            self._describe(asset, piece.item.media_reference, self._uses[address])
            etree.SubElement(asset, "media-rep", kind="original-media", src=address)
            self._assets[address] = [asset]
        return self._assets[address][0]

    def first(self, asset: Element) -> Fraction:
        """The second that the asset's file starts at, as the reader takes it."""
        source = source_of(asset)
        return min(time_of(one, "start", ZERO) for one in self._assets.get(source, [asset]))

    def effect(self, name: str) -> str:
        """The id of one of Final Cut Pro's own effects."""
        uid = _EFFECTS[name]
        for one in self._resources.iterfind("effect"):
            if one.get("uid") == uid:
                return str(one.get("id"))
        return str(self._new("effect", name=name, uid=uid).get("id"))

    def compound(self, name: str) -> Element:
        """A <media> for a compound clip."""
        return self._new("media", name=name)

    def silence(self, name: str) -> Element:
        """An asset of sound that lies nowhere."""
        asset = self._new("asset", name=name, start="0s", hasAudio="1", audioSources="1")
        etree.SubElement(asset, "media-rep", kind="original-media", src="")
        return asset

    def format(self, rate: Fraction, width: int, height: int) -> str:
        """The id of the format of a rate and a size; of no size where that is not known."""
        for one in self._resources.iterfind("format"):
            size = one.get("width", "0"), one.get("height", "0")
            if format_rate(one) == rate and size == (str(width), str(height)):
                return str(one.get("id"))
        made = self._new("format")
        base = math.ceil(rate)
        label = f"{round(rate * 100)}" if rate.denominator == 1001 else f"{base}"
        if (width, height) in _SIZES and rate in {Fraction(base), Fraction(base * 1000, 1001)}:
            made.set("name", f"FFVideoFormat{_SIZES[width, height]}p{label}")
        made.set("frameDuration", time_text(1 / rate))
        if width and height:
            made.set("width", str(width))
            made.set("height", str(height))
        return str(made.get("id"))

    def _address(self, url: str) -> str:
        """A whole file URL; of media that the original file names, just as it stands there."""
        if url in self._assets:
            return url
        try:
            return file_url(absolute_name(url, self._folder))
        except MissingMedia:
            return url

    def _describe(self, asset: Element, reference: otio.core.MediaReference, use: _Use) -> None:
        facts = reference.metadata.get("pickup", {}).get("media", {})
        available = reference.available_range
        last = use.end
        if available is not None:
            last = max(last, seconds(available.duration))
            asset.set("start", time_text(seconds(available.start_time)))
        asset.set("duration", time_text(last))
        if facts.get("width") or use.seen:
            own = exact_rate(available.duration.rate) if available is not None else self._rate
            asset.set("hasVideo", "1")
            asset.set("videoSources", "1")
            asset.set("format", self.format(own, int(facts.get("width") or 0), int(facts.get("height") or 0)))
        if facts.get("channels") or use.heard:
            asset.set("hasAudio", "1")
            asset.set("audioSources", "1")
            asset.set("audioChannels", str(int(facts.get("channels") or 2)))
            asset.set("audioRate", str(int(facts.get("sample_rate") or 48_000)))

    def _new(self, tag: str, **attributes: str) -> Element:
        made = etree.SubElement(self._resources, tag, id=self.new_id("r"))
        for name, value in attributes.items():
            made.set(name, value)
        return made

    def new_id(self, stem: str) -> str:
        """An id of the stem and a number that nothing in the file has yet."""
        numbers = self._numbers.setdefault(stem, count(1))
        made = next(name for name in (f"{stem}{number}" for number in numbers) if name not in self._ids)
        self._ids.add(made)
        return made


def _file_name(piece: Piece) -> str:
    try:
        return piece.item.media_reference.name or media_name(piece.url)
    except MissingMedia:
        return piece.url
