"""The project's media: producers for the bin and for the tracks, made once for each use."""

from __future__ import annotations

import copy
import hashlib
import uuid
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PureWindowsPath

from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.kdenlive.document import Document, clock, get, put

_FOLDER = "kdenlive:folder.-1."  # then its number: folders of the bin that lie in no other one
_HASHED = 1_000_000  # Kdenlive knows a moved file by the MD5 sum of its first and last so many bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One media file as one track plays it. An empty `file` is a transparent colour, standing in."""

    file: str
    speed: Fraction
    sound: bool
    enabled: bool
    track: str


class Shelf:
    """Finds or makes the producers of a document. `lengths`: frames of each file, at the project's rate.

    `folder`: the name of the bin folder for files that the project has not, made when one comes; "" for none.
    """

    def __init__(self, document: Document, lengths: dict[str, int], folder: str) -> None:
        self._document = document
        self._folder = folder
        self._rate = document.rate
        self._lengths = lengths
        self._made: dict[Use, tuple[str, str]] = {}
        self._ids = self._known_ids()
        self._spot = list(document.root).index(document.root.find("profile")) + 1
        self._chains = document.wrapper is not None  # before 1.1 a chain is a clip whose speed varies

    def take_down(self, use: Use) -> tuple[str, str]:
        """The id of the producer for this use, and the number of its clip in the bin."""
        if use not in self._made:
            number = self._ids.get(use.file) or self._put_in_bin(use)
            self._made[use] = (self._add(use, number), number)
        return self._made[use]

    def _known_ids(self) -> dict[str, str]:
        found = {}
        for element in self._document.root.iterchildren("producer", "chain"):
            number = get(element, "kdenlive:id")
            if number and get(element, "mlt_service").startswith("avformat"):
                found[self._document.file(self._document.media(element))] = number
        return found

    def _put_in_bin(self, use: Use) -> str:
        folder = self._folder_id()
        number = self._ids[use.file] = self._next_number()
        plain = Use(file=use.file, speed=Fraction(1), sound=False, enabled=True, track="")
        producer = self._add(plain, number, folder)
        bin_list = self._document.bin
        if bin_list is not None:
            last = clock(self._length(plain) - 1, self._rate)
            etree.SubElement(bin_list, "entry", {"in": "00:00:00.000", "out": last, "producer": producer})
        return number

    def _folder_id(self) -> str:
        """The number of the folder, "-1" for the bin itself."""
        bin_list = self._document.bin
        if bin_list is None or not self._folder:
            return "-1"
        for found in bin_list.findall("property"):
            name = found.get("name", "")
            if name.startswith(_FOLDER) and found.text == self._folder:
                return str(name.removeprefix(_FOLDER))
        number = self._next_number()
        put(bin_list, _FOLDER + number, self._folder)
        return number

    def _next_number(self) -> str:
        """Clips and folders of the bin are numbered together."""
        taken = [get(element, "kdenlive:id") for element in self._document.root]
        bin_list = self._document.bin
        properties = bin_list.findall("property") if bin_list is not None else []
        names = [found.get("name", "") for found in properties]
        taken += [name.rpartition(".")[2] for name in names if name.startswith("kdenlive:folder.")]
        return str(max((int(one) for one in taken if one.isdecimal()), default=3) + 1)

    def _length(self, use: Use) -> int:
        return max(int(self._lengths.get(use.file, 0) / use.speed), 1)

    def _add(self, use: Use, number: str, folder: str = "") -> str:
        """A producer for the bin, into the folder of that number; for a track where no folder is given.

        Producers come before the playlists: MLT only knows what it has already read.
        """
        known = self._in_bin(number) if use.file and use.speed == 1 and not folder else None
        element = copy.deepcopy(known) if known is not None else self._made_anew(use, number, folder)
        element.tail = None
        element.set("id", self._new_id(element.tag))
        if not folder:
            # Kdenlive gives picture and sound of a clip producers of their own, each deaf or blind.
            put(element, "set.test_audio", "0" if use.sound and use.enabled else "1")
            put(element, "set.test_image", "1" if use.sound or not use.enabled else "0")
        self._document.root.insert(self._spot, element)
        self._spot += 1
        return str(element.get("id"))

    def _in_bin(self, number: str) -> Element | None:
        """The bin's own producer of a clip: which streams it plays, its proxy and all."""
        bin_list = self._document.bin
        for entry in bin_list.findall("entry") if bin_list is not None else ():
            producer = self._document.by_id(entry.get("producer", ""))
            if get(producer, "kdenlive:id") == number:
                return producer
        return None

    def _made_anew(self, use: Use, number: str, folder: str) -> Element:
        tag = "chain" if self._chains and use.file and use.speed == 1 else "producer"
        last = clock(self._length(use) - 1, self._rate)
        element = etree.Element(tag, {"id": "", "in": "00:00:00.000", "out": last})
        mark = uuid.uuid5(uuid.NAMESPACE_URL, f"pickup:{use.file}")
        properties = {
            "length": str(self._length(use)),
            "eof": "pause",
            **self._service(use),
            "kdenlive:clipname": PureWindowsPath(use.file).name or "Placeholder",
            "kdenlive:folderid": folder or "-1",
            "kdenlive:id": number,
            "kdenlive:control_uuid": "{" + str(mark) + "}",
            **file_marks(Path(use.file)),
        }
        for key, value in properties.items():
            etree.SubElement(element, "property", name=key).text = value
        return element

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


def file_marks(path: Path) -> dict[str, str]:
    """What Kdenlive finds a moved file by: its size and sum. Nothing for a file that is not here."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            content = file.read(_HASHED if size > 2 * _HASHED else size)
            if size > 2 * _HASHED:
                file.seek(-_HASHED, 2)
                content += file.read()
    except (OSError, ValueError):
        return {}
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return {"kdenlive:file_size": str(size), "kdenlive:file_hash": found}
