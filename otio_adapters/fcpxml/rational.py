"""Times of FCPXML: rational seconds such as `1001/24000s`, never floats."""

from __future__ import annotations

import re
from fractions import Fraction

from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline

_TIME = re.compile(r"[+-]?\d{1,20}(?:\.\d{1,20}|/\d{1,12})?s?")
_LONGEST = 2**32  # seconds; ours: over a century
# Sound lies between frames. In parts of this many to the frame, sums of places stay exact in OTIO's floats.
GRID = 1024  # ours: a power of two; two samples of sound, at 24 frames a second


def where(element: Element) -> str:
    """The element as messages name it: tag, name if it has one, and line of the file."""
    name = f" {element.get('name')!r}" if element.get("name") else ""
    return f"<{element.tag}>{name} in line {element.sourceline}"


def seconds_of(text: str) -> Fraction | None:
    """The seconds that a time attribute says; None where it says no time."""
    text = text.strip()
    try:
        value = Fraction(text.removesuffix("s")) if _TIME.fullmatch(text) else None
    except ZeroDivisionError:
        return None
    return value if value is not None and abs(value) < _LONGEST else None


def time_of(element: Element, name: str, default: Fraction | None = None) -> Fraction:
    """An attribute's time in seconds. Raises `UnreadableTimeline` where it is none, or missing."""
    text = element.get(name)
    if text is None and default is not None:
        return default
    if text is None:
        raise UnreadableTimeline(f"{where(element)} has no {name!r}")
    value = seconds_of(text)
    if value is None:
        raise UnreadableTimeline(f"{where(element)} has {text!r} for {name!r}, which is no time in seconds")
    return value


def time_text(value: Fraction) -> str:
    """The time with a denominator of 32 bits, all that Final Cut Pro takes; retimed sources may need more."""
    value = value.limit_denominator(2**31 - 1)
    whole = value.denominator == 1
    return f"{value.numerator}s" if whole else f"{value.numerator}/{value.denominator}s"


def put_time(element: Element, name: str, value: Fraction) -> None:
    """Sets the attribute; one that says the same time already keeps its spelling."""
    if seconds_of(element.get(name, "")) != value:
        element.set(name, time_text(value))


def on_grid(frames: Fraction) -> Fraction:
    """The place on a track of what lies at so many frames."""
    return Fraction(round(frames * GRID), GRID)
