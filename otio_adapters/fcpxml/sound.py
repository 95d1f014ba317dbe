"""The sound that is inside a picture: from when to when it plays, and where it is switched off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lxml import etree
from lxml.etree import _Element as Element

from otio_adapters.errors import UnreadableTimeline
from otio_adapters.fcpxml.rational import on_grid, put_time, time_of, where
from otio_adapters.fcpxml.story import Strip

_AFTER_SOURCES = frozenset({"filter-video", "filter-video-mask", "filter-audio", "metadata"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Exact frames [start, end) of the sequence in which sound plays, or is off."""

    start: Fraction
    end: Fraction
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where a clip lies, as a span, and its own second there; `pace`: its seconds in one of the timeline."""

    span: Span
    local: Fraction
    pace: Fraction
    rate: Fraction

    def frame(self, local: Fraction) -> Fraction:
        return self.span.start + (local - self.local) / self.pace * self.rate

    def second(self, frame: Fraction) -> Fraction:
        return self.local + (frame - self.span.start) / self.rate * self.pace


def clock_of(strip: Strip, rate: Fraction) -> Clock:
    span = Span(start=strip.start, end=strip.end)
    return Clock(span=span, local=strip.local, pace=strip.pace.local, rate=rate)


def spans_of(clip: Element, clock: Clock) -> tuple[Span, ...]:
    """A clip's sound: as long as its picture, but for a split edit, and in parts where all of it is muted."""
    start = clock.frame(time_of(clip, "audioStart", clock.local))
    whole = (clock.span.end - clock.span.start) / clock.rate
    end = start + time_of(clip, "audioDuration", whole) * clock.rate
    if end <= start:
        raise UnreadableTimeline(f"{where(clip)} has sound of no duration")
    sources = clip.findall("audio-channel-source")
    if sources and all("0" in (one.get("enabled"), one.get("active")) for one in sources):
        return (Span(start=start, end=end, on=False),)
    mutes = {tuple(_mute(one, clock) for one in source.iterfind("mute")) for source in sources}
    spans: list[Span] = []
    at = start
    for begin, stop in sorted(mutes.pop()) if len(mutes) == 1 else ():
        first, last = max(begin, at), min(stop, end)
        if first < last:
            spans += [Span(start=at, end=first)] * (at < first) + [Span(start=first, end=last, on=False)]
            at = last
    return (*spans, Span(start=at, end=end)) if at < end else tuple(spans)


def _mute(mute: Element, clock: Clock) -> tuple[Fraction, Fraction]:
    start = time_of(mute, "start", clock.local)
    whole = clock.second(clock.span.end) - start
    return clock.frame(start), clock.frame(start + time_of(mute, "duration", whole))


def switch(clip: Element, clock: Clock, wanted: Sequence[Span]) -> None:
    """Switches the clip's sound on and off as wanted, where it is not so already."""
    if _heard(spans_of(clip, clock)) == _heard(wanted):
        return
    sources = clip.findall("audio-channel-source")
    if not sources:
        spot = next((count for count, one in enumerate(clip) if one.tag in _AFTER_SOURCES), len(clip))
        sources = [etree.Element("audio-channel-source", srcCh="1, 2")]
        clip.insert(spot, sources[0])
    silent = not any(span.on for span in wanted)
    for source in sources:
        for name in ("enabled", "active"):
            source.attrib.pop(name, None)
        for mute in source.findall("mute"):
            source.remove(mute)
        if silent:
            source.set("enabled", "0")
            continue
        for span in wanted:
            if not span.on:
                mute = etree.SubElement(source, "mute")
                put_time(mute, "start", clock.second(span.start))
                put_time(mute, "duration", clock.second(span.end) - clock.second(span.start))


def _heard(spans: Sequence[Span]) -> list[tuple[Fraction, Fraction]]:
    """From when to when sound is on, in grid frames; what meets is one."""
    found: list[tuple[Fraction, Fraction]] = []
    for span in (span for span in spans if span.on):
        start, end = on_grid(span.start), on_grid(span.end)
        met = bool(found) and found[-1][1] == start
        found.append((found.pop()[0] if met else start, end))
    return found
