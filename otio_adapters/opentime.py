"""Exact time: frame rates as fractions, frames as whole numbers, timecode without OTIO's gaps.

OTIO's `RationalTime` carries floats, holds 23.976 and 24000/1001 to be different rates, and refuses timecode
at 23.976, 29.97 and 59.94. Everything that decides a frame goes through here instead.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

import opentimelineio as otio
from opentimelineio.opentime import RationalTime, TimeRange

from otio_adapters.errors import TimelineError, UnreadableTimeline

MAX_RATE = 2**40  # Premiere's ticks, 254,016,000,000 a second, are the most
_TIMECODE = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})([:;.,])(\d{1,3})")


@lru_cache(maxsize=256)  # ours: a file has a handful of rates, and says them with every time
def exact_rate(rate: float) -> Fraction:
    """The exact rate meant by a float: 29.97 is 30000/1001, 25.0 is 25, 12.5 is 25/2.

    Raises `UnreadableTimeline` for a rate that is not a positive number, or more than programs count.
    """
    if not 0 < rate < MAX_RATE:
        raise UnreadableTimeline(f"the timeline has a frame rate of {rate}, which is no rate")
    whole = round(rate)
    if whole and abs(rate - whole) < 1e-6 * rate:
        return Fraction(whole)
    pulled = Fraction(round(rate * 1.001) * 1000, 1001)
    # 23.98 stands for 24000/1001 in many files, which is the widest rounding that people write.
    if rate < 500 and abs(rate - float(pulled)) < 0.005:
        return pulled
    return Fraction(rate).limit_denominator(100_000)


@lru_cache(maxsize=256)  # ours: as above
def exact_float(rate: float) -> float:
    """The float that is nearest to the exact rate: 29.97 becomes 29.97002997002997."""
    return float(exact_rate(rate))


def exact_value(value: float) -> Fraction:
    """A count of frames as a fraction; float dust within a millionth of a whole number is brushed off."""
    if not math.isfinite(value):
        raise UnreadableTimeline(f"the timeline has a time of {value} frames")
    if value == int(value):
        return Fraction(int(value))
    return _snapped(Fraction(value)).limit_denominator(100_000)


def _snapped(value: Fraction) -> Fraction:
    whole = round(value)
    return Fraction(whole) if abs(value - whole) < Fraction(1, 1_000_000) else value


def seconds(time: RationalTime) -> Fraction:
    """The time in seconds, exactly."""
    return exact_value(time.value) / exact_rate(time.rate)


def exact_frames(time: RationalTime, rate: Fraction) -> Fraction:
    """The time in frames at `rate`, which need not come out whole."""
    if exact_rate(time.rate) == rate:
        return exact_value(time.value)
    return _snapped(seconds(time) * rate)


def whole_frames(time: RationalTime, rate: Fraction) -> int:
    """The time in whole frames at `rate`. Raises `TimelineError` where it falls between two frames."""
    frames = exact_frames(time, rate)
    if frames.denominator != 1:
        raise TimelineError(
            f"{time.value:g} frames at {time.rate:g} fps is {float(frames):.3f} at {float(rate):g} fps, "
            "between two frames: move it to a whole frame first"
        )
    return int(frames)


def rational_time(frames: Fraction | int, rate: Fraction) -> RationalTime:
    """OTIO's time for a number of frames at an exact rate."""
    return RationalTime(float(frames), float(rate))


def time_range(start: Fraction | int, frames: Fraction | int, rate: Fraction) -> TimeRange:
    """OTIO's range of `frames` frames from frame `start`."""
    return TimeRange(rational_time(start, rate), rational_time(frames, rate))


def timeline_rate(timeline: otio.schema.Timeline) -> Fraction:
    """The frame rate that the timeline runs at.

    It is what the file's reader noted; else the rate of most clips, where the start timecode's own rate
    wins when any clip shares it. Raises `UnreadableTimeline` where nothing tells.
    """
    noted = _noted_rate(timeline)
    if noted is not None:
        return noted
    start = timeline.global_start_time
    own = exact_float(start.rate) if start is not None else None
    rate = _main_rate(timeline.video_tracks(), own) or _main_rate(timeline.audio_tracks(), own) or own
    if rate is None:
        raise UnreadableTimeline(f"the timeline {timeline.name!r} is empty: it has no clips")
    return exact_rate(rate)


def _noted_rate(timeline: otio.schema.Timeline) -> Fraction | None:
    """What a reader noted; None where there is none, or another program put there what is no rate."""
    try:
        rate = Fraction(str(timeline.metadata.get("pickup", {}).get("rate")))
    except (ValueError, ZeroDivisionError):
        return None
    return rate if 0 < rate < MAX_RATE else None


