"""Filters that must change with an edit: of clips that are cut or replaced, of tracks and of the sequence.

A clip's filter lies in its media's time, so each half of a clip that is cut in two keeps it as it is. But
fades are cut: on loading, Kdenlive moves one that does not lie at its clip's end to that end.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lxml.etree import _Element as Element

from otio_adapters.kdenlive.document import frames, get, put, put_time
from otio_adapters.kdenlive.keyframes import between, from_start, retime, shift

_FADES = ("fadein", "fadeout", "fade_from_", "fade_to_")
# What filters went from and to over their length, before all of them had keyframes.
_RAMPS = (("gain", "end"), ("start", "end"))


def cut_fades(entry: Element, first: int, last: int, rate: Fraction) -> None:
    """Of each fade leaves what lies in frames [first, last] of the media, which the entry now plays."""
    for effect in entry.findall("filter"):
        if _is_fade(effect):
            begin, end = _span(effect, rate)
            if end < first or begin > last:
                entry.remove(effect)
            else:
                _trim(effect, max(begin, first), min(end, last), rate)


def move_effects(entry: Element, by: int, first: int, last: int, rate: Fraction) -> None:
    """Moves the filters of an entry to other media, whose frames [first, last] it plays; unseen ones go."""
    for effect in entry.findall("filter"):
        if effect.get("in") is None and effect.get("out") is None:
            shift(effect, rate, by)
            continue
        begin, end = _span(effect, rate)
        if end + by < first or begin + by > last:
            entry.remove(effect)
            continue
        lowest = first if _is_fade(effect) else 0
        highest = last if _is_fade(effect) else end + by
        _trim(effect, max(begin, lowest - by), min(end, highest - by), rate)
        begin, end = _span(effect, rate)
        put_time(effect, "in", begin + by, rate)
        put_time(effect, "out", end + by, rate)


def follow(owner: Element, move: Callable[[int], int], rate: Fraction) -> None:
    """Moves the filters of a track or a sequence, which lie in the timeline's time."""
    for effect in owner.findall("filter"):
        if get(effect, "internal_added"):
            continue
        begin, end = _span(effect, rate)
        if move(end) == move(begin) and end > begin:
            owner.remove(effect)
        else:
            follow_span(effect, move, rate)


def follow_span(element: Element, move: Callable[[int], int], rate: Fraction) -> None:
    """Moves a filter's or composition's `in` and `out`, where it has them, and its keyframes within."""
    begin, end = _span(element, rate)
    retime(element, rate, lambda key: move(begin + key) - move(begin))
    if element.get("in") is not None:
        put_time(element, "in", move(begin), rate)
    if element.get("out") is not None:
        put_time(element, "out", move(end), rate)


def _span(effect: Element, rate: Fraction) -> tuple[int, int]:
    begin = frames(effect.get("in", "0"), rate)
    return begin, frames(effect.get("out") or effect.get("in", "0"), rate)


def _is_fade(effect: Element) -> bool:
    named = get(effect, "kdenlive_id").startswith(_FADES)
    return named and get(effect, "kdenlive:force_in_out") != "1"


def _trim(effect: Element, begin: int, end: int, rate: Fraction) -> None:
    """Makes the filter lie in [begin, end] with the same value in each frame there as before."""
    old_begin, old_end = _span(effect, rate)
    if (begin, end) == (old_begin, old_end):
        return
    length = max(old_end - old_begin, 1)
    from_start(effect, rate, length + 1)
    shift(effect, rate, old_begin - begin)
    for name, other in _RAMPS:
        values = get(effect, name), get(effect, other)
        if all(values):
            put(effect, name, between(*values, Fraction(begin - old_begin, length)))
            put(effect, other, between(*values, Fraction(end - old_begin, length)))
    put_time(effect, "in", begin, rate)
    put_time(effect, "out", end, rate)
