"""A client hands in jobs, follows them, and says clearly what went wrong. Real engines throughout."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest
import zmq
from engine_process import kill, kill_engine, started, until, worker_of

from engine import launcher
from engine.client import EngineClient
from engine.connection import read_connection
from engine.errors import (
    BadMedia,
    EngineUnavailable,
    JobCancelled,
    MissingMedia,
    UnknownJob,
    WireError,
    WorkerLost,
)
from engine.keys import KeyPair, load_key
from engine.lock import is_locked
from engine.messages import ENDED, LARGEST_REQUEST, Event, JobChanged, JobProgressed, ShutdownAnswer
from engine.paths import EnginePaths
from engine.protocol import Analyse, Progress, Sleep, Slept


def test_a_job_is_done_and_its_result_comes_back(standing_engine: EngineClient) -> None:
    assert standing_engine.run(Sleep()) == Slept()


def test_progress_is_told_in_order(standing_engine: EngineClient) -> None:
    seen: list[Progress] = []
    standing_engine.run(Sleep(ticks=30), on_progress=seen.append)
    done = [progress.done for progress in seen]
    assert len(done) >= 2
    assert done == sorted(done)
    assert {progress.total for progress in seen} == {30}


def test_the_outcome_names_the_job(standing_engine: EngineClient) -> None:
    outcome = standing_engine.complete(Sleep())
    assert outcome.job.kind == "sleep"
    assert outcome.job.state == "done"
    assert outcome.job.attempts == 1
    assert not outcome.job.cached
    assert standing_engine.job(outcome.job.id) == outcome.job


def test_jobs_are_listed_newest_first(standing_engine: EngineClient) -> None:
    ids = [standing_engine.complete(Sleep()).job.id for _ in range(3)]
    assert [job.id for job in standing_engine.jobs(limit=3)] == ids[::-1]
    assert [job.id for job in standing_engine.jobs(limit=1)] == ids[-1:]


def test_missing_media_is_the_engines_typed_error(standing_engine: EngineClient, tmp_path: Path) -> None:
    with pytest.raises(MissingMedia, match=r"gone\.mov"):
        standing_engine.run(Analyse(media=str(tmp_path / "gone.mov")))


def test_a_relative_path_is_refused(standing_engine: EngineClient) -> None:
    with pytest.raises(BadMedia, match="not an absolute path"):
        standing_engine.run(Analyse(media="http://somewhere/a.mov"))


def test_an_unknown_job_is_said_to_be_unknown(standing_engine: EngineClient) -> None:
    for job_id in ("77", "../../etc", "0", "-1", "٣", "9" * 40):
        with pytest.raises(UnknownJob):
            standing_engine.cancel(job_id)


def test_a_job_larger_than_the_engine_takes_is_refused_here(standing_engine: EngineClient) -> None:
    with pytest.raises(WireError, match="at most"):
        standing_engine.run(Sleep(note="x" * LARGEST_REQUEST))
    assert standing_engine.run(Sleep()) == Slept()


def test_a_running_job_is_cancelled_within_a_second_and_the_next_one_runs(
    standing_engine: EngineClient,
) -> None:
    running = started(standing_engine)
    waiting = standing_engine.submit(Sleep()).job.id
    begun = time.monotonic()
    assert standing_engine.cancel(running).state == "cancelled"
    assert time.monotonic() - begun < 1
    with pytest.raises(JobCancelled, match=running):
        standing_engine.wait(running)
    assert standing_engine.wait(waiting).result == Slept()


def test_a_queued_job_is_cancelled_and_the_running_one_goes_on(standing_engine: EngineClient) -> None:
    running = started(standing_engine, ticks=50)
    queued = standing_engine.submit(Sleep(ticks=3000)).job.id
    worker = worker_of(standing_engine)
    assert standing_engine.cancel(queued).state == "cancelled"
    assert standing_engine.wait(running).job.attempts == 1
    assert worker_of(standing_engine) == worker


def test_an_ended_job_is_not_cancelled_any_more(standing_engine: EngineClient) -> None:
    done = standing_engine.complete(Sleep()).job
    assert standing_engine.cancel(done.id) == done


def test_two_clients_each_get_their_own_answers(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    with launcher.ensure_running(standing_paths) as other:
        mine = standing_engine.submit(Sleep(ticks=20)).job.id
        others = other.submit(Sleep(ticks=1)).job.id
        other.cancel(mine)
        assert other.wait(others).job.id == others
        with pytest.raises(JobCancelled):
            standing_engine.wait(mine)


def test_a_job_is_paused_and_resumed(standing_engine: EngineClient) -> None:
    running = started(standing_engine, ticks=40)
    assert standing_engine.pause(running).state == "queued"
    assert standing_engine.run(Sleep()) == Slept()
    assert standing_engine.status().paused == 1
    assert not standing_engine.resume(running).paused
    assert standing_engine.wait(running).job.attempts == 2


def test_a_drained_engine_ends_what_runs_begins_nothing_and_keeps_what_is_queued(
    engine: EngineClient, paths: EnginePaths
) -> None:
    running = started(engine, ticks=60)
    queued = engine.submit(Sleep()).job.id
    assert engine.shutdown("drained") == ShutdownAnswer(stopping=True, unfinished=2)
    assert engine.status().draining
    with pytest.raises(EngineUnavailable, match="accepts nothing"):
        engine.submit(Sleep())
    assert engine.wait(running).result == Slept()
    until(lambda: not is_locked(paths.lock))
    with launcher.ensure_running(paths) as successor:
        assert successor.job(running).state == "done"
        assert successor.wait(queued).result == Slept()


def test_status_counts_what_runs_and_what_waits(standing_engine: EngineClient) -> None:
    running = started(standing_engine)
    standing_engine.submit(Sleep())
    standing_engine.submit(Sleep())
    status = standing_engine.status()
    assert (status.running, status.queued) == ((running,), 2)
    standing_engine.cancel(running)


def test_a_dead_engine_is_noticed_within_three_seconds_and_the_job_is_said_to_be_kept(
    engine: EngineClient, paths: EnginePaths
) -> None:
    job_id = started(engine)
    kill_engine(paths)
    begun = time.monotonic()
    with pytest.raises(EngineUnavailable, match=f"Job {job_id} is kept"):
        engine.wait(job_id)
    assert time.monotonic() - begun < 3.5


def test_what_ran_when_the_engine_was_killed_is_taken_up_by_the_next_and_what_was_done_stays_done(
    engine: EngineClient, paths: EnginePaths
) -> None:
    done = engine.complete(Sleep()).job
    job_id = started(engine, ticks=40)
    kill_engine(paths)
    with launcher.ensure_running(paths) as successor:
        outcome = successor.wait(job_id)
        assert outcome.result == Slept()
        assert successor.job(done.id) == done
        assert [job.id for job in successor.jobs()] == [job_id, done.id]


def test_a_worker_that_dies_is_replaced_and_its_job_begun_once_more(standing_engine: EngineClient) -> None:
    worker = worker_of(standing_engine)
    job_id = started(standing_engine, ticks=30)
    kill(worker)
    assert standing_engine.wait(job_id).job.attempts == 2
    assert worker_of(standing_engine) != worker


def test_a_job_that_kills_two_workers_has_failed_and_the_next_job_runs(engine: EngineClient) -> None:
    deadly = started(engine)
    kill(worker_of(engine))
    until(lambda: engine.job(deadly).attempts == 2)
    kill(worker_of(engine))
    with pytest.raises(WorkerLost, match="the worker died"):
        engine.wait(deadly)
    assert engine.run(Sleep()) == Slept()


def test_an_idle_worker_that_dies_is_replaced_for_the_next_job(standing_engine: EngineClient) -> None:
    kill(worker_of(standing_engine))
    assert standing_engine.run(Sleep()) == Slept()


def test_progress_goes_on_from_a_second_client_that_only_waits(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    job_id = started(standing_engine, ticks=60)
    seen: list[Progress] = []
    with launcher.ensure_running(standing_paths) as other:
        other.wait(job_id, seen.append)
    assert seen


def test_ctrl_c_cancels_the_job_and_comes_through(paths: EnginePaths, engine: EngineClient) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from engine import launcher; from engine.paths import EnginePaths\n"
        "from engine.protocol import Sleep\n"
        "with launcher.ensure_running(EnginePaths.under(Path(sys.argv[1]))) as engine:\n"
        "    engine.run(Sleep(ticks=3000))\n"
    )
    command = [sys.executable, "-c", code, str(paths.state.parent)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as person:
        until(lambda: engine.status().running != ())
        (job_id,) = engine.status().running
        person.send_signal(signal.SIGINT)
        assert person.wait(5) != 0
    assert engine.job(job_id).state == "cancelled"


def test_the_client_is_imported_in_a_moment() -> None:
    code = "import time; t = time.perf_counter(); import engine.client; print(time.perf_counter() - t)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
        for _ in range(3)
    ]
    assert min(times) < 0.3  # 0.1 on an idle machine; this one may be busy


def test_events_can_be_asked_for_again(engine: EngineClient) -> None:
    before = engine.status()
    job_id = engine.complete(Sleep()).job.id
    found = engine.events_since(before.run, before.sequence)
    assert found.complete
    numbers = [event.sequence for event in found.events]
    assert numbers == list(range(before.sequence + 1, before.sequence + 1 + len(numbers)))
    states = [event.job.state for event in found.events if isinstance(event, JobChanged)]
    assert states == ["queued", "running", "done"]
    assert {event.job.id for event in found.events if isinstance(event, JobChanged)} == {job_id}
    assert engine.events_since(before.run, numbers[-1]).events == ()


def test_who_was_away_while_engines_came_and_went_is_told_what_became_of_each_job(
    engine: EngineClient, paths: EnginePaths
) -> None:
    known = engine.complete(Sleep()).job.id
    seen = engine.status()
    ended = engine.complete(Sleep()).job.id
    began = started(engine)
    kill_engine(paths)
    with launcher.ensure_running(paths) as successor:
        until(lambda: successor.job(began).state == "running")
        found = successor.events_since(seen.run, seen.sequence)
        assert not found.complete
        told = {event.job.id: event.job.state for event in found.events if isinstance(event, JobChanged)}
        assert told == {ended: "done", began: "running"}
        assert known not in told
        assert successor.events_since(found.run, found.events[-1].sequence).complete
        all_told = successor.events_since("of another job list", successor.status().sequence + 10**9)
        assert {event.job.id for event in all_told.events if isinstance(event, JobChanged)} == {known, *told}
        successor.cancel(began)


def test_a_listener_hears_what_becomes_of_jobs_in_order(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    with launcher.ensure_running(standing_paths) as listener:
        assert listener.listen(0) == ()
        job_id = standing_engine.complete(Sleep(ticks=20)).job.id
        heard: list[Event] = []
        while not _ended(heard):
            heard += listener.listen(5)
    states = [event.job.state for event in heard if isinstance(event, JobChanged)]
    assert states == ["queued", "running", "done"]
    assert {event.id for event in heard if isinstance(event, JobProgressed)} == {job_id}
    assert [event.sequence for event in heard] == list(range(heard[0].sequence, heard[-1].sequence + 1))


def _listen_for(engine: EngineClient, seconds: float) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        engine.listen(0.05)


def _ended(heard: list[Event]) -> bool:
    return bool(heard) and isinstance(heard[-1], JobChanged) and heard[-1].job.state in ENDED


def test_a_listener_waits_no_longer_than_it_said(standing_engine: EngineClient) -> None:
    standing_engine.listen(0)
    begun = time.monotonic()
    assert standing_engine.listen(0.2) == ()
    assert 0.2 <= time.monotonic() - begun < 1


def test_a_listener_is_told_that_the_engine_died_though_it_never_waits_long(
    engine: EngineClient, paths: EnginePaths
) -> None:
    engine.listen(0)
    kill_engine(paths)
    died = time.monotonic()
    with pytest.raises(EngineUnavailable):
        _listen_for(engine, seconds=20)
    assert time.monotonic() - died < 6  # 3.3 s at most on an idle machine


def test_a_listener_that_was_busy_elsewhere_finds_the_engine_alive(standing_engine: EngineClient) -> None:
    standing_engine.listen(0)
    time.sleep(2.7)  # longer than an engine may be silent
    standing_engine.listen(0)
    assert standing_engine.run(Sleep()) == Slept()


def test_a_client_of_another_protocol_is_told_what_to_do(
    standing_engine: EngineClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.envelope.PROTOCOL_VERSION", 1)
    with pytest.raises(WireError, match="protocol 1"):
        standing_engine.status()


def test_a_stranger_at_the_ports_gets_no_answer(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    connection = read_connection(standing_paths.connection)
    assert connection is not None
    mine = load_key(standing_paths.client_key)
    public, secret = zmq.curve_keypair()
    stranger = KeyPair(public=public.decode(), secret=secret.decode())
    with EngineClient(connection, stranger) as unknown, pytest.raises(EngineUnavailable):
        unknown.status()
    forged = msgspec.structs.replace(connection, server_key=stranger.public)
    with EngineClient(forged, mine) as deceived, pytest.raises(EngineUnavailable):
        deceived.status()
    assert standing_engine.run(Sleep()) == Slept()
