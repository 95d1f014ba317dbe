"""The project's media: producers for the bin and for the tracks, made once for each use."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from fractions import Fraction
from pathlib import PureWindowsPath

from lxml import etree

from otio_adapters.kdenlive.document import Document, clock, get


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One media file as one track plays it. An empty `file` is a transparent colour, standing in."""

    file: str
    speed: Fraction
    sound: bool
    enabled: bool
    track: str


class Shelf:
    """Finds or makes the producers of a document. `lengths`: frames of each file, at the project's rate."""

    def __init__(self, document: Document, lengths: dict[str, int]) -> None:
        self._document = document
        self._rate = document.rate
        self._lengths = lengths
        self._made: dict[Use, tuple[str, str]] = {}
        self._ids = self._known_ids()
        self._spot = list(document.root).index(document.root.find("profile")) + 1
        self._chains = document.wrapper is not None

    def take_down(self, use: Use) -> tuple[str, str]:
        """The id of the producer for this use, and the number of its clip in the bin."""
        if use not in self._made:
            number = self._ids.get(use.file) or self._put_in_bin(use)
            self._made[use] = (self._add(use, number, in_bin=False), number)
        return self._made[use]

    def _known_ids(self) -> dict[str, str]:
        found = {}
        for element in self._document.root.iterchildren("producer", "chain"):
            number = get(element, "kdenlive:id")
            if number and get(element, "mlt_service").startswith("avformat"):
                found[self._document.file(get(element, "resource"))] = number
        return found

    def _put_in_bin(self, use: Use) -> str:
        taken = [get(element, "kdenlive:id") for element in self._document.root]
        number = str(max((int(one) for one in taken if one.isdecimal()), default=3) + 1)
        self._ids[use.file] = number
        plain = Use(file=use.file, speed=Fraction(1), sound=False, enabled=True, track="")
        producer = self._add(plain, number, in_bin=True)
        bin_list = self._document.bin
        if bin_list is not None:
            last = clock(self._length(plain) - 1, self._rate)
            etree.SubElement(bin_list, "entry", {"in": "00:00:00.000", "out": last, "producer": producer})
        return number

    def _length(self, use: Use) -> int:
        return max(int(self._lengths.get(use.file, 0) / use.speed), 1)

    def _add(self, use: Use, number: str, *, in_bin: bool) -> str:
        """Producers come before the playlists: MLT only knows what it has already read."""
        warped = use.speed != 1
        tag = "chain" if self._chains and use.file and not warped else "producer"
        name = self._new_id(tag)
        last = clock(self._length(use) - 1, self._rate)
        element = etree.Element(tag, {"id": name, "in": "00:00:00.000", "out": last})
        mark = uuid.uuid5(uuid.NAMESPACE_URL, f"pickup:{use.file}")
        properties = {
            "length": str(self._length(use)),
            "eof": "pause",
            **self._service(use),
            "kdenlive:clipname": PureWindowsPath(use.file).name or "Placeholder",
            "kdenlive:folderid": "-1",
            "kdenlive:id": number,
            "kdenlive:control_uuid": "{" + str(mark) + "}",
        }
        if not in_bin:
            # Kdenlive gives picture and sound of a clip producers of their own, each deaf or blind.
            properties["set.test_audio"] = "0" if use.sound and use.enabled else "1"
            properties["set.test_image"] = "1" if use.sound or not use.enabled else "0"
        for key, value in properties.items():
            etree.SubElement(element, "property", name=key).text = value
        self._document.root.insert(self._spot, element)
        self._spot += 1
        return name

    def _service(self, use: Use) -> dict[str, str]:
        if not use.file:
            return {"resource": "0x00000000", "mlt_service": "color", "mlt_image_format": "rgba"}
        if use.speed == 1:
            return {"resource": use.file, "mlt_service": "avformat-novalidate", "seekable": "1"}
        speed = f"{float(use.speed):.6f}".rstrip("0").rstrip(".")
        return {
            "resource": f"{speed}:{use.file}",
            "mlt_service": "timewarp",
            "warp_speed": speed,
            "warp_resource": use.file,
            "warp_pitch": "0",
        }

    def _new_id(self, tag: str) -> str:
        used = {element.get("id") for element in self._document.root}
        number = len(self._document.root)
        while f"{tag}{number}" in used:
            number += 1
        return f"{tag}{number}"
