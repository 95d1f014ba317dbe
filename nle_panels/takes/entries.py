"""The edits of a plan as an editor lists them: where, what, by how much, and the takes of each. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from bridge.quiet import ClipWindow
from bridge.report import EditLine
from bridge.shots import Shot
from nle_panels.steps import filled
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


def entries_in_steps(
    ready: Ready, window: ClipWindow, book: TakeBook, told: Callable[[EditLine], str]
) -> Iterator[tuple[Entry, ...] | None]:
    """Some at a time, as there may be thousands; all of them, first to last, come last.

    `told`: what an edit is called.
    """
    firsts: list[tuple[int, int]] = []
    numbered = enumerate(ready.plan.edits)
    yield from filled(firsts, ((_first_frame(edit, window), number) for number, edit in numbered))
    firsts.sort()
    found: list[Entry] = []
    yield from filled(found, _entries(ready, book, told, firsts))
    yield tuple(found)


def _entries(
    ready: Ready, book: TakeBook, told: Callable[[EditLine], str], firsts: Sequence[tuple[int, int]]
) -> Iterator[Entry]:
    keys, lines = iter(ready.keys), ready.lines
    for shot in ready.plan.shots:
        key = next(keys) if shot.plan else None
        here = _edits_in(shot, firsts)
        yield Entry(
            key=key,
            start=shot.start,
            title="; ".join(told(ready.plan.edits[number]) for number in here),
            change=sum(shift.added - shift.removed for shift in shot.shifts),
            shelf=book.of(key) if key else Shelf(),
            lines=tuple(lines[number] for number in shot.speeches),
        )


def _first_frame(edit: EditLine, window: ClipWindow) -> int:
    """By frames, or by the time of its words, to the frame beside it."""
    return edit.frames[0] if edit.frames else window.frame_at(Fraction(edit.at))


def _edits_in(shot: Shot, firsts: Sequence[tuple[int, int]]) -> Sequence[int]:
    """The numbers of those that begin in the shot. `firsts`: (first frame, number) of each, in order."""
    low = bisect_left(firsts, (shot.start - 1, 0))
    high = bisect_left(firsts, (shot.end + 2, 0))
    return sorted(number for _, number in firsts[low:high])
