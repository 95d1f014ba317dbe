"""The transcript on the screen: keys and the mouse ask for changes, and what is shown is the document."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import median, quantiles

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QTextCursor
from pytestqt.qtbot import QtBot

from bridge.transcript import Window
from engine.protocol import Ratio, Transcript, Word
from nle_panels.document import history
from nle_panels.document.document import Caret, Document, Selection
from nle_panels.document.opening import opened
from nle_panels.document.search import Query, find_all
from nle_panels.document.tokens import New, Spoken
from nle_panels.look.palette import DARK, LIGHT
from nle_panels.transcript.lines import line_of
from nle_panels.transcript.view import Ask, TranscriptView

SAID = "This feature rocks and we will most likely launch it".split()
Key = Qt.Key


def transcript(
    texts: list[str], gap: float = 0.02, speaker: Callable[[int], str] = lambda _: "Anna"
) -> Transcript:
    words, at = [], 0.0
    for number, text in enumerate(texts):
        words.append(Word(text=text, start=at, end=at + 0.3, confidence=0.9, speaker=speaker(number)))
        at += 0.3 + gap
    return Transcript(
        fingerprint="f", duration=Ratio(num=int(at) + 1), words=tuple(words), energy=b"", source="aligned"
    )


class Desk:
    """A view with a document behind it, as the session keeps one."""

    def __init__(self, qtbot: QtBot, said: Transcript) -> None:
        self.qtbot, self.labels = qtbot, list[str]()
        self.view = TranscriptView(DARK, lambda paragraph: ("Anna", "00:00:01:00"))
        qtbot.addWidget(self.view)
        self.view.resize(600, 300)
        self.view.show()
        document = opened(said, Window(start=0, stop=len(said.words)))
        self.history = history.begun(document)
        self.view.open(document, said.words)
        self.view.asked.connect(self._do)

    def _do(self, ask: Ask) -> None:
        edited = ask.operation(self.history.document)
        self.history = history.push(self.history, edited, ask.label, ask.before)
        self.labels.append(ask.label)
        self.view.show_edited(edited)

    @property
    def document(self) -> Document:
        return self.history.document

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.view, key, modifier)

    def type(self, text: str) -> None:
        """QTest's own typing knows ASCII alone."""
        for character in text:
            key = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
            QGuiApplication.sendEvent(self.view, key)

    def put_caret(self, token: int, offset: int, paragraph: int = 0) -> None:
        place = Caret(paragraph=paragraph, token=token, offset=offset)
        self.view.select(Selection(anchor=place, caret=place))

    def words(self) -> str:
        """~struck~, +new+, and words as said."""
        shown = []
        for paragraph in self.document.paragraphs:
            for token in paragraph.tokens:
                match token:
                    case Spoken(struck=True, text=text):
                        shown.append(f"~{text}~")
                    case Spoken(text=text):
                        shown.append(text)
                    case New(text=text):
                        shown.append(f"+{text}+")
        return " ".join(shown)

    def check(self) -> None:
        """What is shown is the document, and the caret where it was put."""
        lines = [line_of(paragraph).text for paragraph in self.document.paragraphs]
        assert self.view.toPlainText().replace("\u00a0", " ").split("\n") == [
            line.replace("\u00a0", " ") for line in lines
        ]


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(qtbot, transcript(SAID))


def test_delete_strikes_what_is_selected_and_the_words_stay_to_be_seen(desk: Desk) -> None:
    desk.view.select(
        Selection(anchor=Caret(paragraph=0, token=6, offset=0), caret=Caret(paragraph=0, token=7, offset=6))
    )
    desk.press(Key.Key_Delete)
    assert desk.words() == "This feature rocks and we will ~most~ ~likely~ launch it"
    assert "most likely" in desk.view.toPlainText()
    desk.check()


def test_words_are_typed_between_words(desk: Desk) -> None:
    desk.put_caret(0, 4)
    desk.type(" awesome new")
    assert desk.words() == "This +awesome+ +new+ feature rocks and we will most likely launch it"
    desk.check()


def test_typing_over_a_selection_replaces_it(desk: Desk) -> None:
    desk.view.select(
        Selection(anchor=Caret(paragraph=0, token=2, offset=0), caret=Caret(paragraph=0, token=2, offset=5))
    )
    desk.type("rules")
    assert desk.words() == "This feature ~rocks~ +rules+ and we will most likely launch it"
    desk.check()


