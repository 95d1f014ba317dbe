"""The lock that makes one engine the only one of its state folder.

The operating system drops it when the process ends, however it ends: so it also tells a stale
connection file from a live one, with no question of process ids.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from engine import private_files


class EngineLock:
    """Held by the engine for as long as it lives."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        """True when the lock is ours, False when somebody else holds it."""
        if self._handle is not None:
            return True
        private_files.make_private_folder(self._path.parent)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            ours = lock_now(handle)
        except OSError:
            ours = False
        if not ours:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)  # closing unlocks, on POSIX and on Windows
            self._handle = None


def is_locked(path: Path) -> bool:
    """Whether an engine lives. Holds the lock for an instant: an engine that starts tries again."""
    if not path.exists():
        return False
    lock = EngineLock(path)
    if not lock.take():
        return True
    lock.release()
    return False


if sys.platform == "win32":
    import msvcrt

    def lock_now(handle: int) -> bool:
        """Locks the open file until it is closed; False where another holds it. Raises OSError."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def lock_now(handle: int) -> bool:
        """Locks the open file until it is closed; False where another holds it. Raises OSError."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
