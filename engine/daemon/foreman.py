"""The foreman: takes jobs in, has the worker of each lane do them in order, and says what became of them.

All in the loop's thread; clocks are arguments.
"""

from __future__ import annotations

import secrets
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import structlog
from msgspec.structs import replace

from engine.daemon.bench import SILENCE, Bench, Work
from engine.daemon.event_log import EventLog
from engine.daemon.job_store import JobEnd, JobStore, NewJob
from engine.daemon.lane import LANES, lane_of
from engine.daemon.security import TakeCheck
from engine.daemon.worker_process import WorkerGone, WorkerNews
from engine.daemon.worker_wire import Advanced, Assignment, Beat, Failed, Finished, WorkerMessage
from engine.errors import DiskFull, EngineError, JobCancelled, RenderFailed, WorkerLost
from engine.job_name import job_hash
from engine.messages import ENDED, Accepted, Ending, Fault, Held, JobRecord, Submit, WorkerStatus
from engine.paths import EnginePaths
from engine.protocol import Job, Render, Take
from engine.version import engine_version

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

ATTEMPTS = 2  # a job whose worker died is begun once more, then it has failed
KEPT_MS = 30 * 24 * 3600 * 1000  # jobs, and their takes in the cache, live for 30 days


class Foreman:
    def __init__(
        self,
        paths: EnginePaths,
        store: JobStore,
        events: EventLog,
        tell: Callable[[WorkerNews], None],
        ended: Callable[[Ending], None],
    ) -> None:
        """`tell` is called from another thread, `ended` at each job's end with what came of it."""
        self._paths = paths
        self._store = store
        self._events = events
        self._ended = ended
        self._run = secrets.token_hex(3)
        self._attempts: Counter[str] = Counter()  # of the jobs that have not ended
        self._benches = tuple(Bench(lane, tell) for lane in LANES)

    # ---- what clients ask

    def known_take(self, job: Job, weights: str | None) -> tuple[JobRecord, TakeCheck] | None:
        """The job that has rendered the same before, and how to check its take; None for other jobs.

        `weights`: the sha256 of the checkpoint that renders the job, None where nothing of the kind does.
        """
        job_id = self._store.done_render(_hash(job, weights)) if isinstance(job, Render) else None
        if job_id is None:
            return None
        ending = self._store.ending(job_id)
        # Weights may have been changed between the job's coming in and its rendering.
        if not isinstance(ending.result, Take) or ending.result.checkpoint != (weights or ""):
            return None
        return ending.job, TakeCheck(path=Path(ending.result.path), sha256=ending.result.sha256)

    def give_known(self, known: JobRecord) -> Accepted:
        """The job whose take was found unchanged, as the answer."""
        return Accepted(job=replace(known, cached=True), sequence=self._events.sequence)

    def submit(self, submit: Submit, client: str, now_ms: int, weights: str | None = None) -> Accepted:
        """Keeps the job, or joins the render of the same that is queued or running.

        Who joins wants it done: a pause ends, and of two priorities the higher holds.
        """
        job, digest = submit.job, _hash(submit.job, weights)
        if isinstance(job, Render) and not submit.fresh and (same := self._store.unfinished_render(digest)):
            self.resume(same)
            if submit.priority > self.record(same).priority:
                self.reprioritise(same, submit.priority)
            return Accepted(job=self.record(same), joined=True, sequence=self._events.sequence)
        record = self._store.add(
            NewJob(
                hash=digest,
                job=job,
                lane=lane_of(job),
                submitted=now_ms,
                priority=submit.priority,
                client=client,
            )
        )
        accepted = Accepted(job=record, sequence=self._events.sequence)
        self._events.changed(record)
        return accepted

    def cancel(self, job_id: str, now_ms: int) -> JobRecord:
        """Ends the job, and the worker under it; an ended job stays as it is."""
        record = self.record(job_id)
        if record.state in ENDED:
            return record
        error = JobCancelled(f"job {job_id} was cancelled")
        record = replace(record, state="cancelled", ended=now_ms, fault=Fault.of(error))
        self._store.end(JobEnd(record=record))  # first: where that fails the job goes on
        for bench in self._benches:
            if bench.work and bench.work.record.id == job_id:
                work = bench.work
                bench.drop()
                work.forget()
                bench.warm_up()
        self._announce(Ending(job=record))
        return record

    def pause(self, job_id: str) -> JobRecord:
        """The job is not begun before it is resumed; one that runs goes back to the queue."""
        if self.record(job_id).state in ENDED:
            return self.record(job_id)
        self._store.set_paused(job_id, True)
        for bench in self._benches:
            if bench.work and bench.work.record.id == job_id:
                bench.drop()
                bench.warm_up()
        return self._changed(job_id)

    def resume(self, job_id: str) -> JobRecord:
        """The end of a pause; a job that is not paused stays as it is."""
        if not self.record(job_id).paused:
            return self.record(job_id)
        self._store.set_paused(job_id, False)
        return self._changed(job_id)

    def reprioritise(self, job_id: str, priority: int) -> JobRecord:
        """Another place in the queue; an ended job stays as it is."""
        if self.record(job_id).state in ENDED:
            return self.record(job_id)
        self._store.set_priority(job_id, priority)
        for bench in self._benches:
            if bench.work and bench.work.record.id == job_id:
                bench.work.record = replace(bench.work.record, priority=priority)
        return self._changed(job_id)

    def hold(self, by: str, jobs: tuple[str, ...]) -> Held:
        return Held(by=by, jobs=self._store.hold(by, jobs))

    def record(self, job_id: str) -> JobRecord:
        return self._latest(self._store.record(job_id))

    def ending(self, job_id: str) -> Ending:
        ending = self._store.ending(job_id)
        return replace(ending, job=self._latest(ending.job))

    def latest(self, limit: int) -> tuple[JobRecord, ...]:
        return tuple(self._latest(record) for record in self._store.latest(limit))

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(bench.work.record.id for bench in self._benches if bench.work)

    @property
    def queued(self) -> int:
        return self._store.unfinished_count() - len(self.running)

    @property
    def paused(self) -> int:
        return self._store.paused_count()

    @property
    def workers(self) -> tuple[WorkerStatus, ...]:
        return tuple(
            WorkerStatus(
                pid=bench.pid,
                lane=bench.lane,
                device="cpu",
                job=bench.work.record.id if bench.work else "",
            )
            for bench in self._benches
            if bench.pid is not None
        )

    # ---- what the loop calls

    def sweep(self, now_ms: int) -> None:
        """Forgets old jobs; removes the takes and logs of jobs that are not kept, half takes among them."""
        self._store.forget_before(now_ms - KEPT_MS)
        kept = self._store.take_folders()
        for folder in self._paths.takes.glob("*/*"):
            if folder.name not in kept:
                _remove(folder)
        for folder in self._paths.unfinished.glob("*"):
            if not self._store.is_unfinished(folder.name):
                _remove(folder)
        for file in self._paths.job_logs.glob("*.log"):
            if not self._store.knows(file.stem):
                file.unlink(missing_ok=True)

    def assign(self, now: float, now_ms: int) -> None:
        """Gives each worker that is free the next job of its lane."""
        for bench in self._benches:
            while bench.work is None and (record := self._store.next_queued(bench.lane)) is not None:
                try:
                    job = self._store.job(record.id)
                except RenderFailed as error:
                    self._end_badly(record, error, now_ms)
                else:
                    self._begin(bench, replace(record, state="running", started=now_ms), job, now)

    def hear(self, news: WorkerNews, now: float, now_ms: int) -> None:
        """Takes note of what a worker said, or of its end."""
        bench = next((bench for bench in self._benches if bench.pid == news.pid), None)
        if bench is None:
            return  # of a worker that was ended on purpose
        bench.hear(now)
        if isinstance(news, WorkerGone):
            self._lose_work(bench, f"the worker died (exit code {bench.bury()})", now_ms)
        elif bench.work is not None:
            self._follow(bench, bench.work, news.message, now_ms)

    def check_silence(self, now: float, now_ms: int) -> None:
        for bench in self._benches:
            if bench.silent(now):
                bench.dismiss()
                self._lose_work(bench, f"the worker did not answer for {SILENCE:.0f} s", now_ms)

    def silence_ends(self) -> float | None:
        """When `check_silence` is next due, on the loop's clock; None while nothing runs."""
        due = [moment for bench in self._benches if (moment := bench.silence_ends()) is not None]
        return min(due, default=None)

    def close(self) -> None:
        """Ends the workers; their jobs stay in the queue."""
        for bench in self._benches:
            bench.drop()

    # ---- inside

    def _begin(self, bench: Bench, record: JobRecord, job: Job, now: float) -> None:
        self._attempts[record.id] += 1
        record = replace(record, attempts=self._attempts[record.id])
        # Of its own for each attempt: a worker whose engine was killed may still write into the last one.
        folder = self._paths.takes / record.hash / f"{record.id}.{self._run}.{record.attempts}"
        assignment = Assignment(
            id=record.id,
            job=job,
            folder=str(folder),
            cache=str(self._paths.cache),
            unfinished=str(self._paths.unfinished / record.hash),
            log=str(self._paths.job_log(record.id)),
        )
        unfinished = Path(assignment.unfinished)
        bench.begin(Work(record=record, folder=folder, unfinished=unfinished), assignment, now)
        self._events.changed(record)

    def _follow(self, bench: Bench, work: Work, message: WorkerMessage, now_ms: int) -> None:
        match message:
            case Beat():
                return
            case Advanced(progress=progress):
                work.record = replace(work.record, progress=progress)
                self._events.progressed(work.record.id, progress)
            case Finished():
                bench.work = None
                self._finish(work, message, now_ms)
            case Failed(fault=fault):
                bench.work = None
                work.discard()
                work.forget()
                self._end(JobEnd(record=_failed(work.record, fault, now_ms)))

    def _finish(self, work: Work, finished: Finished, now_ms: int) -> None:
        record = replace(work.record, state="done", ended=now_ms, cached=finished.cached)
        try:
            self._end(JobEnd(record=record, result=finished.result, folder=work.folder.name))
            work.forget()
        except DiskFull as error:
            work.discard()  # which makes the room to say so
            work.forget()
            self._end_badly(work.record, error, now_ms)

    def _lose_work(self, bench: Bench, reason: str, now_ms: int) -> None:
        work, bench.work = bench.work, None
        if work is None:
            return
        log.warning("worker_lost", job=work.record.id, reason=reason)
        work.discard()
        if work.record.attempts < ATTEMPTS:
            self._changed(work.record.id)
        else:
            work.forget()
            job = work.record.id
            error = WorkerLost(
                f"{reason} under job {job}, {ATTEMPTS} times; {self._paths.job_log(job)} may say why"
            )
            self._end_badly(work.record, error, now_ms)

    def _end_badly(self, record: JobRecord, error: EngineError, now_ms: int) -> None:
        self._end(JobEnd(record=_failed(record, Fault.of(error), now_ms)))

    def _end(self, end: JobEnd) -> None:
        self._store.end(end)
        self._announce(Ending(job=end.record, result=end.result))

    def _announce(self, ending: Ending) -> None:
        del self._attempts[ending.job.id]
        self._ended(ending)
        self._events.changed(ending.job)

    def _changed(self, job_id: str) -> JobRecord:
        record = self.record(job_id)
        self._events.changed(record)
        return record

    def _latest(self, record: JobRecord) -> JobRecord:
        """The record, as it is while the job runs."""
        running = (bench.work.record for bench in self._benches if bench.work)
        return next((one for one in running if one.id == record.id), record)


def _hash(job: Job, weights: str | None) -> str:
    return job_hash(job, engine_version(), weights)


def _failed(record: JobRecord, fault: Fault, now_ms: int) -> JobRecord:
    return replace(record, state="failed", ended=now_ms, fault=fault)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
