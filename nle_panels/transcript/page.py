"""The transcript as a text that flows: shown, gone through, marked.

Qt's text control is read-only throughout (selecting, scrolling, bidirectional text and screen readers are its
part), and what it shows is written here alone, from a document.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QInputEvent,
    QInputMethodEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from engine.protocol import Word
from nle_panels.document.document import Caret, Document, Edited, Selection
from nle_panels.document.history import START
from nle_panels.document.tokens import Token
from nle_panels.look.palette import Palette
from nle_panels.transcript import written
from nle_panels.transcript.flow import Flow, Ranges
from nle_panels.transcript.ink import Ink
from nle_panels.transcript.lines import Lines
from nle_panels.transcript.margin import Margin, Stamp
from nle_panels.turns import Turns

_KEEP = QTextCursor.MoveMode.KeepAnchor
_FONT_POINTS = 12.5


class Page(QTextEdit):
    """`went`: from a caret to another one, by hand."""

    went = Signal(object, object)  # Caret, Caret

    def __init__(self, palette: Palette, stamp: Stamp, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._shown = Document(paragraphs=())
        self._words: Sequence[Word] = ()
        self._lines = Lines(())
        self._caret = START
        self._showing = False
        self._playing: tuple[int, int] | None = None  # paragraph, token
        self._found: Sequence[Selection] = ()
        self._ink = Ink(palette)
        self._writing = Turns(self)
        self._set_up()
        self._flow = Flow(self.document(), self._inked)
        self.document().setDocumentLayout(self._flow)
        self._margin = Margin(self, stamp, palette)
        self._place_margin()
        self._flow.shifted.connect(self._shift)
        self._flow.update.connect(self._margin.update_beside)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.cursorPositionChanged.connect(self._moved)

    def _set_up(self) -> None:
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
        self.setAcceptDrops(False)  # files are dropped on the window
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAcceptRichText(False)
        font = QFont(self.font())
        font.setPointSizeF(_FONT_POINTS)
        self.setFont(font)
        self.document().setDocumentMargin(14)

    # ---- what is shown

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._ink = Ink(palette)
        self._margin.set_palette(palette)
        self._writing.finish()
        self.document().markContentsDirty(0, self.document().characterCount())
        self._mark()

    def open(self, document: Document, words: Sequence[Word]) -> None:
        """Another document, from its beginning. It is there when something is asked of it."""
        self._words, self._playing, self._found = words, None, ()
        self._shown, self._lines, self._caret = document, Lines(document.paragraphs), START
        self._writing.take(self._opened())

    def show_edited(self, edited: Edited) -> None:
        """The paragraphs that changed, laid out anew, and the caret; as with `open`."""
        self._writing.finish()
        self._shown, self._caret = edited.document, edited.caret
        self._writing.take(self._edited(edited.paragraphs_before, edited.paragraphs))

    def show_playing(self, word: int | None) -> None:
        """The word that is heard is marked and kept in view, unless the editor is at work elsewhere."""
        place = None if word is None else self.place_of_word(word)
        if place == self._playing:
            return
        self._playing = place
        if self._writing.busy:  # it is marked when it is there
            return
        self._mark()
        if place is not None and not self.textCursor().hasSelection():
            self._keep_in_view(place)

    def show_found(self, found: Sequence[Selection]) -> None:
        self._found = found
        self._writing.finish()
        self._mark()

    def place_of_word(self, word: int) -> tuple[int, int] | None:
        """The paragraph and token that say a word of the transcript."""
        return self._lines.place_of_word(word)

    # ---- places

    def selection(self) -> Selection:
        self._writing.finish()
        cursor = self.textCursor()
        return Selection(anchor=self._caret_at(cursor.anchor()), caret=self._caret_at(cursor.position()))

    def caret(self) -> Caret:
        return self._caret

    def token(self, caret: Caret) -> Token | None:
        tokens = self._shown.paragraphs[caret.paragraph].tokens if self._shown.paragraphs else ()
        return tokens[caret.token] if tokens else None

    def select(self, selection: Selection) -> None:
        self._writing.finish()
        cursor = self.textCursor()
        cursor.setPosition(self._position_of(selection.anchor))
        cursor.setPosition(self._position_of(selection.caret), _KEEP)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _caret_at(self, position: int) -> Caret:
        block = self.document().findBlock(position)
        return self._lines[block.blockNumber()].caret_at(block.blockNumber(), position - block.position())

    def _position_of(self, caret: Caret) -> int:
        block = self.document().findBlockByNumber(caret.paragraph)
        return block.position() + self._lines[caret.paragraph].place_of(caret.token, caret.offset)

    def shown_blocks(self) -> list[tuple[int, int]]:
        """(paragraph, y of its first line in the viewport) of each paragraph that is in view."""
        found = []
        scrolled = self.verticalScrollBar().value()
        block: QTextBlock = self.cursorForPosition(QPoint(0, 0)).block()
        while block.isValid() and block.blockNumber() < len(self._lines):
            top = round(self._flow.blockBoundingRect(block).top()) - scrolled
            if top > self.viewport().height():
                break
            found.append((block.blockNumber(), top))
            block = block.next()
        return found

    # ---- writing

    def _inked(self, number: int, text: str) -> Ranges:
        if number >= len(self._lines) or self._lines[number].text != text:  # on its way in or out
            return []
        return self._ink.ranges(self._lines[number], self._words)

    def _changing(self, change: Callable[[], None]) -> None:
        """What Qt says of the caret meanwhile is not an editor's doing."""
        self._showing = True
        try:
            change()
        finally:
            self._showing = False

    def _opened(self) -> Iterator[None]:
        texts = []
        for number in range(len(self._lines)):
            texts.append(self._lines.text(number))
            yield
        self._changing(lambda: self.setPlainText("\n".join(texts)))
        yield
        self._wrote()

    def _edited(self, before: range, after: range) -> Iterator[None]:
        """The blocks `before` give way to those of the paragraphs `after`."""
        old = [self.document().findBlockByNumber(number).text() for number in before]
        self._lines.splice(before, self._shown.paragraphs[after.start : after.stop])
        new = []
        for number in after:
            new.append(self._lines.text(number))
            yield
        if old != new:
            self._changing(lambda: written.write(self.document(), before.start, old, new))
        elif old:  # told apart by their ink
            written.touch(self.document(), after)
        self._wrote()

    def _wrote(self) -> None:
        self._place_margin()
        self._margin.update()
        self._put_caret(self._caret)
        self._mark()

    def _put_caret(self, caret: Caret) -> None:
        self._caret = caret
        if not len(self._lines):
            return

        def put() -> None:
            cursor = self.textCursor()
            cursor.setPosition(self._position_of(caret))
            self.setTextCursor(cursor)

        self._changing(put)

    def _moved(self) -> None:
        if not self._showing and len(self._lines):
            left, self._caret = self._caret, self._caret_at(self.textCursor().position())
            self.went.emit(left, self._caret)

    def event(self, event: QEvent) -> bool:
        self._finish_before(event)
        return super().event(event)

    def viewportEvent(self, event: QEvent) -> bool:
        self._finish_before(event)
        return super().viewportEvent(event)

    def _finish_before(self, event: QEvent) -> None:
        """What comes from a hand is meant for what is shown last."""
        if isinstance(event, QInputEvent | QInputMethodEvent):
            self._writing.finish()

    # ---- scrolling

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_margin()
        self._scrolled()

    def _place_margin(self) -> None:
        """As wide as what is said in it needs."""
        self._margin.has_names = any(paragraph.speaker for paragraph in self._shown.paragraphs)
        width, inside = self._margin.sizeHint().width(), self.contentsRect()
        if self.viewportMargins().left() != width:
            self.setViewportMargins(width, 0, 0, 0)
        self._margin.setGeometry(QRect(inside.left(), inside.top(), width, inside.height()))

    def _scrolled(self) -> None:
        self._flow.look(self.verticalScrollBar().value(), self.viewport().height())
        self._margin.update()
        if self._found:
            self._mark()

    def _shift(self, top: float) -> None:
        """What is looked at stays where it is, though what is above it has grown or shrunk."""
        bar = self.verticalScrollBar()
        if bar.value() != round(top):
            bar.setValue(round(top))

    def _keep_in_view(self, place: tuple[int, int]) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position_of(Caret(paragraph=place[0], token=place[1], offset=0)))
        seen = self.cursorRect(cursor)
        if seen.top() < 0 or seen.bottom() > self.viewport().height():
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + seen.top() - 2 * seen.height())

    # ---- marks

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

    def _extra(self, selection: Selection, colour: str) -> QTextEdit.ExtraSelection:
        return self._between(self._position_of(selection.start), self._position_of(selection.stop), colour)

    def _between(self, start: int, stop: int, colour: str) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(stop, _KEEP)
        form = QTextCharFormat()
        form.setBackground(QColor(colour))
        mark.cursor, mark.format = cursor, form
        return mark
