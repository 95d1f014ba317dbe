"""Whether JSON holds nothing that reading has to make exact or refuse: told by its text, without a parser.

What is nowhere in the text is nowhere in a timeline that is made of it, whichever of two keys OTIO takes.
"""

from __future__ import annotations

import re

import opentimelineio as otio

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.native import premiere, resolve
from otio_adapters.opentime import exact_float

SPACES = ("pickup", resolve.SPACE, premiere.SPACE)
"""The dictionaries of metadata that are looked into later on; `media` is looked into inside them."""

BROKEN_RATE = re.compile(rb'"rate"\s*:\s*(?![1-9][0-9]{0,5}(?:\.0)?\s*[,}])(-?[0-9][0-9.eE+-]*)')
"""A rate that is no whole number, with white space around it or not."""

_LETTER = re.compile(rb"\\u00[4-7]")  # a key may be spelled with these, and is then not found
# Below zero, of more than twelve digits, or with an exponent. OTIO takes no time whose value is no number.
_ODD_VALUE = re.compile(rb'"value":(?=[-0-9])(?![0-9]{1,12}(?:\.[0-9]+)?[,}])')
_LABEL = b'"OTIO_SCHEMA":'
_NO_DICTIONARY = re.compile(rb'"(?:media|%b)":(?!\{(?!"OTIO_SCHEMA":))' % "|".join(SPACES).encode())


def is_plain(tight: bytes, timeline: otio.schema.Timeline) -> bool:
    """Whether all rates are exact, all times possible ones, and all a dictionary that is looked into as one.

    `tight`: the JSON that OTIO made the timeline of, without white space. False also where only OTIO's
    objects can tell.
    """
    spelled = b"\\" in tight and _LETTER.search(tight)
    return (
        not spelled
        and _are_exact(set(map(float, BROKEN_RATE.findall(tight))))
        and not _ODD_VALUE.search(tight)
        and tight.count(_LABEL) == tight.count(b"{" + _LABEL)  # the labels come first, and are seen there
        and not _NO_DICTIONARY.search(tight)
        and _all_last(timeline)
    )


def _are_exact(rates: set[float]) -> bool:
    try:
        return all(exact_float(rate) == rate for rate in rates)
    except UnreadableTimeline:
        return False


def _all_last(timeline: otio.schema.Timeline) -> bool:
    """Whether every item on a track says how long it plays: OTIO sums them up."""
    try:
        for track in timeline.tracks:
            if isinstance(track, otio.schema.Track):
                track.available_range()
    except otio.exceptions.OTIOError:
        return False
    return True
