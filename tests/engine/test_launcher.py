"""One engine for a state folder: found, started, replaced, stopped."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from engine_process import kill_engine, started, until

from engine import launcher
from engine.client import EngineClient
from engine.connection import read_connection, write_connection
from engine.errors import EngineUnavailable
from engine.keys import new_key
from engine.lock import EngineLock, is_locked
from engine.paths import EnginePaths
from engine.private_files import write_private
from engine.protocol import Sleep, Slept
from engine.version import RELEASE, engine_version

posix = pytest.mark.skipif(os.name == "nt", reason="Windows keeps files private by access lists, not modes")


def test_an_engine_is_started_where_none_runs(paths: EnginePaths) -> None:
    with launcher.ensure_running(paths) as engine:
        assert engine.run(Sleep()) == Slept()


def test_the_running_engine_is_found_again_at_once(engine: EngineClient, paths: EnginePaths) -> None:
    begun = time.monotonic()
    with launcher.ensure_running(paths) as again:
        assert time.monotonic() - begun < 0.2
        assert again.status().pid == engine.status().pid


def test_an_engine_outlives_the_process_that_started_it(paths: EnginePaths) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from engine import launcher; from engine.paths import EnginePaths\n"
        "launcher.ensure_running(EnginePaths.under(Path(sys.argv[1]))).close()"
    )
    subprocess.run([sys.executable, "-c", code, str(paths.state.parent)], check=True)
    engine = launcher.connect(paths)
    assert engine is not None
    with engine:
        assert engine.run(Sleep()) == Slept()


def test_a_full_disk_is_named_as_what_keeps_the_engine_from_starting(
    paths: EnginePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = type(shutil.disk_usage(paths.state.parent))(total=1 << 30, used=1 << 30, free=0)
    monkeypatch.setattr(launcher, "START_PATIENCE", 0.0)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(EngineUnavailable, match="is full"):
        launcher.ensure_running(paths)


def test_what_is_not_installed_is_named_as_what_keeps_the_engine_from_starting(
    paths: EnginePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths.state.mkdir()
    monkeypatch.setattr(launcher, "START_PATIENCE", 0.0)
    monkeypatch.setitem(sys.modules, "structlog", None)
    with pytest.raises(EngineUnavailable, match=r"pip install 'pickup-editor\[engine\]'"):
        launcher.ensure_running(paths)


def test_two_starters_at_once_come_to_one_engine(paths: EnginePaths) -> None:
    with ThreadPoolExecutor(3) as pool:
        clients = [task.result() for task in [pool.submit(launcher.ensure_running, paths) for _ in range(3)]]
    assert len({client.status().pid for client in clients}) == 1
    for client in clients:
        client.close()


def test_the_connection_file_of_a_dead_engine_is_not_believed(
    engine: EngineClient, paths: EnginePaths
) -> None:
    dead = engine.status().pid
    kill_engine(paths)
    assert paths.connection.exists()
    assert launcher.connect(paths) is None
    with launcher.ensure_running(paths) as successor:
        assert successor.status().pid != dead


def test_the_connection_file_of_a_dead_engine_is_gone_before_another_starts(
    engine: EngineClient, paths: EnginePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one takes the lock before it has written its own: until then the old one looked alive."""
    kill_engine(paths)
    there: list[bool] = []
    start = subprocess.Popen

    def noted(*args: object, **given: object) -> object:
        there.append(paths.connection.exists())
        return start(*args, **given)  # type: ignore[call-overload]

    monkeypatch.setattr(launcher.subprocess, "Popen", noted)
    with launcher.ensure_running(paths):
        assert there == [False]


def test_a_connection_file_of_rubbish_is_not_believed(paths: EnginePaths) -> None:
    paths.state.mkdir(parents=True)
    paths.connection.write_bytes(b"{" * 100_000)
    with launcher.ensure_running(paths) as engine:
        assert engine.run(Sleep()) == Slept()


def test_stopping_leaves_no_process_and_no_connection_file(engine: EngineClient, paths: EnginePaths) -> None:
    assert launcher.stop(paths)
    assert not is_locked(paths.lock)
    assert not paths.connection.exists()
    assert not launcher.stop(paths)


def test_a_job_that_runs_when_the_engine_is_stopped_is_done_by_the_next(
    engine: EngineClient, paths: EnginePaths
) -> None:
    job_id = started(engine, ticks=30)
    launcher.stop(paths)
    with launcher.ensure_running(paths) as successor:
        assert successor.wait(job_id).result == Slept()


def pretend_to_be_older(paths: EnginePaths) -> None:
    connection = read_connection(paths.connection)
    assert connection is not None
    write_connection(paths.connection, msgspec.structs.replace(connection, engine_version="0.0.9+0"))


def test_an_idle_engine_of_another_version_is_replaced(engine: EngineClient, paths: EnginePaths) -> None:
    older = engine.status().pid
    pretend_to_be_older(paths)
    with launcher.ensure_running(paths) as newer:
        assert newer.status().pid != older
        assert newer.status().engine_version == engine_version()


def test_a_busy_engine_of_another_version_is_left_at_its_work(
    engine: EngineClient, paths: EnginePaths
) -> None:
    job_id = started(engine)
    pretend_to_be_older(paths)
    with pytest.raises(EngineUnavailable, match=r"0\.0\.9\+0.*1 job"):
        launcher.ensure_running(paths)
    assert engine.job(job_id).state == "running"


