"""OTIO bundles: .otioz, a zip of a timeline and its media, and .otiod, the same as a folder, only read.

Paths in the timeline are relative to the bundle (`media/a.mov`), and stay so while it is edited. A bundle
that is written holds its media again, the takes among them.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Mapping
from itertools import chain, count
from pathlib import Path
from typing import IO
from urllib.parse import quote

import opentimelineio as otio

from otio_adapters.errors import UnreadableTimeline, UnwritableOutput
from otio_adapters.guard import read_bytes
from otio_adapters.media_linker import at_its_place, check, is_inside
from otio_adapters.native import archive
from otio_adapters.native.reader import timeline_of
from otio_adapters.native.writer import json_bytes

_VERSION_NUMBER = b"1.0.0"


def read_zipped(path: Path, name: str = "") -> otio.schema.Timeline:
    """The timeline of an .otioz. Its media stays where it is. Raises `UnreadableTimeline`."""
    return timeline_of(archive.content(path).encode(), path, name)


def read_folder(path: Path, name: str = "") -> otio.schema.Timeline:
    """The timeline of an .otiod. Raises `UnreadableTimeline`."""
    if not path.is_dir():
        raise UnreadableTimeline(f"{path} is no folder, as an .otiod is")
    inside = path / archive.CONTENT
    return timeline_of(read_bytes(inside), inside, name)


def zipped(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> Callable[[IO[bytes]], None]:
    """What writes the bundle into an open file, media and all.

    `origin`: the bundle that the timeline was read from, all of whose files are taken over. Raises
    `UnwritableOutput` for an image sequence, and `MissingMedia` with the names of all that is not there.
    """
    base = origin or path.with_suffix(".otio")  # whose relative paths start from the folder
    check(timeline.find_clips(), base)
    packing = _Packing(base, archive.members(origin) if origin is not None else {})
    packed = timeline.deepcopy()
    for clip in packed.find_clips():
        for reference in clip.media_references().values():
            packing.put(reference, clip.name)
    text = json_bytes(packed, archive.content(origin).encode() if origin is not None else b"")

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w") as bundle:
            for name, data in ((archive.VERSION, _VERSION_NUMBER), (archive.CONTENT, text)):
                bundle.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
            for name in packing.inside.keys() - {archive.VERSION, archive.CONTENT}:
                with archive.opened_member(base, name) as source:
                    _copy(source, bundle, name)
            for name, found in packing.added.items():
                with found.open("rb") as source:
                    _copy(source, bundle, name)

    return write


class _Packing:
    """The files of a bundle to be: those `inside` already, and those `added` from disk by their new names."""

    def __init__(self, base: Path, inside: Mapping[str, int]) -> None:
        self.inside = inside
        self.added: dict[str, Path] = {}
        self._base = base
        self._names: dict[Path, str] = {}

    def put(self, reference: otio.core.MediaReference | None, clip: str) -> None:
        """Takes the file in that the reference names, which then names it as it lies in the bundle."""
        if isinstance(reference, otio.schema.ImageSequenceReference) and not self.inside:
            raise UnwritableOutput(
                f"{clip!r} plays an image sequence, which .otioz does not hold; write .otio"
            )
        if not isinstance(reference, otio.schema.ExternalReference) or not reference.target_url:
            return
        if is_inside(self.inside, reference.target_url):
            return
        found = at_its_place(reference.target_url, self._base)
        if found is not None:
            if found not in self._names:
                self._names[found] = self._free_name(found.name)
                self.added[self._names[found]] = found
            reference.target_url = quote(self._names[found])

    def _free_name(self, name: str) -> str:
        """`media/a.mov`, or where another file is called that, `media/2/a.mov`."""
        folders = chain(["media"], (f"media/{number}" for number in count(2)))
        return next(
            free for folder in folders if (free := f"{folder}/{name}") not in {*self.inside, *self.added}
        )


def _copy(source: IO[bytes], bundle: zipfile.ZipFile, name: str) -> None:
    """Media is stored, as OTIO's own bundles do: it does not pack."""
    with bundle.open(zipfile.ZipInfo(name), "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, 2**20)
