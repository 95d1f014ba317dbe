"""Pauses are looked through before they are shortened."""

from __future__ import annotations

import pytest
from document_text import document_of
from pytestqt.qtbot import QtBot

from nle_panels.transcript import tidy_dialog
from nle_panels.transcript.tidy_dialog import PauseDialog

SPEECH = "so [150] the cat sat [40] on the mat [250] and slept"


@pytest.fixture
def dialog(qtbot: QtBot) -> PauseDialog:
    dialog = PauseDialog(document_of(SPEECH))
    qtbot.addWidget(dialog)
    return dialog


def shown(dialog: PauseDialog) -> list[str]:
    return [dialog._list.topLevelItem(row).text(0) for row in range(dialog._list.topLevelItemCount())]


def test_each_pause_that_is_longer_is_listed_with_the_words_around_it(dialog: PauseDialog) -> None:
    assert shown(dialog) == ["so  [1.5 s]  the cat sat", "on the mat  [2.5 s]"]
    dialog.longer.setValue(2.0)
    assert shown(dialog) == ["on the mat  [2.5 s]"]
    dialog.longer.setValue(9.0)
    assert shown(dialog) == []


def test_a_pause_that_is_chosen_is_looked_at(dialog: PauseDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.previewed) as looked:
        dialog._list.setCurrentItem(dialog._list.topLevelItem(1))
    assert looked.args == [dialog.places[1]]


def test_of_very_many_the_rest_is_counted(dialog: PauseDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tidy_dialog, "MOST_SHOWN", 1)
    dialog.become.setValue(0.1)
    dialog.longer.setValue(0.3)
    assert shown(dialog)[1:] == ["and 2 more"]
