"""The foreman: takes jobs in, has the one worker do them in order, and says what became of them.

All in the loop's thread; clocks are arguments.
"""

from __future__ import annotations

import logging
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from engine.daemon.event_log import EventLog
from engine.daemon.job_store import JobStore, NewJob
from engine.daemon.security import TakeCheck
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerProcess
from engine.daemon.worker_wire import Advanced, Assignment, Beat, Failed, Finished, WorkerMessage
from engine.errors import DiskFull, EngineError, JobCancelled, RenderFailed, WorkerLost, from_wire
from engine.messages import ENDED, Accepted, Ending, JobRecord
from engine.paths import EnginePaths
from engine.protocol import Job, Progress, Render, Take, job_hash
from engine.version import engine_version

log = logging.getLogger(__name__)

ATTEMPTS = 2  # a job whose worker died is begun once more, then it has failed

KEPT_MS = 30 * 24 * 3600 * 1000  # jobs, and their takes in the cache, live for 30 days

# Some native decoders hold the interpreter's lock for a minute, and with it the beats: only a much longer
# silence means a worker that hangs. A worker that dies is noticed at once, by the end of its pipe.
SILENCE = 180.0  # seconds


@dataclass(slots=True, kw_only=True)
class _Work:
    """The job that the worker has."""

    id: str
    folder: Path
    progress: Progress | None = None


