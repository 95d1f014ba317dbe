"""Find and replace. What is found is what is shown, struck words too; pauses are no part of the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bridge.revision import bare
from nle_panels.document.correcting import correct
from nle_panels.document.document import (
    Caret,
    Document,
    Edited,
    Paragraph,
    Selection,
    covered,
    since,
    unchanged,
)
from nle_panels.document.tokens import New, Pause, Spoken, separator
from nle_panels.document.writing import replace
from nle_panels.errors import Refused

# Accents of Latin, Greek and Cyrillic, points of Hebrew, vowels of Arabic; elsewhere a mark is a letter.
_MARKS = re.compile("[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]+")
_APOSTROPHES = str.maketrans("’ʼ‘", "'''")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for. Without `case` and `accents`, letters that differ only in these are the same."""

    text: str
    case: bool = False
    accents: bool = False
    whole_words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """How many places were replaced, and how many could not be (protected words)."""

    edited: Edited
    count: int
    refused: int


def find_all(document: Document, query: Query) -> tuple[Selection, ...]:
    """Every place, first to last; none overlaps another or goes beyond its paragraph."""
    return tuple(selection for places in by_paragraph(document, query) for selection in places)


def by_paragraph(document: Document, query: Query) -> Iterator[tuple[Selection, ...]]:
    """The places of each paragraph, one after the other."""
    wanted = " ".join(_folded(query.text, query).split())
    for p, paragraph in enumerate(document.paragraphs) if wanted else ():
        yield tuple(_found(p, paragraph, wanted, query))


def replace_all(document: Document, query: Query, text: str, *, correcting: bool = False) -> Replaced:
    """All places at once: as a correction of the text, or in edit mode, which leaves struck words alone.

    In edit mode too, what differs in case and punctuation alone is a correction.
    """
    *_, replaced = replacing(document, query, text, correcting=correcting)
    assert replaced is not None
    return replaced


def replacing(
    document: Document, query: Query, text: str, *, correcting: bool = False
) -> Iterator[Replaced | None]:
    """As `replace_all`, a place or a paragraph that is looked through at a time; what came of it is last."""
    edited, count, refused = unchanged(document, Caret(paragraph=0, token=0, offset=0)), 0, 0
    found: list[Selection] = []
    for places in by_paragraph(document, query):
        found += places
        yield None
    for selection in reversed(found):
        now = edited.document
        if not correcting and _is_struck(now, selection):
            continue
        mends = correcting or _sounds_alike(_selected(now, selection), text)
        try:
            edited = (correct if mends else replace)(now, selection, text)
            count += 1
        except Refused:
            refused += 1
        yield None
    yield Replaced(edited=since(document, edited), count=count, refused=refused)


def _found(p: int, paragraph: Paragraph, wanted: str, query: Query) -> Iterator[Selection]:
    places = [(t, token.text) for t, token in enumerate(paragraph.tokens) if not isinstance(token, Pause)]
    shown = [text for _, text in places]
    plain = " ".join(shown)
    gaps = None if plain.isascii() else [separator(a, b) for a, b in pairwise(shown)]
    text = _folded(plain if gaps is None else _joined(shown, gaps), query)
    if wanted not in text:
        return
    folded = [_folded(word, query) for word in shown]
    starts = _starts(folded, gaps)
    t = 0
    for begin, end in _matches(text, wanted, whole_words=query.whole_words):
        while t + 1 < len(starts) and starts[t + 1] <= begin:
            t += 1
        last = t
        while last + 1 < len(starts) and starts[last + 1] < end:
            last += 1
        first_offset = _offset(shown[t], begin - starts[t], query)
        last_offset = _offset(shown[last], end - starts[last], query)
        yield Selection(
            anchor=Caret(paragraph=p, token=places[t][0], offset=first_offset),
            caret=Caret(paragraph=p, token=places[last][0], offset=last_offset),
        )


def _matches(text: str, wanted: str, *, whole_words: bool) -> Iterator[tuple[int, int]]:
    begin = text.find(wanted)
    while begin >= 0:
        end = begin + len(wanted)
        if not whole_words or not (_goes_on(text[:begin][::-1]) or _goes_on(text[end : end + 2])):
            yield begin, end
            begin = text.find(wanted, end)
        else:
            begin = text.find(wanted, begin + 1)


def _goes_on(beyond: str) -> bool:
    """Whether a word goes on there: "don" is no whole word in "don't"."""
    return beyond[:1].isalnum() or (beyond[:1] in ("'", "-") and beyond[1:2].isalnum())


def _folded(text: str, query: Query) -> str:
    """The text as it is compared. Letter by letter: the whole is what its parts are."""
    if text.isascii():
        return text if query.case else text.lower()
    text = text.translate(_APOSTROPHES)
    if query.accents:
        text = unicodedata.normalize("NFC", text)
    else:
        text = _MARKS.sub("", unicodedata.normalize("NFD", text))
    return text if query.case else text.casefold()


def _joined(words: Sequence[str], gaps: Sequence[str]) -> str:
    return "".join(part for pair in zip(words, (*gaps, ""), strict=True) for part in pair) if words else ""


def _starts(folded: Sequence[str], gaps: Sequence[str] | None) -> list[int]:
    """Where each word begins in the joined text."""
    starts, at = [], 0
    for i, word in enumerate(folded):
        starts.append(at)
        at += len(word) + (1 if gaps is None else len(gaps[i]) if i < len(gaps) else 0)
    return starts


def _offset(word: str, folded: int, query: Query) -> int:
    """The offset in the word at which so many letters of it as it is compared have passed."""
    if word.isascii():
        return min(folded, len(word))
    passed = 0
    for i, character in enumerate(word):
        if passed >= folded and not (i and unicodedata.combining(character)):
            return i
        passed += len(_folded(character, query))
    return len(word)


def _is_struck(document: Document, selection: Selection) -> bool:
    tokens = [document.paragraphs[p].tokens[t] for p, t, _, _ in covered(document, selection)]
    return all(token.struck for token in tokens if isinstance(token, Spoken)) and not any(
        isinstance(token, New) for token in tokens
    )


def _selected(document: Document, selection: Selection) -> list[str]:
    words = []
    for p, t, begin, end in covered(document, selection):
        token = document.paragraphs[p].tokens[t]
        if not isinstance(token, Pause):
            words.append(token.text[begin:end])
    return words


def _sounds_alike(words: Sequence[str], text: str) -> bool:
    return [bare(word) for word in words] == [bare(word) for word in text.split()]
