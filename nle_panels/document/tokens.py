"""What a paragraph is made of: words as spoken, pauses, new words.

Offsets in a token count characters (code points) of its text; Qt counts UTF-16 units, and a view translates.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from engine.protocol import TICKS_PER_SECOND, Value, Word

# ours: a silence from here on is a token of its own. Shorter ones are the joints of speech.
PAUSE_TICKS = 30
# ours: below this a recogniser's word is marked as doubtful. Of Whisper's words above it few are wrong.
DOUBTFUL = 0.5


class Spoken(Value, tag="spoken", tag_field="is", omit_defaults=True, gc=False):
    """Words [first, stop) of the transcript, shown as `text`.

    In correct mode the text changes, and several words may become one token; their times stay. A token
    whose text is empty was never said: the recogniser made it up.
    `nudge`: ticks by which start and end were moved by hand.
    """

    first: int
    stop: int
    text: str
    struck: bool = False
    protected: bool = False  # "no lip-sync": its picture is never rendered anew
    anew: bool = False  # the mouth is rendered anew, the words stay
    nudge: tuple[int, int] = (0, 0)


class Pause(Value, tag="pause", tag_field="is", omit_defaults=True, gc=False):
    """Silence after transcript word `after` (one less than the window's first word: before that one).

    `ticks` as measured; `kept`: so many of them stay, 0 for none, None for all.
    """

    after: int
    ticks: int
    kept: int | None = None


class New(Value, tag="new", tag_field="is", omit_defaults=True, gc=False):
    """A new word. An empty one is the place, after a space, where a word is about to be typed."""

    text: str = ""


Token = Spoken | Pause | New


def length(token: Token) -> int:
    """How many characters a caret counts in the token: a pause is one."""
    return 1 if isinstance(token, Pause) else len(token.text)


def separator(left: str, right: str) -> str:
    """What stands between two words: a space, or nothing where the script has none (Chinese, Thai...)."""
    return "" if left and right and _unspaced(left[-1]) and _unspaced(right[0]) else " "


def duration(pause: Pause) -> Fraction:
    """Seconds of the pause that stay."""
    return Fraction(pause.ticks if pause.kept is None else pause.kept, TICKS_PER_SECOND)


def is_doubtful(token: Spoken, words: Sequence[Word]) -> bool:
    """Whether the recogniser was unsure of the token's words, and nobody has corrected them since."""
    said = words[token.first : token.stop]
    unsure = any(word.confidence is not None and word.confidence < DOUBTFUL for word in said)
    return unsure and token.text == " ".join(word.text.strip() for word in said)


def clean(text: str) -> str:
    """Typed text without what is no character of a word (controls, lone surrogates); accents on letters."""
    if text.isascii() and text.isprintable():
        return text
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept))


# The scripts that are written without spaces, by the start of their characters' Unicode names.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "FULLWIDTH", "THAI", "LAO", "KHMER", "MYANMAR")


def _unspaced(character: str) -> bool:
    return character > "\u0e00" and unicodedata.name(character, "").startswith(_UNSPACED)
