"""A timeline's items as plain rows, from OTIO's objects and from the JSON that was written of them.

Two timelines with the same rows play the same. The JSON is read by another library than OTIO's: what it says
is held against what was meant without building a timeline of it, which would take as long as reading it.
"""

from __future__ import annotations

from typing import Any

import msgspec
import opentimelineio as otio

from otio_adapters.errors import TimelineError
from otio_adapters.opentime import exact_float

Row = tuple[Any, ...]


class _Value(msgspec.Struct, gc=False):
    """What OTIO's JSON says of a value, as far as a row needs it; the rest of it is passed over."""


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


def says_the_same(content: bytes, timeline: otio.schema.Timeline) -> bool:
    """Whether the JSON is that of a timeline which plays as the given one does.

    False also for JSON that says it in ways that only OTIO understands, such as references between objects.
    """
    try:
        document = _DECODER.decode(content)
    except (msgspec.MsgspecError, RecursionError):
        return False
    if document.tracks is None:
        return False
    try:
        return _start(timeline.global_start_time) == _start(document.global_start_time) and [
            _of_item(timeline.tracks)
        ] == [_in_item(document.tracks)]
    except TimelineError:  # a rate that is none
        return False


def _start(time: Any) -> Row | None:
    return _time(time) if time is not None else None


def _time(time: Any) -> Row:
    return time.value, exact_float(time.rate)


def _span(span: Any) -> Row | None:
    if span is None:
        return None
    start, frames = span.start_time, span.duration
    return start.value, exact_float(start.rate), frames.value, exact_float(frames.rate)


def _of_item(item: otio.core.Composable) -> Row:
    """The row of an OTIO object; that of a track or stack holds those of its children."""
    kind = type(item).__name__
    if kind == "Transition":
        return kind, _time(item.in_offset), _time(item.out_offset)
    effects, markers = item.effects, item.markers
    row = (
        kind,
        _span(item.source_range),
        item.enabled,
        tuple([_speed(type(one).__name__, one) for one in effects] if len(effects) else ()),
        tuple([_span(one.marked_range) for one in markers] if len(markers) else ()),
    )
    if kind == "Clip":
        reference = item.media_reference
        return (*row, _media(type(reference).__name__, reference))
    if kind == "Gap":
        return row
    return (*row, getattr(item, "kind", None), [_of_item(child) for child in item])


def _in_item(item: _Item) -> Row:
    """The row of an object's JSON."""
    kind = item.label.partition(".")[0]
    if kind == "Transition":
        return kind, _start(item.in_offset), _start(item.out_offset)
    row = (
        kind,
        _span(item.source_range),
        item.enabled,
        tuple([_speed(one.label.partition(".")[0], one) for one in item.effects] if item.effects else ()),
        tuple([_span(one.marked_range) for one in item.markers] if item.markers else ()),
    )
    if kind == "Clip":
        references = item.media_references or {}
        reference = references.get(item.active_media_reference_key or "")
        label = reference.label.partition(".")[0] if reference is not None else "MissingReference"
        return (*row, _media(label, reference))
    if kind == "Gap":
        return row
    return (*row, item.kind, [_in_item(child) for child in item.children or ()])


def _speed(kind: str, effect: Any) -> Row:
    return kind, effect.time_scalar if kind == "LinearTimeWarp" else None


def _media(kind: str, reference: Any) -> Row:
    """What a reference plays. OTIO has a missing one where JSON has none."""
    url = None
    if kind == "ExternalReference":
        url = reference.target_url
    elif kind == "ImageSequenceReference":
        url = reference.target_url_base
    return kind, url, _span(reference.available_range if reference is not None else None)
