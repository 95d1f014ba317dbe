"""A word's edges moved by hand, by frames, where the ear finds the recogniser late or early.

An edge is kept in ticks. It moves by frames all the same: its ticks are rounded to the nearest frame, moved,
and rounded back, so that ten steps of one frame end where one step of ten does. A frame shorter than a tick
moves one tick.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from engine.protocol import TICKS_PER_SECOND, Word
from nle_panels.document.document import (
    Caret,
    Document,
    Edited,
    replaced,
    token_at,
    unchanged,
    with_tokens,
)
from nle_panels.document.tokens import Spoken
from nle_panels.errors import Refused

# ours: no word is made shorter, in ticks: the shortest that people say take about twice as long.
SHORTEST = 4


def nudge(
    document: Document,
    place: Caret,
    words: Sequence[Word],
    rate: Fraction,
    *,
    start_frames: int = 0,
    end_frames: int = 0,
) -> Edited:
    """The edges of the word at the caret moved by frames at the rate, later where positive.

    `words` are the transcript's. Raises Refused where the word would run into another one, or out of itself.
    """
    token = token_at(document, place)
    if not isinstance(token, Spoken):
        raise Refused("only a spoken word has edges to move")
    start, end = token.nudge
    moved = replaced(token, nudge=(_moved(start, start_frames, rate), _moved(end, end_frames, rate)))
    if moved is token:
        return unchanged(document, place)
    _refuse_collisions(document, place, moved, words)
    tokens = document.paragraphs[place.paragraph].tokens
    new = (*tokens[: place.token], moved, *tokens[place.token + 1 :])
    return with_tokens(document, place.paragraph, new, (place.token, place.offset))


def edges(token: Spoken, words: Sequence[Word]) -> tuple[float, float]:
    """Where the token starts and ends, in seconds of the media."""
    start = words[token.first].start + token.nudge[0] / TICKS_PER_SECOND
    return start, words[token.stop - 1].end + token.nudge[1] / TICKS_PER_SECOND


def _moved(ticks: int, frames: int, rate: Fraction) -> int:
    if rate > TICKS_PER_SECOND:
        return ticks + frames
    return round((round(ticks * rate / TICKS_PER_SECOND) + frames) * TICKS_PER_SECOND / rate)


def _refuse_collisions(document: Document, place: Caret, moved: Spoken, words: Sequence[Word]) -> None:
    """An edge may come out of a neighbour that it lay in, and not go further in."""
    token = token_at(document, place)
    assert isinstance(token, Spoken)
    (old_start, old_end), (start, end) = edges(token, words), edges(moved, words)
    if end - start < min(SHORTEST / TICKS_PER_SECOND, old_end - old_start):
        raise Refused(f'"{token.text}" cannot be shorter')
    before, after = (
        next(_spoken_from(document, place, -1), None),
        next(_spoken_from(document, place, 1), None),
    )
    floor = edges(before, words)[1] if before else 0.0
    if start < min(floor, old_start):
        if before is None:
            raise Refused(f'"{token.text}" cannot start before the media begins')
        raise Refused(f'"{token.text}" cannot start before "{before.text}" ends: move its end first')
    if after and end > max(edges(after, words)[0], old_end):
        raise Refused(f'"{token.text}" cannot end after "{after.text}" starts: move its start first')


def _spoken_from(document: Document, place: Caret, step: int) -> Iterator[Spoken]:
    """The spoken words before (step -1) or after a place, the nearest first."""
    p, t = place.paragraph, place.token + step
    while 0 <= p < len(document.paragraphs):
        tokens = document.paragraphs[p].tokens
        while 0 <= t < len(tokens):
            if isinstance(token := tokens[t], Spoken):
                yield token
            t += step
        p += step
        if 0 <= p < len(document.paragraphs):
            t = 0 if step > 0 else len(document.paragraphs[p].tokens) - 1
