"""Ranges and regions as an editor writes them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bridge.errors import UsageError
from bridge.ranges import frame_range, frame_rate, region
from engine.protocol import Box, FaceRegion

RATE = Fraction(30000, 1001)


def no_timecode(text: str) -> int:
    raise AssertionError(f"{text} is no timecode")


def test_plain_numbers_are_frames_of_the_clip() -> None:
    assert frame_range("120:145", RATE, no_timecode) == (120, 145)


def test_seconds_fall_on_the_nearest_frame() -> None:
    assert frame_range("1s:2.5s", RATE, no_timecode) == (30, 75)


def test_timecodes_are_the_timelines() -> None:
    known = {"01:00:00;10": 10, "01:00:01;00": 30}
    assert frame_range("01:00:00;10:01:00:01;00", RATE, known.__getitem__) == (10, 30)


@pytest.mark.parametrize("text", ["", "120", "a:b", "120-145", "1:2:3", "-5:10", "1e3:2e3"])
def test_what_is_no_range_is_refused_with_the_ways_to_write_one(text: str) -> None:
    with pytest.raises(UsageError, match="write IN:OUT"):
        frame_range(text, RATE, no_timecode)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(UsageError, match="ends before it begins"):
        frame_range("20:20", RATE, no_timecode)


def test_regions_by_name_and_by_box() -> None:
    assert region("head") == FaceRegion(name="head")
    assert region("10,20,300x200") == Box(x=10, y=20, width=300, height=200)


def test_anything_else_may_be_a_matte() -> None:
    assert region("matte.png") is None


def test_a_box_without_area_is_refused() -> None:
    with pytest.raises(UsageError, match="width and a height"):
        region("1,1,0x5")


def test_a_face_among_several_is_the_one_in_a_box() -> None:
    box = Box(x=10, y=20, width=300, height=200)
    assert region("lips@10,20,300x200") == FaceRegion(name="lips", within=box)
    with pytest.raises(UsageError, match="lips@X,Y,WxH"):
        region("lips@left")


@pytest.mark.parametrize(
    ("text", "rate"),
    [("25", Fraction(25)), ("23.976", Fraction(24000, 1001)), ("30000/1001", Fraction(30000, 1001))],
)
def test_frame_rates_as_people_write_them(text: str, rate: Fraction) -> None:
    assert frame_rate(text) == rate


@pytest.mark.parametrize("text", ["", "0", "fast", "1/0", "-25", "1000"])
def test_what_is_no_frame_rate_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no frame rate"):
        frame_rate(text)
