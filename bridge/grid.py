"""A plan's cuts moved onto the grid of latents, as the paper edits: in steps of 8 frames. Pure.

Every cut moves on its own, by as little as it can, so that no error adds up along the clip: by at most 4
frames, unless something shorter than 8 frames must not vanish. What is kept, left out or retimed between two
cuts then is a multiple of 8 frames; what is kept before the first and after the last takes up the rest. A
border between kept frames that merely says where mouths are rendered anew is no cut and stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from bridge.errors import ImpossibleEdit
from bridge.quiet import ClipWindow
from engine.protocol import SAMPLE_RATE, Add, Keep, Span

STEP = 8  # frames a latent


def snapped(window: ClipWindow, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The planned clip with its cuts on the grid.

    New words get the next multiple of 8 frames, so that they fit; a retime plays for the nearest. Raises
    ImpossibleEdit where the clip cannot hold the plan.
    """
    borders = _borders(window, spans)
    moved = _moved(borders)
    if moved is None:
        raise ImpossibleEdit("these edits do not fit the clip in steps of 8 frames: use --set grid=frame")
    to = dict(zip((border.at for border in borders), moved, strict=True))
    made = [_placed(span, to) for span in spans]
    leads = [_lead(span, before, to) for before, span in zip([None, *spans], spans, strict=False)]
    led = [msgspec.structs.replace(span, lead=lead) for span, lead in zip(made, leads, strict=True)]
    return tuple(_said(window, number, spans, led) for number in range(len(led)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Border:
    """A source frame at which spans begin or end. `cut`: it belongs on the grid; `fixed`: it cannot move."""

    at: int
    cut: bool = True
    fixed: bool = False


def _borders(window: ClipWindow, spans: Sequence[Span]) -> list[_Border]:
    """In the order of the source, each once. The clip's own ends are cuts if something is rendered there."""
    found: dict[int, _Border] = {}
    for span in spans:
        if not isinstance(span, Add):
            found |= {at: _Border(at=at) for at in (span.start, span.end)}
    for one, other in pairwise(spans):
        if isinstance(one, Keep) and isinstance(other, Keep) and one.end == other.start:
            found[one.end] = _Border(at=one.end, cut=False)
    first, last = spans[0], spans[-1]
    start = first.start if isinstance(first, Keep) else 0
    found[start] = _Border(at=start, cut=not isinstance(first, Keep), fixed=True)
    end = last.end if isinstance(last, Keep) else window.frames
    found[end] = _Border(at=end, cut=not isinstance(last, Keep), fixed=True)
    return sorted(found.values(), key=lambda border: border.at)


def _moved(borders: Sequence[_Border]) -> list[int] | None:
    """Where each border comes to lie: of the eight grids there are, on the one that moves them least."""
    made = [moved for phase in range(STEP) if (moved := _on(phase, borders)) is not None]
    return min(
        made,
        key=lambda moved: sum(abs(at - border.at) for at, border in zip(moved, borders, strict=True)),
        default=None,
    )


def _on(phase: int, borders: Sequence[_Border]) -> list[int] | None:
    """The borders on the grid of frames 8 k + `phase`, none upon another; None where that cannot be."""
    latest: list[int] = []
    limit = borders[-1].at
    for border in reversed(borders):
        limit = min(limit, border.at) if border.fixed else limit
        limit = _down(limit, phase) if border.cut else limit
        latest.append(limit)
        limit -= 1
    moved: list[int] = []
    for border, last in zip(borders, reversed(latest), strict=True):
        first = moved[-1] + 1 if moved else borders[0].at
        wanted = border.at
        if border.cut:
            first, wanted = _up(first, phase), _down(border.at + STEP // 2, phase)
        at = min(max(first, wanted), last)
        if at < first or (border.fixed and at != border.at):
            return None
        moved.append(at)
    return moved


def _down(frame: int, phase: int) -> int:
    return frame - (frame - phase) % STEP


def _up(frame: int, phase: int) -> int:
    return frame + (phase - frame) % STEP


def _placed(span: Span, to: dict[int, int]) -> Span:
    if isinstance(span, Add):
        return msgspec.structs.replace(span, frames=_up(span.frames, 0))
    start, end = to[span.start], to[span.end]
    if isinstance(span, Keep):
        return msgspec.structs.replace(span, start=start, end=end)
    frames = max(STEP, _down(span.frames + STEP // 2, 0))
    return msgspec.structs.replace(span, start=start, end=end, frames=frames)


def _lead(span: Span, before: Span | None, to: dict[int, int]) -> int:
    """A cut that has moved has left the quiet place that the sound's cut was moved to."""
    ends = [before.end] if before is not None and not isinstance(before, Add) else []
    starts = [] if isinstance(span, Add) else [span.start]
    return span.lead if all(to[at] == at for at in (*ends, *starts)) else 0


def _said(window: ClipWindow, number: int, before: Sequence[Span], after: Sequence[Span]) -> Span:
    """New words in the middle of the room they have now."""
    span, was = after[number], before[number]
    if not isinstance(span, Add) or not isinstance(was, Add):
        return span
    grown = _room(window, after, number) - _room(window, before, number)
    return msgspec.structs.replace(span, delay=max(0, was.delay + grown // 2))


def _room(window: ClipWindow, spans: Sequence[Span], number: int) -> int:
    """Samples between the sound's cuts at either end of the new words."""
    span = spans[number]
    assert isinstance(span, Add)
    following = spans[number + 1].lead if number + 1 < len(spans) else 0
    return round(span.frames * SAMPLE_RATE / window.rate) + following - span.lead
