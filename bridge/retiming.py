"""A clip made longer or shorter all over, for new speech of another length (Retime, section 3.3). Pure.

What is added or removed is cut into pieces of about a latent each, and spread so that what stays between them
is even. The picture is cut in pauses of the new speech where it has some near, else between its words, never
within one while there is another place, and never on a change of shot.

    speech   |  Das ist | in unseren  Allgemeinen |  Geschäftsbedingungen | festgelegt  |
    picture  |  Keep    |Add|  Keep               |Add|  Keep         |Add|  Keep       |

Frames on the output axis are those of the clip as it becomes: 0 to `frames + change`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from bridge.errors import ImpossibleEdit
from engine.protocol import TICKS_PER_SECOND, Add, Keep, Span, span_frames

PIECE = 8  # frames: a latent's
# ours: more than this added to a clip, or taken from it, no longer looks like the same performance.
MOST_ADDED, MOST_REMOVED = Fraction(3, 5), Fraction(2, 5)
# The longest stretch that stays whole, over the mean of them.
EVENNESS = Fraction(3, 2)

_PAUSE, _EDGE, _WORD = 0, 100, 20_000  # what a cut there costs
_LONGEST_PIECE = 2  # times the usual one, to end at a word's edge
# What it costs to lie off the even place by a whole stretch, and to be twice as long as usual.
_UNEVEN, _UNUSUAL = 2000, 400


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSpeech:
    """The words of the line, or its loud stretches, as ticks [start, end) from the clip's first frame on."""

    words: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """What is retimed: `frames` of the clip at `rate`. `shots`: source frames that begin another shot.

    `margin`: how near to such a frame the picture is not cut.
    """

    frames: int
    rate: Fraction
    shots: tuple[int, ...] = ()
    margin: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """Before source frame `at` so many frames are added, or from it on so many are removed."""

    at: int
    added: int = 0
    removed: int = 0


def retime(segment: Segment, change: int, speech: NewSpeech) -> tuple[Span, ...]:
    """The whole segment, `change` frames longer or shorter, its mouth rendered anew. Sum exact.

    Raises ImpossibleEdit: past the largest stretch, or where changes of shot leave no place.
    """
    limits = -MOST_REMOVED * segment.frames, MOST_ADDED * segment.frames
    if not limits[0] <= change <= limits[1]:
        raise ImpossibleEdit(
            f"{_signed(change, segment.rate)} is too much for a clip of"
            f" {float(segment.frames / segment.rate):.2f} s: at most {float(MOST_ADDED):.0%} may be added or"
            f" {float(MOST_REMOVED):.0%} removed. Say the line faster or slower, or choose another clip"
        )
    return tuple(_spans(segment, pieces_of(segment, change, speech)))


def cut_words(segment: Segment, spans: Sequence[Span], speech: NewSpeech) -> int:
    """How many cuts of the picture lie within a word after all."""
    change = sum(map(span_frames, spans)) - segment.frames
    costs, at, cuts = _costs(segment, change, speech), 0, []
    for span in spans[:-1]:
        at += span_frames(span)
        cuts.append(at)
    return sum(costs[cut] == _WORD for cut in cuts)


def pieces_of(segment: Segment, change: int, speech: NewSpeech) -> tuple[Piece, ...]:
    """Where frames come in or go, first to last. Raises ImpossibleEdit where there is no place."""
    if not change:
        return ()
    costs = _costs(segment, change, speech)
    for care in _CARES:
        allowed = [cost if cost <= care.dearest else None for cost in costs]
        for count in _counts(abs(change)):
            if found := _best(segment, change, _Search(count=count, care=care, costs=allowed)):
                return found
    raise ImpossibleEdit(
        f"the clip changes shot so often that there is no place for {_signed(change, segment.rate)}:"
        " cut it at the changes of shot in the NLE, and dub each part"
    )


@dataclass(frozen=True, slots=True)
class _Care:
    """How much is asked for: the dearest place, the part of a stretch that a piece may lie off, and whether
    the stretches at the ends have to be even with the others.
    """

    dearest: int
    reach: Fraction
    ends: bool


