"""What an edit list counts in. It does not say its frame rate: it is told from what the list holds."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from otio_adapters.edl.document import Chunk, Document
from otio_adapters.edl.statements import Motion, counting, motion, title
from otio_adapters.errors import TimelineError, UnreadableTimeline
from otio_adapters.opentime import drops, exact_rate, from_timecode, to_timecode

DAY = 24 * 60 * 60
_BASES = (24, 25, 30, 50, 60)
_NTSC = Fraction(1000, 1001)
_SAID = re.compile(
    r"(?:frame\s*rate|fps|time\s*base)\s*[:=]?\s*(\d{2,3}(?:\.\d{1,6})?)|(\d{2,3}(?:\.\d{1,6})?)\s*fps",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?<![\d.])(23\.?9[78]6?|29\.?97|59\.?94)(?![\d.])|(?<![\d.])(\d\d(?:\.\d{1,3})?)\s?fps",
    re.IGNORECASE,
)
_RATE_NOTE = "FRAME RATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """`dropped`: the record timecodes skip frame numbers. `marked`: the list shows that by semicolons.

    `why` says how the rate is known. `plain`: reels whose timecode drops nothing, whatever the FCM lines say.
    """

    rate: Fraction
    dropped: bool
    marked: bool
    why: str
    plain: frozenset[str] = frozenset()

    @property
    def day(self) -> int:
        """Frames in 24 hours of record timecode."""
        return day_of(self.rate, self.dropped)

    def drops_source(self, chunk: Chunk, code: str) -> bool:
        """Whether this source timecode of the event skips frame numbers."""
        if not drops(self.rate):
            return False
        if self.marked:
            return ";" in code or "," in code
        return bool(chunk.dropped) and chunk.event.reel not in self.plain


def day_of(rate: Fraction, dropped: bool) -> int:
    last_second = from_timecode("23:59:59;00" if dropped else "23:59:59:00", rate)
    return last_second + math.ceil(rate)


def frames(code: str, rate: Fraction, dropped: bool) -> int:
    """The frame number of a timecode with separators of any kind. Raises `TimelineError`."""
    hours, minutes, secs, frame = re.split(r"[:;.,]", code)
    if int(hours) > 23:
        raise TimelineError(f"{code} is later than a day has hours")
    return from_timecode(f"{hours}:{minutes}:{secs}{';' if dropped else ':'}{frame}", rate)


def code_like(model: str, frame: int, rate: Fraction, dropped: bool) -> str:
    """The timecode of a frame number, with the separators of another one."""
    numbers = re.split(r"[:;]", to_timecode(frame, rate, drop_frame=dropped))
    separators = re.findall(r"[:;.,]", model)
    return "".join(a + b for a, b in zip(numbers, [*separators, ""], strict=True))


def clock_of(document: Document, path: Path) -> Clock:
    """How the list counts. The first of these that tells:

    1. a comment above the events, FRAME RATE: 23.976 (the writer leaves one where nothing else would tell);
    2. drop-frame counting, by FCM or semicolons: 29.97, or 59.94 where frame numbers go beyond 29;
    3. the title, then the file's name, where it says 23.976, 29.97, 59.94 or N fps, and the frame numbers
       allow it;
    4. the frame numbers: of 24, 25, 30, 50 and 60 the lowest that has them all; a higher one where more
       events then last as long in the source as in the record, or as their speeds say.

    Raises `UnreadableTimeline` for frame numbers that no rate has, with the line.
    """
    widest = max(document.chunks, key=_largest)
    last, line = _largest(widest), widest.line.number
    notes = (one.text for one in document.head if title(one.text) is None)
    said = next((rate for text in notes if (rate := _rate_in(_SAID, text))), None)
    counts = _Counts.of(document)
    if said is not None:
        clock = counts.clock(said, "a comment above the events says so")
    elif last >= max(_BASES):
        raise UnreadableTimeline(
            f"{path}, line {line}, has a frame {last}: no edit list counts beyond {max(_BASES) - 1} a second"
        )
    elif counts.dropped:
        clock = counts.clock((30 if last < 30 else 60) * _NTSC, "frame numbers are dropped")
    else:
        counted = Fraction(_base(document, last)), f"frames are counted to {last}"
        clock = counts.clock(*(_named(document, path, last) or counted))
    _check(document, clock, path)
    return clock if clock.marked or not clock.dropped else _with_plain_reels(document, clock)


def _rate_in(pattern: re.Pattern[str], text: str) -> Fraction | None:
    found = pattern.search(text[:400])
    if not found:
        return None
    number = next(group for group in found.groups() if group)
    if "." not in number and len(number) > 3:
        number = f"{number[:2]}.{number[2:]}"
    rate = exact_rate(float(number)) if float(number) else None
    return rate if rate is not None and countable(rate) else None


def countable(rate: Fraction) -> bool:
    """Whether timecode of two digits can count it: whole rates up to 60, and those of NTSC."""
    whole = rate if rate.denominator == 1 else rate / _NTSC
    return whole.denominator == 1 and 10 <= whole <= max(_BASES)


def _named(document: Document, path: Path, last: int) -> tuple[Fraction, str] | None:
    name = next((found for line in document.head if (found := title(line.text))), "")
    for text, what in ((name, "title"), (path.stem, "file's name")):
        rate = _rate_in(_NAMED, text)
        if rate is not None and last < rate:
            return rate, f"the {what} says so"
    return None


def _largest(chunk: Chunk) -> int:
    return max(_numbers(code)[3] for code in chunk.event.codes)


def _base(document: Document, last: int) -> int:
    """Of the bases that have all frame numbers the one with the fewest events that do not fit."""
    found = [(_motion_of(chunk), [_numbers(code) for code in chunk.event.codes]) for chunk in document.chunks]

    def misfits(base: int) -> int:
        count = 0
        for said, numbers in found:
            a, b, c, d = (((h * 60 + m) * 60 + s) * base + f for h, m, s, f in numbers)
            count += b - a != d - c if said is None else not fits(b - a, d - c, said, base)
        return count

    return min((base for base in _BASES if base > last), key=lambda base: (misfits(base), base))


def fits(source: int, record: int, said: Motion, base: int) -> bool:
    """Whether an event of so many frames in source and record may play at the speed that an M2 line says.

    M2 says frames a second, with one decimal. Avid's source range goes to the last frame that is played,
    Final Cut's is as long as the event, whatever the speed.
    """
    speed = abs(Fraction(said.speed)) / base
    slack = max(speed, Fraction(1)) + Fraction(record, 20 * base)
    return source == record or not speed or abs(source - record * speed) <= slack


def _motion_of(chunk: Chunk) -> Motion | None:
    return next((found for line in chunk.tail if (found := motion(line.text))), None)


def _numbers(code: str) -> tuple[int, int, int, int]:
    hours, minutes, secs, frame = (int(part) for part in re.split(r"[:;.,]", code))
    return hours, minutes, secs, frame


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    """Whether the list says that frame numbers are dropped: in its record timecodes or by its first FCM
    line; and whether it has semicolons, which say it of each timecode.
    """

    dropped: bool
    marked: bool

    @classmethod
    def of(cls, document: Document) -> _Counts:
        codes = [chunk.event.codes for chunk in document.chunks]
        records = any(_semicolon(code) for one in codes for code in one[2:])
        first = next((says for line in _lines(document) if (says := counting(line)) is not None), False)
        marked = records or any(_semicolon(code) for one in codes for code in one[:2])
        return cls(dropped=records or first, marked=marked)

    def clock(self, rate: Fraction, why: str) -> Clock:
        """A rate that has no numbers to drop drops none, whatever the list says."""
        drop = bool(drops(rate))
        return Clock(rate=rate, dropped=drop and self.dropped, marked=drop and self.marked, why=why)


def _semicolon(code: str) -> bool:
    return ";" in code or "," in code


def _lines(document: Document) -> Iterator[str]:
    yield from (line.text for line in document.head)
    for chunk in document.chunks:
        yield from (line.text for line in chunk.lead)


def _check(document: Document, clock: Clock, path: Path) -> None:
    """Every timecode must be one at the rate."""
    for chunk in document.chunks:
        for place, code in enumerate(chunk.event.codes):
            dropped = clock.dropped if place > 1 else clock.marked and clock.drops_source(chunk, code)
            try:
                frames(code, clock.rate, dropped)
            except TimelineError as error:
                raise UnreadableTimeline(
                    f"{path}, line {chunk.line.number}: {error} ({float(clock.rate):.5g}: {clock.why})"
                ) from error


def _with_plain_reels(document: Document, clock: Clock) -> Clock:
    """A list without semicolons cannot show that a reel drops no numbers: that tells by those it has, and by
    how long its events then last.
    """
    fits: dict[str, int] = {}
    for chunk in document.chunks:
        reel = chunk.event.reel
        first, last, begin, end = chunk.event.codes
        shown = frames(end, clock.rate, True) - frames(begin, clock.rate, True)
        try:
            as_dropped = frames(last, clock.rate, True) - frames(first, clock.rate, True) == shown
        except TimelineError:
            fits[reel] = fits.get(reel, 0) - len(document.chunks)
            continue
        as_plain = frames(last, clock.rate, False) - frames(first, clock.rate, False) == shown
        fits[reel] = fits.get(reel, 0) + as_dropped - as_plain
    return replace(clock, plain=frozenset(reel for reel, count in fits.items() if count < 0))


def rate_note(rate: Fraction) -> str:
    """The comment that says a rate: 23.976, 25, 59.94."""
    return f"* {_RATE_NOTE}: {float(rate):.5g}"
