"""Keys of an editor, and what they do to a deck."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nle_panels.player.deck import Deck

DECK = Deck(frames=100, frame=50)
KEYS: dict[str, Callable[[Deck], Deck]] = {
    "J": lambda deck: deck.shuttled(-1),
    "K": Deck.stopped,
    "L": lambda deck: deck.shuttled(1),
    " ": Deck.toggled,
    "I": Deck.marked_in,
    "O": Deck.marked_out,
    "right": lambda deck: deck.stepped(1),
    "loop": lambda deck: deck.looping(3, 9, 5),
}


@pytest.mark.parametrize(
    ("keys", "speed"),
    [
        ("L", 1), ("LL", 2), ("LLL", 4), ("LLLL", 4), ("J", -1), ("JJJ", -4),
        ("LLJ", -1), ("JJL", 1), ("LLK", 0), (" ", 1), ("  ", 0), ("LL ", 0), ("JJ ", 0),
    ],
)  # fmt: skip
def test_j_k_l_and_space(keys: str, speed: int) -> None:
    deck = DECK
    for key in keys:
        deck = KEYS[key](deck)
    assert deck.speed == speed


def test_arrows_stop_and_move_by_the_frame() -> None:
    assert DECK.toggled().stepped(-1) == Deck(frames=100, frame=49)
    assert Deck(frames=100, frame=99).stepped(1).frame == 99
    assert Deck(frames=100, frame=3).stepped(-10).frame == 0


def test_o_marks_the_frame_that_is_seen_as_the_last() -> None:
    assert DECK.marked_in().at(60).marked_out().marked == (50, 61)


def test_a_mark_alone_reaches_to_the_end() -> None:
    assert DECK.marked_in().marked == (50, 100)
    assert DECK.marked_out().marked == (0, 51)
    assert DECK.marked is None


def test_an_in_after_the_out_takes_its_place() -> None:
    assert DECK.marked_out().at(70).marked_in().marked == (70, 100)
    assert DECK.marked_in().at(20).marked_out().marked == (0, 21)


def test_one_frame_can_be_marked() -> None:
    assert DECK.marked_in().marked_out().marked == (50, 51)


def test_at_the_end_playing_begins_again() -> None:
    assert Deck(frames=100, frame=99).toggled() == Deck(frames=100, frame=0, speed=1)
    assert Deck(frames=100, frame=0).shuttled(-1) == Deck(frames=100, frame=99, speed=-1)


def test_past_the_last_frame_it_stops() -> None:
    playing = Deck(frames=100, frame=98, speed=1)
    assert playing.reached(99).speed == 1
    assert playing.reached(100) == Deck(frames=100, frame=99)
    assert Deck(frames=100, frame=1, speed=-1).reached(0) == Deck(frames=100, frame=0)


def test_an_edit_loops_with_handles_inside_the_clip() -> None:
    looped = DECK.looping(90, 95, handles=12)
    assert (looped.loop, looped.frame, looped.speed) == ((78, 100), 78, 1)
    assert looped.reached(99).speed == 1


def test_looping_again_after_a_pause_elsewhere_begins_at_the_loops_start() -> None:
    assert DECK.looping(80, 90).stopped().at(10).toggled().frame == 80


def test_a_loop_that_an_edit_took_away_ends() -> None:
    looped = DECK.looping(80, 90).marked_in()
    shorter = looped.over(60, 55)
    assert (shorter.loop, shorter.marked, shorter.frame) == (None, None, 55)


def test_an_empty_clip_does_not_play() -> None:
    assert Deck(frames=0).toggled() == Deck(frames=0)
    assert Deck(frames=0).stepped(5).frame == 0


@given(st.lists(st.sampled_from(list(KEYS)), max_size=30), st.integers(1, 40))
def test_whatever_is_pressed_the_deck_stays_inside_the_clip(keys: list[str], frames: int) -> None:
    deck = Deck(frames=frames)
    for key in keys:
        deck = KEYS[key](deck)
        assert 0 <= deck.frame < frames
        assert deck.marked is None or 0 <= deck.marked[0] < deck.marked[1] <= frames