def _main_rate(tracks: Sequence[otio.schema.Track], own: float | None) -> float | None:
    """The rate of most clips, or `own` where any item has it; None where there are no items.

    Of a long timeline not all are asked: with more than half at one rate, or one at its own, that is known.
    """
    counts: dict[float, int] = {}
    half = sum(map(len, tracks)) / 2
    for item in (item for track in tracks for item in list(track) if isinstance(item, otio.core.Item)):
        rate = exact_float(item.duration().rate)
        counts[rate] = counts.get(rate, 0) + (not isinstance(item, otio.schema.Gap))
        if rate == own or (own is None and counts[rate] > half):
            return rate
    return max(counts, key=lambda rate: counts[rate], default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What a timeline's frames are called: frame 0 is frame number `first` of its timecode."""

    rate: Fraction
    first: int = 0
    drop_frame: bool = False

    def code(self, frame: Fraction | int) -> str:
        """The timecode of the frame that the moment lies in."""
        return to_timecode(self.first + math.floor(frame), self.rate, drop_frame=self.drop_frame)

    def steps(self, step: int, start: int, stop: int) -> Iterator[int]:
        """The frames of [start, stop) whose timecode counts whole steps, of so many frames; where drop-frame
        skips such a number the next one.
        """
        base, dropped = math.ceil(self.rate), drops(self.rate) if self.drop_frame else 0
        count = _counted(self.first + start, base, dropped) // step * step
        while (frame := _numbered(count, base, dropped) - self.first) < stop:
            if frame >= start:
                yield frame
            count += step


def clock_of(timeline: otio.schema.Timeline, rate: Fraction) -> Clock:
    """The clock of a timeline that runs at `rate`."""
    start = timeline.global_start_time
    first = math.floor(exact_frames(start, rate)) if start is not None else 0
    return Clock(rate=rate, first=first, drop_frame=is_drop_frame(timeline))


def is_drop_frame(timeline: otio.schema.Timeline) -> bool:
    """Whether the timeline's file says that its timecode drops frame numbers. OTIO itself cannot say."""
    return bool(timeline.metadata.get("pickup", {}).get("drop_frame", False))


def drops(rate: Fraction) -> int:
    """How many frame numbers drop-frame timecode skips each minute at this rate; 0 where there is none."""
    return {30_000: 2, 60_000: 4, 120_000: 8}.get(rate.numerator, 0) if rate.denominator == 1001 else 0


def from_timecode(text: str, rate: Fraction) -> int:
    """The frame number that a timecode names. `01:00:00;00` drops frame numbers, `01:00:00:00` does not.

    Raises `TimelineError` for text that is no timecode at this rate. Source: SMPTE ST 12-1.
    """
    found = _TIMECODE.fullmatch(text.strip())
    base = math.ceil(rate)
    if not found:
        raise TimelineError(f"{text!r} is no timecode: write 01:00:00:00, or 01:00:00;00 for drop-frame")
    hours, minutes, secs, frame = (int(found[group]) for group in (1, 2, 3, 5))
    dropped = drops(rate) if found[4] in ";," else 0
    if minutes > 59 or secs > 59 or frame >= base:
        raise TimelineError(f"{text!r} is no timecode at {float(rate):g} frames per second")
    if dropped and secs == 0 and frame < dropped and minutes % 10:
        raise TimelineError(f"{text!r} does not exist: drop-frame timecode skips it")
    return _numbered(((hours * 60 + minutes) * 60 + secs) * base + frame, base, dropped)


def to_timecode(frame: int, rate: Fraction, *, drop_frame: bool = False) -> str:
    """The timecode of a frame number, drop-frame where asked for and where the rate knows it."""
    base = math.ceil(rate)
    dropped = drops(rate) if drop_frame else 0
    frame %= 24 * 60 * 60 * base - dropped * 24 * 54
    total_seconds, number = divmod(_counted(frame, base, dropped), base)
    minutes, secs = divmod(total_seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{secs:02d}{';' if dropped else ':'}{number:02d}"


def _counted(frame: int, base: int, dropped: int) -> int:
    """A frame number as timecode counts it: with the numbers that it skips."""
    if not dropped:
        return frame
    tens, rest = divmod(frame, 600 * base - 9 * dropped)
    # The first minute of ten is a whole one; each of the nine others lacks its first numbers.
    minute = max(0, (rest - dropped) // (60 * base - dropped))
    return frame + dropped * (9 * tens + minute)


def _numbered(count: int, base: int, dropped: int) -> int:
    """The frame number that timecode counts so; of a number that it skips the next one that it does not."""
    minutes, rest = divmod(count, 60 * base)
    if minutes % 10:
        count += max(0, dropped - rest)
    return count - dropped * (minutes - minutes // 10)
