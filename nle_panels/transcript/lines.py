"""A paragraph as a line of text, and the way between its tokens and the places in that text. Pure.

Places count UTF-16 units, as Qt does; tokens count characters.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QCoreApplication

from engine.protocol import TICKS_PER_SECOND
from nle_panels.document.document import Caret, Paragraph
from nle_panels.document.tokens import Pause, Spoken, Token, length, separator
from nle_panels.look.numbers import decimal

_ASTRAL = "\U00010000"
_MAYBE_UNSPACED = re.compile("[\u0e00-\U0010ffff]")  # see `tokens.separator`


@dataclass(frozen=True, slots=True)
class Line:
    """`starts[t]` and `ends[t]`: where token t lies in `text`, in UTF-16 units."""

    text: str
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def places(self) -> Iterator[tuple[Token, int, int]]:
        """Each token, from where to where."""
        return zip(self.tokens, self.starts, self.ends, strict=True)

    def place_of(self, token: int, offset: int) -> int:
        """Where a caret stands in the text."""
        if not self.tokens:
            return 0
        at = self.tokens[token]
        if isinstance(at, Pause):
            return self.ends[token] if offset else self.starts[token]
        return self.starts[token] + units(at.text[:offset])

    def caret_at(self, paragraph: int, place: int) -> Caret:
        """The caret at a place in the text; one inside a pause stands at its nearer end."""
        if not self.tokens:
            return Caret(paragraph=paragraph, token=0, offset=0)
        token = max(0, bisect_right(self.starts, place) - 1)
        # Where two tokens touch, the place is the end of the first.
        while token and self.starts[token] == place and self.ends[token - 1] == place:
            token -= 1
        at, inside = self.tokens[token], place - self.starts[token]
        if place >= self.ends[token]:
            return Caret(paragraph=paragraph, token=token, offset=length(at))
        if isinstance(at, Pause):
            far = inside * 2 >= self.ends[token] - self.starts[token]
            return Caret(paragraph=paragraph, token=token, offset=int(far))
        return Caret(paragraph=paragraph, token=token, offset=_characters(at.text, inside))

    def token_at(self, place: int) -> int | None:
        """The token that a place is in or at the end of; None between two."""
        token = bisect_right(self.starts, place) - 1
        return token if token >= 0 and place <= self.ends[token] else None


def line_of(paragraph: Paragraph) -> Line:
    """The words with what separates them; a pause is its length in brackets."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at, last = 0, None
    for token in paragraph.tokens:
        shown = shown_text(token)
        between = "" if last is None else separator(last, shown)
        parts += (between, shown)
        starts.append(at + len(between))
        at = starts[-1] + units(shown)
        ends.append(at)
        last = shown
    return Line(text="".join(parts), tokens=paragraph.tokens, starts=tuple(starts), ends=tuple(ends))


def text_of(paragraph: Paragraph) -> str:
    """The line's text alone, at a fraction of the price: there may be three hours of it."""
    text = " ".join(
        [shown_text(token) if isinstance(token, Pause) else token.text for token in paragraph.tokens]
    )
    return line_of(paragraph).text if _MAYBE_UNSPACED.search(text) else text


class Lines:
    """The lines of a document, each made when it is first asked for."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self._paragraphs = list(paragraphs)
        self._made: list[Line | None] = [None] * len(self._paragraphs)

    def __len__(self) -> int:
        return len(self._paragraphs)

    def __getitem__(self, number: int) -> Line:
        line = self._made[number]
        if line is None:
            line = self._made[number] = line_of(self._paragraphs[number])
        return line

    def splice(self, before: range, paragraphs: Sequence[Paragraph]) -> None:
        """Other paragraphs in the place of `before`."""
        self._paragraphs[before.start : before.stop] = paragraphs
        self._made[before.start : before.stop] = [None] * len(paragraphs)

    def text(self, number: int) -> str:
        return text_of(self._paragraphs[number])

    def place_of_word(self, word: int) -> tuple[int, int] | None:
        """The paragraph and token that say a word of the transcript."""
        firsts = [_first_word(paragraph.tokens) for paragraph in self._paragraphs]
        known = [(first, number) for number, first in enumerate(firsts) if first is not None]
        at = bisect_right(known, (word, len(firsts))) - 1
        if at < 0:
            return None
        number = known[at][1]
        for index, token in enumerate(self._paragraphs[number].tokens):
            if isinstance(token, Spoken) and token.first <= word < token.stop:
                return number, index
        return None


def shown_text(token: Token) -> str:
    """A pause in seconds, what stays of it first where that is not all: "[0.4 of 1.2 s]"."""
    return _shown_pause(token.ticks, token.kept) if isinstance(token, Pause) else token.text


@lru_cache(maxsize=1024)
def _shown_pause(ticks: int, kept: int | None) -> str:
    """Kept, as most pauses of three hours are as long as others."""
    whole = decimal(ticks / TICKS_PER_SECOND)
    told = QCoreApplication.translate("lines", "[{whole} s]").format(whole=whole)
    if kept:
        of = QCoreApplication.translate("lines", "[{kept} of {whole} s]")
        told = of.format(kept=decimal(kept / TICKS_PER_SECOND), whole=whole)
    return told.replace(" ", "\N{NO-BREAK SPACE}")


def units(text: str) -> int:
    """How many UTF-16 units the text has."""
    return len(text) if not text or max(text) < _ASTRAL else len(text.encode("utf-16-le")) // 2


def _characters(text: str, count: int) -> int:
    """How many characters are whole in so many UTF-16 units."""
    if max(text, default="") < _ASTRAL:
        return count
    return len(text.encode("utf-16-le")[: 2 * count].decode("utf-16-le", "ignore"))


def _first_word(tokens: Sequence[Token]) -> int | None:
    return next((token.first for token in tokens if isinstance(token, Spoken)), None)
