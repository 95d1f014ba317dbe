"""The edits of a plan as an editor lists them: where, what, by how much, and the takes of each. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from bridge.quiet import ClipWindow
from bridge.report import EditLine
from bridge.shots import Shot
from nle_panels.takes.book import Shelf, TakeBook
from nle_panels.work import Ready


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`key` None: frames at the clip's end that only go, and need no take. `change` in frames."""

    key: str | None
    start: int  # clip frame
    title: str
    change: int
    shelf: Shelf
    lines: tuple[str, ...] = ()  # new words that are said in it


def entries_of(
    ready: Ready, window: ClipWindow, book: TakeBook, told: Callable[[EditLine], str]
) -> tuple[Entry, ...]:
    """First to last. `told`: what an edit is called."""
    keys = iter(ready.keys)
    found = []
    for shot in ready.plan.shots:
        key = next(keys) if shot.plan else None
        edits = "; ".join(map(told, _edits_in(shot, ready.plan.edits, window)))
        found.append(
            Entry(
                key=key,
                start=shot.start,
                title=edits,
                change=sum(shift.added - shift.removed for shift in shot.shifts),
                shelf=book.of(key) if key else Shelf(),
                lines=tuple(ready.lines[number] for number in shot.speeches),
            )
        )
    return tuple(found)


def _edits_in(shot: Shot, edits: tuple[EditLine, ...], window: ClipWindow) -> Iterator[EditLine]:
    """Those that begin in the shot: by frames, or by the time of their words, to the frame beside it."""
    for edit in edits:
        first = edit.frames[0] if edit.frames else window.frame_at(Fraction(edit.at))
        if shot.start - 1 <= first <= shot.end + 1:
            yield edit
