"""Whether JSON holds nothing that reading has to make exact or refuse: told without OTIO's objects.

What is nowhere in the text is nowhere in a timeline that is made of it, whichever of two keys OTIO takes.
"""

from __future__ import annotations

import re

import msgspec
import opentimelineio as otio
from msgspec import UNSET, UnsetType

from otio_adapters.native import premiere, resolve

SPACES = ("pickup", resolve.SPACE, premiere.SPACE)
"""The dictionaries of metadata that are looked into later on; `media` is looked into inside them."""

_LETTER = re.compile(rb"\\u00[4-7]")  # a key may be spelled with these, and is then not found
# Below zero, of more than twelve digits, or with an exponent. OTIO takes no time whose value is no number.
_ODD_VALUE = re.compile(rb'"value":(?![0-9]{1,12}(?:\.[0-9]+)?[,}])[-0-9]')


class _Dictionary(msgspec.Struct, gc=False):
    """One that is no object of OTIO, which has a label."""

    label: UnsetType = msgspec.field(name="OTIO_SCHEMA", default=UNSET)


class _Space(_Dictionary, gc=False):
    media: _Dictionary | UnsetType = UNSET


class _Metadata(msgspec.Struct, gc=False):
    """The `SPACES`."""

    pickup: _Space | UnsetType = UNSET
    resolve: _Space | UnsetType = msgspec.field(name=resolve.SPACE, default=UNSET)
    premiere: _Space | UnsetType = msgspec.field(name=premiere.SPACE, default=UNSET)


class _Holder(msgspec.Struct, gc=False):
    """What holds metadata: a timeline or a collection of them, what lies in it, and its media references."""

    metadata: _Metadata | UnsetType = UNSET
    tracks: _Holder | UnsetType = UNSET
    children: list[_Holder] | UnsetType = UNSET
    media_references: dict[str, _Holder | None] | UnsetType = UNSET
    media_reference: _Holder | UnsetType | None = UNSET  # of Clip.1
    reference: UnsetType = msgspec.field(name="id", default=UNSET)  # to an object that may be anywhere


_HOLDER = msgspec.json.Decoder(_Holder)


def is_plain(tight: bytes, timeline: otio.schema.Timeline) -> bool:
    """Whether all times are possible ones, and all a dictionary that is looked into as one.

    `tight`: the JSON that OTIO made the timeline of, without white space. False also where only OTIO's
    objects can tell.
    """
    spelled = b"\\" in tight and _LETTER.search(tight)
    return not spelled and not _ODD_VALUE.search(tight) and _has_dictionaries(tight) and _all_last(timeline)


def _has_dictionaries(tight: bytes) -> bool:
    """Of a key that is there twice, both are looked into."""
    try:
        _HOLDER.decode(tight)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


def _all_last(timeline: otio.schema.Timeline) -> bool:
    """Whether every item on a track says how long it plays: OTIO sums them up."""
    try:
        for track in timeline.tracks:
            if isinstance(track, otio.schema.Track):
                track.available_range()
    except otio.exceptions.OTIOError:
        return False
    return True
