"""Ranges as an editor writes them on the command line."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from bridge.errors import UsageError
from engine.protocol import Box, FaceRegion, Region

_TIMECODE = r"\d\d[:;]\d\d[:;]\d\d[:;]\d\d"
_POINT = rf"{_TIMECODE}|\d+(?:\.\d+)?s|\d+"
_RANGE = re.compile(rf"^(?P<start>{_POINT}):(?P<end>{_POINT})$")
_BOX = re.compile(r"^(\d+),(\d+),(\d+)x(\d+)$")


def frame_range(text: str, rate: Fraction, frame_at_timecode: Callable[[str], int]) -> tuple[int, int]:
    """`IN:OUT` as clip frames [in, out).

    Each end is a frame of the clip (`120`), seconds from its start (`4.8s`), or the timeline's timecode
    (`01:00:04:20`), which `frame_at_timecode` turns into a clip frame.
    """
    match = _RANGE.match(text.strip())
    if not match:
        raise UsageError(
            f'"{text}" is no range: write IN:OUT in frames of the clip (120:145), seconds (4.8s:5.8s)'
            " or the timeline's timecode (01:00:04:20:01:00:05:20)"
        )
    start, end = (_frame(match[name], rate, frame_at_timecode) for name in ("start", "end"))
    if end <= start:
        raise UsageError(f'"{text}": the range ends before it begins')
    return start, end


# Rates that are written short, and mean the ones of NTSC.
_NTSC = {"23.976": Fraction(24000, 1001), "29.97": Fraction(30000, 1001), "59.94": Fraction(60000, 1001)}


def frame_rate(text: str) -> Fraction:
    """Frames a second: a number, or a fraction such as 30000/1001. Raises UsageError."""
    try:
        rate = _NTSC.get(text) or Fraction(text)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 1 <= rate <= 240:
        raise UsageError(f'"{text}" is no frame rate: write 25, 23.976 or 30000/1001')
    return rate


def region(text: str) -> Region | None:
    """`lips`, `face`, `head` or a box `X,Y,WxH` in pixels; None where the text is something else.

    Of several faces `lips@X,Y,WxH` means the one in that box.
    """
    name, at, place = text.partition("@")
    if name in ("lips", "face", "head"):
        within = _box(place) if at else None
        if at and within is None:
            raise UsageError(f'"{text}": which face is said by a box, as in lips@X,Y,WxH')
        return FaceRegion(name=name, within=within)  # type: ignore[arg-type]  # the three names, just checked
    return _box(text)


def _box(text: str) -> Box | None:
    box = _BOX.match(text)
    if not box:
        return None
    x, y, width, height = (int(number) for number in box.groups())
    if not width or not height:
        raise UsageError(f'"{text}": a box needs a width and a height')
    return Box(x=x, y=y, width=width, height=height)


def _frame(point: str, rate: Fraction, frame_at_timecode: Callable[[str], int]) -> int:
    if point.endswith("s"):
        return round(Fraction(point[:-1]) * rate)
    return int(point) if point.isdigit() else frame_at_timecode(point)
