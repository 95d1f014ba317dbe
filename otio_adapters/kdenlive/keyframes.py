"""MLT's keyframes: `00:00:06.640=1;166~=0.5`, a time, how the value goes on from there, and the value.

A time counts from the `in` of its filter or transition; where a clip's filter has none, from the first frame
of the media. A negative one counts back from the end, and is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.kdenlive.document import clock, frames

_KEY = re.compile(r"\s*(-?)(\d+(?::\d\d:\d\d(?:[.,]\d+)?)?)([^\d\s=;:.,]?)=([^;=]*)")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE]-?\d+)?)(\D*)")
_HELD = frozenset("|!")  # discrete: the value stays until the next key


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """`at` is a frame; `kind` the letter of the curve that leads on from there, "" for a line."""

    at: int
    kind: str
    value: str


def retime(element: Element, rate: Fraction, move: Callable[[int], int]) -> None:
    """Moves the keys of all properties; where several come to lie on one frame, the last is kept."""
    for found, keys in _animated(element, rate):
        moved = tuple(replace(key, at=move(key.at)) if key.at >= 0 else key for key in keys)
        if moved != keys:
            found.text = _text({key.at: key for key in moved}.values(), rate)
    _retime_outlines(element, rate, move)


def shift(element: Element, rate: Fraction, by: int) -> None:
    """Moves all keys by some frames; those that come to lie before frame 0 give way to one there."""
    for found, keys in _animated(element, rate):
        moved = [replace(key, at=key.at + by) for key in keys if key.at >= 0]
        kept = [key for key in moved if key.at >= 0]
        hidden = [key for key in moved if key.at < 0]
        if hidden and (not kept or kept[0].at > 0):
            kept.insert(0, replace(hidden[-1], at=0, value=_value_at(moved, 0)))
        if by and moved:
            found.text = _text([*kept, *(key for key in keys if key.at < 0)], rate)
    _retime_outlines(element, rate, lambda frame: max(frame + by, 0))


def from_start(element: Element, rate: Fraction, length: int) -> None:
    """Counts all keys from the start of a filter of `length` frames: its end is to move."""
    for found, keys in _animated(element, rate):
        if any(key.at < 0 for key in keys):
            counted = [replace(key, at=key.at + length) if key.at < 0 else key for key in keys]
            found.text = _text(counted, rate)


def between(first: str, last: str, part: Fraction) -> str:
    """The value a part of the way from one to the other: numbers, or rows of them as a rectangle is."""
    pairs = [
        (_NUMBER.fullmatch(a), _NUMBER.fullmatch(b))
        for a, b in zip(first.split(), last.split(), strict=False)
    ]
    mixed = []
    for a, b in pairs:
        if a is None or b is None:
            return first
        value = Fraction(a[1]) + (Fraction(b[1]) - Fraction(a[1])) * part
        mixed.append(f"{float(value):.6g}{a[2]}")
    return " ".join(mixed) if len(first.split()) == len(last.split()) else first


def _animated(element: Element, rate: Fraction) -> Iterator[tuple[Element, tuple[Key, ...]]]:
    for found in element.findall("property"):
        if not found.get("name", "").startswith("kdenlive:"):
            keys = _keys(found.text or "", rate)
            if keys:
                yield found, keys


def _keys(text: str, rate: Fraction) -> tuple[Key, ...]:
    """None where the text is anything but keyframes."""
    keys = []
    for part in text.strip().rstrip(";").split(";"):
        found = _KEY.fullmatch(part)
        try:
            at = frames(found[2], rate) if found else 0
        except UnreadableTimeline:
            found = None
        if found is None:
            return ()
        keys.append(Key(at=-at if found[1] else at, kind=found[3], value=found[4]))
    return tuple(sorted(keys, key=lambda key: (key.at < 0, key.at)))


def _text(keys: Iterable[Key], rate: Fraction) -> str:
    ordered = sorted(keys, key=lambda key: (key.at < 0, key.at))
    return ";".join(
        f"{clock(key.at, rate) if key.at >= 0 else key.at}{key.kind}={key.value}" for key in ordered
    )


def _value_at(keys: list[Key], frame: int) -> str:
    """The value at a frame; between smooth keys as if a line led from one to the other."""
    left = [key for key in keys if key.at <= frame]
    right = [key for key in keys if key.at > frame]
    if not left or not right:
        return (left[-1] if left else right[0]).value
    a, b = left[-1], right[0]
    if a.kind in _HELD and a.kind:
        return a.value
    return between(a.value, b.value, Fraction(frame - a.at, b.at - a.at))


def _retime_outlines(element: Element, rate: Fraction, move: Callable[[int], int]) -> None:
    """The outline that a rotoscope cuts out is JSON: an object of points by time."""
    for found in element.findall("property"):
        text = (found.text or "").strip()
        if found.get("name") != "spline" or not text.startswith("{"):
            continue
        try:
            outlines = {frames(at, rate): points for at, points in json.loads(text).items()}
        except (ValueError, RecursionError, UnreadableTimeline):
            continue
        moved = {move(at): outlines[at] for at in sorted(outlines)}
        if moved != outlines:
            found.text = json.dumps({clock(at, rate): points for at, points in moved.items()})
