"""What applying would do, read before it is done."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from bridge.timeline_diff import Difference, TrackDifference
from nle_panels.apply.dialog import ApplyDialog
from nle_panels.apply.places import Place
from nle_panels.apply.placing import Prospect
from nle_panels.look.palette import DARK

LONG = "a warning that goes on " * 120 + "to its end"
PROSPECT = Prospect(
    difference=Difference(
        before=100,
        after=90,
        tracks=(TrackDifference(track="V1", lines=("A is cut in two",)),),
        markers=(),
        untouched=("A2",),
    ),
    holes=(),
    losses=("titles",),
    warnings=(LONG,),
)


@pytest.fixture
def dialog(qtbot: QtBot) -> ApplyDialog:
    dialog = ApplyDialog((Place(name="a new file", out=Path("/new.otio")),), DARK)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.show_prospect(PROSPECT)
    return dialog


def test_titles_stand_above_their_lines_and_empty_ones_are_left_out(dialog: ApplyDialog) -> None:
    told = dialog.changes.toPlainText().splitlines()
    assert told == [
        *("V1", "A is cut in two"),
        *("This format cannot hold", "titles"),
        *("To be known of the takes", LONG),
        *("Untouched", "A2"),
    ]


def test_a_long_line_is_wrapped_and_scrolled_to_and_never_cut_off(dialog: ApplyDialog) -> None:
    view = dialog.changes
    assert view.document().idealWidth() <= view.viewport().width()
    assert not view.horizontalScrollBar().isVisible()
    bottom = view.document().size().height() - view.viewport().height()
    assert view.verticalScrollBar().maximum() >= bottom > 0


def test_what_changes_is_copied_whole(dialog: ApplyDialog, qtbot: QtBot) -> None:
    qtbot.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert LONG in copied
    assert "100" in copied.splitlines()[-1]


def test_trouble_stands_in_its_place_and_nothing_can_be_applied(dialog: ApplyDialog) -> None:
    dialog.ask()
    dialog.show_trouble(LONG)
    assert dialog.changes.toPlainText() == LONG
    assert not dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Apply).isEnabled()
