"""The engine's end of its worker: starts it, hears it, ends it. The engine's loop waits for none of it."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

import msgspec
import structlog

from engine.daemon.devices import surroundings
from engine.daemon.heap import ONE_HEAP
from engine.daemon.worker_wire import Assignment, WorkerMessage, frame, read_frame, worker_messages
from engine.errors import WireError

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSaid:
    """A worker, known by its process id, sent a message."""

    pid: int
    message: WorkerMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerGone:
    """A worker's process has ended, and with it the children that it had."""

    pid: int
    code: int


WorkerNews = WorkerSaid | WorkerGone

if sys.platform == "win32":
    _NO_WINDOW = subprocess.CREATE_NO_WINDOW
else:
    _NO_WINDOW = 0

# -P: the engine's own folder must not be shadowed by what lies in the current one.
COMMAND = (sys.executable, "-P", "-m", "engine.daemon.worker")


# Bytes that the pipe of a worker without a job, which is empty, takes at once on every system.
AT_ONCE = 4096


class WorkerProcess:
    """One worker, from its start to its end. News of it are given to `tell`, in another thread."""

    def __init__(self, tell: Callable[[WorkerNews], None], devices: tuple[str, ...]) -> None:
        self._process = subprocess.Popen(
            COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**surroundings(devices), **ONE_HEAP},
            start_new_session=True,  # a Ctrl-C at the engine's terminal is the engine's to handle
            creationflags=_NO_WINDOW,
        )
        self.pid = self._process.pid
        self.devices = devices
        log.info("worker_started", worker=self.pid, device=",".join(devices))
        self._tell = tell
        self._orders: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._afterwards: Callable[[], None] = lambda: None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        threading.Thread(target=self._write, daemon=True).start()

    def assign(self, assignment: Assignment) -> None:
        """Hands over a job. A worker that is dead already is noticed by its `WorkerGone`."""
        given = frame(assignment)
        if len(given) > AT_ONCE:
            self._orders.put(given)
            return
        with contextlib.suppress(OSError, ValueError):  # ValueError: it is closed
            os.write(_pipe(self._process.stdin).fileno(), given)

    def end(self, afterwards: Callable[[], None] = lambda: None) -> None:
        """Ends the process now, with the children it has.

        `afterwards` is called when it is gone, in another thread, and then `WorkerGone` told.
        """
        self._afterwards = afterwards
        self._kill()

    def wait(self, seconds: float) -> None:
        """For its end, after `end`."""
        self._reader.join(seconds)

    def _kill(self) -> None:
        if sys.platform != "win32":
            # PermissionError: macOS's word for a group whose processes have all ended.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def _read(self) -> None:
        stream = _pipe(self._process.stdout)
        with contextlib.suppress(msgspec.MsgspecError, WireError, OSError):  # what it says makes no sense
            while (body := read_frame(stream)) is not None:
                self._tell(WorkerSaid(pid=self.pid, message=worker_messages.decode(body)))
        self._kill()  # what it has left behind too; its number is its own until it is waited for
        self._orders.put(None)
        code = self._process.wait()
        stream.close()
        self._afterwards()
        self._tell(WorkerGone(pid=self.pid, code=code))

    def _write(self) -> None:
        """What is large, in a thread: a worker that hangs reads nothing, and its pipe holds only so much."""
        stream = _pipe(self._process.stdin)
        with contextlib.suppress(OSError):
            while (given := self._orders.get()) is not None:
                stream.write(given)
                stream.flush()
        with contextlib.suppress(OSError):
            stream.close()


def _pipe(stream: object) -> BinaryIO:
    return stream  # type: ignore[return-value]  # both were asked for as pipes
