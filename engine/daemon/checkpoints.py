"""SQLite's checkpoints, beside the loop: what stands in the write-ahead log is carried over to the list.

SQLite would do it in the middle of whichever write fills the log, which then waits for two syncs and a
thousand pages. A passive checkpoint, through a connection of its own, holds up no write.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing, suppress
from pathlib import Path

EVERY = 300  # ours: writes between two, some 800 pages
# ours: pages of the log, 32 MB, at which SQLite does it in the middle of a write after all. It comes to that
# where writes never pause: a log is begun anew only when all of it has been carried over.
AT_MOST = 8000


class Checkpoints:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._writes = 0
        self._due = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def count(self) -> None:
        """One more write."""
        self._writes += 1
        if self._writes >= EVERY:
            self._writes = 0
            self._due.set()

    def close(self) -> None:
        self._closed = True
        self._due.set()
        self._thread.join()

    def _work(self) -> None:
        with closing(sqlite3.connect(self._path, isolation_level=None)) as db:
            while self._due.wait() and not self._closed:
                self._due.clear()
                with suppress(sqlite3.Error):  # a full disk: the next may have room
                    db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
