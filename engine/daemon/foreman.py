"""The foreman: gives each free bench the job whose turn it is, and sees to what its worker makes of it.

All in the loop's thread; clocks are arguments.
"""

from __future__ import annotations

import contextlib
import secrets
from collections import Counter

import structlog
from msgspec.structs import replace

from engine.daemon.bench import Bench, Work
from engine.daemon.benches import Benches
from engine.daemon.consent_desk import ConsentDesk
from engine.daemon.job_book import JobBook
from engine.daemon.job_store import JobEnd
from engine.daemon.lane import LANES, Lane
from engine.daemon.queue_order import Turn
from engine.daemon.unwritten import Unwritten
from engine.daemon.worker_process import WorkerGone, WorkerNews
from engine.daemon.worker_wire import Advanced, Assignment, Beat, Broken, Failed, Finished, WorkerMessage
from engine.errors import ConsentMissing, EngineError, JobCancelled, RenderFailed, WorkerLost
from engine.messages import ENDED, DeviceStatus, Fault, JobRecord, WorkerStatus
from engine.paths import EnginePaths

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()

ATTEMPTS = 2  # a job whose worker died is begun once more, then it has failed


class Foreman:
    def __init__(self, paths: EnginePaths, book: JobBook, benches: Benches, desk: ConsentDesk) -> None:
        self._paths = paths
        self._book = book
        self._benches = benches
        self._desk = desk
        self._run = secrets.token_hex(3)
        self._lost: Counter[str] = Counter()  # workers, by the job that they died under
        self._unwritten = Unwritten()

    # ---- what clients ask

    def cancel(self, job_id: str, now: float, now_ms: int) -> JobRecord:
        """Ends the job, and the worker under it; an ended job stays as it is."""
        record = self._book.record(job_id)
        if record.state in ENDED:
            return record
        fault = Fault.of(JobCancelled(f"job {job_id} was cancelled"))
        record = self._book.fail(job_id, fault, now_ms, cancelled=True)  # where that fails the job goes on
        del self._lost[job_id]
        if bench := self._benches.with_job(job_id):
            bench.dismiss(now, bench.end_work(warm=False).scrap())
        return record

    def pause(self, job_id: str, now: float) -> JobRecord:
        """The job waits until it is resumed; one that runs is queued again; an ended one stays as it is."""
        record = self._book.record(job_id)
        if record.state in ENDED or record.paused:
            return record
        record = self._book.put_back(job_id, paused=True)
        if bench := self._benches.with_job(job_id):
            bench.dismiss(now, bench.end_work(warm=False).discard)
        return record

    @property
    def workers(self) -> tuple[WorkerStatus, ...]:
        return self._benches.workers

    @property
    def devices(self) -> tuple[DeviceStatus, ...]:
        return self._benches.devices

    @property
    def folders(self) -> frozenset[str]:
        """The names of the folders that workers write into."""
        return frozenset(bench.work.folder.name for bench in self._benches if bench.work)

    # ---- what the loop calls

    def assign(self, now: float, now_ms: int) -> None:
        """Gives each worker that is free the next job of its lane."""
        if not self._unwritten.is_clear(now):
            return
        try:
            for lane in LANES:
                while found := self._next(lane, now):
                    self._begin(found, now, now_ms)
        except EngineError as error:
            self._unwritten.wait(error, now)

    def hear(self, news: WorkerNews, now: float, now_ms: int) -> None:
        """Takes note of what a worker said, or of its end."""
        for bench in self._benches.of_process(news.pid):
            if isinstance(news, WorkerGone):
                if bench.gone(news.pid):
                    self._lose_worker(bench, f"the worker died (exit code {news.code})", now, now_ms)
            elif bench.pid == news.pid and bench.work is not None:  # else it was dismissed meanwhile
                bench.hear(now)
                self._follow(bench, bench.work, news.message, now, now_ms)

    def check_silence(self, now: float, now_ms: int) -> None:
        """Sees to what time brings: workers that hang, and what can be written down by now."""
        self._unwritten.is_clear(now)
        for bench in self._benches.silent(now):
            bench.dismiss(now)
            self._lose_work(bench, f"the worker did not answer for {self._benches.silence:g} s", now, now_ms)

    def next_due(self, now: float) -> float | None:
        """When time alone has something happen, on the loop's clock; None where it does not."""
        moments = (self._benches.next_due(now), self._unwritten.next_try)
        return min((moment for moment in moments if moment is not None), default=None)

    def close(self) -> None:
        """Ends the workers; their jobs stay in the queue."""
        self._benches.close()
        with contextlib.suppress(EngineError):  # then it is as if the engine had died under them
            for job_id in self._book.running:
                self._book.put_back(job_id)

    # ---- inside

    def _next(self, lane: Lane, now: float) -> Turn | None:
        free = self._benches.free(lane, now)
        return self._book.next_turn(lane, free, self._benches.gpus) if free else None

    def _begin(self, found: Turn, now: float, now_ms: int) -> None:
        job_id = str(found.job.id)
        job = self._book.job(job_id)
        if job is None:
            unreadable = RenderFailed(
                f"job {job_id} was kept by another engine, and cannot be read by this one"
            )
            self._book.fail(job_id, Fault.of(unreadable), now_ms)
            return
        try:
            self._desk.allow_still(job, self._book.record(job_id))
        except ConsentMissing as error:
            self._book.fail(job_id, Fault.of(error), now_ms)
            return
        bench = self._benches.prepare(found.benches, now)
        try:
            record = self._book.begin(job_id, bench.device, now_ms)
        except EngineError:
            if bench.has_borrowed:
                bench.dismiss(now)
            raise
        work = self._work(record, found.job.weights)
        assignment = Assignment(
            id=record.id,
            job=job,
            folder=str(work.folder),
            cache=str(self._paths.cache),
            unfinished=str(work.unfinished),
            log=str(self._paths.job_log(record.id)),
            keys=str(self._paths.keys),
        )
        bench.begin(work, assignment, now)

    def _work(self, record: JobRecord, weights: str) -> Work:
        # Of its own for each attempt: a worker whose engine was killed may still write into the last one.
        attempt = f"{record.id}.{self._run}.{record.attempts}"
        unfinished = self._paths.unfinished / record.hash
        if any(bench.work and bench.work.unfinished == unfinished for bench in self._benches):
            unfinished = self._paths.unfinished / f"{record.hash}.{record.id}"  # the same, twice, afresh
        return Work(
            job_id=record.id,
            weights=weights,
            folder=self._paths.takes / record.hash / attempt,
            unfinished=unfinished,
        )

    def _follow(self, bench: Bench, work: Work, message: WorkerMessage, now: float, now_ms: int) -> None:
        match message:
            case Beat():
                return
            case Advanced(progress=progress):
                self._book.progress(work.job_id, work.pace.told(progress, now))
            case Finished():
                bench.end_work(warm=True)
                bench.find(message.device)
                if bench.has_borrowed:
                    bench.dismiss(now)
                self._finish(work, message, now, now_ms)
            case Failed(fault=fault):
                bench.end_work(warm=False)
                bench.find(message.device)
                if message.spent or bench.has_borrowed:
                    bench.dismiss(now)
                work.scrap()()
                self._fail(work.job_id, fault, now, now_ms)
            case Broken(reason=reason):
                bench.dismiss(now)
                self._lose_work(bench, reason, now, now_ms)

    def _finish(self, work: Work, finished: Finished, now: float, now_ms: int) -> None:
        record = self._book.record(work.job_id)
        record = replace(record, state="done", ended=now_ms, cached=finished.cached)
        try:
            self._book.end(JobEnd(record=record, result=finished.result, folder=work.folder.name))
        except EngineError as error:
            work.scrap()()  # which makes the room to say so
            self._fail(work.job_id, Fault.of(error), now, now_ms)
        else:
            del self._lost[work.job_id]
            work.forget()

    def _lose_worker(self, bench: Bench, reason: str, now: float, now_ms: int) -> None:
        if bench.work is None:
            log.warning("worker_lost", reason=reason)
        else:
            self._lose_work(bench, reason, now, now_ms)

    def _lose_work(self, bench: Bench, reason: str, now: float, now_ms: int) -> None:
        work = bench.end_work(warm=False)
        job_id = work.job_id
        log.warning("worker_lost", job=job_id, reason=reason)
        work.discard()
        self._lost[job_id] += 1
        if self._lost[job_id] < ATTEMPTS:
            self._unwritten.write(lambda: self._book.put_back(job_id), now)
            return
        work.forget()
        told = self._paths.job_log(job_id)
        lost = WorkerLost(f"{reason} under job {job_id}, {ATTEMPTS} times; {told} may say why")
        self._fail(job_id, Fault.of(lost), now, now_ms)

    def _fail(self, job_id: str, fault: Fault, now: float, now_ms: int) -> None:
        del self._lost[job_id]
        self._unwritten.write(lambda: self._book.fail(job_id, fault, now_ms), now)
