"""The panel without a mouse, and as a screen reader has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from panel_desk import CTRL, NO, PATIENCE, SHIFT, Key, PanelDesk
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QScrollBar,
    QTextEdit,
    QToolBar,
    QWidget,
)

from nle_panels.apply.dialog import ApplyDialog
from nle_panels.document.tokens import Spoken
from nle_panels.look.commands import COMMANDS

INTERACTIVE = (QAbstractButton, QComboBox, QAbstractItemView, QLineEdit, QTextEdit, QAbstractSpinBox)


def press_in(dialog: QDialog, desk: PanelDesk, key: Key) -> None:
    desk.qtbot.keyClick(dialog, key)


def test_everything_from_opening_to_applying_is_done_by_keys(desk: PanelDesk, cut: Path) -> None:
    def choose_file(dialog: QDialog) -> None:
        assert isinstance(dialog, QFileDialog)
        name = dialog.findChild(QLineEdit)
        name.setText(str(cut))
        desk.qtbot.keyClick(name, Key.Key_Return)

    with desk.qtbot.waitSignal(desk.session.words_changed, timeout=PATIENCE), desk.answering(choose_file):
        desk.press(Key.Key_O, CTRL)

    desk.come_back()
    assert QApplication.focusWidget() is desk.window.transcript
    for _ in range(2):
        desk.press(Key.Key_Right, CTRL)
    desk.press(Key.Key_Right, SHIFT | CTRL)
    desk.press(Key.Key_Delete)
    assert desk.words() == "one two ~three~ four five six seven eight"

    desk.press(Key.Key_F, CTRL)
    desk.type("six")
    desk.press(Key.Key_Return)
    desk.press(Key.Key_Escape)
    assert QApplication.focusWidget() is desk.window.transcript
    desk.type("6")
    assert desk.words() == "one two ~three~ four five ~six~ +6+ seven eight"
    desk.press(Key.Key_Z, CTRL)
    desk.until_drafted()

    desk.press(Key.Key_3, CTRL)
    assert desk.window.takes.isAncestorOf(QApplication.focusWidget())
    desk.press(Key.Key_Down)
    desk.press(Key.Key_T, CTRL)
    (key,) = desk.session.ready.keys
    desk.until(lambda: len(desk.session.takes.book.of(key).versions) == 2)

    desk.press(Key.Key_Return, CTRL)
    dialog = desk.window.findChild(ApplyDialog)
    desk.until(dialog._apply.isEnabled)
    with desk.qtbot.waitSignal(desk.session.applying.placed, timeout=PATIENCE):
        desk.qtbot.keyClick(dialog, Key.Key_Return)
    assert cut.with_name("cut_pickup001.otio").exists()


def test_the_parts_of_the_window_are_a_key_away(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    window = desk.window
    parts = (window.transcript, window.player, window.takes, window.queue, window.strip)
    for number, part in enumerate(parts):
        desk.press(Key(Key.Key_1 + number), CTRL)
        focused = QApplication.focusWidget()
        assert focused is part or part.isAncestorOf(focused)


def test_tab_goes_through_all_parts_and_comes_back(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.until_idle()
    window = desk.window
    seen: list[QWidget] = []
    for _ in range(80):
        desk.press(Key.Key_Tab)
        seen.append(QApplication.focusWidget())
        if seen[-1] is window.transcript:
            break
    assert seen[-1] is window.transcript
    assert len(seen) == len(set(map(id, seen)))
    for part in (window.clips, window.player.picture, window.takes, window.strip):
        assert any(one is part or part.isAncestorOf(one) for one in seen)


def test_the_picture_has_an_editing_programs_keys(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.press(Key.Key_2, CTRL)
    deck = lambda: desk.window.player.transport.deck  # noqa: E731
    desk.press(Key.Key_Right)
    desk.press(Key.Key_Right, SHIFT)
    assert deck().frame == 11
    desk.press(Key.Key_I)
    desk.press(Key.Key_End)
    desk.press(Key.Key_O)
    assert deck().marked == (11, 100)
    desk.press(Key.Key_L)
    assert deck().speed == 1
    desk.press(Key.Key_K)
    assert not deck().playing


def test_the_strip_has_the_pictures_keys_and_its_own(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.until_idle()
    desk.press(Key.Key_5, CTRL)
    assert QApplication.focusWidget() is desk.window.strip
    desk.press(Key.Key_Right)
    desk.press(Key.Key_Right, SHIFT)
    assert desk.window.player.transport.deck.frame == 11
    desk.press(Key.Key_Space)
    assert desk.window.player.transport.deck.playing
    desk.press(Key.Key_K)
    assert not desk.window.player.transport.deck.playing
    whole = desk.window.strip.seen.scale
    desk.press(Key.Key_Plus)
    assert desk.window.strip.seen.scale > whole


def test_the_picture_is_played_and_stopped_from_the_words(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.press(Key.Key_P, CTRL)
    assert desk.window.player.transport.deck.playing
    desk.press(Key.Key_P, CTRL)
    assert not desk.window.player.transport.deck.playing
    assert desk.words() == "one two three four five six seven eight"


def test_delete_in_a_list_of_takes_leaves_the_words_alone(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.put_caret_after("three")
    desk.press(Key.Key_3, CTRL)
    desk.press(Key.Key_Delete)
    assert "~" not in desk.words()


def test_delete_in_correct_mode_takes_a_character_and_no_word(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.press(Key.Key_E, CTRL)
    desk.press(Key.Key_Delete)
    assert desk.words() == "ne two three four five six seven eight"


def test_delete_by_the_word_is_the_texts_own_key_while_words_are_edited(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.put_caret_after("three")
    desk.press(Key.Key_Backspace, CTRL)
    assert desk.words() == "one two ~three~ four five six seven eight"


def test_protecting_and_naming_the_speaker_are_done_by_keys(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    named = desk.session.document.paragraphs[0].speaker
    desk.select("two")
    desk.press(Key.Key_L, CTRL)
    second = desk.session.document.paragraphs[0].tokens[1]
    assert isinstance(second, Spoken)
    assert second.protected

    def name(dialog: QDialog) -> None:
        desk.qtbot.keyClicks(dialog.findChild(QLineEdit), "Anna")
        press_in(dialog, desk, Key.Key_Return)

    with desk.answering(name):
        desk.press(Key.Key_S, CTRL | SHIFT)
    assert desk.session.document.paragraphs[0].speaker == "Anna"
    desk.come_back()
    desk.press(Key.Key_Z, CTRL)
    assert desk.session.document.paragraphs[0].speaker == named


@pytest.mark.parametrize(
    ("key", "modifier"), [(Key.Key_F1, NO), (Key.Key_K, CTRL), (Key.Key_K, CTRL | SHIFT)]
)
def test_dialogs_open_and_close_by_keys(desk: PanelDesk, cut: Path, key: Key, modifier: object) -> None:
    desk.open(cut)
    with desk.answering(lambda dialog: press_in(dialog, desk, Key.Key_Escape)):
        desk.press(key, modifier)
    assert QApplication.activeModalWidget() is None


def test_no_two_commands_have_the_same_key() -> None:
    keys = [key for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))


def test_every_command_is_on_the_sheet_of_shortcuts(desk: PanelDesk) -> None:
    told = {text for _, text in desk.window.shortcut_rows()}
    assert {command.shown for command in COMMANDS if command.keys} <= told


def nameless(top: QWidget) -> list[str]:
    """Widgets that a screen reader would have nothing to say of."""
    found = []
    for widget in top.findChildren(QWidget):
        parts_of = (QComboBox, QAbstractSpinBox, QScrollBar, QLineEdit)
        of_qt = isinstance(widget.parent(), parts_of) or widget.objectName().startswith("qt_")
        elsewhere = widget.window() is not top or isinstance(widget, QHeaderView)
        if not isinstance(widget, INTERACTIVE) or of_qt or elsewhere:
            continue
        said = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        if not said.strip():
            found.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    return found


def test_everything_that_is_pressed_or_typed_in_has_a_name(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.select("three")
    desk.press(Key.Key_Delete)
    desk.until_drafted()
    desk.press(Key.Key_F, CTRL)
    found = nameless(desk.window)
    desk.do("apply")
    dialog = desk.window.findChild(ApplyDialog)
    found += nameless(dialog)
    dialog.reject()
    for command in ("fillers", "pauses", "shortcuts"):
        with desk.answering(lambda dialog: (found.extend(nameless(dialog)), dialog.reject())):
            desk.do(command)
    desk.until_idle()
    assert sorted(found) == []


def test_in_a_narrow_window_rendering_and_applying_are_still_there(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    bar = desk.window.findChild(QToolBar)
    for width in (1400, 900):
        desk.window.resize(width, 700)
        desk.until(lambda width=width: desk.window.width() == width)
        QApplication.processEvents()
        for name in ("strike", "pauses", "render", "apply"):
            button = bar.widgetForAction(desk.window.commands[name])
            assert button.isVisible(), name
            assert button.geometry().right() <= bar.width(), name


def test_what_there_is_nothing_for_cannot_be_chosen(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.until_idle()
    commands = desk.window.commands
    assert [name for name in ("undo", "redo", "render", "apply") if commands[name].isEnabled()] == []
    desk.select("two")
    desk.press(Key.Key_Delete)
    desk.until_drafted()
    assert all(commands[name].isEnabled() for name in ("undo", "render", "apply"))
