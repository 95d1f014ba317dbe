"""Timecode text from a frame number, as the tmcd track of a take wants it."""

from __future__ import annotations

from fractions import Fraction

_DAY = 24 * 3600


def timecode_text(frame: int, rate: Fraction, drop_frame: bool = False) -> str:
    """`HH:MM:SS:FF`, or `HH:MM:SS;FF` in drop-frame; it wraps at midnight, below zero too.

    Drop-frame leaves out frame *numbers*, two at the start of each minute but every tenth (four at 59.94).
    Raises ValueError for drop-frame at a rate that has none.
    """
    nominal = round(rate)
    if drop_frame:
        frame = _renumbered(frame, rate, nominal)
    frame %= _DAY * nominal
    seconds, frames = divmod(frame, nominal)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    mark = ";" if drop_frame else ":"
    return f"{hour:02d}:{minute:02d}:{second:02d}{mark}{frames:02d}"


def _renumbered(frame: int, rate: Fraction, nominal: int) -> int:
    """The number that drop-frame counting gives to the frame."""
    if rate not in {Fraction(30000, 1001), Fraction(60000, 1001)}:
        raise ValueError(f"there is no drop-frame timecode at {rate} frames a second")
    dropped = nominal // 15
    a_minute = 60 * nominal - dropped
    ten_minutes = 10 * a_minute + dropped
    tens, rest = divmod(frame % (ten_minutes * 6 * 24), ten_minutes)
    minutes_begun = max(0, (rest - dropped) // a_minute)
    return frame % (ten_minutes * 6 * 24) + dropped * (9 * tens + minutes_begun)
