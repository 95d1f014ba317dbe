"""Which parts of an edited clip are rendered: the pickups. Pure.

Only what an edit touches is rendered: a few frames either side of each cut (`bridge`), new words, retimes.
Each such part is a `Shot`, with handles of untouched source around it; the rest of the clip stays on the
timeline as it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from operator import attrgetter

import msgspec

from bridge.quiet import ClipWindow
from engine.protocol import Add, EditPlan, Keep, Ratio, Retime, Span, span_frames

# ours: spare source at either end of a take, enough for the usual half-second dissolve in the NLE.
HANDLES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Where the clip's time runs on or is cut: at clip frame `at`, frames vanish or appear."""

    at: int
    removed: int = 0
    added: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Clip frames [start, end) give way to what `plan` renders, or to nothing where `plan` is None.

    `plan.handles` frames at either end of it are not shown. `speeches` says which of the edit's speeches
    the plan's own numbering means. `moments`, where they are other ones than the shifts of all tracks: where
    time goes and comes within the clip, as its markers have it.
    """

    start: int
    end: int
    shifts: tuple[Shift, ...]
    plan: EditPlan | None = None
    speeches: tuple[int, ...] = ()
    moments: tuple[Shift, ...] = ()

    @property
    def shown(self) -> int:
        """Frames that the timeline shows of it."""
        return self.plan.frames - sum(self.plan.handles) if self.plan else 0


def bridge_frames(rate: Fraction) -> int:
    """ours: frames either side of a cut that a renderer may rewrite: a fifth of a second."""
    return max(2, round(rate / 5))


def shots_of(
    window: ClipWindow, spans: Sequence[Span], *, bridge: int, handles: int = HANDLES
) -> tuple[Shot, ...]:
    """The shots of a planned clip, first to last."""
    placed = tuple(_placed(spans, window.frames))
    touched = _merged(_touched(placed, bridge), placed[-1].stop, nearest=2 * bridge)
    shots = [_shot(window, placed, start, stop, handles) for start, stop in touched]
    return tuple(sorted([*shots, *_trims(window, placed)], key=lambda shot: shot.start))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """A span at [start, stop) of the edited clip, standing for source frames [left, right)."""

    span: Span
    start: int
    stop: int
    left: int
    right: int

    @property
    def plain(self) -> bool:
        return isinstance(self.span, Keep) and not self.span.resync


def _placed(spans: Sequence[Span], clip_frames: int) -> Iterator[_Placed]:
    """Of several `Add`s in a row the first stands for all that they replace together."""
    at, left = 0, 0
    for number, span in enumerate(spans):
        if isinstance(span, Add):
            following = (later.start for later in spans[number:] if not isinstance(later, Add))
            right = next(following, clip_frames)
        else:
            left, right = span.start, span.end
        yield _Placed(span=span, start=at, stop=at + span_frames(span), left=left, right=right)
        at, left = at + span_frames(span), right


def _touched(placed: Sequence[_Placed], bridge: int) -> Iterator[tuple[int, int]]:
    for piece in placed:
        if not piece.plain:
            yield piece.start - bridge, piece.stop + bridge
    for left, right in pairwise(placed):
        if left.right != right.left:
            yield right.start - bridge, right.start + bridge


def _merged(ranges: Iterator[tuple[int, int]], frames: int, *, nearest: int) -> list[tuple[int, int]]:
    """Ranges inside the clip; those that would leave a crumb of a clip between or beside them made one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        start = first if first >= nearest else 0
        stop = last if frames - last >= nearest else frames
        if merged and start - merged[-1][1] < nearest:
            merged[-1] = merged[-1][0], max(merged[-1][1], stop)
        else:
            merged.append((start, stop))
    return merged


def _shot(window: ClipWindow, placed: Sequence[_Placed], start: int, stop: int, handles: int) -> Shot:
    first = bisect_right(placed, start, key=attrgetter("stop"))
    last = bisect_left(placed, stop, key=attrgetter("start"))
    pieces = [_clipped(piece, start, stop) for piece in placed[first:last]]
    left, right = pieces[0].left, pieces[-1].right
    head, tail = min(handles, left - window.first), min(handles, window.last - right)
    head, tail = max(0, head), max(0, tail)
    said = (piece.span.speech for piece in pieces if isinstance(piece.span, Add))
    used = tuple(line for line in said if line is not None)
    spans: list[Span] = [Keep(start=left - head, end=left)] if head else []
    spans += [_renumbered(piece.span, used) for piece in pieces]
    spans += [Keep(start=right, end=right + tail)] if tail else []
    plan = EditPlan(rate=Ratio.of(window.rate), spans=tuple(spans), handles=(head, tail))
    return Shot(start=left, end=right, shifts=tuple(_shifts(pieces)), plan=plan, speeches=used)


def _clipped(piece: _Placed, start: int, stop: int) -> _Placed:
    """The part of a piece inside [start, stop) of the edited clip; only plain ones are ever cut."""
    head, tail = max(0, start - piece.start), max(0, piece.stop - stop)
    if not head and not tail:
        return piece
    assert isinstance(piece.span, Keep), "an edited span lies whole in its shot"
    span = msgspec.structs.replace(
        piece.span,
        start=piece.left + head,
        end=piece.right - tail,
        lead=0 if head else piece.span.lead,
    )
    return _Placed(
        span=span, start=piece.start + head, stop=piece.stop - tail, left=span.start, right=span.end
    )


def _renumbered(span: Span, used: Sequence[int]) -> Span:
    if not isinstance(span, Add) or span.speech is None:
        return span
    return msgspec.structs.replace(span, speech=used.index(span.speech))


def _shifts(pieces: Sequence[_Placed]) -> Iterator[Shift]:
    """Where time appears or vanishes for other tracks: only the net change of each edit, at its end."""
    for number, piece in enumerate(pieces):
        if number and not isinstance(piece.span, Add) and not isinstance(pieces[number - 1].span, Add):
            yield from _net(pieces[number - 1].right, piece.left, 0)
        if isinstance(piece.span, Add | Retime):
            yield from _net(piece.left, piece.right, piece.span.frames)


def _net(left: int, right: int, frames: int) -> Iterator[Shift]:
    change = frames - (right - left)
    if change < 0:
        yield Shift(at=right + change, removed=-change)
    elif change > 0:
        yield Shift(at=right, added=change)


def _trims(window: ClipWindow, placed: Sequence[_Placed]) -> Iterator[Shot]:
    """Frames that go at the clip's own ends need no render: the clip is trimmed."""
    first, last = placed[0].left, placed[-1].right
    if first > 0:
        yield Shot(start=0, end=first, shifts=(Shift(at=0, removed=first),))
    if last < window.frames:
        yield Shot(start=last, end=window.frames, shifts=(Shift(at=last, removed=window.frames - last),))
