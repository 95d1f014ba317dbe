"""Who is admitted while the engine runs: asked at each request, read again when the folder has changed."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import structlog

from engine import admission
from engine.admission import ME
from engine.errors import NotAdmitted
from engine.paths import EnginePaths

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

# ours: a folder that changed so lately may change once more without its time of change telling (the kernel's
# clock for files ticks every few milliseconds)
SETTLED_NS = 100_000_000


class Clients:
    """The names of those who are admitted, by the public halves of their keys. For several threads."""

    def __init__(self, paths: EnginePaths, mine: str) -> None:
        """`mine`: the public half of this user's own key."""
        self._folder = paths.clients
        self._mine = {mine: ME}
        self._names = dict(self._mine)
        self._read_at: int | None = -1  # the folder's time of change; None where there is no folder
        self._lost = False
        self._shut_out: set[str] = set()
        self._lock = threading.Lock()
        with self._lock:
            self._look()
            self._lost = False

    def name_of(self, key: str) -> str | None:
        """Who shows this key; None for somebody who is not admitted, or no more."""
        with self._lock:
            self._look()
            return self._names.get(key)

    def shut_out(self, key: str) -> None:
        """Until the engine starts again. This user is not: for nothing would be left to stop it with."""
        with self._lock:
            if key not in self._mine:
                log.warning("client_shut_out", client=self._names.get(key, ""))
                self._shut_out.add(key)
                self._names.pop(key, None)

    def lost_any(self) -> bool:
        """Whether, since this was last asked, anybody was shut out."""
        with self._lock:
            self._look()
            lost, self._lost = self._lost, False
            return lost

    def _look(self) -> None:
        changed = _changed_at(self._folder)
        if changed == self._read_at:
            return
        settled = changed is None or time.time_ns() - changed > SETTLED_NS
        self._read_at = changed if settled else -1
        admitted = _admitted(self._folder, tell=settled)
        names = self._mine | {key: name for key, name in admitted.items() if key not in self._shut_out}
        self._lost |= any(names.get(key) != name for key, name in self._names.items())
        self._names = names


def _changed_at(folder: Path) -> int | None:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return None


def _admitted(folder: Path, *, tell: bool) -> dict[str, str]:
    """Of those files that are private and whole: another one lets nobody in, and with `tell` is logged."""
    found: dict[str, str] = {}
    for file in sorted(folder.glob("*.json")):
        try:
            client = admission.read_client(file)
        except NotAdmitted as error:
            if tell:
                log.warning("client_file_refused", client=file.stem, reason=str(error))
        else:
            found[client.public] = client.name
    return found
