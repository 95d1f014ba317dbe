"""The engine's end of its worker: starts it, hears it, ends it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import msgspec

from engine.daemon.worker_wire import Assignment, WorkerMessage, frame, read_frame, worker_messages
from engine.errors import WireError


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSaid:
    """A worker, known by its process id, sent a message."""

    pid: int
    message: WorkerMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerGone:
    """A worker's pipe has ended."""

    pid: int


WorkerNews = WorkerSaid | WorkerGone

if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0


class WorkerProcess:
    """One worker, from its start to its end. News of it are given to `tell`, in another thread."""

    def __init__(self, tell: Callable[[WorkerNews], None]) -> None:
        # -P: the engine's own folder must not be shadowed by what lies in the current one.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "engine.daemon.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # a Ctrl-C at the engine's terminal is the engine's to handle
            creationflags=_NO_WINDOW,
        )
        self.pid = self._process.pid
        self._tell = tell
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def assign(self, assignment: Assignment) -> None:
        """Hands over a job. A worker that is dead already is noticed by its `WorkerGone`."""
        with contextlib.suppress(OSError):
            _pipe(self._process.stdin).write(frame(assignment))
            _pipe(self._process.stdin).flush()

    def kill(self) -> None:
        """Ends the process now, with the children it has, and waits until it is gone."""
        if sys.platform != "win32":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self.bury()

    def bury(self) -> int:
        """Waits for the end of a process whose pipe has ended; returns its exit code."""
        with contextlib.suppress(OSError):
            _pipe(self._process.stdin).close()
        code = self._process.wait()
        self._reader.join()
        _pipe(self._process.stdout).close()
        return code

    def _read(self) -> None:
        stream = _pipe(self._process.stdout)
        try:
            while (body := read_frame(stream)) is not None:
                self._tell(WorkerSaid(pid=self.pid, message=worker_messages.decode(body)))
        except (msgspec.MsgspecError, WireError, OSError):
            self._process.kill()  # what it says makes no sense
        self._tell(WorkerGone(pid=self.pid))


def _pipe(stream: object) -> BinaryIO:
    return stream  # type: ignore[return-value]  # both were asked for as pipes
