"""Finds the engine that runs, or starts one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from engine import private_files
from engine.admission import ENGINE_VARIABLE, read_pass
from engine.client import EngineClient
from engine.connection import Connection, read_connection
from engine.errors import EngineUnavailable, WireError
from engine.keys import KeyPair, load_key
from engine.lock import EngineLock, is_locked
from engine.paths import HOME_VARIABLE, EnginePaths
from engine.protocol import PROTOCOL_VERSION
from engine.version import engine_version

IDLE_MINUTES = 20.0  # after which an engine that was started for somebody ends by itself
START_PATIENCE = 30.0  # seconds
STOP_PATIENCE = 10.0  # seconds
PAUSE = 0.02  # seconds between two looks
_ROOM = 1 << 20  # bytes that an engine needs at the least, for its list of jobs


def ensure_running(paths: EnginePaths | None = None, *, idle_minutes: float = IDLE_MINUTES) -> EngineClient:
    """A client of the engine of this version, which is started where none runs.

    An engine of another version, or of other code, is stopped and replaced when it has nothing to do. Where
    `PICKUP_ENGINE` names a pass, it is the engine of another machine, which is neither started nor replaced.
    Raises `EngineUnavailable` where it has, or where no engine comes to answer.
    """
    if (elsewhere := _elsewhere()) is not None:
        return elsewhere
    paths = paths or EnginePaths.default()
    starting = EngineLock(paths.starting)
    try:
        return _found_or_started(paths, starting, idle_minutes)
    finally:
        starting.release()


def _found_or_started(paths: EnginePaths, starting: EngineLock, idle_minutes: float) -> EngineClient:
    """`starting` is taken before an engine is started: who cannot take it waits for another's engine."""
    deadline = time.monotonic() + START_PATIENCE
    child: subprocess.Popen[bytes] | None = None
    while time.monotonic() < deadline:
        connection = _live_connection(paths)
        if connection is not None:
            if _is_ours(connection):
                return _greeted(connection, load_key(paths.client_key))
            if child is not None and connection.pid == child.pid:
                raise EngineUnavailable(
                    "the engine's files have changed since this program was started: start it again"
                )
            _replace(paths, connection)
        elif child is not None:
            if child.poll() is not None:
                break  # it could not start
        elif _may_start(paths, starting):
            child = _start(paths, idle_minutes)
        time.sleep(PAUSE)
    raise EngineUnavailable(_why_not(paths))


def _why_not(paths: EnginePaths) -> str:
    """An engine that finds no room cannot write down why it does not start."""
    if shutil.disk_usage(paths.state).free < _ROOM:
        return (
            f"the engine does not start: the disk of {paths.state} is full. Free some, or set {HOME_VARIABLE}"
            " to a folder on another disk"
        )
    if find_spec("structlog") is None:
        return "the engine's libraries are not installed: pip install 'pickup-editor[engine]'"
    return f"the engine does not start; the reason stands at the end of {paths.log}"


def _may_start(paths: EnginePaths, starting: EngineLock) -> bool:
    try:
        return starting.take() and not is_locked(paths.lock)
    except OSError as error:
        raise EngineUnavailable(
            f"the engine cannot keep its state in {paths.state} ({error.strerror}); "
            f"set {HOME_VARIABLE} to a folder of yours"
        ) from error


def connect(paths: EnginePaths | None = None) -> EngineClient | None:
    """A client of the engine that runs, whatever its version; None where none runs."""
    if (elsewhere := _elsewhere()) is not None:
        return elsewhere
    paths = paths or EnginePaths.default()
    connection = _live_connection(paths)
    return None if connection is None else EngineClient(connection, load_key(paths.client_key))


def stop(paths: EnginePaths | None = None, *, patience: float = STOP_PATIENCE) -> bool:
    """Stops the engine; False where none ran. A job that runs is kept for the next start."""
    paths = paths or EnginePaths.default()
    client = connect(paths)
    if client is None:
        return False
    with client:
        client.shutdown()
    wait_for_end(paths, patience)
    _reap()
    return True


