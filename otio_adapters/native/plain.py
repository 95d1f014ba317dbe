"""Whether JSON holds nothing that reading has to make exact or refuse: told without OTIO's objects.

What is nowhere in the text is nowhere in a timeline that is made of it, whichever of two keys OTIO takes.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

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

LEAVES = Literal[
    "ExternalReference.1",
    "MissingReference.1",
    "ImageSequenceReference.1",
    "GeneratorReference.1",
    "Marker.2",
    "Effect.1",
    "TimeEffect.1",
    "LinearTimeWarp.1",
    "FreezeFrame.1",
]
"""Labels of objects in which there is no other."""
BRANCHES = Literal[
    "Clip.2", "Gap.1", "Transition.1", "Track.1", "Stack.1", "Timeline.1", "SerializableCollection.1"
]
"""Labels of objects in which there may be others."""
_VALUES = ("RationalTime", "TimeRange", "V2d", "Box2d", "TimeTransform", "Color")
_LISTS = ("children", "effects", "markers")


class _Leaf(msgspec.Struct, gc=False):
    label: LEAVES = msgspec.field(name="OTIO_SCHEMA")
    metadata: _Metadata | UnsetType = UNSET


class _Branch(msgspec.Struct, gc=False):
    label: BRANCHES = msgspec.field(name="OTIO_SCHEMA")
    metadata: _Metadata | UnsetType = UNSET
    tracks: _Branch | UnsetType = UNSET
    children: list[_Branch] | UnsetType = UNSET
    effects: list[_Leaf] | UnsetType = UNSET
    markers: list[_Leaf] | UnsetType = UNSET
    media_references: Annotated[dict[str, _Leaf], msgspec.Meta(min_length=1)] | UnsetType = UNSET


_BRANCH = msgspec.json.Decoder(_Branch)


def is_known(tight: bytes) -> bool:
    """Whether all objects of OTIO in it are of today's schemas and where OTIO writes them, each key once.

    OTIO then drops none of them in reading (`dropped` tells why that matters). Told by counting: there are as
    many labels in the text as objects in their places, so that none is anywhere else. Of a key that is there
    twice msgspec keeps the last value and OTIO the first: it hides an object from the count, unless the first
    is an empty list, and so are lists counted. False also where only looking at every object can tell.
    """
    if _may_hide_keys(tight):
        return False
    try:
        objects, lists = _counts(_BRANCH.decode(tight))
    except (msgspec.MsgspecError, RecursionError):
        return False
    labels = tight.count(b'"OTIO_SCHEMA":"')
    for value in _VALUES:
        if labels == objects:
            break
        labels -= tight.count(b'"OTIO_SCHEMA":"%b.1"' % value.encode())
    return labels == objects and all(tight.count(b'"%b":[' % key) == count for key, count in lists)


def _counts(root: _Branch) -> tuple[int, list[tuple[bytes, int]]]:
    """The objects, and by its key how many lists there are of each kind of which one has an object in it."""
    branches = [root]
    for branch in branches:  # which grows
        if branch.children is not UNSET:
            branches.extend(branch.children)
        if branch.tracks is not UNSET:
            branches.append(branch.tracks)
    references = [one.media_references for one in branches if one.media_references is not UNSET]
    objects, lists = len(branches) + sum(map(len, references)), []
    for key in _LISTS:
        found = [one for branch in branches if (one := getattr(branch, key)) is not UNSET]
        inside = sum(map(len, found))
        if inside:
            lists.append((key.encode(), len(found)))
        if key != "children":  # those are branches
            objects += inside
    return objects, lists


def is_plain(tight: bytes, timeline: otio.schema.Timeline, *, known: bool) -> bool:
    """Whether all times are possible ones, and all a dictionary that is looked into as one.

    `tight`: the JSON that OTIO made the timeline of, without white space, and whether it `is_known`. False
    also where only OTIO's objects can tell.
    """
    return (known or _has_dictionaries(tight)) and not _ODD_VALUE.search(tight) and _all_last(timeline)


def _may_hide_keys(tight: bytes) -> bool:
    return b"\\" in tight and _LETTER.search(tight) is not None


def _has_dictionaries(tight: bytes) -> bool:
    """Of a key that is there twice, both are looked into."""
    if _may_hide_keys(tight):
        return False
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
