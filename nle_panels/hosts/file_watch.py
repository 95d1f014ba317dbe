"""A file watched for another content, however a program saves it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

# ours: a program that saves writes several times; and a network drive tells of nothing, so it is asked.
_SETTLE_MS = 200
_ASK_MS = 2_000


class FileWatch(QObject):
    """Emits `changed` with the new content's SHA-256, once for each content that came to rest.

    Programs save by writing into the file, or by renaming another one over it: the second ends Qt's watch of
    the file, so its folder is watched too. A save of the same content, and a file that is away, say nothing.
    """

    changed = Signal(str)

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._stamp: tuple[int, int, int] | None = None
        self._known = self._look() or ""
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(self._stirred)
        self._watcher.directoryChanged.connect(self._stirred)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._compare)
        self._ask = QTimer(self, interval=_ASK_MS)
        self._ask.timeout.connect(self._compare)
        self._ask.start()
        self._watch()

    def close(self) -> None:
        self._watcher.fileChanged.disconnect(self._stirred)
        self._watcher.directoryChanged.disconnect(self._stirred)
        self._ask.stop()
        self._settle.stop()
        self._watcher.deleteLater()

    def _watch(self) -> None:
        wanted = {str(path) for path in (self._path, self._path.parent) if path.exists()}
        missing = wanted - {*self._watcher.files(), *self._watcher.directories()}
        if missing:
            self._watcher.addPaths(sorted(missing))

    def _stirred(self) -> None:
        self._settle.start()

    def _compare(self) -> None:
        self._watch()
        digest = self._look()
        if digest is not None and digest != self._known:
            self._known = digest
            self.changed.emit(digest)

    def _look(self) -> str | None:
        """The content's hash; None where nothing has touched the file since the last look, or it is away."""
        try:
            status = self._path.stat()
            stamp = status.st_ino, status.st_size, status.st_mtime_ns
            if stamp == self._stamp:
                return None
            with self._path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return None
        self._stamp = stamp
        return digest
