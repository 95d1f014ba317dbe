"""The events of an edit list in frames: where each lies, what it plays and how fast."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from otio_adapters.bare_name import bare_url
from otio_adapters.edl.clock import Clock, clock_of, day_of, fits, frames
from otio_adapters.edl.document import Chunk, Document, read_document
from otio_adapters.edl.statements import Motion, event_line, motion, note, sound_channels
from otio_adapters.errors import TimelineError, UnreadableTimeline
from otio_adapters.opentime import from_timecode

CUT_NOTE = "TRANSITION CUT"
RANGE_NOTE = "MEDIA RANGE"
OFFLINE_NOTE = "MEDIA OFFLINE"
NO_REEL = frozenset({"AX", "BL", "GEN", ""})  # reels of no tape: auxiliary, black, a generator
NAMES = ("CLIP NAME", "FROM CLIP NAME", "TO CLIP NAME")
FILES = ("SOURCE FILE PATH", "SOURCE FILE", "FROM FILE", "FROM CLIP")
_MEDIA = re.compile(
    r".*\.(mov|mp4|m4v|mxf|avi|mkv|webm|mts|m2ts|mpg|mpeg|mp2|ts|wmv|r3d|braw|ari|dng|dpx|exr|tiff?|tga|png"
    r"|jpe?g|psd|gif|bmp|wave?|bwf|aiff?|aifc?|mp3|m4a|aac|flac|ogg|otio)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. `source` and `record` are first and end frame; the record's goes on over midnight.

    `lead`: how many frames of its transition lie before the cut that it was made of. `speed`: media frames
    for each frame, None where the list contradicts itself; `motion` is what it says. `available`: the
    media's own range, where a comment says so. `files`: the comments that name the source, in their words.
    """

    chunk: Chunk
    channels: tuple[str, ...]
    source: tuple[int, int]
    record: tuple[int, int]
    name: str
    url: str
    lead: int
    speed: Fraction | None
    motion: str
    dropped: bool
    available: tuple[int, int] | None
    files: tuple[tuple[str, str], ...]

    @property
    def as_long(self) -> bool:
        """Whether the source range is as long as the event."""
        return self.source[1] - self.source[0] == self.record[1] - self.record[0]

    @property
    def black(self) -> bool:
        return self.chunk.event.reel == "BL"

    @property
    def cut(self) -> int:
        """The record frame of the cut that it begins with."""
        return self.record[0] + self.lead

    @property
    def length(self) -> int:
        return self.record[1] - self.record[0]

    @property
    def mixes(self) -> bool:
        """Whether a transition leads into it."""
        return self.chunk.event.effect[0] in "DW" and self.chunk.event.frames > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EditList:
    document: Document
    clock: Clock
    events: tuple[Event, ...]
    start: int
    """The record frame that the list begins at: of a first event with a transition that of its cut."""


def read_list(path: Path) -> EditList:
    """Raises `UnreadableTimeline`, with the line, for what no edit list can mean."""
    document = read_document(path)
    clock = clock_of(document, path)
    found = [_event(document, index, clock, path) for index in range(len(document.chunks))]
    start = _start([event.cut % clock.day for event in found], clock.day)
    events = tuple(_from(event, start, clock.day) for event in found)
    return EditList(document=document, clock=clock, events=events, start=start)


def _start(cuts: list[int], day: int) -> int:
    """Where the list begins on the clock of 24 hours: after the longest time in which nothing does.

    Events need not be in the record's order, and a programme may run over midnight.
    """
    ordered = sorted(set(cuts))
    return max(zip([ordered[-1] - day, *ordered], ordered, strict=False), key=lambda pair: pair[1] - pair[0])[
        1
    ]


def _from(event: Event, start: int, day: int) -> Event:
    later = (event.cut - start) % day - (event.cut - start)
    return replace(event, record=(event.record[0] + later, event.record[1] + later)) if later else event


def _event(document: Document, index: int, clock: Clock, path: Path) -> Event:
    chunk = document.chunks[index]
    codes = chunk.event.codes
    dropped = clock.drops_source(chunk, codes[0])
    try:
        first, last = (frames(code, clock.rate, clock.drops_source(chunk, code)) for code in codes[:2])
        begin, end = (frames(code, clock.rate, clock.dropped) for code in codes[2:])
    except TimelineError as error:
        raise UnreadableTimeline(f"{path}, line {chunk.line.number}: {error}") from error
    last += day_of(clock.rate, dropped) if last < first else 0
    end += clock.day if end < begin else 0
    notes = _notes(document, index)
    named = dict(reversed(notes))  # of several the first one
    lead = int(named.get(CUT_NOTE, "0")) if re.fullmatch(r"\d{1,4}", named.get(CUT_NOTE, "")) else 0
    speed, pace = _speed(_motions(document, index), chunk, (last - first, end - begin), clock.rate)
    name = named.get("CLIP NAME", "")
    available = _available(named.get(RANGE_NOTE, ""), clock)
    if available is not None and first < available[0] and last + day_of(clock.rate, dropped) <= available[1]:
        first, last = (frame + day_of(clock.rate, dropped) for frame in (first, last))
    return Event(
        chunk=chunk,
        channels=_channels(chunk),
        source=(first, last),
        record=(begin, end),
        name=name or (chunk.event.reel if chunk.event.reel not in NO_REEL else ""),
        url="" if OFFLINE_NOTE in named else next(filter(None, map(url_in, _files(named))), ""),
        lead=min(lead, chunk.event.frames, end - begin),
        speed=speed,
        motion=pace,
        dropped=dropped,
        available=available,
        files=tuple((key, value) for key, value in notes if key in FILES),
    )


