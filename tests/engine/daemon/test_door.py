"""Who gets in at a running engine, and who does not any more; on which address; from whom it takes what."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import zmq
from engine_process import raw_socket, received, started, until

from engine import admission, launcher
from engine.admission import ENGINE_VARIABLE
from engine.client import EngineClient
from engine.connection import Address, Connection, Ports, read_connection
from engine.envelope import encode
from engine.errors import EngineUnavailable, ForbiddenPath, NotAdmitted
from engine.messages import AwaitEnd, EngineStatus, Status
from engine.paths import EnginePaths
from engine.protocol import Analyse, Sleep, Slept


def connection_of(paths: EnginePaths) -> Connection:
    connection = read_connection(paths.connection)
    assert connection is not None
    return connection


@contextmanager
def client_of(paths: EnginePaths, name: str) -> Iterator[EngineClient]:
    """Somebody who is let in while the engine runs."""
    key = admission.allow(paths, name).key
    assert key is not None
    with EngineClient(connection_of(paths), key) as client:
        yield client


# ---------------------------------------------------------------------------------------- keys


def test_a_client_is_let_in_while_the_engine_runs(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    with client_of(standing_paths, "anna") as anna:
        assert anna.status().run == standing_engine.status().run
        assert anna.run(Sleep()) == Slept()


def test_a_job_says_who_handed_it_in(standing_engine: EngineClient, standing_paths: EnginePaths) -> None:
    with client_of(standing_paths, "ben") as ben:
        assert ben.submit(Sleep()).job.client == "ben"
        assert standing_engine.submit(Sleep()).job.client == "me"


def test_a_client_that_is_revoked_is_refused_on_the_connection_that_stands(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    with client_of(standing_paths, "carol") as carol:
        carol.status()
        admission.revoke(standing_paths, "carol")
        for attempt in (carol.status, carol.jobs, lambda: carol.submit(Sleep())):
            with pytest.raises(NotAdmitted, match="revoked"):
                attempt()
    assert standing_engine.run(Sleep()) == Slept()


def test_a_client_that_is_revoked_gets_in_by_no_new_connection(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    allowed = admission.allow(standing_paths, "dave")
    assert allowed.key is not None
    admission.revoke(standing_paths, "dave")
    with EngineClient(connection_of(standing_paths), allowed.key) as dave, pytest.raises(EngineUnavailable):
        dave.status()
    assert standing_engine.run(Sleep()) == Slept()


def test_a_client_that_is_revoked_hears_no_more_events_and_others_go_on_hearing_them(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    with client_of(standing_paths, "eve") as eve, client_of(standing_paths, "frank") as frank:
        eve.listen(0)
        frank.listen(0)
        admission.revoke(standing_paths, "eve")
        standing_engine.run(Sleep())
        heard = []
        deadline = time.monotonic() + 10
        while not heard and time.monotonic() < deadline:
            heard += frank.listen(0.2)
            standing_engine.run(Sleep())
        assert heard
        with pytest.raises(EngineUnavailable):  # since her heartbeat is not answered any more
            _hears_nothing(eve, 10)


def _hears_nothing(client: EngineClient, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        assert client.listen(0.1) == ()


def test_the_end_of_a_job_is_not_told_to_a_client_that_was_revoked_meanwhile(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    key = admission.allow(standing_paths, "grace").key
    assert key is not None
    job_id = started(standing_engine)
    with zmq.Context() as context, raw_socket(context, connection_of(standing_paths), key) as grace:
        grace.send(encode(AwaitEnd(id=job_id), 1))
        grace.send(encode(Status(), 2))
        assert isinstance(received(grace), EngineStatus)
        admission.revoke(standing_paths, "grace")
        admission.allow(standing_paths, "grace")  # by that name, with another key
        standing_engine.cancel(job_id)
        assert received(grace, 0.5) is None


def test_a_name_that_is_given_to_another_key_is_not_the_old_ones_any_more(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    with client_of(standing_paths, "heidi") as old:
        old.status()
        admission.revoke(standing_paths, "heidi")
        with client_of(standing_paths, "heidi") as new:
            assert new.status().pid == standing_engine.status().pid
            with pytest.raises(NotAdmitted):
                old.status()


def test_only_its_user_may_stop_the_engine(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    with client_of(standing_paths, "ivan") as ivan:
        for how in ("now", "when_idle", "drained"):
            with pytest.raises(NotAdmitted, match="belongs to"):
                ivan.shutdown(how=how)  # type: ignore[arg-type]
    assert standing_engine.run(Sleep()) == Slept()


def test_a_client_file_that_others_could_write_lets_nobody_in_and_stops_nobody_else(
    standing_engine: EngineClient, standing_paths: EnginePaths
) -> None:
    with client_of(standing_paths, "judy") as judy:
        judy.status()
        (standing_paths.clients / "judy.json").chmod(0o666)
        (standing_paths.clients / "forged.json").write_text('{"name":"forged"')
        with pytest.raises(NotAdmitted):
            judy.status()
    (standing_paths.clients / "judy.json").unlink()
    (standing_paths.clients / "forged.json").unlink()
    assert standing_engine.run(Sleep()) == Slept()


# ---------------------------------------------------------------------------------------- other machines


@pytest.fixture
def listening(paths: EnginePaths) -> Iterator[Address]:
    """An engine for others, on four ports in a row; its one media root is `<home>/footage`."""
    (footage := paths.state.parent / "footage").mkdir()
    address = Address(host="127.0.0.1", ports=Ports.following(four_free_ports()))
    admission.allow(paths, "anna")
    listen = ("--listen", f"127.0.0.1:{address.ports.requests}", "--media-root", str(footage))
    daemon = subprocess.Popen(daemon_command(paths, *listen), stderr=subprocess.PIPE)
    try:
        until(paths.connection.exists)
        yield address
    finally:
        daemon.send_signal(signal.SIGTERM)
        _, told = daemon.communicate(timeout=20)
    assert b"Whoever shows an allowed key may use it" in told


def daemon_command(paths: EnginePaths, *options: str) -> list[str]:
    return [sys.executable, "-P", "-m", "engine.daemon", *paths.as_arguments(), *options]


def four_free_ports() -> int:
    for first in range(42_000, 60_000, 4):
        with ExitStack() as stack, suppress(OSError):
            for number in range(4):
                stack.enter_context(socket.socket()).bind(("127.0.0.1", first + number))
            return first
    raise AssertionError("no four ports in a row are free")


def refused_start(paths: EnginePaths, *options: str) -> str:
    done = subprocess.run(
        daemon_command(paths, *options), capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 4
    assert not paths.connection.exists()
    return done.stderr


def test_an_engine_for_others_without_others_is_refused(paths: EnginePaths, tmp_path: Path) -> None:
    told = refused_start(paths, "--listen", "127.0.0.1:4700", "--media-root", str(tmp_path))
    assert "none is allowed: `pickup engine allow NAME`" in told


def test_an_engine_for_others_without_media_roots_is_refused(paths: EnginePaths) -> None:
    admission.allow(paths, "anna")
    assert "needs --media-root DIR" in refused_start(paths, "--listen", "127.0.0.1:4700")


def test_an_address_that_is_none_is_a_mistake_of_usage(paths: EnginePaths) -> None:
    done = subprocess.run(
        daemon_command(paths, "--listen", "4700"), capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 2


def test_an_address_that_is_taken_is_told(paths: EnginePaths, tmp_path: Path) -> None:
    admission.allow(paths, "anna")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        told = refused_start(paths, "--listen", f"127.0.0.1:{port}", "--media-root", str(tmp_path))
    assert f"127.0.0.1:{port}" in told


def test_it_listens_where_it_was_told_and_nowhere_else(listening: Address, paths: EnginePaths) -> None:
    found = psutil.Process(connection_of(paths).pid).net_connections()
    listed = {(one.laddr.ip, one.laddr.port) for one in found if one.status == psutil.CONN_LISTEN}
    assert listed == {("127.0.0.1", listening.ports.requests + number) for number in range(4)}


def test_a_machine_with_a_pass_uses_the_engine_and_starts_none(
    listening: Address, paths: EnginePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = EnginePaths.under(tmp_path / "elsewhere")
    given = admission.pass_for(paths, admission.allow(paths, "ben"), listening)
    admission.write_pass(tmp_path / "ben.pass", given)
    monkeypatch.setenv(ENGINE_VARIABLE, str(tmp_path / "ben.pass"))
    with launcher.ensure_running(elsewhere) as client:
        assert client.status().pid == connection_of(paths).pid
        assert client.submit(Sleep()).job.client == "ben"
        with pytest.raises(ForbiddenPath):
            client.run(Analyse(media="/etc/passwd"))
        with pytest.raises(NotAdmitted):
            launcher.stop(elsewhere)
    assert not elsewhere.state.exists()
    monkeypatch.delenv(ENGINE_VARIABLE)


def test_a_pass_that_was_revoked_is_told_as_such(
    listening: Address, paths: EnginePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = admission.pass_for(paths, admission.allow(paths, "carol"), listening)
    admission.write_pass(file := tmp_path / "carol.pass", given)
    admission.revoke(paths, "carol")
    monkeypatch.setenv(ENGINE_VARIABLE, str(file))
    with pytest.raises(EngineUnavailable, match=f"{file}.*does not let carol in any more"):
        launcher.ensure_running()
    monkeypatch.delenv(ENGINE_VARIABLE)


def test_its_own_user_reaches_it_as_ever(listening: Address, paths: EnginePaths) -> None:
    with launcher.ensure_running(paths) as engine:
        assert engine.run(Sleep()) == Slept()
        assert listening.ports == connection_of(paths).ports


# ---------------------------------------------------------------------------------------- media and takes


def test_a_path_that_is_none_is_refused_as_the_job_is_handed_in(standing_engine: EngineClient) -> None:
    for path in ("http://example.org/a.mov", "concat:/etc/passwd|/etc/hosts", "../a.mov", "a\0b"):
        with pytest.raises(ForbiddenPath):
            standing_engine.submit(Analyse(media=path))


@pytest.mark.parametrize("link", ["takes", "unfinished", "findings", "takes/abc"])
def test_a_link_below_the_cache_is_refused_before_anything_is_removed_there(
    paths: EnginePaths, link: str
) -> None:
    (precious := paths.state.parent / "precious").mkdir()
    (precious / "work").mkdir()
    (there := paths.cache / link).parent.mkdir(parents=True)
    there.symlink_to(precious)
    assert f"{there} is a link" in refused_start(paths)
    assert (precious / "work").exists()


def test_a_link_put_below_the_cache_while_it_runs_is_not_written_through(tmp_path: Path) -> None:
    from engine.daemon.own_folders import require_own

    (cache := tmp_path / "cache").mkdir()
    (cache / "takes").symlink_to(tmp_path)
    for folder in (cache / "takes" / "a" / "1", cache / ".." / "x", cache, tmp_path):
        with pytest.raises(ForbiddenPath):
            require_own(folder, cache)
    require_own(cache / "unfinished" / "a", cache)
