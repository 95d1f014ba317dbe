"""OTIO JSON out: what a program put into it and nobody here knows is in its metadata, and stays."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

import msgspec
import opentimelineio as otio

from otio_adapters.guard import check_depth, read_bytes
from otio_adapters.native import lone, premiere, resolve
from otio_adapters.native.dropped import check_none_dropped
from otio_adapters.native.rates import spellings
from otio_adapters.rows import said
from otio_adapters.sequences import index_of, note

_COLLECTIONS = ("SerializableCollection", "SerializeableCollection")  # as OTIO wrote it in its first years


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a file is to hold: what OTIO says of the timeline, laid out.

    Where it is more than that, another spelling or a collection, `said` is what it has to say all the same.
    """

    content: bytes
    said: bytes = b""


def native_json(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> Told:
    """The timeline as JSON; of `origin`, the file that it was read from, the spelling is kept."""
    del path
    own, spelled = _as_before(timeline, _content(origin) if origin is not None else b"")
    words = said(timeline)
    if own is timeline and not spelled and (content := _laid_out(words)):
        return Told(content=content)
    return Told(content=_spelled(own, words if own is timeline else said(own), spelled), said=words)


def json_bytes(timeline: otio.schema.Timeline, before: bytes) -> bytes:
    """The timeline as JSON, in the dialect of the program that it is from.

    `before`: the JSON that it was read from, whose spelling of rates is kept (23.976 for 24000/1001), and
    whose collection, if the timeline lay in one. Of a clip, a track or a stack alone it is that, for as long
    as that can hold it.
    """
    own, spelled = _as_before(timeline, before)
    return _spelled(own, said(own), spelled)


def _content(origin: Path) -> bytes:
    content = read_bytes(origin).removeprefix(codecs.BOM_UTF8)
    if lone.root_of(content) in _COLLECTIONS:  # which OTIO is to read again
        check_depth(content, origin)
        check_none_dropped(content, origin)
    return content


def _as_before(
    timeline: otio.schema.Timeline, before: bytes
) -> tuple[otio.core.SerializableObject, dict[bytes, bytes]]:
    """What the file is to hold in place of `before`, and how rates are spelled in it."""
    return _in_its_place(timeline, before), spellings(before)


def _laid_out(words: bytes) -> bytes | None:
    """None where a program's metadata holds NaN, which OTIO and Python write."""
    try:
        return bytes(msgspec.json.format(words, indent=4))
    except msgspec.MsgspecError:
        return None


def _spelled(own: otio.core.SerializableObject, words: bytes, spelled: dict[bytes, bytes]) -> bytes:
    """`words`: what OTIO says of it. `spelled`: how rates are."""
    content = _laid_out(words) or own.to_json_string(indent=4).encode()
    for exact, other in spelled.items():
        content = content.replace(b'"rate": %b,' % exact, b'"rate": %b,' % other)
    return bytes(content)


def _in_its_place(timeline: otio.schema.Timeline, before: bytes) -> otio.core.SerializableObject:
    """The timeline itself, where it is all of the file and in no program's dialect."""
    if resolve.speaks(timeline) or premiere.speaks(timeline):
        timeline = timeline.deepcopy()
        resolve.dress(timeline)
        premiere.dress(timeline)
    if not before:
        return timeline
    if kind := lone.kind_alone(before):
        return lone.as_it_was(timeline, kind)
    return _in_collection(timeline, before) if lone.root_of(before) in _COLLECTIONS else timeline


def _in_collection(timeline: otio.schema.Timeline, before: bytes) -> otio.core.SerializableObject:
    """The collection with the timeline in its place; the timeline, if it lay in none."""
    whole = otio.adapters.read_from_string(before, "otio_json")
    if not isinstance(whole, otio.schema.SerializableCollection):
        return timeline
    places = [index for index, child in enumerate(whole) if isinstance(child, otio.schema.Timeline)]
    own = timeline.deepcopy()
    note(own, 0, ())  # which one it is the collection says by its order
    whole[places[index_of(timeline)]] = own
    return whole
