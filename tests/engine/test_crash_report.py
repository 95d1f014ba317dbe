"""A report that a user can send: what went wrong, and nothing of what they work on."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from engine_process import kill, started, until, worker_of

from engine import crash_report
from engine.client import EngineClient
from engine.errors import EngineError, WorkerLost
from engine.keys import load_key
from engine.paths import EnginePaths
from engine.protocol import Align, Analyse, Diffusion, EditPlan, Footage, Job, Keep, Ratio, Render, Speech

FILM = "Merger_of_Anna.mov"
SECRETS = ("Merger", "Anna", "anna", "sells", "Monday", "velvet", "prompted", "acquisition", ".mov")


def troubled_jobs(folder: Path) -> list[Job]:
    """Jobs that cannot be done, of media and words that are nobody's business."""
    film = folder / FILM
    film.write_bytes(b"not a film, but an acquisition")
    footage = Footage(media=str(film), fingerprint="f", offset=Ratio(num=0), first=0, last=9)
    return [
        Analyse(media=str(film)),
        Align(media=str(film), script="Anna sells velvet on Monday"),
        Render(
            footage=footage,
            plan=EditPlan(rate=Ratio(num=25), spans=(Keep(start=0, end=9),)),
            bridge=2,
            speech=(Speech(path=str(folder / "Anna.wav"), fingerprint="f", start=0, end=9),),
            diffusion=Diffusion(prompt="a prompted velvet"),
        ),
    ]


def reported(engine: EngineClient, paths: EnginePaths) -> dict[str, str]:
    """The files of the zip, by name."""
    whole = crash_report.zipped(crash_report.parts_of(paths, engine.status(), engine.jobs(99)))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_a_report_holds_no_footage_no_words_no_paths_and_no_keys(
    engine: EngineClient, paths: EnginePaths, tmp_path: Path
) -> None:
    for job in troubled_jobs(tmp_path):
        with pytest.raises(EngineError):
            engine.run(job)
    until(lambda: paths.log.read_text().count("job_failed") == 3)
    with paths.job_log("1").open("a") as log:
        log.write(f"[mov @ 0x55] {tmp_path / FILM}: moov atom not found\nAnna sells velvet\n")
    told = reported(engine, paths)
    server, client = load_key(paths.server_key), load_key(paths.client_key)
    keys = (server.secret, server.public, client.secret, client.public)
    everything = "\n".join([*told, *told.values()])
    assert [word for word in (*SECRETS, *keys, str(tmp_path), str(Path.home())) if word in everything] == []


def test_a_report_tells_what_failed_how_and_where_in_the_code(
    engine: EngineClient, paths: EnginePaths, tmp_path: Path
) -> None:
    with pytest.raises(EngineError):
        engine.run(troubled_jobs(tmp_path)[0])
    until(lambda: "job_failed" in paths.log.read_text())
    told = reported(engine, paths)
    (job,) = json.loads(told["jobs.json"])
    assert (job["kind"], job["state"]) == ("analyse", "failed")
    assert job["fault"].endswith("Media")
    assert 'File "engine/daemon/tasks.py"' in told["job_logs/1.log"]
    assert "engine_answers" in told["engine.log"]


def test_a_worker_that_crashed_has_left_its_jobs_log(engine: EngineClient, paths: EnginePaths) -> None:
    job = started(engine)
    for _ in range(2):
        until(lambda: engine.job(job).state == "running")
        kill(worker_of(engine))
        until(lambda: engine.job(job).state != "running" or engine.job(job).attempts == 2)
    with pytest.raises(WorkerLost):
        engine.wait(job)
    until(lambda: "job_failed" in paths.log.read_text())
    assert '"fault":"WorkerLost"' in reported(engine, paths)[f"job_logs/{job}.log"]


def test_a_report_can_be_made_where_no_engine_has_ever_run(tmp_path: Path) -> None:
    assert set(crash_report.parts_of(EnginePaths.under(tmp_path), None, ())) == {
        "README.txt",
        "machine.json",
        "jobs.json",
    }
