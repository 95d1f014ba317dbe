"""The same render is not rendered twice: the engine's loop, with a worker that writes takes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engine_loop import serving, take_of
from msgspec.structs import replace

from engine.client import EngineClient
from engine.daemon import bench
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerSaid
from engine.daemon.worker_wire import Assignment, Finished
from engine.errors import JobCancelled
from engine.protocol import EditPlan, Footage, Keep, Ratio, Render, Take

RENDER = Render(
    footage=Footage(media="/a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=99),
    plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10), Keep(start=20, end=30))),
    bridge=4,
)
PATIENT = replace(RENDER, seed=9)  # which the worker below never ends


class QuickWorker:
    """Writes a take for each render, never the same bytes twice, as containers do that carry dates."""

    written = 0
    pid = 1

    def __init__(self, tell: Callable[[WorkerNews], None], devices: tuple[str, ...]) -> None:
        QuickWorker.pid += 1
        self.pid = QuickWorker.pid
        self.devices = devices
        self._tell = tell

    def assign(self, given: Assignment) -> None:
        given.workspace.mkdir(parents=True)
        if given.job == PATIENT:
            (given.workspace / "take.mov.part").write_bytes(b"half")
            return
        assert isinstance(given.job, Render)
        QuickWorker.written += 1
        path = given.workspace / "take.mov"
        path.write_text(f"take {QuickWorker.written}")
        self._tell(WorkerSaid(pid=self.pid, message=Finished(id=given.id, result=take_of(given.job, path))))

    def end(self, afterwards: Callable[[], None] = lambda: None) -> None:
        """There is no process."""
        afterwards()
        self._tell(WorkerGone(pid=self.pid, code=-9))

    def wait(self, _: float) -> None:
        """It has ended at once."""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineClient]:
    monkeypatch.setattr(bench, "WorkerProcess", QuickWorker)
    with serving(tmp_path) as client:
        yield client


def rendered(engine: EngineClient, job: Render = RENDER, *, fresh: bool = False) -> tuple[Take, bool]:
    """The take, and whether it was known."""
    outcome = engine.complete(job, fresh=fresh)
    assert isinstance(outcome.result, Take)
    return outcome.result, outcome.job.cached


def test_the_same_render_gets_the_same_take_at_once(engine: EngineClient) -> None:
    first = engine.complete(RENDER)
    again = engine.complete(RENDER)
    assert again.result == first.result
    assert again.job.id == first.job.id
    assert (first.job.cached, again.job.cached) == (False, True)


def test_media_that_moved_are_still_the_same_render(engine: EngineClient) -> None:
    first, _ = rendered(engine)
    moved = replace(RENDER, footage=replace(RENDER.footage, media="/elsewhere.mov"))
    assert rendered(engine, moved) == (first, True)


def test_another_seed_is_another_render(engine: EngineClient) -> None:
    first, _ = rendered(engine)
    other, known = rendered(engine, replace(RENDER, seed=1))
    assert not known
    assert other.path != first.path


def test_a_fresh_render_is_rendered_and_leaves_the_former_take_alone(engine: EngineClient) -> None:
    first, _ = rendered(engine)
    second, known = rendered(engine, fresh=True)
    assert not known
    assert second.path != first.path
    assert Path(first.path).exists()
    assert rendered(engine) == (second, True)


@pytest.mark.parametrize("harm", ["removed", "changed"])
def test_a_take_whose_file_is_not_what_was_recorded_is_rendered_again(
    engine: EngineClient, harm: str
) -> None:
    first, _ = rendered(engine)
    if harm == "removed":
        Path(first.path).unlink()
    else:
        Path(first.path).write_bytes(b"take ?")
    second, known = rendered(engine)
    assert not known
    assert second.path != first.path


def test_the_same_render_under_way_is_joined(engine: EngineClient) -> None:
    first, second = engine.submit(PATIENT), engine.submit(PATIENT)
    assert (first.joined, second.joined) == (False, True)
    assert first.job.id == second.job.id
    assert not engine.submit(PATIENT, fresh=True).joined


def test_a_cancelled_render_leaves_no_half_file_and_is_not_known(
    engine: EngineClient, tmp_path: Path
) -> None:
    job_id = engine.submit(PATIENT).job.id
    engine.cancel(job_id)
    with pytest.raises(JobCancelled):
        engine.wait(job_id)
    assert list(tmp_path.rglob("*.part")) == []
    assert not engine.submit(PATIENT).joined


def test_a_take_lies_in_the_cache_under_its_jobs_hash(engine: EngineClient, tmp_path: Path) -> None:
    outcome = engine.complete(RENDER)
    assert isinstance(outcome.result, Take)
    assert Path(outcome.result.path).is_relative_to(tmp_path / "cache" / "takes" / outcome.job.hash)
