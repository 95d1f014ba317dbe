"""What an editor marks, and what a program says: protected words, new mouths, playhead, in and out."""

from __future__ import annotations

from pathlib import Path

from panel_desk import CTRL, PATIENCE, SHIFT, Key, PanelDesk

from nle_panels.hosts.host import HostSequence
from nle_panels.work import Chosen


def test_protected_words_are_marked_on_the_strip_to_the_frame(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.until_idle()
    desk.select("three")
    desk.press(Key.Key_L, CTRL)
    desk.until(lambda: desk.window.strip._scene is not None and bool(desk.window.strip._scene.protected))
    assert desk.window.strip._scene.protected == ((25, 35),)


def test_a_mouth_is_rendered_anew_by_the_keys_and_taken_back(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.until_idle()
    desk.select("three")
    desk.press(Key.Key_L, CTRL | SHIFT)
    desk.until(lambda: desk.session.ready is not None)
    assert [edit.kind for edit in desk.session.ready.plan.edits] == ["rerender"]
    assert desk.window.takes._list.topLevelItem(0).text(0).endswith("the mouth anew")
    desk.select("three")
    desk.press(Key.Key_L, CTRL | SHIFT)
    desk.until(lambda: desk.session.ready is None)


def test_the_programs_playhead_and_marks_are_gone_to(desk: PanelDesk, cut: Path) -> None:
    told = HostSequence(timeline=cut, name="interview", version="1", clip="A", range=(10, 30), playhead=20)
    with desk.qtbot.waitSignal(desk.session.words_changed, timeout=PATIENCE):
        desk.session.open(Chosen(timeline=cut, clip="A", program="Resolve: interview", told=told))
    deck = desk.window.player.transport.deck
    assert (deck.frame, deck.marked) == (20, (10, 30))
    assert desk.window.windowTitle() == "Resolve: interview · A — Pickup"


def test_an_edit_is_looped_from_the_list_of_takes(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.select("three")
    desk.press(Key.Key_Delete)
    desk.until_drafted()
    takes = desk.window.takes._list
    takes.itemDoubleClicked.emit(takes.topLevelItem(0), 0)
    deck = desk.window.player.transport.deck
    assert deck.playing
    start, stop = deck.loop
    cut_at = desk.window.player.playlist.starts[1]
    assert start < cut_at < stop
    desk.window.player.transport.stop()
