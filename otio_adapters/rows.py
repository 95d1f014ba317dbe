"""What a timeline plays, out of OTIO's JSON: read by another library, without building a timeline of it.

OTIO tells all of a timeline at once, as JSON, in a fifth of the time that asking its objects takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import opentimelineio as otio

from otio_adapters.errors import TimelineError
from otio_adapters.opentime import exact_float


class _Value(msgspec.Struct, gc=False):
    """What OTIO's JSON says of a value, as far as it plays; the rest of it is passed over."""


class _Space(_Value, gc=False):
    media: _Value | msgspec.UnsetType = msgspec.UNSET


class _Metadata(_Value, gc=False):
    """Where it is looked into later on, it has to be a dictionary."""

    pickup: _Space | msgspec.UnsetType = msgspec.UNSET
    resolve: _Space | msgspec.UnsetType = msgspec.field(name="Resolve_OTIO", default=msgspec.UNSET)
    premiere: _Space | msgspec.UnsetType = msgspec.field(name="PremierePro_OTIO", default=msgspec.UNSET)


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
    metadata: _Metadata | None = None


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
    metadata: _Metadata | None = None


class _Document(_Value, gc=False):
    global_start_time: _Time | None = None
    tracks: _Item | None = None
    metadata: _Metadata | None = None


_DECODER = msgspec.json.Decoder(_Document)
_FAULTS = (msgspec.MsgspecError, RecursionError, TimelineError)


def said(timeline: otio.schema.Timeline) -> bytes:
    """All that OTIO says of the timeline, in JSON without white space."""
    return bytes(timeline.to_json_string(indent=-1).encode())


def says_the_same(content: bytes, meant: bytes) -> bool:
    """Whether the JSON of a file is that of a timeline which plays as the one does of which OTIO `said` that.

    It does where it is the same to the letter, however it is laid out, or where all that plays is the same.
    False also for JSON that says it in ways that only OTIO understands.
    """
    try:
        if msgspec.json.format(content, indent=-1) == meant:
            return True
        return _played(_DECODER.decode(content)) == _played(_DECODER.decode(meant))
    except _FAULTS:
        return False


def is_plain(timeline: otio.schema.Timeline, most: int) -> bool:
    """Whether all rates are exact, all ranges possible ones of fewer frames than `most`, and all is a
    dictionary that is looked into as one.

    False also where that cannot be told without asking OTIO. It is told by what OTIO read, not by what was
    in the file: of a key that is there twice OTIO takes the first, and msgspec the last.
    """
    try:
        document = _DECODER.decode(said(timeline))
        start, tracks = document.global_start_time, document.tracks
        sound = start is None or exact_float(start.rate) == start.rate
        return sound and tracks is not None and _is_plain(tracks, most)
    except _FAULTS:
        return False


def _is_plain(item: _Item, most: int) -> bool:
    if item.children is not None and not all(_is_plain(child, most) for child in item.children):
        return False
    if item.in_offset is not None and item.out_offset is not None:
        return _plain_span(item.in_offset, item.out_offset, most)
    span = item.source_range
    # A clip that says no range of its own is as long as its media is: OTIO has to tell.
    if span is None and item.children is None:
        return False
    return all(_plain_span(one.start_time, one.duration, most) for one in _spans(item))


def _plain_span(start: _Time, frames: _Time, most: int) -> bool:
    exact = exact_float(start.rate) == start.rate and exact_float(frames.rate) == frames.rate
    return exact and -most < start.value < most and 0 <= frames.value < most


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
    """In place: with exact rates, without the references that no clip plays, and without metadata."""
    document.metadata = None
    if document.global_start_time is not None:
        _make_exact(document.global_start_time)
    if document.tracks is not None:
        _make_played(document.tracks)
    return document


def _make_played(item: _Item) -> None:
    item.metadata = None
    if item.media_references:
        key = item.active_media_reference_key or ""
        playing = item.media_references.get(key)
        if playing is not None:
            playing.metadata = None
        item.media_references = {"": playing}
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