class Foreman:
    def __init__(
        self, paths: EnginePaths, store: JobStore, events: EventLog, tell: Callable[[WorkerNews], None]
    ) -> None:
        self._paths = paths
        self._store = store
        self._events = events
        self._tell = tell
        self._work: _Work | None = None
        self._heard = 0.0
        self._worker: WorkerProcess | None = WorkerProcess(tell)

    # ---- what clients ask

    def known_take(self, job: Job) -> tuple[JobRecord, TakeCheck] | None:
        """The job that has rendered the same before, and how to check its take; None for other jobs."""
        job_id = self._store.done_of(_hash(job)) if isinstance(job, Render) else None
        if job_id is None:
            return None
        ending = self._store.ending(job_id)
        if not isinstance(ending.result, Take):
            return None
        return ending.job, TakeCheck(path=Path(ending.result.path), sha256=ending.result.sha256)

    def submit(self, job: Job, *, fresh: bool, now_ms: int) -> Accepted:
        """Keeps the job, or joins the render of the same that is queued or running."""
        digest = _hash(job)
        if isinstance(job, Render) and not fresh and (same := self._store.unfinished_of(digest)):
            return Accepted(job=self.record(same), joined=True, sequence=self._events.sequence)
        record = self._store.add(NewJob(id=secrets.token_hex(6), hash=digest, job=job, submitted=now_ms))
        accepted = Accepted(job=record, sequence=self._events.sequence)
        self._events.changed(record)
        return accepted

    def give_known(self, known: JobRecord) -> Accepted:
        """The job whose take was found unchanged, as the answer."""
        return Accepted(job=msgspec.structs.replace(known, cached=True), sequence=self._events.sequence)

    def cancel(self, job_id: str, now_ms: int) -> JobRecord:
        """Ends the job, and the worker under it; an ended job stays as it is."""
        record = self._store.record(job_id)
        if record.state in ENDED:
            return record
        cancelled = JobCancelled(f"job {job_id} was cancelled")
        record = self._store.fail(job_id, "cancelled", cancelled, now_ms)
        if self._work and self._work.id == job_id:
            self._drop_work()
            self._worker = WorkerProcess(self._tell)  # warm again for the next job
        self._events.changed(record)
        return record

    def record(self, job_id: str) -> JobRecord:
        return self._with_progress(self._store.record(job_id))

    def ending(self, job_id: str) -> Ending:
        return self._store.ending(job_id)

    def latest(self, limit: int) -> tuple[JobRecord, ...]:
        return tuple(self._with_progress(record) for record in self._store.latest(limit))

    @property
    def running(self) -> tuple[str, ...]:
        return (self._work.id,) if self._work else ()

    @property
    def queued(self) -> int:
        return self._store.queued_count()

    @property
    def worker_pid(self) -> int | None:
        return self._worker.pid if self._worker else None

    # ---- what the loop calls

    def sweep(self, now_ms: int) -> None:
        """Forgets old jobs; removes the takes and logs of jobs that are not kept, half takes among them."""
        self._store.forget_before(now_ms - KEPT_MS)
        known = self._store.finished_attempts()
        for folder in self._paths.takes.glob("*/*"):
            if folder.name not in known:
                _remove(folder)
        for file in self._paths.job_logs.glob("*.log"):
            if not self._store.knows(file.stem):
                file.unlink(missing_ok=True)

    def assign(self, now: float, now_ms: int) -> None:
        """Gives the worker the next job, if it is free and there is one."""
        while self._work is None and (job_id := self._store.next_queued()) is not None:
            try:
                job = self._store.job(job_id)
            except RenderFailed as error:
                self._events.changed(self._store.fail(job_id, "failed", error, now_ms))
                continue
            self._begin(job_id, job, now, now_ms)

    def hear(self, news: WorkerNews, now: float, now_ms: int) -> None:
        """Takes note of what a worker said, or of its end."""
        if self._worker is None or news.pid != self._worker.pid:
            return  # of a worker that was ended on purpose
        self._heard = now
        if isinstance(news, WorkerGone):
            code = self._worker.bury()
            self._worker = None
            self._lose_work(f"the worker died (exit code {code})", now_ms)
        elif self._work is not None:
            self._follow(self._work, news.message, now_ms)

    def check_silence(self, now: float, now_ms: int) -> None:
        if self._work and now - self._heard > SILENCE and self._worker:
            self._worker.kill()
            self._worker = None
            self._lose_work(f"the worker did not answer for {SILENCE:.0f} s", now_ms)

    def silence_ends(self) -> float | None:
        """When `check_silence` is next due, on the loop's clock; None while nothing runs."""
        return self._heard + SILENCE if self._work else None

    def close(self) -> None:
        """Ends the worker; its job goes back into the queue."""
        if self._work:
            job_id = self._work.id
            self._drop_work()
            self._store.requeue(job_id)
        elif self._worker:
            self._worker.kill()
        self._worker = None

    # ---- inside

    def _begin(self, job_id: str, job: Job, now: float, now_ms: int) -> None:
        record = self._store.begin(job_id, now_ms)
        # Of its own for each attempt: a worker whose engine was killed may still write into the last one.
        folder = self._paths.takes / record.hash / f"{job_id}.{record.attempts}"
        self._work = _Work(id=job_id, folder=folder)
        self._heard = now
        if self._worker is None:
            self._worker = WorkerProcess(self._tell)
        self._worker.assign(
            Assignment(
                id=job_id,
                hash=record.hash,
                job=job,
                folder=str(folder),
                cache=str(self._paths.cache),
                log=str(self._paths.job_logs / f"{job_id}.log"),
            )
        )
        self._events.changed(record)

    def _follow(self, work: _Work, message: WorkerMessage, now_ms: int) -> None:
        match message:
            case Beat():
                return
            case Advanced(id=work.id, progress=progress):
                work.progress = progress
                self._events.progressed(work.id, progress)
            case Finished(id=work.id) as finished:
                self._work = None
                self._finish(work, finished, now_ms)
            case Failed(id=work.id, fault=fault):
                self._work = None
                _remove(work.folder)
                self._end_badly(work.id, from_wire(fault.name, fault.message), now_ms)

    def _finish(self, work: _Work, finished: Finished, now_ms: int) -> None:
        try:
            record = self._store.finish(work.id, finished.result, cached=finished.cached, now=now_ms)
        except DiskFull as error:
            _remove(work.folder)  # which makes the room to say so
            self._end_badly(work.id, error, now_ms)
        else:
            self._events.changed(record)

    def _lose_work(self, reason: str, now_ms: int) -> None:
        work, self._work = self._work, None
        if work is None:
            return
        log.warning("job %s: %s", work.id, reason)
        _remove(work.folder)
        if self._store.record(work.id).attempts < ATTEMPTS:
            self._events.changed(self._store.requeue(work.id))
        else:
            text = (
                f"{reason} under job {work.id}, {ATTEMPTS} times; the reason may stand in {self._paths.log}"
            )
            self._end_badly(work.id, WorkerLost(text), now_ms)

    def _end_badly(self, job_id: str, error: EngineError, now_ms: int) -> None:
        self._events.changed(self._store.fail(job_id, "failed", error, now_ms))

    def _drop_work(self) -> None:
        """Ends the worker in the middle of its job, and removes what it has half done."""
        if self._worker:
            self._worker.kill()
            self._worker = None
        if self._work:
            _remove(self._work.folder)
            self._work = None

    def _with_progress(self, record: JobRecord) -> JobRecord:
        if self._work and self._work.id == record.id:
            return msgspec.structs.replace(record, progress=self._work.progress)
        return record


def _hash(job: Job) -> str:
    return job_hash(job, engine_version())


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
