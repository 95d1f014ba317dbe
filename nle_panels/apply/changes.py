"""What changes on a timeline, as text: it wraps, however long, and is selected and copied like any other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from nle_panels.look.palette import Palette
from nle_panels.look.told import told_line

_INDENT, _SPACE = 16, 8  # ours: pixels, of lines below their title and above a title


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines below a title; none of it is shown where there are no lines. `colour`: the lines', `#rrggbb`."""

    title: str
    lines: tuple[str, ...]
    colour: str | None = None


class ChangesView(QTextEdit):
    """Read with the arrow keys, selected with Shift, copied with Ctrl+C; Tab leads out of it."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setAccessibleName(self.tr("What changes"))

    def show_sections(self, sections: Iterable[Section]) -> None:
        self.clear()
        cursor = self.textCursor()
        for section in sections:
            if section.lines:
                self._write(cursor, section.title, None, title=True)
                for line in section.lines:
                    self._write(cursor, told_line(line), section.colour)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def show_trouble(self, told: str) -> None:
        self.clear()
        self._write(self.textCursor(), told, self._palette.error)

    def _write(self, cursor: QTextCursor, text: str, colour: str | None, *, title: bool = False) -> None:
        block, ink = QTextBlockFormat(), QTextCharFormat()
        if title:
            block.setTopMargin(_SPACE)
            ink.setFontWeight(QFont.Weight.Bold)
        else:
            block.setLeftMargin(_INDENT)
            block.setTopMargin(_SPACE / 4)
        ink.setForeground(QColor(colour or self._palette.text))
        if self.document().isEmpty():
            cursor.setBlockFormat(block)
        else:
            cursor.insertBlock(block)
        cursor.insertText(text, ink)
