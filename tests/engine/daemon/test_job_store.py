"""The job list on the disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.daemon.job_store import JobEnd, JobStore, NewJob
from engine.errors import DiskFull, JobCancelled, RenderFailed, UnknownJob
from engine.messages import Fault
from engine.protocol import Job, Sleep, Slept, Speak


@pytest.fixture
def store(tmp_path: Path) -> Iterator[JobStore]:
    store = JobStore(tmp_path / "jobs.sqlite")
    yield store
    store.close()


def new(job: Job | None = None, digest: str = "d1") -> NewJob:
    return NewJob(hash=digest, job=job or Sleep(ticks=2), lane="long", submitted=1000)


def done(store: JobStore, job_id: str, now: int = 3000) -> None:
    record = replace(store.record(job_id), state="done", started=2000, ended=now, attempts=1)
    store.end(JobEnd(record=record, result=Slept(), folder=f"{job_id}.a.1"))


def test_a_job_comes_back_as_it_was_given(store: JobStore) -> None:
    record = store.add(new(Speak(text="well")))
    assert (record.kind, record.state, record.submitted) == ("speak", "queued", 1000)
    assert store.record(record.id) == record
    assert store.job(record.id) == Speak(text="well")


def test_jobs_are_taken_in_the_order_they_came(store: JobStore) -> None:
    first, second = store.add(new()), store.add(new())
    assert store.next_queued("long") == first
    done(store, first.id)
    assert store.next_queued("long") == second
    done(store, second.id)
    assert store.next_queued("long") is None


def test_each_lane_has_its_own_order(store: JobStore) -> None:
    long = store.add(new())
    quick = store.add(NewJob(hash="d2", job=Speak(text="well"), lane="quick", submitted=1000))
    assert (store.next_queued("long"), store.next_queued("quick")) == (long, quick)


def test_a_done_job_has_its_result(store: JobStore) -> None:
    job_id = store.add(new()).id
    assert store.ending(job_id).result is None
    done(store, job_id)
    ending = store.ending(job_id)
    assert ending.result == Slept()
    assert (ending.job.state, ending.job.ended, ending.job.attempts) == ("done", 3000, 1)
    assert store.take_folders() == {f"{job_id}.a.1"}


def test_a_failed_job_has_its_fault(store: JobStore) -> None:
    record = store.add(new())
    fault = Fault.of(JobCancelled("stopped"))
    store.end(JobEnd(record=replace(record, state="cancelled", ended=5, fault=fault)))
    assert store.record(record.id).fault == fault
    assert store.take_folders() == frozenset()


def test_all_of_it_is_there_after_the_process_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    first = JobStore(path)
    ended, waiting = first.add(new()), first.add(new())
    done(first, ended.id)
    second = JobStore(path)  # the first never closes, as if it had been killed
    assert second.ending(ended.id).result == Slept()
    assert second.next_queued("long") == waiting
    second.close()
    first.close()


def test_an_accepted_job_is_forced_to_the_disk(store: JobStore) -> None:
    store.add(new())
    assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


@pytest.mark.parametrize("job_id", ["", "0", "9", "x", "1; DROP TABLE jobs", "1 ", "²", "-1", "9" * 30])
def test_an_id_that_is_none_is_unknown(store: JobStore, job_id: str) -> None:
    store.add(new())
    with pytest.raises(UnknownJob):
        store.record(job_id)
    assert not store.knows(job_id)


def test_old_jobs_are_forgotten_and_unfinished_ones_never(store: JobStore) -> None:
    old, recent, waiting = (store.add(new()).id for _ in range(3))
    done(store, old, now=100)
    done(store, recent, now=900)
    assert store.forget_before(500) == 1
    assert [record.id for record in store.latest(10)] == [waiting, recent]


def test_a_job_of_another_engine_that_cannot_be_read_has_failed(store: JobStore) -> None:
    record = store.add(new())
    store._db.execute("UPDATE jobs SET job = ?", (b"\xc1",))
    with pytest.raises(RenderFailed, match="another engine"):
        store.job(record.id)


def test_a_full_disk_is_said_to_be_full(store: JobStore) -> None:
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFull, match="make room"):
        store.add(new(Sleep(note="x" * 100_000)))


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
    store.add(new())
    store.close()
    assert (tmp_path / "jobs.set_aside").read_bytes() == before
