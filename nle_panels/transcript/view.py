"""The transcript as a text that flows, in which an editor edits.

The widget shows a document and asks for changes; it never changes its own text. Qt's text control is read-
only throughout (selecting, scrolling, bidirectional text and screen readers are its part), so that no key,
drag or input method gets at the words past the document's operations.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from engine.protocol import Word
from nle_panels.document import correcting, deleting, striking, writing
from nle_panels.document.document import Caret, Document, Edited, Selection
from nle_panels.document.history import START
from nle_panels.document.tokens import Pause, Spoken, Token
from nle_panels.look.palette import Palette
from nle_panels.transcript.ink import Ink
from nle_panels.transcript.lines import Line, lines_of, units
from nle_panels.transcript.margin import Margin, Stamp

_Move, _Keep = QTextCursor.MoveOperation, QTextCursor.MoveMode
_FONT_POINTS = 12.5
_LEADING, _GAP = 130, 10  # percent; pixels between paragraphs
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


class TranscriptView(QTextEdit):
    """`sought`: a place was clicked that the player should go to. `pause_clicked`: and it is a pause."""

    asked = Signal(object)  # Ask
    sought = Signal(object)  # Caret
    pause_clicked = Signal(object, QPoint)  # Caret, in the screen's pixels

    def __init__(self, palette: Palette, stamp: Stamp, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.correcting = False
        self._palette = palette
        self._document = Document(paragraphs=())
        self._words: Sequence[Word] = ()
        self._lines: list[Line] = []
        self._caret = START
        self._showing = False
        self._playing: tuple[int, int] | None = None  # paragraph, token
        self._found: Sequence[Selection] = ()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setAcceptDrops(False)  # files are dropped on the window
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        self.setAccessibleName(self.tr("Transcript"))
        font = QFont(self.font())
        font.setPointSizeF(_FONT_POINTS)
        self.setFont(font)
        self.document().setDocumentMargin(14)
        self._margin = Margin(self, stamp, palette)
        self._place_margin()
        self.verticalScrollBar().valueChanged.connect(self._margin.update_beside)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.document().documentLayout().update.connect(self._margin.update_beside)
        self._ink = Ink(self.document(), self._line_of_block, lambda: self._words, palette)
        self.cursorPositionChanged.connect(self._moved)

    # ---- what is shown

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._ink.set_palette(palette)
        self._margin.set_palette(palette)
        self._mark()

    def open(self, document: Document, words: Sequence[Word]) -> None:
        """Another document, from its beginning."""
        self._words, self._playing, self._found = words, None, ()
        self._document, self._lines = document, lines_of(document.paragraphs)
        self._changing(self._lay_all)
        self._place_margin()
        self._put_caret(START)
        self._mark()

    def show_edited(self, edited: Edited) -> None:
        """The paragraphs that changed, laid out anew, and the caret."""
        before, after = edited.paragraphs_before, edited.paragraphs
        if before or after:
            lines = lines_of(edited.document.paragraphs[after.start : after.stop])
            old = self._lines[before.start : before.stop]
            self._document = edited.document
            self._lines[before.start : before.stop] = lines
            if [line.text for line in old] == [line.text for line in lines]:
                for number in after:
                    self._ink.rehighlightBlock(self.document().findBlockByNumber(number))
            else:
                self._changing(lambda: self._lay(before, after, [line.text for line in old]))
        self._put_caret(edited.caret)
        self._mark()
        self._place_margin()
        self._margin.update()

    def show_playing(self, word: int | None) -> None:
        """The word that is heard is marked and kept in view, unless the editor is at work elsewhere."""
        place = None if word is None else self.place_of_word(word)
        if place == self._playing:
            return
        self._playing = place
        self._mark()
        if place is not None and not self.textCursor().hasSelection():
            self._keep_in_view(place)

    def show_found(self, found: Sequence[Selection]) -> None:
        self._found = found
        self._mark()

    def place_of_word(self, word: int) -> tuple[int, int] | None:
        """The paragraph and token that say a word of the transcript."""
        firsts = [_first_word(line.tokens) for line in self._lines]
        known = [(first, number) for number, first in enumerate(firsts) if first is not None]
        at = bisect_right(known, (word, len(firsts))) - 1
        if at < 0:
            return None
        number = known[at][1]
        for index, token in enumerate(self._lines[number].tokens):
            if isinstance(token, Spoken) and token.first <= word < token.stop:
                return number, index
        return None

    # ---- places

    def selection(self) -> Selection:
        cursor = self.textCursor()
        return Selection(anchor=self._caret_at(cursor.anchor()), caret=self._caret_at(cursor.position()))

    def caret(self) -> Caret:
        return self._caret

    def token(self, caret: Caret) -> Token | None:
        tokens = self._lines[caret.paragraph].tokens if self._lines else ()
        return tokens[caret.token] if tokens else None

    def select(self, selection: Selection) -> None:
        cursor = self.textCursor()
        cursor.setPosition(self._position_of(selection.anchor))
        cursor.setPosition(self._position_of(selection.caret), _Keep.KeepAnchor)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _caret_at(self, position: int) -> Caret:
        block = self.document().findBlock(position)
        return self._lines[block.blockNumber()].caret_at(block.blockNumber(), position - block.position())

    def _position_of(self, caret: Caret) -> int:
        block = self.document().findBlockByNumber(caret.paragraph)
        return block.position() + self._lines[caret.paragraph].place_of(caret.token, caret.offset)

    def _line_of_block(self, number: int) -> Line | None:
        return self._lines[number] if number < len(self._lines) else None

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
        if self._document.paragraphs:
            self.asked.emit(Ask(label=label, before=self._caret, operation=operation, typed=typed))

    # ---- mouse

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() != Qt.MouseButton.LeftButton or self.textCursor().hasSelection() or not self._lines:
            return
        caret = self._caret_at(self.cursorForPosition(event.position().toPoint()).position())
        self.sought.emit(caret)
        if isinstance(self.token(caret), Pause):
            self.pause_clicked.emit(caret, event.globalPosition().toPoint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_margin()
        self._scrolled()

    def _place_margin(self) -> None:
        """As wide as what is said in it needs."""
        self._margin.has_names = any(paragraph.speaker for paragraph in self._document.paragraphs)
        width, inside = self._margin.sizeHint().width(), self.contentsRect()
        if self.viewportMargins().left() != width:
            self.setViewportMargins(width, 0, 0, 0)
        self._margin.setGeometry(QRect(inside.left(), inside.top(), width, inside.height()))

    def shown_blocks(self) -> list[tuple[int, int]]:
        """(paragraph, y of its first line in the viewport) of each paragraph that is in view."""
        found = []
        layout, scrolled = self.document().documentLayout(), self.verticalScrollBar().value()
        block: QTextBlock = self.cursorForPosition(QPoint(0, 0)).block()
        while block.isValid() and block.blockNumber() < len(self._lines):
            top = round(layout.blockBoundingRect(block).top()) - scrolled
            if top > self.viewport().height():
                break
            found.append((block.blockNumber(), top))
            block = block.next()
        return found

    # ---- inside

    def _moved(self) -> None:
        """The caret was moved by hand: a word that was being typed where it was is finished."""
        if self._showing or not self._lines:
            return
        left, self._caret = self._caret, self._caret_at(self.textCursor().position())
        caret = self._caret
        settled = writing.settle(self._document, left, caret)
        if settled.document is not self._document:
            self._ask(self.tr("Typing"), lambda d: writing.settle(d, left, caret), typed=True)

    def _changing(self, change: Callable[[], None]) -> None:
        self._showing = True
        try:
            change()
        finally:
            self._showing = False

    def _lay_all(self) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        form = QTextBlockFormat()
        form.setLineHeight(_LEADING, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        form.setBottomMargin(_GAP)
        cursor.setBlockFormat(form)
        cursor.insertText("\n".join(line.text for line in self._lines))

    def _lay(self, before: range, after: range, old: list[str]) -> None:
        """The blocks `before`, whose texts are `old`, give way to those of the lines `after`.

        Only what differs is touched, in one step: every block that changes its height moves all behind it.
        Where one of the two is empty a block that stays goes along: Qt knows no block of nothing.
        """
        first, stop = before.start, after.stop
        if not before or not after:
            beside = first - 1 if first else stop
            old = [self._lines[beside].text, *old] if first else [*old, self._lines[beside].text]
            first, stop = min(first, beside), max(stop, beside + 1)
        gone, new = "\n".join(old), "\n".join(line.text for line in self._lines[first:stop])
        head = _alike(gone, new)
        tail = _alike(gone[head:][::-1], new[head:][::-1])
        start = self.document().findBlockByNumber(first).position() + units(gone[:head])
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(start + units(gone[head : len(gone) - tail]), _Keep.KeepAnchor)
        cursor.insertText(new[head : len(new) - tail])

    def _put_caret(self, caret: Caret) -> None:
        self._caret = caret
        if not self._lines:
            return

        def put() -> None:
            cursor = self.textCursor()
            cursor.setPosition(self._position_of(caret))
            self.setTextCursor(cursor)

        self._changing(put)

    def _keep_in_view(self, place: tuple[int, int]) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position_of(Caret(paragraph=place[0], token=place[1], offset=0)))
        seen = self.cursorRect(cursor)
        if seen.top() < 0 or seen.bottom() > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + seen.top() - 2 * seen.height())

    def _mark(self) -> None:
        """Marks that are no part of the text: the word that is heard, and what was found."""
        marks = [self._extra(one, self._palette.selection) for one in self._found_in_view()]
        if self._playing is not None:
            number, token = self._playing
            line = self._lines[number]
            block = self.document().findBlockByNumber(number).position()
            marks.append(
                self._between(block + line.starts[token], block + line.ends[token], self._palette.playing)
            )
        self.setExtraSelections(marks)

    def _found_in_view(self) -> Sequence[Selection]:
        """A mark costs a cursor, and of what was found there may be thousands."""
        if not self._found:
            return ()
        shown = [number for number, _ in self.shown_blocks()] or [0]
        first = bisect_left(self._found, shown[0], key=lambda one: one.start.paragraph)
        stop = bisect_right(self._found, shown[-1], key=lambda one: one.start.paragraph)
        return self._found[first:stop]

    def _scrolled(self) -> None:
        if self._found:
            self._mark()

    def _extra(self, selection: Selection, colour: str) -> QTextEdit.ExtraSelection:
        return self._between(self._position_of(selection.start), self._position_of(selection.stop), colour)

    def _between(self, start: int, stop: int, colour: str) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(stop, _Keep.KeepAnchor)
        form = QTextCharFormat()
        form.setBackground(QColor(colour))
        mark.cursor, mark.format = cursor, form
        return mark


def _first_word(tokens: Sequence[Token]) -> int | None:
    return next((token.first for token in tokens if isinstance(token, Spoken)), None)


def _alike(one: str, other: str) -> int:
    """How many characters the two begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((count for count, (a, b) in pairs if a != b), min(len(one), len(other)))


def _is_own(event: QKeyEvent) -> bool:
    return _is_text(event) or event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


def _is_text(event: QKeyEvent) -> bool:
    text = event.text()
    return bool(text) and not event.modifiers() & _MODIFIED and text.isprintable()
