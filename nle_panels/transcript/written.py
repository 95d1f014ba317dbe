"""Lines as the blocks of Qt's text, a block a line: what differs is written, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QTextCursor, QTextDocument

from nle_panels.transcript.lines import units

_KEEP = QTextCursor.MoveMode.KeepAnchor


def write(document: QTextDocument, first: int, old: Sequence[str], new: Sequence[str]) -> None:
    """The blocks from `first` on, whose texts are `old`, become `new`; neither is empty."""
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    if len(old) == len(new):
        for number, (gone, text) in enumerate(zip(old, new, strict=True), start=first):
            if gone != text:
                _mend(cursor, document.findBlockByNumber(number).position(), gone, text)
    else:
        _mend(cursor, document.findBlockByNumber(first).position(), "\n".join(old), "\n".join(new))
    cursor.endEditBlock()


def _mend(cursor: QTextCursor, start: int, old: str, new: str) -> None:
    """The text from `start` on, which is `old`, becomes `new`: only between what is alike at both ends."""
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    start += units(old[:head])
    cursor.setPosition(start)
    cursor.setPosition(start + units(old[head : len(old) - tail]), _KEEP)
    cursor.insertText(new[head : len(new) - tail])


def _alike(one: str, other: str) -> int:
    """How many characters the two begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # by halves: a slice is compared at once
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
