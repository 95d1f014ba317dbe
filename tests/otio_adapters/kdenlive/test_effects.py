"""Keyframes and fades through an edit: each frame that is still there keeps its value."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kdenlive_project import keyed, made, span

from otio_adapters.kdenlive.document import frames, get
from otio_adapters.kdenlive.effects import cut_fades, follow, move_effects
from otio_adapters.kdenlive.keyframes import between, retime, shift

R = Fraction(25)


def entry(*effects: Any) -> Any:
    return made("entry", {}, *effects)


def keys(effect: Any, name: str = "level") -> dict[int, str]:
    found = (part.partition("=") for part in get(effect, name).split(";"))
    return {frames(at.strip("~|"), R): value for at, _, value in found}


def spans(owner: Any) -> list[tuple[int, int]]:
    return [(frames(one.get("in"), R), frames(one.get("out"), R)) for one in owner.findall("filter")]


def value(effect: Any, frame: int) -> float:
    """What MLT makes of linear keys at a frame of the media."""
    begin = frames(effect.get("in", "0"), R)
    points = sorted((begin + at, float(v)) for at, v in keys(effect).items())
    for (a, x), (b, y) in pairwise(points):
        if a <= frame <= b:
            return x + (y - x) * (frame - a) / (b - a)
    return points[0][1] if frame < points[0][0] else points[-1][1]


@given(
    points=st.dictionaries(st.integers(0, 200), st.integers(-50, 50), min_size=1, max_size=6),
    by=st.integers(-150, 150),
)
def test_moved_keys_give_each_moment_its_value(points: dict[int, int], by: int) -> None:
    effect = made("filter", {}, level=keyed(*sorted(points.items())))
    meant = [value(effect, frame) for frame in range(max(-by, 0), 260)]
    shift(effect, R, by)
    assert [value(effect, frame + by) for frame in range(max(-by, 0), 260)] == pytest.approx(meant, abs=1e-3)


@given(begin=st.integers(100, 109), length=st.integers(1, 30))
def test_what_is_left_of_a_fade_has_the_same_values(begin: int, length: int) -> None:
    """The clip goes on from the middle of its fade-in."""
    made_fade = made("filter", span(100, 109), kdenlive_id="fade_from_black", level=keyed((0, 0), (9, 1)))
    clip = entry(made_fade)
    meant = [value(made_fade, frame) for frame in range(begin, min(begin + length, 110))]
    cut_fades(clip, begin, begin + length - 1, R)
    (fade,) = clip.findall("filter")
    assert [value(fade, frame) for frame in range(begin, min(begin + length, 110))] == pytest.approx(meant)
    assert spans(clip) == [(begin, min(begin + length - 1, 109))]


def test_an_old_fade_without_keys_is_cut_by_its_ends() -> None:
    clip = entry(made("filter", span(100, 110), kdenlive_id="fadein", gain="0", end="1"))
    cut_fades(clip, 104, 200, R)
    fade = clip.find("filter")
    assert (get(fade, "gain"), get(fade, "end")) == ("0.4", "1")


def test_a_fade_counted_from_its_end_is_cut() -> None:
    clip = entry(made("filter", span(130, 139), kdenlive_id="fade_to_black", level="0=1;-1=0"))
    cut_fades(clip, 100, 133, R)
    assert spans(clip) == [(130, 133)]
    assert [round(value(clip.find("filter"), frame), 3) for frame in (130, 133)] == [1, 0.667]


def test_a_fade_at_the_other_end_goes_and_a_zone_stays() -> None:
    fade = made("filter", span(130, 139), kdenlive_id="fade_to_black", level="0=1;-1=0")
    zone = made("filter", span(130, 139), kdenlive_id="sepia", kdenlive__force_in_out="1")
    clip = entry(fade, zone)
    cut_fades(clip, 100, 119, R)
    assert clip.findall("filter") == [zone]


def test_effects_of_a_take_lie_on_the_same_moments_of_it() -> None:
    """The take's frame 4 stands where the media's frame 110 was."""
    grade = made("filter", {}, level=keyed((100, 0), (120, 1)))
    zone = made("filter", span(105, 119), kdenlive_id="sepia", level=keyed((0, 0), (14, 14)))
    gone = made("filter", span(100, 104), kdenlive_id="sepia")
    clip = entry(grade, zone, gone)
    move_effects(clip, 4 - 110, 4, 14, R)
    assert clip.findall("filter") == [grade, zone]
    assert keys(grade) == {0: "0.3", 14: "1"}
    assert ([spans(entry(zone))[0]], keys(zone)) == ([(0, 13)], {0: "1", 13: "14"})


def test_automation_of_a_track_moves_with_what_it_was_set_for() -> None:
    track = made("tractor", {}, made("filter", {}, level="0=0;50~=-3;00:00:04.000=0"))
    follow(track, lambda frame: frame if frame < 40 else frame + 10, R)
    assert keys(track.find("filter")) == {0: "0", 60: "-3", 110: "0"}
    assert "~=-3" in get(track.find("filter"), "level")


def test_kdenlives_own_filters_of_a_track_stay() -> None:
    track = made("tractor", {}, made("filter", {}, internal_added="237", level="0=0;50=1"))
    follow(track, lambda frame: frame + 10, R)
    assert get(track.find("filter"), "level") == "0=0;50=1"


def test_a_zone_that_was_cut_out_goes() -> None:
    track = made("tractor", {}, made("filter", span(10, 14)), made("filter", span(20, 24)))
    follow(track, lambda frame: min(frame, 10) if frame < 15 else frame - 5, R)
    assert spans(track) == [(15, 19)]


@pytest.mark.parametrize("text", ["0", "a=b", "0=1;x", "", "12:00", '{"a": 1}', "0=", "/a;b=1"])
def test_what_is_no_keyframe_is_left_alone(text: str) -> None:
    effect = made("filter", {}, level=text)
    retime(effect, R, lambda frame: frame + 7)
    if text != "0=":
        assert get(effect, "level") == text


def test_an_outline_moves() -> None:
    effect = made("filter", {}, spline='{"00:00:01.000": [[1, 2]], "50": [[3, 4]]}')
    retime(effect, R, lambda frame: frame + 25)
    assert get(effect, "spline") == '{"00:00:02.000": [[1, 2]], "00:00:03.000": [[3, 4]]}'


@pytest.mark.parametrize(
    ("first", "last", "half"),
    [("0", "1", "0.5"), ("0 0 100% 1", "10 4 50% 1", "5 2 75% 1"), ("a", "b", "a"), ("1 2", "3", "1 2")],
)
def test_a_value_between_two(first: str, last: str, half: str) -> None:
    assert between(first, last, Fraction(1, 2)) == half
