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


def region(text: str) -> Region | None:
    """`lips`, `face`, `head` or a box `X,Y,WxH` in pixels; None where the text is something else."""
    if text in ("lips", "face", "head"):
        return FaceRegion(name=text)  # type: ignore[arg-type]  # the three names, just checked
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
