"""Kdenlive projects in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from typing import Any

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.guard import read_xml
from otio_adapters.kdenlive.document import Document, frames, get
from otio_adapters.opentime import rational_time, time_range
from otio_adapters.ripple import HEADING, gap
from otio_adapters.sequences import choose, note

# Kdenlive's guide categories, by number, as the nearest of OTIO's colours.
COLORS = ("PURPLE", "BLUE", "CYAN", "GREEN", "YELLOW", "ORANGE", "PINK", "MAGENTA", "RED")
NAME = "pickup:name"  # our own property of an entry; programs leave it be until they save the project


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A clip on one of a track's playlists, frames [start, end) of it, from `first` of its producer."""

    element: Element
    mark: str  # "playlist4/1": which entry of which playlist
    playlist: int
    start: int
    end: int
    first: int


def read_kdenlive(path: Path, sequence: str = "") -> otio.schema.Timeline:
    """A sequence of a .kdenlive project: video tracks from the lowest up, then audio tracks A1, A2...

    `sequence` is its name, its uuid or its number ("#2"); by default the one that is open.

    Each clip's, transition's and track's `pickup.xml` says which element it came from. A mix becomes a
    transition, an AVSplit group a link number, a guide a marker.
    """
    tree = read_xml(path)
    if tree.getroot().tag != "mlt":
        raise UnreadableTimeline(f"{path} is not a Kdenlive project: its root is <{tree.getroot().tag}>")
    document = Document(tree, path.parent)
    found = document.sequences
    names = [sequence_name(one) for one in found]
    if sequence:
        index = choose(sequence, names, path, [one.get("id", "") for one in found])
        document = Document(tree, path.parent, found[index].get("id", ""))
    timeline = timeline_of(document)
    note(timeline, found.index(document.sequence), names)
    return timeline


def timeline_of(document: Document) -> otio.schema.Timeline:
    """The timeline of a project that is already loaded."""
    rate = document.rate
    timeline = otio.schema.Timeline(sequence_name(document.sequence))
    timeline.metadata["pickup"] = {"rate": str(rate)}
    links = _links(document)
    video: list[otio.schema.Track] = []
    audio: list[otio.schema.Track] = []
    for index, (place, element) in enumerate(document.tracks()):
        track = _track(document, element, place, rate)
        _link(track, index, links)
        (video if track.kind == otio.schema.TrackKind.Video else audio).append(track)
    # The audio track drawn uppermost, A1, comes last among the audio tracks of the file.
    timeline.tracks.extend(video + audio[::-1])
    timeline.tracks.markers.extend(_markers(document, rate))
    return timeline


def sequence_name(sequence: Element) -> str:
    return get(sequence, "kdenlive:clipname") or "Sequence"


def entries(document: Document, track: Element, rate: Fraction) -> tuple[Entry, ...]:
    """The clips of all the track's playlists, in the order they start."""
    found = []
    for which, playlist in enumerate(document.playlists(track)):
        at = 0
        for number, element in enumerate(playlist.iterchildren("blank", "entry")):
            if element.tag == "blank":
                at += frames(element.get("length", "0"), rate)
                continue
            producer = document.by_id(element.get("producer", ""))
            first = frames(element.get("in") or producer.get("in") or "0", rate)
            last = frames(element.get("out") or producer.get("out") or get(producer, "length", "0"), rate)
            length = last - first + 1  # MLT's `out` is the last frame that plays
            if length <= 0:
                raise UnreadableTimeline(f"the Kdenlive project has a clip of {length} frames on a track")
            mark = f"{playlist.get('id')}/{number}"
            found.append(
                Entry(element=element, mark=mark, playlist=which, start=at, end=at + length, first=first)
            )
            at += length
    # Of two that a mix is all of, that is ahead from which it leads: in `reverse` from the second playlist.
    back = {
        frames(mix.get("in", "0"), rate) for mix in track.findall("transition") if get(mix, "reverse") == "1"
    }

    def place(entry: Entry) -> tuple[int, int, int]:
        return entry.start, entry.end, -entry.playlist if entry.start in back else entry.playlist

    return tuple(sorted(found, key=place))


def _track(document: Document, element: Element, place: Element, rate: Fraction) -> otio.schema.Track:
    sound = get(element, "kdenlive:audio_track") == "1"
    kind = otio.schema.TrackKind.Audio if sound else otio.schema.TrackKind.Video
    track = otio.schema.Track(get(element, "kdenlive:track_name"), kind=kind)
    track.metadata["pickup"] = {"xml": element.get("id", "")}
    if get(element, "kdenlive:locked_track") == "1":
        track.metadata["pickup"]["locked"] = True
    track.enabled = place.get("hide") not in {"both", "audio" if sound else "video"}
    track.extend(list(_items(document, element, rate)))
    return track


def _items(document: Document, track: Element, rate: Fraction) -> Iterator[otio.core.Composable]:
    """The track's clips with gaps between them and transitions where they overlap."""
    found = entries(document, track, rate)
    at = 0
    for number, entry in enumerate(found):
        if entry.start > at:
            yield gap(entry.start - at, rate)
        after = found[number + 1].start if number + 1 < len(found) else entry.end
        head, tail, mix = max(at - entry.start, 0), entry.end, None
        if after < entry.end:
            mix = _mix_at(track, after, rate)
            tail = entry.end - _mix_cut(mix, entry.end - after)
        start = entry.start + head
        if tail <= start:
            raise UnreadableTimeline(
                f"the clips around frame {after} of the Kdenlive project overlap too far"
            )
        yield item_of(document, entry, (start - entry.start, tail - start))
        if after < entry.end:
            yield _transition(mix, tail - after, entry.end - tail, rate)
        at = tail


