"""A paragraph as a line of text, and the way between its tokens and the places in that text. Pure.

Places count UTF-16 units, as Qt does; tokens count characters.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from engine.protocol import TICKS_PER_SECOND
from nle_panels.document.document import Caret, Paragraph
from nle_panels.document.tokens import Pause, Token, length, separator

_ASTRAL = "\U00010000"


@dataclass(frozen=True, slots=True)
class Line:
    """`starts[t]` and `ends[t]`: where token t lies in `text`, in UTF-16 units."""

    text: str
    tokens: tuple[Token, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

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


def lines_of(paragraphs: Sequence[Paragraph]) -> list[Line]:
    return [line_of(paragraph) for paragraph in paragraphs]


def shown_text(token: Token) -> str:
    """A pause in seconds, what stays of it first where that is not all: "[0.4 of 1.2 s]"."""
    if not isinstance(token, Pause):
        return token.text
    whole = f"{token.ticks / TICKS_PER_SECOND:.1f}"
    if token.kept is None or token.kept == 0:
        return f"[{whole}\N{NO-BREAK SPACE}s]"
    kept = f"{token.kept / TICKS_PER_SECOND:.1f}"
    return f"[{kept} of {whole} s]".replace(" ", "\N{NO-BREAK SPACE}")


def units(text: str) -> int:
    """How many UTF-16 units the text has."""
    return len(text) if not text or max(text) < _ASTRAL else len(text.encode("utf-16-le")) // 2


def _characters(text: str, count: int) -> int:
    """How many characters are whole in so many UTF-16 units."""
    if max(text, default="") < _ASTRAL:
        return count
    return len(text.encode("utf-16-le")[: 2 * count].decode("utf-16-le", "ignore"))
