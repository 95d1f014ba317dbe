"""Typing, deleting and replacing in edit mode: what is spoken is struck, what is new is written.

A word is the unit at its edges: Backspace behind a spoken word strikes it. Inside a word its letters are:
typing or deleting there strikes the word and writes the changed one behind it. What only adds or takes away
punctuation changes the text, and strikes nothing.

Behind a space an empty `New` waits for its word. When a word is finished (a space after it, or `settle`),
words typed as the struck ones were are those again.

Which characters are one to the eye (letters with accents, emoji of several parts) is Qt's to know: deletions
take the place up to which they reach.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bridge.revision import bare
from nle_panels.document.document import (
    Caret,
    Document,
    Edited,
    Paragraph,
    Selection,
    before_token,
    covered,
    refuse_protected,
    replaced,
    since,
    spliced,
    token_at,
    unchanged,
    with_caret,
    with_tokens,
    without_paragraph,
)
from nle_panels.document.opening import PARAGRAPH_WORDS, breaks
from nle_panels.document.paragraphs import split_paragraph
from nle_panels.document.retyping import retyped
from nle_panels.document.striking import refuse_within_protected, strike, struck
from nle_panels.document.tokens import New, Spoken, Token, clean, length

_LINES = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
# Typed behind a word, one of these goes on with it: "cat" + "'s".
_JOINTS = ("'", "’", "-", "‐")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Slot:
    """Where typed text goes: tokens [start, stop) of a paragraph give way to `kept` and the new words.

    `before` and `after`: what stands of a word on either side of the caret.
    """

    paragraph: int
    start: int
    stop: int
    kept: tuple[Token, ...] = ()
    before: str = ""
    after: str = ""


def insert_text(document: Document, caret: Caret, text: str) -> Edited:
    """The text is typed or pasted at the caret; each of its lines but the first begins a paragraph.

    Raises Refused in and between protected words.
    """
    lines = [clean(line) for line in _LINES.split(text)]
    if not any(lines):
        return split_paragraph(document, caret) if len(lines) > 1 else unchanged(document, caret)
    token = token_at(document, caret)
    if isinstance(token, Spoken) and caret.offset and (text := _punctuated(token, caret.offset, lines)):
        return _with_text(document, caret, text, caret.offset + len(lines[0]))
    return _typed(document, _slot_at(document, caret, lines[0]), lines)


def replace(document: Document, selection: Selection, text: str) -> Edited:
    """The selection gives way to the text: its spoken words are struck, its new words deleted.

    Part of one word gives way within that word. Raises Refused for protected words.
    """
    parts = () if selection.empty else tuple(covered(document, selection))
    if not parts:
        return insert_text(document, selection.caret, text)
    lines = [clean(line) for line in _LINES.split(text)]
    if not any(lines):
        return strike(document, selection)
    if parts[0][0] == parts[-1][0]:
        return _typed(document, _slot_of(document, parts), lines)
    erased = strike(document, selection)
    there = _behind_struck(erased.document, parts[-1], erased.caret)
    return since(document, insert_text(erased.document, there, text))


def settle(document: Document, left: Caret, caret: Caret) -> Edited:
    """The caret has left one place for another: the word that was being typed is finished.

    An empty word goes, and words typed as the struck ones were are those again.
    """
    p = left.paragraph
    tokens = document.paragraphs[p].tokens
    if not tokens:
        return unchanged(document, caret)
    trimmed = [*tokens[: left.token], _trimmed(tokens[left.token]), *tokens[left.token + 1 :]]
    new, places = retyped(trimmed, left.token)
    blank = {i for i, token in enumerate(new) if isinstance(token, New) and not token.text}
    if not blank and all(a is b for a, b in zip(new, tokens, strict=False)):
        return unchanged(document, caret)
    new = [token for i, token in enumerate(new) if i not in blank]
    if not new and len(document.paragraphs) > 1:
        return without_paragraph(document, p, caret)
    edited = with_tokens(document, p, new, (0, 0))
    if caret.paragraph != p:
        return with_caret(edited, caret)
    place = places[caret.token]
    gone = sum(i < place for i in blank)
    if place in blank or not new:
        return with_caret(edited, before_token(new, p, place - gone))
    size = length(new[place - gone])
    return with_caret(edited, Caret(paragraph=p, token=place - gone, offset=min(caret.offset, size)))


def _trimmed(token: Token) -> Token:
    """A spoken word without the spaces that were typed around it in correct mode."""
    return replaced(token, text=token.text.strip()) if isinstance(token, Spoken) else token


# ---------------------------------------------------------------------------------------- where


def _slot_at(document: Document, caret: Caret, typed: str) -> _Slot:
    """The slot at a caret where this is typed, with what of the word there is struck or stays."""
    p, t, offset = caret.paragraph, caret.token, caret.offset
    tokens = document.paragraphs[p].tokens
    token = token_at(document, caret)
    match token:
        case New():
            return _Slot(
                paragraph=p, start=t, stop=t + 1, before=token.text[:offset], after=token.text[offset:]
            )
        case Spoken(struck=False) if 0 < offset < len(token.text) or (offset and typed.startswith(_JOINTS)):
            refuse_protected(token)
            before, after = token.text[:offset], token.text[offset:]
            kept = (replaced(token, struck=True),)
            return _Slot(paragraph=p, start=t, stop=t + 1, kept=kept, before=before, after=after)
    index = t + (token is not None and (offset > 0 or length(token) == 0))
    refuse_within_protected(tokens, index, index)
    for beside in range(max(0, index - 1), min(index + 1, len(tokens))):
        if tokens[beside] == New():
            return _Slot(paragraph=p, start=beside, stop=beside + 1)
    return _Slot(paragraph=p, start=index, stop=index)


def _slot_of(document: Document, parts: Sequence[tuple[int, int, int, int]]) -> _Slot:
    """The slot of selected tokens of one paragraph."""
    (p, first, begin, _), (_, last, _, end) = parts[0], parts[-1]
    tokens = document.paragraphs[p].tokens
    within = first == last and isinstance(token := tokens[first], Spoken) and not token.struck
    kept = [struck(tokens, t) for _, t, _, _ in parts if not isinstance(tokens[t], New)]
    return _Slot(
        paragraph=p,
        start=first,
        stop=last + 1,
        kept=tuple(kept),
        before=_letters(tokens[first], within)[:begin],
        after=_letters(tokens[last], within)[end:],
    )


def _letters(token: Token, within: bool) -> str:
    """The token's text where part of it may stay."""
    return token.text if isinstance(token, New) or (within and isinstance(token, Spoken)) else ""


