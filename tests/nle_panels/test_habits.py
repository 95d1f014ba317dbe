"""The window's habits: themes, recent timelines, media that is dropped, the engine's health."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tiny import make_media

from engine import launcher
from engine.errors import MissingModel
from engine.paths import HOME_VARIABLE, EnginePaths
from engine.protocol import Footage, Ratio
from nle_panels import kept as keeping
from nle_panels.app import Panel
from nle_panels.look.palette import DARK, LIGHT
from nle_panels.player.playlist import CLIP

PATIENCE = 30_000


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    yield home
    launcher.stop(EnginePaths.under(home))


@pytest.fixture
def panel(home: Path, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Panel]:
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    style, palette, sheet = qapp.style().name(), qapp.palette(), qapp.styleSheet()
    panel = Panel(qapp, EnginePaths.under(home))
    panel.window.show()
    yield panel
    qtbot.waitUntil(lambda: not panel.desk.busy, timeout=PATIENCE)
    panel.window.close()
    panel.window.deleteLater()
    panel.deleteLater()
    qapp.processEvents()
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setStyle(style)


def choose_theme(panel: Panel, name: str) -> None:
    next(action for action in panel.menus.theme.actions() if action.text() == name).trigger()


def test_a_theme_that_is_chosen_stays_and_the_desktops_is_followed_again(
    panel: Panel, qapp: QApplication, home: Path
) -> None:
    desktop = panel.conductor.palette
    other = "Light" if desktop is DARK else "Dark"
    choose_theme(panel, other)
    chosen = LIGHT if desktop is DARK else DARK
    assert panel.conductor.palette is chosen
    qapp.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert panel.conductor.palette is chosen
    choose_theme(panel, "As the desktop is")
    assert panel.conductor.palette is desktop
    choose_theme(panel, other)
    panel.window.close()
    assert keeping.load(EnginePaths.under(home).state / "panel" / "settings.json").theme == other.lower()
    choose_theme(panel, "As the desktop is")


def test_of_media_a_timeline_is_offered_made_and_opened(panel: Panel, qtbot: QtBot, tmp_path: Path) -> None:
    media = make_media(tmp_path / "interview.mov")
    panel.window.dropped.emit(media)
    assert panel.window.banner.text == "interview.mov is no timeline. Make one of it, beside it?"
    (make,) = panel.window.banner._buttons
    with qtbot.waitSignal(panel.session.clip_opened, timeout=PATIENCE):
        make.click()
    assert panel.session.opened.chosen.timeline == tmp_path / "interview.otio"
    assert panel.window.pages.currentWidget() is panel.window.listen
    assert panel.menus.recent.actions()[0].text() == "interview.otio"


def test_the_engines_health_is_told(panel: Panel, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: "process" in panel.window.engine.toolTip(), timeout=PATIENCE)
    assert "Pickup engine" in panel.window.engine.toolTip()


def test_a_region_is_drawn_on_the_picture_with_the_face_shown(panel: Panel) -> None:
    takes, region = panel.window.takes, panel.window.player.picture.region
    takes.rendering.region.setCurrentIndex(takes.rendering.region.findData("box"))
    assert region.drawing
    region._step(1, 0, grip="move")
    assert region.box == panel.session.takes.rendering.region
    takes.rendering.region.setCurrentIndex(takes.rendering.region.findData("lips"))
    assert not region.drawing


def test_previews_are_made_without_faces_where_the_models_are_missing(panel: Panel) -> None:
    proxies, link = panel.conductor._proxies, panel.link
    told: list[Exception] = []
    proxies.failed.connect(told.append)
    proxies.faces = True
    footage = Footage(media="/a.mov", fingerprint="f", offset=Ratio(num=0), first=0, last=9)
    proxies._footage[CLIP] = footage, Ratio(num=25)
    proxies.want(CLIP, 0, 4)
    proxies.want(CLIP, 4, 9)
    for ticket in tuple(proxies._asked):
        link.ended.emit(ticket, MissingModel("the models are missing"))
    assert [(job.start, job.end, job.faces) for _, job in proxies._asked.values()] == [
        (0, 4, False),
        (4, 9, False),
    ]
    assert len(told) == 1
