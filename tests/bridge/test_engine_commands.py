"""`pickup engine`, as those who run it meet it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from consents import keep_consent
from engine_process import started, until

from engine import launcher
from engine.client import EngineClient
from engine.lock import is_locked
from engine.paths import EnginePaths
from engine.protocol import Analyse, Sleep


def pickup(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), capture_output=True, text=True, env=environment(home), check=False, timeout=60
    )


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bridge.cli", "engine", *arguments]


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "PICKUP_HOME": str(home), "COLUMNS": "200"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[EngineClient]:
    """An engine of the folder, and of the test."""
    with launcher.ensure_running(EnginePaths.under(keep_consent(tmp_path))) as client:
        yield client
    launcher.stop(EnginePaths.under(tmp_path))


def test_the_status_is_of_workers_and_queue(tmp_path: Path, engine: EngineClient) -> None:
    job = started(engine)
    engine.submit(Sleep(note="next"))
    said = pickup(tmp_path, "status").stdout
    assert f"process {engine.status().pid}, up for" in said
    assert "1 running, 1 queued" in said
    assert f"job {job}" in said


def test_the_status_for_a_script_is_one_object(tmp_path: Path, engine: EngineClient) -> None:
    told = json.loads(pickup(tmp_path, "status", "--json").stdout)
    assert told["running"]
    assert 0 <= told["uptime_seconds"] < 60
    assert {worker["lane"] for worker in told["status"]["workers"]} == {"quick", "long"}


def test_jobs_of_one_state_or_kind_are_picked_out(tmp_path: Path, engine: EngineClient) -> None:
    engine.run(Sleep())
    running = started(engine)

    def told(*options: str) -> list[str]:
        return [job["id"] for job in json.loads(pickup(tmp_path, "jobs", "--json", *options).stdout)["jobs"]]

    assert told() == ["2", "1"]
    assert told("--state", "running") == [running]
    assert told("--kind", "render") == []
    assert told("--limit", "1") == ["2"]


def test_a_state_that_no_job_has_is_a_usage_error_that_names_those_there_are(tmp_path: Path) -> None:
    done = pickup(tmp_path, "jobs", "--state", "lost")
    assert (done.returncode, "queued, paused, running" in done.stderr) == (2, True)
    assert not is_locked(EnginePaths.under(tmp_path).lock)  # nor is an engine started for it


def test_a_job_is_cancelled_by_its_id(tmp_path: Path, engine: EngineClient) -> None:
    job = started(engine)
    done = pickup(tmp_path, "cancel", job)
    assert (done.returncode, "cancelled" in done.stdout) == (0, True)
    assert engine.job(job).state == "cancelled"


def test_waiting_ends_with_the_job_and_as_it_did(tmp_path: Path, engine: EngineClient) -> None:
    good = engine.submit(Sleep(ticks=20)).job.id
    bad = engine.submit(Analyse(media="/nowhere.mov")).job.id
    waited = pickup(tmp_path, "wait", good)
    assert (waited.returncode, "done" in waited.stdout) == (0, True)
    failed = pickup(tmp_path, "wait", bad)
    assert (failed.returncode, failed.stderr.count("\n")) == (3, 1)


def test_the_engines_log_is_read_by_a_person_and_by_a_script(tmp_path: Path, engine: EngineClient) -> None:
    engine.run(Sleep())
    until(lambda: "job_done" in EnginePaths.under(tmp_path).log.read_text())
    assert "job_done  job=1 kind=sleep" in pickup(tmp_path, "logs").stdout
    events = [json.loads(line)["event"] for line in pickup(tmp_path, "logs", "--json").stdout.splitlines()]
    assert [event for event in events if event != "worker_started"] == [
        "engine_answers",
        "job_running",
        "job_done",
    ]
    assert events.count("worker_started") == 2


def test_the_log_of_a_job_is_followed_to_its_end(tmp_path: Path, engine: EngineClient) -> None:
    job = started(engine, ticks=100)
    following = pickup(tmp_path, "logs", job, "-f")
    assert following.stdout.splitlines()[-1].split()[1] == "done"


def test_a_log_that_is_not_there_is_one_line_and_bad_input(tmp_path: Path) -> None:
    for wanted in ((), ("12",), ("../connection",)):
        done = pickup(tmp_path, "logs", *wanted)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1)


def test_stopping_when_idle_leaves_an_engine_at_its_work(tmp_path: Path, engine: EngineClient) -> None:
    started(engine)
    done = pickup(tmp_path, "stop", "--when-idle", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (
        1,
        {"stopped": False, "running": True, "unfinished": 1},
    )
    assert engine.status().pid


def test_stopping_by_draining_waits_for_what_runs(tmp_path: Path, engine: EngineClient) -> None:
    job = started(engine, ticks=150)
    queued = engine.submit(Sleep()).job.id
    assert pickup(tmp_path, "stop", "--drain").stdout == "the engine has stopped\n"
    assert not is_locked(EnginePaths.under(tmp_path).lock)
    with launcher.ensure_running(EnginePaths.under(tmp_path)) as successor:
        assert successor.job(job).state == "done"
        successor.wait(queued)


def test_draining_does_not_wait_and_accepts_nothing_more(tmp_path: Path, engine: EngineClient) -> None:
    started(engine, ticks=500)
    begun = time.monotonic()
    done = pickup(tmp_path, "drain")
    assert (done.returncode, "accepts no more jobs" in done.stdout) == (0, True)
    assert time.monotonic() - begun < 4
    assert engine.status().draining


def test_an_engine_ends_after_as_many_idle_minutes_as_it_was_started_with(tmp_path: Path) -> None:
    assert json.loads(pickup(tmp_path, "start", "--idle-minutes", "0.01", "--json").stdout)["pid"]
    until(lambda: not is_locked(EnginePaths.under(tmp_path).lock))


def test_a_report_is_written_whether_an_engine_runs_or_not(tmp_path: Path, engine: EngineClient) -> None:
    told = json.loads(pickup(tmp_path, "report", "-o", str(tmp_path / "up.zip"), "--json").stdout)
    assert "status.json" in told["holds"]
    launcher.stop(EnginePaths.under(tmp_path))
    done = pickup(tmp_path, "report", "-o", str(tmp_path / "down.zip"))
    assert (done.returncode, "no footage" in done.stdout) == (0, True)
    with zipfile.ZipFile(tmp_path / "down.zip") as archive:
        assert "engine.log" in archive.namelist()
        assert "status.json" not in archive.namelist()


def test_a_report_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = pickup(tmp_path, "report", "-o", str(tmp_path / "file" / "report.zip"))
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)


@pytest.mark.parametrize("asked", ["pause", "resume"])
def test_pausing_is_asked_for_by_the_jobs_id(tmp_path: Path, engine: EngineClient, asked: str) -> None:
    started(engine)
    job = engine.submit(Sleep(ticks=5)).job.id
    if asked == "resume":
        engine.pause(job)
    assert json.loads(pickup(tmp_path, asked, job, "--json").stdout)["paused"] == (asked == "pause")


def test_a_job_is_put_behind_others_by_a_number_below_zero(tmp_path: Path, engine: EngineClient) -> None:
    started(engine)
    job = engine.submit(Sleep(ticks=5)).job.id
    assert json.loads(pickup(tmp_path, "prioritise", job, "-5", "--json").stdout)["priority"] == -5
    assert pickup(tmp_path, "prioritise", job, "101").returncode == 2


def test_the_command_line_comes_as_fast_as_before_there_was_a_log(tmp_path: Path) -> None:
    code = (
        "import sys, bridge.cli; print(sorted({'structlog', 'prometheus_client', 'zmq'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"[]\n"
