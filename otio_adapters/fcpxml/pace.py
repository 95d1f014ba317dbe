"""How fast a clip plays: its conforming to the sequence's rate, and its time map.

A clip's own time runs in its `start`, in its markers and in what is connected to it. Conforming makes it run
at another pace than the timeline's; a <timeMap> leads from it to the media's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.fcpxml.rational import time_of
from otio_adapters.opentime import exact_rate
from otio_adapters.ripple import HEADING

_NTSC = Fraction(1001, 1000)
# Found in projects by Final Cut Pro: (media, timeline), in frames a second rounded up, and whether those are
# rates over 1.001. Film in a 59.94 timeline runs at 24, though 23.976 would fit.
_FOUND = {
    ((24, True), (60, True)): _NTSC,
    ((24, True), (60, False)): _NTSC,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """`local`: seconds of the clip's own time in a second of the timeline. `points`: of the time map."""

    local: Fraction
    points: tuple[tuple[Fraction, Fraction], ...]
    effects: tuple[otio.schema.TimeEffect, ...]

    def media(self, local: Fraction) -> Fraction:
        """The media's time at a time of the clip's own; what lies beyond the map goes on as it ends."""
        if len(self.points) < 2:
            return local if not self.points else self.points[0][1]
        pairs = list(pairwise(self.points))
        (t0, v0), (t1, v1) = next((pair for pair in pairs if local <= pair[1][0]), pairs[-1])
        return v0 + (local - t0) * (v1 - v0) / (t1 - t0)


def pace_of(clip: Element, rate: Fraction) -> Pace:
    """The pace of a clip in a timeline of `rate`. Its effects are named by where they are in the file."""
    conform, uncertain = _conform(clip, rate)
    time_map = clip.find("timeMap")
    points = _points(time_map) if time_map is not None else ()
    slopes = {(v1 - v0) / (t1 - t0) for (t0, v0), (t1, v1) in pairwise(points)}
    scalar = conform * (slopes.pop() if len(slopes) == 1 else 1)
    name = f"timeMap in line {time_map.sourceline}" if time_map is not None else ""
    effect: otio.schema.TimeEffect | None = None
    if slopes:
        effect = otio.schema.TimeEffect(f"variable speed, {name}", "timeMap")
    elif uncertain:
        effect = otio.schema.TimeEffect(uncertain, "conform-rate")
    elif scalar == 0 or len(points) == 1:
        effect = otio.schema.FreezeFrame(f"still, {name}")
    elif scalar != 1:
        plain = name or f"conform-rate in line {clip.find('conform-rate').sourceline}"
        notes = {"pickup": {HEADING: -1}} if scalar < 0 else {}
        effect = otio.schema.LinearTimeWarp(plain, time_scalar=float(scalar), metadata=notes)
    return Pace(local=conform, points=points, effects=(effect,) if effect else ())


def _points(time_map: Element) -> tuple[tuple[Fraction, Fraction], ...]:
    """The map's points in the order of their times; two at one time are one."""
    found = {time_of(one, "time"): time_of(one, "value") for one in time_map.iterfind("timept")}
    return tuple(sorted(found.items()))


def _conform(clip: Element, rate: Fraction) -> tuple[Fraction, str]:
    """The pace that conforming gives, and its name where Final Cut Pro's rule for the two rates is not known.

    Near rates are played frame for frame; rates of one family are left alone.
    """
    conform = clip.find("conform-rate")
    text = conform.get("srcFrameRate", "") if conform is not None else ""
    if conform is None or conform.get("scaleEnabled") == "0" or not text.replace(".", "", 1).isdecimal():
        return Fraction(1), ""
    media = exact_rate(float(text) or 1.0)
    if Fraction(95, 100) < rate / media < Fraction(105, 100):
        return rate / media, ""
    ratio = max(rate / media, media / rate)
    if ratio.denominator == 1:
        return Fraction(1), ""
    key = tuple((-int(-one // 1), one.denominator != 1) for one in (media, rate))
    if key in _FOUND:
        return _FOUND[key], ""
    return Fraction(1), f"{text} frames a second conformed, conform-rate in line {conform.sourceline}"
