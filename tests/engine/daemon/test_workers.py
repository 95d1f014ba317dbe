"""Real workers, several at a time, that are cancelled, stopped and killed beside one another."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from engine_loop import serving
from engine_process import kill_engine, until

from engine import admission, launcher
from engine.client import EngineClient
from engine.connection import read_connection
from engine.daemon.settings import Settings
from engine.errors import WorkerLost
from engine.messages import ENDED, JobChanged
from engine.paths import EnginePaths
from engine.protocol import Progress, Sleep, Slept, Speak

SILENCE = 6.0  # seconds; workers beat each second, once they have started


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineClient]:
    """With two places for long jobs."""
    with serving(tmp_path, Settings(devices=("cpu", "cpu"), silence=SILENCE)) as client:
        yield client


def pid_of(engine: EngineClient, job_id: str) -> int:
    (pid,) = (worker.pid for worker in engine.status().workers if worker.job == job_id)
    return pid


def running(engine: EngineClient, ticks: int) -> str:
    """The id of a job that has begun."""
    job_id = engine.submit(Sleep(ticks=ticks)).job.id
    until(lambda: engine.job(job_id).progress is not None, patience=30)
    return job_id


def test_two_long_jobs_are_done_at_the_same_time(engine: EngineClient) -> None:
    first, second = running(engine, 300), running(engine, 300)
    assert set(engine.status().running) == {first, second}
    assert engine.wait(first).result == engine.wait(second).result == Slept()


def test_a_job_is_cancelled_in_a_second_and_those_beside_it_and_behind_it_go_on(
    engine: EngineClient,
) -> None:
    beside, cancelled = running(engine, 200), running(engine, 60_000)
    behind, queued = (engine.submit(Sleep(ticks=5)).job.id for _ in range(2))
    for job_id in (cancelled, queued):
        begun = time.monotonic()
        assert engine.cancel(job_id).state == "cancelled"
        assert time.monotonic() - begun < 1
    for job_id in (beside, behind):
        assert engine.wait(job_id).job.attempts == 1


def test_a_job_is_cancelled_in_a_second_though_its_worker_hangs(engine: EngineClient) -> None:
    hung, beside = running(engine, 60_000), running(engine, 100)
    os.kill(pid_of(engine, hung), signal.SIGSTOP)
    begun = time.monotonic()
    assert engine.cancel(hung).state == "cancelled"
    assert time.monotonic() - begun < 1
    assert engine.wait(beside).job.attempts == 1


def test_a_worker_that_hangs_is_ended_and_its_job_done_by_another(engine: EngineClient) -> None:
    beside = running(engine, 400)
    hung = running(engine, 100)
    os.kill(pid_of(engine, hung), signal.SIGSTOP)
    begun = time.monotonic()
    assert engine.wait(hung).job.attempts == 2
    assert time.monotonic() - begun > SILENCE - 1
    assert engine.wait(beside).job.attempts == 1


def test_a_job_whose_workers_hang_again_and_again_has_failed_with_the_reason(engine: EngineClient) -> None:
    job_id = running(engine, 60_000)
    for attempt in (1, 2):
        until(lambda attempt=attempt: engine.job(job_id).attempts == attempt, patience=20)
        os.kill(pid_of(engine, job_id), signal.SIGSTOP)
        until(lambda attempt=attempt: engine.job(job_id).attempts > attempt or ended(engine, job_id), 30)
    with pytest.raises(WorkerLost, match="did not answer for 6 s"):
        engine.wait(job_id)
    assert engine.run(Sleep()) == Slept()


def ended(engine: EngineClient, job_id: str) -> bool:
    return engine.job(job_id).state in ENDED


def test_a_worker_that_hangs_while_nothing_is_asked_of_it_holds_up_nobody(engine: EngineClient) -> None:
    """A job of megabytes does not fit into the pipe that nobody reads."""
    (quick,) = (worker.pid for worker in engine.status().workers if worker.lane == "quick")
    os.kill(quick, signal.SIGSTOP)
    stuck = engine.submit(Speak(text="well " * 600_000)).job.id
    assert engine.run(Sleep()) == Slept()
    assert engine.cancel(stuck).state == "cancelled"


def test_clients_take_turns_by_the_keys_that_they_show(tmp_path: Path) -> None:
    with serving(tmp_path) as mine, client_of(tmp_path, "anna") as annas:
        blocker = running(mine, 60_000)
        first, second = (mine.submit(Sleep()).job.id for _ in range(2))
        hers = annas.submit(Sleep()).job
        assert hers.client == "anna"
        urgent = annas.submit(Sleep(), priority=1).job.id
        mine.listen(0)
        mine.cancel(blocker)
        begun: list[str] = []
        while len(begun) < 4:
            begun += [
                event.job.id
                for event in mine.listen(5)
                if isinstance(event, JobChanged) and event.job.state == "running"
            ]
        assert begun == [urgent, first, hers.id, second]


def client_of(home: Path, name: str) -> EngineClient:
    paths = EnginePaths.under(home)
    key, connection = admission.allow(paths, name).key, read_connection(paths.connection)
    assert key is not None
    assert connection is not None
    return EngineClient(connection, key)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is noticed at the next beat")
def test_workers_die_with_their_engine(tmp_path: Path) -> None:
    with launcher.ensure_running(EnginePaths.under(tmp_path)) as client:
        job_id = running(client, 60_000)
        workers = [psutil.Process(worker.pid) for worker in client.status().workers]
        kill_engine(EnginePaths.under(tmp_path))
        until(lambda: not any(map(lives, workers)), patience=0.5)
    with launcher.ensure_running(EnginePaths.under(tmp_path)) as client:
        client.cancel(job_id)
    launcher.stop(EnginePaths.under(tmp_path))


def lives(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_how_long_a_job_still_takes_is_told_with_its_progress(engine: EngineClient) -> None:
    told: list[Progress] = []
    engine.run(Sleep(ticks=350), on_progress=told.append)
    left = [progress.seconds_left for progress in told]
    assert left[0] is None
    known = [seconds for seconds in left if seconds is not None]
    assert known[-1] == 0
    assert known == pytest.approx(sorted(known, reverse=True), abs=1)


def test_jobs_handed_in_together_are_acknowledged_each_and_done_in_their_order(engine: EngineClient) -> None:
    engine.listen(0)
    accepted = engine.submit_all([Sleep(note=str(number)) for number in range(700)])
    ids = [one.job.id for one in accepted]
    assert ids == sorted(ids, key=int)
    assert [record.id for record in engine.jobs(limit=1000)] == ids[::-1]
    begun: list[str] = []
    while len(begun) < 700:
        heard = engine.listen(5)
        begun += [
            event.job.id for event in heard if isinstance(event, JobChanged) and event.job.state == "running"
        ]
    assert begun == ids
