"""Beside the text: who speaks, and when each paragraph begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from nle_panels.look.palette import Palette

if TYPE_CHECKING:
    from nle_panels.transcript.page import Page

Stamp = Callable[[int], tuple[str, str]]
"""Of a paragraph: the speaker where that is another one than before, and the timecode of its first word."""

_WIDTH, _NAMELESS, _EDGE = 176, 108, 12
_SIZE = 0.8  # of the text's
_DROP = 1  # pixels below a block's top, where the first line of text has its middle
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Margin(QWidget):
    def __init__(self, page: Page, stamp: Stamp, palette: Palette) -> None:
        super().__init__(page)
        self._page, self._stamp, self._palette = page, stamp, palette
        self.has_names = False  # whether there are speakers to be named

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self.update()

    def update_beside(self, *_: object) -> None:
        """The text was scrolled or drawn anew."""
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH if self.has_names else _NAMELESS, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._palette.panel))
        small = QFont(self.font())
        small.setPointSizeF(self._page.font().pointSizeF() * _SIZE)
        bold = QFont(small)
        bold.setBold(True)
        height = self._page.fontMetrics().height()
        for paragraph, top in self._page.shown_blocks():
            speaker, timecode = self._stamp(paragraph)
            line = QRect(_EDGE, top + _DROP, self.width() - 2 * _EDGE, height)
            painter.setFont(small)
            painter.setPen(QColor(self._palette.muted))
            painter.drawText(line, _RIGHT, timecode)
            line.setRight(line.right() - painter.fontMetrics().horizontalAdvance(timecode) - _EDGE)
            painter.setFont(bold)
            painter.setPen(QColor(self._palette.text))
            elided = painter.fontMetrics().elidedText(speaker, Qt.TextElideMode.ElideRight, line.width())
            painter.drawText(line, _LEFT, elided)
        painter.end()
