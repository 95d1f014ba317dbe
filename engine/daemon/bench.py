"""A bench: a place with a device where one worker does one job after the other."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from engine.daemon.lane import Lane
from engine.daemon.pace import Pace
from engine.daemon.worker_process import WorkerNews, WorkerProcess
from engine.daemon.worker_wire import Assignment
from engine.errors import RenderFailed
from engine.messages import DeviceStatus

LEAVING = 10.0  # ours: seconds that a killed worker may take before its bench is used without it


@dataclass(slots=True, kw_only=True)
class Work:
    """The job that the worker has, and where it writes: `unfinished` is what outlives an attempt.

    `weights`: sha256 of the checkpoint that renders it; empty where none does.
    """

    job_id: str
    weights: str
    folder: Path
    unfinished: Path
    pace: Pace = field(default_factory=Pace)

    def discard(self) -> None:
        """Removes what was half done; what a next attempt may go on from stays."""
        _remove(self.folder)

    def forget(self) -> None:
        """Removes what a next attempt would go on from: there will be none."""
        _remove(self._out_of_reach())

    def scrap(self) -> Callable[[], None]:
        """What removes all of it, when the worker is gone.

        The same job may be handed in and begun elsewhere by then: it does not find what is to be removed.
        """
        unfinished = self._out_of_reach()

        def remove() -> None:
            self.discard()
            _remove(unfinished)

        return remove

    def _out_of_reach(self) -> Path:
        hidden = self.unfinished.with_name(f".{self.folder.name}")
        with contextlib.suppress(OSError):  # most jobs leave nothing there
            self.unfinished.rename(hidden)
        return hidden


class Bench:
    """`tell` is called from another thread, with what the worker says."""

    def __init__(self, lane: Lane, device: str, tell: Callable[[WorkerNews], None]) -> None:
        self.lane = lane
        self.device = device
        self.work: Work | None = None
        self.lent = False  # its device works for another bench
        self.warm = ""  # sha256 of the weights that the worker has loaded
        self.found: DeviceStatus | None = None  # what the worker found its device to be
        self._tell = tell
        self._heard = 0.0
        self._lenders: tuple[Bench, ...] = ()  # whose devices this bench's worker has too
        self._leaving: dict[int, float] = {}  # processes that were ended, until when each is waited for
        self._worker: WorkerProcess | None = self._hired((device,))

    @property
    def pid(self) -> int | None:
        return self._worker.pid if self._worker else None

    def is_free(self, now: float) -> bool:
        """Whether a job may begin here: what has left may hold the device's memory until it is gone."""
        return self.work is None and not self.lent and all(until <= now for until in self._leaving.values())

    def free_from(self, now: float) -> float | None:
        """When a bench that waits for the end of a worker does so no longer; None where it does not wait."""
        return max((until for until in self._leaving.values() if until > now), default=None)

    def prepare(self, lenders: tuple[Bench, ...], now: float) -> None:
        """A worker stands ready, which has the devices of `lenders` too: they part with theirs.

        Raises RenderFailed where none can be started.
        """
        devices = (self.device, *(lender.device for lender in lenders))
        for lender in lenders:
            lender.dismiss(now)
            lender.lent = True
        if self._worker is not None and self._worker.devices != devices:
            self.dismiss(now)
        self._lenders = lenders
        if self._worker is None:
            self._worker = self._hired(devices)

    def begin(self, work: Work, assignment: Assignment, now: float) -> None:
        """After `prepare`."""
        assert self._worker is not None
        self.work, self._heard = work, now
        self._worker.assign(assignment)

    def end_work(self, *, warm: bool) -> Work:
        """The work that it has, and has no longer. `warm`: its weights lie ready for the next."""
        work, self.work = self.work, None
        assert work is not None
        if work.weights:
            self.warm = work.weights if warm else ""
        return work

    @property
    def has_borrowed(self) -> bool:
        """Whether its worker has others' devices, which they get back when it is dismissed."""
        return bool(self._lenders)

    def find(self, device: DeviceStatus | None) -> None:
        """What the worker found its device to be; it sees no other, and does not know its number."""
        if device is not None:
            self.found = replace(device, name=self.device)

    def hear(self, now: float) -> None:
        """The worker is alive."""
        self._heard = now

    def silent_from(self, silence: float) -> float | None:
        """When the worker has been silent for so long, on the loop's clock; None while nothing runs."""
        return self._heard + silence if self.work else None

    def dismiss(self, now: float, afterwards: Callable[[], None] | None = None) -> None:
        """Ends the worker, if in the middle of its job.

        `afterwards` is called in another thread when it is gone; else what it had half done is removed then.
        """
        if self._worker is None:
            return
        for bench in (self, *self._lenders):
            bench._leaving[self._worker.pid] = now + LEAVING
        self.give_back()
        self._worker.end(afterwards or self._clear)
        self._worker, self.warm = None, ""

    def gone(self, pid: int) -> bool:
        """The process has ended. True where it was the worker, whom nobody had dismissed."""
        if pid in self._leaving:
            del self._leaving[pid]
            if self._worker is None and not self.lent:
                with contextlib.suppress(RenderFailed):  # the next job will say so
                    self._worker = self._hired((self.device,))  # warm before the next job is there
            return False
        self.give_back()
        self._worker, self.warm = None, ""
        return True

    def give_back(self) -> None:
        """What others have lent, and this bench's worker does not have any more."""
        for lender in self._lenders:
            lender.lent = False
        self._lenders = ()

    @property
    def _clear(self) -> Callable[[], None]:
        """What removes that which its work has half done."""
        return self.work.discard if self.work else lambda: None

    def _hired(self, devices: tuple[str, ...]) -> WorkerProcess:
        try:
            return WorkerProcess(self._tell, devices)
        except OSError as error:
            raise RenderFailed(f"no worker can be started: {error}") from error

    def knows(self, pid: int) -> bool:
        return pid in self._leaving or pid == self.pid

    def close(self, patience: float) -> None:
        """Ends the worker, and waits until it is gone and what it had half done is removed."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end(self._clear)
            worker.wait(patience)
        self.work = None


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
