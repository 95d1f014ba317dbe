"""The bridge's calls, one after another, beside the window's thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_process import kill_engine
from pytestqt.qtbot import QtBot

from bridge.errors import ImpossibleEdit
from bridge.rendering import OnProgress
from engine import launcher
from engine.client import EngineClient
from engine.errors import EngineUnavailable
from engine.paths import EnginePaths
from engine.protocol import Progress, Sleep
from nle_panels.desk import Desk


@pytest.fixture
def paths(tmp_path: Path) -> Iterator[EnginePaths]:
    paths = EnginePaths.under(tmp_path / "home")
    yield paths
    launcher.stop(paths)


@pytest.fixture
def desk(paths: EnginePaths, qapp: object) -> Iterator[Desk]:
    desk = Desk(paths)
    desk.start()
    yield desk
    desk.close()


def slept(engine: EngineClient, _: OnProgress) -> str:
    engine.run(Sleep(ticks=1))
    return threading.current_thread().name


def test_calls_are_made_in_order_elsewhere_and_answered_here(desk: Desk, qtbot: QtBot) -> None:
    made_in: list[str] = []
    answered_in: list[str] = []

    def done(name: str) -> None:
        made_in.append(name)
        answered_in.append(threading.current_thread().name)

    with qtbot.waitSignal(desk.idle, timeout=20_000):
        desk.ask(slept, done, pytest.fail)
        desk.ask(slept, done, pytest.fail)
    assert made_in == ["desk", "desk"]
    assert set(answered_in) == {threading.main_thread().name}
    assert not desk.busy


def test_an_error_goes_to_who_asked_and_the_next_call_is_made(desk: Desk, qtbot: QtBot) -> None:
    def impossible(engine: EngineClient, on_progress: OnProgress) -> None:
        raise ImpossibleEdit("no")

    told: list[object] = []
    with qtbot.waitSignal(desk.idle, timeout=20_000):
        desk.ask(impossible, pytest.fail, told.append)
        desk.ask(slept, told.append, pytest.fail)
    assert isinstance(told[0], ImpossibleEdit)
    assert told[1:] == ["desk"]


def test_what_is_being_done_is_told(desk: Desk, qtbot: QtBot) -> None:
    def telling(engine: EngineClient, on_progress: OnProgress) -> None:
        on_progress("reading", None)
        on_progress("counting", Progress(phase="p", done=1, total=2))

    told: list[tuple[str, Progress | None]] = []
    desk.told.connect(lambda what, progress: told.append((what, progress)))
    with qtbot.waitSignal(desk.idle, timeout=20_000):
        desk.ask(telling, lambda _: None, pytest.fail)
    assert told == [("reading", None), ("counting", Progress(phase="p", done=1, total=2))]


def test_an_engine_that_died_is_told_once_and_replaced_for_the_next_call(
    desk: Desk, paths: EnginePaths, qtbot: QtBot
) -> None:
    told: list[object] = []
    with qtbot.waitSignal(desk.idle, timeout=20_000):
        desk.ask(slept, told.append, pytest.fail)
    kill_engine(paths)
    with qtbot.waitSignal(desk.idle, timeout=20_000):
        desk.ask(slept, pytest.fail, told.append)
    with qtbot.waitSignal(desk.idle, timeout=20_000):
        desk.ask(slept, told.append, pytest.fail)
    assert [type(one) for one in told] == [str, EngineUnavailable, str]
