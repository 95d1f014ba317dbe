"""Playing over time, by a clock that needs no device."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pytestqt.qtbot import QtBot

from bridge.quiet import ClipWindow
from nle_panels.player.cut import before
from nle_panels.player.deck import Deck
from nle_panels.player.reels import Reels
from nle_panels.player.sound import Sound
from nle_panels.player.transport import Transport


def clip(frames: int, rate: Fraction = Fraction(25)) -> ClipWindow:
    return ClipWindow(rate=rate, offset=Fraction(0), frames=frames, first=0, last=frames)


@pytest.fixture
def transport(qapp: object) -> Transport:
    made = Transport(Sound(Reels(), make_sink=lambda: None))
    made.set_playlist(before(clip(100)), 10)
    return made


@pytest.fixture
def seen(transport: Transport) -> list[int]:
    frames: list[int] = []
    transport.frame_changed.connect(frames.append)
    return frames


def test_a_second_of_playing_is_a_second_of_frames(transport: Transport, qtbot: QtBot) -> None:
    transport.toggle()
    qtbot.wait(400)
    transport.stop()
    assert 10 + 8 <= transport.deck.frame <= 10 + 30  # a busy machine looks late, never early


def test_frames_come_in_order_to_the_last_and_there_it_stops(
    transport: Transport, seen: list[int], qtbot: QtBot
) -> None:
    transport.seek(92)
    transport.toggle()
    qtbot.waitUntil(lambda: not transport.deck.playing, timeout=10_000)
    assert seen == sorted(seen)
    assert seen[-1] == transport.deck.frame == 99


def test_backwards_frames_come_down_to_the_first(transport: Transport, seen: list[int], qtbot: QtBot) -> None:
    transport.seek(8)
    transport.shuttle(-1)
    qtbot.waitUntil(lambda: not transport.deck.playing, timeout=10_000)
    assert seen == sorted(seen, reverse=True)
    assert seen[-1] == 0


def test_an_edit_is_looped_with_handles(transport: Transport, seen: list[int], qtbot: QtBot) -> None:
    transport.loop(50, 51, handles=2)
    qtbot.waitUntil(lambda: seen.count(48) >= 3, timeout=10_000)
    assert set(seen) <= set(range(48, 53))
    transport.stop_looping()
    qtbot.waitUntil(lambda: transport.deck.frame > 53, timeout=10_000)


def test_seeking_while_it_plays_goes_on_from_there(transport: Transport, qtbot: QtBot) -> None:
    transport.toggle()
    transport.seek(60)
    assert transport.deck.playing
    qtbot.waitUntil(lambda: transport.deck.frame > 61, timeout=10_000)


def test_an_edit_under_the_playhead_keeps_it_playing(transport: Transport, qtbot: QtBot) -> None:
    transport.toggle()
    transport.set_playlist(before(clip(70)), 30)
    assert transport.deck.frames == 70
    qtbot.waitUntil(lambda: transport.deck.frame > 31, timeout=10_000)


def test_every_frame_can_be_stepped_to_and_is_told_once(transport: Transport, seen: list[int]) -> None:
    transport.step(1)
    transport.step(-1)
    transport.step(-20)
    assert seen == [11, 10, 0]


def test_speed_and_marks_are_told(transport: Transport) -> None:
    told: list[Deck] = []
    transport.changed.connect(told.append)
    transport.mark_in()
    transport.step(5)
    transport.mark_out()
    transport.shuttle(1)
    transport.stop()
    assert [(deck.marked, deck.speed) for deck in told] == [
        ((10, 100), 0),
        ((10, 16), 0),
        ((10, 16), 1),
        ((10, 16), 0),
    ]
