"""Figures for Prometheus: scraped over real HTTP, read by Prometheus's own parser."""

from __future__ import annotations

import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import zmq
from engine_process import kill, raw_socket, started, until, worker_of
from prometheus_client.parser import text_string_to_metric_families

from engine import launcher
from engine.client import EngineClient
from engine.connection import Connection, read_connection
from engine.errors import ConsentMissing, MissingMedia
from engine.keys import KeyPair
from engine.paths import EnginePaths
from engine.protocol import Add, Analyse, EditPlan, Footage, Ratio, Render, Sleep

Figures = dict[tuple[str, tuple[str, ...]], float]


def run_engine(paths: EnginePaths, *options: str) -> subprocess.Popen[bytes]:
    """In the foreground, as a service runs it."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "engine.daemon", *options, *paths.as_arguments()],
        env=launcher._environment(),
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def engine(paths: EnginePaths) -> Iterator[EngineClient]:
    """An engine that was asked for its figures."""
    with run_engine(paths, "--metrics", "0") as process:
        until(paths.connection.exists)
        client = launcher.connect(paths)
        assert client is not None
        with client:
            yield client
        process.terminate()
        process.communicate(timeout=10)


def connection_of(paths: EnginePaths) -> Connection:
    connection = read_connection(paths.connection)
    assert connection is not None
    return connection


def scraped(paths: EnginePaths) -> Figures:
    """(name, values of its labels) -> the figure."""
    with urllib.request.urlopen(
        f"http://127.0.0.1:{connection_of(paths).metrics}/metrics", timeout=10
    ) as page:
        text = page.read().decode()
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_jobs_are_counted_by_kind_and_by_what_became_of_them(
    engine: EngineClient, paths: EnginePaths
) -> None:
    engine.run(Sleep())
    engine.run(Sleep())
    with pytest.raises(MissingMedia):
        engine.run(Analyse(media="/nowhere.mov"))
    until(lambda: ("pickup_jobs_total", ("analyse", "failed")) in scraped(paths))
    found = scraped(paths)
    assert found["pickup_jobs_total", ("sleep", "done")] == 2
    assert found["pickup_jobs_total", ("sleep", "running")] == 2
    assert found["pickup_job_seconds_count", ("sleep",)] == 2
    assert found["pickup_jobs_total", ("analyse", "failed")] == 1


def test_the_queue_is_told_as_it_stands(engine: EngineClient, paths: EnginePaths) -> None:
    started(engine)
    engine.pause(engine.submit(Sleep(note="a")).job.id)
    engine.submit(Sleep(note="b"))
    found = scraped(paths)
    assert found["pickup_jobs_at_work", ()] == 1
    assert found["pickup_jobs_queued", ()] == 2
    assert found["pickup_jobs_paused", ()] == 1
    assert found["pickup_event_sequence", ()] == engine.status().sequence


def test_a_worker_that_dies_is_counted(engine: EngineClient, paths: EnginePaths) -> None:
    started(engine)
    assert scraped(paths)["pickup_workers_lost_total", ()] == 0
    kill(worker_of(engine))
    until(lambda: scraped(paths)["pickup_workers_lost_total", ()] == 1)


def test_a_client_whose_key_is_not_known_is_counted(engine: EngineClient, paths: EnginePaths) -> None:
    public, secret = zmq.curve_keypair()
    stranger = KeyPair(public=public.decode(), secret=secret.decode())
    with zmq.Context() as context, raw_socket(context, connection_of(paths), stranger):
        until(lambda: scraped(paths)["pickup_clients_refused_total", ()] >= 1)


def test_a_job_that_nobody_consents_to_is_counted(
    engine: EngineClient, paths: EnginePaths, tmp_path: Path
) -> None:
    footage = Footage(media=str(tmp_path / "a.mov"), fingerprint="f", offset=Ratio(num=0), first=0, last=9)
    plan = EditPlan(rate=Ratio(num=25), spans=(Add(frames=9, speech=0),))
    with pytest.raises(ConsentMissing):
        engine.submit(Render(footage=footage, plan=plan, bridge=2, renderer="demo", consent=("c-0",)))
    assert scraped(paths)["pickup_consent_refused_total", ()] == 1


def test_figures_carry_no_names(engine: EngineClient, paths: EnginePaths, tmp_path: Path) -> None:
    film = tmp_path / "Merger.mov"
    film.write_bytes(b"no film")
    with pytest.raises(Exception, match="Merger"):
        engine.run(Analyse(media=str(film)))
    with urllib.request.urlopen(f"http://127.0.0.1:{connection_of(paths).metrics}/metrics") as page:
        text = page.read().decode()
    assert [word for word in ("Merger", str(tmp_path), connection_of(paths).server_key) if word in text] == []


def test_nobody_beyond_this_machine_is_answered(engine: EngineClient, paths: EnginePaths) -> None:
    """Linux answers 127.0.0.2 to whoever listens on all addresses."""
    port = connection_of(paths).metrics
    assert port is not None
    with socket.socket() as knock:
        knock.settimeout(2)
        assert knock.connect_ex(("127.0.0.2", port)) != 0


def test_an_engine_that_was_not_asked_has_none(paths: EnginePaths) -> None:
    with launcher.ensure_running(paths):
        assert connection_of(paths).metrics is None


def test_a_port_that_is_taken_is_one_line(paths: EnginePaths) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        run_engine(paths, "--metrics", str(taken.getsockname()[1])) as process,
    ):
        _, said = process.communicate(timeout=20)
    assert (process.returncode, said.count(b"\n")) == (4, 1)
    assert b"--metrics" in said
