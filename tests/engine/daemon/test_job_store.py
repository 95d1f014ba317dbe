"""The job list on the disk."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from engine_process import until
from msgspec.structs import replace

from engine.daemon.checkpoints import EVERY
from engine.daemon.job_store import JobEnd, JobStore, NewJob
from engine.errors import DiskFull, JobCancelled, UnknownJob
from engine.messages import Fault, JobRecord
from engine.protocol import Job, Sleep, Slept, Speak


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    store = JobStore(tmp_path / "jobs.sqlite")
    yield store
    store.close()


def new(job: Job | None = None, digest: str = "d1") -> NewJob:
    return NewJob(hash=digest, job=job or Sleep(ticks=2), lane="long", submitted=1000)


def added(store: JobStore, job: NewJob | None = None) -> JobRecord:
    (record,) = store.add_all([job or new()], 1)
    return record


def queued(store: JobStore) -> list[str]:
    return [str(waiting.id) for waiting in store.all_waiting()]


def done(store: JobStore, job_id: str, now: int = 3000) -> None:
    record = replace(store.record(job_id), state="done", started=2000, ended=now, attempts=1)
    store.end(JobEnd(record=record, result=Slept(), folder=f"{job_id}.a.1"), 2)


def test_a_job_comes_back_as_it_was_given(store: JobStore) -> None:
    record = added(store, new(Speak(text="well")))
    assert (record.kind, record.state, record.submitted) == ("speak", "queued", 1000)
    assert store.record(record.id) == record
    assert store.job(record.id) == Speak(text="well")


def test_jobs_that_come_together_are_numbered_in_their_order(store: JobStore) -> None:
    first = added(store)
    records = store.add_all([new(), new(Speak(text="well"))], 7)
    assert [record.id for record in (first, *records)] == ["1", "2", "3"]
    assert [store.record(record.id) for record in records] == list(records)
    assert [change for change, _ in store.changed_since(1, 9)] == [7, 8]


def test_of_jobs_that_come_together_all_are_kept_or_none(store: JobStore) -> None:
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFull, match="make room"):
        store.add_all([new(), new(Sleep(note="x" * 100_000))], 1)
    assert store.latest(9) == ()
    assert added(store).id == "1"


def test_what_is_queued_is_neither_ended_nor_paused(store: JobStore) -> None:
    first, second, third = (added(store).id for _ in range(3))
    store.put_back(second, 2, paused=True)
    done(store, first)
    assert queued(store) == [third]
    assert store.all_paused() == {second}
    store.put_back(second, 3, paused=False)
    assert queued(store) == [second, third]


def test_a_place_in_the_queue_comes_back_as_it_was_given(store: JobStore) -> None:
    job = NewJob(
        hash="d", job=Sleep(), lane="quick", submitted=9, priority=3, client="me", weights="w", gpus=4
    )
    record = added(store, job)
    assert (record.priority, record.client) == (3, "me")
    assert store.waiting(record.id) == job.place(int(record.id))


def test_an_engine_that_dies_is_counted_against_what_it_ran(store: JobStore) -> None:
    record, other = added(store), added(store)
    store.begin(replace(record, attempts=1, device="cpu"), 2)
    assert store.count_deaths() == {record.id: 1}
    assert store.count_deaths() == {}
    store.begin(replace(record, attempts=2, device="cpu"), 3)
    store.begin(replace(other, attempts=1, device="cpu"), 4)
    store.put_back(other.id, 5, paused=False)
    assert store.count_deaths() == {record.id: 2}
    assert store.record(record.id).attempts == 2


def test_what_has_changed_since_is_told_once_and_in_order(store: JobStore) -> None:
    first, second = (record.id for record in store.add_all([new(), new()], 10))
    store.set_priority(first, 20, 5)
    told = [(change, record.id) for change, record in store.changed_since(9, 9)]
    assert told == [(11, second), (20, first)]
    assert [change for change, _ in store.changed_since(9, 1)] == [11]
    assert store.changed_since(20, 9) == ()
    assert store.last_change() == 20


def test_a_take_that_is_held_is_kept_however_old_its_job_is(store: JobStore) -> None:
    held, old = added(store).id, added(store).id
    done(store, held, now=100)
    done(store, old, now=100)
    assert store.hold("cut", (held, "77", "x")) == (held,)
    assert store.held_folders() == {f"{held}.a.1"}
    store.forget_before(500)
    assert [record.id for record in store.latest(9)] == [held]
    assert store.hold("cut", ()) == ()
    store.forget_before(500)
    assert store.latest(9) == ()


def test_a_done_job_has_its_result(store: JobStore) -> None:
    job_id = added(store).id
    assert store.ending(job_id).result is None
    done(store, job_id)
    ending = store.ending(job_id)
    assert ending.result == Slept()
    assert (ending.job.state, ending.job.ended, ending.job.attempts) == ("done", 3000, 1)
    assert store.take_folders() == {f"{job_id}.a.1"}


def test_a_failed_job_has_its_fault(store: JobStore) -> None:
    record = added(store)
    fault = Fault.of(JobCancelled("stopped"))
    store.end(JobEnd(record=replace(record, state="cancelled", ended=5, fault=fault)), 2)
    assert store.record(record.id).fault == fault
    assert store.take_folders() == frozenset()


def test_all_of_it_is_there_after_the_process_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    first = JobStore(path)
    ended, waiting = first.add_all([new(), new()], 1)
    done(first, ended.id)
    second = JobStore(path)  # the first never closes, as if it had been killed
    assert second.ending(ended.id).result == Slept()
    assert queued(second) == [waiting.id]
    second.close()
    first.close()


def test_an_accepted_job_is_forced_to_the_disk(store: JobStore) -> None:
    added(store)
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


@pytest.mark.parametrize("job_id", ["", "0", "9", "x", "1; DROP TABLE jobs", "1 ", "²", "-1", "9" * 30])
def test_an_id_that_is_none_is_unknown(store: JobStore, job_id: str) -> None:
    added(store)
    with pytest.raises(UnknownJob):
        store.record(job_id)
    assert not store.knows(job_id)


def test_old_jobs_are_forgotten_and_unfinished_ones_never(store: JobStore) -> None:
    old, recent, waiting = (added(store).id for _ in range(3))
    done(store, old, now=100)
    done(store, recent, now=900)
    assert store.forget_before(500) == 1
    assert [record.id for record in store.latest(10)] == [waiting, recent]


def test_a_job_of_another_engine_that_cannot_be_read_is_none(store: JobStore) -> None:
    record = added(store)
    store._db.execute("UPDATE jobs SET job = ?", (b"\xc1",))
    assert store.job(record.id) is None


@pytest.mark.parametrize("content", [b"no database at all, but long enough" * 100, None])
def test_a_list_that_cannot_be_used_is_set_aside_not_lost(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "jobs.sqlite"
    if content is None:  # of another layout
        db = sqlite3.connect(path)
        db.execute("PRAGMA user_version = 7")
        db.execute("CREATE TABLE jobs (id)")
        db.close()
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    store = JobStore(path)
    added(store)
    store.close()
    assert (tmp_path / "jobs.set_aside").read_bytes() == before


def test_a_hold_of_ten_thousand_jobs_takes_a_moment(store: JobStore) -> None:
    store.add_all([new()] * 10_000, 1)
    begun = time.process_time()
    assert len(store.hold("cut", tuple(str(number) for number in range(20_000)))) == 10_000
    assert time.process_time() - begun < 0.5


def test_the_list_itself_has_what_was_written_before_its_log_is_long(tmp_path: Path) -> None:
    store = JobStore(tmp_path / "jobs.sqlite")
    for number in range(EVERY):
        store.add_all([new(Sleep(note=f"{number}"))], number)
    until(lambda: rows_of_the_list_itself(tmp_path / "jobs.sqlite") > EVERY // 2)
    store.close()


def rows_of_the_list_itself(path: Path) -> int:
    """Without what its log has on top."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as db:
        try:
            return int(db.execute("SELECT COUNT(*) FROM jobs").fetchone()[0])
        except sqlite3.DatabaseError:  # nothing was carried over yet, or it is just being
            return 0
