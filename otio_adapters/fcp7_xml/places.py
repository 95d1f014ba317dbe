"""Where clips and transitions lie on a track of xmeml."""

from __future__ import annotations

from fractions import Fraction

from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.fcp7_xml.elements import TICKS_PER_SECOND, number, text, where

CLIPS = frozenset({"clipitem", "generatoritem"})


def clip_span(children: list[Element], index: int, rate: Fraction) -> tuple[int, int, int]:
    """A clip's start and end, and how many frames its <in> lies before that start.

    Beside a transition start or end is -1: the clip goes up to the cut, and its <in> or <out> up to the
    transition's far side.
    """
    element, lead = children[index], 0
    start, end = number(element, "start"), _shown_end(children, index)
    if start == -1:
        begin, start, _ = transition_span(_neighbour(children, index, -1), rate)
        lead = start - begin
    if end == -1:
        _, end, _ = transition_span(_neighbour(children, index, 1), rate)
    return start, lead, end


def _shown_end(children: list[Element], index: int) -> int:
    """The end of a clip, or the start of the next one where that lies over it, as Premiere's sound may."""
    end = number(children[index], "end")
    after = next(
        (one for one in children[index + 1 :] if one.tag in CLIPS or one.tag == "transitionitem"), None
    )
    if after is None or after.tag not in CLIPS:
        return end
    start, last = number(after, "start"), number(after, "end")
    return start if 0 <= start < end and (last > end or last == -1) else end


def _neighbour(children: list[Element], index: int, step: int) -> Element:
    place = index + step
    if 0 <= place < len(children) and children[place].tag == "transitionitem":
        return children[place]
    raise UnreadableTimeline(
        f"{where(children[index])} leaves its place to a transition (-1), but none is beside it"
    )


def transition_span(element: Element, rate: Fraction) -> tuple[int, int, int]:
    """A transition's start, cut and end."""
    start, end = number(element, "start"), number(element, "end")
    ticks = text(element, "cutPointTicks")
    if ticks.isdecimal():
        cut = start + round(Fraction(int(ticks), TICKS_PER_SECOND) * rate)
        if start <= cut <= end:
            return start, cut, end
    alignment = text(element, "alignment")
    if alignment.startswith("start"):
        return start, start, end
    return start, end if alignment.startswith("end") else (start + end) // 2, end
