from __future__ import annotations

from fractions import Fraction

import opentimelineio as otio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from otio_adapters.errors import TimelineError, UnreadableTimeline
from otio_adapters.opentime import (
    Clock,
    clock_of,
    exact_frames,
    exact_rate,
    from_timecode,
    rational_time,
    time_range,
    timeline_rate,
    to_timecode,
    whole_frames,
)

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (23.976, Fraction(24000, 1001)),
        (23.98, Fraction(24000, 1001)),
        (24000 / 1001, Fraction(24000, 1001)),
        (29.97, NTSC),
        (59.94, Fraction(60000, 1001)),
        (119.88, Fraction(120000, 1001)),
        (25.0, Fraction(25)),
        (12.5, Fraction(25, 2)),
        (48000.0, Fraction(48000)),
        (254_016_000_000.0, Fraction(254_016_000_000)),
    ],
)
def test_a_rate_written_as_a_float_is_the_exact_one_that_is_meant(written: float, meant: Fraction) -> None:
    assert exact_rate(written) == meant


@pytest.mark.parametrize("rate", [0.0, -25.0, float("nan"), float("inf"), 1e18])
def test_a_rate_that_is_no_rate_is_refused(rate: float) -> None:
    with pytest.raises(UnreadableTimeline, match="no rate"):
        exact_rate(rate)


def test_frames_change_rate_exactly_even_after_ten_hours() -> None:
    ten_hours = rational_time(10 * 3600 * 24, Fraction(24))
    assert exact_frames(ten_hours, Fraction(25)) == 10 * 3600 * 25


def test_resolves_fractional_source_start_stays_exact() -> None:
    start = otio.opentime.RationalTime(91046.625, 25)
    assert exact_frames(start, Fraction(25)) == Fraction(728373, 8)


def test_a_time_between_two_frames_is_refused_as_a_whole_one() -> None:
    with pytest.raises(TimelineError, match="between two frames"):
        whole_frames(rational_time(1, Fraction(30)), Fraction(24))


@pytest.mark.parametrize(
    ("timecode", "rate", "frame"),
    [
        ("01:00:00;00", NTSC, 107892),
        ("01:00:00:00", NTSC, 108000),
        ("00:00:59;29", NTSC, 1799),
        ("00:01:00;02", NTSC, 1800),
        ("00:10:00;00", NTSC, 17982),
        ("00:01:00;04", Fraction(60000, 1001), 3600),
        ("10:00:00:00", Fraction(24000, 1001), 864000),
        ("00:00:01:00", Fraction(25), 25),
    ],
)
def test_timecode_names_its_frame_and_the_frame_its_timecode(
    timecode: str, rate: Fraction, frame: int
) -> None:
    assert from_timecode(timecode, rate) == frame
    assert to_timecode(frame, rate, drop_frame=";" in timecode) == timecode


@given(st.integers(0, 24 * 6 * 17982 - 1), st.sampled_from([NTSC, Fraction(60000, 1001)]))
def test_drop_frame_timecode_comes_back_to_the_same_frame(frame: int, rate: Fraction) -> None:
    assert from_timecode(to_timecode(frame, rate, drop_frame=True), rate) == frame


@pytest.mark.parametrize("wrong", ["00:01:00;00", "00:60:00:00", "00:00:00:30", "soon", ""])
def test_timecode_that_does_not_exist_is_refused(wrong: str) -> None:
    with pytest.raises(TimelineError):
        from_timecode(wrong, NTSC)


def test_an_empty_timeline_has_no_rate_and_says_that_it_is_empty() -> None:
    with pytest.raises(UnreadableTimeline, match="empty"):
        timeline_rate(otio.schema.Timeline("cut"))


@pytest.mark.parametrize(
    ("clock", "frame", "code"),
    [
        (Clock(rate=NTSC, first=107_892, drop_frame=True), 1800, "01:01:00;02"),
        (Clock(rate=NTSC, first=108_000), 1800, "01:01:00:00"),
        (Clock(rate=Fraction(60000, 1001), drop_frame=True), 3600, "00:01:00;04"),
        (Clock(rate=Fraction(24000, 1001), first=86_400), 24, "01:00:01:00"),
        (Clock(rate=Fraction(50), first=180_000), Fraction(99, 2), "01:00:00:49"),
        (Clock(rate=Fraction(60), first=24 * 216_000), 0, "00:00:00:00"),
    ],
)
def test_a_clock_names_the_frames_of_a_timeline(clock: Clock, frame: Fraction, code: str) -> None:
    assert clock.code(frame) == code


@pytest.mark.parametrize(
    ("clock", "step", "codes"),
    [
        (Clock(rate=Fraction(25), first=90_007), 25, ["01:00:01:00", "01:00:02:00", "01:00:03:00"]),
        (Clock(rate=NTSC), 900, ["00:00:00:00"]),
        (Clock(rate=NTSC, first=1790, drop_frame=True), 30, ["00:01:00;02", "00:01:01;00", "00:01:02;00"]),
        (Clock(rate=NTSC, first=17_980, drop_frame=True), 30, ["00:10:00;00", "00:10:01;00", "00:10:02;00"]),
    ],
)
def test_a_clock_counts_whole_steps_of_its_timecode(clock: Clock, step: int, codes: list[str]) -> None:
    assert [clock.code(frame) for frame in clock.steps(step, 0, 80)] == codes


def test_timecode_past_a_day_is_read_as_it_stands() -> None:
    assert from_timecode("25:00:00:00", Fraction(25)) == 25 * 3600 * 25


def test_a_timelines_clock_begins_at_its_start_timecode() -> None:
    made = otio.schema.Timeline("cut", global_start_time=rational_time(107_892, NTSC))
    made.metadata["pickup"] = {"drop_frame": True}
    assert clock_of(made, NTSC).code(0) == "01:00:00;00"


@given(st.integers(0, 2**40), st.sampled_from([Fraction(24000, 1001), NTSC, Fraction(60000, 1001)]))
def test_whole_frames_stay_whole_through_otios_floats(frames: int, rate: Fraction) -> None:
    assert exact_frames(rational_time(frames, rate), rate) == frames
    halved = rational_time(Fraction(frames, 2), rate / 2)
    assert exact_frames(halved, rate) == frames


@pytest.mark.parametrize("noted", ["25/0", "fast", "-3", [25], True, ""])
def test_a_noted_rate_that_is_none_does_not_hide_the_clips_own(noted: object) -> None:
    clip = otio.schema.Clip("a", source_range=time_range(0, 10, Fraction(24)))
    made = otio.schema.Timeline("cut", tracks=[otio.schema.Track("V1", [clip], kind="Video")])
    made.metadata["pickup"] = {"rate": noted}
    assert timeline_rate(made) == 24