def _elsewhere(environment: Mapping[str, str] = os.environ) -> EngineClient | None:
    """A client of the engine that `PICKUP_ENGINE` leads to. Raises EngineUnavailable, WireError."""
    if not (name := environment.get(ENGINE_VARIABLE)):
        return None
    given = read_pass(Path(name))
    connection = Connection(
        protocol=PROTOCOL_VERSION,
        engine_version="",
        run="",
        pid=0,
        ports=given.address.ports,
        server_key=given.server_key,
        client_key=given.key.public,
        host=given.address.host,
    )
    try:
        return _greeted(connection, given.key)
    except EngineUnavailable as error:
        raise EngineUnavailable(
            f"the engine at {given.address.host} ({ENGINE_VARIABLE}={name}) does not answer: it does not run,"
            f" listens elsewhere, or does not let {given.name} in any more"
        ) from error


def _live_connection(paths: EnginePaths) -> Connection | None:
    """What the connection file says, unless it was left by an engine that is dead."""
    connection = read_connection(paths.connection)
    return connection if connection is not None and is_locked(paths.lock) else None


def _is_ours(connection: Connection) -> bool:
    return connection.protocol == PROTOCOL_VERSION and connection.engine_version == engine_version()


def _greeted(connection: Connection, key: KeyPair) -> EngineClient:
    client = EngineClient(connection, key)
    try:
        client.hello()
    except BaseException:
        client.close()
        raise
    return client


def _replace(paths: EnginePaths, connection: Connection) -> None:
    with EngineClient(connection, load_key(paths.client_key)) as client:
        try:
            answer = client.shutdown(how="when_idle")
        except WireError as error:
            raise EngineUnavailable(
                f"an engine of version {connection.engine_version} runs, which this one cannot speak to; "
                f"end its process {connection.pid} and run again"
            ) from error
    if not answer.stopping:
        raise EngineUnavailable(
            f"an engine of another version ({connection.engine_version}) is at work on {answer.unfinished} "
            "job(s); wait for them, or end it with `pickup engine stop`"
        )
    wait_for_end(paths, START_PATIENCE)


def wait_for_end(paths: EnginePaths, patience: float = STOP_PATIENCE) -> None:
    """Returns when no engine lives. Raises `EngineUnavailable` where one still does after so many seconds."""
    deadline = time.monotonic() + patience
    while is_locked(paths.lock):
        if time.monotonic() > deadline:
            raise EngineUnavailable(f"the engine was told to stop and has not within {patience:.0f} s")
        time.sleep(PAUSE)


def _start(paths: EnginePaths, idle_minutes: float) -> subprocess.Popen[bytes]:
    """Starts an engine that outlives this process and its terminal."""
    for key in (paths.server_key, paths.client_key):
        if key.exists():
            load_key(key)  # which says what is wrong with one that the engine would refuse
    # Left by a dead engine; with the new one's lock beside it, it would pass for the new one's.
    paths.connection.unlink(missing_ok=True)
    command = [sys.executable, "-P", "-m", "engine.daemon", "--idle-minutes", str(idle_minutes)]
    with private_files.append_private(paths.log) as log:
        child = subprocess.Popen(
            [*command, *paths.as_arguments()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=paths.state,
            env=_environment(),
            start_new_session=True,
            creationflags=_DETACHED,
        )
    _started.append(child)
    return child


# The engines that this process has started. They outlive it; those that do not must not stay as zombies.
_started: list[subprocess.Popen[bytes]] = []


def _reap() -> None:
    _started[:] = [child for child in _started if child.poll() is None]


def _environment() -> dict[str, str]:
    """The surroundings of this process, with this very engine first to be found, installed or not."""
    house = str(Path(__file__).parents[1])
    others = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([house, others] if others else [house])}


if sys.platform == "win32":
    _DETACHED = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS
else:
    _DETACHED = 0
