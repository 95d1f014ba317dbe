"""Filler words and repeated takes, found to be looked through and then struck in one step.

Sounds of hesitation ("um") are `sure`. Words that often only fill ("like", "you know") are found too, and
are for the editor to tell from those that mean something. A pause beside a filler stays.

What counts as one: Wikipedia's "Filler (linguistics)", by language; the lists that AssemblyAI and Deepgram
document for English; for German M. Belz, "Defining Filler Particles", Languages 2023, 8(1), 57. "mhm" and
"uh-huh" are on some lists, and are answers: not on ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bridge.revision import bare
from nle_panels.document.document import Caret, Document, Edited, Selection, covered, replaced, with_changes
from nle_panels.document.tokens import New, Pause, Spoken, Token

# Sounds, however long they are drawn out. Per language: "um" and "er" are words in German, "e" in Spanish.
_SOUNDS = {
    "en": re.compile("u+h*m+|u+h+|e+h*r*m+|e+r|h+m+"),
    "de": re.compile("[äöe]+h*m+|[äö]+h+|h+m+"),
    "fr": re.compile("e+u+h*|h+e+u+|e+u+h*m+|h+u*m+"),
    "es": re.compile("e+h+|e+h*m+|m{2,}|h+m+"),
}
# What often means nothing, and often something.
_PHRASES = {
    "en": ("like", "you know", "i mean", "sort of", "kind of", "basically", "actually", "literally", "ah"),
    "de": ("also", "halt", "eben", "irgendwie", "sozusagen", "quasi", "eigentlich", "genau", "na ja"),
    "fr": (
        "ben",
        "bah",
        "hein",
        "genre",
        "quoi",
        "du coup",
        "en fait",
        "tu vois",
        "tu sais",
        "enfin",
        "eh bien",
    ),
    "es": ("este", "pues", "bueno", "o sea", "digamos", "es que", "tipo"),
}
LANGUAGES = tuple(_SOUNDS)

# ours: as many words said again are the same phrase; and a take is broken off within so many words.
PHRASE = 3
REACH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """Words of one paragraph, or of several that follow one another, that might go. `sure`: they may."""

    selection: Selection
    text: str
    sure: bool


class _Said(NamedTuple):
    """A word that stays so far: where it is, how it is compared, whether a pause comes before it."""

    paragraph: int
    token: int
    spoken: Spoken
    key: str
    rested: bool


def proposals(
    document: Document, language: str
) -> Iterator[tuple[tuple[Find, ...], tuple[Find, ...]] | None]:
    """`fillers` and `repeated_takes`, a word or a paragraph at a time; what was found is last."""
    said, again = list[Find](), list[Find]()
    for run in _runs(document):
        for found, into in ((_fillers(run, language), said), (_takes(run), again)):
            for find in found:
                if find is not None:
                    into.append(find)
                yield None
        yield None
    yield tuple(said), tuple(again)


def fillers(document: Document, language: str) -> tuple[Find, ...]:
    """The fillers of a language ("en", or "en-GB"), first to last; none in one that is not in LANGUAGES."""
    return tuple(find for run in _runs(document) for find in _fillers(run, language) if find)


def repeated_takes(document: Document) -> tuple[Find, ...]:
    """What was said, broken off and said again from its start: all takes but the last. Also "the the".

    `sure` where the speaker paused before saying it again.
    """
    return tuple(find for run in _runs(document) for find in _takes(run) if find)


def strike_found(document: Document, finds: Sequence[Find], caret: Caret) -> Edited:
    """The words of all finds struck, in one step; the pauses around and between them stay as they are."""
    changes: dict[int, dict[int, Token]] = {}
    for find in finds:
        for p, t, _, _ in covered(document, find.selection):
            token = document.paragraphs[p].tokens[t]
            if isinstance(token, Spoken) and not token.protected:
                changes.setdefault(p, {})[t] = replaced(token, struck=True)
    return with_changes(document, changes, caret)


def _fillers(run: Sequence[_Said], language: str) -> Iterator[Find | None]:
    """A step a word."""
    code = language.partition("-")[0].lower()
    if code not in _SOUNDS:
        return
    sound = _SOUNDS[code].fullmatch
    phrases = {tuple(phrase.split()) for phrase in _PHRASES[code]}
    for i, word in enumerate(run):
        if sound(word.key):
            yield _find(run[i : i + 1], sure=True)
        elif (word.key,) in phrases:
            yield _find(run[i : i + 1], sure=False)
        elif i + 1 < len(run) and (word.key, run[i + 1].key) in phrases:
            yield _find(run[i : i + 2], sure=False)
        else:
            yield None


def _takes(run: Sequence[_Said]) -> Iterator[Find | None]:
    """A step a word, at least."""
    keys = [word.key for word in run]
    seen: dict[tuple[str, ...], int] = {}
    for j in range(len(keys)):
        stutter = next((k for k in (2, 1) if j >= k and _again(keys, j - k, j, k)), 0)
        if stutter:
            yield _find(run[j - stutter : j], sure=False)
        phrase = tuple(keys[j : j + PHRASE])
        i = seen.get(phrase, -1)
        if i >= 0 and PHRASE <= j - i <= REACH and not (i and keys[i - 1] == keys[j - 1]):
            yield _find(run[i:j], sure=run[j].rested)
        if len(phrase) == PHRASE and all(phrase):
            seen[phrase] = j
        yield None


def _again(keys: Sequence[str], i: int, j: int, size: int) -> bool:
    """Whether the words from `i` are said again from `j`, and the phrase does not begin before them."""
    return all(keys[i:j]) and keys[i:j] == keys[j : j + size] and not (i and keys[i - 1] == keys[j - 1])


def _runs(document: Document) -> Iterator[list[_Said]]:
    """The spoken words that stay, in runs of one speaker between new and protected words; after a paragraph
    that a run goes on behind, an empty one.
    """
    run: list[_Said] = []
    speaker = None
    for p, paragraph in enumerate(document.paragraphs):
        if run and paragraph.speaker != speaker:
            yield run
            run = []
        speaker = paragraph.speaker
        rested = True
        for t, token in enumerate(paragraph.tokens):
            match token:
                case Spoken(struck=False, protected=False):
                    run.append(_Said(p, t, token, bare(token.text), rested))
                    rested = False
                case Pause():
                    rested = token.kept != 0
                case New() | Spoken(protected=True):
                    if run:
                        yield run
                    run = []
        yield []
    if run:
        yield run


def _find(words: Sequence[_Said], *, sure: bool) -> Find:
    first, last = words[0], words[-1]
    return Find(
        selection=Selection(
            anchor=Caret(paragraph=first.paragraph, token=first.token, offset=0),
            caret=Caret(paragraph=last.paragraph, token=last.token, offset=len(last.spoken.text)),
        ),
        text=" ".join(word.spoken.text for word in words),
        sure=sure,
    )
