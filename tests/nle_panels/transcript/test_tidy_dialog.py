"""Fillers, repeated takes and pauses are looked through before they go."""

from __future__ import annotations

import pytest
from document_text import document_of
from PySide6.QtCore import QAbstractListModel, Qt
from pytestqt.qtbot import QtBot

from nle_panels.document.fillers import fillers, repeated_takes
from nle_panels.document.striking import whole_pauses
from nle_panels.transcript.tidy_dialog import PauseDialog, TidyDialog

Check = Qt.CheckState
FILLED = "um so like we we went um home"
SPEECH = "so [150] the cat sat [40] on the mat [250] and slept"


@pytest.fixture
def dialog(qtbot: QtBot) -> PauseDialog:
    document = document_of(SPEECH)
    dialog = PauseDialog(document, tuple(whole_pauses(document)))
    qtbot.addWidget(dialog)
    return dialog


def shown(model: QAbstractListModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def test_each_pause_that_is_longer_is_listed_with_the_words_around_it(dialog: PauseDialog) -> None:
    assert shown(dialog.pauses) == ["so  [1.5 s]  the cat sat", "on the mat  [2.5 s]"]
    dialog.longer.setValue(2.0)
    assert shown(dialog.pauses) == ["on the mat  [2.5 s]"]
    dialog.longer.setValue(9.0)
    assert shown(dialog.pauses) == []


def test_a_pause_that_is_chosen_is_looked_at(dialog: PauseDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(dialog.previewed) as looked:
        dialog._list.setCurrentIndex(dialog.pauses.index(1))
    assert looked.args == [dialog.pauses.shown[1][0]]


@pytest.fixture
def tidy(qtbot: QtBot) -> TidyDialog:
    document = document_of(FILLED)
    dialog = TidyDialog(fillers(document, "en"), repeated_takes(document))
    qtbot.addWidget(dialog)
    return dialog


def checks(dialog: TidyDialog) -> list[Qt.CheckState]:
    rows = range(dialog.finds.rowCount())
    return [dialog.finds.index(row).data(Qt.ItemDataRole.CheckStateRole) for row in rows]


def test_finds_stand_below_their_headings_and_those_that_are_sure_are_checked(tidy: TidyDialog) -> None:
    assert shown(tidy.finds) == ["Filler words (3)", "um", "like", "um", "Said again (1)", "we"]
    yes, no = Check.Checked, Check.Unchecked
    assert checks(tidy) == [Check.PartiallyChecked, yes, no, yes, no, no]
    assert [find.text for find in tidy.chosen] == ["um", "um"]


def test_a_heading_checks_all_below_it_and_none(tidy: TidyDialog, qtbot: QtBot) -> None:
    tidy.show()
    tidy._list.setFocus()
    tidy._list.setCurrentIndex(tidy.finds.index(0))
    qtbot.keyClick(tidy._list, Qt.Key.Key_Space)
    assert [find.text for find in tidy.chosen] == ["um", "like", "um"]
    assert tidy._ok.text() == "Strike out 3"
    qtbot.keyClick(tidy._list, Qt.Key.Key_Space)
    assert tidy.chosen == ()
    assert not tidy._ok.isEnabled()


def test_a_find_that_is_chosen_is_looked_at_and_a_heading_is_none(tidy: TidyDialog, qtbot: QtBot) -> None:
    looked: list[str] = []
    tidy.previewed.connect(lambda find: looked.append(find.text))
    for row in (0, 2, 4, 5):
        tidy._list.setCurrentIndex(tidy.finds.index(row))
    assert looked == ["like", "we"]


def test_where_nothing_was_found_that_is_said_and_nothing_can_be_struck(qtbot: QtBot) -> None:
    dialog = TidyDialog((), ())
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog._list.isVisible()
    assert not dialog._ok.isVisible()
