"""What goes wrong beside the panel: it says so in a line, and no work is lost."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from engine_process import kill_engine
from panel_desk import CTRL, PATIENCE, Key, PanelDesk, panel_desk
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot
from timelines import Cut, Source, timeline
from tiny import RATE, words_of

from bridge import transcript
from bridge.errors import TimelineChanged
from engine import launcher
from engine.messages import JobRecord
from engine.paths import EnginePaths
from nle_panels.apply.placing import Placing
from nle_panels.errors import PanelError
from nle_panels.look.told import told
from nle_panels.work import Chosen
from otio_adapters.write import write

EDITED = "one two ~three~ four five six seven eight"


def strike_three(desk: PanelDesk) -> None:
    desk.select("three")
    desk.press(Key.Key_Delete)


def test_an_engine_that_dies_is_told_comes_back_and_the_work_is_kept(
    desk: PanelDesk, home: Path, cut: Path
) -> None:
    desk.open(cut)
    desk.until(lambda: desk.window.engine.text() == "engine: running")
    states = []
    desk.panel.link.standing.connect(lambda standing: states.append(standing.state))
    kill_engine(EnginePaths.under(home))
    strike_three(desk)
    desk.until_drafted()
    assert states[-1] == "up"
    assert desk.words() == EDITED
    assert desk.banner == ""


def test_an_engine_that_cannot_be_had_is_a_banner_that_goes_when_it_is_back(
    desk: PanelDesk, home: Path, cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(cut)
    desk.until(lambda: desk.window.engine.text() == "engine: running")
    keys = EnginePaths.under(home).keys
    hidden = keys.with_name("hidden")
    kill_engine(EnginePaths.under(home))
    keys.rename(hidden)
    keys.write_text("no folder: no engine can start here")
    desk.until(lambda: desk.banner.startswith("The engine is gone; your work is kept"))
    strike_three(desk)
    assert desk.words() == EDITED
    keys.unlink()
    hidden.rename(keys)
    desk.until(lambda: desk.window.engine.text() == "engine: running")
    desk.troubles.clear()
    desk.until(lambda: not desk.banner.startswith("The engine is gone"))


def test_renders_under_way_go_on_when_the_panel_closes_and_are_there_when_it_opens_again(
    home: Path, cut: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    with panel_desk(home, qapp, qtbot) as desk:
        desk.open(cut)
        desk.until_idle()
        with qtbot.waitSignal(desk.session.takes.renders.submitted, timeout=PATIENCE) as submitted:
            desk.put_caret_after("three")
            desk.type(" fresh")
        ticket, _ = submitted.args
        accepted: dict[int, JobRecord] = {}
        desk.panel.link.accepted.connect(accepted.__setitem__)
        desk.until(lambda: ticket in accepted)
        assert accepted[ticket].state in {"queued", "running"}
        desk.window.close()
    with launcher.ensure_running(EnginePaths.under(home)) as engine:
        assert engine.wait(accepted[ticket].id).result.renderer == "draft"
    with panel_desk(home, qapp, qtbot) as desk:
        desk.open(cut)
        desk.until_drafted()
        assert desk.words() == "one two three +fresh+ four five six seven eight"
        assert accepted[ticket].id in desk.window.queue.lines.lines


def test_media_that_is_gone_is_one_clear_line(desk: PanelDesk, cut: Path) -> None:
    (cut.parent / "clip.mov").unlink()
    with desk.qtbot.waitSignal(desk.session.failed, timeout=PATIENCE):
        desk.panel.open(Chosen(timeline=cut))
    (trouble,) = desk.troubles
    desk.troubles.clear()
    assert "clip.mov" in desk.banner
    assert desk.banner == told(trouble)
    assert "\n" not in desk.banner


def test_a_timeline_changed_outside_while_edits_are_pending_is_refused_and_nothing_is_lost(
    desk: PanelDesk, cut: Path
) -> None:
    desk.open(cut)
    strike_three(desk)
    desk.until_drafted()
    piece = Cut(name="A", media=cut.parent / "clip.mov", start=0, frames=100)
    write(timeline([piece, piece], Source(frames=100), Fraction(RATE)), cut)
    theirs = cut.read_bytes()
    with desk.qtbot.waitSignal(desk.session.failed, timeout=PATIENCE):
        desk.session.applying.apply(Placing(out=None))
    (trouble,) = desk.troubles
    desk.troubles.clear()
    assert isinstance(trouble, TimelineChanged)
    assert cut.read_bytes() == theirs
    assert desk.words() == EDITED


def test_edits_are_there_after_the_timeline_was_read_again(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    strike_three(desk)
    desk.until_drafted()
    with desk.qtbot.waitSignal(desk.session.words_changed, timeout=PATIENCE):
        desk.do("reload")
    assert desk.words() == EDITED
    desk.until_drafted()


def test_media_that_moved_is_found_where_the_editor_says(
    desk: PanelDesk, cut: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "moved" / "deep"
    moved.mkdir(parents=True)
    cut.with_name("clip.mov").rename(moved / "clip.mov")
    desk.panel.open(Chosen(timeline=cut))
    desk.until(lambda: bool(desk.window.banner.findChildren(QPushButton)))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "moved"))
    with desk.qtbot.waitSignal(desk.session.words_changed, timeout=PATIENCE):
        desk.window.banner.findChildren(QPushButton)[0].click()
    desk.troubles.clear()
    assert desk.session.opened.clip.media.path == str(moved / "clip.mov")
    assert desk.banner == ""


def test_a_damaged_autosave_is_set_aside_and_named(
    home: Path, cut: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    with panel_desk(home, qapp, qtbot) as desk:
        desk.open(cut)
        strike_three(desk)
        desk.until_drafted()
        key = desk.session.opened.key
        desk.window.close()
    journal = EnginePaths.under(home).state / "panel" / "clips" / key / "journal.jsonl"
    journal.write_bytes(b"neither a checksum\nnor a document\n" + journal.read_bytes())
    with panel_desk(home, qapp, qtbot) as desk:
        desk.open(cut)
        (trouble,) = desk.troubles
        aside = journal.with_name("journal.damaged-1.jsonl")
        assert isinstance(trouble, PanelError)
        assert str(aside) in desk.banner
        assert aside.exists()
        assert desk.words() == EDITED.replace("~", "")


def test_what_was_done_before_the_panel_was_closed_is_undone_after_it_opens_again(
    home: Path, cut: Path, qapp: QApplication, qtbot: QtBot
) -> None:
    with panel_desk(home, qapp, qtbot) as desk:
        desk.open(cut)
        strike_three(desk)
        desk.put_caret_after("five")
        desk.type(" more")
        desk.until_drafted()
        desk.window.close()
    with panel_desk(home, qapp, qtbot) as desk:
        desk.open(cut)
        assert desk.words() == "one two ~three~ four five +more+ six seven eight"
        desk.press(Key.Key_Z, CTRL)
        assert desk.words() == EDITED
        desk.press(Key.Key_Z, CTRL)
        assert desk.words() == EDITED.replace("~", "")
        assert not desk.window.commands["undo"].isEnabled()
        desk.press(Key.Key_Y, CTRL)
        assert desk.words() == EDITED
        desk.until_drafted()


@pytest.mark.parametrize("text", ["שלום עולם", "今日はいい天気", "🎬 👩‍👩‍👧", "ﷺ مرحبا"])
def test_words_of_any_script_are_typed_and_planned(desk: PanelDesk, cut: Path, text: str) -> None:
    desk.open(cut)
    desk.put_caret_after("two")
    QGuiApplication.clipboard().setText(text)
    desk.press(Key.Key_V, CTRL)
    assert text.split(maxsplit=1)[0] in desk.window.transcript.toPlainText()
    desk.press(Key.Key_Z, CTRL)
    assert desk.words() == EDITED.replace("~", "")
    desk.until_idle()
    desk.troubles.clear()


def test_ten_thousand_pasted_words_are_there_and_one_undo_takes_them_out(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.put_caret_after("two")
    QGuiApplication.clipboard().setText("some words " * 5000)
    desk.press(Key.Key_V, CTRL)
    assert desk.words().count("+some+ +words+") == 5000
    desk.press(Key.Key_Z, CTRL)
    assert desk.words() == EDITED.replace("~", "")
    desk.until_idle()


def test_a_transcript_of_no_words_is_an_empty_page_that_says_so(desk: PanelDesk, cut: Path) -> None:
    said = words_of(cut.parent / "clip.mov")
    transcript.remember(msgspec.structs.replace(said, words=()))
    desk.open(cut)
    assert desk.words() == ""
    desk.window.transcript.grab()
    for command in ("strike", "restore", "protect", "undo", "redo"):
        if desk.window.commands[command].isEnabled():
            desk.do(command)
    desk.until_idle()
    transcript.remember(said)
