"""What a Kdenlive project says about its clips by where they lie: groups, compositions, zones, guides.

All of them name track numbers and frames, so they must follow the clips that an edit moves.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.kdenlive.document import Document, frames, get, put
from otio_adapters.kdenlive.effects import follow, follow_span
from otio_adapters.kdenlive.lay import Laid
from otio_adapters.kdenlive.reader import COLORS, Entry, leaf_place, listed
from otio_adapters.links import link_of, linked_sets
from otio_adapters.moves import Moves, Piece
from otio_adapters.opentime import exact_frames

Place = tuple[int, int]  # (track from the bottom, start frame)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackLay:
    """A track of the project, bottom first: what lay on it, what lies on it now."""

    track: int  # its index in the OTIO timeline
    element: Element
    before: tuple[Entry, ...]
    after: tuple[Laid, ...]

    def moves(self) -> tuple[Piece, ...]:
        known = {entry.mark: entry for entry in self.before}
        pieces = [
            Piece(was=entry.start + laid.was - entry.first, frames=laid.end - laid.start, now=laid.start)
            for laid in self.after
            if (entry := known.get(laid.mark)) is not None
        ]
        return tuple(sorted(pieces, key=lambda piece: piece.was))

    @property
    def touched(self) -> bool:
        before = [(entry.mark, entry.start, entry.end, entry.first) for entry in self.before]
        return before != sorted(
            ((laid.mark, laid.start, laid.end, laid.first) for laid in self.after), key=lambda one: one[1:3]
        )


def write_compositions(document: Document, lays: tuple[TrackLay, ...], moves: Moves) -> None:
    """Moves the compositions between tracks along with the clip of the upper track that each lies on."""
    rate = document.rate
    for element in document.sequence.findall("transition"):
        number = get(element, "b_track")
        if get(element, "internal_added") or not number.isdecimal() or not 0 < int(number) <= len(lays):
            continue
        move = partial(moves.on, int(number) - 1)
        begin, end = frames(element.get("in", "0"), rate), frames(element.get("out", "0"), rate)
        if move(begin) == move(end) and begin < end:  # all of what it lay on is gone
            document.sequence.remove(element)
        else:
            follow_span(element, move, rate)


def write_filters(document: Document, lays: tuple[TrackLay, ...], moves: Moves) -> None:
    """Moves the zones and the automation of whole tracks, and those of the sequence."""
    for number, lay in enumerate(lays):
        follow(lay.element, partial(moves.on, number), document.rate)
    follow(document.sequence, moves.everywhere, document.rate)


def mark_previews_stale(document: Document) -> None:
    """Kdenlive would go on showing the pictures that it had rendered of the old timeline."""
    element, prefix = document.settings
    shown = get(element, prefix + "previewchunks") if element is not None else ""
    if element is not None and shown:
        stale = get(element, prefix + "dirtypreviewchunks")
        put(element, prefix + "dirtypreviewchunks", ",".join(filter(None, (stale, shown))))
        put(element, prefix + "previewchunks", "")


def write_guides(document: Document, timeline: otio.schema.Timeline) -> None:
    """The timeline's markers as guides; a guide's own category and text stay."""
    element, prefix = document.settings
    if element is None:
        return
    guides = [_guide(marker, document.rate) for marker in timeline.tracks.markers]
    if guides == listed(document, "guides"):
        return
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


def write_groups(
    document: Document, timeline: otio.schema.Timeline, lays: tuple[TrackLay, ...], moves: Moves
) -> None:
    """The groups that are there, with the pieces that their clips have become, and those of new links."""
    element, prefix = document.settings
    if element is None:
        return
    before = listed(document, "groups")
    now = _Pieces(lays, moves)
    kept = [moved for group in before for moved in now.of_group(group)]
    partners: dict[Place, set[Place]] = {}
    for pair in (pair for group in kept for pair in _pairs(group)):
        for place in pair:
            partners.setdefault(place, set()).update(pair)
    places = {
        (lay.track, laid.index): (number, laid.start) for number, lay in enumerate(lays) for laid in lay.after
    }
    for linked in linked_sets(timeline, document.rate):
        leaves = [
            places[one] for one in _split_pair(timeline, [place for place in linked if place in places])
        ]
        if leaves and leaves[1] not in partners.get(leaves[0], ()):
            kept.append({"children": [_leaf(*leaf) for leaf in leaves], "type": "AVSplit"})
    if kept != before:
        put(element, prefix + "groups", json.dumps(kept, indent=4))


def _split_pair(timeline: otio.schema.Timeline, linked: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """One picture and one sound: Kdenlive's AVSplit takes no third."""
    for kind in (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio):
        if not any(timeline.tracks[track].kind == kind for track, _ in linked):
            return ()
    picture = next(one for one in linked if timeline.tracks[one[0]].kind == otio.schema.TrackKind.Video)
    sound = next(one for one in linked if timeline.tracks[one[0]].kind == otio.schema.TrackKind.Audio)
    return picture, sound


