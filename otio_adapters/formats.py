"""The formats: what each is called, how it is read and how it is written. A new one is one entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import opentimelineio as otio

from otio_adapters.aaf.reader import read_aaf
from otio_adapters.edl.reader import read_edl
from otio_adapters.edl.writer import edl_bytes
from otio_adapters.errors import UnsupportedFormat
from otio_adapters.fcp7_xml.reader import read_fcp7
from otio_adapters.fcp7_xml.writer import fcp7_bytes
from otio_adapters.fcpxml.reader import INFO, read_bundle, read_fcpxml
from otio_adapters.fcpxml.writer import fcpxml_bytes
from otio_adapters.kdenlive.reader import read_kdenlive
from otio_adapters.kdenlive.writer import kdenlive_bytes
from otio_adapters.native import archive
from otio_adapters.native.bundle import read_folder, read_zipped, zipped
from otio_adapters.native.reader import read_native
from otio_adapters.native.writer import Told, native_json

Read = Callable[[Path], otio.schema.Timeline]
Content = bytes | Told | Callable[[IO[bytes]], None]
"""What a file is to hold, or what writes it into an open file, where that is too much for memory."""

Write = Callable[[otio.schema.Timeline, Path, Path | None], Content]
"""The file's content, to lie at the path; the last is the file of the same format to be patched, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`write` is None for what is only read. `native`: it holds all that OTIO holds, and loses nothing.

    `read_one` reads the sequence of a name, where a file holds several. `content`: of a folder, the file in
    it that says it all, in the format of that file's suffix.
    """

    name: str
    suffix: str
    read: Read
    write: Write | None
    native: bool = False
    read_one: Callable[[Path, str], otio.schema.Timeline] | None = None
    content: str = ""


FORMATS = (
    Format(
        name="OpenTimelineIO",
        suffix=".otio",
        read=read_native,
        write=native_json,
        native=True,
        read_one=read_native,
    ),
    Format(
        name="OpenTimelineIO bundle",
        suffix=".otioz",
        read=read_zipped,
        write=zipped,
        native=True,
        read_one=read_zipped,
    ),
    Format(
        name="OpenTimelineIO folder",
        suffix=".otiod",
        read=read_folder,
        write=None,
        native=True,
        read_one=read_folder,
        content=archive.CONTENT,
    ),
    Format(
        name="Kdenlive",
        suffix=".kdenlive",
        read=read_kdenlive,
        write=kdenlive_bytes,
        read_one=read_kdenlive,
    ),
    Format(name="Final Cut Pro 7 XML", suffix=".xml", read=read_fcp7, write=fcp7_bytes, read_one=read_fcp7),
    Format(name="AAF", suffix=".aaf", read=read_aaf, write=None, read_one=read_aaf),
    Format(name="CMX3600 EDL", suffix=".edl", read=read_edl, write=edl_bytes),
    Format(
        name="Final Cut Pro XML",
        suffix=".fcpxml",
        read=read_fcpxml,
        write=fcpxml_bytes,
        read_one=read_fcpxml,
    ),
    Format(
        name="Final Cut Pro XML bundle",
        suffix=".fcpxmld",
        read=read_bundle,
        write=None,
        read_one=read_bundle,
        content=INFO,
    ),
)


def format_of(path: Path, *, to_write: bool = False) -> Format:
    """By the path's suffix. Raises `UnsupportedFormat`."""
    suffix = path.suffix.lower()
    known = [one for one in FORMATS if one.write is not None or not to_write]
    for one in known:
        if one.suffix == suffix:
            return one
    verb = "written" if to_write else "read"
    raise UnsupportedFormat(
        f"{path.name}: {suffix or 'a file without suffix'} is not {verb}; use one of"
        f" {', '.join(one.suffix for one in known)}"
    )


def patched(origin: Path, out: Path) -> Path | None:
    """The file that is patched where what was read from `origin` is written to `out`; None if none is."""
    form = _named(origin)
    if form is None or written_as(origin) != out.suffix.lower():
        return None
    return origin / form.content if form.content else origin if form.write is not None else None


def written_as(path: Path) -> str:
    """The suffix of the format that the file is patched in; .otio for what is only read."""
    form = _named(path)
    if form is not None and form.write is not None:
        return form.suffix
    return Path(form.content).suffix if form is not None and form.content else ".otio"


def _named(path: Path) -> Format | None:
    return next((one for one in FORMATS if one.suffix == path.suffix.lower()), None)