# A long word in a short line leaves few places: rather the pieces lie together than in a word.
_CARES = (
    _Care(_EDGE, Fraction(1, 3), ends=True),
    _Care(_EDGE, Fraction(1), ends=False),
    _Care(_WORD, Fraction(1, 3), ends=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """For so many pieces; `costs`: of a cut at each frame boundary of the output, None where none may be."""

    count: int
    care: _Care
    costs: Sequence[int | None]


def _signed(change: int, rate: Fraction) -> str:
    return f"{float(change / rate):+.2f} s"


def _spans(segment: Segment, pieces: Sequence[Piece]) -> Iterator[Span]:
    at = 0
    for piece in pieces:
        if piece.at > at:
            yield Keep(start=at, end=piece.at, resync=True)
        if piece.added:
            yield Add(frames=piece.added)
        at = piece.at + piece.removed
    if at < segment.frames:
        yield Keep(start=at, end=segment.frames, resync=True)


def _costs(segment: Segment, change: int, speech: NewSpeech) -> list[int]:
    """What a cut costs at each frame boundary of the output."""
    costs = [_PAUSE] * (segment.frames + change + 1)
    for start, end in speech.words:
        first, last = (round(tick * segment.rate / TICKS_PER_SECOND) for tick in (start, end))
        for frame in range(max(first, 0), min(last + 1, len(costs))):
            edge = frame in (first, last)
            costs[frame] = max(costs[frame], _EDGE if edge else _WORD)
    return costs


def _counts(frames: int) -> Iterator[int]:
    """Numbers of pieces to try: the one that makes pieces of a latent first, then its neighbours."""
    usual = -(-frames // PIECE)
    most = min(frames, 2 * usual)
    yield from sorted(range(1, most + 1), key=lambda count: (abs(count - usual), count))


@dataclass(frozen=True, slots=True)
class _Option:
    """A piece on the output axis: [start, end), empty for a removal; `moved` source frames come or go."""

    start: int
    end: int
    moved: int
    cost: int


@dataclass(frozen=True, slots=True)
class _Course:
    """Pieces chosen so far, and what they cost."""

    options: tuple[_Option, ...] = ()
    moved: int = 0
    cost: int = 0


def _best(segment: Segment, change: int, search: _Search) -> tuple[Piece, ...] | None:
    """The cheapest even choice of pieces; None where there is none."""
    total, count = abs(change), search.count
    courses = [_Course()]
    for number in range(1, count + 1):
        # Whatever the pieces before took, this one brings the sum near to what is due here.
        due, slack = total * number // count, PIECE if number < count else 0
        best: dict[int, _Course] = {}  # by what they have moved: one for each is enough
        for option in _options(segment, change, number, search):
            for course in courses:
                moved, cost = course.moved + option.moved, course.cost + option.cost
                better = moved not in best or cost < best[moved].cost
                if abs(moved - due) <= slack and better and _follows(segment, change, course, option):
                    best[moved] = _Course((*course.options, option), moved, cost)
        courses = list(best.values())
    pieces = (_pieces(course.options, change) for course in courses)
    return next((chosen for chosen in pieces if _is_even(segment, chosen, ends=search.care.ends)), None)


def _options(segment: Segment, change: int, number: int, search: _Search) -> Iterator[_Option]:
    """Of each length that the piece may have, the best place."""
    total, count, costs = abs(change), search.count, search.costs
    frames, kept = segment.frames + change, min(segment.frames + change, segment.frames)
    usual, stay = -(-total // count), max(1, kept // (count + 1))
    reach = max(1, int(stay * search.care.reach))
    middle = number * kept // (count + 1) + (total * (2 * number - 1) // (2 * count) if change > 0 else 0)
    for length in _lengths(change, number, count):
        shown = length if change > 0 else 0
        ideal = middle - shown // 2
        priced = [
            (first + after + _UNEVEN * (at - ideal) ** 2 // stay**2, at)
            for at in range(max(1, ideal - reach), min(frames - shown, ideal + reach + 1))
            if (first := costs[at]) is not None and (after := costs[at + shown]) is not None
        ]
        if priced:
            cost, at = min(priced)
            odd = _UNUSUAL * (length - usual) ** 2 // usual**2
            yield _Option(at, at + shown, length, cost + odd)


def _lengths(change: int, number: int, count: int) -> Sequence[int]:
    """How long a piece may be. Removals are one frame of the output: theirs need not differ."""
    total = abs(change)
    if change < 0 or count == 1:
        return (total * number // count - total * (number - 1) // count,)
    shortest = 1 if total < 4 * count else 3
    return range(shortest, total * _LONGEST_PIECE // count + 1)


def _follows(segment: Segment, change: int, course: _Course, option: _Option) -> bool:
    """Whether the piece comes after the others, and clear of changes of shot."""
    if course.options and option.start <= course.options[-1].end:
        return False
    at = option.start - course.moved if change > 0 else option.start + course.moved
    end = at + (option.moved if change < 0 else 0)
    if end >= segment.frames:
        return False
    return not any(at - segment.margin <= shot <= end + segment.margin for shot in segment.shots)


def _pieces(options: Sequence[_Option], change: int) -> tuple[Piece, ...]:
    before = accumulate((option.moved for option in options), initial=0)
    if change > 0:
        return tuple(
            Piece(at=o.start - moved, added=o.moved) for o, moved in zip(options, before, strict=False)
        )
    return tuple(
        Piece(at=o.start + moved, removed=o.moved) for o, moved in zip(options, before, strict=False)
    )


def _is_even(segment: Segment, pieces: Sequence[Piece], *, ends: bool) -> bool:
    """Whether no stretch between two pieces is longer than `EVENNESS` times their mean; with `ends` none of
    all that stay.
    """
    edges = [(0, 0), *((piece.at, piece.at + piece.removed) for piece in pieces)]
    stays = [after[0] - before[1] for before, after in pairwise([*edges, (segment.frames, segment.frames)])]
    inner = stays[1:-1]
    return all(
        max(some) * len(some) <= EVENNESS * sum(some)
        for some in ((stays, inner) if ends else (inner,))
        if some
    )
