"""A render by diffusion in a real engine: whatever ends its worker, the next one goes on where it stood."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import keeping_engine
import pytest
import tiny_checkpoint
from consents import keep_consent
from drawn_faces import installed_models
from engine_process import kill, kill_engine, until
from filmed import footage, line
from studio import spoken

from engine import launcher
from engine.client import EngineClient
from engine.lock import is_locked
from engine.paths import EnginePaths
from engine.protocol import Add, Diffusion, EditPlan, Keep, Ratio, Render, Take
from engine.training.synthetic import ClipSpec, draw_clip, write_clip

STEPS = 16
PATIENCE = 90.0  # seconds for a worker to import torch on a busy machine


@dataclass(slots=True, kw_only=True)
class House:
    """Folders of engines that come and go."""

    paths: EnginePaths
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def engine(self) -> EngineClient:
        """Of a new engine."""
        command = [sys.executable, "-P", keeping_engine.__file__, *self.paths.as_arguments()]
        self.paths.connection.unlink(missing_ok=True)  # of an engine that was killed
        self.processes.append(subprocess.Popen(command))
        until(self.paths.connection.exists, PATIENCE)
        client = launcher.connect(self.paths)
        assert client is not None
        return client

    @property
    def kept(self) -> list[str]:
        """What is kept of jobs that are not done."""
        return sorted(path.name for path in self.paths.unfinished.glob("*/*"))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    house = House(paths=EnginePaths.under(keep_consent(tmp_path)))
    yield house
    if is_locked(house.paths.lock):
        launcher.stop(house.paths)
    for process in house.processes:
        process.wait(10)


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Render:
    installed_models()
    folder = tmp_path_factory.mktemp("job")
    write_clip(draw_clip(ClipSpec(seed=7, text="Hello.", width=256, height=192)), folder, "presenter")
    return Render(
        footage=footage(folder / "presenter.mov", 28),
        plan=EditPlan(
            rate=Ratio(num=25),
            spans=(Keep(start=2, end=12), Add(frames=49, speech=0), Keep(start=12, end=20)),
        ),
        bridge=3,
        speech=(spoken(line(folder / "low.wav", lambda at: 120 + 60 * at, 60)),),
        renderer="demo",
        diffusion=Diffusion(model=str(tiny_checkpoint.make_demo(folder / "small")), cache=0.2, steps=STEPS),
    )


def until_it_tells(beginning: str, engine: EngineClient, job_id: str) -> None:
    def tells() -> bool:
        progress = engine.job(job_id).progress
        return progress is not None and progress.phase.startswith(beginning)

    until(tells, PATIENCE)


def kill_worker(house: House, engine: EngineClient, job_id: str) -> EngineClient:
    (worker,) = (worker.pid for worker in engine.status().workers if worker.job == job_id)
    kill(worker)
    return engine


def kill_the_engine(house: House, engine: EngineClient, job_id: str) -> EngineClient:
    engine.close()
    kill_engine(house.paths)
    return house.engine()


def pause(house: House, engine: EngineClient, job_id: str) -> EngineClient:
    assert engine.pause(job_id).paused
    engine.resume(job_id)
    return engine


@pytest.mark.timeout(900)  # four workers import torch
@pytest.mark.slow
def test_a_render_whose_worker_and_engine_are_killed_and_that_is_paused_comes_to_the_same_take(
    house: House, job: Render
) -> None:
    engine = house.engine()
    job_id = engine.submit(job).job.id
    until(lambda: house.kept != [], PATIENCE)
    for interrupt in (kill_worker, kill_the_engine, pause):
        until_it_tells("denoise", engine, job_id)
        engine = interrupt(house, engine, job_id)
        until_it_tells("resumed at step", engine, job_id)
    resumed = engine.wait(job_id)
    until(lambda: house.kept == [])  # removed once the end is told
    whole = engine.complete(job, fresh=True)
    assert isinstance(resumed.result, Take)
    assert isinstance(whole.result, Take)
    assert resumed.result.content_sha256 == whole.result.content_sha256
    assert resumed.result.metrics == whole.result.metrics
    assert not whole.job.cached
    until(lambda: house.kept == [])
    engine.close()
