"""A history as records, to be kept line by line: a whole document first, then the steps from it. Pure.

A record of steps says what became of the list of moments that those before it make: how many of them stay,
which come behind them, and which one is the present. So typing, a step back and a step on are one record
each, and as long as what they change.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import msgspec

from engine.protocol import Value
from nle_panels.document.document import Caret, Document, Paragraph, changed
from nle_panels.document.history import History, Moment
from nle_panels.document.tokens import Token

Place = tuple[int, int, int]
"""A caret: paragraph, token, offset."""


class Whole(Value, tag="whole", tag_field="is"):
    """The document of the oldest moment."""

    document: Document


class Paragraphs(Value, tag="paragraphs", tag_field="is"):
    """Paragraphs [start, stop) give way to these."""

    start: int
    stop: int
    paragraphs: tuple[Paragraph, ...]


class Tokens(Value, tag="tokens", tag_field="is"):
    """Tokens [start, stop) of a paragraph give way to these."""

    paragraph: int
    start: int
    stop: int
    tokens: tuple[Token, ...]


class Step(Value):
    """What led from a moment to the next one."""

    label: str
    before: Place
    after: Place
    change: Paragraphs | Tokens


class Steps(Value, tag="steps", tag_field="is"):
    """`keep` moments stay, `added` come behind them, and `at` is the present."""

    keep: int
    at: int
    added: tuple[Step, ...] = ()


class Unfit(ValueError):
    """A record that does not follow from those before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """The moments of a history from the oldest to the last that can be done again; `at`: the present."""

    moments: tuple[Moment, ...]
    at: int

    @property
    def history(self) -> History:
        at = self.at
        return History(present=self.moments[at], past=self.moments[:at], future=self.moments[:at:-1])


def of(history: History) -> Chronicle:
    moments = (*history.past, history.present, *reversed(history.future))
    return Chronicle(moments=moments, at=len(history.past))


def told(kept: Chronicle, now: Chronicle) -> tuple[Steps, Chronicle] | None:
    """The record that leads from what is kept, which may begin later, to what is now; and what is kept then.

    None where no record does: the present is before what is kept, or has nothing to do with it. What can be
    done again is kept as far as it was the present once.
    """
    first = next((i for i, one in enumerate(now.moments) if one is kept.moments[0]), None)
    if first is None or now.at < first:
        return None
    moments, at = now.moments[first:], now.at - first
    shorter = min(len(kept.moments), len(moments))
    same = next((i for i in range(shorter) if kept.moments[i] is not moments[i]), shorter)
    steps = Steps(keep=same, at=at, added=tuple(map(_step, pairwise(moments[same - 1 : at + 1]))))
    return steps, Chronicle(moments=moments[: max(same, at + 1)], at=at)


class Retold:
    """What records come to, one after another. Only the steps that stay in the end are done."""

    def __init__(self, record: Whole) -> None:
        self._whole, self._at = record, 0
        self._steps: list[Step] = []

    def follow(self, record: Steps) -> None:
        """Raises Unfit; what was retold before stays."""
        moments = record.keep + len(record.added)
        if not (1 <= record.keep <= len(self._steps) + 1 and 0 <= record.at < moments):
            raise Unfit
        self._steps[record.keep - 1 :] = record.added
        self._at = record.at

    def chronicle(self) -> tuple[Chronicle, bool]:
        """As far as a step fits the document that it is done to, and whether all of them do."""
        moments = [Moment(document=self._whole.document)]
        for step in self._steps:
            try:
                moments.append(_after(moments[-1], step))
            except Unfit:
                return Chronicle(moments=tuple(moments), at=min(self._at, len(moments) - 1)), False
        return Chronicle(moments=tuple(moments), at=self._at), True


def anew(now: Chronicle, room: int) -> tuple[Whole, Steps, Chronicle]:
    """All of it in two records, and what is kept then: the nearest steps for which there is room, in bytes.

    Steps back come before steps on.
    """
    first = last = now.at
    for back in range(now.at, 0, -1):
        room -= _size(now.moments[back - 1], now.moments[back])
        if room < 0:
            break
        first = back - 1
    for on in range(now.at + 1, len(now.moments)):
        room -= _size(now.moments[on - 1], now.moments[on])
        if room < 0:
            break
        last = on
    moments = now.moments[first : last + 1]
    steps = Steps(keep=1, at=now.at - first, added=tuple(map(_step, pairwise(moments))))
    return Whole(document=moments[0].document), steps, Chronicle(moments=moments, at=now.at - first)


def _size(before: Moment, after: Moment) -> int:
    return len(msgspec.json.encode(_step((before, after))))


def _step(pair: tuple[Moment, Moment]) -> Step:
    before, after = pair
    return Step(
        label=after.label,
        before=_place(after.before),
        after=_place(after.after),
        change=_change(before.document, after.document),
    )


def _change(before: Document, after: Document) -> Paragraphs | Tokens:
    old, new = changed(before, after)
    if len(old) == len(new) == 1:
        one, other = before.paragraphs[old.start], after.paragraphs[new.start]
        if one.speaker == other.speaker:
            return _tokens(old.start, one.tokens, other.tokens)
    return Paragraphs(start=old.start, stop=old.stop, paragraphs=after.paragraphs[new.start : new.stop])


def _tokens(paragraph: int, before: tuple[Token, ...], after: tuple[Token, ...]) -> Tokens:
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] is not after[i]), shorter)
    room = shorter - head
    tail = next((i for i in range(room) if before[-1 - i] is not after[-1 - i]), room)
    return Tokens(
        paragraph=paragraph,
        start=head,
        stop=len(before) - tail,
        tokens=after[head : len(after) - tail],
    )


def _after(moment: Moment, step: Step) -> Moment:
    return Moment(
        document=_done(moment.document, step.change),
        label=step.label,
        before=_caret(step.before),
        after=_caret(step.after),
    )


def _done(document: Document, change: Paragraphs | Tokens) -> Document:
    old = document.paragraphs
    match change:
        case Paragraphs(start=start, stop=stop, paragraphs=new):
            if not 0 <= start <= stop <= len(old):
                raise Unfit
        case Tokens(paragraph=place, start=first, stop=last, tokens=tokens):
            if not (0 <= place < len(old) and 0 <= first <= last <= len(old[place].tokens)):
                raise Unfit
            start, stop, there = place, place + 1, old[place]
            inside = (*there.tokens[:first], *tokens, *there.tokens[last:])
            new = (Paragraph(speaker=there.speaker, tokens=inside),)
    return Document(paragraphs=(*old[:start], *new, *old[stop:]))


def _place(caret: Caret) -> Place:
    return caret.paragraph, caret.token, caret.offset


def _caret(place: Place) -> Caret:
    return Caret(paragraph=place[0], token=place[1], offset=place[2])
