"""The panel whole, with a real engine: from opening a timeline to its takes on it, and back."""

from __future__ import annotations

from pathlib import Path

import msgspec
import opentimelineio as otio
import pytest
from panel_desk import CTRL, PATIENCE, Key, PanelDesk
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QListView
from tiny import words_of

from bridge import transcript
from engine.media.probe import probe
from nle_panels import turns
from nle_panels.apply.dialog import ApplyDialog
from nle_panels.document.document import Caret
from nle_panels.document.tokens import Pause
from nle_panels.player.picture import Comparison
from nle_panels.strip.axis import Kind
from nle_panels.transcript.tidy_dialog import PauseDialog


def media_on(timeline: Path) -> list[tuple[Path, int]]:
    """By OTIO's own reader: the media of each clip of picture, and how many of its frames are shown."""
    (track,) = otio.adapters.read_from_file(str(timeline)).video_tracks()
    return [
        (
            timeline.parent / clip.media_reference.target_url.removeprefix("file://"),
            int(clip.trimmed_range().duration.value),
        )
        for clip in track.find_clips()
    ]


def apply_by_dialog(desk: PanelDesk, *, in_place: bool) -> list[str]:
    """What the dialog says will change, once that was applied."""
    desk.do("apply")
    dialog = desk.window.findChild(ApplyDialog)
    place = dialog.findChildren(QComboBox)[0]
    place.setCurrentIndex(next(n for n in range(place.count()) if (place.itemData(n) is None) == in_place))
    button = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Apply)
    desk.until(button.isEnabled)
    told = dialog.changes.toPlainText().splitlines()
    with desk.qtbot.waitSignal(desk.session.applying.placed, timeout=PATIENCE):
        button.click()
    return told


def strike(desk: PanelDesk, words: str) -> None:
    desk.select(words)
    desk.press(Key.Key_Delete)


