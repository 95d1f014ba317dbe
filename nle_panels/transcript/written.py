"""Lines as the blocks of Qt's text, a block a line: what differs is written, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QTextCursor, QTextDocument

from nle_panels.transcript.lines import units


def write(document: QTextDocument, first: int, old: Sequence[str], new: Sequence[str]) -> None:
    """The blocks from `first` on, whose texts are `old`, become `new`.

    Where one of the two is empty a block that stays goes along: Qt knows no block of nothing.
    """
    if not old or not new:
        beside = first - 1 if first else first + len(old)
        text = document.findBlockByNumber(beside).text()
        old, new = ([text, *old], [text, *new]) if first else ([*old, text], [*new, text])
        first = min(first, beside)
    before, after = "\n".join(old), "\n".join(new)
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    start = document.findBlockByNumber(first).position() + units(before[:head])
    cursor = QTextCursor(document)
    cursor.setPosition(start)
    gone = before[head : len(before) - tail]
    cursor.setPosition(start + units(gone), QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(after[head : len(after) - tail])


def touch(document: QTextDocument, blocks: range) -> None:
    """They are written otherwise, though they say the same."""
    first, last = (document.findBlockByNumber(number) for number in (blocks.start, blocks.stop - 1))
    document.markContentsDirty(first.position(), last.position() + last.length() - first.position())


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
