"""The page of an edit list being written, event by event, from the old page where there is one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from otio_adapters.edl.clock import code_like, frames
from otio_adapters.edl.document import Chunk
from otio_adapters.edl.entries import Entry
from otio_adapters.edl.events import (
    CUT_NOTE,
    FILES,
    NAMES,
    OFFLINE_NOTE,
    RANGE_NOTE,
    EditList,
    same_reel,
)
from otio_adapters.edl.locators import Locators
from otio_adapters.edl.pieces import Piece
from otio_adapters.edl.reader import located
from otio_adapters.edl.statements import (
    EventLine,
    Line,
    counting,
    event_line,
    motion,
    note,
    sound_channels,
)
from otio_adapters.edl.wording import counted, media_lines, plain_event, speed_line
from otio_adapters.errors import UnwritableOutput
from otio_adapters.opentime import drops

_NUMBER, _REEL, _FIELD, _EFFECT, _SOURCE, _SOURCE_END, _RECORD, _RECORD_END = range(8)
_MEDIA_NOTES = {*FILES, *NAMES, OFFLINE_NOTE, RANGE_NOTE, CUT_NOTE}


class Sheet:
    """`folder`: where the list is to lie; relative paths start there."""

    def __init__(self, edits: EditList, folder: Path, locators: Locators) -> None:
        self._edits = edits
        self._document = edits.document
        self._clock = edits.clock
        self._start = edits.start
        self._folder = folder
        self._locators = locators
        self._lines: list[tuple[str, str]] = []
        self._moved: dict[tuple[int, str], str] = {}  # source timecodes by block, for M2 lines below
        # What the FCM lines above say of sources, in a list that says it by nothing else.
        says = (counting(line.text) for line in edits.document.head)
        self._counting = next((one for one in says if one is not None), None)
        spoken = any(chunk.dropped for chunk in edits.document.chunks)
        self._switches = bool(drops(self._clock.rate)) and not self._clock.marked and spoken

    def text(self, found: Sequence[Entry]) -> str:
        self._keep(self._document.head)
        for place, entry in enumerate(found):
            self._event(entry)
            self._add(self._locators.below(place))
        self._keep(self._document.foot)
        ends = [end or self._document.end for _, end in self._lines]
        if not self._lines[-1][1]:
            ends[-1] = ""
        return "".join(text + end for (text, _), end in zip(self._lines, ends, strict=True))

    def _keep(self, lines: Iterable[Line]) -> None:
        self._lines.extend((line.text, line.end) for line in lines)

    def _add(self, texts: Iterable[str]) -> None:
        self._lines.extend((text, self._document.end) for text in texts)

    def _event(self, entry: Entry) -> None:
        piece = entry.piece
        if piece.speed is None and not (entry.old and _plays_as(piece, entry.old)):
            raise UnwritableOutput(
                f"clip {piece.name!r} has the speed effect {piece.puzzle!r}, which an edit list cannot say"
            )
        chunk = self._document.chunks[piece.mark] if piece.mark is not None else None
        if chunk is not None and chunk.event.effect[0] == "K" and not _untouched(piece, entry.old):
            raise UnwritableOutput(
                f"event {chunk.event.number} of line {chunk.line.number} is a key, which cannot be cut in an "
                "edit list; render it in place first"
            )
        if chunk is not None and entry.old is not None and entry.keeps:
            self._kept(entry, chunk, entry.old)
            return
        self._count_as(entry, chunk)
        self._add(self._mixed_from(entry, chunk))
        self._add([self._head(entry, chunk, entry.old)])
        self._add(self._media(piece, entry.old))
        self._add(self._speed(piece))
        if chunk is not None and piece.mark is not None:
            if entry.field is None:
                self._add(line.text for line in chunk.tail if sound_channels(line.text))
            self._add(line.text for line in self._document.chunks[piece.mark].comments if _is_grade(line))

    def _kept(self, entry: Entry, chunk: Chunk, old: Piece) -> None:
        """The event's own lines, with what has changed in them."""
        piece = entry.piece
        moved = piece.begin - old.begin
        same_mix = piece.mix == old.mix
        if any(counting(line.text) is not None for line in chunk.lead):
            self._counting = chunk.dropped
        self._count_as(entry, chunk)
        for line in chunk.lead:
            if event_line(line.text) is None or same_mix:
                self._lines.append((self._shifted(line.text, moved, entry, chunk), line.end))
        if not same_mix:
            self._add(self._mixed_from(entry, chunk))
        head = self._head(entry, chunk, old)
        self._lines.append((head, chunk.line.end))
        parsed = event_line(head)
        if parsed is not None and parsed.codes[0] != chunk.event.codes[0]:
            self._moved[chunk.block, chunk.event.codes[0]] = parsed.codes[0]
        renamed = _media_of(piece) != _media_of(old)
        if renamed:
            self._add(self._media(piece, None))
        retimed = (piece.speed, piece.reel) != (old.speed, old.reel)
        if retimed:
            self._add(self._speed(piece))
        for line in chunk.tail:
            text = self._tail(line, entry, chunk, moved)
            gone = (
                (renamed and _names_media(line, piece))
                or (retimed and _retimes(line, chunk))
                or (entry.field is not None and sound_channels(line.text))
            )
            if text is not None and not gone:
                self._lines.append((text, line.end))

    def _tail(self, line: Line, entry: Entry, chunk: Chunk, moved: int) -> str | None:
        """A line below an event as it is now; None where it is of a marker that is gone."""
        speed = motion(line.text)
        if speed is not None:
            code = self._moved.get((chunk.block, speed.code), speed.code)
            return f"{line.text[: speed.span[0]]}{code}{line.text[speed.span[1] :]}"
        if located(line, self._edits) is not None:
            return self._locators.kept(line)
        return self._shifted(line.text, moved, entry, chunk)

    def _shifted(self, text: str, moved: int, entry: Entry, chunk: Chunk) -> str:
        """An event line of no length that goes with another event, moved along with it."""
        event = event_line(text)
        if event is None:
            return text
        new = {_NUMBER: entry.number} if event.number == chunk.event.number else {}
        if moved:
            new |= {
                place: self._record(event.codes[place - _SOURCE], moved) for place in (_RECORD, _RECORD_END)
            }
        return _with(text, event, new)

    def _record(self, code: str, moved: int) -> str:
        frame = frames(code, self._clock.rate, self._clock.dropped)
        return code_like(code, frame + moved, self._clock.rate, self._clock.dropped)

    def _head(self, entry: Entry, chunk: Chunk | None, old: Piece | None) -> str:
        """The event's line. In a line of the file only what has changed is written anew."""
        piece = entry.piece
        effect = (piece.mix.kind, piece.mix.frames) if piece.mix else ("C", 0)
        source = self._source(piece.first, piece.dropped, chunk)
        source_end = self._source(self._end(piece, old), piece.dropped, chunk)
        begin, end = self._recorded(piece.begin), self._recorded(piece.end)
        if chunk is None or old is None:
            codes = (source, source_end, begin, end)
            return plain_event(entry.number, piece.reel, entry.field or "V", effect, codes)
        new = {_NUMBER: entry.number}
        if entry.field:
            new[_FIELD] = entry.field
        if piece.reel != old.reel:
            new[_REEL] = piece.reel
        if piece.mix != old.mix:
            new[_EFFECT] = f"{effect[0]:<4} {effect[1]:03d}" if piece.mix else effect[0]
        if (piece.first, piece.reel, piece.dropped) != (old.first, old.reel, old.dropped):
            new[_SOURCE] = source
        if not _plays_as(piece, old):
            new[_SOURCE_END] = source_end
        if piece.begin != old.begin:
            new[_RECORD] = begin
        if piece.end != old.end:
            new[_RECORD_END] = end
        return _with(chunk.line.text, chunk.event, new)

    def _mixed_from(self, entry: Entry, chunk: Chunk | None) -> Iterator[str]:
        """The line of no length that says what a transition comes from."""
        mix = entry.piece.mix
        if mix is None:
            return
        reel, frame, dropped = mix.source or ("BL", 0, False)
        own = chunk.line.text[slice(*chunk.event.spans[_FIELD])] if chunk else ""
        code, at = self._source(frame, dropped, chunk), self._recorded(entry.piece.begin)
        yield plain_event(entry.number, reel, entry.field or own or "V", ("C", 0), (code, code, at, at))

    def _source(self, frame: int, dropped: bool, chunk: Chunk | None) -> str:
        says_by_lines = self._switches or not dropped
        if chunk is None or self._clock.marked or not says_by_lines:
            return counted(frame, self._clock.rate, dropped)
        return code_like(chunk.event.codes[0], frame, self._clock.rate, dropped)

    def _recorded(self, frame: int) -> str:
        """The record timecode of a frame of the timeline, written as the file writes them."""
        at = self._start + frame
        models = (chunk.event.codes[2] for chunk in self._document.chunks)
        model = next(models, "00:00:00;00" if self._clock.dropped else "00:00:00:00")
        return code_like(model, at, self._clock.rate, self._clock.dropped)

    def _count_as(self, entry: Entry, chunk: Chunk | None) -> None:
        """An FCM line, where the sources above are counted otherwise."""
        same = chunk is not None and entry.old is not None and entry.piece.reel == entry.old.reel
        dropped = bool(chunk.dropped) if chunk is not None and same else entry.piece.dropped
        if self._switches and dropped != bool(self._counting):
            self._counting = dropped
            self._add([f"FCM: {'' if dropped else 'NON-'}DROP FRAME"])

    def _end(self, piece: Piece, old: Piece | None) -> int:
        """The source frame after it: as far on as is played, but the event's own way where it had another."""
        event = self._edits.events[piece.mark] if piece.mark is not None and old is not None else None
        if event is not None and old is not None and piece.speed == old.speed and event.as_long:
            return piece.first + piece.length
        return piece.first + max(piece.played, 1)

    def _media(self, piece: Piece, old: Piece | None) -> Iterator[str]:
        """What the piece plays. Where that is what its event played, in the words of the event."""
        same = old is not None and piece.mark is not None and (piece.name, piece.url) == (old.name, old.url)
        files = self._edits.events[piece.mark].files if same and piece.mark is not None else ()
        return media_lines(piece, self._folder, self._clock.rate, files)

    def _speed(self, piece: Piece) -> Iterator[str]:
        if piece.speed is not None and piece.speed != 1:
            code = self._source(piece.first, piece.dropped, None)
            yield speed_line(piece, code, math.ceil(self._clock.rate))


