"""Edit lists in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from otio_adapters.edl.clock import frames
from otio_adapters.edl.events import EditList, Event, read_list
from otio_adapters.edl.statements import Line, channel_order, locator, title
from otio_adapters.errors import TimelineError, UnreadableTimeline
from otio_adapters.opentime import rational_time, time_range
from otio_adapters.ripple import HEADING, gap

DISSOLVE = otio.schema.TransitionTypes.SMPTE_Dissolve
COLOURS = {name for name in vars(otio.schema.MarkerColor) if name.isupper()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a track shows of an event: record frames [begin, end), and the event's place in the list."""

    event: Event
    index: int
    begin: int
    end: int


def read_edl(path: Path) -> otio.schema.Timeline:
    """The list's events on a track for each of its channels: V, the key over it, A1, A2 and so on.

    Each clip's `pickup.edl` is the number of its event, counted from 0 in the file's order. An event that
    lies over the end of an earlier one hides it, as on tape.
    """
    return timeline_of(read_list(path), path)


def timeline_of(edits: EditList, path: Path) -> otio.schema.Timeline:
    clock = edits.clock
    name = next((found for line in edits.document.head if (found := title(line.text))), path.stem)
    timeline = otio.schema.Timeline(name)
    timeline.global_start_time = rational_time(edits.start, clock.rate)
    timeline.metadata["pickup"] = {
        "rate": str(clock.rate),
        "rate_from": clock.why,
        "drop_frame": clock.dropped,
    }
    links = _links(edits)
    for channel in sorted({one for event in edits.events for one in event.channels}, key=channel_order):
        kind = otio.schema.TrackKind.Video if channel[0] == "V" else otio.schema.TrackKind.Audio
        track = otio.schema.Track(channel, kind=kind)
        track.extend(list(_items(shown_on(edits, channel, path), edits, links)))
        timeline.tracks.append(track)
    timeline.tracks.markers.extend(_markers(edits))
    return timeline


def shown_on(edits: EditList, channel: str, path: Path) -> list[Shown]:
    """The channel's events in the record's order. Raises `UnreadableTimeline` where they contradict."""
    found = [(event, index) for index, event in enumerate(edits.events) if channel in event.channels]
    found.sort(key=lambda pair: (pair[0].record[0], pair[1]))
    shown = []
    for (event, index), after in zip(found, [*found[1:], None], strict=True):
        begin, end = event.cut, event.record[1]
        if after is not None and after[0].record[0] <= end:
            if after[0].record[0] < end and (after[1] < index or after[0].record[1] < end):
                raise _conflict(event, after[0], path)
            end = after[0].cut
            if end <= event.record[0]:
                raise _conflict(event, after[0], path)
        shown.append(Shown(event=event, index=index, begin=begin, end=max(begin, end)))
    return shown


def _conflict(event: Event, other: Event, path: Path) -> UnreadableTimeline:
    a, b = event.chunk, other.chunk
    return UnreadableTimeline(
        f"{path}, line {b.line.number}: event {b.event.number} lies within event {a.event.number} of line "
        f"{a.line.number} on one channel; clean the list in the program that wrote it"
    )


def _items(shown: list[Shown], edits: EditList, links: dict[int, int]) -> Iterator[otio.core.Composable]:
    rate = edits.clock.rate
    at = edits.start
    for one in shown:
        if one.begin > at:
            yield gap(one.begin - at, rate)
        if one.event.mixes:
            yield _transition(one, rate)
        at = one.end
        if one.end == one.begin:
            continue
        item = _clip(one, rate) if not one.event.black else gap(one.end - one.begin, rate)
        item.metadata["pickup"] = {"edl": one.index}
        if one.index in links:
            item.metadata["pickup"]["link"] = links[one.index]
        yield item


def _transition(one: Shown, rate: Fraction) -> otio.schema.Transition:
    effect = one.event.chunk.event
    return otio.schema.Transition(
        name=effect.effect if effect.effect != "D" else "",
        transition_type=DISSOLVE if effect.effect == "D" else otio.schema.TransitionTypes.Custom,
        in_offset=rational_time(one.event.lead, rate),
        out_offset=rational_time(effect.frames - one.event.lead, rate),
        metadata={"pickup": {"edl": one.index}},
    )


def _clip(one: Shown, rate: Fraction) -> otio.schema.Clip:
    event = one.event
    clip = otio.schema.Clip(event.name, _reference(event, rate))
    clip.effects.extend(_effects(event))
    passed = event.lead * (1 if event.speed is None else event.speed)
    clip.source_range = time_range(event.source[0] + passed, one.end - one.begin, rate)
    return clip


def _reference(event: Event, rate: Fraction) -> otio.core.MediaReference:
    """A reel is no file: only a comment that names one makes it a reference to it."""
    first, end = event.available or (0, 0)
    available = time_range(first, end - first, rate) if event.available else None
    if event.url:
        reference = otio.schema.ExternalReference(event.url, available)
    else:
        reference = otio.schema.MissingReference(available_range=available)
    reference.name = event.chunk.event.reel
    reference.metadata["pickup"] = {"reel": event.chunk.event.reel, "drop_frame": event.dropped}
    return reference


def _effects(event: Event) -> Iterator[otio.schema.TimeEffect]:
    if event.speed is None:
        yield otio.schema.TimeEffect(event.motion, "EDL")
    elif not event.speed:
        yield otio.schema.FreezeFrame(event.motion)
    elif event.speed != 1:
        effect = otio.schema.LinearTimeWarp(event.motion, time_scalar=float(event.speed))
        if event.speed < 0:  # M2 says the source timecode that is shown first
            effect.metadata["pickup"] = {HEADING: -1}
        yield effect


def _links(edits: EditList) -> dict[int, int]:
    """Link numbers of events: of one on several channels, and of several with one source, range and place."""
    keys = [(one.chunk.event.reel, one.name, one.source, one.record) for one in edits.events]
    counts: Counter[object] = Counter()
    for key, event in zip(keys, edits.events, strict=True):
        counts[key] += len(event.channels)
    numbers = {key: number for number, key in enumerate(dict.fromkeys(keys), start=1)}
    return {index: numbers[key] for index, key in enumerate(keys) if counts[key] > 1}


def _markers(edits: EditList) -> Iterator[otio.schema.Marker]:
    """LOC comments. They stand at record timecodes: they are the timeline's."""
    for line in (line for chunk in edits.document.chunks for line in chunk.tail):
        place = located(line, edits)
        found = locator(line.text)
        if place is None or found is None:
            continue
        marker = otio.schema.Marker(
            name=found.name, marked_range=time_range(place - edits.start, 0, edits.clock.rate)
        )
        if found.colour in COLOURS:
            marker.color = found.colour
        marker.metadata["pickup"] = {"edl": line.number}
        yield marker


def located(line: Line, edits: EditList) -> int | None:
    """The record frame of a LOC line, counted on over midnight; None for other lines."""
    found = locator(line.text)
    try:
        frame = frames(found.code, edits.clock.rate, edits.clock.dropped) if found else None
    except TimelineError:
        return None
    if frame is not None and frame < edits.start - edits.clock.day // 2:
        frame += edits.clock.day
    return frame