def test_a_program_older_than_the_engines_files_is_told_to_start_again(
    paths: EnginePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "engine_version", lambda: "0.0.9+0")
    with pytest.raises(EngineUnavailable, match="start it again"):
        launcher.ensure_running(paths)


def test_an_engine_with_nothing_to_do_ends_by_itself_but_not_under_a_job(paths: EnginePaths) -> None:
    with launcher.ensure_running(paths, idle_minutes=0.01) as engine:
        assert engine.run(Sleep(ticks=120)) == Slept()
    until(lambda: not is_locked(paths.lock))
    assert not paths.connection.exists()


def test_an_engine_that_cannot_start_is_reported_with_its_log(paths: EnginePaths) -> None:
    paths.keys.parent.mkdir(parents=True, exist_ok=True)
    paths.keys.write_text("a file where a folder should be")
    with pytest.raises(EngineUnavailable, match=r"engine\.log"):
        launcher.ensure_running(paths)


def test_a_folder_that_cannot_be_made_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(EngineUnavailable, match="state"):
        launcher.ensure_running(EnginePaths.under(tmp_path))


def test_modules_in_the_current_folder_do_not_pass_for_the_engines(
    paths: EnginePaths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "zmq.py").write_text("raise SystemExit('a stranger was imported')")
    monkeypatch.chdir(tmp_path)
    with launcher.ensure_running(paths) as engine:
        assert engine.run(Sleep()) == Slept()


@posix
def test_keys_and_connection_are_for_this_user_alone(engine: EngineClient, paths: EnginePaths) -> None:
    for file in (paths.connection, paths.server_key, paths.client_key, paths.jobs, paths.lock, paths.log):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    for folder in (paths.state, paths.keys):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder


@posix
@pytest.mark.parametrize("name", ["client.json", "engine.json"])
def test_a_key_that_others_could_read_is_refused_with_the_fix_and_left_as_it_is(
    engine: EngineClient, paths: EnginePaths, name: str
) -> None:
    launcher.stop(paths)
    leaked = (key := paths.keys / name).read_bytes()
    key.chmod(0o640)
    with pytest.raises(EngineUnavailable, match=f"others may read {key}: delete it, .* chmod 600 {key}$"):
        launcher.ensure_running(paths)
    assert key.read_bytes() == leaked
    key.chmod(0o600)
    with launcher.ensure_running(paths) as again:
        assert again.run(Sleep()) == Slept()


@posix
def test_a_folder_of_keys_that_others_could_enter_is_refused_with_the_fix(
    engine: EngineClient, paths: EnginePaths
) -> None:
    launcher.stop(paths)
    paths.keys.chmod(0o711)
    with pytest.raises(EngineUnavailable, match=f"others may enter {paths.keys}: chmod 700 {paths.keys}$"):
        launcher.ensure_running(paths)


@posix
def test_a_key_that_is_a_link_is_refused(engine: EngineClient, paths: EnginePaths, tmp_path: Path) -> None:
    launcher.stop(paths)
    paths.client_key.rename(away := tmp_path / "client.json")
    paths.client_key.symlink_to(away)
    with pytest.raises(EngineUnavailable, match="is a link"):
        launcher.ensure_running(paths)


@pytest.mark.parametrize("damage", ["public", "secret"])
def test_a_key_whose_halves_are_of_two_pairs_is_refused_as_damaged(
    engine: EngineClient, paths: EnginePaths, damage: str
) -> None:
    launcher.stop(paths)
    key = msgspec.json.decode(paths.client_key.read_bytes())
    other = msgspec.to_builtins(new_key())
    write_private(paths.client_key, msgspec.json.encode({**key, damage: other[damage]}))
    with pytest.raises(EngineUnavailable, match="is damaged"):
        launcher.ensure_running(paths)


@posix
def test_the_engine_itself_refuses_such_keys_whoever_starts_it(
    engine: EngineClient, paths: EnginePaths
) -> None:
    launcher.stop(paths)
    paths.server_key.chmod(0o644)
    daemon = [sys.executable, "-P", "-m", "engine.daemon", *paths.as_arguments()]
    done = subprocess.run(daemon, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 4
    assert re.fullmatch("the engine does not start: .*is not private.*\n", done.stderr)


def test_the_secret_halves_are_not_in_the_connection_file(engine: EngineClient, paths: EnginePaths) -> None:
    text = paths.connection.read_text()
    for key in (paths.server_key, paths.client_key):
        assert msgspec.json.decode(key.read_bytes())["secret"] not in text


def test_the_lock_is_held_once(tmp_path: Path) -> None:
    one, other = EngineLock(tmp_path / "lock"), EngineLock(tmp_path / "lock")
    assert one.take()
    assert not other.take()
    one.release()
    assert other.take()
    other.release()


def test_all_folders_lie_under_the_home_that_is_named(tmp_path: Path) -> None:
    paths = EnginePaths.default({"PICKUP_HOME": str(tmp_path)})
    assert {paths.state.parent, paths.cache.parent, paths.keys.parent} == {tmp_path}


def test_without_a_named_home_the_platform_says_where() -> None:
    paths = EnginePaths.default({})
    assert paths.state.is_absolute()
    assert "pickup" in str(paths.cache)


def test_the_release_is_the_packages() -> None:
    import tomllib

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert project["project"]["version"] == RELEASE
