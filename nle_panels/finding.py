"""Find and replace: between the bar, the page and the session, in turns with all else that comes up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from PySide6.QtCore import QObject

from nle_panels.document import search
from nle_panels.document.document import Edited, Selection
from nle_panels.document.search import Query, Replaced
from nle_panels.session import Session
from nle_panels.turns import Turns, of_the_latest
from nle_panels.window import Window


class Finding(QObject):
    """What is found is found anew when the words change."""

    def __init__(self, window: Window, session: Session) -> None:
        super().__init__(window)
        self._window, self._session, self._view = window, session, window.transcript
        self._found: tuple[Selection, ...] = ()
        self._search, self._replacing = Turns(self), Turns(self)
        window.commands["find"].triggered.connect(self._open)
        bar = window.find_bar
        bar.queried.connect(self._query)
        bar.stepped.connect(self._step)
        bar.replaced.connect(lambda query, text: self._replacing.take(self._replace(query, text)))
        bar.closed.connect(self._close)
        session.clip_opened.connect(lambda _: self._forget())
        session.document_changed.connect(self._changed)

    def _open(self) -> None:
        cursor = self._view.textCursor()
        self._window.find_bar.open_bar(cursor.selectedText() if cursor.hasSelection() else "")

    def _changed(self, _: Edited) -> None:
        if self._window.find_bar.isVisible():
            self._query(self._window.find_bar.query)

    def _query(self, query: Query) -> None:
        if self._session.history is not None:
            self._search.take(self._find(query))

    def _find(self, query: Query) -> Iterator[None]:
        found: list[Selection] = []
        for places in search.by_paragraph(self._session.document, query):
            found += places
            yield
        self._show(tuple(found))

    def _show(self, found: tuple[Selection, ...]) -> None:
        self._found = found
        self._view.show_found(found)
        self._window.find_bar.show_count(len(found), None)

    def _step(self, by: int) -> None:
        """To the nearest place behind the caret, or before it; around the end."""
        self._search.finish()
        if not self._found:
            return
        caret = self._view.caret()
        if by > 0:
            number = bisect_right(self._found, caret, key=lambda one: one.start) % len(self._found)
        else:
            number = bisect_left(self._found, caret, key=lambda one: one.stop) - 1
        number %= len(self._found)
        self._view.select(self._found[number])
        self._window.find_bar.show_count(len(self._found), number)

    def _replace(self, query: Query, text: str) -> Iterator[None]:
        """Everywhere, in one step; where words change meanwhile, from the beginning."""
        session, correcting = self._session, self._view.correcting
        done = yield from of_the_latest(
            lambda: session.document,
            lambda document: search.replacing(document, query, text, correcting=correcting),
        )
        if session.do(self.tr("Replace all"), self._view.caret(), lambda: done.edited) is not None:
            self._tell(done)

    def _tell(self, replaced: Replaced) -> None:
        line = self.tr("%n replaced", "", replaced.count)
        if replaced.refused:
            line += self.tr(", %n protected and left", "", replaced.refused)
        self._window.statusBar().showMessage(line, 6000)

    def _close(self) -> None:
        self._show_none()
        self._view.setFocus()

    def _forget(self) -> None:
        """What was begun is of another clip's words."""
        self._replacing.take(iter(()))
        self._show_none()

    def _show_none(self) -> None:
        self._search.take(iter(()))
        self._found = ()
        self._view.show_found(())
