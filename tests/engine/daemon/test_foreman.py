"""The foreman, with clocks and a worker that are the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.daemon import bench
from engine.daemon.event_log import EventLog
from engine.daemon.foreman import KEPT_MS, SILENCE, Foreman
from engine.daemon.job_store import JobEnd, JobStore
from engine.daemon.lane import Lane
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerSaid
from engine.daemon.worker_wire import Assignment, Beat, Failed, Finished
from engine.errors import DiskFull
from engine.messages import Ending, Fault, JobRecord, Submit
from engine.paths import EnginePaths
from engine.protocol import Job, Sleep, Slept, Speak


class IdleWorker:
    """Takes an assignment and does nothing; the test speaks for it."""

    hired = 0

    def __init__(self, tell: Callable[[WorkerNews], None]) -> None:
        IdleWorker.hired += 1
        self.pid = IdleWorker.hired

    def assign(self, given: Assignment) -> None:
        given.workspace.mkdir(parents=True)
        (given.workspace / "half.part").write_bytes(b"half")

    def kill(self) -> None:
        """There is no process."""

    def bury(self) -> int:
        return -9


class Room:
    """A foreman at work, and what he has announced."""

    def __init__(self, folder: Path) -> None:
        self.paths = EnginePaths.under(folder)
        self.paths.state.mkdir()
        self.store = JobStore(self.paths.jobs)
        self.ended: list[Ending] = []
        events = EventLog("run", lambda _: None)
        self.foreman = Foreman(self.paths, self.store, events, lambda _: None, self.ended.append)

    def begun(self) -> JobRecord:
        """A job that the worker has, since second 0."""
        job_id = self.handed_in(Sleep(ticks=9)).id
        self.foreman.assign(0.0, 2)
        return self.foreman.record(job_id)

    def handed_in(self, job: Job, priority: int = 0) -> JobRecord:
        return self.foreman.submit(Submit(job=job, priority=priority), "me", now_ms=1).job

    def says(self, message: Beat | Failed | Finished, now: float = 1.0) -> None:
        self.foreman.hear(WorkerSaid(pid=self.worker, message=message), now, int(now * 1000))

    @property
    def worker(self) -> int:
        """The one of the long lane, which sleeps are of."""
        return self.worker_of("long")

    def worker_of(self, lane: Lane) -> int:
        (pid,) = (worker.pid for worker in self.foreman.workers if worker.lane == lane)
        return pid

    @property
    def half_files(self) -> list[Path]:
        return list(self.paths.cache.rglob("*.part"))


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr(bench, "WorkerProcess", IdleWorker)
    room = Room(tmp_path)
    yield room
    room.store.close()


def test_a_job_that_a_worker_has_is_running(room: Room) -> None:
    record = room.begun()
    assert (record.state, record.started, record.attempts) == ("running", 2, 1)
    assert (room.foreman.running, room.foreman.queued) == ((record.id,), 0)


def test_the_next_job_waits_for_the_worker(room: Room) -> None:
    first = room.begun()
    second = room.begun()
    assert second.state == "queued"
    room.says(Finished(id=first.id, result=Slept()))
    room.foreman.assign(1.0, 3)
    assert room.foreman.running == (second.id,)


def test_what_somebody_waits_for_does_not_queue_behind_a_long_job(room: Room) -> None:
    long = room.begun()
    quick = room.handed_in(Speak(text="well"))
    room.foreman.assign(0.0, 3)
    assert set(room.foreman.running) == {long.id, quick.id}
    assert room.foreman.queued == 0


def test_a_worker_that_dies_takes_no_job_of_the_other_lane_with_it(room: Room) -> None:
    long = room.begun()
    quick = room.handed_in(Speak(text="well"))
    room.foreman.assign(0.0, 3)
    room.foreman.hear(WorkerGone(pid=room.worker_of("quick")), 1.0, 3)
    assert room.foreman.running == (long.id,)
    room.foreman.assign(1.0, 4)
    assert room.foreman.record(quick.id).attempts == 2
    assert room.foreman.record(long.id).attempts == 1


def test_a_failed_job_leaves_no_half_file(room: Room) -> None:
    job = room.begun()
    room.says(Failed(id=job.id, fault=Fault(name="BadMedia", message="no")))
    assert room.ended[0].job.fault == Fault(name="BadMedia", message="no")
    assert room.half_files == []


def test_a_worker_that_beats_is_given_time_without_end(room: Room) -> None:
    job = room.begun()
    for minute in range(1, 10):
        room.says(Beat(), now=minute * 60.0)
        room.foreman.check_silence(minute * 60.0 + 59, 1)
    assert room.foreman.running == (job.id,)


def test_a_worker_that_is_silent_too_long_is_ended_and_its_job_begun_again(room: Room) -> None:
    job = room.begun()
    silent = room.worker
    due = room.foreman.silence_ends()
    assert due == SILENCE
    room.foreman.check_silence(due + 1, 5)
    assert room.half_files == []
    room.foreman.assign(due + 1, 6)
    assert room.foreman.record(job.id).attempts == 2
    assert room.worker != silent


def test_a_job_whose_worker_died_twice_has_failed(room: Room) -> None:
    job = room.begun()
    for _ in range(2):
        room.foreman.hear(WorkerGone(pid=room.worker), 1.0, 3)
        room.foreman.assign(1.0, 4)
    (ending,) = room.ended
    assert ending.job.id == job.id
    assert ending.job.fault is not None
    assert ending.job.fault.name == "WorkerLost"
    assert room.half_files == []


def test_news_of_a_worker_that_was_ended_on_purpose_is_no_news(room: Room) -> None:
    first = room.begun()
    former = room.worker
    room.foreman.cancel(first.id, 3)
    second = room.begun()
    late = Finished(id=first.id, result=Slept())
    room.foreman.hear(WorkerSaid(pid=former, message=late), 1.0, 4)
    room.foreman.hear(WorkerGone(pid=former), 1.0, 4)
    assert room.foreman.record(first.id).state == "cancelled"
    assert room.foreman.running == (second.id,)


def test_a_result_that_the_full_disk_does_not_hold_is_a_named_failure(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = room.begun()
    end = room.store.end

    def full_while_half_files_lie_about(found: JobEnd) -> JobRecord:
        if room.half_files:
            raise DiskFull("no room")
        return end(found)

    monkeypatch.setattr(room.store, "end", full_while_half_files_lie_about)
    room.says(Finished(id=job.id, result=Slept()))
    assert room.ended[0].job.fault == Fault(name="DiskFull", message="no room")


def test_a_cancellation_that_cannot_be_kept_leaves_the_job_running(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = room.begun()

    def full(_: JobEnd) -> JobRecord:
        raise DiskFull("no room")

    monkeypatch.setattr(room.store, "end", full)
    with pytest.raises(DiskFull):
        room.foreman.cancel(job.id, 3)
    assert room.foreman.record(job.id).state == "running"


def test_what_runs_when_the_engine_ends_waits_for_the_next(room: Room) -> None:
    job = room.begun()
    room.foreman.close()
    waiting = room.store.next_queued("long")
    assert waiting is not None
    assert waiting.id == job.id
    assert room.half_files == []


def test_what_a_paused_render_keeps_stays_and_what_an_ended_one_kept_is_removed(room: Room) -> None:
    job = room.begun()
    kept = room.paths.unfinished / job.hash
    kept.mkdir(parents=True)
    assert room.foreman.pause(job.id).paused
    room.foreman.assign(1.0, 3)
    assert (room.foreman.running, kept.exists(), room.half_files) == ((), True, [])
    room.foreman.resume(job.id)
    room.foreman.assign(2.0, 4)
    assert room.foreman.running == (job.id,)
    room.says(Finished(id=job.id, result=Slept()))
    assert not kept.exists()


def test_what_was_kept_of_renders_that_are_not_queued_is_swept(room: Room) -> None:
    job = room.handed_in(Sleep())
    for name in (job.hash, "another"):
        (room.paths.unfinished / name).mkdir(parents=True)
    room.foreman.sweep(3)
    assert [folder.name for folder in room.paths.unfinished.iterdir()] == [job.hash]


def test_a_higher_priority_goes_first(room: Room) -> None:
    low, high = room.handed_in(Sleep(), priority=-1), room.handed_in(Sleep())
    last = room.handed_in(Sleep())
    room.foreman.reprioritise(last.id, 7)
    for job in (last, high, low):
        room.foreman.assign(0.0, 2)
        assert room.foreman.running == (job.id,)
        room.says(Finished(id=job.id, result=Slept()))


def test_takes_and_logs_of_forgotten_jobs_are_swept(room: Room) -> None:
    old = room.begun()
    room.says(Finished(id=old.id, result=Slept()))
    log = room.paths.job_logs / f"{old.id}.log"
    log.parent.mkdir()
    log.write_text("x")
    room.foreman.sweep(2000)
    assert log.exists()
    assert len(room.half_files) == 1  # in a done job's folder, so it stays
    room.foreman.sweep(2000 + KEPT_MS)
    assert not log.exists()
    assert room.half_files == []
