"""Which part of the source each frame of a take shows, and where it cuts: pure arithmetic on the plan.

A position is a source frame's number, or lies between two: 12 1/3 is a third of the way from frame 12 to 13.

What new words are shown over is the speaker's own footage. Where the neighbours leave out a part (a replaced
phrase) of about the right length, it is played at the speed that fits. Else the footage around the cut is
played there and back, so that the picture neither stops nor jumps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, groupby, pairwise

from engine.protocol import Add, EditPlan, Keep, Retime, Span, span_frames

SLOWEST, FASTEST = Fraction(1, 2), Fraction(2)  # speeds at which left-out footage still passes for natural
_LONGEST_STEP = Fraction(2)  # source frames from one frame to the next that are still motion, not a cut
_TURN = 6  # frames over which playing there turns into playing back
_GRAIN = 8  # positions are multiples of 1/8 of a frame

Positions = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Two frames that do not follow on each other: frame `at` of the take is the first after the cut.

    `before` and `after` count the frames on either side that may be rewritten to bridge it.
    """

    at: int
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The position that each frame of the take shows, and the cuts among them."""

    positions: Positions
    cuts: tuple[Cut, ...]


def course_of(plan: EditPlan, first: int, last: int, bridge: int) -> Course:
    """The course of a plan over source frames [first, last); at most `bridge` frames a side bridge a cut."""
    runs = [list(run) for _, run in groupby(plan.spans, key=lambda span: isinstance(span, Add))]
    positions: list[Fraction] = []
    borders: set[int] = set()
    for number, run in enumerate(runs):
        if isinstance(run[0], Add):
            left = _end(runs[number - 1][-1]) if number else None
            right = _start(runs[number + 1][0]) if number + 1 < len(runs) else None
            frames = sum(span_frames(span) for span in run)
            positions += _shown_over_speech(frames, _Gap.between(left, right, first, last))
            continue
        for span in run:
            borders.add(len(positions))
            positions += _played(span)
    return Course(positions=tuple(positions), cuts=_cuts(positions, borders, plan.handles, bridge))


def _played(span: Span) -> list[Fraction]:
    """A span of source, at its speed; its first and last frame are the source's own."""
    assert not isinstance(span, Add)
    if isinstance(span, Keep):
        return [Fraction(frame) for frame in range(span.start, span.end)]
    return evenly(span)