def test_from_the_words_to_a_new_timeline_and_back(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    strike(desk, "three")
    desk.put_caret_after("five")
    desk.type(" brand new")
    edited = "one two ~three~ four five +brand+ +new+ six seven eight"
    assert desk.words() == edited
    desk.press(Key.Key_Z, CTRL)
    assert desk.words() == "one two ~three~ four five six seven eight"
    desk.press(Key.Key_Y, CTRL)
    assert desk.words() == edited

    desk.until_drafted()
    change = desk.session.ready.plan.change
    player = desk.window.player
    player.set_comparison(Comparison.WIPE)
    player.transport.seek(player.playlist.starts[1])
    place = player.playlist.frame_at(player.transport.deck.frame)
    desk.until(lambda: player.reels.image(place) is not None)

    told = apply_by_dialog(desk, in_place=False)
    written = cut.with_name("cut_pickup001.otio")
    shown = media_on(written)
    takes = [(path, frames) for path, frames in shown if path.parent.name == "takes"]
    assert len(takes) == len(desk.session.ready.jobs)
    assert all(probe(path).duration.exact * 25 >= frames for path, frames in takes)
    assert sum(frames for _, frames in shown) == 100 + change
    assert "V1" in told
    assert "cut_pickup001.otio" in desk.banner

    with desk.qtbot.waitSignal(desk.session.applying.taken_back, timeout=PATIENCE):
        desk.do("undo_apply")
    assert not written.exists()
    assert media_on(cut) == [(cut.parent / "clip.mov", 100)]
    assert desk.words() == edited


def test_applied_in_place_the_timeline_has_the_take_and_one_undo_brings_it_back_to_the_byte(
    desk: PanelDesk, cut: Path
) -> None:
    before = cut.read_bytes()
    desk.open(cut)
    strike(desk, "three")
    desk.until_drafted()
    apply_by_dialog(desk, in_place=True)
    assert [path.parent.name for path, _ in media_on(cut)].count("takes") == 1
    assert list(cut.parent.glob("*.otio")) == [cut]
    with desk.qtbot.waitSignal(desk.session.applying.taken_back, timeout=PATIENCE):
        desk.do("undo_apply")
    assert cut.read_bytes() == before


def test_a_draft_begins_within_a_second_of_an_edit(desk: PanelDesk, cut: Path) -> None:
    """ours: four of them, for a machine at work."""
    desk.open(cut)
    desk.until_idle()
    with desk.qtbot.waitSignal(desk.session.takes.renders.submitted, timeout=4000) as handed_in:
        strike(desk, "three")
    assert handed_in.args[1].renderer == "draft"


def test_words_typed_while_a_plan_is_made_are_planned_and_the_plan_before_is_let_go(
    desk: PanelDesk, cut: Path
) -> None:
    desk.open(cut)
    strike(desk, "three")
    desk.until(lambda: desk.panel.desk.busy)
    strike(desk, "six")
    desk.until_drafted()
    assert len(desk.session.ready.meaning.changes) == 2
    assert desk.session.ready.wish.document is desk.session.document
    assert len(desk.session.takes.playing()) == 2


def test_the_length_of_an_edit_is_told_before_it_is_rendered(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    strike(desk, "three")
    desk.until(lambda: desk.session.ready is not None)
    assert desk.session.ready.plan.change < 0
    assert desk.window.change.text() == f"\N{MINUS SIGN}{-desk.session.ready.plan.change} f"


def test_the_strip_says_which_word_the_playhead_is_at(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    desk.until_idle()
    desk.window.player.transport.seek(30)
    assert desk.window.strip.accessibleDescription() == "00:00:01:05 three"


def test_where_the_original_plays_the_word_that_is_heard_there_is_marked(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    strike(desk, "three")
    desk.until_drafted()
    desk.window.player.set_comparison(Comparison.BEFORE)
    for word, second in (("three", 1.2), ("six", 2.7)):
        desk.window.player.transport.seek(round(second * 25))
        heard = [mark.cursor.selectedText() for mark in desk.window.transcript.extraSelections()]
        assert heard == [word]


def test_a_pause_that_is_looked_at_in_its_list_is_where_the_caret_goes(desk: PanelDesk, cut: Path) -> None:
    said = words_of(cut.parent / "clip.mov")
    later = [msgspec.structs.replace(w, start=w.start + 0.3, end=w.end + 0.3) for w in said.words[4:7]]
    transcript.remember(msgspec.structs.replace(said, words=(*said.words[:4], *later)))
    desk.open(cut)
    carets = []

    def look(dialog: QDialog) -> None:
        assert isinstance(dialog, PauseDialog)
        dialog.become.setValue(0.1)
        dialog.longer.setValue(0.2)
        listed = dialog.findChild(QListView)
        listed.setCurrentIndex(listed.model().index(0, 0))
        carets.append(desk.window.transcript.caret())
        dialog.reject()

    with desk.answering(look):
        desk.do("pauses")
    transcript.remember(said)
    tokens = desk.session.document.paragraphs[0].tokens
    assert isinstance(tokens[4], Pause)
    assert carets[0] in (
        Caret(paragraph=0, token=4, offset=0),
        Caret(paragraph=0, token=3, offset=len("four")),
    )


def test_all_long_pauses_are_shortened_in_one_step(desk: PanelDesk, cut: Path) -> None:
    said = words_of(cut.parent / "clip.mov")
    short = [
        msgspec.structs.replace(w, end=w.start + 0.05) if i in (1, 5) else w for i, w in enumerate(said.words)
    ]
    transcript.remember(msgspec.structs.replace(said, words=tuple(short)))
    desk.open(cut)
    before = desk.session.document

    def shorten(dialog: QDialog) -> None:
        assert isinstance(dialog, PauseDialog)
        dialog.become.setValue(0.1)
        dialog.longer.setValue(0.2)
        dialog.accept()

    with desk.answering(shorten):
        desk.do("pauses")
    transcript.remember(said)
    desk.until(lambda: desk.session.document is not before)
    tokens = desk.session.document.paragraphs[0].tokens
    assert [token.kept for token in tokens if isinstance(token, Pause)] == [10, 10]
    desk.do("undo")
    assert desk.session.document is before


def test_fillers_that_are_looked_through_are_struck_in_one_step(desk: PanelDesk, cut: Path) -> None:
    said = words_of(cut.parent / "clip.mov")
    um = [msgspec.structs.replace(w, text="um") if i in (1, 5) else w for i, w in enumerate(said.words)]
    transcript.remember(msgspec.structs.replace(said, words=tuple(um)))
    desk.open(cut)
    before = desk.session.document
    with desk.answering(lambda dialog: dialog.accept()):
        desk.do("fillers")
    desk.until(lambda: desk.session.document is not before)
    transcript.remember(said)
    assert desk.words() == "one ~um~ three four five ~um~ seven eight"
    desk.do("undo")
    assert desk.words() == "one um three four five um seven eight"


def test_where_the_original_plays_a_click_on_a_struck_word_seeks_it(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    strike(desk, "three")
    desk.until_drafted()
    player, view = desk.window.player, desk.window.transcript
    player.set_comparison(Comparison.BEFORE)
    place = desk._place("three").anchor
    view.sought.emit(place)
    assert player.transport.deck.frame == 25  # where it is said: it has no other place there
    player.set_comparison(Comparison.AFTER)
    view.sought.emit(place)
    assert player.playlist.clip_frame_near(player.transport.deck.frame) != 25


def test_the_strips_playhead_goes_through_what_is_struck_where_the_original_plays(
    desk: PanelDesk, cut: Path
) -> None:
    desk.open(cut)
    strike(desk, "three")
    desk.until_drafted()
    player, strip = desk.window.player, desk.window.strip
    struck = next(s for s in strip._scene.axis.stretches if s.kind is Kind.STRUCK)
    inside = struck.clip[0] + struck.frames // 2
    player.set_comparison(Comparison.BEFORE)
    player.transport.seek(inside)
    assert strip._playhead == struck.start + struck.frames // 2
    player.set_comparison(Comparison.AFTER)
    assert not struck.start <= strip._playhead < struck.stop


def test_a_click_on_the_strip_seeks_the_original_where_that_plays(desk: PanelDesk, cut: Path) -> None:
    desk.open(cut)
    strike(desk, "three")
    desk.until_drafted()
    player, strip = desk.window.player, desk.window.strip
    player.set_comparison(Comparison.BEFORE)
    last = player.edited.frames - 1
    strip.seeked.emit(last)  # the strip counts the frames of the edit
    assert player.transport.deck.frame == 99


def test_what_was_being_replaced_in_another_clip_is_dropped(
    desk: PanelDesk, cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.open(cut)
    desk.until_idle()
    monkeypatch.setattr(turns, "AT_ONCE", 1)
    bar = desk.window.find_bar
    bar.open_bar("one")
    bar.replaced.emit(bar.query, "uno")
    desk.session.clip_opened.emit(desk.session.opened)  # before its next turn
    desk.qtbot.wait(100)
    assert desk.words() == "one two three four five six seven eight"