def _media_of(piece: Piece) -> object:
    return (piece.name, piece.url, piece.available, piece.mix is None, piece.mix.lead if piece.mix else 0)


def _plays_as(piece: Piece, old: Piece) -> bool:
    return (piece.length, piece.first, piece.speed, piece.puzzle, piece.reel) == (
        old.length,
        old.first,
        old.speed,
        old.puzzle,
        old.reel,
    )


def _untouched(piece: Piece, old: Piece | None) -> bool:
    return old is not None and _plays_as(piece, old) and _media_of(piece) == _media_of(old)


def _is_grade(line: Line) -> bool:
    """A colour decision goes with every piece of its clip."""
    found = note(line.text)
    return found is not None and found[0].startswith("ASC")


def _names_media(line: Line, piece: Piece) -> bool:
    """Whether the line says what the event plays; the other side of a mix has a name of its own."""
    found = note(line.text)
    other = "FROM CLIP NAME" if piece.mix else "TO CLIP NAME"
    return found is not None and found[0] in _MEDIA_NOTES and found[0] != other


def _retimes(line: Line, chunk: Chunk) -> bool:
    found = motion(line.text)
    return found is not None and same_reel(found.reel, chunk.event.reel)


def _with(text: str, event: EventLine, new: dict[int, str]) -> str:
    """The event's line with some of its parts replaced; columns stay where they are, if there is room."""
    for place, value in sorted(new.items(), reverse=True):
        start, end = event.spans[place]
        if place in {_REEL, _FIELD, _EFFECT}:
            room = len(text[end:]) - len(text[end:].lstrip()) + end - start
            before = "" if end > start else " "
            text = text[:start] + f"{before}{value}".ljust(room - 1) + " " + text[start + room :]
        else:
            text = text[:start] + value + text[end:]
    return text
