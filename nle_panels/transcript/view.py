"""The transcript that an editor edits: keys, the mouse and input methods ask for changes of the document.

No key, drag or input method gets at the words past the document's operations: the page is written from the
document that comes back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import (
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QWidget

from nle_panels.document import correcting, deleting, striking, writing
from nle_panels.document.document import Caret, Document, Edited, Selection
from nle_panels.document.tokens import Pause
from nle_panels.look.palette import Palette
from nle_panels.transcript.margin import Stamp
from nle_panels.transcript.page import Page

_Move = QTextCursor.MoveOperation
_WORDWISE = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
_DELETES = {  # (backward, by words)
    (True, False): _Move.PreviousCharacter,
    (True, True): _Move.PreviousWord,
    (False, False): _Move.NextCharacter,
    (False, True): _Move.NextWord,
}
_MODIFIED = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A step that the editor asks for: `before` is where the caret is; `typed` a keystroke of a stretch."""

    label: str
    before: Caret
    operation: Callable[[Document], Edited]
    typed: bool = False


class TranscriptView(Page):
    """`sought`: a place was clicked that the player should go to. `pause_clicked`: and it is a pause."""

    asked = Signal(object)  # Ask
    sought = Signal(object)  # Caret
    pause_clicked = Signal(object, QPoint)  # Caret, in the screen's pixels

    def __init__(self, palette: Palette, stamp: Stamp, parent: QWidget | None = None) -> None:
        super().__init__(palette, stamp, parent)
        self.correcting = False
        self.setAccessibleName(self.tr("Transcript"))
        self.went.connect(self._settle)

    # ---- keys

    def event(self, event: QEvent) -> bool:
        """What is typed here is not a shortcut, though a command of the window's has the same keys."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        selecting = self.textCursor().hasSelection()
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif event.matches(QKeySequence.StandardKey.Cut):
            self.copy()
            self.strike()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & _MODIFIED:
            self.type("\n")
        elif event.key() == Qt.Key.Key_Backspace:
            self._delete(event, backward=True) if not selecting else self.strike()
        elif event.key() == Qt.Key.Key_Delete:
            self._delete(event, backward=False) if not selecting else self.strike()
        elif _is_text(event):
            self.type(event.text())
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """What is composed Qt shows; what is committed is typed."""
        if self.textCursor().hasSelection() and (event.preeditString() or event.commitString()):
            self.strike()
        if event.commitString():
            self.type(event.commitString())
        super().inputMethodEvent(QInputMethodEvent(event.preeditString(), event.attributes()))

    def insertFromMimeData(self, source: QMimeData) -> None:
        if source.hasText():
            self.type(source.text(), pasted=True)

    def paste(self) -> None:
        if text := QGuiApplication.clipboard().text():
            self.type(text, pasted=True)

    def type(self, text: str, *, pasted: bool = False) -> None:
        """Text at the caret, or over the selection; in correct mode it mends what was heard."""
        selection = self.selection()
        if self.correcting and "\n" not in text:
            self._ask(self.tr("Correct"), lambda d: correcting.correct(d, selection, text), typed=not pasted)
        elif selection.empty:
            caret = self._caret
            label = self.tr("Paste") if pasted else self.tr("Typing")
            self._ask(label, lambda d: writing.insert_text(d, caret, text), typed=not pasted)
        else:
            self._ask(self.tr("Replace"), lambda d: writing.replace(d, selection, text))

    def strike(self) -> None:
        """Out with what is selected, or with the token that the caret is in."""
        selection = self.selection()
        if self.correcting and not selection.empty:
            self._ask(self.tr("Correct"), lambda d: correcting.correct(d, selection, ""))
        else:
            self._ask(self.tr("Strike out"), lambda d: striking.strike(d, selection))

    def _delete(self, event: QKeyEvent, *, backward: bool) -> None:
        cursor = self.textCursor()
        move = _DELETES[backward, bool(event.modifiers() & _WORDWISE)]
        if not cursor.movePosition(move):
            return
        caret, target = self._caret, self._caret_at(cursor.position())
        if self.correcting:
            reach = Selection(anchor=caret, caret=target)
            self._ask(self.tr("Correct"), lambda d: correcting.correct(d, reach, ""), typed=True)
            return
        delete = deleting.delete_backward if backward else deleting.delete_forward
        self._ask(self.tr("Delete"), lambda d: delete(d, caret, target), typed=True)

    def _ask(self, label: str, operation: Callable[[Document], Edited], *, typed: bool = False) -> None:
        if self._shown.paragraphs:
            self.asked.emit(Ask(label=label, before=self._caret, operation=operation, typed=typed))

    def _settle(self, left: Caret, caret: Caret) -> None:
        """The caret was moved by hand: a word that was being typed where it was is finished."""
        settled = writing.settle(self._shown, left, caret)
        if settled.document is not self._shown:
            self._ask(self.tr("Typing"), lambda d: writing.settle(d, left, caret), typed=True)

    # ---- mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if (
            event.button() != Qt.MouseButton.LeftButton
            or self.textCursor().hasSelection()
            or not len(self._lines)
        ):
            return
        caret = self._caret_at(self.cursorForPosition(event.position().toPoint()).position())
        self.sought.emit(caret)
        if isinstance(self.token(caret), Pause):
            self.pause_clicked.emit(caret, event.globalPosition().toPoint())


def _is_own(event: QKeyEvent) -> bool:
    return _is_text(event) or event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


def _is_text(event: QKeyEvent) -> bool:
    text = event.text()
    return bool(text) and not event.modifiers() & _MODIFIED and text.isprintable()
