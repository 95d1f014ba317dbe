"""The words kept as it changes, by a thread that waits for the disk so that nobody else does."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Signal

from nle_panels.document.history import History
from nle_panels.document.journal import Journal
from nle_panels.errors import PanelError


class Autosave(QObject):
    """Writes what it was last given. `failed`: it could not, and why."""

    failed = Signal(object)

    def __init__(self, journal: Journal, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._journal = journal
        self._latest: History | None = None
        self._changed = threading.Event()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="autosave", daemon=True)
        self._thread.start()

    def keep(self, history: History) -> None:
        self._latest = history
        self._changed.set()

    def close(self) -> None:
        """What was given last is on the disk when this returns."""
        self._closing = True
        self._changed.set()
        self._thread.join()
        self._journal.close()

    def _run(self) -> None:
        while True:
            self._changed.wait()
            self._changed.clear()
            closing = self._closing
            if self._latest is not None:
                try:
                    self._journal.write(self._latest)
                except PanelError as error:
                    self.failed.emit(error)
            if closing:
                return