def item_of(document: Document, entry: Entry, shown: tuple[int, int] | None = None) -> otio.core.Item:
    """The entry as an OTIO item; `shown` is (first, count) of its frames, all of them by default."""
    first, count = shown or (0, entry.end - entry.start)
    producer = document.by_id(entry.element.get("producer", ""))
    if producer.tag == "tractor":
        item = otio.schema.Stack(get(producer, "kdenlive:clipname") or "Sequence")
        item.source_range = time_range(entry.first + first, count, document.rate)
    else:
        item = _media_clip(document, producer, entry.first + first, count)
    item.name = get(entry.element, NAME) or item.name
    item.enabled = not (get(producer, "set.test_audio") == get(producer, "set.test_image") == "1")
    item.metadata["pickup"] = {"xml": entry.mark, "playlist": entry.playlist}
    return item


def _media_clip(document: Document, producer: Element, first: int, count: int) -> otio.schema.Clip:
    rate = document.rate
    service, resource = get(producer, "mlt_service"), document.media(producer)
    speed = _warp(producer) if service == "timewarp" else Fraction(1)
    length = frames(get(producer, "length", "0") or "0", rate) or first + count
    if service.startswith(("avformat", "timewarp", "qimage", "pixbuf")):
        reference = otio.schema.ExternalReference(
            document.file(resource), time_range(0, length * abs(speed), rate)
        )
    else:
        reference = otio.schema.GeneratorReference(generator_kind=service or "unknown")
    name = get(producer, "kdenlive:clipname") or PureWindowsPath(resource).name or service
    clip = otio.schema.Clip(name, reference, time_range(first * abs(speed), count, rate))
    if speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp("timewarp", time_scalar=float(speed)))
        if speed < 0:
            clip.effects[0].metadata["pickup"] = {HEADING: 1}
    if producer.find("link") is not None:
        remap = [link for link in producer.findall("link") if get(link, "mlt_service") == "timeremap"]
        clip.effects.extend(otio.schema.TimeEffect("timeremap", "timeremap") for _ in remap)
    return clip


def _warp(producer: Element) -> Fraction:
    text = get(producer, "warp_speed") or get(producer, "resource").partition(":")[0]
    try:
        speed = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise UnreadableTimeline(f"the Kdenlive project has a clip at the speed {text!r}") from error
    if not speed:
        raise UnreadableTimeline("the Kdenlive project has a clip at the speed 0")
    return speed


def _mix_at(track: Element, start: int, rate: Fraction) -> Element | None:
    for element in track.findall("transition"):
        if frames(element.get("in", "0"), rate) == start:
            return element
    return None


def _mix_cut(mix: Element | None, overlap: int) -> int:
    """How many frames of the mix come after the cut; Kdenlive counts them back from the mix's end."""
    text = get(mix, "kdenlive:mixcut") if mix is not None else ""
    return min(int(text), overlap) if text.isdecimal() else overlap // 2


def _transition(mix: Element | None, before: int, after: int, rate: Fraction) -> otio.schema.Transition:
    transition = otio.schema.Transition(
        name=get(mix, "kdenlive_id") if mix is not None else "",
        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=rational_time(before, rate),
        out_offset=rational_time(after, rate),
    )
    transition.metadata["pickup"] = {"xml": mix.get("id", "") if mix is not None else ""}
    return transition


def listed(document: Document, name: str) -> list[Any]:
    """Guides or groups, which Kdenlive keeps as JSON text in a property."""
    element, prefix = document.settings
    text = get(element, prefix + name) if element is not None else ""
    try:
        found = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _markers(document: Document, rate: Fraction) -> Iterator[otio.schema.Marker]:
    for guide in listed(document, "guides"):
        if not isinstance(guide, dict) or not isinstance(guide.get("pos"), int):
            continue
        category, length = guide.get("type", 0), guide.get("duration", 0)
        marker = otio.schema.Marker(
            name=str(guide.get("comment", "")),
            marked_range=time_range(guide["pos"], length if isinstance(length, int) else 0, rate),
            color=COLORS[category] if isinstance(category, int) and 0 <= category < len(COLORS) else "PURPLE",
        )
        marker.metadata["pickup"] = {"guide": json.dumps(guide)}
        yield marker


def _links(document: Document) -> dict[tuple[int, int], int]:
    """The link number of the clip at (track from the bottom, start frame), from the AVSplit groups."""
    found: dict[tuple[int, int], int] = {}
    pending = list(listed(document, "groups"))
    number = 0
    while pending:
        group = pending.pop(0)
        if not isinstance(group, dict):
            continue
        children = group.get("children", [])
        pending.extend(children if isinstance(children, list) else ())
        if group.get("type") == "AVSplit":
            number += 1
            for leaf in children:
                place = leaf_place(leaf)
                if place is not None:
                    found[place] = number
    return found


def leaf_place(leaf: object, kind: str = "clip") -> tuple[int, int] | None:
    """A group's leaf "2:74", if it is of that kind, as (track from the bottom, start frame)."""
    if isinstance(leaf, dict) and leaf.get("leaf") == kind:
        track, _, frame = str(leaf.get("data", "")).partition(":")
        if track.isdecimal() and frame.isdecimal():
            return int(track), int(frame)
    return None


def _link(track: otio.schema.Track, index: int, links: dict[tuple[int, int], int]) -> None:
    """Groups name a clip by where its playlist entry starts, which is before the cut where a mix leads in."""
    at = 0
    lead = 0
    for item in track:
        if isinstance(item, otio.schema.Transition):
            lead = int(item.in_offset.value)
            continue
        link = links.get((index, at - lead))
        if link is not None and not isinstance(item, otio.schema.Gap):
            item.metadata["pickup"]["link"] = link
        at += int(item.trimmed_range().duration.value)
        lead = 0
