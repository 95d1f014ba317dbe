"""<link>: which clip items move as one. They name clips by track and count, which cuts before them change."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.fcp7_xml.clipitems import Origin
from otio_adapters.fcp7_xml.elements import add, text
from otio_adapters.links import groups, link_of, linked_sets

_AFTER_LINKS = ("logginginfo", "colorinfo", "labels", "comments", "itemhistory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """An element on its track, the item that it says, and the clip of the original file that it is of."""

    element: Element
    item: otio.core.Item
    origin: Origin | None


Place = tuple[int, int]  # (track, index) in the timeline


def link(
    timeline: otio.schema.Timeline, rate: Fraction, laid: dict[Place, Laid], *, by_reference: bool
) -> None:
    """Brings the links of the original's clips up to date, and writes those of groups with new clips.

    `by_reference`: they name no track and count, as Resolve's do not.
    """
    counts = _counts(laid)
    _update(laid, counts)
    patched = any(one.origin is not None for one in laid.values())
    for places in groups(timeline) if patched else linked_sets(timeline, rate):
        members = [laid[place] for place in places if place in laid]
        if len(members) < 2 or all(one.origin is not None for one in members):
            continue
        for one in members:
            for old in one.element.findall("link"):
                one.element.remove(old)
            later = next((i for i, child in enumerate(one.element) if child.tag in _AFTER_LINKS), None)
            spot = len(one.element) if later is None else later
            for offset, other in enumerate(members):
                one.element.insert(spot + offset, _link_to(other, counts, by_reference=by_reference))


def _counts(laid: dict[Place, Laid]) -> dict[int, tuple[str, int, int]]:
    """The kind, track and count, from 1, that name each element."""
    found = {}
    seen: dict[int, int] = {}
    tracks: dict[int, tuple[str, int]] = {}
    for (number, _), one in laid.items():
        if number not in tracks:
            track = one.element.getparent()
            kind = track.getparent()
            tracks[number] = str(kind.tag), kind.findall("track").index(track) + 1
        seen[number] = seen.get(number, 0) + 1
        found[id(one.element)] = (*tracks[number], seen[number])
    return found


def _update(laid: dict[Place, Laid], counts: dict[int, tuple[str, int, int]]) -> None:
    """Each link of a clip leads to the piece of its other clip that now belongs to this piece."""
    pieces: dict[str, list[Laid]] = {}
    for one in laid.values():
        if one.origin is not None:
            pieces.setdefault(one.origin.element.get("id", ""), []).append(one)
    for one in laid.values():
        own = one.origin.element.get("id", "") if one.origin is not None else ""
        for old in one.element.findall("link"):
            name = text(old, "linkclipref")
            if name not in pieces:
                continue  # to a clip of another sequence
            group = link_of(one.item)
            found = one if name == own else next((p for p in pieces[name] if link_of(p.item) == group), None)
            if found is None:
                one.element.remove(old)
            else:
                _lead(old, found.element, counts)


def _lead(old: Element, to: Element, counts: dict[int, tuple[str, int, int]]) -> None:
    _, track, count = counts[id(to)]
    values = {"linkclipref": to.get("id", ""), "trackindex": str(track), "clipindex": str(count)}
    for tag, value in values.items():
        child = old.find(tag)
        if child is not None and text(old, tag) != value:
            child.text = value


def _link_to(one: Laid, counts: dict[int, tuple[str, int, int]], *, by_reference: bool) -> Element:
    kind, track, count = counts[id(one.element)]
    found = etree.Element("link")
    add(found, "linkclipref", one.element.get("id", ""))
    if by_reference:
        return found
    add(found, "mediatype", kind)
    add(found, "trackindex", str(track))
    add(found, "clipindex", str(count))
    if kind == "audio":
        add(found, "groupindex", "1")
    return found
