"""A real engine for each test that asks: its own folders, processes and ports, ended with the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import kill_engine

from engine import launcher
from engine.client import EngineClient
from engine.errors import EngineUnavailable
from engine.lock import is_locked
from engine.paths import EnginePaths


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[EnginePaths]:
    """Folders of an engine that is not started; whatever engine the test starts there ends with it."""
    paths = EnginePaths.under(tmp_path)
    yield paths
    if is_locked(paths.lock):
        try:
            launcher.stop(paths)
        except EngineUnavailable:
            kill_engine(paths)
    for process in launcher._started:  # else Python warns of a process that nobody waited for
        process.wait(10)


@pytest.fixture
def engine(paths: EnginePaths) -> Iterator[EngineClient]:
    with launcher.ensure_running(paths) as client:
        yield client
