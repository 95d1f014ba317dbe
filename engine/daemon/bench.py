"""A bench: the worker of one lane, and the job that it has."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.daemon.lane import Lane
from engine.daemon.worker_process import WorkerNews, WorkerProcess
from engine.daemon.worker_wire import Assignment
from engine.messages import JobRecord

# Some native decoders hold the interpreter's lock for a minute, and with it the beats: only a much longer
# silence means a worker that hangs. A worker that dies is noticed at once, by the end of its pipe.
SILENCE = 180.0  # seconds


@dataclass(slots=True, kw_only=True)
class Work:
    """The job that the worker has, and where it writes: `unfinished` is what outlives an attempt."""

    record: JobRecord
    folder: Path
    unfinished: Path

    def discard(self) -> None:
        """Removes what was half done; what a next attempt may go on from stays."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def forget(self) -> None:
        """Removes what a next attempt would go on from: there will be none."""
        shutil.rmtree(self.unfinished, ignore_errors=True)


class Bench:
    """`tell` is called from another thread, with what the worker says."""

    def __init__(self, lane: Lane, tell: Callable[[WorkerNews], None]) -> None:
        self.lane = lane
        self.work: Work | None = None
        self._tell = tell
        self._heard = 0.0
        self._worker: WorkerProcess | None = WorkerProcess(tell)

    @property
    def pid(self) -> int | None:
        return self._worker.pid if self._worker else None

    def begin(self, work: Work, assignment: Assignment, now: float) -> None:
        self.work, self._heard = work, now
        if self._worker is None:
            self._worker = WorkerProcess(self._tell)
        self._worker.assign(assignment)

    def hear(self, now: float) -> None:
        """The worker is alive."""
        self._heard = now

    def bury(self) -> int:
        """The worker has died; its exit code."""
        assert self._worker is not None
        code = self._worker.bury()
        self._worker = None
        return code

    def silent(self, now: float) -> bool:
        return self.work is not None and self._worker is not None and now - self._heard > SILENCE

    def silence_ends(self) -> float | None:
        """When `silent` may be, on the loop's clock; None while nothing runs."""
        return self._heard + SILENCE if self.work else None

    def dismiss(self) -> None:
        """Ends the worker, if in the middle of its job."""
        if self._worker:
            self._worker.kill()
            self._worker = None

    def drop(self) -> None:
        """Ends the worker and removes what it has half done."""
        self.dismiss()
        if self.work:
            self.work.discard()
            self.work = None

    def warm_up(self) -> None:
        """A worker for the next job, before it is there."""
        if self._worker is None:
            self._worker = WorkerProcess(self._tell)
