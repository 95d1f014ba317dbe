"""Timecode text, drop-frame and not."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.media.timecode import timecode_text

NTSC = Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("frame", "rate", "drop", "text"),
    [
        (0, Fraction(25), False, "00:00:00:00"),
        (90_000, Fraction(25), False, "01:00:00:00"),
        (86_400, Fraction(24000, 1001), False, "01:00:00:00"),
        (1_799, NTSC, True, "00:00:59;29"),
        (1_800, NTSC, True, "00:01:00;02"),
        (17_982, NTSC, True, "00:10:00;00"),
        (107_892, NTSC, True, "01:00:00;00"),
        (3_600, Fraction(60000, 1001), True, "00:01:00;04"),
        (-1, Fraction(25), False, "23:59:59:24"),
        (-1, NTSC, True, "23:59:59;29"),
    ],
)
def test_a_frame_number_reads_as_editors_read_it(frame: int, rate: Fraction, drop: bool, text: str) -> None:
    assert timecode_text(frame, rate, drop) == text


@given(st.integers(0, 2_589_407))
def test_drop_frame_never_says_a_dropped_number(frame: int) -> None:
    text = timecode_text(frame, NTSC, drop_frame=True)
    minute, second, number = int(text[3:5]), int(text[6:8]), int(text[9:])
    assert not (second == 0 and number < 2 and minute % 10)


@given(st.integers(0, 2_589_407))
@example(2_152_446)
def test_drop_frame_stays_within_two_frames_of_the_clock(frame: int) -> None:
    text = timecode_text(frame, NTSC, drop_frame=True)
    hour, minute, second, number = int(text[:2]), int(text[3:5]), int(text[6:8]), int(text[9:])
    shown = 3600 * hour + 60 * minute + second + Fraction(number, 30)
    slow = frame / NTSC / 10**6  # a millionth, 2.6 frames a day: drop frame is no more exact than that
    assert abs(shown - frame / NTSC) < Fraction(2, 30) + slow


def test_there_is_no_drop_frame_at_25() -> None:
    with pytest.raises(ValueError, match="no drop-frame"):
        timecode_text(0, Fraction(25), drop_frame=True)
