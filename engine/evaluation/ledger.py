"""The yardstick of what the engine costs: one row, written so that the power may go off."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path


class Ledger:
    """A list of rows of a job's size, each its own transaction (WAL, synchronous FULL)."""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, job BLOB)")

    def insert(self) -> float:
        """The seconds that it took."""
        begun = time.perf_counter()
        self._db.execute("INSERT INTO jobs (job) VALUES (?)", (os.urandom(300),))
        return time.perf_counter() - begun

    def close(self) -> None:
        self._db.close()
