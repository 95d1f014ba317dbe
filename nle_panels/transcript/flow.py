"""The text laid out a paragraph at a time, the ones that are looked at first: three hours are open at once.

Qt's own layout of rich text lays out all that lies before a place to find out where it is. This one guesses
how high a paragraph is until it is its turn; the text that is looked at stays where it is meanwhile.
"""

from __future__ import annotations

import math
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from itertools import accumulate
from typing import ParamSpec, TypeVar

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QTextBlock,
    QTextCharFormat,
    QTextDocument,
    QTextFrame,
    QTextLayout,
)

from nle_panels.turns import Turns

LEADING, GAP = 1.3, 10.0  # ours: of a line's height; pixels between paragraphs
Ranges = list[QTextLayout.FormatRange]
P = ParamSpec("P")
R = TypeVar("R")
# Of a paragraph, by its number and text as they are in the document now: how what is where in it is written.
Inked = Callable[[int, str], Ranges]


def _or_else(harmless: R) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """What raises in a method that Qt calls is told as what raises in a slot is, and Qt goes on with what is
    harmless: PySide 6.11, which has no way to tell Qt of it, would end the process.
    """

    def held(method: Callable[P, R]) -> Callable[P, R]:
        @wraps(method)
        def call(*arguments: P.args, **named: P.kwargs) -> R:
            try:
                return method(*arguments, **named)
            except Exception as error:  # noqa: BLE001  # whatever it is: a window is open above it
                if not sys.is_finalizing():
                    sys.excepthook(type(error), error, error.__traceback__)
                return harmless

        return call

    return held


