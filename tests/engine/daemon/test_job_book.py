"""The book of jobs: what comes in, what joins what, and what who was away is told. No workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.daemon import job_book
from engine.daemon.event_log import KEPT, EventLog
from engine.daemon.handed_in import HandedIn
from engine.daemon.job_book import JobBook
from engine.daemon.job_store import JobStore
from engine.errors import DiskFull, EngineError, JobCancelled
from engine.job_name import job_hash
from engine.messages import Accepted, Ending, Fault, JobChanged, JobProgressed, Submit
from engine.protocol import EditPlan, Footage, Job, Keep, Progress, Ratio, Render, Sleep

RENDER = Render(
    footage=Footage(media="/a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=99),
    plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10),)),
    bridge=4,
)
OTHER = replace(RENDER, seed=1)


class Desk:
    """A book, its list on the disk, and the ends that it has told."""

    def __init__(self, folder: Path) -> None:
        self.ended: list[Ending] = []
        self.store = JobStore(folder / "jobs.sqlite")
        self.events = EventLog("run", self.store.last_change(), lambda _: None)
        self.book = JobBook(self.store, self.events, self.ended.append)

    def keep(self, *jobs: Job, priority: int = 0, fresh: bool = False) -> list[Accepted]:
        answers = self.book.keep_all([handed_in(job, priority, fresh=fresh) for job in jobs], 1)
        assert all(isinstance(answer, Accepted) for answer in answers)
        return [answer for answer in answers if isinstance(answer, Accepted)]


def handed_in(job: Job, priority: int = 0, *, fresh: bool = False) -> HandedIn:
    submit = Submit(job=job, priority=priority, fresh=fresh)
    return HandedIn(submit=submit, client="me", hash=job_hash(job, "version"), weights=None)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.store.close()


def ids(accepted: list[Accepted]) -> list[str]:
    return [one.job.id for one in accepted]


def test_the_same_render_joins_the_one_that_is_queued(desk: Desk) -> None:
    (first,) = desk.keep(RENDER)
    (again,) = desk.keep(RENDER)
    assert (first.joined, again.joined) == (False, True)
    assert again.job == first.job
    assert len(desk.book.latest(9)) == 1


def test_the_same_renders_that_come_together_are_one_job(desk: Desk) -> None:
    accepted = desk.keep(RENDER, OTHER, RENDER, RENDER)
    assert ids(accepted) == ["1", "2", "1", "1"]
    assert [one.joined for one in accepted] == [False, False, True, True]


def test_what_is_asked_for_afresh_and_what_is_no_render_joins_nothing(desk: Desk) -> None:
    assert ids(desk.keep(RENDER, RENDER, fresh=True)) == ["1", "2"]
    assert ids(desk.keep(Sleep(), Sleep())) == ["3", "4"]


def test_who_joins_wants_it_done(desk: Desk) -> None:
    (first,) = desk.keep(RENDER)
    desk.book.put_back(first.job.id, paused=True)
    (again,) = desk.keep(RENDER, priority=9)
    assert (again.job.paused, again.job.priority) == (False, 9)
    (third,) = desk.keep(RENDER, priority=-9)
    assert third.job.priority == 9


def test_all_that_come_together_are_refused_where_the_disk_is_full(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first,) = desk.keep(RENDER)
    full = DiskFull("no room")

    def no_room(*_: object) -> None:
        raise full

    monkeypatch.setattr(desk.store, "add_all", no_room)
    answers = desk.book.keep_all([handed_in(OTHER), handed_in(RENDER), handed_in(Sleep())], 1)
    assert [answers[0], answers[2]] == [full, full]
    assert isinstance(answers[1], Accepted)  # nothing new had to be kept for it
    assert ids([answers[1]]) == [first.job.id]
    assert desk.book.queued == 1


def test_pauses_and_priorities_outlive_the_engine(desk: Desk, tmp_path: Path) -> None:
    paused, high = ids(desk.keep(Sleep(), Sleep()))
    desk.book.put_back(paused, paused=True)
    desk.book.reprioritise(high, 7)
    successor = Desk(tmp_path)
    assert successor.book.record(paused).paused
    assert (successor.book.queued, successor.book.paused) == (2, 1)
    assert [job.id for job in successor.book._order.equals("long")] == [int(high)]
    assert successor.book.record(high).priority == 7
    successor.store.close()


def test_an_ended_job_is_neither_paused_nor_resumed_nor_moved(desk: Desk) -> None:
    (job_id,) = ids(desk.keep(Sleep()))
    ended = desk.book.fail(job_id, Fault.of(JobCancelled("no")), 5, cancelled=True)
    assert desk.book.put_back(job_id) == ended
    assert desk.book.resume(job_id) == ended
    assert desk.book.reprioritise(job_id, 3) == ended
    assert desk.book.fail(job_id, Fault.of(EngineError("again")), 6) == ended
    assert len(desk.ended) == 1
    assert desk.book.queued == 0


def test_of_what_is_kept_every_event_is_told(desk: Desk) -> None:
    (job_id,) = ids(desk.keep(Sleep()))
    desk.book.begin(job_id, "cpu", 2)
    desk.book.progress(job_id, Progress(phase="p", done=1, total=2))
    found = desk.book.events_since("run", 0)
    assert found.complete
    assert [type(event) for event in found.events] == [JobChanged, JobChanged, JobProgressed]
    assert desk.book.events_since("run", 2).events == found.events[2:]


def test_of_what_is_no_longer_kept_each_jobs_latest_state_is_told(desk: Desk) -> None:
    first, second = ids(desk.keep(Sleep(), Sleep()))
    desk.book.begin(first, "cpu", 2)
    for _ in range(KEPT):
        desk.book.progress(first, Progress(phase="p", done=1, total=2))
    found = desk.book.events_since("run", 0)
    assert not found.complete
    told = [event for event in found.events if isinstance(event, JobChanged)]
    assert [(event.sequence, event.job.id, event.job.state) for event in told] == [
        (2, second, "queued"),
        (3, first, "running"),
    ]
    assert desk.book.events_since("run", 3).complete


def test_of_many_changes_the_first_are_told_and_the_others_when_asked_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_book, "REPLAYED", 2)
    desk.keep(*[Sleep()] * 5)
    found = desk.book.events_since("another", 0)
    assert [event.sequence for event in found.events] == [1, 2]
    found = desk.book.events_since("another", 2)
    assert [event.sequence for event in found.events] == [3, 4]
    assert desk.book.events_since(found.run, 4).complete


def test_a_number_beyond_all_is_of_another_list_so_that_all_is_told(desk: Desk) -> None:
    desk.keep(Sleep())
    found = desk.book.events_since("another", 99)
    assert [event.sequence for event in found.events] == [1]
