"""xmeml out: a sequence's tracks written into the file they came from, or into an empty one.

What the file holds beside them stays as it is. A clip that is still there keeps its element, with filters,
labels and all; its times are touched only where it has moved or been cut.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.anchor import leaves, whole_name
from otio_adapters.fcp7_xml.clipitems import ClipItems, Origin, Slot
from otio_adapters.fcp7_xml.elements import TICKS_PER_SECOND, add, number, path_url, put
from otio_adapters.fcp7_xml.files import Definitions, FileShelf
from otio_adapters.fcp7_xml.linking import Laid, link
from otio_adapters.fcp7_xml.markers import write_markers
from otio_adapters.fcp7_xml.reader import definitions_of, sequences_of, timeline_of
from otio_adapters.fcp7_xml.skeleton import dissolve, empty_sequence, new_track
from otio_adapters.guard import read_xml
from otio_adapters.moves import Moves, Piece
from otio_adapters.opentime import exact_frames, seconds, timeline_rate
from otio_adapters.ripple import held, length, steady_speed, track_length
from otio_adapters.sequences import check_alone, index_of

_ITEMS = ("clipitem", "generatoritem", "transitionitem")


def fcp7_bytes(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> bytes:
    """The timeline as xmeml to lie at `path`; `origin` is the file that it was read from, if any.

    Raises `UnwritableOutput` where the timeline holds what xmeml cannot be written with.
    """
    sequence = _original(timeline, path, origin) if origin is not None else None
    before: dict[str, Origin] = {}
    if sequence is None:
        check_alone(timeline, origin)
        sequence = empty_sequence(timeline)
    else:
        before = _origins(sequence, timeline_of(sequence, definitions_of(_root(sequence))))
        _put_in_new_tracks(sequence, timeline, before)
    _Sequence(sequence, timeline, path, before).fill()
    root = _root(sequence)
    etree.indent(root, space="\t")
    doctype = root.getroottree().docinfo.doctype or "<!DOCTYPE xmeml>"
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=doctype) + b"\n")


def _root(element: Element) -> Element:
    return element.getroottree().getroot()


def _original(timeline: otio.schema.Timeline, path: Path, origin: Path) -> Element | None:
    """The sequence to patch, if all of its tracks are in the timeline, which may have more."""
    root = read_xml(origin).getroot()
    for file in root.iter("pathurl") if leaves(origin, path) else ():
        url = (file.text or "").strip()
        if url and whole_name(url, origin.parent) != url:
            file.text = f"{path_url(str(origin.parent.resolve()), origin.parent)}/{url}"
    found = sequences_of(root)
    if index_of(timeline) >= len(found):
        return None
    sequence = found[index_of(timeline)]
    known = [
        f"{kind}/{i}" for kind in ("video", "audio") for i in range(len(_track_elements(sequence, kind)))
    ]
    return sequence if known == [mark for track in timeline.tracks if (mark := _mark(track))] else None


def _track_elements(sequence: Element, kind: str) -> list[Element]:
    return list(sequence.findall(f"media/{kind}/track"))


def _put_in_new_tracks(sequence: Element, timeline: otio.schema.Timeline, before: dict[str, Origin]) -> None:
    """Tracks that the file has not, each after the one before it in the timeline.

    What they are set to, such as a channel of the output, is that of the track whose clips lie on them now.
    """
    counts = {"video": 0, "audio": 0}
    for track in timeline.tracks:
        kind = "video" if track.kind == otio.schema.TrackKind.Video else "audio"
        if not _mark(track):
            origin = next((found for item in track if (found := before.get(_mark(item)))), None)
            model = origin.element.getparent() if origin is not None else None
            _insert_track(sequence, kind, counts[kind], new_track(track, model))
        counts[kind] += 1


def _insert_track(sequence: Element, kind: str, index: int, element: Element) -> None:
    found = _track_elements(sequence, kind)
    if index:
        found[index - 1].addnext(element)
    elif found:
        found[0].addprevious(element)
    else:
        media = sequence.find("media")
        parent = media.find(kind) if media is not None else None
        if media is None or parent is None:
            parent = add(media if media is not None else add(sequence, "media"), kind)
        parent.append(element)


def _mark(item: otio.core.SerializableObjectWithMetadata) -> str:
    return str(item.metadata.get("pickup", {}).get("xml", ""))


def _origins(sequence: Element, read: otio.schema.Timeline) -> dict[str, Origin]:
    """The items of the original file by their marks."""
    rate = timeline_rate(read)
    found = {}
    for track in read.tracks:
        kind, number = _mark(track).split("/")
        elements = list(_track_elements(sequence, kind)[int(number)])
        for _, item, slot in slots(track, rate):
            element = elements[int(_mark(item).rpartition("/")[2])]
            found[_mark(item)] = Origin(element=element, item=item, slot=slot)
    return found


def slots(track: otio.schema.Track, rate: Fraction) -> Iterator[tuple[int, otio.core.Composable, Slot]]:
    """Each clip, nested sequence and transition with its index and its place in whole frames."""
    children = list(track)
    at = Fraction(0)
    for index, item in enumerate(children):
        shown = length(item, rate)
        if isinstance(item, otio.schema.Transition):
            before, after = _offsets(item, rate)
            yield index, item, Slot(start=round(at) - before, end=round(at) + after, lead=before, tail=after)
        elif not isinstance(item, otio.schema.Gap):
            head = children[index - 1] if index else None
            tail = children[index + 1] if index + 1 < len(children) else None
            yield (
                index,
                item,
                Slot(
                    start=round(at),
                    end=round(at + shown),
                    lead=_offsets(head, rate)[0] if isinstance(head, otio.schema.Transition) else None,
                    tail=_offsets(tail, rate)[1] if isinstance(tail, otio.schema.Transition) else None,
                ),
            )
        at += shown


def _offsets(transition: otio.schema.Transition, rate: Fraction) -> tuple[int, int]:
    return (
        round(exact_frames(transition.in_offset, rate)),
        round(exact_frames(transition.out_offset, rate)),
    )


class _Sequence:
    """The sequence of a file being filled."""

    def __init__(
        self, sequence: Element, timeline: otio.schema.Timeline, path: Path, before: dict[str, Origin]
    ) -> None:
        self._root = _root(sequence)
        self._sequence = sequence
        self._timeline = timeline
        self._before = before
        self._rate = timeline_rate(timeline)
        tags = ("file", "clipitem", "generatoritem")
        self._taken = {one.get("id", "") for one in self._root.iter(*tags)}
        self._items = ClipItems(FileShelf(path.parent, self._rate, self._taken), self._rate, self._taken)
        self._laid: dict[tuple[int, int], Laid] = {}
        self._pieces: list[list[Piece]] = []

    def fill(self) -> None:
        definitions = Definitions(self._root)
        by_reference = bool(self._before) and self._root.find(".//link/clipindex") is None
        counts = {"video": 0, "audio": 0}
        for index, track in enumerate(self._timeline.tracks):
            kind = "video" if track.kind == otio.schema.TrackKind.Video else "audio"
            self._pieces.append([])
            self._fill_track(_track_elements(self._sequence, kind)[counts[kind]], index, kind)
            counts[kind] += 1
        definitions.restore(self._root)
        link(self._timeline, self._rate, self._laid, by_reference=by_reference)
        write_markers(self._sequence, self._timeline, self._rate)
        self._set_length()

    def _fill_track(self, element: Element, index: int, kind: str) -> None:
        """Puts the track's items where its old ones were, before <enabled>, <locked> and the like."""
        track = self._timeline.tracks[index]
        old = [child for child in element if child.tag in _ITEMS]
        spot = list(element).index(old[0]) if old else 0
        for child in old:
            element.remove(child)
        for count, (place, item, slot) in enumerate(slots(track, self._rate)):
            origin = self._before.get(_mark(item))
            if isinstance(item, otio.schema.Transition):
                made = self._transition(slot, origin, kind)
            else:
                made = self._items.element(item, slot, origin, sound=kind == "audio")
                patched = origin is not None and origin.element.tag == made.tag
                self._laid[index, place] = Laid(element=made, item=item, origin=origin if patched else None)
                if origin is not None:
                    self._pieces[index].append(_piece(item, slot, origin, self._rate))
            element.insert(spot + count, made)

    def _set_length(self) -> None:
        """The sequence is as much longer as its tracks are, and its in and out points go with the clips."""
        total = max((track_length(track, self._rate) for track in self._timeline.tracks), default=Fraction(0))
        was = max((origin.slot.end for origin in self._before.values()), default=0)
        said = number(self._sequence, "duration", 0)
        end = math.ceil(total)
        if total and (not said or not self._before or end != was):
            put(self._sequence, "duration", str(said + end - was if said and self._before else end))
        moves = Moves(tuple(tuple(sorted(track, key=lambda one: one.was)) for track in self._pieces))
        for tag in ("in", "out"):
            point = number(self._sequence, tag, -1)
            if self._before and point >= 0 and moves.everywhere(point) != point:
                put(self._sequence, tag, str(moves.everywhere(point)))

    def _transition(self, slot: Slot, origin: Origin | None, kind: str) -> Element:
        if origin is not None:
            element = copy.deepcopy(origin.element)
            element.tail = None
        else:
            element = dissolve(self._rate, kind)
        put(element, "start", str(slot.start))
        put(element, "end", str(slot.end))
        if origin is None or (slot.lead, slot.tail) != (origin.slot.lead, origin.slot.tail):
            lead, tail = slot.lead or 0, slot.tail or 0
            put(element, "alignment", "start" if not lead else "end" if not tail else "center")
            # Alignment knows three cuts; Premiere's ticks say any.
            put(element, "cutPointTicks", str(round(Fraction(lead) / self._rate * TICKS_PER_SECOND)))
        return element


def _piece(item: otio.core.Item, slot: Slot, origin: Origin, rate: Fraction) -> Piece:
    """What of the old clip lay where the item now lies."""
    source = item.metadata.get("pickup", {}).get("source_range") or item.trimmed_range()
    late = seconds(source.start_time) - seconds(origin.item.trimmed_range().start_time)
    was = origin.slot.start + round(late / steady_speed(origin.item) * rate + held(item))
    return Piece(was=was, frames=slot.end - slot.start, now=slot.start)
