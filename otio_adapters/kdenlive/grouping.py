"""What a Kdenlive project says about its clips by where they lie: groups, compositions, guides.

All three name track numbers and frames, so they must follow the clips that an edit moves.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from otio_adapters.kdenlive.document import Document, clock, frames, get, put
from otio_adapters.kdenlive.lay import Laid
from otio_adapters.kdenlive.reader import COLORS, Entry, leaf_place, listed
from otio_adapters.links import linked_sets
from otio_adapters.opentime import exact_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackLay:
    """A track of the project, bottom first: what lay on it, what lies on it now."""

    track: int  # its index in the OTIO timeline
    before: tuple[Entry, ...]
    after: tuple[Laid, ...]

    def follow(self, frame: int) -> int | None:
        """Where the moment that was at `frame` is now: with its clip, or with what is left of that."""
        entry = next((one for one in self.before if one.start <= frame < one.end), None)
        pieces = [laid for laid in self.after if entry is not None and laid.mark == entry.mark]
        if entry is None or not pieces:
            return None
        moment = entry.first + frame - entry.start
        for laid in pieces:
            if laid.first <= moment < laid.first + laid.end - laid.start:
                return laid.start + moment - laid.first
        return pieces[0].start


def write_compositions(document: Document, lays: tuple[TrackLay, ...]) -> None:
    """Moves the compositions between tracks along with the clip of the upper track that each lies on."""
    rate = document.rate
    for element in document.sequence.findall("transition"):
        number = get(element, "b_track")
        if get(element, "internal_added") or not number.isdecimal() or not 0 < int(number) <= len(lays):
            continue
        begin, end = frames(element.get("in", "0"), rate), frames(element.get("out", "0"), rate)
        moved, moved_end = lays[int(number) - 1].follow(begin), lays[int(number) - 1].follow(end)
        if moved is None:
            continue
        if moved_end is None or moved_end < moved:
            moved_end = moved + end - begin
        element.set("in", clock(moved, rate))
        element.set("out", clock(moved_end, rate))


def write_guides(document: Document, timeline: otio.schema.Timeline) -> None:
    """The timeline's markers as guides; a guide's own category and text stay."""
    element, prefix = document.settings
    if element is None:
        return
    guides = [_guide(marker, document.rate) for marker in timeline.tracks.markers]
    text = json.dumps(guides, indent=4)
    put(element, prefix + "guides", text)
    if get(element, "kdenlive:markers"):  # a sequence carries its guides a second time, as a clip's markers
        put(element, "kdenlive:markers", text)


def _guide(marker: otio.schema.Marker, rate: Fraction) -> dict[str, Any]:
    kept = marker.metadata.get("pickup", {}).get("guide")
    guide: dict[str, Any] = json.loads(kept) if kept else {}
    category = COLORS.index(marker.color) if marker.color in COLORS else 0
    guide |= {"comment": marker.name, "pos": round(exact_frames(marker.marked_range.start_time, rate))}
    guide.setdefault("type", category)
    length = round(exact_frames(marker.marked_range.duration, rate))
    if length > 1 or "duration" in guide:
        guide["duration"] = length
    return guide


def write_groups(document: Document, timeline: otio.schema.Timeline, lays: tuple[TrackLay, ...]) -> None:
    """Keeps the groups that are there, by the first piece of each clip, and adds those of new links."""
    element, prefix = document.settings
    if element is None:
        return
    kept = [moved for group in listed(document, "groups") if (moved := _moved(group, lays)) is not None]
    known = {pair for group in kept for pair in _pairs(group)}
    places = {
        (lay.track, laid.index): (number, laid.start) for number, lay in enumerate(lays) for laid in lay.after
    }
    for linked in linked_sets(timeline, document.rate):
        leaves = _split_pair(timeline, [place for place in linked if place in places])
        if leaves and frozenset(places[leaf] for leaf in leaves) not in known:
            children = [_leaf(*places[leaf]) for leaf in leaves]
            kept.append({"children": children, "type": "AVSplit"})
    put(element, prefix + "groups", json.dumps(kept, indent=4))


def _split_pair(timeline: otio.schema.Timeline, linked: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """One picture and one sound: Kdenlive's AVSplit takes no third."""
    for kind in (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio):
        if not any(timeline.tracks[track].kind == kind for track, _ in linked):
            return ()
    picture = next(one for one in linked if timeline.tracks[one[0]].kind == otio.schema.TrackKind.Video)
    sound = next(one for one in linked if timeline.tracks[one[0]].kind == otio.schema.TrackKind.Audio)
    return picture, sound


def _moved(group: Any, lays: tuple[TrackLay, ...]) -> dict[str, Any] | None:
    """The group with every clip at its new place; None where fewer than two of its members are left."""
    if not isinstance(group, dict):
        return None
    place = leaf_place(group)
    if place is not None:
        return _moved_leaf(group, place, lays)
    children = group.get("children")
    if not isinstance(children, list):
        return group
    left = [moved for child in children if (moved := _moved(child, lays)) is not None]
    return {**group, "children": left} if len(left) > 1 else None


def _moved_leaf(
    leaf: dict[str, Any], place: tuple[int, int], lays: tuple[TrackLay, ...]
) -> dict[str, Any] | None:
    number, frame = place
    if number >= len(lays):
        return None
    entry = next((one for one in lays[number].before if one.start == frame), None)
    pieces = [laid for laid in lays[number].after if entry is not None and laid.mark == entry.mark]
    return {**leaf, "data": f"{number}:{pieces[0].start}"} if pieces else None


def _leaf(number: int, frame: int) -> dict[str, Any]:
    return {"data": f"{number}:{frame}", "leaf": "clip", "type": "Leaf"}


def _pairs(group: dict[str, Any]) -> set[frozenset[tuple[int, int]]]:
    children = [child for child in group.get("children", []) if isinstance(child, dict)]
    found = {pair for child in children for pair in _pairs(child)}
    if group.get("type") == "AVSplit":
        found.add(frozenset(place for child in children if (place := leaf_place(child)) is not None))
    return found
