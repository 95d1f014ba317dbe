"""What was written is held against what was meant by another reader than OTIO's."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from generated_timelines import timelines
from hypothesis import given, settings

from otio_adapters.native.writer import native_json
from otio_adapters.opentime import rational_time, time_range
from otio_adapters.rows import said, says_the_same

R = Fraction(25)


def made() -> otio.schema.Timeline:
    reference = otio.schema.ExternalReference("/media/a.mov", time_range(90_000, 500, R))
    clip = otio.schema.Clip("a", reference, time_range(90_010, 40, R))
    clip.effects.append(otio.schema.LinearTimeWarp("fast", time_scalar=2))
    clip.markers.append(otio.schema.Marker("blink", time_range(90_020, 1, R)))
    mix = otio.schema.Transition("mix", "SMPTE_Dissolve", rational_time(3, R), rational_time(4, R))
    other = otio.schema.Clip("b", otio.schema.MissingReference(), time_range(0, 40, R))
    nest = otio.schema.Stack("nest", children=[otio.schema.Track(children=[other.deepcopy()])])
    timeline = otio.schema.Timeline("cut", global_start_time=rational_time(90_000, R))
    timeline.tracks.append(otio.schema.Track("V1", kind="Video", children=[clip, mix, other, nest]))
    timeline.tracks.markers.append(otio.schema.Marker("here", time_range(7, 0, R)))
    return timeline


def written(timeline: otio.schema.Timeline, indent: int = 4) -> bytes:
    return bytes(timeline.to_json_string(indent=indent).encode())


def _of_objects(item: otio.core.Composable) -> dict[str, Any]:
    """What OTIO's objects answer when they are asked one by one."""
    found: dict[str, Any] = {"OTIO_SCHEMA": f"{item.schema_name()}.{item.schema_version()}"}
    if isinstance(item, otio.schema.Transition):
        return {**found, "in_offset": _time(item.in_offset), "out_offset": _time(item.out_offset)}
    found |= {"enabled": item.enabled, "source_range": _span(item.source_range)}
    found["markers"] = [_span(one.marked_range) for one in item.markers]
    found["effects"] = [getattr(one, "time_scalar", None) for one in item.effects]
    if isinstance(item, otio.schema.Clip):
        media = item.media_reference
        found["media"] = (getattr(media, "target_url", None), _span(media.available_range))
    inside = item if isinstance(item, otio.core.Composition) else None
    return found if inside is None else {**found, "children": [_of_objects(one) for one in inside]}


def _of_json(item: dict[str, Any]) -> dict[str, Any]:
    """The same, out of the JSON that OTIO writes of them."""
    found: dict[str, Any] = {"OTIO_SCHEMA": item["OTIO_SCHEMA"]}
    if "in_offset" in item:
        offsets = ("in_offset", "out_offset")
        return {**found, **{name: _json_time(item[name]) for name in offsets}}
    found |= {"enabled": item["enabled"], "source_range": _json_span(item["source_range"])}
    found["markers"] = [_json_span(one["marked_range"]) for one in item["markers"]]
    found["effects"] = [one.get("time_scalar") for one in item["effects"]]
    if "media_references" in item:
        media = item["media_references"][item["active_media_reference_key"]]
        found["media"] = (media.get("target_url"), _json_span(media["available_range"]))
    inside = item.get("children")
    return found if inside is None else {**found, "children": [_of_json(one) for one in inside]}


def _time(time: otio.opentime.RationalTime) -> tuple[float, float]:
    return time.value, time.rate


def _span(span: otio.opentime.TimeRange | None) -> tuple[tuple[float, float], ...] | None:
    return span and (_time(span.start_time), _time(span.duration))


def _json_time(time: dict[str, Any]) -> tuple[float, float]:
    return time["value"], time["rate"]


def _json_span(span: dict[str, Any] | None) -> tuple[tuple[float, float], ...] | None:
    return span and (_json_time(span["start_time"]), _json_time(span["duration"]))


@settings(max_examples=30, deadline=None)
@given(timelines())
def test_what_otio_says_at_once_is_what_its_objects_say_one_by_one(
    pair: tuple[otio.schema.Timeline, Fraction],
) -> None:
    """What was written is held against what OTIO says in JSON: so much of it as plays has to be true."""
    assert _of_json(json.loads(said(pair[0]))["tracks"]) == _of_objects(pair[0].tracks)


@settings(max_examples=30, deadline=None)
@given(timelines())
def test_what_is_written_is_what_otio_says_laid_out(pair: tuple[otio.schema.Timeline, Fraction]) -> None:
    """It is held against the disk byte for byte: so it has to be all that OTIO says, and nothing else."""
    content = native_json(pair[0], Path("cut.otio"), None).content
    assert json.loads(content) == json.loads(said(pair[0]))
    assert len(content.splitlines()) == len(written(pair[0]).splitlines())


@settings(max_examples=30, deadline=None)
@given(timelines())
def test_what_otio_writes_of_any_timeline_says_the_same(pair: tuple[otio.schema.Timeline, Fraction]) -> None:
    assert says_the_same(written(pair[0]), said(pair[0]))


@pytest.mark.parametrize("indent", [-1, 0, 4])
def test_however_it_is_laid_out_it_says_the_same(indent: int) -> None:
    assert says_the_same(written(made(), indent), said(made()))


def test_a_rate_spelled_in_short_says_the_same() -> None:
    exact, short = made(), made()
    exact.global_start_time = rational_time(30, Fraction(30000, 1001))
    short.global_start_time = otio.opentime.RationalTime(30, 29.97)
    assert says_the_same(written(short), said(exact))


def _change(clip: otio.schema.Clip, name: str, value: object) -> None:
    setattr(clip, name, value)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: _change(t.tracks[0][0], "source_range", time_range(90_011, 40, R)),
        lambda t: _change(t.tracks[0][0], "source_range", None),
        lambda t: _change(t.tracks[0][0], "enabled", False),
        lambda t: _change(t.tracks[0][0].media_reference, "target_url", "/media/b.mov"),
        lambda t: _change(t.tracks[0][0].media_reference, "available_range", time_range(90_000, 499, R)),
        lambda t: _change(t.tracks[0][0].effects[0], "time_scalar", 2.5),
        lambda t: _change(t.tracks[0][0].markers[0], "marked_range", time_range(90_021, 1, R)),
        lambda t: _change(t.tracks[0][1], "in_offset", rational_time(2, R)),
        lambda t: _change(t.tracks[0][3][0][0], "source_range", time_range(1, 40, R)),
        lambda t: _change(t.tracks.markers[0], "marked_range", time_range(8, 0, R)),
        lambda t: _change(t.tracks[0], "kind", "Audio"),
        lambda t: _change(t, "global_start_time", rational_time(0, R)),
        lambda t: t.tracks[0].append(otio.schema.Gap(source_range=time_range(0, 1, R))),
        lambda t: t.tracks[0].__delitem__(3),
    ],
)
def test_whatever_an_editor_would_see_or_hear_differently_is_told(
    change: Callable[[otio.schema.Timeline], None],
) -> None:
    other = made()
    change(other)
    assert not says_the_same(written(other), said(made()))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"tracks": null}', written(made())[:-9]])
def test_what_is_no_whole_timeline_does_not_say_the_same(content: bytes) -> None:
    assert not says_the_same(content, said(made()))