class Flow(QAbstractTextDocumentLayout):
    """`shifted`: what is looked at lies there now (its top), as what is above it was laid out."""

    shifted = Signal(float)

    def __init__(self, document: QTextDocument, inked: Inked) -> None:
        super().__init__(document)
        self._text = document  # kept, as PySide drops with a document's wrapper what hangs on it
        self._inked = inked
        self._heights: list[float] = []  # of each paragraph: as it is laid out, or guessed
        self._laid: list[bool] = []
        self._tops: list[float] = [0.0]
        self._told = QSizeF()
        self._inking = False
        self._wide = 0.0  # as which it is laid out
        self._at, self._down, self._high = 0, 0.0, 0.0  # looked at: a paragraph, from where in it, how much
        self._turns = Turns(self)
        self._turns.turned.connect(self._tell)

    @property
    def busy(self) -> bool:
        """Whether something is guessed yet."""
        return self._turns.busy

    def look(self, top: float, height: float) -> None:
        """What is looked at from now on; it is laid out when this returns."""
        self._at = self._number_at(top)
        self._down, self._high = top - self._tops[self._at], height
        if self._lay_seen():
            self._tell()

    # ---- what is where

    @property
    def _width(self) -> float:
        return max(1.0, self._text.pageSize().width() - 2 * self._text.documentMargin())

    def _number_at(self, y: float) -> int:
        return min(max(0, bisect_right(self._tops, y) - 1), max(0, len(self._heights) - 1))

    def _place(self) -> None:
        self._tops = list(accumulate(self._heights, initial=self._text.documentMargin()))

    def _in_sight(self) -> float:
        """The top of what is looked at."""
        return self._tops[self._at] + self._down

    # ---- laying out

    def _lay_seen(self) -> bool:
        """Whether there was something to do."""
        laid, number = False, self._at
        while number < len(self._heights) and self._tops[number] <= self._in_sight() + self._high:
            laid |= self._ensure(self._text.findBlockByNumber(number))
            number += 1
        return laid

    def _lay_rest(self) -> Iterator[None]:
        """What lies behind, then what lies before: that moves what is looked at."""
        block = self._text.findBlockByNumber(self._at)
        while block.isValid():
            if self._ensure(block):
                yield
            block = block.next()
        block = self._text.findBlockByNumber(self._at)
        while block.isValid():
            if self._ensure(block):
                yield
            block = block.previous()

    def _ensure(self, block: QTextBlock) -> bool:
        """The paragraph laid out. Whether it was not before."""
        number = block.blockNumber()
        if self._laid[number]:
            return False
        self._laid[number] = True
        height = self._lay(block) + GAP
        if height != self._heights[number]:
            self._heights[number] = height
            self._place()
        return True

    def _lay(self, block: QTextBlock) -> float:
        layout, y = block.layout(), 0.0
        option = self._text.defaultTextOption()
        option.setTextDirection(block.textDirection())
        layout.setTextOption(option)
        self._ink(block)
        width = self._width
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLeadingIncluded(True)
            line.setLineWidth(width)
            line.setPosition(QPointF(0, y))
            y += math.ceil(line.ascent() + line.descent() + line.leading()) * LEADING
        layout.endLayout()
        return y

    def _ink(self, block: QTextBlock) -> None:
        """Qt takes formats for a change of the text, and would tell of it with the next one: not of this."""
        layout = block.layout()
        layout.setFormats(_beside_composed(layout, self._ranges(block)))
        self._inking = True
        self._text.markContentsDirty(block.position(), 0)
        self._inking = False

    @_or_else(Ranges())
    def _ranges(self, block: QTextBlock) -> Ranges:
        return self._inked(block.blockNumber(), block.text())

    def _cleared(self, first: int, stop: int, old: list[float]) -> list[float]:
        """Of paragraphs that are laid out no longer, how high each is: as it was, or guessed."""
        block = self._text.findBlockByNumber(first)
        metrics = QFontMetricsF(self._text.defaultFont())
        line, letter = math.ceil(metrics.height()) * LEADING, metrics.averageCharWidth() / self._width
        guesses = []
        for _ in range(first, stop):
            guesses.append(line * (1 + int(block.length() * letter)) + GAP)
            block.clearLayout()
            block = block.next()
        same = len(old) == len(guesses) and self._width == self._wide
        self._wide = self._width
        return old if same else guesses

    def _tell(self) -> None:
        size = self.documentSize()
        top = self._in_sight()
        if size != self._told:
            self._told = size
            self.documentSizeChanged.emit(size)
        self.shifted.emit(top)

    # ---- Qt's own

    @_or_else(None)
    def documentChanged(self, start: int, removed: int, added: int) -> None:
        if self._inking:
            return
        document, before = self._text, self._heights
        count = document.blockCount()
        first = document.findBlock(start).blockNumber()
        end = document.findBlock(start + added)
        stop = end.blockNumber() + 1 if end.isValid() else count
        old = before[first : stop + len(before) - count]
        self._laid[first : first + len(old)] = [False] * (stop - first)
        self._heights = [*before[:first], *self._cleared(first, stop, old), *before[first + len(old) :]]
        self._place()
        self._at = min(self._at, count - 1)
        self._lay_seen()
        self._tell()
        if self._heights[first:stop] != old:
            self.update.emit()  # all that is looked at: what lies below has moved
        else:
            for number in range(first, stop):
                if self._laid[number]:
                    self.updateBlock.emit(document.findBlockByNumber(number))
        if not all(self._laid):
            self._turns.put_off(self._lay_rest())

    @_or_else(None)
    def draw(self, painter: QPainter, context: QAbstractTextDocumentLayout.PaintContext) -> None:
        clip = context.clip
        marked, left_edge = _marked(context), self._text.documentMargin()
        block = self._text.findBlockByNumber(self._number_at(clip.top()))
        while block.isValid() and self._tops[block.blockNumber()] < clip.bottom():
            self._ensure(block)
            start, stop = block.position(), block.position() + block.length()
            ranges = [
                range_of(left - start, right - start, how)
                for left, right, how in marked
                if left < stop and right > start
            ]
            layout, at = block.layout(), QPointF(left_edge, self._tops[block.blockNumber()])
            layout.draw(painter, at, ranges, clip)
            cursor = context.cursorPosition
            if cursor < -1 and layout.preeditAreaText():
                layout.drawCursor(painter, at, layout.preeditAreaPosition() - (cursor + 2), 1)
            elif start <= cursor < stop:
                layout.drawCursor(painter, at, cursor - start, 1)
            block = block.next()

    @_or_else(-1)
    def hitTest(self, point: QPointF | QPoint | QPainterPath.Element, accuracy: Qt.HitTestAccuracy) -> int:
        assert isinstance(point, QPointF)
        block = self._text.findBlockByNumber(self._number_at(point.y()))
        self._ensure(block)
        at = point - QPointF(self._text.documentMargin(), self._tops[block.blockNumber()])
        layout = block.layout()
        lines = [layout.lineAt(number) for number in range(layout.lineCount())]
        line = next((one for one in reversed(lines) if one.y() <= at.y()), lines[0])
        if accuracy is Qt.HitTestAccuracy.ExactHit and not line.naturalTextRect().contains(at):
            return -1
        return block.position() + line.xToCursor(at.x())

    @_or_else(QRectF())
    def blockBoundingRect(self, block: QTextBlock) -> QRectF:
        if not block.isValid() or block.blockNumber() >= len(self._heights):
            return QRectF()
        self._ensure(block)
        number = block.blockNumber()
        left = self._text.documentMargin()
        return QRectF(left, self._tops[number], self._width, self._heights[number] - GAP)

    @_or_else(QRectF())
    def frameBoundingRect(self, _: QTextFrame) -> QRectF:
        return QRectF(QPointF(), self.documentSize())

    @_or_else(QSizeF())
    def documentSize(self) -> QSizeF:
        return QSizeF(self._text.pageSize().width(), self._tops[-1] - GAP + self._text.documentMargin())

    @_or_else(1)
    def pageCount(self) -> int:
        return 1


def _marked(context: QAbstractTextDocumentLayout.PaintContext) -> Sequence[tuple[int, int, QTextCharFormat]]:
    """(from, to, how) of what is selected or marked. The list is kept while its elements are read: they go
    with it.
    """
    selections = context.selections
    return [
        (one.cursor.selectionStart(), one.cursor.selectionEnd(), QTextCharFormat(one.format))
        for one in selections
        if one.cursor.hasSelection()
    ]


def range_of(start: int, stop: int, how: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, stop - start, how
    return made


def _beside_composed(layout: QTextLayout, ranges: Ranges) -> Ranges:
    """The ranges around what an input method composes, which has its own and is no part of the text."""
    at, size = layout.preeditAreaPosition(), len(layout.preeditAreaText())
    if not size:
        return ranges
    own = [one for one in layout.formats() if at <= one.start and one.start + one.length <= at + size]
    for one in ranges:
        if one.start >= at:
            one.start += size
        elif one.start + one.length > at:
            one.length += size
    return ranges + own
