"""Files put into clips: the elements that play them, new or in a clip that played something else."""

from __future__ import annotations

from fractions import Fraction

from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import UnwritableOutput
from otio_adapters.fcpxml.document import ZERO
from otio_adapters.fcpxml.pieces import Piece
from otio_adapters.fcpxml.rational import time_of, time_text
from otio_adapters.fcpxml.shelf import Shelf
from otio_adapters.fcpxml.story import content
from otio_adapters.opentime import exact_rate
from otio_adapters.ripple import ramp, steady_speed


class Player:
    """Puts media from the shelf into clips of a timeline at `rate`."""

    def __init__(self, shelf: Shelf, rate: Fraction) -> None:
        self._shelf = shelf
        self._rate = rate

    def media(self, piece: Piece) -> tuple[Element, Fraction]:
        """The asset of what a piece plays, and the second of the asset that it starts at."""
        asset = self._shelf.asset(piece)
        return asset, self._shelf.first(asset) + piece.offset

    def clip(self, piece: Piece) -> tuple[Element, Fraction]:
        """A new clip and its own second at the start: <asset-clip>, or for only a part of the file <clip>."""
        effect = ramp(piece.item)
        if effect is not None:
            raise UnwritableOutput(
                f"{piece.item.name!r} has the speed effect {effect!r}, which new XML is not written with; "
                "render it in place, or write .otio"
            )
        asset, local = self.media(piece)
        parts = (asset.get("hasVideo") == "1", asset.get("hasAudio") == "1")
        whole = parts == (not piece.heard, piece.heard or piece.sound is not None)
        clip = etree.Element("asset-clip" if whole else "clip", name=piece.item.name)
        if whole:
            clip.set("ref", asset.get("id", ""))
            if parts[1]:
                clip.set("audioRole", "dialogue")
        else:
            self.fill(clip, piece, asset)
        self.dress(clip, piece, asset, ("format", "tcFormat"))
        speed = steady_speed(piece.item)
        own = _rate_of(piece)
        if speed != 1:
            time_map = etree.Element("timeMap")
            first, frames = self._shelf.first(asset), time_of(asset, "duration", ZERO)
            for time, value in ((ZERO, first), (frames / speed, first + frames)):
                etree.SubElement(
                    time_map, "timept", time=time_text(time), value=time_text(value), interp="smooth2"
                )
            clip.insert(0, time_map)
            local = (local - first) / speed
        elif own is not None and own != self._rate and not piece.heard:
            conform = etree.Element("conform-rate", scaleEnabled="0")
            conform.set("srcFrameRate", f"{float(own):.2f}".removesuffix(".00"))
            clip.insert(0, conform)
        return clip, local

    def fill(self, clip: Element, piece: Piece, asset: Element) -> None:
        """Puts another file's picture or sound into a <clip>."""
        old = content(clip)
        spot = list(clip).index(old[0]) if old else 0
        for one in old:
            clip.remove(one)
        first = time_text(self._shelf.first(asset))
        times = {"offset": first, "start": first, "duration": asset.get("duration", "0s")}
        made = etree.Element("audio" if piece.heard else "video", ref=asset.get("id", ""), **times)
        heard = made
        if piece.sound is not None:
            heard = etree.SubElement(made, "audio", ref=asset.get("id", ""), lane="-1", **times)
        if heard.tag == "audio":
            heard.set("role", "dialogue")
            heard.set("srcCh", ", ".join(str(n + 1) for n in range(int(asset.get("audioChannels", "2")))))
        clip.insert(spot, made)

    def dress(self, clip: Element, piece: Piece, asset: Element, names: tuple[str, ...]) -> None:
        """The clip's format and timecode: those of its media, where the clip says them at all."""
        facts = piece.item.media_reference.metadata.get("pickup", {})
        values = {"format": asset.get("format"), "tcFormat": "DF" if facts.get("drop_frame") else "NDF"}
        for name in names:
            value = values[name]
            if value is None or piece.heard:
                clip.attrib.pop(name, None)
            elif name in clip.attrib or not piece.origin:
                clip.set(name, value)


def _rate_of(piece: Piece) -> Fraction | None:
    available = piece.item.media_reference.available_range
    return exact_rate(available.duration.rate) if available is not None else None


def want(clip: Element, asset: Element, piece: Piece) -> None:
    """What an asset clip plays of an asset that has both."""
    if clip.tag != "asset-clip":
        return
    clip.attrib.pop("srcEnable", None)
    if piece.heard and asset.get("hasVideo") == "1":
        clip.set("srcEnable", "audio")
    elif not piece.heard and piece.sound is None and asset.get("hasAudio") == "1":
        clip.set("srcEnable", "video")
