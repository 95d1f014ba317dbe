"""What is known of weights: as the command tells it, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny_ltx2
from pytestqt.qtbot import QtBot

from engine.admission import ENGINE_VARIABLE
from engine.paths import HOME_VARIABLE
from nle_panels.rendering.models import USUAL, Model, Models, state_of

PATIENCE = 60_000


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Models]:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    models = Models()
    yield models
    models.close()


def test_questions_are_answered_one_after_another(models: Models, qtbot: QtBot, tmp_path: Path) -> None:
    weights = str(tiny_ltx2.make(tmp_path / "weights"))
    told: list[tuple[Model, ...]] = []
    models.told.connect(told.append)
    questions = ((weights,), (), (weights,))
    for names in questions:
        models.ask(*names)
    qtbot.waitUntil(lambda: len(told) == len(questions), timeout=PATIENCE)
    (here,) = told[0]
    assert (here.name, here.state, here.found) == (weights, "installed", "LTX-2.3, distilled, one pass")
    assert set(USUAL.values()) <= {model.name for model in told[1]}
    assert told[2] == told[0]


def test_what_is_asked_when_the_panel_closes_is_not_waited_for(models: Models) -> None:
    models.ask()
    models.ask("ltx2.5")
    models.close()
    assert models._process.state() is models._process.ProcessState.NotRunning


def test_of_an_engine_on_another_machine_nothing_is_known_here(
    models: Models, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, "/a/pass.json")
    with qtbot.waitSignal(models.told) as told:
        models.ask("ltx2.5")
    (model,) = told.args[0]
    assert "on another machine" in state_of(model)
