"""The player whole, driven by its keys and buttons."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from drawn_reels import drawn_reel, grey, made_take
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from bridge.quiet import ClipWindow
from bridge.shots import shots_of
from engine.protocol import Add, Keep
from nle_panels.look.palette import DARK, LIGHT
from nle_panels.player.cut import after, before
from nle_panels.player.picture import Comparison
from nle_panels.player.player import Player
from nle_panels.player.playlist import CLIP, Place
from otio_adapters.opentime import Clock

RATE = Fraction(30000, 1001)
CLIP_WINDOW = ClipWindow(rate=RATE, offset=Fraction(0), frames=240, first=0, last=240)
# Frames 80 to 100 go, and thirty new ones come before frame 150.
SPANS = (Keep(start=0, end=80), Keep(start=100, end=150), Add(frames=30, speech=0), Keep(start=150, end=240))
CODE = Clock(rate=RATE, first=1798, drop_frame=True).code  # 00:00:59;28


@pytest.fixture
def player(qtbot: QtBot, tmp_path: Path) -> Player:
    made = Player(DARK)
    qtbot.addWidget(made)
    made.resize(720, 500)
    made.set_clip(range(240), (64, 36), CODE)
    made.set_edit(before(CLIP_WINDOW), after(CLIP_WINDOW, shots_of(CLIP_WINDOW, SPANS, bridge=6), {}))
    made.add_reel(CLIP, 0, drawn_reel(tmp_path, 0, 240, rate=RATE))
    made.show()
    qtbot.waitExposed(made)
    made.picture.setFocus()
    return made


def shown(player: Player) -> int:
    """The grey in the middle of the picture."""
    image: QImage = player.picture.grab().toImage()
    return image.pixelColor(image.width() // 3, image.height() // 3).red()


def press(qtbot: QtBot, player: Player, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(player.picture, key)


def test_arrows_show_the_next_frame_of_the_edit(player: Player, qtbot: QtBot) -> None:
    player.transport.seek(79)
    press(qtbot, player, Qt.Key.Key_Right)
    assert player.transport.deck.frame == 80
    assert shown(player) == grey(100)


def test_the_timecode_drops_frames_as_the_timeline_does(player: Player, qtbot: QtBot) -> None:
    press(qtbot, player, Qt.Key.Key_Home, Qt.Key.Key_Right)
    assert player.bar.timecode.text() == "00:00:59;29"
    press(qtbot, player, Qt.Key.Key_Right)
    assert player.bar.timecode.text() == "00:01:00;02"


def test_space_plays_and_pauses(player: Player, qtbot: QtBot) -> None:
    press(qtbot, player, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: player.transport.deck.frame > 3, timeout=10_000)
    press(qtbot, player, Qt.Key.Key_Space)
    assert not player.transport.deck.playing


def test_k_held_makes_j_and_l_go_by_the_frame(player: Player, qtbot: QtBot) -> None:
    player.transport.seek(20)
    qtbot.keyPress(player.picture, Qt.Key.Key_K)
    press(qtbot, player, Qt.Key.Key_L, Qt.Key.Key_L, Qt.Key.Key_J)
    assert (player.transport.deck.frame, player.transport.deck.speed) == (21, 0)
    qtbot.keyRelease(player.picture, Qt.Key.Key_K)
    press(qtbot, player, Qt.Key.Key_L, Qt.Key.Key_L)
    assert player.transport.deck.speed == 2
    assert player.bar.speed.text() == "+2×"


def test_i_and_o_mark_and_the_loop_plays_between(player: Player, qtbot: QtBot) -> None:
    player.transport.seek(30)
    press(qtbot, player, Qt.Key.Key_I)
    player.transport.seek(40)
    press(qtbot, player, Qt.Key.Key_O)
    assert player.bar.duration.text() == "11 f"
    press(qtbot, player, Qt.Key.Key_Slash)
    assert player.transport.deck.loop == (30, 41)
    press(qtbot, player, Qt.Key.Key_Slash)
    assert player.transport.deck.loop is None


def test_without_marks_the_nearest_edit_is_looped_with_handles(player: Player, qtbot: QtBot) -> None:
    player.transport.seek(145)
    press(qtbot, player, Qt.Key.Key_Slash)
    assert player.transport.deck.loop == (130 - 25, 160 + 25)


def test_up_and_down_go_from_cut_to_cut(player: Player, qtbot: QtBot) -> None:
    player.transport.seek(78)
    press(qtbot, player, Qt.Key.Key_Down)
    assert player.transport.deck.frame == 80
    press(qtbot, player, Qt.Key.Key_Up)
    assert player.transport.deck.frame < 80


def test_the_original_is_seen_at_the_same_words(player: Player, qtbot: QtBot) -> None:
    player.transport.seek(85)
    assert shown(player) == grey(105)
    press(qtbot, player, Qt.Key.Key_2)
    assert player.plays_original
    assert player.transport.deck.frame == 105
    assert shown(player) == grey(105)
    assert player.transport.deck.frames == 240
    press(qtbot, player, Qt.Key.Key_1)
    assert not player.plays_original
    assert player.transport.deck.frame == 85


def test_wiped_the_original_runs_beside_the_edit(player: Player, qtbot: QtBot) -> None:
    press(qtbot, player, Qt.Key.Key_3)
    assert player.picture.comparison is Comparison.WIPE
    assert player.transport.deck.frames == 250


def test_another_edit_keeps_the_playhead_at_what_it_shows(player: Player) -> None:
    player.transport.seek(85)  # clip frame 105
    shots = shots_of(CLIP_WINDOW, (Keep(start=0, end=40), Keep(start=100, end=240)), bridge=6)
    player.set_edit(before(CLIP_WINDOW), after(CLIP_WINDOW, shots, {}))
    assert player.transport.deck.frame == 45
    assert shown(player) == grey(105)


def test_a_take_is_shown_where_it_is_chosen_and_forgotten_where_it_is_not(
    player: Player, tmp_path: Path
) -> None:
    shots = shots_of(CLIP_WINDOW, SPANS, bridge=6)
    chosen = made_take(shots[0], "take")
    originals = before(CLIP_WINDOW)
    player.set_edit(originals, after(CLIP_WINDOW, shots, {0: chosen}), [chosen])
    player.add_reel("take", 0, drawn_reel(tmp_path, 0, chosen.frames, rate=RATE, name="take"))
    player.transport.seek(80)
    first = chosen.source_range[0]
    assert shown(player) == grey(first + 80 - shots[0].start)
    player.set_edit(originals, after(CLIP_WINDOW, shots, {}))
    assert player.reels.image(Place(source="take", frame=0)) is None
    assert shown(player) == grey(100)


def test_new_words_say_that_they_are_not_rendered_yet(player: Player) -> None:
    player.transport.seek(129)
    last = player.picture.grab().toImage()
    player.transport.seek(140)
    assert shown(player) == grey(149)  # the frame before them is held
    assert player.picture.grab().toImage() != last


def test_missing_pieces_are_wanted_before_they_are_played(qtbot: QtBot) -> None:
    player = Player(DARK)
    qtbot.addWidget(player)
    window = ClipWindow(rate=RATE, offset=Fraction(0), frames=1000, first=0, last=1000)
    asked: list[tuple[str, int, int]] = []
    player.wanted.connect(lambda *piece: asked.append(piece))
    player.set_clip(range(1000), (64, 36), CODE)
    player.set_edit(before(window), before(window))
    player.transport.seek(200)
    assert asked == [(CLIP, 0, 250), (CLIP, 250, 500)]


def test_a_broken_reel_is_told_and_nothing_falls_over(player: Player, qtbot: QtBot, tmp_path: Path) -> None:
    player.set_clip(range(100), (64, 36), CODE)
    with qtbot.waitSignal(player.broken):
        player.add_reel(CLIP, 0, drawn_reel(tmp_path, 0, 3))
    player.grab()


def test_with_no_clip_open_nothing_can_be_pressed(qtbot: QtBot) -> None:
    player = Player(DARK)
    qtbot.addWidget(player)
    assert not any(action.isEnabled() for action in player.actions())
    assert "No clip is open" in player.picture.accessibleDescription()
    player.grab()


def test_every_button_has_a_name_and_tells_its_key(player: Player) -> None:
    buttons = player.bar.findChildren(QToolButton)
    assert len(buttons) == 15
    for button in buttons:
        assert button.accessibleName()
        key = button.defaultAction().shortcut().toString()
        assert f"({key})" in button.toolTip()
        assert not button.icon().isNull()


def test_no_key_means_two_things(player: Player) -> None:
    keys = [action.shortcut().toString() for action in player.actions()]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("comparison", Comparison)
def test_every_way_of_comparing_is_painted_in_both_themes(player: Player, comparison: Comparison) -> None:
    player.set_comparison(comparison)
    dark = player.grab().toImage()
    player.set_colours(LIGHT)
    assert player.grab().toImage() != dark
