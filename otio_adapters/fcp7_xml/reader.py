"""xmeml in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.fcp7_xml.elements import flag, number, rate_of, start_of, text, where
from otio_adapters.fcp7_xml.places import CLIPS, clip_span, transition_span
from otio_adapters.guard import read_xml
from otio_adapters.opentime import exact_frames, rational_time, seconds, time_range
from otio_adapters.ripple import gap, steady_speed
from otio_adapters.sequences import choose, note

MAX_NESTING = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """What is written out once and then only named: files and sequences, by id; links, by clipitem id."""

    files: dict[str, Element]
    sequences: dict[str, Element]
    links: dict[str, int]


def read_fcp7(path: Path, sequence: str = "") -> otio.schema.Timeline:
    """A sequence of an xmeml file: its video tracks from the lowest up, then its audio tracks.

    `sequence` is its name, its id or "#2" for the second one; by default the first one that no other plays.
    Each item's `pickup.xml` says which element it came from: "video/0/3" is the fourth child of V1.
    """
    root = read_xml(path).getroot()
    if root.tag != "xmeml":
        suffix = {"fcpxml": ".fcpxml", "mlt": ".kdenlive"}.get(str(root.tag))
        hint = f"; it is read where it is called {suffix}" if suffix else ""
        raise UnreadableTimeline(f"{path} is not Final Cut Pro 7 XML: its root is <{root.tag}>{hint}")
    whole = sequences_of(root)
    if not whole:
        raise UnreadableTimeline(f"{path} holds no sequence")
    names = [text(one, "name") for one in whole]
    index = choose(sequence, names, path, [one.get("id", "") for one in whole]) if sequence else 0
    timeline = timeline_of(whole[index], definitions_of(root))
    note(timeline, index, names)
    return timeline


def sequences_of(root: Element) -> list[Element]:
    """The sequences to edit: first those that no clip plays, then those of a bin, then empty ones."""
    whole = [one for one in root.iter("sequence") if len(one)]
    played = {one.get("id") for clip in root.iter("clipitem") for one in clip.findall("sequence")} - {None}
    outer = [one for one in whole if next(one.iterancestors("clipitem"), None) is None]
    return sorted(outer, key=lambda one: (next(one.iter(*CLIPS), None) is None, one.get("id") in played))


def definitions_of(root: Element) -> Definitions:
    return Definitions(
        files={one.get("id", ""): one for one in root.iter("file") if len(one)},
        sequences={one.get("id", ""): one for one in root.iter("sequence") if len(one)},
        links=_links(root),
    )


def timeline_of(sequence: Element, known: Definitions) -> otio.schema.Timeline:
    """The timeline of a sequence that is already parsed."""
    rate = rate_of(sequence)
    if rate is None:
        raise UnreadableTimeline(f"{where(sequence)} has no frame rate")
    timeline = otio.schema.Timeline(text(sequence, "name") or "Sequence")
    frame, own, dropped = start_of(sequence, rate)
    timeline.metadata["pickup"] = {"rate": str(rate), "drop_frame": dropped}
    if sequence.find("timecode") is not None:
        timeline.global_start_time = rational_time(frame, own)
    timeline.tracks.extend(list(_tracks(sequence, known, rate, 0)))
    timeline.tracks.markers.extend(_markers(sequence, Fraction(0), rate))
    return timeline


def _tracks(sequence: Element, known: Definitions, rate: Fraction, depth: int) -> Iterator[otio.schema.Track]:
    for kind, name in ((otio.schema.TrackKind.Video, "video"), (otio.schema.TrackKind.Audio, "audio")):
        for count, element in enumerate(sequence.findall(f"media/{name}/track")):
            track = otio.schema.Track(element.get("MZ.TrackName", ""), kind=kind)
            track.enabled = flag(element, "enabled", default=True)
            track.metadata["pickup"] = {"xml": f"{name}/{count}"}
            if flag(element, "locked", default=False):
                track.metadata["pickup"]["locked"] = True
            track.extend(list(_items(element, f"{name}/{count}", known, rate, depth)))
            yield track


def _items(
    track: Element, mark: str, known: Definitions, rate: Fraction, depth: int
) -> Iterator[otio.core.Composable]:
    """The track's items in order, with gaps where nothing lies."""
    children = list(track)
    at = 0
    for count, element in enumerate(children):
        if element.tag == "transitionitem":
            start, cut, end = transition_span(element, rate)
            if cut > at:  # a fade from nothing
                yield gap(cut - at, rate)
                at = cut
            item = _transition(element, start, cut, end, rate)
        elif element.tag in CLIPS:
            start, lead, end = clip_span(children, count, rate)
            if start < at or end <= start:
                raise UnreadableTimeline(
                    f"{where(element)} runs from frame {start} to {end}, where the track is full up to "
                    f"frame {at}"
                )
            if start > at:
                yield gap(start - at, rate)
            item = _item(element, (lead, end - start), known, rate, depth)
            at = end
        else:
            continue
        item.metadata["pickup"] = {"xml": f"{mark}/{count}", **item.metadata.get("pickup", {})}
        yield item


def _transition(element: Element, start: int, cut: int, end: int, rate: Fraction) -> otio.schema.Transition:
    return otio.schema.Transition(
        name=text(element, "effect/name"),
        transition_type=otio.schema.TransitionTypes.SMPTE_Dissolve,
        in_offset=rational_time(cut - start, rate),
        out_offset=rational_time(end - cut, rate),
    )


