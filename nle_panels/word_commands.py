"""The commands that change words, beside typing: each is one step of the history."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

from PySide6.QtCore import QObject, QPoint, QTimer
from PySide6.QtWidgets import QInputDialog, QMenu

from engine.protocol import TICKS_PER_SECOND
from nle_panels.document import fillers, paragraphs, striking
from nle_panels.document.document import Caret, Document, Edited, Selection
from nle_panels.document.fillers import Find
from nle_panels.document.tokens import Pause, Spoken
from nle_panels.look.numbers import decimal
from nle_panels.session import Session
from nle_panels.steps import filled
from nle_panels.transcript.tidy_dialog import PauseDialog, TidyDialog
from nle_panels.transcript.view import Ask
from nle_panels.turns import Turns, of_the_latest
from nle_panels.window import Window

_PAUSES = (50, 20, 0)  # ticks that a pause may be shortened to by one click


class WordCommands(QObject):
    """Connects the window's commands and the transcript's wishes to the session's steps."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(window)
        self._window, self._session, self._view = window, session, window.transcript
        self._turns = Turns(self)
        for name, act in (
            ("undo", session.undo),
            ("redo", session.redo),
            ("strike", self._view.strike),
            ("restore", self._restore),
            ("fillers", self._tidy),
            ("pauses", self._shorten),
            ("protect", self._protect),
            ("anew", self._render_anew),
            ("speaker", self._name_speaker),
        ):
            window.commands[name].triggered.connect(act)
        window.commands["correct"].toggled.connect(self._correct)
        self._view.asked.connect(self._ask)
        self._view.pause_clicked.connect(self._choose_pause)
        session.document_changed.connect(self._changed)
        session.clip_opened.connect(lambda _: self._turns.take(iter(())))  # what was begun is of another one

    def do(self, label: str, operation: Callable[[Document], Edited], *, typed: bool = False) -> None:
        self._ask(Ask(label=label, before=self._view.caret(), operation=operation, typed=typed))

    def _ask(self, ask: Ask) -> None:
        session = self._session
        if session.history is not None:
            session.do(
                ask.label,
                ask.before,
                lambda: ask.operation(session.document),
                time.monotonic() if ask.typed else None,
            )

    def _changed(self, edited: Edited) -> None:
        history = self._session.history
        assert history is not None
        for name, label in (("undo", history.undo_label), ("redo", history.redo_label)):
            self._window.enable(name, label is not None)

    # ---- the selection

    def _restore(self) -> None:
        selection = self._view.selection()
        self.do(self.tr("Restore"), lambda document: striking.restore(document, selection))

    def _protect(self) -> None:
        """On, or off again where all that is selected is protected."""
        selection = self._view.selection()
        token = self._view.token(selection.start)
        on = not (isinstance(token, Spoken) and token.protected)
        change = striking.protect if on else striking.unprotect
        label = self.tr("Protect") if on else self.tr("Unprotect")
        self.do(label, lambda document: change(document, selection))

    def _render_anew(self) -> None:
        """On, or off again where it is on where the selection begins."""
        selection = self._view.selection()
        token = self._view.token(selection.start)
        off = isinstance(token, Spoken) and token.anew
        change = striking.leave_as_filmed if off else striking.render_anew
        label = self.tr("Leave as filmed") if off else self.tr("Render anew")
        self.do(label, lambda document: change(document, selection))

    def _correct(self, on: bool) -> None:
        self._view.correcting = on
        self._window.statusBar().showMessage(
            self.tr("Correcting: the text changes, the picture does not.") if on else "", 4000
        )

    def _name_speaker(self) -> None:
        """Of the paragraph with the caret: everywhere, where it has a name already."""
        document, number = self._session.document, self._view.caret().paragraph
        old = document.paragraphs[number].speaker
        known = [*dict.fromkeys([old or "", *paragraphs.speakers(document)])]
        name, sure = QInputDialog.getItem(
            self._window, self.tr("Speaker"), self.tr("Who speaks here?"), known, 0, True
        )
        if not sure or name == (old or ""):
            return
        if old is None:
            self.do(self.tr("Speaker"), lambda d: paragraphs.set_speaker(d, number, name or None))
        else:
            self.do(self.tr("Speaker"), lambda d: paragraphs.rename_speaker(d, old, name or None))

    # ---- pauses and fillers

    def _choose_pause(self, caret: Caret, where: QPoint) -> None:
        pause = self._view.token(caret)
        if not isinstance(pause, Pause):
            return
        menu = QMenu(self._window)
        for kept in (None, *(ticks for ticks in _PAUSES if ticks < pause.ticks)):
            name = self._pause_name(kept)
            action = menu.addAction(name)
            action.setCheckable(True)
            action.setChecked(pause.kept == kept)
            action.triggered.connect(
                lambda _=False, kept=kept: self.do(
                    self.tr("Pause"), lambda document: striking.set_pause(document, caret, kept)
                )
            )
        menu.popup(where)

    def _pause_name(self, kept: int | None) -> str:
        if kept is None:
            return self.tr("Keep the pause")
        if not kept:
            return self.tr("Take the pause out")
        return self.tr("Shorten it to {seconds} s").format(seconds=decimal(kept / TICKS_PER_SECOND))

    def _shorten(self) -> None:
        self._turns.finish()
        self._turns.take(self._look_for_pauses())

    def _look_for_pauses(self) -> Iterator[None]:
        """They are looked through when this is over: a dialog has a loop of its own."""
        found = yield from of_the_latest(lambda: self._session.document, _pauses)
        QTimer.singleShot(0, self, lambda: self._look_through_pauses(*found))

    def _look_through_pauses(self, document: Document, pauses: Sequence[tuple[Caret, int]]) -> None:
        dialog = PauseDialog(document, pauses, self._window)
        dialog.previewed.connect(lambda place: self._view.select(Selection(anchor=place, caret=place)))
        if dialog.exec():
            self._turns.take(self._shortened(dialog.most, dialog.kept))

    def _shortened(self, longer: int, kept: int) -> Iterator[None]:
        caret = self._view.caret()
        edited = yield from of_the_latest(
            lambda: self._session.document,
            lambda document: striking.shortening(document, longer, kept, caret),
        )
        self.do(self.tr("Shorten pauses"), lambda _: edited)

    def _tidy(self) -> None:
        self._turns.finish()
        self._turns.take(self._look_for_fillers())

    def _look_for_fillers(self) -> Iterator[None]:
        """As `_look_for_pauses`."""
        said = self._session.said
        assert said is not None
        found = yield from of_the_latest(
            lambda: self._session.document, lambda document: fillers.proposals(document, said.language)
        )
        QTimer.singleShot(0, self, lambda: self._look_through(*found))

    def _look_through(self, said: Sequence[Find], again: Sequence[Find]) -> None:
        dialog = TidyDialog(said, again, self._window)
        dialog.previewed.connect(lambda find: self._view.select(find.selection))
        if dialog.exec():
            self._turns.put_off(self._struck(dialog.chosen))

    def _struck(self, finds: Sequence[Find]) -> Iterator[None]:
        caret = self._view.caret()
        edited = yield from of_the_latest(
            lambda: self._session.document,
            lambda document: iter((fillers.strike_found(document, finds, caret),)),
        )
        self.do(self.tr("Fillers"), lambda _: edited)


def _pauses(document: Document) -> Iterator[tuple[Document, list[tuple[Caret, int]]] | None]:
    """Some at a time; all of them, with the document they are of, come last."""
    found: list[tuple[Caret, int]] = []
    yield from filled(found, striking.whole_pauses(document))
    yield document, found
