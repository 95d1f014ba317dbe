"""The panel's line to the engine: a thread hands jobs in, follows all that the engine does, and reports it.

When the engine dies the jobs that were handed in are kept, a new engine is started, and they are handed in
again: the same job is the same job, so that nothing is rendered twice.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from dataclasses import dataclass
from itertools import count
from typing import Literal

from PySide6.QtCore import QObject, Signal

from engine import launcher
from engine.client import EngineClient, Outcome
from engine.errors import EngineError, EngineUnavailable, UnknownJob
from engine.messages import ENDED, JobChanged, JobRecord
from engine.paths import EnginePaths
from engine.protocol import Job

_ASK_HEALTH = 3.0  # ours: seconds between two looks at how the engine is
_LISTEN = 0.05  # seconds; what the panel asks for waits no longer
_PATIENCE = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)  # seconds between two tries to reach an engine

Ticket = int
"""What a job that was handed in goes by, whatever the engine calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the engine is: `told` says why it is gone, for a person."""

    state: Literal["starting", "up", "gone"]
    told: str = ""


@dataclass(slots=True, kw_only=True)
class _Wanted:
    ticket: Ticket
    job: Job
    fresh: bool
    job_id: str | None = None
    begun: bool = False


class EngineLink(QObject):
    """Its signals come in the thread that made it. `ended` carries the Outcome, or instead the error."""

    standing = Signal(object)  # Standing
    accepted = Signal(int, object)  # Ticket, JobRecord
    changed = Signal(object)  # JobRecord, of whoever's job
    progressed = Signal(str, object)  # job id, Progress
    ended = Signal(int, object)  # Ticket, Outcome | EngineError
    health = Signal(object)  # EngineStatus, every few seconds

    def __init__(self, paths: EnginePaths | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._paths = paths or EnginePaths.default()
        self._tickets = count(1)
        self._wanted: dict[Ticket, _Wanted] = {}
        self._handed: deque[_Wanted] = deque()
        self._cancels: deque[str] = deque()
        self._withdrawn: deque[Ticket] = deque()
        self._held: dict[str, tuple[str, ...]] = {}  # as was asked for last
        self._holds: dict[str, tuple[str, ...]] = {}  # what the engine has not been told yet
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine link", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Jobs that were handed in go on without the panel."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    def submit(self, job: Job, *, fresh: bool = False) -> Ticket:
        wanted = _Wanted(ticket=next(self._tickets), job=job, fresh=fresh)
        self._handed.append(wanted)
        return wanted.ticket

    def cancel(self, job_id: str) -> None:
        """Of whoever's job; one that has ended stays as it is."""
        self._cancels.append(job_id)

    def withdraw(self, ticket: Ticket) -> None:
        """The job is cancelled, unless it has begun: nobody waits for it any more."""
        self._withdrawn.append(ticket)

    def hold(self, by: str, jobs: tuple[str, ...]) -> None:
        """The takes of these jobs stay in the engine's cache, and no others that `by` held."""
        if self._held.get(by) != jobs:
            self._held[by] = jobs
            self._holds[by] = jobs

    # ---- in the thread

    def _run(self) -> None:
        tries = 0
        while not self._closing.is_set():
            self.standing.emit(Standing(state="starting"))
            try:
                with launcher.ensure_running(self._paths) as client:
                    tries = 0
                    self._serve(client)
            except EngineError as error:
                self.standing.emit(Standing(state="gone", told=str(error)))
                self._closing.wait(_PATIENCE[min(tries, len(_PATIENCE) - 1)])
                tries += 1

    def _serve(self, client: EngineClient) -> None:
        """Until the panel closes. Raises EngineUnavailable, WireError."""
        client.listen(0)
        for job in reversed(client.jobs()):
            self.changed.emit(job)
        self.standing.emit(Standing(state="up"))
        for wanted in tuple(self._wanted.values()):
            self._hand_in(client, wanted)
        self._holds.update(self._held)
        ask_at = 0.0
        while not self._closing.is_set():
            if time.monotonic() >= ask_at:
                self.health.emit(client.status())
                ask_at = time.monotonic() + _ASK_HEALTH
            while self._handed:
                self._hand_in(client, self._handed.popleft())
            while self._withdrawn:
                self._let_go(self._withdrawn.popleft())
            while self._cancels:
                with contextlib.suppress(UnknownJob):
                    client.cancel(self._cancels[0])
                self._cancels.popleft()
            self._tell_holds(client)
            for event in client.listen(_LISTEN):
                if isinstance(event, JobChanged):
                    self._follow(client, event.job)
                else:
                    self.progressed.emit(event.id, event.progress)
        self._tell_holds(client)

    def _tell_holds(self, client: EngineClient) -> None:
        while self._holds:
            client.hold(*self._holds.popitem())

    def _let_go(self, ticket: Ticket) -> None:
        wanted = self._wanted.get(ticket)
        if wanted is not None and wanted.job_id is not None and not wanted.begun:
            self._cancels.append(wanted.job_id)

    def _hand_in(self, client: EngineClient, wanted: _Wanted) -> None:
        self._wanted[wanted.ticket] = wanted
        try:
            accepted = client.submit(wanted.job, fresh=wanted.fresh)
        except EngineError as error:
            self._give_up(wanted, error)
            return
        wanted.job_id, wanted.fresh = accepted.job.id, False
        wanted.begun = accepted.job.state != "queued"
        self.accepted.emit(wanted.ticket, accepted.job)
        if accepted.job.state in ENDED:  # known already: no event comes of it
            self._follow(client, accepted.job)

    def _give_up(self, wanted: _Wanted, error: EngineError) -> None:
        """Raises the error again where a new engine may still do the job."""
        if isinstance(error, EngineUnavailable):
            raise error
        del self._wanted[wanted.ticket]
        self.ended.emit(wanted.ticket, error)

    def _follow(self, client: EngineClient, job: JobRecord) -> None:
        self.changed.emit(job)
        followed = [one for one in self._wanted.values() if one.job_id == job.id]
        if job.state not in ENDED:
            for wanted in followed:
                wanted.begun = job.state != "queued"
            return
        for wanted in followed:
            try:
                outcome: Outcome = client.wait(job.id)
            except EngineError as error:
                self._give_up(wanted, error)
            else:
                del self._wanted[wanted.ticket]
                self.ended.emit(wanted.ticket, outcome)