def test_backspace_strikes_the_word_before_and_then_steps_over_it(desk: Desk) -> None:
    desk.put_caret(2, 5)
    desk.press(Key.Key_Backspace)
    assert "~rocks~" in desk.words()
    desk.press(Key.Key_Backspace)
    assert desk.words().count("~") == 4
    desk.check()


def test_return_begins_a_paragraph_and_backspace_joins_it_again(desk: Desk) -> None:
    desk.put_caret(3, 0)
    desk.press(Key.Key_Return)
    assert len(desk.document.paragraphs) == 2
    desk.check()
    desk.press(Key.Key_Backspace)
    desk.check()
    assert len(desk.document.paragraphs) == 1


def test_correct_mode_mends_the_text_and_strikes_nothing(desk: Desk) -> None:
    desk.view.correcting = True
    desk.put_caret(2, 5)
    for _ in "rocks":
        desk.press(Key.Key_Backspace)
    desk.type("talks")
    assert desk.words() == "This feature talks and we will most likely launch it"
    desk.check()


def test_text_is_pasted_and_cut(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("really really")
    desk.put_caret(4, 2)
    desk.press(Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert desk.words() == "This feature rocks and we +really+ +really+ will most likely launch it"
    desk.view.select(
        Selection(anchor=Caret(paragraph=0, token=5, offset=0), caret=Caret(paragraph=0, token=6, offset=6))
    )
    desk.press(Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    assert desk.words() == "This feature rocks and we will most likely launch it"
    assert QGuiApplication.clipboard().text() == "really really"
    desk.check()


def test_what_an_input_method_commits_is_typed_and_what_it_composes_is_not(desk: Desk) -> None:
    desk.put_caret(1, 7)
    composing = QInputMethodEvent("きょう", [])
    QGuiApplication.sendEvent(desk.view, composing)
    assert desk.words() == " ".join(SAID)
    committed = QInputMethodEvent("", [])
    committed.setCommitString(" 今日")
    QGuiApplication.sendEvent(desk.view, committed)
    assert desk.words() == "This feature +今日+ rocks and we will most likely launch it"
    desk.check()


def test_nothing_but_the_documents_operations_changes_the_text(desk: Desk) -> None:
    before = desk.view.toPlainText()
    desk.view.select(
        Selection(anchor=Caret(paragraph=0, token=0, offset=0), caret=Caret(paragraph=0, token=2, offset=5))
    )
    desk.view.asked.disconnect()
    for key in (Key.Key_Delete, Key.Key_Backspace, Key.Key_Return, Key.Key_A):
        desk.press(key)
    dropped = QMimeData()
    dropped.setText("dropped")
    desk.view.insertFromMimeData(dropped)
    assert desk.view.toPlainText() == before


def test_a_click_seeks_the_word_and_a_pause_that_is_clicked_is_told(qtbot: QtBot) -> None:
    desk = Desk(qtbot, transcript(SAID, gap=0.5))
    cursor = QTextCursor(desk.view.document())
    cursor.setPosition(desk.view.toPlainText().index("[") + 2)
    with qtbot.waitSignals([desk.view.sought, desk.view.pause_clicked], timeout=1000):
        qtbot.mouseClick(
            desk.view.viewport(), Qt.MouseButton.LeftButton, pos=desk.view.cursorRect(cursor).center()
        )


def test_the_word_that_plays_is_marked_and_kept_in_view(qtbot: QtBot) -> None:
    desk = Desk(qtbot, transcript(SAID * 80, speaker=lambda number: f"{number // 40}"))
    desk.put_caret(0, 0)
    assert desk.view.verticalScrollBar().value() == 0
    desk.view.show_playing(700)
    (mark,) = desk.view.extraSelections()
    assert mark.cursor.selectedText() == SAID[0]
    assert 0 <= desk.view.cursorRect(mark.cursor).top() < desk.view.viewport().height()
    desk.view.show_playing(None)
    assert desk.view.extraSelections() == []


def test_words_right_to_left_and_emoji_are_edited_like_others(qtbot: QtBot) -> None:
    desk = Desk(qtbot, transcript(["שלום", "🎬👩‍👩‍👧", "עולם"]))
    desk.put_caret(1, 1)
    desk.press(Key.Key_Backspace)
    desk.check()
    desk.put_caret(0, 4)
    desk.type(" חדש")
    assert "+חדש+" in desk.words()
    desk.check()


def test_the_palette_can_change_while_it_is_shown(desk: Desk) -> None:
    before = desk.view.grab().toImage()
    desk.view.set_palette(LIGHT)
    assert desk.view.grab().toImage() != before


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_pressed_what_is_shown_is_the_document(qtbot: QtBot, seed: int) -> None:
    chance = random.Random(seed)
    desk = Desk(qtbot, transcript(SAID * 4, gap=0.35, speaker=lambda number: str(number // 9)))
    keys = [Key.Key_Backspace, Key.Key_Delete, Key.Key_Return, Key.Key_Left, Key.Key_Right, Key.Key_Down]
    for _ in range(60):
        if chance.random() < 0.4:
            desk.type(chance.choice(["a", " ", "b c", "é", "."]))
        else:
            shift = chance.choice([Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier])
            desk.press(chance.choice(keys), shift)
        desk.check()


# ---- a three-hour transcript


@pytest.fixture
def long_desk(qtbot: QtBot) -> Desk:
    texts = [SAID[number % len(SAID)] + "." * (number % 12 == 11) for number in range(30_000)]
    return Desk(qtbot, transcript(texts))


def test_thirty_thousand_words_are_open_within_a_second_and_a_half(qtbot: QtBot) -> None:
    said = transcript([SAID[number % len(SAID)] + "." * (number % 12 == 11) for number in range(30_000)])
    began = time.perf_counter()
    desk = Desk(qtbot, said)
    desk.view.grab()
    assert time.perf_counter() - began < 1.5


def test_a_keystroke_in_thirty_thousand_words_is_on_the_screen_at_once(long_desk: Desk) -> None:
    """Median 16 ms and 33 ms at the 99th percentile are the goals (`make bench`); here of the processor, so
    that others at the machine are no part of it.
    """
    times = keystrokes(long_desk, 30, time.thread_time)
    assert median(times) < 0.016


@pytest.mark.bench
def test_keystrokes_meet_their_goals(long_desk: Desk) -> None:
    times = keystrokes(long_desk, 200)
    slow = quantiles(times, n=100)[98]
    assert (median(times) < 0.016, slow < 0.033) == (True, True), f"{median(times):.4f} s, p99 {slow:.4f} s"


def keystrokes(desk: Desk, count: int, clock: Callable[[], float] = time.perf_counter) -> list[float]:
    """Seconds from a key to its character on the screen, in the middle of the document."""
    desk.put_caret(3, 2, paragraph=len(desk.document.paragraphs) // 2)
    desk.view.setFocus()
    times = []
    for number in range(count):
        began = clock()
        desk.type("abcdefg "[number % 8])
        desk.view.viewport().repaint()
        QGuiApplication.processEvents()
        times.append(clock() - began)
    return times


def test_a_click_at_a_place_is_the_caret_that_typing_goes_to(desk: Desk) -> None:
    cursor = QTextCursor(desk.view.document())
    cursor.setPosition(desk.view.toPlainText().index("rocks"))
    where: QPoint = desk.view.cursorRect(cursor).center()
    desk.qtbot.mouseClick(desk.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    desk.type("really")
    assert "+really+ rocks" in desk.words()


def test_what_was_found_is_marked_where_it_is_looked_at(qtbot: QtBot) -> None:
    desk = Desk(qtbot, transcript(SAID * 400, speaker=lambda number: f"{number // 40}"))
    found = find_all(desk.document, Query(text="rocks"))
    desk.view.show_found(found)
    first = {mark.cursor.selectionStart() for mark in desk.view.extraSelections()}
    assert 0 < len(first) < len(found)
    desk.view.verticalScrollBar().setValue(desk.view.verticalScrollBar().maximum())
    last = {mark.cursor.selectionStart() for mark in desk.view.extraSelections()}
    assert last
    assert last.isdisjoint(first)
    assert {mark.cursor.selectedText() for mark in desk.view.extraSelections()} == {"rocks"}
