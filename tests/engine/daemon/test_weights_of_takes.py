"""A render's name covers the weights that render it: the engine's loop, and checkpoints of a few bytes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from engine_loop import another, serving, take_of
from msgspec.structs import replace
from safetensors.torch import save_file

from engine.client import EngineClient
from engine.daemon import bench, scales
from engine.daemon.worker_process import WorkerGone, WorkerNews, WorkerSaid
from engine.daemon.worker_wire import Assignment, Finished
from engine.errors import BadCheckpoint, MissingModel, PickledCheckpoint, RenderFailed
from engine.heart import Heart
from engine.model.checkpoint import open_checkpoint
from engine.paths import HOME_VARIABLE
from engine.protocol import Diffusion, EditPlan, Footage, Keep, Ratio, Render, Sleep, Take

CONFIG = (
    '{"in_channels": 8, "num_attention_heads": 2, "attention_head_dim": 16, "num_layers": 1,'
    ' "caption_channels": 16}'
)


class WeighingWorker:
    """Writes a take at once, and says which checkpoint it finds when it renders."""

    pid = 1

    def __init__(self, tell: Callable[[WorkerNews], None], devices: tuple[str, ...]) -> None:
        WeighingWorker.pid += 1
        self.pid = WeighingWorker.pid
        self.devices = devices
        self._tell = tell

    def assign(self, given: Assignment) -> None:
        job = given.job
        if isinstance(job, Sleep):
            return
        assert isinstance(job, Render)
        given.workspace.mkdir(parents=True)
        path = given.workspace / "take.mov"
        path.write_bytes(b"take")
        checkpoint = scales.weigh(job) if scales.has_weights(job) else ""
        result = take_of(job, path, checkpoint)
        self._tell(WorkerSaid(pid=self.pid, message=Finished(id=given.id, result=result)))

    def end(self, afterwards: Callable[[], None] = lambda: None) -> None:
        """There is no process."""
        afterwards()
        self._tell(WorkerGone(pid=self.pid, code=-9))

    def wait(self, _: float) -> None:
        """It has ended at once."""


def checkpoint(folder: Path, *, seed: int = 0) -> Path:
    """Sizes and weights; the layers themselves are not needed to know which ones they are."""
    for part in ("transformer", "vae"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        (folder / part / "config.json").write_text(CONFIG)
    weights = {"weight": torch.randn(8, generator=torch.Generator().manual_seed(seed))}
    save_file(weights, folder / "transformer" / "model.safetensors")
    save_file({"weight": torch.zeros(1)}, folder / "vae" / "model.safetensors")
    return folder


def job(model: Path | str, **changes: object) -> Render:
    render = Render(
        footage=Footage(media="/a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=99),
        plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=10), Keep(start=20, end=30))),
        bridge=4,
        renderer="edityourself",
        diffusion=Diffusion(model=str(model)),
    )
    return replace(render, **changes)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineClient]:
    monkeypatch.setattr(bench, "WorkerProcess", WeighingWorker)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    with serving(tmp_path) as client:
        yield client


def cached(engine: EngineClient, asked: Render) -> bool:
    return engine.complete(asked).job.cached


def test_equal_weights_in_another_folder_render_the_same_take(engine: EngineClient, tmp_path: Path) -> None:
    here, there = checkpoint(tmp_path / "here"), checkpoint(tmp_path / "there")
    assert not cached(engine, job(here))
    assert cached(engine, job(there))


def test_other_weights_in_the_same_folder_render_another_take(engine: EngineClient, tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "model")
    assert not cached(engine, job(folder))
    checkpoint(folder, seed=1)
    assert not cached(engine, job(folder))
    checkpoint(folder, seed=0)
    assert cached(engine, job(folder))


def test_a_checkpoint_by_its_name_is_the_one_in_its_folder(engine: EngineClient, tmp_path: Path) -> None:
    installed = checkpoint(tmp_path / "models" / "edityourself-13b")
    assert not cached(engine, job(""))
    assert cached(engine, job("edityourself-13b"))
    assert cached(engine, job(installed))


def test_a_renderers_settings_are_no_concern_of_draft(engine: EngineClient) -> None:
    draft = job("/nowhere", renderer="draft")
    assert not cached(engine, draft)
    assert cached(engine, replace(draft, diffusion=Diffusion(model="/elsewhere", steps=3)))


@pytest.mark.parametrize("name", ["/nowhere/at/all", "unknown", ""])
def test_missing_weights_are_said_at_once_and_the_engine_goes_on(engine: EngineClient, name: str) -> None:
    with pytest.raises(MissingModel, match="not on this machine"):
        engine.complete(job(name))
    assert engine.jobs() == ()
    assert engine.status().queued == 0


def test_a_pickle_and_damaged_weights_are_said_by_name(engine: EngineClient, tmp_path: Path) -> None:
    folder = checkpoint(tmp_path / "model")
    weights = folder / "transformer" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4])
    with pytest.raises(BadCheckpoint, match=r"model\.safetensors"):
        engine.complete(job(folder))
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(PickledCheckpoint, match=r"model\.bin"):
        engine.complete(job(folder))


def test_a_take_of_weights_that_changed_while_it_waited_answers_no_later_job(
    engine: EngineClient, tmp_path: Path
) -> None:
    folder = checkpoint(tmp_path / "model")
    asleep = engine.submit(Sleep(ticks=9)).job.id  # which the worker above never ends
    waiting = engine.submit(job(folder)).job.id
    checkpoint(folder, seed=1)
    engine.cancel(asleep)
    outcome = engine.wait(waiting)
    assert isinstance(outcome.result, Take)
    assert outcome.result.checkpoint == open_checkpoint(folder).sha256
    checkpoint(folder, seed=0)
    assert not cached(engine, job(folder))


class Slow:
    """Scales that take their time, until they are told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reading, self.read = threading.Event(), threading.Event()
        monkeypatch.setattr(scales, "weigh", self.weigh)

    def weigh(self, _: Render) -> str:
        self.reading.set()
        self.read.wait(10)
        return "w"


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(monkeypatch)


def test_the_loop_answers_others_while_weights_are_read(
    engine: EngineClient, tmp_path: Path, slow: Slow
) -> None:
    ended = threading.Event()

    def ask() -> None:
        with another(tmp_path) as other:
            other.submit(job(tmp_path))
            ended.set()

    waiting = threading.Thread(target=ask)
    waiting.start()
    assert slow.reading.wait(10)
    assert engine.shutdown(how="when_idle").unfinished == 1  # it is not idle
    assert not cached(engine, job("", renderer="draft"))
    assert not ended.is_set()
    slow.read.set()
    waiting.join(5)
    assert ended.is_set()


def test_ctrl_c_while_weights_are_read_takes_the_job_back(
    engine: EngineClient, tmp_path: Path, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_for = Heart.wait_for

    def pressed(heart: Heart, *sockets: object) -> None:
        if not slow.reading.is_set():
            slow.reading.wait(10)
            raise KeyboardInterrupt
        wait_for(heart, *sockets)

    monkeypatch.setattr(Heart, "wait_for", pressed)
    with pytest.raises(KeyboardInterrupt):
        engine.complete(job(tmp_path))
    slow.read.set()
    later = engine.complete(job(tmp_path, seed=1))
    assert [record.id for record in engine.jobs()] == [later.job.id]


def test_a_fault_in_weighing_is_an_answer_too(
    engine: EngineClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Render) -> str:
        raise ValueError("seven")

    monkeypatch.setattr(scales, "weigh", broken)
    with pytest.raises(RenderFailed, match="seven"):
        engine.complete(job(tmp_path))
