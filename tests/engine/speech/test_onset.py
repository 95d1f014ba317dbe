"""A word gives back the pause that it was given, and keeps what is its own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.speech.onset import after_pause, floor_of

LOUD, ROOM = 12, 50
PAUSE_THEN_WORD = bytes([LOUD] * 50 + [ROOM] * 8 + [LOUD] * 42)


def test_the_floor_is_the_level_of_the_room_not_of_digital_silence() -> None:
    assert floor_of(bytes([LOUD] * 80 + [ROOM] * 20 + [255] * 100)) == ROOM


def test_a_word_that_starts_with_a_pause_starts_after_it() -> None:
    assert after_pause(0.50, 0.90, PAUSE_THEN_WORD, ROOM) == 0.58


def test_the_tail_of_the_word_before_may_come_first() -> None:
    assert after_pause(0.48, 0.90, PAUSE_THEN_WORD, ROOM) == 0.58


def test_a_pause_inside_a_word_is_its_own() -> None:
    assert after_pause(0.44, 0.90, PAUSE_THEN_WORD, ROOM) == 0.44


def test_a_word_that_starts_with_sound_stays() -> None:
    assert after_pause(0.58, 0.90, PAUSE_THEN_WORD, ROOM) == 0.58


def test_a_word_that_is_all_quiet_stays() -> None:
    assert after_pause(0.50, 0.58, PAUSE_THEN_WORD, ROOM) == 0.50


def test_a_single_quiet_tick_is_no_pause() -> None:
    assert after_pause(0.57, 0.90, PAUSE_THEN_WORD, ROOM) == 0.57


@given(st.binary(), st.floats(0, 3), st.floats(0, 1), st.integers(0, 255))
def test_a_start_never_moves_back_nor_past_the_middle(
    energy: bytes, start: float, length: float, floor: int
) -> None:
    moved = after_pause(start, start + length, energy, floor)

    assert start - 0.005 <= moved <= max(start, start + length / 2 + 0.005)
