"""Which events an edit list is to have: like pieces of several channels as one, in order and numbered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from otio_adapters.edl.document import Document
from otio_adapters.edl.pieces import Piece
from otio_adapters.edl.statements import channel_order, field_of

Played = Mapping[tuple[int, str], Piece]
"""What the list's own events play, by event and channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A piece to be written with the field of its channels, None for its event's own; and its number.

    `old` is what its event of the file played. `keeps`: of the pieces of an event it is the one that takes
    over the event's lines.
    """

    piece: Piece
    field: str | None
    old: Piece | None
    keeps: bool
    number: str = ""


def entries(pieces: Sequence[Piece], played: Played, document: Document) -> list[Entry]:
    """The entries in the order in which they are to be written."""
    own: dict[int, set[str]] = {}
    for mark, channel in played:
        own.setdefault(mark, set()).add(channel)
    last, channel = -1, ""
    ordered: dict[tuple[int, Piece], list[Piece]] = {}
    for piece in pieces:
        last = last if piece.channel == channel else -1
        last = last if piece.mark is None else piece.mark
        channel = piece.channel
        ordered.setdefault((last, _as_one(piece)), []).append(piece)
    found = []
    for (order, _), alike in ordered.items():
        first, channels = alike[0], [piece.channel for piece in alike]
        old = played.get((first.mark, first.channel)) if first.mark is not None else None
        whole = first.mark is not None and set(channels) == own.get(first.mark)
        for field, channel in [(None, channels[0])] if whole else _fields(channels):
            entry = Entry(piece=replace(first, channel=channel), field=field, old=old, keeps=False)
            found.append((order, first.begin, channel_order(channel), entry))
    found.sort(key=lambda one: one[:3])
    return list(_numbered(_with_keepers([one[3] for one in found], document), document))


def _as_one(piece: Piece) -> Piece:
    """The piece without what may differ where it is one event on several channels."""
    mix = piece.mix and replace(piece.mix, source=None)
    return replace(piece, channel="", followed=False, mix=mix)


def _fields(channels: Sequence[str]) -> list[tuple[str, str]]:
    """One field for all channels where there is one, else one each; and a channel of each."""
    plain = tuple(channel.removesuffix("K") for channel in channels)
    together = field_of(plain)
    if together is not None:
        return [(together, channels[0])]
    return [(field_of((one,)) or one, channel) for one, channel in zip(plain, channels, strict=True)]


def _with_keepers(found: list[Entry], document: Document) -> list[Entry]:
    """The first piece of an event has its lines; but the last one where the next event shares its number."""
    keeper: dict[int, int] = {}
    for place, entry in enumerate(found):
        mark = entry.piece.mark
        if mark is not None and (document.shares_number(mark) or mark not in keeper):
            keeper[mark] = place
    return [replace(entry, keeps=keeper.get(_mark(entry)) == place) for place, entry in enumerate(found)]


def _mark(entry: Entry) -> int:
    return -1 if entry.piece.mark is None else entry.piece.mark


def _numbered(found: list[Entry], document: Document) -> Iterator[Entry]:
    """Numbers go on as they were, moved by how many events there are more or less above."""
    width = 3 if document.chunks or len(found) < 1_000 else 6
    shift, block, last, kept = 0, -1, 0, False
    for entry in found:
        if entry.piece.mark is None:
            last += 1
            shift += bool(document.chunks)
            yield replace(entry, number=f"{last:0{width}d}")
            continue
        chunk = document.chunks[entry.piece.mark]
        if chunk.block != block:
            shift -= max(0, chunk.block - block - 1)
            block, kept = chunk.block, False
        digits = re.match(r"\d+", chunk.event.number)
        own = digits[0] if digits else "1"
        shift += kept and not entry.keeps
        last = int(own) + shift
        yield replace(entry, number=f"{last:0{len(own)}d}{chunk.event.number[len(own) :]}")
        shift += not kept and not entry.keeps
        kept = kept or entry.keeps