def evenly(span: Retime) -> list[Fraction]:
    """`span.frames` positions from its first frame to its last."""
    length = span.end - span.start
    if span.frames == 1:
        return [span.start + Fraction(length - 1, 2)]
    pace = Fraction(length - 1, span.frames - 1)
    return [span.start + index * pace for index in range(span.frames)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gap:
    """What lies between two neighbours: source frames [left, right), and how far footage reaches beyond."""

    left: int
    right: int
    first: int
    last: int

    @classmethod
    def between(cls, left: int | None, right: int | None, first: int, last: int) -> _Gap:
        left = left if left is not None else right if right is not None else first
        right = right if right is not None else left
        return cls(left=left, right=right, first=first, last=last)

    @property
    def length(self) -> int:
        return self.right - self.left


def _shown_over_speech(frames: int, gap: _Gap) -> list[Fraction]:
    """`frames` positions for new words."""
    if gap.length > 0 and SLOWEST <= Fraction(gap.length, frames) <= FASTEST:
        pace = Fraction(gap.length + 1, frames + 1)
        return [gap.left - 1 + (index + 1) * pace for index in range(frames)]
    if gap.length > FASTEST * frames:
        head = frames // 2
        tail = frames - head
        return [Fraction(f) for f in (*range(gap.left, gap.left + head), *range(gap.right - tail, gap.right))]
    return there_and_back(frames, gap.left, max(gap.left, gap.right), (gap.first, gap.last))


def there_and_back(frames: int, left: int, right: int, footage: tuple[int, int]) -> list[Fraction]:
    """`frames` positions that lead from frame `left` - 1 to frame `right` without a stop or a jump.

    They run on beyond `right`, turn, run back before `left`, turn again and arrive: at the source's own speed
    but for the turns. Where the footage ends they turn at once on that side, and run further on the other;
    where it ends on both, less far.
    """
    low, high = footage[0], footage[1] - 1
    paths = [_path(frames, left, right, share) for share in (Fraction(1, 2), Fraction(0), Fraction(1))]
    raw = min(paths, key=lambda path: max(max(path) - high, Fraction(0)) + max(low - min(path), Fraction(0)))
    centre = min(max(Fraction(left + right - 1, 2), Fraction(low)), Fraction(high))
    return [_rounded(_within(p, centre, raw, low, high)) for p in raw[1:]]


def _path(frames: int, left: int, right: int, ahead: Fraction) -> list[Fraction]:
    """From frame `left` - 1 on; of the way forward the share `ahead` comes before the way back."""
    steps = _velocities(frames, right - left + 1, ahead)
    return list(accumulate(steps, initial=Fraction(left - 1)))[:-1]


def _velocities(frames: int, distance: int, ahead: Fraction) -> list[Fraction]:
    """`frames` + 1 steps, of sum `distance`: forward, backward, forward, with eased turns."""
    count = frames + 1
    turn = min(_TURN, max(1, count // 4))
    backward = max(Fraction(count - distance, 2), Fraction(0))
    first_turn = (count - backward) * ahead
    second_turn = first_turn + backward
    steps = [_eased(Fraction(2 * i + 1, 2), first_turn, second_turn, Fraction(turn)) for i in range(count)]
    excess = (sum(steps, Fraction(0)) - distance) / count
    return [step - excess for step in steps]


def _eased(time: Fraction, first: Fraction, second: Fraction, turn: Fraction) -> Fraction:
    """+1 before the first turn and after the second, -1 between them, linear within a turn."""
    down = min(max((time - first) / turn + Fraction(1, 2), Fraction(0)), Fraction(1))
    up = min(max((time - second) / turn + Fraction(1, 2), Fraction(0)), Fraction(1))
    return 1 - 2 * down + 2 * up


def _within(position: Fraction, centre: Fraction, path: Sequence[Fraction], low: int, high: int) -> Fraction:
    """The position, its distance from the centre shrunk where the path would leave the footage."""
    reach = max(path) - centre if position > centre else centre - min(path)
    room = high - centre if position > centre else centre - low
    if reach <= room or reach <= 0:
        return position
    return centre + (position - centre) * max(room, Fraction(0)) / reach


def _rounded(position: Fraction) -> Fraction:
    return Fraction(round(position * _GRAIN), _GRAIN)


def _cuts(
    positions: Sequence[Fraction], borders: set[int], handles: tuple[int, int], bridge: int
) -> tuple[Cut, ...]:
    ats = [at for at in range(1, len(positions)) if _is_cut(positions, at, at in borders)]
    # Handles equal the source, and a bridge hangs on a frame at either end that is not rewritten.
    begin, end = max(handles[0], 1), len(positions) - max(handles[1], 1)
    room_before = {at: min(bridge, max(0, at - begin)) for at in ats}
    room_after = {at: min(bridge, max(0, end - at)) for at in ats}
    for one, other in pairwise(ats):
        between = other - one - 1
        room_after[one] = min(room_after[one], max(between // 2, between - room_before[other]))
        room_before[other] = min(room_before[other], max(0, between - room_after[one]))
    return tuple(Cut(at=at, before=room_before[at], after=room_after[at]) for at in ats)


def _is_cut(positions: Sequence[Fraction], at: int, border: bool) -> bool:
    """Whether frame `at` follows a cut. A border between spans that skips a single frame is one too."""
    step = positions[at] - positions[at - 1]
    whole = positions[at].denominator == positions[at - 1].denominator == 1
    if border and whole and abs(step) >= _LONGEST_STEP:
        return True
    return abs(step) > _LONGEST_STEP


def _start(span: Span) -> int:
    assert not isinstance(span, Add)
    return span.start


def _end(span: Span) -> int:
    assert not isinstance(span, Add)
    return span.end
