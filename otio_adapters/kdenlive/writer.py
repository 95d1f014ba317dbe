"""Kdenlive projects out: tracks laid into a project, the one they came from or an empty one.

What a project holds beside its tracks stays as it is. An entry whose clip is still there is copied with its
effects and gets its new times; only clips that the project does not know yet are made anew.
"""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import UnwritableOutput
from otio_adapters.guard import read_xml
from otio_adapters.kdenlive.document import Document, clock, get, put, put_time
from otio_adapters.kdenlive.effects import cut_fades, move_effects
from otio_adapters.kdenlive.grouping import (
    TrackLay,
    mark_previews_stale,
    write_compositions,
    write_filters,
    write_groups,
    write_guides,
)
from otio_adapters.kdenlive.lay import Laid, Mix, lay, mark_of, plays
from otio_adapters.kdenlive.new_tracks import with_new_tracks
from otio_adapters.kdenlive.reader import NAME, Entry, entries, item_of
from otio_adapters.kdenlive.shelf import Shelf, Use
from otio_adapters.kdenlive.skeleton import Profile, add_tracks, empty_project
from otio_adapters.moves import Moves
from otio_adapters.opentime import exact_frames, timeline_rate
from otio_adapters.ripple import ramp, steady_speed, track_length
from otio_adapters.sequences import check_alone, index_of, names_of

TAKES = "Pickup"  # the bin folder that takes are put into


