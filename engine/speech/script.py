"""A script as tokens: what stands between spaces, and the words that one says for it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BREAKS = re.compile(r"[-\u2010-\u2015_/\\…|]+|\.{2,}")
_EDGES = re.compile(r"^[^\w&%@€$£+]+|[^\w&%@€$£+]+$")
_SAID = re.compile(r"\w|[&%@€$£+]")
_APOSTROPHES = str.maketrans("’‘ʼ`", "''''")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as it is spelled, and its spoken words: two for "well-known", none for a dash."""

    text: str
    words: tuple[str, ...]


def tokens_of(script: str) -> tuple[Token, ...]:
    """The script's whitespace tokens, in order."""
    return tuple(Token(text=text, words=_words(text)) for text in script.split())


def spellings(word: str) -> tuple[str, ...]:
    """How a dictionary may have the word, the likeliest first: "U.S." as u.s., "Rock" as rock."""
    lower = word.lower()
    return (f"{lower}.", lower) if "." in lower else (lower,)


def _words(text: str) -> tuple[str, ...]:
    pieces = (_EDGES.sub("", piece) for piece in _BREAKS.split(text.translate(_APOSTROPHES)))
    return tuple(piece for piece in pieces if _SAID.search(piece))
