"""Edit lists out: the events of a timeline written into the list they came from, or into an empty one.

An event that has not changed keeps its line and its comments; its number and its record timecodes follow
what happened before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from otio_adapters.edl.clock import Clock, clock_of, day_of, rate_note
from otio_adapters.edl.document import MAX_BYTES, MAX_EVENTS, MAX_LINES, Document, parsed
from otio_adapters.edl.entries import Played, entries
from otio_adapters.edl.events import EditList, read_list
from otio_adapters.edl.locators import Locators
from otio_adapters.edl.pieces import USE, Piece, PieceMaker, channels_for, check
from otio_adapters.edl.reader import timeline_of
from otio_adapters.edl.reels import Reels
from otio_adapters.edl.sheet import Sheet
from otio_adapters.edl.statements import Line
from otio_adapters.errors import UnwritableOutput
from otio_adapters.opentime import drops, exact_frames, is_drop_frame, timeline_rate


def edl_bytes(timeline: otio.schema.Timeline, path: Path, origin: Path | None) -> bytes:
    """The timeline as an edit list to lie at `path`; `origin` is the list that it was read from, if any.

    Raises `UnwritableOutput` for what an edit list cannot say.
    """
    rate = timeline_rate(timeline)
    check(timeline, rate)
    edits = (_original(timeline, origin, rate) if origin is not None else None) or _empty(timeline, rate)
    tracks = [track.name for track in timeline.tracks] if edits.events else channels_for(timeline)
    before = timeline_of(edits, path)
    old = _pieces(before, edits, [track.name for track in before.tracks])
    shown = _by_mark(old)
    pieces = _with_hidden(_pieces(timeline, edits, tracks), shown, edits)
    _check_length(pieces, edits)
    played = _by_mark(_with_hidden(old, shown, edits))
    found = entries([*_leader(pieces, edits.start), *pieces], played, edits.document)
    if len(found) > MAX_EVENTS:
        raise UnwritableOutput(f"an edit list holds {MAX_EVENTS} events, and {len(found)} are meant; {USE}")

    def content(edits: EditList) -> bytes:
        text = Sheet(edits, path.parent, Locators(timeline, edits, found)).text(found)
        lines, made = len(text.splitlines()), edits.document.encoded(text)
        if lines > MAX_LINES or len(made) > MAX_BYTES:
            raise UnwritableOutput(f"the edit list would have {lines} lines, and holds {MAX_LINES}; {USE}")
        return made

    clock = clock_of(parsed(content(edits), path), path)
    counts_alike = (clock.rate, clock.dropped) == (rate, edits.clock.dropped)
    return content(edits if counts_alike else _saying_its_rate(edits))


def _original(timeline: otio.schema.Timeline, origin: Path, rate: Fraction) -> EditList | None:
    """The list to patch, if the timeline's tracks are those of its channels and its rate is the same."""
    edits = read_list(origin)
    tracks = timeline_of(edits, origin).tracks
    same = [(one.name, one.kind) for one in tracks] == [(one.name, one.kind) for one in timeline.tracks]
    return edits if same and edits.clock.rate == rate else None


def _empty(timeline: otio.schema.Timeline, rate: Fraction) -> EditList:
    """A list of no events, with a title and all that says how it counts."""
    dropped = is_drop_frame(timeline) and bool(drops(rate))
    title = " ".join(timeline.name.split())[:70] or "Untitled"
    head = (f"TITLE: {title}", f"FCM: {'' if dropped else 'NON-'}DROP FRAME", rate_note(rate))
    start = timeline.global_start_time
    return EditList(
        document=Document(
            head=tuple(Line(number=i, text=text, end="\n") for i, text in enumerate(head, start=1)),
            chunks=(),
            foot=(),
            codec="utf-8",
        ),
        clock=Clock(rate=rate, dropped=dropped, marked=True, why=""),
        events=(),
        start=round(exact_frames(start, rate)) % day_of(rate, dropped) if start is not None else 0,
    )


def _pieces(timeline: otio.schema.Timeline, edits: EditList, channels: Sequence[str]) -> list[Piece]:
    reels = Reels({event.chunk.event.reel for event in edits.events})
    maker = PieceMaker(rate=edits.clock.rate, reels=reels, marked=bool(edits.events))
    found = zip(channels, timeline.tracks, strict=True)
    return [piece for channel, track in found if channel for piece in maker.pieces(channel, track)]


def _by_mark(pieces: Sequence[Piece]) -> Played:
    return {(piece.mark, piece.channel): piece for piece in pieces if piece.mark is not None}


def _with_hidden(pieces: Sequence[Piece], shown: Played, edits: EditList) -> list[Piece]:
    """The pieces with the ends that the next event lies over, which their events have always had.

    They reach no farther than that event does: it would lie within another.
    """
    found: list[Piece] = []
    ends: dict[tuple[str, int], int] = {}
    for piece in reversed(pieces):
        last = ends.get((piece.channel, piece.end)) if piece.followed else None
        whole = piece if last is None else replace(piece, end=min(_hidden_end(piece, shown, edits), last))
        ends[piece.channel, piece.begin] = whole.end
        found.append(whole)
    return found[::-1]


def _hidden_end(piece: Piece, shown: Played, edits: EditList) -> int:
    """Where the event of the piece ends in the list, if the piece is what was shown of it."""
    old = shown.get((-1 if piece.mark is None else piece.mark, piece.channel))
    if piece.mark is None or old is None or (piece.length, piece.first) != (old.length, old.first):
        return piece.end
    return max(piece.end, piece.begin + edits.events[piece.mark].length)


def _check_length(pieces: Sequence[Piece], edits: EditList) -> None:
    if not pieces:
        raise UnwritableOutput("the timeline holds nothing that an edit list could play")
    if max(piece.end for piece in pieces) > edits.clock.day:
        raise UnwritableOutput(f"an edit list holds 24 hours, and the timeline is longer; {USE}")


def _leader(pieces: Sequence[Piece], start: int) -> list[Piece]:
    """Black from the timeline's start, where nothing else is: a list begins with its first event.

    A transition may begin earlier than the timeline, if there is timecode before its `start` and the cut that
    it was made of is the first. Raises `UnwritableOutput` for others.
    """
    first = min(pieces, key=lambda piece: piece.begin)
    begun = any(piece.cut <= 0 for piece in pieces)
    if start + first.begin < 0 or (first.begin <= 0 and not begun):
        raise UnwritableOutput(
            f"the transition into {first.name!r} begins at frame {first.begin}, before all that plays, which "
            "an edit list cannot say; shorten it first"
        )
    return [] if begun else [Piece(channel=first.channel, mark=None, begin=0, end=first.begin, first=0)]


def _saying_its_rate(edits: EditList) -> EditList:
    """The list with a comment above the events that says its rate, where nothing else would tell it."""
    note = Line(number=0, text=rate_note(edits.clock.rate), end=edits.document.end)
    return replace(edits, document=replace(edits.document, head=(*edits.document.head, note)))
