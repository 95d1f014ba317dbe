"""Several benches: who begins what where. Workers are the test's own, and clocks too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.daemon import bench
from engine.daemon.benches import Benches
from engine.daemon.consent_desk import ConsentDesk
from engine.daemon.event_log import EventLog
from engine.daemon.foreman import Foreman
from engine.daemon.handed_in import HandedIn
from engine.daemon.job_book import JobBook
from engine.daemon.job_store import JobStore
from engine.daemon.settings import Settings
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerSaid
from engine.daemon.worker_wire import Assignment, Failed, Finished
from engine.messages import Accepted, DeviceStatus, Fault, Submit
from engine.paths import EnginePaths
from engine.protocol import Diffusion, EditPlan, Footage, Job, Keep, Ratio, Render, Sleep, Slept

A, B = "a" * 64, "b" * 64
RENDER = Render(
    footage=Footage(media="/a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=99),
    plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10),)),
    bridge=4,
    renderer="edityourself",
)


class Hand:
    """A worker that does nothing by itself."""

    hired: list[Hand]

    def __init__(self, _: Callable[[WorkerNews], None], devices: tuple[str, ...]) -> None:
        Hand.hired.append(self)
        self.pid = len(Hand.hired)
        self.devices = devices
        self.ended = False

    def assign(self, given: Assignment) -> None:
        """The test knows what is done where."""

    def end(self, afterwards: Callable[[], None] = lambda: None) -> None:
        self.ended = True
        afterwards()

    def wait(self, _: float) -> None:
        """It has ended at once."""


class House:
    """Benches with these devices, and the jobs that are begun there."""

    def __init__(self, home: Path, *devices: str) -> None:
        paths = EnginePaths.under(home)
        paths.state.mkdir()
        self.store = JobStore(paths.jobs)
        self.book = JobBook(self.store, EventLog("run", 0, lambda _: None), lambda _: None)
        self.foreman = Foreman(
            paths, self.book, Benches(Settings(devices=devices), lambda _: None), ConsentDesk(paths)
        )

    def hand_in(self, job: Job, weights: str = "", client: str = "me") -> str:
        one = HandedIn(submit=Submit(job=job, fresh=True), client=client, hash="h", weights=weights)
        (accepted,) = self.book.keep_all([one], 1)
        assert isinstance(accepted, Accepted)
        return accepted.job.id

    def assign(self) -> dict[str, str]:
        """The devices at work, and the jobs."""
        self.foreman.assign(0.0, 2)
        return {worker.device: worker.job for worker in self.foreman.workers if worker.job}

    def finish(self, job_id: str) -> None:
        device = DeviceStatus(name="cuda", kind="a GPU", memory_total=9, memory_free=5)
        self.tell(job_id, Finished(id=job_id, result=Slept(), device=device))

    def tell(self, job_id: str, message: Finished | Failed) -> None:
        self.foreman.hear(WorkerSaid(pid=self.pid_of(job_id), message=message), 1.0, 3)

    def pid_of(self, job_id: str) -> int:
        (pid,) = (worker.pid for worker in self.foreman.workers if worker.job == job_id)
        return pid

    def bury(self) -> None:
        """Those who were ended are gone."""
        for hand in list(Hand.hired):
            if hand.ended:
                self.foreman.hear(WorkerGone(pid=hand.pid, code=-9), 1.0, 3)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., House]]:
    monkeypatch.setattr(bench, "WorkerProcess", Hand)
    Hand.hired = []
    built: list[House] = []

    def build(*devices: str) -> House:
        built.append(House(tmp_path, *devices))
        return built[-1]

    yield build
    for one in built:
        one.store.close()


def test_each_device_does_one_long_job_at_a_time(house: Callable[..., House]) -> None:
    at = house("cuda:0", "cuda:1")
    first, second, _third = (at.hand_in(Sleep()) for _ in range(3))
    assert at.assign() == {"cuda:0": first, "cuda:1": second}
    assert at.book.record(second).device == "cuda:1"
    assert sorted(hand.devices for hand in Hand.hired) == [("cpu",), ("cuda:0",), ("cuda:1",)]


def test_a_job_goes_where_its_weights_are_warm_and_leaves_other_benches_theirs(
    house: Callable[..., House],
) -> None:
    at = house("cuda:0", "cuda:1")
    first, second = at.hand_in(RENDER, A), at.hand_in(RENDER, B)
    at.assign()
    at.finish(first)
    at.finish(second)
    assert {worker.device: worker.model for worker in at.foreman.workers if worker.model} == {
        "cuda:0": A[:12],
        "cuda:1": B[:12],
    }
    third = at.hand_in(RENDER, B)
    assert at.assign() == {"cuda:1": third}
    fourth = at.hand_in(RENDER, A)
    assert at.assign() == {"cuda:0": fourth, "cuda:1": third}


def test_weights_of_a_render_that_failed_are_not_taken_for_warm(house: Callable[..., House]) -> None:
    at = house("cuda:0")
    job = at.hand_in(RENDER, A)
    at.assign()
    at.tell(job, Failed(id=job, fault=Fault(name="BadCheckpoint", message="cut short")))
    assert [worker.model for worker in at.foreman.workers] == ["", ""]


def test_clients_take_turns_at_all_benches(house: Callable[..., House]) -> None:
    at = house("cpu", "cpu")
    mine = [at.hand_in(Sleep()) for _ in range(4)]
    yours = at.hand_in(Sleep(), client="you")
    at.foreman.assign(0.0, 2)
    assert set(at.book.running) == {mine[0], yours}


def test_a_render_on_two_gpus_takes_two_benches_and_gives_them_back(house: Callable[..., House]) -> None:
    at = house("cuda:0", "cuda:1")
    running = at.hand_in(Sleep())
    assert at.assign() == {"cuda:0": running}
    wide = at.hand_in(replace(RENDER, diffusion=Diffusion(ulysses=2)), A)
    later = at.hand_in(Sleep())
    assert at.assign() == {"cuda:0": running}  # for the wide one nobody else begins
    at.finish(running)
    at.assign()
    assert at.book.running == (wide,)
    assert Hand.hired[at.pid_of(wide) - 1].devices == ("cuda:0", "cuda:1")
    at.bury()  # those who held the two devices: their memory is free
    assert at.assign() == {"cuda:0": wide}
    at.finish(wide)
    assert at.assign() == {}  # its worker has the memory of both until it is gone
    at.bury()
    last = at.hand_in(Sleep())
    assert at.assign() == {"cuda:0": later, "cuda:1": last}
    assert [Hand.hired[at.pid_of(job) - 1].devices for job in (later, last)] == [("cuda:0",), ("cuda:1",)]


def test_a_render_on_more_gpus_than_there_are_is_begun_to_be_refused(house: Callable[..., House]) -> None:
    at = house("cpu")
    wide = at.hand_in(replace(RENDER, diffusion=Diffusion(ulysses=2)), A)
    assert at.assign() == {"cpu": wide}


def test_devices_are_known_by_the_engines_own_names_once_a_worker_has_told(
    house: Callable[..., House],
) -> None:
    at = house("cuda:0", "cuda:1")
    assert list(at.foreman.devices) == []
    at.hand_in(Sleep())
    second = at.hand_in(Sleep())
    at.assign()
    at.finish(second)
    assert at.foreman.devices == (DeviceStatus(name="cuda:1", kind="a GPU", memory_total=9, memory_free=5),)