class _Pieces:
    """What the clips that groups name by track and frame have become."""

    def __init__(self, lays: tuple[TrackLay, ...], moves: Moves) -> None:
        self._moves = moves
        self._marks = {(n, one.start): one.mark for n, lay in enumerate(lays) for one in lay.before}
        self._links = {(n, one.start): link_of(one.item) for n, lay in enumerate(lays) for one in lay.after}
        self._starts: dict[tuple[int, str], list[int]] = {}
        for number, lay in enumerate(lays):
            for laid in lay.after:
                self._starts.setdefault((number, laid.mark), []).append(laid.start)

    def of_group(self, group: Any) -> list[Any]:
        """A picture with its sound is a group for each piece; other groups take in all pieces.

        Nothing where fewer than two members are left; the one that is left where that is a group itself.
        """
        if not isinstance(group, dict) or not isinstance(group.get("children"), list):
            return self._of_leaf(group)
        members = [self.of_group(child) for child in group["children"]]
        if group.get("type") == "AVSplit":
            return [{**group, "children": pair} for pair in self._paired(members) if len(pair) > 1]
        left = [piece for pieces in members for piece in pieces]
        if len(left) > 1:
            return [{**group, "children": left}]
        return [one for one in left if isinstance(one, dict) and "children" in one]

    def _paired(self, members: list[list[Any]]) -> list[list[Any]]:
        """Pieces of picture and sound that belong together, by their link; of each the first alone."""
        pairs: dict[Any, dict[int, Any]] = {}
        for member, pieces in enumerate(members):
            for count, piece in enumerate(pieces):
                link = self._links.get(leaf_place(piece) or (-1, -1))
                pair = pairs.setdefault(link if link is not None else f"piece {count}", {})
                pair.setdefault(member, piece)
        return [list(pair.values()) for pair in pairs.values()]

    def _of_leaf(self, leaf: Any) -> list[Any]:
        place, composition = leaf_place(leaf), leaf_place(leaf, "composition")
        if place is not None:
            starts = self._starts.get((place[0], self._marks.get(place, "?")), [])
            return [{**leaf, "data": f"{place[0]}:{start}"} for start in starts]
        if composition is not None and composition[0] < len(self._moves.tracks):
            return [{**leaf, "data": f"{composition[0]}:{self._moves.on(*composition)}"}]
        return [leaf]


def _leaf(number: int, frame: int) -> dict[str, Any]:
    return {"data": f"{number}:{frame}", "leaf": "clip", "type": "Leaf"}


def _pairs(group: dict[str, Any]) -> set[frozenset[tuple[int, int]]]:
    children = [child for child in group.get("children", []) if isinstance(child, dict)]
    found = {pair for child in children for pair in _pairs(child)}
    if group.get("type") == "AVSplit":
        found.add(frozenset(place for child in children if (place := leaf_place(child)) is not None))
    return found
