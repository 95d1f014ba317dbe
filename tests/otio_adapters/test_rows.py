"""What was written is held against what was meant by another reader than OTIO's."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import opentimelineio as otio
import pytest
from generated_timelines import timelines
from hypothesis import given, settings

from otio_adapters.opentime import rational_time, time_range
from otio_adapters.rows import says_the_same

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


@settings(max_examples=30, deadline=None)
@given(timelines())
def test_what_otio_writes_of_any_timeline_says_the_same(pair: tuple[otio.schema.Timeline, Fraction]) -> None:
    assert says_the_same(written(pair[0]), pair[0])


@pytest.mark.parametrize("indent", [-1, 0, 4])
def test_however_it_is_laid_out_it_says_the_same(indent: int) -> None:
    assert says_the_same(written(made(), indent), made())


def test_a_rate_spelled_in_short_says_the_same() -> None:
    exact, short = made(), made()
    exact.global_start_time = rational_time(30, Fraction(30000, 1001))
    short.global_start_time = otio.opentime.RationalTime(30, 29.97)
    assert says_the_same(written(short), exact)


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
    assert not says_the_same(written(other), made())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"tracks": null}', written(made())[:-9]])
def test_what_is_no_whole_timeline_does_not_say_the_same(content: bytes) -> None:
    assert not says_the_same(content, made())
