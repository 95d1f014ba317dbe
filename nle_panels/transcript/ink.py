"""How words are written: each state has a shape as well as a colour, so that none is told by colour alone."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor, QFont, QTextCharFormat

from engine.protocol import Word
from nle_panels.document.tokens import New, Pause, Token, is_doubtful
from nle_panels.look.palette import Palette
from nle_panels.transcript.flow import Ranges, range_of
from nle_panels.transcript.lines import Line

_Underline = QTextCharFormat.UnderlineStyle


class Ink:
    """Writes each token of a line as what it is, in the colours of a palette."""

    def __init__(self, palette: Palette) -> None:
        self._formats = _formats(palette)

    def ranges(self, line: Line, words: Sequence[Word]) -> Ranges:
        """What is not written as the rest. `words`: the transcript's."""
        states = ((state_of(token, words), start, end) for token, start, end in line.places)
        return [range_of(start, end, self._formats[state]) for state, start, end in states if state]


def state_of(token: Token, words: Sequence[Word]) -> str:
    """What is to be seen of a token; "" for a word as it was said."""
    if isinstance(token, New):
        return "new"
    if isinstance(token, Pause):
        return "pause" if token.kept is None else "shortened" if token.kept else "struck"
    if token.struck or token.protected:
        return "struck" if token.struck else "protected"
    if token.anew:
        return "anew"
    if is_doubtful(token, words):
        return "doubtful"
    said = " ".join(word.text.strip() for word in words[token.first : token.stop])
    return "" if token.text == said else "corrected"


def _formats(palette: Palette) -> dict[str, QTextCharFormat]:
    made = {
        "pause": _format(palette.muted),
        "shortened": _format(palette.new, underline=_Underline.DotLine),
        "struck": _format(palette.struck, struck=True),
        "new": _format(palette.new, underline=_Underline.SingleUnderline),
        "protected": _format(palette.protected, underline=_Underline.DashUnderline),
        "anew": _format(palette.rendered, underline=_Underline.DashDotLine),
        "doubtful": _format(palette.text, underline=_Underline.WaveUnderline, line=palette.doubtful),
        "corrected": _format(palette.text, underline=_Underline.DotLine, line=palette.muted),
    }
    made["new"].setFontWeight(QFont.Weight.DemiBold)
    return made


def _format(
    colour: str, *, struck: bool = False, underline: _Underline | None = None, line: str | None = None
) -> QTextCharFormat:
    made = QTextCharFormat()
    made.setForeground(QColor(colour))
    made.setFontStrikeOut(struck)
    if underline is not None:
        made.setUnderlineStyle(underline)
        made.setUnderlineColor(QColor(line or colour))
    return made
