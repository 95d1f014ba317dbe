"""The panel as an editor has it before them: the real window, a real engine, keys and waiting."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEvent, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from engine.paths import EnginePaths
from nle_panels.app import Panel
from nle_panels.document.document import Caret, Selection
from nle_panels.document.tokens import New, Spoken
from nle_panels.session import Session
from nle_panels.window import Window
from nle_panels.work import Chosen

PATIENCE = 60_000
Key, Modifier = Qt.Key, Qt.KeyboardModifier
NO, CTRL, SHIFT = Modifier.NoModifier, Modifier.ControlModifier, Modifier.ShiftModifier


class PanelDesk:
    """A panel and what an editor does at it. `troubles` and `refusals`: all that it has said."""

    def __init__(self, panel: Panel, qtbot: QtBot) -> None:
        self.panel, self.qtbot = panel, qtbot
        self.troubles: list[Exception] = []
        self.refusals: list[str] = []
        self.session.failed.connect(self.troubles.append)
        self.session.refused.connect(self.refusals.append)

    @property
    def window(self) -> Window:
        return self.panel.window

    @property
    def session(self) -> Session:
        return self.panel.session

    @property
    def banner(self) -> str:
        """The line across the window; "" where there is none."""
        return self.window.banner.text if self.window.banner.isVisible() else ""

    # ---- waiting

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=PATIENCE)

    def until_idle(self) -> None:
        """The desk has no call to make, and the plan is that of the words."""
        self.until(lambda: not self.panel.desk.busy and self._planned() and self._seen())

    def until_drafted(self) -> None:
        """Every shot of the edit has a take."""

        def drafted() -> bool:
            ready = self.session.ready
            takes = len(self.session.takes.playing())
            return self._planned() and ready is not None and takes == len(ready.jobs) and self._seen()

        self.until(drafted)

    def _planned(self) -> bool:
        ready = self.session.ready
        return ready is None or ready.wish.document is self.session.document

    def _seen(self) -> bool:
        return not self.panel.conductor.busy

    # ---- what an editor does

    def come_back(self) -> None:
        """From another window."""
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)

    def open(self, timeline: Path, clip: str | None = None) -> None:
        with self.qtbot.waitSignal(self.session.words_changed, timeout=PATIENCE):
            self.panel.open(Chosen(timeline=timeline, clip=clip))

    def select(self, text: str) -> None:
        """A word that is said, or a run of them."""
        places = [self._place(word) for word in text.split()]
        self.window.transcript.select(Selection(anchor=places[0].anchor, caret=places[-1].caret))
        self.window.transcript.setFocus()

    def put_caret_after(self, text: str) -> None:
        place = self._place(text).caret
        self.window.transcript.select(Selection(anchor=place, caret=place))
        self.window.transcript.setFocus()

    def _place(self, text: str) -> Selection:
        for p, paragraph in enumerate(self.session.document.paragraphs):
            for t, token in enumerate(paragraph.tokens):
                if isinstance(token, Spoken) and token.text == text:
                    first = Caret(paragraph=p, token=t, offset=0)
                    return Selection(anchor=first, caret=Caret(paragraph=p, token=t, offset=len(text)))
        raise AssertionError(f"{text} is not said")

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
        """To whatever has the keyboard."""
        self.qtbot.keyClick(QApplication.focusWidget() or self.window, key, modifier)

    def type(self, text: str) -> None:
        """QTest's own typing knows ASCII alone."""
        focused = QApplication.focusWidget()
        assert focused is not None
        for character in text:
            pressed = QKeyEvent(QEvent.Type.KeyPress, 0, NO, character)
            QGuiApplication.sendEvent(focused, pressed)

    def do(self, command: str) -> None:
        """From the menu."""
        action: QAction = self.window.commands[command]
        assert action.isEnabled(), f"{command} cannot be chosen now"
        action.trigger()

    def words(self) -> str:
        """~struck~, +new+, and words as said."""
        shown = []
        for paragraph in self.session.document.paragraphs:
            for token in paragraph.tokens:
                match token:
                    case Spoken(struck=True, text=text):
                        shown.append(f"~{text}~")
                    case Spoken(text=text):
                        shown.append(text)
                    case New(text=text):
                        shown.append(f"+{text}+")
        return " ".join(shown)

    def answering(self, answer: Callable[[QDialog], None]) -> contextlib.AbstractContextManager[None]:
        """What an editor does in the next dialog that opens."""
        return _answering(self.qtbot, answer)


@contextlib.contextmanager
def _answering(qtbot: QtBot, answer: Callable[[QDialog], None]) -> Iterator[None]:
    """A dialog that is executed has its own loop: a clock in that loop finds it."""
    told: list[Exception] = []
    answered: list[QWidget] = []
    clock = QTimer(interval=20)
    patience = QDeadlineTimer(PATIENCE // 4)

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QDialog):
            return
        try:
            if patience.hasExpired():
                raise AssertionError("the dialog stays open")
            if not answered:
                answered.append(dialog)
                answer(dialog)
        except Exception as error:  # noqa: BLE001  # in Qt's loop nobody would hear of it
            told.append(error)
            dialog.reject()

    clock.timeout.connect(look)
    clock.start()
    yield
    qtbot.waitUntil(lambda: bool(answered), timeout=PATIENCE)
    clock.stop()
    if told:
        raise told[0]


@contextlib.contextmanager
def panel_desk(home: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[PanelDesk]:
    """A panel with its window shown; closed at the end, and the program's looks are as they were."""
    style, palette, sheet = qapp.style().name(), qapp.palette(), qapp.styleSheet()
    panel = Panel(qapp, EnginePaths.under(home), "dark")
    panel.window.resize(1280, 800)
    panel.window.show()
    qtbot.waitActive(panel.window)
    try:
        yield PanelDesk(panel, qtbot)
    finally:
        panel.window.close()
        panel.window.deleteLater()
        panel.deleteLater()
        qapp.processEvents()
        qapp.setStyleSheet(sheet)
        qapp.setPalette(palette)
        qapp.setStyle(style)
