"""A panel at a small clip whose words are known, with one engine for a file of tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from consents import keep_consent
from panel_desk import PanelDesk, panel_desk
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from timelines import Cut, Source, timeline
from tiny import RATE, make_media, words_of

from bridge import transcript
from engine import launcher
from engine.paths import HOME_VARIABLE, EnginePaths
from otio_adapters.write import write


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = keep_consent(tmp_path_factory.mktemp("home"))
    yield home
    launcher.stop(EnginePaths.under(home))


@pytest.fixture
def cut(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A timeline of one clip of a hundred frames that says "one two ... eight"; nothing is kept of it."""
    monkeypatch.setenv(HOME_VARIABLE, str(home))
    shutil.rmtree(EnginePaths.under(home).state / "panel", ignore_errors=True)
    media = make_media(tmp_path / "clip.mov")
    transcript.remember(words_of(media))
    piece = Cut(name="A", media=media, start=0, frames=100)
    write(timeline([piece], Source(frames=100), Fraction(RATE)), tmp_path / "cut.otio")
    return tmp_path / "cut.otio"


@pytest.fixture
def desk(home: Path, cut: Path, qapp: QApplication, qtbot: QtBot) -> Iterator[PanelDesk]:
    """Nothing is open yet. A test that expects troubles takes them out of `troubles`."""
    with panel_desk(home, qapp, qtbot) as desk:
        yield desk
        assert desk.troubles == []
