"""Tracks put into a project that is there, and the numbers of all that name tracks by where they lie.

A track's number in a sequence is its place from the bottom: 0 is the background, then come the sound tracks,
the one drawn lowest first, then picture from V1 up. Compositions and what mixes tracks count so; groups and
the active and the target tracks leave the background out.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.kdenlive.document import Document, get, put
from otio_adapters.kdenlive.lay import mark_of
from otio_adapters.kdenlive.reader import leaf_place, listed
from otio_adapters.kdenlive.skeleton import blend, track_elements

_NAMED_BY_PLACE = ("activeTrack", "audioTarget", "videoTarget")
_SOUND = otio.schema.TrackKind.Audio


def with_new_tracks(document: Document, timeline: otio.schema.Timeline) -> list[Element]:
    """The tractors of the timeline's tracks, in its order. Those that the project has not are put into it.

    A new track goes above the one before it in the timeline, sound below it, and has its effects, as what
    lies on it stands in for what lies there.
    """
    known = {element.get("id", ""): element for _, element in document.tracks()}
    tractors: list[Element] = []
    for track in timeline.tracks:
        found = known.get(mark_of(track))
        tractors.append(found if found is not None else _put_in(document, track, timeline, tractors))
    return tractors


def _put_in(
    document: Document, track: otio.schema.Track, timeline: otio.schema.Timeline, before: list[Element]
) -> Element:
    alike = [one for one, other in zip(before, timeline.tracks, strict=False) if other.kind == track.kind]
    sound = track.kind == _SOUND
    places = [place.get("producer") for place in document.sequence.findall("track")]
    number = 1 if sound else len(places)
    if alike:
        number = places.index(alike[-1].get("id")) + (0 if sound else 1)
    _renumber(document, number)
    playlists, tractor, place = track_elements(track, _free_ids(document))
    for element in (*playlists, tractor):
        document.sequence.addprevious(element)
    document.sequence.findall("track")[number - 1].addnext(place)
    _mix_in(document, number, sound=sound)
    if alike:
        _take_effects(document, alike[-1], tractor)
    _count(document)
    return tractor


def _free_ids(document: Document) -> Callable[[str], str]:
    used = {element.get("id", "") for element in document.root.iter() if isinstance(element.tag, str)}

    def free(stem: str) -> str:
        number = next(count for count in range(len(used) + 1) if f"{stem}{count}" not in used)
        used.add(f"{stem}{number}")
        return f"{stem}{number}"

    return free


def _renumber(document: Document, number: int) -> None:
    """Makes room for a track of that number: all from there on are one higher."""
    for element in document.sequence.findall("transition"):
        for name in ("a_track", "b_track"):
            said = get(element, name)
            if said.isdecimal() and int(said) >= number:
                put(element, name, str(int(said) + 1))
        under = get(element, "a_track") == str(number - 1) and get(element, "b_track") == str(number + 1)
        if under and get(element, "force_track") != "1" and number > 1:
            put(element, "a_track", str(number))  # it lies over whatever is below, and that is the new track
    holder, prefix = document.settings
    if holder is None:
        return
    for name in _NAMED_BY_PLACE:
        said = get(holder, prefix + name)
        if said.isdecimal() and int(said) >= number - 1:
            put(holder, prefix + name, str(int(said) + 1))
    groups = listed(document, "groups")
    if groups:
        put(holder, prefix + "groups", json.dumps([_lifted(one, number - 1) for one in groups], indent=4))


def _lifted(group: Any, number: int) -> Any:
    if not isinstance(group, dict):
        return group
    if isinstance(group.get("children"), list):
        return {**group, "children": [_lifted(child, number) for child in group["children"]]}
    place = leaf_place(group) or leaf_place(group, "composition")
    if place is None or place[0] < number:
        return group
    return {**group, "data": f"{place[0] + 1}:{place[1]}"}


def _mix_in(document: Document, number: int, *, sound: bool) -> None:
    """What mixes the new track into those below: as the project's own tracks are, in their order."""
    own = [one for one in document.sequence.findall("transition") if get(one, "internal_added")]
    alike = [one for one in own if (get(one, "mlt_service") == "mix") == sound]
    if alike:
        made = copy.deepcopy(alike[-1])
        put(made, "a_track", "0")
        put(made, "b_track", str(number))
    else:
        made = blend(number, sound=sound)
    made.set("id", _free_ids(document)("transition"))
    above = next((one for one in own if int(get(one, "b_track", "0") or 0) > number), None)
    if above is not None:
        above.addprevious(made)
    else:
        last = document.sequence.findall("transition") or document.sequence.findall("track")
        (own or last)[-1].addnext(made)


def _take_effects(document: Document, origin: Element, tractor: Element) -> None:
    free = _free_ids(document)
    for effect in origin.findall("filter"):
        made = copy.deepcopy(effect)
        made.set("id", free("filter"))
        tractor.append(made)


def _count(document: Document) -> None:
    holder, prefix = document.settings
    if holder is not None and get(holder, prefix + "tracksCount"):
        put(holder, prefix + "tracksCount", str(len(list(document.tracks()))))
