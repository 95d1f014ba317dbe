"""The book of jobs: each one's state, on the disk first, then in the queue's order, then told to all.

All in the loop's thread; clocks are arguments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from msgspec.structs import replace

from engine.daemon.event_log import EventLog
from engine.daemon.handed_in import HandedIn
from engine.daemon.job_store import JobEnd, JobStore
from engine.daemon.lane import Lane
from engine.daemon.queue_order import FreeBench, QueueOrder, Turn, turn
from engine.daemon.security import TakeCheck
from engine.errors import EngineError, QueueFull, WorkerLost
from engine.messages import ENDED, Accepted, Ending, EventList, Fault, Held, JobChanged, JobRecord
from engine.protocol import Job, Progress, Take

# ours: a job that an engine dies under is begun again by the next; one that brings the machine down must not
# do so for ever. Whoever kills five engines under one long render hands it in once more.
DEATHS = 5
# ours: a night's batch of a large studio is some thousands; what waits is in memory, a kilobyte each.
MOST_QUEUED, MOST_OF_CLIENT = 100_000, 50_000
REPLAYED = 10_000  # jobs in one answer to who was away long


class JobBook:
    def __init__(self, store: JobStore, events: EventLog, ended: Callable[[Ending], None]) -> None:
        """`ended` is called at each job's end with what came of it."""
        self._store = store
        self._events = events
        self._ended = ended
        self._running: dict[str, JobRecord] = {}
        self._paused = set(store.all_paused())
        self._order = QueueOrder()
        for waiting in store.all_waiting():
            self._order.add(waiting)

    # ---- jobs on their way in

    def known_take(self, job_hash: str, weights: str | None) -> tuple[JobRecord, TakeCheck] | None:
        """The render of that hash that is done, and how to check its take.

        `weights`: the sha256 of the checkpoint that renders it, None where nothing of the kind does.
        """
        job_id = self._store.done_render(job_hash)
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

    def keep_all(self, handed_in: Sequence[HandedIn], now_ms: int) -> tuple[Accepted | EngineError, ...]:
        """Keeps the jobs, in one write; a render joins the same one that is queued or running.

        Who joins wants it done: a pause ends, and of two priorities the higher holds.
        """
        answers: dict[int, Accepted | EngineError] = {}
        new: dict[int, HandedIn] = {}
        hashes: set[str] = set()
        coming: Counter[str] = Counter()  # those of `new`, by client
        for number, one in enumerate(handed_in):
            if one.may_join and one.hash in hashes:  # of one that is not on the disk yet
                answers |= self._added(new, now_ms)
                new.clear()
                coming.clear()
            joined = self._joined(one)
            if joined is not None:
                answers[number] = joined
            elif full := self._full(one.client, coming):
                answers[number] = full
            else:
                new[number] = one
                hashes.add(one.hash)
                coming[one.client] += 1
        answers |= self._added(new, now_ms)
        return tuple(answers[number] for number in range(len(handed_in)))

    def _full(self, client: str, coming: Counter[str]) -> QueueFull | None:
        """Why the client's job is one too many. `coming`: jobs that are about to be kept, by client."""
        if self.queued + coming.total() >= MOST_QUEUED:
            return QueueFull(f"{MOST_QUEUED} jobs wait, as many as the engine takes: hand in later")
        if self._order.of_client[client] + coming[client] >= MOST_OF_CLIENT:
            return QueueFull(
                f"{MOST_OF_CLIENT} jobs of this client wait, as many as one may have: hand in later"
            )
        return None

    def _added(self, new: Mapping[int, HandedIn], now_ms: int) -> dict[int, Accepted | EngineError]:
        """The answers, by the same numbers."""
        sequence = self._events.sequence
        jobs = [one.new_job(now_ms) for one in new.values()]
        try:
            records = self._store.add_all(jobs, self._events.next)
        except EngineError as error:
            return dict.fromkeys(new, error)
        for job, record in zip(jobs, records, strict=True):
            self._order.add(job.place(int(record.id)))
            self._events.changed(record)
        return {
            number: Accepted(job=record, sequence=sequence)
            for number, record in zip(new, records, strict=True)
        }

    def _joined(self, one: HandedIn) -> Accepted | EngineError | None:
        """The answer, where the same render is queued or running, or nobody can tell; else None."""
        if not one.may_join:
            return None
        try:
            same = self._store.unfinished_render(one.hash)
            if same is None:
                return None
            record = self.resume(same)
            if one.submit.priority > record.priority:
                record = self.reprioritise(same, one.submit.priority)
        except EngineError as error:
            return error
        return Accepted(job=record, joined=True, sequence=self._events.sequence)

    # ---- what is known of them

    def record(self, job_id: str) -> JobRecord:
        """Raises `UnknownJob`. Of a job that runs no disk is asked."""
        return self._running.get(job_id) or self._store.record(job_id)

    def job(self, job_id: str) -> Job | None:
        """None where it was kept by an engine that knew other jobs."""
        return self._store.job(job_id)

    def ending(self, job_id: str) -> Ending:
        """Raises `UnknownJob`."""
        ending = self._store.ending(job_id)
        return replace(ending, job=self._latest(ending.job))

    def latest(self, limit: int) -> tuple[JobRecord, ...]:
        return tuple(map(self._latest, self._store.latest(limit)))

    def events_since(self, run: str, sequence: int) -> EventList:
        """Every event after that number, where they are kept; else what has changed since, job by job.

        The second is not `complete`: of each job it is the latest state alone, and of many jobs the first
        ones. Who asks on from its last number, until nothing more comes, knows every job's state.
        """
        events = self._events.since(run, sequence)
        if events is not None:
            return EventList(run=self._events.run, events=events, complete=True)
        since = sequence if sequence <= self._events.sequence else 0  # of a job list that is no more
        changed = self._store.changed_since(since, REPLAYED)
        return EventList(
            run=self._events.run,
            events=tuple(JobChanged(sequence=change, job=self._latest(job)) for change, job in changed),
            complete=False,
        )

    @property
    def sequence(self) -> int:
        """Of the latest event."""
        return self._events.sequence

    @property
    def running(self) -> tuple[str, ...]:
        return tuple(self._running)

    @property
    def paused(self) -> int:
        return len(self._paused)

    @property
    def queued(self) -> int:
        """Paused ones among them."""
        return len(self._order) + self.paused

    # ---- what becomes of them

    def next_turn(self, lane: Lane, free: Sequence[FreeBench], gpus: int) -> Turn | None:
        """Whose turn it is in the lane."""
        return turn(self._order.equals(lane), free, gpus)

    def begin(self, job_id: str, device: str, now_ms: int) -> JobRecord:
        """A worker is given the job."""
        record = self._store.record(job_id)
        record = replace(record, state="running", started=now_ms, attempts=record.attempts + 1, device=device)
        self._store.begin(record, self._events.next)
        self._order.begin(int(job_id))
        self._running[job_id] = record
        self._events.changed(record)
        return record

    def progress(self, job_id: str, progress: Progress) -> None:
        self._running[job_id] = replace(self._running[job_id], progress=progress)
        self._events.progressed(job_id, progress)

    def put_back(self, job_id: str, *, paused: bool = False) -> JobRecord:
        """The job waits, for its turn or for being resumed; an ended one stays as it is."""
        record = self.record(job_id)
        if record.state in ENDED:
            return record
        self._store.put_back(job_id, self._events.next, paused=paused)
        self._running.pop(job_id, None)
        self._order.remove(int(job_id))
        if paused:
            self._paused.add(job_id)
        else:
            self._paused.discard(job_id)
            self._order.add(self._store.waiting(job_id))
        return self._changed(job_id)

    def resume(self, job_id: str) -> JobRecord:
        """The end of a pause; a job that is not paused stays as it is."""
        record = self.record(job_id)
        return self.put_back(job_id) if record.paused else record

    def reprioritise(self, job_id: str, priority: int) -> JobRecord:
        """Another place in the queue; an ended job stays as it is."""
        record = self.record(job_id)
        if record.state in ENDED:
            return record
        self._store.set_priority(job_id, self._events.next, priority)
        self._order.reprioritise(int(job_id), priority)
        if job_id in self._running:
            self._running[job_id] = replace(record, priority=priority)
        return self._changed(job_id)

    def end(self, end: JobEnd) -> None:
        """Raises DiskFull and RenderFailed where it cannot be written down: the job stays what it was."""
        job_id = end.record.id
        self._store.end(end, self._events.next)
        self._running.pop(job_id, None)
        self._paused.discard(job_id)
        self._order.remove(int(job_id))
        self._ended(Ending(job=end.record, result=end.result))
        self._events.changed(end.record)

    def fail(self, job_id: str, fault: Fault, now_ms: int, *, cancelled: bool = False) -> JobRecord:
        """An ended job stays as it is."""
        record = self.record(job_id)
        if record.state in ENDED:
            return record
        record = replace(
            record,
            state="cancelled" if cancelled else "failed",
            ended=now_ms,
            paused=False,
            fault=fault,
        )
        self.end(JobEnd(record=record))
        return record

    def take_up(self, now_ms: int) -> None:
        """What an engine died under waits again; what too many have died under has failed."""
        for job_id, deaths in self._store.count_deaths().items():
            if deaths < DEATHS:
                self._changed(job_id)
                continue
            error = WorkerLost(
                f"{deaths} engines have died under job {job_id}: it may need more than this machine has"
            )
            self.fail(job_id, Fault.of(error), now_ms)

    def held_folders(self) -> frozenset[str]:
        """The folders, by name, of the takes that somebody holds."""
        return self._store.held_folders()

    def hold(self, by: str, jobs: tuple[str, ...]) -> Held:
        return Held(by=by, jobs=self._store.hold(by, jobs))

    # ---- inside

    def _changed(self, job_id: str) -> JobRecord:
        record = self.record(job_id)
        self._events.changed(record)
        return record

    def _latest(self, record: JobRecord) -> JobRecord:
        """The record, as it is while the job runs."""
        return self._running.get(record.id, record)
