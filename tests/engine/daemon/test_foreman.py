"""The foreman, with clocks and a worker that are the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.daemon import bench
from engine.daemon.bench import LEAVING
from engine.daemon.benches import Benches
from engine.daemon.consent_desk import ConsentDesk
from engine.daemon.event_log import EventLog
from engine.daemon.foreman import Foreman
from engine.daemon.handed_in import HandedIn
from engine.daemon.job_book import DEATHS, JobBook
from engine.daemon.job_store import JobEnd, JobStore
from engine.daemon.lane import Lane
from engine.daemon.settings import SILENCE, Settings
from engine.daemon.sweep import KEPT_MS, sweep
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerSaid
from engine.daemon.worker_wire import Assignment, Beat, Broken, Failed, Finished, WorkerMessage
from engine.errors import DiskFull
from engine.job_name import job_hash
from engine.messages import Accepted, Ending, Fault, JobRecord, Submit
from engine.paths import EnginePaths
from engine.protocol import Job, Sleep, Slept, Speak


class IdleWorker:
    """Takes an assignment and does nothing; the test speaks for it, its end included."""

    hired = 0
    ended: dict[int, Callable[[], None]]

    def __init__(self, _tell: Callable[[WorkerNews], None], devices: tuple[str, ...]) -> None:
        IdleWorker.hired += 1
        self.pid = IdleWorker.hired
        self.devices = devices

    def assign(self, given: Assignment) -> None:
        given.workspace.mkdir(parents=True)
        (given.workspace / "half.part").write_bytes(b"half")

    def end(self, afterwards: Callable[[], None] = lambda: None) -> None:
        IdleWorker.ended[self.pid] = afterwards

    def wait(self, _: float) -> None:
        IdleWorker.ended.pop(self.pid)()


@dataclass(kw_only=True)
class Room:
    """A foreman at work, and what he has announced."""

    paths: EnginePaths
    store: JobStore
    events: EventLog
    book: JobBook
    foreman: Foreman
    ended: list[Ending]

    @classmethod
    def under(cls, folder: Path, settings: Settings) -> Room:
        paths = EnginePaths.under(folder)
        paths.state.mkdir(exist_ok=True)
        store, ended = JobStore(paths.jobs), list[Ending]()
        events = EventLog("run", store.last_change(), lambda _: None)
        book = JobBook(store, events, ended.append)
        foreman = Foreman(paths, book, Benches(settings, lambda _: None), ConsentDesk(paths))
        return cls(paths=paths, store=store, events=events, book=book, foreman=foreman, ended=ended)

    def begun(self) -> JobRecord:
        """A job that the worker has, since second 0."""
        job_id = self.handed_in(Sleep(ticks=9)).id
        self.foreman.assign(0.0, 2)
        return self.book.record(job_id)

    def handed_in(self, job: Job, priority: int = 0, *, weights: str | None = None) -> JobRecord:
        one = HandedIn(
            submit=Submit(job=job, priority=priority),
            client="me",
            hash=job_hash(job, "version", weights),
            weights=weights,
        )
        (accepted,) = self.book.keep_all([one], now_ms=1)
        assert isinstance(accepted, Accepted)
        return accepted.job

    def says(self, message: WorkerMessage, now: float = 1.0, *, lane: Lane = "long") -> None:
        self.foreman.hear(WorkerSaid(pid=self.worker_of(lane), message=message), now, int(now * 1000))

    def dies(self, pid: int, now: float = 1.0) -> None:
        """The process is gone, whoever ended it."""
        IdleWorker.ended.pop(pid, lambda: None)()
        self.foreman.hear(WorkerGone(pid=pid, code=-9), now, int(now * 1000))

    def all_leave(self, now: float = 1.0) -> None:
        """The processes that were ended are gone."""
        for pid in tuple(IdleWorker.ended):
            self.dies(pid, now)

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


def full(*_: object, **__: object) -> None:
    raise DiskFull("no room")


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    monkeypatch.setattr(bench, "WorkerProcess", IdleWorker)
    IdleWorker.ended = {}
    room = Room.under(tmp_path, Settings())
    yield room
    room.store.close()


def test_a_job_that_a_worker_has_is_running(room: Room) -> None:
    record = room.begun()
    assert (record.state, record.started, record.attempts) == ("running", 2, 1)
    assert (room.book.running, room.book.queued) == ((record.id,), 0)


def test_the_next_job_waits_for_the_worker(room: Room) -> None:
    first = room.begun()
    second = room.begun()
    assert second.state == "queued"
    room.says(Finished(id=first.id, result=Slept()))
    room.foreman.assign(1.0, 3)
    assert room.book.running == (second.id,)


def test_what_somebody_waits_for_does_not_queue_behind_a_long_job(room: Room) -> None:
    long = room.begun()
    quick = room.handed_in(Speak(text="well"))
    room.foreman.assign(0.0, 3)
    assert set(room.book.running) == {long.id, quick.id}
    assert room.book.queued == 0


def test_a_worker_that_dies_takes_no_job_of_the_other_lane_with_it(room: Room) -> None:
    long = room.begun()
    quick = room.handed_in(Speak(text="well"))
    room.foreman.assign(0.0, 3)
    room.dies(room.worker_of("quick"))
    assert room.book.running == (long.id,)
    room.foreman.assign(1.0, 4)
    assert room.book.record(quick.id).attempts == 2
    assert room.book.record(long.id).attempts == 1


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
    assert room.book.running == (job.id,)


def test_a_worker_that_is_silent_too_long_is_ended_and_its_job_begun_again(room: Room) -> None:
    job = room.begun()
    silent = room.worker
    due = room.foreman.next_due(0.0)
    assert due == SILENCE
    room.foreman.check_silence(due + 1, 5)
    assert room.half_files == []
    room.all_leave(due + 1)
    room.foreman.assign(due + 1, 6)
    assert room.book.record(job.id).attempts == 2
    assert room.worker != silent


def test_a_job_whose_worker_died_twice_has_failed(room: Room) -> None:
    job = room.begun()
    for _ in range(2):
        room.dies(room.worker)
        room.foreman.assign(1.0, 4)
    (ending,) = room.ended
    assert ending.job.id == job.id
    assert ending.job.fault is not None
    assert ending.job.fault.name == "WorkerLost"
    assert room.half_files == []


def test_news_of_a_worker_that_was_ended_on_purpose_is_no_news(room: Room) -> None:
    first = room.begun()
    former = room.worker
    room.foreman.cancel(first.id, 0.0, 3)
    late = Finished(id=first.id, result=Slept())
    room.foreman.hear(WorkerSaid(pid=former, message=late), 1.0, 4)
    room.dies(former)
    second = room.begun()
    assert room.book.record(first.id).state == "cancelled"
    assert room.book.running == (second.id,)


def test_a_result_that_the_full_disk_does_not_hold_is_a_named_failure(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = room.begun()
    end = room.store.end

    def full_while_half_files_lie_about(found: JobEnd, change: int) -> None:
        if room.half_files:
            raise DiskFull("no room")
        end(found, change)

    monkeypatch.setattr(room.store, "end", full_while_half_files_lie_about)
    room.says(Finished(id=job.id, result=Slept()))
    assert room.ended[0].job.fault == Fault(name="DiskFull", message="no room")


def test_a_cancellation_that_cannot_be_kept_leaves_the_job_running(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = room.begun()

    monkeypatch.setattr(room.store, "end", full)
    with pytest.raises(DiskFull):
        room.foreman.cancel(job.id, 1.0, 3)
    assert room.book.record(job.id).state == "running"


def test_what_runs_when_the_engine_ends_waits_for_the_next(room: Room) -> None:
    job = room.begun()
    room.foreman.close()
    assert [waiting.id for waiting in room.store.all_waiting()] == [int(job.id)]
    assert room.store.count_deaths() == {}
    assert room.half_files == []


def test_what_a_paused_render_keeps_stays_and_what_an_ended_one_kept_is_removed(room: Room) -> None:
    job = room.begun()
    kept = room.paths.unfinished / job.hash
    kept.mkdir(parents=True)
    assert room.foreman.pause(job.id, 0.0).paused
    room.all_leave()
    room.foreman.assign(1.0, 3)
    assert (room.book.running, kept.exists(), room.half_files) == ((), True, [])
    room.book.resume(job.id)
    room.foreman.assign(2.0, 4)
    assert room.book.running == (job.id,)
    room.says(Finished(id=job.id, result=Slept()))
    assert not kept.exists()


def test_what_was_kept_of_renders_that_are_not_queued_is_swept(room: Room) -> None:
    job = room.handed_in(Sleep())
    for name in (job.hash, "another"):
        (room.paths.unfinished / name).mkdir(parents=True)
    sweep(room.paths, room.store, 3)
    assert [folder.name for folder in room.paths.unfinished.iterdir()] == [job.hash]


def test_a_higher_priority_goes_first(room: Room) -> None:
    low, high = room.handed_in(Sleep(), priority=-1), room.handed_in(Sleep())
    last = room.handed_in(Sleep())
    room.book.reprioritise(last.id, 7)
    for job in (last, high, low):
        room.foreman.assign(0.0, 2)
        assert room.book.running == (job.id,)
        room.says(Finished(id=job.id, result=Slept()))


def test_takes_and_logs_of_forgotten_jobs_are_swept(room: Room) -> None:
    old = room.begun()
    room.says(Finished(id=old.id, result=Slept()))
    log = room.paths.job_logs / f"{old.id}.log"
    log.parent.mkdir()
    log.write_text("x")
    sweep(room.paths, room.store, 2000)
    assert log.exists()
    assert len(room.half_files) == 1  # in a done job's folder, so it stays
    sweep(room.paths, room.store, 2000 + KEPT_MS)
    assert not log.exists()
    assert room.half_files == []


def test_a_bench_is_used_again_when_the_process_that_was_ended_there_is_gone(room: Room) -> None:
    first = room.begun()
    room.foreman.cancel(first.id, 0.0, 3)
    second = room.begun()
    assert second.state == "queued"  # what has left may hold the device's memory
    assert room.half_files != []
    room.all_leave()
    assert room.half_files == []
    room.foreman.assign(1.0, 4)
    assert room.book.running == (second.id,)


def test_a_process_that_does_not_go_is_not_waited_for_without_end(room: Room) -> None:
    first = room.begun()
    room.foreman.cancel(first.id, 0.0, 3)
    second = room.handed_in(Sleep())
    assert room.foreman.next_due(1.0) == LEAVING
    room.foreman.assign(LEAVING, 4)
    assert room.book.running == (second.id,)
    assert room.foreman.next_due(LEAVING) == LEAVING + SILENCE


def test_a_worker_that_is_spent_is_replaced_and_its_job_has_failed(room: Room) -> None:
    job, worker = room.begun(), room.worker
    room.says(Failed(id=job.id, fault=Fault(name="OutOfGpuMemory", message="no"), spent=True))
    assert room.ended[0].job.fault == Fault(name="OutOfGpuMemory", message="no")
    room.all_leave()
    assert room.worker != worker


def test_a_job_under_which_the_device_broke_is_done_once_more_by_another_worker(room: Room) -> None:
    job, worker = room.begun(), room.worker
    room.says(Broken(id=job.id, reason="CUDA error: misaligned address"))
    assert room.book.record(job.id).state == "queued"
    room.all_leave()
    room.foreman.assign(1.0, 4)
    assert room.worker != worker
    room.says(Broken(id=job.id, reason="CUDA error: misaligned address"))
    (ending,) = room.ended
    assert ending.job.fault is not None
    assert ending.job.fault.name == "WorkerLost"
    assert "misaligned address" in ending.job.fault.message


def test_what_became_of_a_job_is_written_down_when_the_disk_has_room_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = room.begun()
    with monkeypatch.context() as disk:
        disk.setattr(room.store, "end", full)
        room.says(Failed(id=job.id, fault=Fault(name="BadMedia", message="no")))
        assert room.book.record(job.id).state == "running"  # nothing else is on the disk
        later = room.handed_in(Sleep())
        room.foreman.assign(1.5, 3)
        assert room.book.running == (job.id,)
        assert room.foreman.next_due(1.5) == 2.0
    room.foreman.assign(2.0, 3)
    assert room.book.record(job.id).state == "failed"
    assert room.book.running == (later.id,)


def test_a_job_that_cannot_be_begun_for_a_full_disk_waits(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = room.handed_in(Sleep())
    with monkeypatch.context() as disk:
        disk.setattr(room.store, "begin", full)
        room.foreman.assign(0.0, 2)
        assert room.book.record(job.id).state == "queued"
    room.foreman.assign(1.0, 2)
    assert room.book.running == (job.id,)


def test_a_job_for_which_no_worker_can_be_started_waits(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.dies(room.worker)
    job = room.handed_in(Sleep())
    with monkeypatch.context() as machine:
        machine.setattr(bench, "WorkerProcess", no_process)
        room.foreman.assign(0.0, 2)
        assert room.book.record(job.id).state == "queued"
        assert room.foreman.next_due(0.0) == 1.0
    room.foreman.assign(1.0, 2)
    assert room.book.running == (job.id,)


def no_process(*_: object) -> IdleWorker:
    raise BlockingIOError("too many processes")


def test_a_job_that_was_cancelled_while_the_disk_was_full_stays_so(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = room.begun()
    with monkeypatch.context() as disk:
        disk.setattr(room.store, "put_back", full)
        room.dies(room.worker, 1.0)
    room.foreman.cancel(job.id, 1.0, 2)
    room.foreman.assign(2.0, 3)
    assert room.book.record(job.id).state == "cancelled"
    assert room.book.running == ()


def engines(folder: Path, count: int) -> Iterator[Room]:
    """One after the other, each of which is killed."""
    for _ in range(count):
        room = Room.under(folder, Settings())
        room.book.take_up(5)
        room.foreman.assign(0.0, 2)
        yield room
        room.store.close()


def test_a_job_under_which_engines_die_is_begun_again_a_few_times_and_then_has_failed(
    room: Room, tmp_path: Path
) -> None:
    job = room.begun()
    *attempts, last = [one.book.record(job.id) for one in engines(tmp_path, DEATHS)]
    assert [one.attempts for one in attempts] == [2, 3, 4, 5]
    assert last.fault is not None
    assert last.fault.name == "WorkerLost"
    assert f"{DEATHS} engines" in last.fault.message


def test_engines_that_were_stopped_count_nothing_against_a_job(room: Room, tmp_path: Path) -> None:
    job = room.begun()
    room.foreman.close()
    for engine in engines(tmp_path, DEATHS):
        assert engine.book.record(job.id).state == "running"
        engine.foreman.close()


def test_two_renders_of_the_same_at_a_time_keep_what_they_have_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Assignment] = []

    class NotingWorker(IdleWorker):
        def assign(self, assignment: Assignment) -> None:
            given.append(assignment)

    monkeypatch.setattr(bench, "WorkerProcess", NotingWorker)
    IdleWorker.ended = {}
    room = Room.under(tmp_path, Settings(devices=("cpu", "cpu")))
    jobs = [room.handed_in(Sleep()) for _ in range(2)]
    room.foreman.assign(0.0, 2)
    assert [one.id for one in given] == [job.id for job in jobs]
    assert len({one.unfinished for one in given}) == 2
    for one in given:
        Path(one.unfinished).mkdir(parents=True)
    sweep(room.paths, room.store, 3)
    assert all(Path(one.unfinished).exists() for one in given)
    room.store.close()