def _channels(chunk: Chunk) -> tuple[str, ...]:
    extra = [channel for line in chunk.tail for channel in sound_channels(line.text)]
    own = chunk.event.channels
    if chunk.event.effect in {"K", "KO"}:  # it lies over the picture, which goes on below
        own = tuple(f"{channel}K" if channel[0] == "V" else channel for channel in own)
    return tuple(dict.fromkeys([*own, *extra]))


def _neighbours(document: Document, index: int) -> tuple[Chunk | None, Chunk | None]:
    """The events just before and after under the same number."""
    chunks = document.chunks
    same = [
        chunks[other] if 0 <= other < len(chunks) and chunks[other].block == chunks[index].block else None
        for other in (index - 1, index + 1)
    ]
    return same[0], same[1]


def _notes(document: Document, index: int) -> list[tuple[str, str]]:
    """The named comments about the event; its name is under CLIP NAME, whether it is mixed from or to."""
    chunk = document.chunks[index]
    found = [pair for line in chunk.comments if (pair := note(line.text))]
    split = next((i for i, (key, _) in enumerate(found) if key == "TO CLIP NAME"), len(found))
    before, after = _neighbours(document, index)
    if chunk.event.effect[0] in "DW":
        mixed = before is not None or any(event_line(line.text) for line in chunk.lead)
        mine = found[split:] if mixed or split < len(found) else found
    elif not chunk.tail and after is not None and after.event.effect != "C":
        mine = found[:split]
    else:
        mine = found
    keys = ("TO CLIP NAME", "FROM CLIP NAME") if chunk.event.effect[0] in "DW" else ("FROM CLIP NAME",)
    named = [("CLIP NAME", value) for key in keys for other, value in mine if other == key]
    return [*named, *mine]


def _files(named: dict[str, str]) -> Iterator[str]:
    yield from (named[key] for key in FILES if key in named)
    yield named.get("CLIP NAME", "")


def url_in(text: str) -> str:
    """The URL of a file that a comment names; "" for what names none.

    A name without folders says what the file is called, and nothing of where it is: `file:a.mov`, which
    stays as it is when the list moves.
    """
    if re.match(r"[/\\]|[A-Za-z]:[\\/]|file:|[A-Za-z][A-Za-z0-9+.-]+://", text):
        return text
    if not _MEDIA.fullmatch(text):
        return ""
    return text if "/" in text or "\\" in text else bare_url(text)


def _available(text: str, clock: Clock) -> tuple[int, int] | None:
    """The first and the end frame that a MEDIA RANGE comment says."""
    codes = text.split()
    try:
        first, end = (from_timecode(code, clock.rate) for code in codes)
    except (ValueError, TimelineError):
        return None
    return first, end + (day_of(clock.rate, ";" in codes[1]) if end < first else 0)


def _motions(document: Document, index: int) -> list[Motion]:
    """The M2 lines about the event, the one that names its reel and source timecode first."""
    event = document.chunks[index].event
    found = [one for line in document.chunks[index].comments if (one := motion(line.text))]
    exact = [one for one in found if same_reel(one.reel, event.reel) and one.code == event.codes[0]]
    pair = bool(document.chunks[index].lead) or any(_neighbours(document, index))
    return exact or [one for one in found if not pair or same_reel(one.reel, event.reel)]


def same_reel(a: str, b: str) -> bool:
    """Old programs cut reels at eight letters."""
    return a[:8].rstrip() == b[:8].rstrip()


def _speed(
    motions: list[Motion], chunk: Chunk, lengths: tuple[int, int], rate: Fraction
) -> tuple[Fraction | None, str]:
    """The event's speed, or None; and what the list says of it. M2 takes NTSC rates for whole ones."""
    source, record = lengths
    if not motions:
        if source == record or chunk.event.reel == "BL":
            return Fraction(1), ""
        return None, f"{source} frames of source in {record} of record"
    said, base = motions[0], math.ceil(rate)
    if fits(source, record, said, base):
        return Fraction(said.speed) / base, f"M2 {said.speed}"
    return None, f"M2 {said.speed}, and {source} frames of source in {record} of record"
