"""The worker: a process of its own that does one job after the other, and keeps its models warm.

    python -m engine.daemon.worker        (started by the engine, which holds its stdin and stdout)

It reads assignments from stdin and ends when stdin does; in the middle of a job, when a beat finds the pipe
to the engine broken.
"""

from __future__ import annotations

import ctypes
import errno
import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from engine.daemon import heap, tasks
from engine.daemon.job_log import print_traceback, printed_to
from engine.daemon.standing import device_status, is_broken, lacks_gpu_memory
from engine.daemon.worker_wire import (
    Advanced,
    Assignment,
    Beat,
    Broken,
    Failed,
    Finished,
    WorkerMessage,
    assignments,
    frame,
    read_frame,
)
from engine.errors import DiskFull, EngineError, OutOfGpuMemory, OutOfMemory, RenderFailed
from engine.messages import Fault
from engine.protocol import Progress

BEAT = 1.0  # seconds
PR_SET_PDEATHSIG = 1  # of Linux's <sys/prctl.h>
PROGRESS_PAUSE = 0.05  # seconds between two progress messages: a bar needs no more

Send = Callable[[WorkerMessage], None]


def perform(assignment: Assignment, send: Send) -> WorkerMessage:
    """Does the job; whatever goes wrong becomes a typed fault, with the traceback in the job's log."""
    with printed_to(Path(assignment.log)):
        try:
            performed = tasks.perform(assignment, _Throttle(assignment.id, send))
            return Finished(
                id=assignment.id, result=performed.result, cached=performed.cached, device=device_status()
            )
        except Exception as error:  # noqa: BLE001  (a job's failure must not end the worker)
            print_traceback(error)
            if is_broken(error):
                return Broken(id=assignment.id, reason=_reason(error))
            fault = Fault.of(named(error, assignment))
            return Failed(
                id=assignment.id, fault=fault, spent=lacks_gpu_memory(error), device=device_status()
            )


def named(error: Exception, assignment: Assignment) -> EngineError:
    """The error as one of the engine's tree."""
    if lacks_gpu_memory(error):
        told = (
            str(error)
            if isinstance(error, EngineError)
            else "the GPU's memory does not hold the job: render less"
        )
        return OutOfGpuMemory(told)
    if isinstance(error, EngineError):
        return error
    if isinstance(error, MemoryError):
        return OutOfMemory("the memory of this machine does not hold the job: close programs or render less")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"the disk is full: make room under {assignment.cache} and try again")
    kind = assignment.job.__struct_config__.tag
    return RenderFailed(f"{kind}: {_reason(error)} (details in {assignment.log})")


def _reason(error: Exception) -> str:
    """In one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


class _Throttle:
    """Passes on a job's progress, at most every `PROGRESS_PAUSE`, and always the last step."""

    def __init__(self, job_id: str, send: Send) -> None:
        self._job_id = job_id
        self._send = send
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now >= self._next or progress.done >= progress.total:
            self._next = now + PROGRESS_PAUSE
            self._send(Advanced(id=self._job_id, progress=progress))


class _Pipe:
    """Sends messages through the process's stdout, whole, from any thread.

    A native library that prints must not break a frame: it prints to stderr from here on.
    """

    def __init__(self) -> None:
        self._handle = os.dup(sys.stdout.fileno())
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415  (not there elsewhere)

            msvcrt.setmode(self._handle, os.O_BINARY)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        self._lock = threading.Lock()

    def send(self, message: WorkerMessage) -> None:
        rest = memoryview(frame(message))
        with self._lock:
            while rest:
                rest = rest[os.write(self._handle, rest) :]


class _Beats:
    """Beats while a job runs. That is also how a worker learns in the middle of a job that it is alone."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._busy = threading.Event()
        threading.Thread(target=self._beat, daemon=True).start()

    def __enter__(self) -> None:
        self._busy.set()

    def __exit__(self, *_: object) -> None:
        self._busy.clear()

    def _beat(self) -> None:
        while True:
            self._busy.wait()
            time.sleep(BEAT)
            if self._busy.is_set():
                try:
                    self._send(Beat())
                except OSError:
                    os._exit(0)  # the engine is gone: nobody would take the result


def _die_with_the_engine() -> None:
    """Linux ends this process when the one that started it has died; elsewhere the next beat notices."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    _die_with_the_engine()
    faulthandler.enable()
    pipe = _Pipe()
    beats = _Beats(pipe.send)
    while (body := read_frame(sys.stdin.buffer)) is not None:
        with beats:
            answer = perform(assignments.decode(body), pipe.send)
        pipe.send(answer)
        heap.give_back()


if __name__ == "__main__":
    try:
        main()
    except (KeyboardInterrupt, OSError):
        sys.exit(0)
