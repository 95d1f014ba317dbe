"""Renderers that need weights: chosen, set up, and told what they lack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from panel_desk import CTRL, Key, PanelDesk, panel_desk
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from engine.errors import MissingModel
from engine.protocol import Diffusion
from nle_panels.rendering.dialog import SettingsDialog


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    import tiny_ltx2  # torch, whose memory would be the panel's in the bench next door

    return tiny_ltx2.make(tmp_path / "weights")


def in_settings(act: Callable[[SettingsDialog], None]) -> Callable[[QDialog], None]:
    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, SettingsDialog)
        act(dialog)
        dialog.accept()

    return answer


def test_a_renderer_whose_weights_are_not_here_says_so_as_it_is_chosen(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    choice = desk.window.takes.rendering
    choice.renderer.setCurrentText("ltx2")
    desk.until(lambda: "pickup models pull ltx2.3-distilled" in choice.lack.text())
    choice.renderer.setCurrentText("draft")
    assert choice.lack.isHidden()


def test_what_the_engine_refuses_stands_below_the_renderer_until_its_settings_change(
    desk: PanelDesk, cut: Path, weights: Path
) -> None:
    desk.open(cut)
    desk.put_caret_after("three")
    desk.type(" fresh")
    desk.until_drafted()
    choice = desk.window.takes.rendering
    choice.renderer.setCurrentText("ltx2")
    desk.until(lambda: bool(choice.lack.text()))
    choice.tell_lack("ltx2", "")
    desk.do("render")
    desk.until(lambda: bool(desk.troubles))
    (trouble,) = desk.troubles
    desk.troubles.clear()
    assert isinstance(trouble, MissingModel)
    assert choice.renderer.currentText() == "ltx2"
    assert "ltx2.3-distilled" in choice.lack.text()
    with desk.answering(in_settings(lambda dialog: dialog.weights.setEditText(str(weights)))):
        desk.press(Key.Key_Comma, CTRL)
    assert choice.lack.isHidden()
    assert desk.session.takes.rendering.diffusion == Diffusion(model=str(weights))


def test_the_dialog_tells_what_is_in_a_folder(desk: PanelDesk, weights: Path, qtbot: QtBot) -> None:
    desk.window.takes.rendering.renderer.setCurrentText("ltx2")

    def name_it(dialog: SettingsDialog) -> None:
        dialog.weights.setEditText(str(weights))
        qtbot.waitUntil(lambda: "LTX-2.3, distilled" in dialog.state.text(), timeout=20_000)

    with desk.answering(in_settings(name_it)):
        desk.window.takes.settings.click()


def test_the_draft_has_no_settings(desk: PanelDesk) -> None:
    assert not desk.window.takes.settings.isEnabled()
    assert not desk.window.commands["settings"].isEnabled()


def test_settings_are_there_when_the_panel_opens_again(home: Path, qapp: QApplication, qtbot: QtBot) -> None:
    with panel_desk(home, qapp, qtbot) as desk:
        desk.window.takes.rendering.renderer.setCurrentText("ltx2")
        with desk.answering(in_settings(lambda dialog: dialog.offload.setChecked(True))):
            desk.do("settings")
        desk.window.close()
    with panel_desk(home, qapp, qtbot) as desk:
        desk.window.takes.rendering.renderer.setCurrentText("ltx2")
        assert desk.session.takes.rendering.diffusion == Diffusion(offload=True)
