"""Filters of clip items: their keyframes and spans count in the clip's own frames, from its media's start.

So both parts of a clip that is cut in two keep them as they are; on other media they are moved.
"""

from __future__ import annotations

from fractions import Fraction

from lxml.etree import _Element as Element

from otio_adapters.fcp7_xml.elements import add, number, put, text


def move_filters(element: Element, by: int, duration: int) -> None:
    """Moves the filters of a clip item by some frames, to media that is `duration` frames long."""
    for effect in element.findall("filter"):
        start, end = number(effect, "start", -1), number(effect, "end", -1)
        if start >= 0 or end >= 0:  # -1 is the clip's own end
            put(effect, "start", str(max(start + by, 0)))
            put(effect, "end", str(min(max(end + by, 0), duration)))
        for key in effect.iterfind(".//keyframe"):
            if text(key, "when").lstrip("-").isdecimal():
                put(key, "when", str(number(key, "when") + by))


def retime_curve(element: Element, first: int, last: int, scale: Fraction) -> None:
    """A speed effect repeats in its curve where the clip begins and ends."""
    for key in element.iterfind("filter/effect/parameter/keyframe"):
        for tag, at in (("speedkfin", first), ("speedkfout", last)):
            if text(key, tag).upper() == "TRUE" and text(key, "when").lstrip("-").isdecimal():
                put(key, "when", str(at))
                put(key, "value", str(round(at * scale)))


def add_speed(element: Element, scale: Fraction) -> None:
    """A steady speed."""
    effect = add(add(element, "filter"), "effect")
    for tag, value in (
        ("name", "Time Remap"),
        ("effectid", "timeremap"),
        ("effectcategory", "motion"),
        ("effecttype", "motion"),
        ("mediatype", "video"),
    ):
        add(effect, tag, value)
    for name, value in (
        ("variablespeed", "0"),
        ("speed", f"{float(scale * 100):g}"),
        ("reverse", "FALSE"),
        ("frameblending", "FALSE"),
    ):
        parameter = add(effect, "parameter")
        add(parameter, "parameterid", name)
        add(parameter, "name", name)
        add(parameter, "value", value)
