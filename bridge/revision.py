"""What an editor did to the words: pure, from the old words and the new ones to a list of changes.

Words are compared without case and without the punctuation around them, so that a comma set or a capital
mended changes no picture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from bridge.errors import ImpossibleEdit, PhraseError

_APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "`": "'"})
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_NUMBERED = re.compile(r"^(?P<phrase>.*?)#(?P<number>\d+)$", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Change:
    """Words [start, stop) of the transcript give way to `words`.

    No words: a removal. start == stop: an insertion before word `start`. Otherwise a replacement.
    """

    start: int
    stop: int
    words: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return " ".join(self.words)


def bare(word: str) -> str:
    """The word as it is compared: "Don’t," is "don't". Empty for punctuation alone."""
    return _EDGE.sub("", word.translate(_APOSTROPHES)).casefold()


def tokens(text: str) -> tuple[str, ...]:
    """The text's words as written; dashes and dots that stand alone are no words."""
    return tuple(word for word in text.split() if bare(word))


def diff(original: Sequence[str], revised: Sequence[str]) -> tuple[Change, ...]:
    """The changes that turn the original words into the revised ones, first to last."""
    old, new = [bare(word) for word in original], [bare(word) for word in revised]
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    matcher = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    return tuple(
        Change(start=head + i, stop=head + j, words=tuple(revised[head + k : head + n]))
        for tag, i, j, k, n in matcher.get_opcodes()
        if tag != "equal"
    )


def likeness(original: Sequence[str], revised: Sequence[str]) -> float:
    """How many of the words two texts share, 0 to 1, whatever their order (quick)."""
    old, new = [bare(word) for word in original], [bare(word) for word in revised]
    return SequenceMatcher(None, old, new, autojunk=False).quick_ratio() if old or new else 1.0


def remove(words: Sequence[str], phrase: str) -> Change:
    start, stop = find(words, phrase)
    return Change(start=start, stop=stop)


def insert(words: Sequence[str], text: str, after: str) -> Change:
    """New words after a phrase; after "" they come before the first word."""
    place = find(words, after)[1] if after.strip() else 0
    return Change(start=place, stop=place, words=_said(text))


def replace(words: Sequence[str], old: str, text: str) -> Change:
    start, stop = find(words, old)
    return Change(start=start, stop=stop, words=_said(text))


def find(words: Sequence[str], phrase: str) -> tuple[int, int]:
    """Where the phrase stands, as [start, stop). `PHRASE#2` is its second place.

    Raises PhraseError where it stands nowhere (the nearest is suggested) or more than once.
    """
    numbered = _NUMBERED.match(phrase)
    text = numbered["phrase"] if numbered else phrase
    wanted = [bare(word) for word in tokens(text)]
    if not wanted:
        raise PhraseError(f'"{phrase}" has no words to look for')
    said = [bare(word) for word in words]
    size = len(wanted)
    places = [i for i in range(len(said) - size + 1) if said[i : i + size] == wanted]
    if not places:
        raise PhraseError(f'"{text}" is not said in this clip{_nearest(words, wanted)}')
    number = int(numbered["number"]) if numbered else None
    if number is None and len(places) > 1:
        raise PhraseError(f'"{text}" is said {len(places)} times: write "{text}#1" to "{text}#{len(places)}"')
    if number is not None and not 1 <= number <= len(places):
        raise PhraseError(f'there is no "{phrase}": "{text}" is said {_times(len(places))}')
    start = places[(number or 1) - 1]
    return start, start + size


def settle(changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes first to last. Raises ImpossibleEdit where two of them touch the same words."""
    ordered = sorted(changes)
    for left, right in pairwise(ordered):
        if right.start < left.stop or (left.start, left.stop) == (right.start, right.stop):
            raise ImpossibleEdit("two edits touch the same words: make one edit of them")
    return tuple(ordered)


def apply(words: Sequence[str], changes: Sequence[Change]) -> tuple[str, ...]:
    """The words after the changes, which are settled."""
    revised: list[str] = []
    at = 0
    for change in changes:
        revised += [*words[at : change.start], *change.words]
        at = change.stop
    return (*revised, *words[at:])


def _said(text: str) -> tuple[str, ...]:
    words = tokens(text)
    if not words:
        raise PhraseError(f'"{text}" has no words to say; to take words out, use --remove')
    return words


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    count = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        count += 1
    return count


def _nearest(words: Sequence[str], wanted: Sequence[str]) -> str:
    size = len(wanted)
    best, place = 0.0, 0
    matcher = SequenceMatcher(b=" ".join(wanted), autojunk=False)
    for i in range(max(1, len(words) - size + 1)):
        matcher.set_seq1(" ".join(bare(word) for word in words[i : i + size]))
        if matcher.quick_ratio() > best and (ratio := matcher.ratio()) > best:
            best, place = ratio, i
    if best < 0.5:
        return ""
    return f'; the nearest is "{" ".join(words[place : place + size])}"'


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
