"""A worker's prints are in the log of the job that it had."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from engine_process import until

from engine.client import EngineClient
from engine.daemon.job_log import printed_to
from engine.errors import MissingMedia
from engine.messages import JobRecord
from engine.paths import EnginePaths
from engine.protocol import Align, Sleep


def test_what_native_code_prints_is_in_the_jobs_log_and_nothing_else_is(tmp_path: Path) -> None:
    with printed_to(tmp_path / "7.log"):
        os.write(1, b"to stdout\n")
        os.write(2, b"to stderr\n")
    os.write(2, b"after\n")
    assert (tmp_path / "7.log").read_text() == "to stdout\nto stderr\n"


def test_the_prints_of_a_second_attempt_come_after_those_of_the_first(tmp_path: Path) -> None:
    for attempt in (b"first\n", b"second\n"):
        with printed_to(tmp_path / "7.log"):
            os.write(2, attempt)
    assert (tmp_path / "7.log").read_text() == "first\nsecond\n"


def test_prints_that_find_no_room_go_where_they_went_before(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("in the way")
    with printed_to(tmp_path / "logs" / "7.log"):
        os.write(2, b"heard\n")
    assert capfd.readouterr().err == "heard\n"


def test_a_jobs_log_tells_when_it_began_and_how_it_ended(engine: EngineClient, paths: EnginePaths) -> None:
    job = engine.complete(Sleep(ticks=1)).job
    until(lambda: len(events_of(paths.job_log(job.id))) > 1)  # the client is told first
    assert events_of(paths.job_log(job.id)) == ["running", "done"]


def test_the_engines_log_names_no_media_and_no_word(engine: EngineClient, paths: EnginePaths) -> None:
    job = failed(engine, Align(media="/films/Merger.mov", script="we sell on Monday"))
    until(lambda: '"event":"job_failed"' in paths.log.read_text())
    log = paths.log.read_text()
    assert f'"event":"job_failed","job":"{job.id}"' in log
    assert [word for word in ("Merger", "films", "Monday", "sell") if word in log] == []
    assert "/films/Merger.mov" in paths.job_log(job.id).read_text()


def events_of(log: Path) -> list[str]:
    return [json.loads(line)["event"] for line in log.read_text().splitlines()]


def failed(engine: EngineClient, job: Align) -> JobRecord:
    with pytest.raises(MissingMedia):
        engine.run(job)
    return engine.jobs(1)[0]
