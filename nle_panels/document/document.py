"""The document, places in it, and how an edited one differs from the one before.

Operations take a document and give an `Edited`; what they do not touch is the same object in both. They live
in rooms beside this one (see the package) and raise `Refused` where they may not be done.

A caret is a token and an offset in its text. Two carets may stand in one gap: at the end of the token before,
and at offset 0 of the one after. Both are good everywhere. Typing tells them apart beside a `New` word, which
grows only at the caret that is its own; all else takes them for the same place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from engine.protocol import Value
from nle_panels.document.tokens import Spoken, Token, length
from nle_panels.errors import Refused


class Paragraph(Value, omit_defaults=True, gc=False):
    """What one speaker says without a long pause. Without tokens only where the document has no words."""

    tokens: tuple[Token, ...]
    speaker: str | None = None


class Document(Value, gc=False):
    """At least one paragraph. Every word of the window is in one `Spoken`, in order."""

    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Caret:
    """`offset` in characters of the token's text; in a pause 0 or 1. (0, 0) in a paragraph without tokens."""

    paragraph: int
    token: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """From the anchor to the caret, whichever comes first."""

    anchor: Caret
    caret: Caret

    @property
    def start(self) -> Caret:
        return min(self.anchor, self.caret)

    @property
    def stop(self) -> Caret:
        return max(self.anchor, self.caret)

    @property
    def empty(self) -> bool:
        return self.anchor == self.caret


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """`paragraphs` of the document stand where `paragraphs_before` stood. Both empty: nothing changed."""

    document: Document
    caret: Caret
    paragraphs: range = range(0)
    paragraphs_before: range = range(0)


# ---------------------------------------------------------------------------------------- reading


def token_at(document: Document, caret: Caret) -> Token | None:
    """The caret's token; None in a paragraph without tokens."""
    tokens = document.paragraphs[caret.paragraph].tokens
    return tokens[caret.token] if tokens else None


def before_token(tokens: Sequence[Token], paragraph: int, index: int) -> Caret:
    """The caret in the gap before a token: at the end of the one before, where there is one."""
    if index == 0:
        return Caret(paragraph=paragraph, token=0, offset=0)
    return Caret(paragraph=paragraph, token=index - 1, offset=length(tokens[index - 1]))


def covered(document: Document, selection: Selection) -> Iterator[tuple[int, int, int, int]]:
    """(paragraph, token, from, to) of each token of which a character, or all of nothing, is selected.

    An empty selection covers the token that its caret is in, from its beginning to its end.
    """
    start, stop = selection.start, selection.stop
    for p in range(start.paragraph, stop.paragraph + 1):
        tokens = document.paragraphs[p].tokens
        first = start.token if p == start.paragraph else 0
        last = stop.token if p == stop.paragraph else len(tokens) - 1
        for t in range(first, min(last + 1, len(tokens))):
            size = length(tokens[t])
            begin = start.offset if (p, t) == (start.paragraph, start.token) else 0
            end = stop.offset if (p, t) == (stop.paragraph, stop.token) else size
            if selection.empty:
                begin, end = 0, size
            edge = (p, t) in ((start.paragraph, start.token), (stop.paragraph, stop.token))
            if begin < end or (size == 0 and (selection.empty or not edge)):
                yield p, t, begin, end


# ---------------------------------------------------------------------------------------- changing


def unchanged(document: Document, caret: Caret) -> Edited:
    return Edited(document=document, caret=caret)


def with_caret(edited: Edited, caret: Caret) -> Edited:
    return replace(edited, caret=caret)


def spliced(document: Document, before: range, new: Sequence[Paragraph], caret: Caret) -> Edited:
    """The document with other paragraphs in the place of `before`."""
    paragraphs = document.paragraphs
    return Edited(
        document=Document(paragraphs=(*paragraphs[: before.start], *new, *paragraphs[before.stop :])),
        caret=caret,
        paragraphs=range(before.start, before.start + len(new)),
        paragraphs_before=before,
    )


def with_tokens(document: Document, place: int, tokens: Sequence[Token], caret: tuple[int, int]) -> Edited:
    """The document with other tokens in one paragraph; `caret` as (token, offset) in them."""
    paragraph = Paragraph(speaker=document.paragraphs[place].speaker, tokens=tuple(tokens))
    there = Caret(paragraph=place, token=caret[0], offset=caret[1])
    return spliced(document, range(place, place + 1), [paragraph], there)


def mapped(document: Document, selection: Selection, change: Callable[[Token], Token]) -> Edited:
    """The document with `change` done to each token that the selection covers."""
    changes: dict[int, dict[int, Token]] = {}
    for p, t, _, _ in covered(document, selection):
        changes.setdefault(p, {})[t] = change(document.paragraphs[p].tokens[t])
    return with_changes(document, changes, selection.caret)


def with_changes(document: Document, changes: Mapping[int, Mapping[int, Token]], caret: Caret) -> Edited:
    """The document with other tokens at places that are told as paragraph and token."""
    touched = {
        p: tuple(new.get(t, token) for t, token in enumerate(document.paragraphs[p].tokens))
        for p, new in changes.items()
        if any(token is not document.paragraphs[p].tokens[t] for t, token in new.items())
    }
    if not touched:
        return unchanged(document, caret)
    before = range(min(touched), max(touched) + 1)
    old = document.paragraphs
    new = [Paragraph(speaker=old[p].speaker, tokens=touched[p]) if p in touched else old[p] for p in before]
    return spliced(document, before, new, caret)


def changed(before: Document, after: Document) -> tuple[range, range]:
    """Which paragraphs of `before` gave way to which of `after`: told by identity, so quick."""
    old, new = before.paragraphs, after.paragraphs
    shorter = min(len(old), len(new))
    head = next((i for i in range(shorter) if old[i] is not new[i]), shorter)
    room = shorter - head
    tail = next((i for i in range(room) if old[-1 - i] is not new[-1 - i]), room)
    return range(head, len(old) - tail), range(head, len(new) - tail)


def since(before: Document, edited: Edited) -> Edited:
    """The edited document, told against another one before."""
    old, new = changed(before, edited.document)
    return Edited(document=edited.document, caret=edited.caret, paragraphs=new, paragraphs_before=old)


def without_paragraph(document: Document, paragraph: int, caret: Caret) -> Edited:
    """The document without a paragraph; the caret, where it was in there, at the end of the one before."""
    if caret.paragraph > paragraph:
        there = Caret(paragraph=caret.paragraph - 1, token=caret.token, offset=caret.offset)
    elif caret.paragraph == paragraph and paragraph > 0:
        tokens = document.paragraphs[paragraph - 1].tokens
        there = before_token(tokens, paragraph - 1, len(tokens))
    elif caret.paragraph == paragraph:
        there = Caret(paragraph=0, token=0, offset=0)
    else:
        there = caret
    return spliced(document, range(paragraph, paragraph + 1), [], there)


def refuse_protected(token: Token | None) -> None:
    """Raises Refused where the token's picture may not be rendered anew."""
    if isinstance(token, Spoken) and token.protected:
        raise Refused(f'"{token.text}" is protected: take the protection off first')


def replaced(token: Spoken, **fields: object) -> Spoken:
    """The token with other fields; itself where they are what it has."""
    same = all(getattr(token, name) == value for name, value in fields.items())
    return token if same else msgspec.structs.replace(token, **fields)
