"""A real engine for each test that asks: its own folders, processes and ports, ended with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from consents import keep_consent
from engine_process import kill_engine

from engine import launcher
from engine.client import EngineClient
from engine.connection import read_connection
from engine.errors import EngineUnavailable
from engine.lock import is_locked
from engine.paths import EnginePaths
from engine.version import engine_version


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[EnginePaths]:
    """Folders of an engine that is not started; whatever engine the test starts there ends with it."""
    yield from _room(tmp_path)


@pytest.fixture(scope="module")
def standing_paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EnginePaths]:
    """Folders of the module's one engine."""
    yield from _room(tmp_path_factory.mktemp("standing"))


@pytest.fixture
def engine(paths: EnginePaths) -> Iterator[EngineClient]:
    """An engine of the test's own, which it may kill."""
    with launcher.ensure_running(paths) as client:
        yield client


@pytest.fixture(scope="module")
def standing_engine(standing_paths: EnginePaths) -> Iterator[EngineClient]:
    """One engine for the module's tests, which go on whatever the test before has sent."""
    with launcher.ensure_running(standing_paths) as client:
        yield client


def _room(folder: Path) -> Iterator[EnginePaths]:
    engine_version.cache_clear()  # somebody may edit the engine while its tests run
    paths = EnginePaths.under(keep_consent(folder))
    yield paths
    connection = read_connection(paths.connection)
    if is_locked(paths.lock):
        try:
            launcher.stop(paths)
        except EngineUnavailable:
            kill_engine(paths)
    for process in launcher._started:  # else Python warns of a process that nobody waited for
        if connection is not None and process.pid == connection.pid:
            process.wait(10)
    launcher._reap()
