"""A long text is open at once: what is looked at is laid out, all else in turns, and nothing leaps."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit
from pytestqt.qtbot import QtBot

from nle_panels.transcript.flow import Flow, Ranges

LETTERS = "wide and narrow letters, so that no guess of a paragraph's height is quite right: ill, MWM "


class LongText(QTextEdit):
    """For four hundred paragraphs of one to nine lines. `laid`: which were laid out, one after another."""

    def __init__(self) -> None:
        super().__init__()
        self.laid: list[int] = []
        self.flow = Flow(self.document(), self._inked)
        self.document().setDocumentLayout(self.flow)
        self.setReadOnly(True)
        self.flow.shifted.connect(lambda top: self.verticalScrollBar().setValue(round(top)))
        self.verticalScrollBar().valueChanged.connect(lambda top: self.flow.look(top, 300))
        self.resize(400, 300)
        self.show()
        self.flow.look(0, 300)

    def _inked(self, number: int, _: str) -> Ranges:
        self.laid.append(number)
        return []

    def fill(self) -> None:
        self.setPlainText("\n".join(f"{number} " + LETTERS * (1 + number % 5) for number in range(400)))

    def bounds(self) -> list[QRectF]:
        """Where each paragraph lies."""
        numbers = range(self.document().blockCount())
        return [self.flow.blockBoundingRect(self.document().findBlockByNumber(number)) for number in numbers]

    def first_in_view(self) -> tuple[int, int]:
        """The paragraph at the upper edge, and where it begins."""
        block = self.cursorForPosition(QPoint(5, 2)).block()
        top = self.flow.blockBoundingRect(block).top() - self.verticalScrollBar().value()
        return block.blockNumber(), round(top)


@pytest.fixture
def text(qtbot: QtBot) -> LongText:
    """Empty: between a test and its fixtures Qt's events are gone through."""
    made = LongText()
    qtbot.addWidget(made)
    return made


def until_laid_out(text: LongText, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not text.flow.busy, timeout=20_000)


def test_at_first_little_more_is_laid_out_than_what_is_looked_at(text: LongText) -> None:
    text.fill()
    assert 2 < len(set(text.laid)) < 40


def test_all_is_laid_out_in_the_end_one_below_the_other(text: LongText, qtbot: QtBot) -> None:
    text.fill()
    until_laid_out(text, qtbot)
    assert set(text.laid) == set(range(400))
    bounds = text.bounds()
    assert all(above.bottom() < below.top() for above, below in pairwise(bounds))
    assert text.flow.documentSize().height() == pytest.approx(bounds[-1].bottom() + 4)  # the margin


def test_a_place_that_is_not_laid_out_yet_is_gone_to(text: LongText) -> None:
    text.fill()
    text.setTextCursor(QTextCursor(text.document().findBlockByNumber(333)))
    text.ensureCursorVisible()
    assert 0 <= text.cursorRect().top() < text.viewport().height()
    assert 333 in text.laid
    assert 200 not in text.laid


def test_what_is_looked_at_stays_while_what_is_above_it_is_laid_out(text: LongText, qtbot: QtBot) -> None:
    text.fill()
    bar = text.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    (before, top), scrolled = text.first_in_view(), bar.value()
    until_laid_out(text, qtbot)
    after, now = text.first_in_view()
    assert after == before
    assert abs(now - top) <= 2  # a scroll bar counts whole pixels
    assert bar.value() != scrolled


def test_a_change_lays_out_the_paragraph_that_it_is_in(text: LongText, qtbot: QtBot) -> None:
    text.fill()
    until_laid_out(text, qtbot)
    text.laid.clear()
    cursor = QTextCursor(text.document().findBlockByNumber(200))
    cursor.insertText("new ")
    until_laid_out(text, qtbot)
    assert text.laid == [200]


def test_paragraphs_come_and_go(text: LongText, qtbot: QtBot) -> None:
    text.fill()
    until_laid_out(text, qtbot)
    cursor = QTextCursor(text.document().findBlockByNumber(200))
    cursor.deletePreviousChar()
    cursor.insertText("one\ntwo\nthree ")
    until_laid_out(text, qtbot)
    assert len(text.bounds()) == 401
    assert all(above.bottom() < below.top() for above, below in pairwise(text.bounds()))


def test_of_another_width_it_is_laid_out_anew(text: LongText, qtbot: QtBot) -> None:
    text.fill()
    until_laid_out(text, qtbot)
    height = text.flow.documentSize().height()
    text.laid.clear()
    text.resize(800, 300)
    assert len(set(text.laid)) < 40
    until_laid_out(text, qtbot)
    assert text.flow.documentSize().height() < 0.7 * height


def test_a_place_on_the_screen_is_the_place_in_the_text(text: LongText) -> None:
    text.fill()
    cursor = QTextCursor(text.document().findBlockByNumber(2))
    cursor.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.MoveAnchor, 12)
    seen = text.cursorRect(cursor)
    assert text.cursorForPosition(seen.center()).position() == cursor.position()
    assert text.cursorForPosition(QPoint(390, seen.center().y())).positionInBlock() > 12
    assert text.cursorForPosition(QPoint(0, seen.center().y())).positionInBlock() < 12


@pytest.mark.parametrize(
    "ask",
    [
        lambda text: text.cursorForPosition(QPoint(5, 5)),
        lambda text: text.viewport().repaint(),
        lambda text: text.setPlainText("other words"),
        lambda text: text.cursorRect(),
        lambda text: text.resize(200, 200),
        lambda text: text.ensureCursorVisible(),
    ],
    ids=["a place", "drawing", "a change", "a rectangle", "another size", "scrolling"],
)
def test_a_fault_in_what_qt_calls_is_told_and_the_window_stays(
    text: LongText, ask: Callable[[LongText], object], qtbot: QtBot
) -> None:
    """Of Pickup's own making: where everything is has been lost. Uncaught it would end this process."""
    text.fill()
    text.flow._turns.finish()
    flow = text.flow
    kept = flow._tops, flow._heights
    with qtbot.captureExceptions() as told:
        del flow._tops, flow._heights
        ask(text)
    flow._tops, flow._heights = kept
    assert {kind for kind, _, _ in told} == {AttributeError}


def test_a_paragraph_that_cannot_be_inked_is_seen_without_ink(
    text: LongText, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def inked(number: int, _: str) -> Ranges:
        if number == 2:
            raise ValueError("no ink")
        return []

    monkeypatch.setattr(text.flow, "_inked", inked)
    with qtbot.captureExceptions() as told:
        text.fill()
        until_laid_out(text, qtbot)
        text.viewport().repaint()
    assert {str(error) for _, error, _ in told} == {"no ink"}
    assert text.document().findBlockByNumber(2).layout().lineCount() > 0


SCRIPT = """
from PySide6.QtWidgets import QApplication, QTextEdit
from nle_panels.transcript.flow import Flow

app = QApplication([])
text = QTextEdit()
text.document().setDocumentLayout(Flow(text.document(), lambda number, said: []))
text.setPlainText("a line of words\\n" * 2000)
text.show()
app.processEvents()
{how}
"""


@pytest.mark.parametrize(
    "how", ["", "raise SystemExit", "del app", "del text", "text.document().deleteLater()"]
)
def test_a_script_may_end_with_its_window_open(how: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(how=how)], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "")
    assert "Traceback" not in ended.stderr