def kdenlive_bytes(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> bytes:
    """The timeline as a project to lie at `path`; `origin` is the project that it was read from, if any.

    Raises `UnwritableOutput` where the timeline holds what cannot be put into a project.
    """
    rate = timeline_rate(timeline)
    document = _original(timeline, origin) if origin is not None else None
    if document is None:
        check_alone(timeline, origin)
        document = empty_project(
            timeline.name or "Sequence 1", _profile(timeline, rate), path.parent.resolve()
        )
        tractors = add_tracks(document, timeline)
        _fill(document, timeline, tractors, "")
    else:
        if replace(document, folder=path.parent).base != document.base:
            document.root.set("root", document.base.as_posix())
        tractors = with_new_tracks(document, timeline)
        _fill(document, timeline, tractors, TAKES)
    etree.indent(document.tree, space=" ")
    return bytes(etree.tostring(document.tree, xml_declaration=True, encoding="utf-8"))


def _original(timeline: otio.schema.Timeline, origin: Path) -> Document | None:
    """The project to patch, if all of its tracks are in the timeline, which may have more."""
    document = Document(read_xml(origin), origin.parent)
    if names_of(timeline):
        found = document.sequences[index_of(timeline) :][:1]
        document = replace(document, chosen=found[0].get("id", "") if found else "")
    known = sorted(element.get("id", "") for _, element in document.tracks())
    kept = sorted(mark for track in timeline.tracks if (mark := mark_of(track)))
    if known != kept or document.rate != timeline_rate(timeline):
        return None
    return document


def _profile(timeline: otio.schema.Timeline, rate: Fraction) -> Profile:
    """As large as the first picture whose size somebody noted."""
    for clip in timeline.find_clips():
        facts = (
            clip.media_reference.metadata.get("pickup", {}).get("media", {}) if clip.media_reference else {}
        )
        if facts.get("width") and facts.get("height"):
            return Profile(width=int(facts["width"]), height=int(facts["height"]), rate=rate)
    return Profile(width=1920, height=1080, rate=rate)


def _fill(document: Document, timeline: otio.schema.Timeline, tractors: list[Element], folder: str) -> None:
    """Lays every track, and puts all that names a moment of the timeline where it belongs then."""
    rate = document.rate
    before = {element.get("id", ""): entries(document, element, rate) for _, element in document.tracks()}
    shelf = Shelf(document, _lengths(timeline, rate), folder)
    known = {entry.mark: entry for found in before.values() for entry in found}
    laid = {}
    for index, (track, tractor) in enumerate(zip(timeline.tracks, tractors, strict=True)):
        sheet = _Sheet(document, shelf, tractor, known)
        items, mixes = lay(track, rate)
        sheet.fill(items, mixes)
        laid[index] = items
    order = [tractors.index(element) for _, element in document.tracks()]
    lays = tuple(
        TrackLay(
            track=index,
            element=tractors[index],
            before=before[tractors[index].get("id", "")],
            after=laid[index],
        )
        for index in order
    )
    if any(lay.touched for lay in lays):
        moves = Moves(tuple(lay.moves() for lay in lays))
        write_compositions(document, lays, moves)
        write_filters(document, lays, moves)
        write_groups(document, timeline, lays, moves)
        mark_previews_stale(document)
    write_guides(document, timeline)
    total = max((math.ceil(track_length(track, rate)) for track in timeline.tracks), default=0)
    was = max((entry.end for entries_ in before.values() for entry in entries_), default=0)
    _set_length(document, max(total, 1), was)


def _lengths(timeline: otio.schema.Timeline, rate: Fraction) -> dict[str, int]:
    """How many frames of the project each media file is long: as it says, or as long as it is used."""
    found: dict[str, int] = {}
    for clip in timeline.find_clips():
        url, _ = plays(clip)
        shown = clip.trimmed_range()
        available = clip.media_reference.available_range if url else None
        start = shown.start_time - available.start_time if available is not None else shown.start_time
        used = exact_frames(start, rate) + exact_frames(shown.duration, rate) * steady_speed(clip)
        whole = exact_frames(available.duration, rate) if available is not None else Fraction(0)
        found[url] = max(found.get(url, 0), math.ceil(used), math.floor(whole))
    return found


def _set_length(document: Document, total: int, was: int) -> None:
    """Bounds the background and the tractors, so that a player of MLT files ends where the timeline does.

    Kdenlive before 1.1 saves the main tractor twenty minutes too long, 1.1 the sequence five, and `melt` then
    plays on into black. `was`: how long the clips were before.
    """
    rate = document.rate
    wrapper = document.wrapper
    shown = wrapper if document.sequence is document.open else None
    bounded = [
        document.black(),
        document.sequence,
        shown,
        *(shown.findall("track") if shown is not None else ()),
    ]
    for element in bounded:
        if element is not None:
            put_time(element, "in", 0, rate)
            put_time(element, "out", total - 1, rate)
    if wrapper is not None and total != was:
        put(document.sequence, "kdenlive:maxduration", str(total))
        put(document.sequence, "kdenlive:duration", clock(total, rate))


class _Sheet:
    """One track of the project being filled anew."""

    def __init__(self, document: Document, shelf: Shelf, tractor: Element, known: dict[str, Entry]) -> None:
        self._document = document
        self._rate = document.rate
        self._shelf = shelf
        self._tractor = tractor
        self._known = known
        self._sound = get(tractor, "kdenlive:audio_track") == "1"

    def fill(self, items: tuple[Laid, ...], mixes: tuple[Mix, ...]) -> None:
        playlists = self._document.playlists(self._tractor)
        ends = [0] * len(playlists)
        for playlist in playlists:
            for element in playlist.findall("entry") + playlist.findall("blank"):
                playlist.remove(element)
        for laid in items:
            if laid.playlist >= len(playlists) or laid.start < ends[laid.playlist]:
                raise UnwritableOutput(
                    f"{laid.item.name!r} at frame {laid.start} overlaps its neighbour in a way that "
                    "a Kdenlive track cannot hold"
                )
            playlist = playlists[laid.playlist]
            if laid.start > ends[laid.playlist]:
                blank = clock(laid.start - ends[laid.playlist], self._rate)
                etree.SubElement(playlist, "blank", length=blank)
            playlist.append(self._entry(laid))
            ends[laid.playlist] = laid.end
        self._mix(mixes)
        if self._tractor.tag == "tractor" and any(ends):
            put_time(self._tractor, "in", 0, self._rate)
            put_time(self._tractor, "out", max(ends) - 1, self._rate)

    def _entry(self, laid: Laid) -> Element:
        origin = self._known.get(laid.mark)
        last = laid.first + laid.end - laid.start - 1
        if origin is None:
            element = etree.Element("entry")
            self._play(element, laid)
        else:
            element = copy.deepcopy(origin.element)
            element.tail = None
            if not self._plays_same(laid, origin):
                self._play(element, laid)
                move_effects(element, laid.first - laid.was, laid.first, last, self._rate)
            elif (laid.first, laid.end - laid.start) != (origin.first, origin.end - origin.start):
                cut_fades(element, laid.first, last, self._rate)
        put_time(element, "in", laid.first, self._rate)
        put_time(element, "out", last, self._rate)
        return element

    def _play(self, element: Element, laid: Laid) -> None:
        file, speed = plays(laid.item)
        if isinstance(laid.item, otio.core.Composition):
            raise UnwritableOutput(
                f"{laid.item.name!r} is a nested sequence, which a new .kdenlive is not written with; write "
                ".otio, or flatten it first"
            )
        if (effect := ramp(laid.item)) is not None:
            raise UnwritableOutput(
                f"{laid.item.name!r} has the speed effect {effect!r}; a .kdenlive is written with steady "
                "forward speeds alone, so render it in place first or write .otio"
            )
        producer, number = self._shelf.take_down(
            Use(
                file=file,
                speed=speed,
                sound=self._sound,
                enabled=laid.item.enabled,
                track=self._tractor.get("id", ""),
            )
        )
        element.set("producer", producer)
        put(element, "kdenlive:id", number)
        # Kdenlive names clips in its bin alone; there, several clips of one file have one name.
        put(element, NAME, laid.item.name)

    def _plays_same(self, laid: Laid, origin: Entry) -> bool:
        """Whether the entry's own producer still plays what the item asks for."""
        producer = self._document.by_id(origin.element.get("producer", ""))
        before = item_of(self._document, origin)
        same_state = before.enabled == laid.item.enabled and type(before) is type(laid.item)
        return same_state and (producer.tag == "tractor" or plays(before) == plays(laid.item))

    def _mix(self, mixes: tuple[Mix, ...]) -> None:
        known = {element.get("id", ""): element for element in self._tractor.findall("transition")}
        for element in known.values():
            self._tractor.remove(element)
        order = list(known)
        made = []
        for number, mix in enumerate(mixes):
            origin = known.get(mark_of(mix.item))
            element = copy.deepcopy(origin) if origin is not None else _dissolve(f"{number}_{mix.start}")
            put_time(element, "in", mix.start, self._rate)
            # Here alone Kdenlive writes `out` one past the last frame.
            put_time(element, "out", mix.end, self._rate)
            put(element, "kdenlive:mixcut", str(mix.after))
            if origin is None:
                put(element, "reverse", "1" if mix.reverse else "0")
            name = mark_of(mix.item)
            made.append((order.index(name) if name in known else len(order), number, element))
        for _, _, element in sorted(made, key=lambda one: one[:2], reverse=True):
            self._tractor.findall("track")[-1].addnext(element)


def _dissolve(name: str) -> Element:
    element = etree.Element("transition", id=f"mix_{name}")
    for key, value in (
        ("a_track", "0"),
        ("b_track", "1"),
        ("factory", "loader"),
        ("resource", ""),
        ("mlt_service", "luma"),
        ("kdenlive_id", "luma"),
        ("softness", "0"),
        ("alpha_over", "0"),
        ("fix_background_alpha", "1"),
        ("invert", "0"),
    ):
        put(element, key, value)
    return element