def _behind_struck(document: Document, last: tuple[int, int, int, int], otherwise: Caret) -> Caret:
    """Behind the last of the selected tokens of several paragraphs, where that is still there."""
    p = last[0] - (last[0] >= len(document.paragraphs))
    tokens = document.paragraphs[p].tokens
    t = min(last[1], len(tokens) - 1)
    if p != last[0] or not tokens or isinstance(tokens[t], New):
        return otherwise
    return Caret(paragraph=p, token=t, offset=length(tokens[t]))


# ---------------------------------------------------------------------------------------- what


def _typed(document: Document, slot: _Slot, lines: Sequence[str]) -> Edited:
    """The document with the lines in the slot; the caret in the last of their words."""
    paragraph = document.paragraphs[slot.paragraph]
    rows: list[list[Token]] = [[*paragraph.tokens[: slot.start], *slot.kept]]
    *whole, last = [unicodedata.normalize("NFC", slot.before + lines[0]), *lines[1:]]
    for line in whole:
        _add_words(rows, line.split())
        if rows[-1]:
            rows.append([])
    words = last.split()
    typing = words.pop() if last and not last[-1].isspace() else ""
    _add_words(rows, [*words, typing + slot.after])
    caret = Caret(paragraph=len(rows) - 1, token=len(rows[-1]) - 1, offset=len(typing))
    rows[-1] += paragraph.tokens[slot.stop :]
    if words and len(rows) == 1:
        rows[0], places = retyped(rows[0], caret.token, caret.token)
        caret = Caret(paragraph=0, token=places[caret.token], offset=caret.offset)
    there = Caret(paragraph=slot.paragraph + caret.paragraph, token=caret.token, offset=caret.offset)
    new = [Paragraph(speaker=paragraph.speaker, tokens=tuple(row)) for row in rows]
    if new == [paragraph]:
        return unchanged(document, there)
    return spliced(document, range(slot.paragraph, slot.paragraph + 1), new, there)


def _add_words(rows: list[list[Token]], words: Sequence[str]) -> None:
    """The words at the end of the last row; very many of them in rows of their own."""
    ends = set(breaks(words)) if len(words) > PARAGRAPH_WORDS else ()
    for i, word in enumerate(words):
        if i in ends:
            rows.append([])
        rows[-1].append(New(text=word))


def _punctuated(token: Spoken, offset: int, lines: Sequence[str]) -> str:
    """The token's text with what is typed in it, if that is punctuation; else nothing."""
    typed = lines[0]
    if token.struck or len(lines) > 1 or not all(unicodedata.category(c)[0] == "P" for c in typed):
        return ""
    if offset == len(token.text) and typed.startswith(_JOINTS):
        return ""
    text = token.text[:offset] + typed + token.text[offset:]
    return text if bare(token.text) and bare(text) == bare(token.text) else ""


def _with_text(document: Document, caret: Caret, text: str, offset: int) -> Edited:
    tokens = document.paragraphs[caret.paragraph].tokens
    token = tokens[caret.token]
    assert isinstance(token, Spoken)
    new = (*tokens[: caret.token], replaced(token, text=text), *tokens[caret.token + 1 :])
    return with_tokens(document, caret.paragraph, new, (caret.token, offset))
