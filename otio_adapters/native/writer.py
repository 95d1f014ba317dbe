"""OTIO JSON out: what a program put into it and nobody here knows is in its metadata, and stays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import msgspec
import opentimelineio as otio

from otio_adapters.errors import TimelineError
from otio_adapters.guard import check_depth, read_bytes, tight_json
from otio_adapters.native import lone, premiere, resolve
from otio_adapters.opentime import exact_rate
from otio_adapters.rows import said
from otio_adapters.sequences import index_of, note

_COLLECTION = '"SerializableCollection.'
_RATE = re.compile(r'"rate"\s*:\s*([0-9][0-9.eE+-]*)\s*[,}]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a file is to hold, and what OTIO `said` of the timeline, to hold the file against."""

    content: bytes
    said: bytes


def native_json(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> Told:
    """The timeline as JSON; of `origin`, the file that it was read from, the spelling is kept."""
    del path
    before = tight_json(read_bytes(origin), origin) if origin is not None else ""
    if origin is not None and _COLLECTION in before:
        check_depth(before, origin)
    words = said(timeline)
    return Told(content=_json_of(timeline, words, before), said=words)


def json_bytes(timeline: otio.schema.Timeline, before: str) -> bytes:
    """The timeline as JSON, in the dialect of the program that it is from.

    `before`: the JSON that it was read from, whose spelling of rates is kept (23.976 for 24000/1001), and
    whose collection, if the timeline lay in one. Of a clip, a track or a stack alone it is that, for as long
    as that can hold it.
    """
    return _json_of(timeline, said(timeline), before)


def _json_of(timeline: otio.schema.Timeline, words: bytes, before: str) -> bytes:
    """`words`: what OTIO says of the timeline."""
    own = _in_its_place(timeline, before)
    try:
        content = msgspec.json.format(words if own is timeline else said(own), indent=4)
    except msgspec.MsgspecError:  # NaN in a program's metadata, which OTIO and Python write
        content = own.to_json_string(indent=4).encode()
    for exact, spelled in _spellings(before).items():
        content = content.replace(b'"rate": %b,' % exact, b'"rate": %b,' % spelled)
    return content


def _in_its_place(timeline: otio.schema.Timeline, before: str) -> otio.core.SerializableObject:
    """The timeline itself, where it is all of the file and in no program's dialect."""
    if resolve.speaks(timeline) or premiere.speaks(timeline):
        timeline = timeline.deepcopy()
        resolve.dress(timeline)
        premiere.dress(timeline)
    if before and (kind := lone.kind_alone(before)):
        return lone.as_it_was(timeline, kind)
    return _in_collection(timeline, before) if _COLLECTION in before else timeline


def _spellings(before: str) -> dict[bytes, bytes]:
    """How the file spells the rates that reading made exact; none of those that it spells in several ways."""
    found: dict[bytes, set[float]] = {}
    for number in set(_RATE.findall(before)):
        try:
            exact = float(exact_rate(float(number)))
        except (ValueError, TimelineError):  # a rate in a program's own metadata
            continue
        found.setdefault(_json(exact), set()).add(float(number))
    return {
        exact: _json(only)
        for exact, numbers in found.items()
        if len(numbers) == 1 and _json(only := next(iter(numbers))) != exact
    }


def _json(number: float) -> bytes:
    return bytes(otio.core.serialize_json_to_string(number).encode())


def _in_collection(timeline: otio.schema.Timeline, before: str) -> otio.core.SerializableObject:
    """The collection with the timeline in its place; the timeline, if it lay in none."""
    whole = otio.adapters.read_from_string(before, "otio_json")
    if not isinstance(whole, otio.schema.SerializableCollection):
        return timeline
    places = [index for index, child in enumerate(whole) if isinstance(child, otio.schema.Timeline)]
    own = timeline.deepcopy()
    note(own, 0, ())  # which one it is the collection says by its order
    whole[places[index_of(timeline)]] = own
    return whole