def _item(
    element: Element, shown: tuple[int, int], known: Definitions, rate: Fraction, depth: int
) -> otio.core.Item:
    """The clip of an element that plays `shown` = (frames after its <in>, count) of the sequence's frames."""
    own = rate_of(element) or rate
    lead, count = shown
    first = Fraction(number(element, "in", 0)) / own + Fraction(lead) / rate
    nested, multicam = element.find("sequence"), element.find("multiclip") is not None
    if nested is not None or multicam:
        item = _nested(element, nested, known, rate, depth)
        item.effects.extend(list(_time_effects(element)))
        item.source_range = time_range(first * steady_speed(item) * rate, count, rate)
    else:
        item = _clip(element, first, count, known, rate)
    item.enabled = flag(element, "enabled", default=True)
    link = known.links.get(element.get("id", ""))
    told = {"multicam": True, "line": element.sourceline} if multicam else {}
    item.metadata["pickup"] = told if link is None else {"link": link, **told}
    return item


def _nested(
    element: Element, nested: Element | None, known: Definitions, rate: Fraction, depth: int
) -> otio.schema.Stack:
    """A nested sequence with what is in it; a multicam clip with none of its angles."""
    stack = otio.schema.Stack(text(element, "name"))
    if nested is None:
        return stack
    whole = nested if len(nested) else known.sequences.get(nested.get("id", ""))
    if whole is not None and depth < MAX_NESTING:
        stack.extend(list(_tracks(whole, known, rate_of(whole) or rate, depth + 1)))
    return stack


def _clip(
    element: Element, first: Fraction, count: int, known: Definitions, rate: Fraction
) -> otio.schema.Clip:
    """`first`: seconds from the media's start, in the retimed clip's own time."""
    reference = _reference(element, known, rate)
    start = seconds(reference.available_range.start_time) if reference.available_range else Fraction(0)
    clip = otio.schema.Clip(text(element, "name"), reference)
    clip.effects.extend(list(_time_effects(element)))
    clip.source_range = time_range((start + first * steady_speed(clip)) * rate, count, rate)
    clip.markers.extend(_markers(element, start, rate))
    return clip


def _reference(element: Element, known: Definitions, rate: Fraction) -> otio.core.MediaReference:
    if element.tag == "generatoritem":
        return otio.schema.GeneratorReference(generator_kind=text(element, "effect/effectid"))
    named = element.find("file")
    if named is None:
        return otio.schema.MissingReference()
    file = named if len(named) else known.files.get(named.get("id", ""), named)
    own = rate_of(file) or rate
    frame, code_rate, dropped = start_of(file, own)
    length = number(file, "duration", 0)
    # Counted in the timecode's rate, which is the file's own but for conformed media.
    available = time_range(frame, Fraction(length) * code_rate / own, code_rate) if length else None
    url = text(file, "pathurl")
    if not url:
        return otio.schema.MissingReference(name=text(file, "name"), available_range=available)
    reference = otio.schema.ExternalReference(url, available)
    reference.name = text(file, "name")
    reference.metadata["pickup"] = {
        "drop_frame": dropped,
        "media": {
            "width": number(file, "media/video/samplecharacteristics/width", 0),
            "height": number(file, "media/video/samplecharacteristics/height", 0),
            "channels": number(file, "media/audio/channelcount", 0),
            "sample_rate": number(file, "media/audio/samplecharacteristics/samplerate", 48_000),
        },
    }
    return reference


def _time_effects(element: Element) -> Iterator[otio.schema.TimeEffect]:
    for effect in element.findall("filter/effect"):
        if text(effect, "effectid") != "timeremap":
            continue
        values = {text(one, "parameterid"): text(one, "value") for one in effect.findall("parameter")}
        if values.get("variablespeed", "0") not in {"0", "", "FALSE"}:
            yield otio.schema.TimeEffect("Time Remap", "timeremap")
            continue
        try:
            percent = Fraction(values.get("speed", "100"))
        except (ValueError, ZeroDivisionError) as error:
            raise UnreadableTimeline(f"{where(element)} has a speed that is no number") from error
        if values.get("reverse", "").upper() == "TRUE":
            percent = -percent
        if percent == 0:
            yield otio.schema.FreezeFrame("Time Remap")
        elif percent != 100:
            yield otio.schema.LinearTimeWarp("Time Remap", time_scalar=float(percent / 100))


def _markers(owner: Element, start: Fraction, rate: Fraction) -> Iterator[otio.schema.Marker]:
    """Of a sequence or a clip item, each known by its count among them."""
    for count, element in enumerate(owner.findall("marker")):
        marker = _marker(element, start, rate)
        marker.metadata["pickup"] = {"xml": f"marker/{count}"}
        yield marker


def _marker(element: Element, start: Fraction, rate: Fraction) -> otio.schema.Marker:
    """`start`: the second that the marker's frames are counted from."""
    first, last = number(element, "in", 0), number(element, "out", -1)
    own = rate_of(element) or rate
    marker = otio.schema.Marker(
        name=text(element, "name"),
        marked_range=time_range(
            exact_frames(rational_time(start * rate, rate), rate) + Fraction(first) * rate / own,
            Fraction(max(last - first, 0)) * rate / own,
            rate,
        ),
    )
    marker.comment = text(element, "comment")
    return marker


def _links(root: Element) -> dict[str, int]:
    """Which clipitems are linked: those that name each other, under one number."""
    group: dict[str, str] = {}

    def top(name: str) -> str:
        while group.setdefault(name, name) != name:
            name = group[name]
        return name

    for element in root.iter("clipitem"):
        own = element.get("id", "")
        for other in element.findall("link/linkclipref"):
            name = (other.text or "").strip()
            if own and name and name != own:
                group[top(name)] = top(own)
    numbers: dict[str, int] = {}
    return {name: numbers.setdefault(top(name), len(numbers) + 1) for name in group}
