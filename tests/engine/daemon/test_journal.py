"""What of a job's life is written down."""

from __future__ import annotations

import json
from pathlib import Path

from msgspec.structs import replace

from engine.daemon.journal import Journal
from engine.messages import Fault, JobChanged, JobRecord
from engine.paths import EnginePaths

QUEUED = JobRecord(id="7", kind="render", hash="h", state="queued", submitted=1_000)
RUNNING = replace(QUEUED, state="running", started=3_500, attempts=1, device="cuda:0")
DONE = replace(RUNNING, state="done", ended=5_000)


def written(home: Path, *records: JobRecord) -> list[dict[str, object]]:
    paths = EnginePaths.under(home)
    journal = Journal(paths)
    for number, record in enumerate(records):
        journal.write_down(JobChanged(sequence=number, job=record))
    log = paths.job_log("7")
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_a_job_is_written_down_when_it_begins_and_when_it_ends(tmp_path: Path) -> None:
    began, ended = written(tmp_path, QUEUED, RUNNING, DONE)
    assert (began["event"], began["waited"], began["device"]) == ("running", 2.5, "cuda:0")
    assert (ended["event"], ended["seconds"]) == ("done", 1.5)


def test_another_priority_is_no_other_beginning_and_another_attempt_is(tmp_path: Path) -> None:
    lines = written(tmp_path, RUNNING, replace(RUNNING, priority=5), replace(RUNNING, attempts=2))
    assert [line["attempt"] for line in lines] == [1, 2]


def test_a_job_that_goes_back_to_the_queue_is_written_down(tmp_path: Path) -> None:
    lines = written(tmp_path, RUNNING, replace(RUNNING, state="queued"))
    assert [line["event"] for line in lines] == ["running", "queued"]


def test_a_jobs_own_log_tells_its_fault_in_full(tmp_path: Path) -> None:
    fault = Fault(name="BadMedia", message="/films/a.mov cannot be read")
    (line,) = written(tmp_path, replace(DONE, state="failed", fault=fault))
    assert line["fault"] == {"name": "BadMedia", "message": "/films/a.mov cannot be read"}
