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
    media_reference: _Reference | None = None  # of Clip.1, before a clip had several
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
        start, written = timeline.global_start_time, document.global_start_time
        return _start(start) == _start(written) and _same(timeline.tracks, document.tracks)
    except TimelineError:  # a rate that is none
        return False


def is_plain(content: bytes, most: int) -> bool:
    """Whether all rates in the JSON are exact, and all ranges possible ones of fewer frames than `most`.

    False also where that cannot be told without OTIO.
    """
    try:
        document = _DECODER.decode(content)
        start, tracks = document.global_start_time, document.tracks
        sound = start is None or exact_float(start.rate) == start.rate
        return sound and tracks is not None and _is_plain(tracks, most)
    except (msgspec.MsgspecError, RecursionError, TimelineError):
        return False


def _is_plain(item: _Item, most: int) -> bool:
    if item.children is not None and not all(_is_plain(child, most) for child in item.children):
        return False
    if item.in_offset is not None and item.out_offset is not None:
        return _plain_span(item.in_offset, item.out_offset, most)
    span = item.source_range
    # A clip that says no range of its own is as long as its media is: OTIO has to tell.
    if item.media_reference is not None or (span is None and item.children is None):
        return False
    if span is not None and not _plain_span(span.start_time, span.duration, most):
        return False
    marked = [marker.marked_range for marker in item.markers] if item.markers else []
    references = item.media_references.values() if item.media_references else ()
    marked += [
        one.available_range for one in references if one is not None and one.available_range is not None
    ]
    return all(_plain_span(one.start_time, one.duration, most) for one in marked)


def _plain_span(start: _Time, frames: _Time, most: int) -> bool:
    exact = exact_float(start.rate) == start.rate and exact_float(frames.rate) == frames.rate
    return exact and -most < start.value < most and 0 <= frames.value < most


def _start(time: Any) -> Row | None:
    return _time(time) if time is not None else None


def _time(time: Any) -> Row:
    return time.value, exact_float(time.rate)


def _span(span: Any) -> Row | None:
    if span is None:
        return None
    start, frames = span.start_time, span.duration
    return start.value, exact_float(start.rate), frames.value, exact_float(frames.rate)


def _same(item: otio.core.Composable, written: _Item) -> bool:
    """Item by item: rows that were kept would be tens of thousands of objects for Python to look after."""
    if _of_item(item) != _in_item(written):
        return False
    if not isinstance(item, otio.core.Composition):
        return True
    inside = written.children or []
    return len(item) == len(inside) and all(map(_same, item, inside))


def _of_item(item: otio.core.Composable) -> Row:
    """The row of an OTIO object."""
    kind = type(item).__name__
    if kind == "Transition":
        return kind, _time(item.in_offset), _time(item.out_offset)
    effects, markers = item.effects, item.markers
    return (
        kind,
        _span(item.source_range),
        item.enabled,
        [_speed(type(one).__name__, one) for one in effects] if len(effects) else None,
        [_span(one.marked_range) for one in markers] if len(markers) else None,
        _of_media(item.media_reference) if kind == "Clip" else getattr(item, "kind", None),
    )


def _of_media(reference: otio.core.MediaReference | None) -> Row:
    return _media(type(reference).__name__, reference)


def _in_item(item: _Item) -> Row:
    """The row of an object's JSON."""
    kind = item.label.partition(".")[0]
    if kind == "Transition":
        return kind, _start(item.in_offset), _start(item.out_offset)
    return (
        kind,
        _span(item.source_range),
        item.enabled,
        [_speed(one.label.partition(".")[0], one) for one in item.effects] if item.effects else None,
        [_span(one.marked_range) for one in item.markers] if item.markers else None,
        _in_media(item) if kind == "Clip" else item.kind,
    )


def _in_media(item: _Item) -> Row:
    """OTIO has a missing reference where JSON has none."""
    references = item.media_references or {}
    reference = references.get(item.active_media_reference_key or "")
    return _media("MissingReference" if reference is None else reference.label.partition(".")[0], reference)


def _speed(kind: str, effect: Any) -> Row:
    return kind, effect.time_scalar if kind == "LinearTimeWarp" else None


def _media(kind: str, reference: Any) -> Row:
    """What a reference plays."""
    url = None
    if kind == "ExternalReference":
        url = reference.target_url
    elif kind == "ImageSequenceReference":
        url = reference.target_url_base
    return kind, url, _span(reference.available_range if reference is not None else None)
