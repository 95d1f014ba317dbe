"""An edit list as a file: its bytes, its lines, and the event that each line goes with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from otio_adapters.edl.statements import (
    EventLine,
    Line,
    almost_event,
    counting,
    event_line,
    sound_channels,
)
from otio_adapters.errors import UnreadableTimeline, UnwritableOutput
from otio_adapters.guard import read_bytes

MAX_BYTES = 8 * 1024 * 1024
MAX_LINES = 40_000  # ours: more are seconds of work on junk
MAX_EVENTS = 8_000  # ours: the longest films have 3,000 cuts, and CMX itself knew 999; read in under 2 s
_SHARED = 16  # ours: events that share comments; there are two to a dissolve, and one for each sound channel

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_FOOT = (">>>", "\x1a")  # Avid's list of sources, and the end of file of old systems with what pads it


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """An event with the lines that go with it.

    `lead`: what stands above it, such as the line of no length that a dissolve starts from. `tail`: comments
    and speeds; `comments` are those about it, which may stand below a later event of its number. `block`
    counts the event numbers, under which there may be several lines; `dropped` is what the last FCM line
    said, None before the first.
    """

    lead: tuple[Line, ...]
    line: Line
    event: EventLine
    tail: tuple[Line, ...]
    comments: tuple[Line, ...]
    block: int
    dropped: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All lines of the file: `head` before the first event and `foot` after the last."""

    head: tuple[Line, ...]
    chunks: tuple[Chunk, ...]
    foot: tuple[Line, ...]
    codec: str
    mark: bytes = b""

    @property
    def end(self) -> str:
        """How the file ends its lines."""
        ends = (line.end for line in (*self.head, *(one.line for one in self.chunks)))
        return next(filter(None, ends), "\n")

    def shares_number(self, index: int) -> bool:
        """Whether the event after that one goes under the same number."""
        after = self.chunks[index + 1 : index + 2]
        return bool(after) and after[0].block == self.chunks[index].block

    def encoded(self, text: str) -> bytes:
        """The text as the file has it; as UTF-8 where it holds letters that the file's own code has not."""
        try:
            return self.mark + text.encode(self.codec)
        except UnicodeEncodeError:
            pass
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise UnwritableOutput(f"a name holds {text[error.start]!r}, which is no letter") from error


def read_document(path: Path) -> Document:
    """Raises `UnreadableTimeline` where the file is no edit list, or names the line that is broken."""
    return parsed(read_bytes(path, limit=MAX_BYTES), path)


def parsed(content: bytes, path: Path) -> Document:
    """The edit list in the bytes of a file that lies, or is to lie, at `path`."""
    text, codec, mark = _decoded(content, path)
    lines = [_line(number, whole) for number, whole in enumerate(_LINE.findall(text), start=1)]
    if len(lines) > MAX_LINES:
        raise UnreadableTimeline(
            f"{path} has {len(lines)} lines; an edit list of over {MAX_LINES} is refused"
        )
    document = _assembled(lines, path)
    if not document.chunks:
        raise UnreadableTimeline(f"{path} holds no event of an edit list")
    if len(document.chunks) > MAX_EVENTS:
        raise UnreadableTimeline(
            f"{path} has {len(document.chunks)} events; an edit list of over {MAX_EVENTS} is refused"
        )
    return replace(document, codec=codec, mark=mark)


def _line(number: int, whole: str) -> Line:
    text = whole.rstrip("\r\n")
    return Line(number=number, text=text, end=whole[len(text) :])


def _decoded(content: bytes, path: Path) -> tuple[str, str, bytes]:
    """UTF-16 and UTF-8 where they say so or fit, else Latin-1, in which every byte is a letter."""
    zeros = content[1:64:2].count(0), content[0:64:2].count(0)
    likely = "utf-16-le" if zeros[0] > 16 else "utf-16-be" if zeros[1] > 16 else "utf-8"
    mark, codec = next((pair for pair in _BOMS if content.startswith(pair[0])), (b"", likely))
    try:
        return content[len(mark) :].decode(codec), codec, mark
    except UnicodeDecodeError as error:
        if codec == "utf-8":
            return content.decode("latin-1"), "latin-1", b""
        raise UnreadableTimeline(f"{path} is no {codec} text, at byte {error.start}") from error


@dataclass(slots=True)
class _Group:
    """A chunk whose lines are still coming in."""

    lead: list[Line]
    line: Line
    event: EventLine
    dropped: bool | None
    tail: list[Line] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Whether it takes no time, as what a dissolve comes from, or is on no channel."""
        silent = not self.event.channels and not any(sound_channels(line.text) for line in self.tail)
        return silent or self.event.codes[2] == self.event.codes[3]

    @property
    def lines(self) -> list[Line]:
        return [*self.lead, self.line, *self.tail]


def _assembled(lines: list[Line], path: Path) -> Document:
    head: list[Line] = []
    groups: list[_Group] = []
    lead: list[Line] = []
    foot: list[Line] = []
    dropped: bool | None = None
    for line in lines:
        event = event_line(line.text)
        says = counting(line.text)
        dropped = dropped if says is None else says
        if event is not None:
            groups.append(_Group([*lead, *foot], line, event, dropped))
            lead, foot = [], []
        elif almost_event(line.text):
            raise UnreadableTimeline(f"{path}, line {line.number}, looks like an event, but cannot be read")
        elif not groups:
            head.append(line)
        elif foot or line.text.startswith(_FOOT):
            foot.append(line)
        elif says is not None or line.text.startswith("SPLIT:"):
            lead.append(line)
        else:
            groups[-1].tail += [*lead, line]
            lead = []
    chunks = tuple(_chunks(groups))
    return Document(head=tuple(head), chunks=chunks, foot=(*lead, *foot), codec="utf-8")


def _chunks(groups: list[_Group]) -> Iterator[Chunk]:
    """The groups that take time, each with the empty ones about it."""
    kept: list[_Group] = []
    waiting: list[Line] = []
    for place, group in enumerate(groups):
        following = next(iter(groups[place + 1 : place + 2]), None)
        if not group.empty:
            group.lead[:0] = waiting
            waiting = []
            kept.append(group)
        elif not kept or (following is not None and following.event.effect[0] in "DW"):
            waiting += group.lines
        else:
            kept[-1].tail += group.lines
    block = -1
    number = None
    for group, comments in zip(kept, _comments(kept), strict=True):
        block += group.event.number != number
        number = group.event.number
        yield Chunk(
            lead=tuple(group.lead),
            line=group.line,
            event=group.event,
            tail=tuple(group.tail),
            comments=comments,
            block=block,
            dropped=group.dropped,
        )


def _comments(groups: list[_Group]) -> list[tuple[Line, ...]]:
    """The comments about each: below it, or below the next event of its number that has any."""
    found: list[tuple[Line, ...]] = []
    number, shared = None, 0
    for group in reversed(groups):
        shared = 0 if group.tail else shared + 1
        if group.tail:
            found.append(tuple(group.tail))
        else:
            found.append(found[-1] if group.event.number == number and shared <= _SHARED else ())
        number = group.event.number
    return found[::-1]
