"""What a timeline plays, out of OTIO's JSON: read by another library, without building a timeline of it.

OTIO tells all of a timeline at once, as JSON, in a fifth of the time that asking its objects takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import opentimelineio as otio

from otio_adapters.errors import TimelineError
from otio_adapters.guard import tight_json
from otio_adapters.native.rates import made_exact
from otio_adapters.opentime import exact_float


class _Value(msgspec.Struct, gc=False):
    """What OTIO's JSON says of a value, as far as it plays; the rest of it is passed over."""


class _Time(_Value, gc=False):
    value: float
    rate: float


class _Span(_Value, gc=False):
    start_time: _Time
    duration: _Time


class _Reference(_Value, gc=False):
    label: str = msgspec.field(name="OTIO_SCHEMA", default="")
    target_url: str | None = None
    target_url_base: str | None = None
    available_range: _Span | None = None


class _Effect(_Value, gc=False):
    label: str = msgspec.field(name="OTIO_SCHEMA", default="")
    time_scalar: float | None = None


class _Marker(_Value, gc=False):
    marked_range: _Span


class _Item(_Value, gc=False):
    label: str = msgspec.field(name="OTIO_SCHEMA", default="")
    kind: str | None = None
    enabled: bool = True
    source_range: _Span | None = None
    in_offset: _Time | None = None
    out_offset: _Time | None = None
    effects: list[_Effect] | None = None
    markers: list[_Marker] | None = None
    media_references: dict[str, _Reference | None] | None = None
    active_media_reference_key: str | None = None
    children: list[_Item] | None = None


class _Document(_Value, gc=False):
    global_start_time: _Time | None = None
    tracks: _Item | None = None


_DECODER = msgspec.json.Decoder(_Document)
_FAULTS = (msgspec.MsgspecError, RecursionError, TimelineError)


def said(timeline: otio.schema.Timeline) -> bytes:
    """All that OTIO says of the timeline, in JSON without white space."""
    return bytes(timeline.to_json_string(indent=-1).encode())


def says_the_same(content: bytes, meant: bytes) -> bool:
    """Whether the JSON of a file is that of a timeline which plays as the one does of which OTIO `said` that.

    It does where it reads the same to the letter, however it is laid out and spells its rates, or where all
    that plays is the same. False also for JSON that says it in ways that only OTIO understands.
    """
    tight = tight_json(content)
    if tight is not None and made_exact(tight)[0] == meant:
        return True
    try:
        return _played(_DECODER.decode(content)) == _played(_DECODER.decode(meant))
    except _FAULTS:
        return False


def _spans(item: _Item) -> Iterator[_Span]:
    """The ranges that the item itself has."""
    if item.source_range is not None:
        yield item.source_range
    for marker in item.markers or ():
        yield marker.marked_range
    for one in (item.media_references or {}).values():
        if one is not None and one.available_range is not None:
            yield one.available_range


def _played(document: _Document) -> _Document:
    """In place: with exact rates and without the references that no clip plays."""
    if document.global_start_time is not None:
        _make_exact(document.global_start_time)
    if document.tracks is not None:
        _make_played(document.tracks)
    return document


def _make_played(item: _Item) -> None:
    if item.media_references:
        key = item.active_media_reference_key or ""
        item.media_references = {"": item.media_references.get(key)}
        item.active_media_reference_key = None
    for span in _spans(item):
        _make_exact(span.start_time)
        _make_exact(span.duration)
    for offset in (item.in_offset, item.out_offset):
        if offset is not None:
            _make_exact(offset)
    for child in item.children or ():
        _make_played(child)


def _make_exact(time: _Time) -> None:
    time.rate = exact_float(time.rate)
