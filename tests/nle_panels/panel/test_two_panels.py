"""Two panels at one clip: the second one looks on, and goes on when the first is closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from panel_desk import CTRL, Key, PanelDesk, panel_desk
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

EDITED = "one two ~three~ four five six seven eight"
CHANGING = ("strike", "correct", "protect", "anew", "fillers", "pauses", "speaker", "undo", "redo")
RENDERING = ("render", "reroll", "record", "reject", "apply", "undo_apply")


@pytest.fixture
def second(desk: PanelDesk, home: Path, cut: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[PanelDesk]:
    """A second panel, which opens what `desk` has open, with a word struck out."""
    desk.open(cut)
    strike(desk, "three")
    with panel_desk(home, qapp, qtbot) as second:
        second.open(cut)
        yield second
        assert second.troubles == []


def strike(desk: PanelDesk, word: str) -> None:
    desk.select(word)
    desk.press(Key.Key_Delete)
    desk.until_drafted()


def test_the_second_one_shows_what_the_first_one_did_and_says_why_it_changes_nothing(
    second: PanelDesk,
) -> None:
    assert second.words() == EDITED
    assert second.banner.startswith("This clip is open in another panel.")
    possible = [name for name in CHANGING + RENDERING if second.window.commands[name].isEnabled()]
    assert possible == []


def test_what_is_typed_there_is_refused_and_nothing_is_lost(second: PanelDesk) -> None:
    second.put_caret_after("five")
    second.type(" more")
    second.press(Key.Key_Z, CTRL)
    assert second.words() == EDITED
    assert second.refusals[0] == "This clip is open in another panel: it is edited there."


def test_it_follows_what_is_saved_in_the_first(second: PanelDesk, desk: PanelDesk) -> None:
    desk.come_back()
    strike(desk, "six")
    second.until(lambda: second.words() == EDITED.replace("six", "~six~"))
    second.until_drafted()


def test_a_take_that_is_chosen_there_plays_here(second: PanelDesk, desk: PanelDesk) -> None:
    (key,) = desk.session.ready.keys
    desk.session.takes.reroll(key)
    desk.until(lambda: len(desk.session.takes.book.of(key).versions) == 2)
    desk.session.takes.choose(key, 1)
    second.session.takes.choose(key, 2)
    desk.until_idle()
    desk.come_back()
    strike(desk, "six")  # what is saved is looked at
    second.until(lambda: [v.number for v in second.session.takes.book.of(key).versions] == [1, 2])
    assert second.session.takes.book.of(key).chosen == 1


def test_it_takes_over_when_the_first_is_closed(second: PanelDesk, desk: PanelDesk) -> None:
    desk.come_back()
    strike(desk, "six")
    desk.window.close()
    second.until(lambda: not second.session.words.locked)
    assert second.banner == "The other panel is closed. The clip is edited here from now on."
    assert second.words() == EDITED.replace("six", "~six~")
    second.come_back()
    strike(second, "eight")
    second.press(Key.Key_Z, CTRL)
    second.press(Key.Key_Z, CTRL)
    assert second.words() == EDITED  # what was done in the first is undone here
